//! A small chain of options on BTC: two expiries, three strikes, calls and puts.

use metaexpert_core::{
    InstrumentKind, OptionTerms, Price, Right, UnixNanos,
    rounding::{Round, to_step},
};
use rust_decimal::Decimal;

use super::{Row, Terms, expiry, number};
use crate::listing::{Class, Listing, OrderLimits};

/// How long they have been traded, in nanoseconds: a month.
const AGE: i64 = 30 * 86_400 * 1_000_000_000;
/// Strikes are multiples of this.
const STRIKE_STEP: &str = "1000";
/// Where strikes lie, in times of the price.
const STRIKES: [&str; 3] = ["0.9", "1", "1.1"];
/// Smallest step of a premium.
const TICK: &str = "5";
/// Smallest step of a quantity.
const LOT: &str = "0.01";

pub(super) fn rows(start: UnixNanos, bitcoin: Decimal) -> Vec<Row> {
    let first = expiry::friday_after(start);
    let expiries = [first, quarter_or_month(start, first)];
    let mut rows = Vec::new();
    for expiry in expiries {
        for times in STRIKES {
            let strike = to_step(bitcoin * number(times), number(STRIKE_STEP), Round::Down);
            for right in [Right::Call, Right::Put] {
                rows.extend(listing(expiry, strike, right, start).map(|listing| Row { name: "BTC-OPTIONS".into(), listing }));
            }
        }
    }
    rows
}

/// The end of the quarter; of the month where the first expiry is that already.
fn quarter_or_month(start: UnixNanos, first: UnixNanos) -> UnixNanos {
    let quarter = expiry::quarter_after(start);
    if quarter == first { expiry::month_after(start, first) } else { quarter }
}

fn listing(expiry: UnixNanos, strike: Decimal, right: Right, start: UnixNanos) -> Option<Listing> {
    let letter = match right {
        Right::Call => 'C',
        Right::Put => 'P',
    };
    let symbol = format!("BTC-{}-{}-{letter}", expiry::written(expiry), strike.normalize());
    let limits = OrderLimits {
        price: (number(TICK), number("200000")),
        quantity: (number(LOT), number("200")),
        market_quantity: number("200"),
        notional: (Decimal::ZERO, Decimal::MAX),
        // A premium may be any multiple of what the makers think.
        band: (Decimal::ZERO, number("1000000")),
        open_orders: 200,
        conditional_orders: 0,
        iceberg_parts: 1,
        lists: 0,
        amends: 0,
    };
    let terms = Terms {
        symbol: &symbol,
        class: Class::Options,
        kind: InstrumentKind::Option(OptionTerms { right, strike: Price::new(strike)?, expiry }),
        currencies: ["BTC", "USDT", "USDT"],
        tick: number(TICK),
        lot: number(LOT),
        contract_size: Decimal::ONE,
        maintenance: number("7.5"),
        brackets: Vec::new(),
        limits,
        listed: start.saturating_add_nanos(-AGE),
    };
    terms.listing()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strikes_lie_around_the_price() {
        let start = UnixNanos::parse("2026-11-21T12:00:00Z").unwrap();
        let rows = rows(start, Decimal::from(63_210));
        let symbols: Vec<_> = rows.iter().map(|row| row.listing.symbol.as_str()).collect();
        assert_eq!(symbols.first(), Some(&"BTC-261127-56000-C"));
        assert_eq!(symbols.last(), Some(&"BTC-261225-69000-P"));
        assert_eq!(symbols.len(), 12);
    }
}
