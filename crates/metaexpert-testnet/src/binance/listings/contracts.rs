//! Futures: USD-M and COIN-M, perpetual and quarterly, with their brackets.

use metaexpert_core::{Bracket, InstrumentKind, Payoff, Percent, UnixNanos};
use rust_decimal::Decimal;

use super::{Row, Terms, expiry, number};
use crate::listing::{Class, Listing, OrderLimits};

/// How long perpetual contracts have been traded, and quarterly ones, in nanoseconds: seven years, half a year.
const AGE: i64 = 7 * 365 * 86_400 * 1_000_000_000;
const QUARTERLY_AGE: i64 = 180 * 86_400 * 1_000_000_000;

/// A bracket: up to which value, with which leverage, at which maintenance margin in percent. What is taken off follows from them.
type Step = (&'static str, u32, &'static str);

/// Brackets of the large USD-M contracts, in USDT.
const LARGE: &[Step] = &[
    ("300000", 125, "0.4"),
    ("800000", 100, "0.5"),
    ("3000000", 75, "0.65"),
    ("12000000", 50, "1"),
    ("70000000", 25, "2"),
    ("100000000", 20, "2.5"),
    ("230000000", 10, "5"),
    ("480000000", 5, "10"),
    ("600000000", 4, "12.5"),
    ("800000000", 3, "15"),
    ("1200000000", 2, "25"),
    ("1800000000", 1, "50"),
];

/// Brackets of smaller ones, in USDT.
const SMALL: &[Step] = &[
    ("10000", 75, "0.65"),
    ("50000", 50, "1"),
    ("500000", 25, "2"),
    ("2000000", 20, "2.5"),
    ("5000000", 10, "5"),
    ("10000000", 5, "10"),
    ("20000000", 2, "25"),
    ("50000000", 1, "50"),
];

/// Brackets of the quarterly USD-M contract, in USDT.
const QUARTERLY: &[Step] = &[
    ("375000", 25, "2"),
    ("2000000", 10, "5"),
    ("4000000", 5, "10"),
    ("10000000", 4, "12.5"),
    ("20000000", 3, "15"),
    ("40000000", 2, "25"),
    ("400000000", 1, "50"),
];

/// Brackets of COIN-M contracts, in coins.
const COINS: &[Step] = &[
    ("5", 125, "0.4"),
    ("10", 100, "0.5"),
    ("20", 50, "1"),
    ("50", 20, "2.5"),
    ("100", 10, "5"),
    ("200", 5, "10"),
    ("400", 4, "12.5"),
    ("1000", 3, "15"),
    ("1500", 2, "25"),
    ("3000", 1, "50"),
];

/// Symbol, base; tick, highest price; lot, largest quantity, largest market order.
type Contract = (&'static str, &'static str, [&'static str; 2], [&'static str; 3], &'static [Step]);

const LINEAR: &[Contract] = &[
    ("BTCUSDT", "BTC", ["0.1", "4529764"], ["0.001", "1000", "120"], LARGE),
    ("ETHUSDT", "ETH", ["0.01", "306177"], ["0.001", "10000", "2000"], LARGE),
    ("XRPUSDT", "XRP", ["0.0001", "100000"], ["0.1", "10000000", "2000000"], SMALL),
];

const INVERSE: &[(&str, &str, [&str; 2], &str)] =
    &[("BTCUSD", "BTC", ["0.1", "4520958"], "100"), ("ETHUSD", "ETH", ["0.01", "306177"], "10")];

/// The smallest value of a USD-M order (`MIN_NOTIONAL`; the number that -4164 documents).
const LEAST: &str = "5";

pub(super) fn rows(start: UnixNanos) -> Vec<Row> {
    let delivery = expiry::quarter_after(start);
    let date = expiry::written(delivery);
    let mut rows = Vec::new();
    for &(symbol, base, price, quantity, steps) in LINEAR {
        rows.push((symbol.to_owned(), linear(symbol, base, (price, quantity, steps), None, start)));
    }
    let quarterly = (["0.1", "4529764"], ["0.001", "500", "50"], QUARTERLY);
    rows.push(("BTCUSDT_QUARTER".into(), linear(&format!("BTCUSDT_{date}"), "BTC", quarterly, Some(delivery), start)));
    for &(pair, base, price, size) in INVERSE {
        let symbol = format!("{pair}_PERP");
        let listing = inverse(&symbol, base, price, size, None, start);
        rows.push((symbol, listing));
    }
    let quarterly = inverse(&format!("BTCUSD_{date}"), "BTC", ["0.1", "4520958"], "100", Some(delivery), start);
    rows.push(("BTCUSD_QUARTER".into(), quarterly));
    rows.into_iter().filter_map(|(name, listing)| Some(Row { name, listing: listing? })).collect()
}

/// A contract that the table does not have.
pub(super) fn any(symbol: &str, base: &str, start: UnixNanos) -> Option<Listing> {
    linear(symbol, base, (["0.0001", "1000000"], ["0.01", "10000000", "1000000"], SMALL), None, start)
}

fn linear(
    symbol: &str,
    base: &str,
    ([tick, highest], [lot, largest, market], steps): ([&str; 2], [&str; 3], &[Step]),
    delivery: Option<UnixNanos>,
    start: UnixNanos,
) -> Option<Listing> {
    let limits = limits([tick, highest], [lot, largest, market], (number(LEAST), Decimal::MAX));
    terms(symbol, Payoff::Linear, [base, "USDT", "USDT"], [tick, lot, "1"], steps, limits, delivery, start).listing()
}

fn inverse(
    symbol: &str,
    base: &str,
    [tick, highest]: [&str; 2],
    size: &str,
    delivery: Option<UnixNanos>,
    start: UnixNanos,
) -> Option<Listing> {
    let limits = limits([tick, highest], ["1", "1000000", "60000"], (Decimal::ZERO, Decimal::MAX));
    terms(symbol, Payoff::Inverse, [base, "USD", base], [tick, "1", size], COINS, limits, delivery, start).listing()
}

#[expect(clippy::too_many_arguments, reason = "what the two kinds of contracts share, in one place")]
fn terms<'a>(
    symbol: &'a str,
    payoff: Payoff,
    currencies: [&'a str; 3],
    [tick, lot, size]: [&str; 3],
    steps: &[Step],
    limits: OrderLimits,
    delivery: Option<UnixNanos>,
    start: UnixNanos,
) -> Terms<'a> {
    Terms {
        symbol,
        class: match payoff {
            Payoff::Linear => Class::Linear,
            Payoff::Inverse => Class::Inverse,
        },
        kind: delivery.map_or(InstrumentKind::Perpetual(payoff), |delivery| InstrumentKind::Dated { payoff, delivery }),
        currencies,
        tick: number(tick),
        lot: number(lot),
        contract_size: number(size),
        maintenance: steps.first().map(|(_, _, percent)| number(percent)).unwrap_or_default(),
        brackets: brackets(steps),
        limits,
        listed: start.saturating_add_nanos(if delivery.is_some() { -QUARTERLY_AGE } else { -AGE }),
    }
}

fn limits([tick, highest]: [&str; 2], [lot, largest, market]: [&str; 3], notional: (Decimal, Decimal)) -> OrderLimits {
    OrderLimits {
        price: (number(tick), number(highest)),
        quantity: (number(lot), number(largest)),
        market_quantity: number(market),
        notional,
        // `PERCENT_PRICE` of futures bounds buys from above and sells from below only.
        band: (number("0.95"), number("1.05")),
        open_orders: 200,
        // The algo service takes 200 in all (derivatives change log, 2025-11-06).
        conditional_orders: 200,
        iceberg_parts: 1,
        lists: 0,
        // "One order can only be modfied for less than 10000 times" (USD-M, "Modify Order").
        amends: 10_000,
    }
}

/// Brackets, each with what is taken off so that the margin does not jump where it begins.
fn brackets(steps: &[Step]) -> Vec<Bracket> {
    let mut brackets: Vec<Bracket> = Vec::with_capacity(steps.len());
    for &(up_to, max_leverage, percent) in steps {
        let maintenance_margin = Percent::new(number(percent));
        let deduction = brackets.last().map_or(Decimal::ZERO, |before| {
            before.deduction + before.up_to * (maintenance_margin.fraction() - before.maintenance_margin.fraction())
        });
        brackets.push(Bracket { up_to: number(up_to), max_leverage, maintenance_margin, deduction: deduction.normalize() });
    }
    brackets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maintenance_margin_does_not_jump_between_brackets() {
        for steps in [LARGE, SMALL, QUARTERLY, COINS] {
            let brackets = brackets(steps);
            for (before, after) in brackets.iter().zip(brackets.iter().skip(1)) {
                let margin = |bracket: &Bracket| before.up_to * bracket.maintenance_margin.fraction() - bracket.deduction;
                assert_eq!(margin(before), margin(after), "{before:?}");
                assert!(before.up_to < after.up_to && before.max_leverage > after.max_leverage, "{before:?}");
            }
        }
    }

    #[test]
    fn no_bracket_allows_more_leverage_than_its_maintenance_margin() {
        for (_, leverage, percent) in [LARGE, SMALL, QUARTERLY, COINS].into_iter().flatten() {
            assert!(Decimal::from(*leverage) * number(percent) < Decimal::ONE_HUNDRED, "{leverage} {percent}");
        }
    }
}
