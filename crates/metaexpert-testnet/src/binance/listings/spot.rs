//! Pairs of coins.

use metaexpert_core::{InstrumentKind, UnixNanos};
use rust_decimal::Decimal;

use super::{Row, Terms, number};
use crate::listing::{Class, Listing, OrderLimits};

/// How long the pairs of the table have been traded before the testnet's first moment, in nanoseconds: nine years.
const AGE: i64 = 9 * 365 * 86_400 * 1_000_000_000;

/// Symbol, base, quote; tick, highest price; lot, largest quantity, largest market order; smallest and largest value.
type Pair = (&'static str, [&'static str; 2], [&'static str; 2], [&'static str; 3], [&'static str; 2]);

const PAIRS: &[Pair] = &[
    ("BTCUSDT", ["BTC", "USDT"], ["0.01", "1000000"], ["0.00001", "9000", "120"], ["5", "9000000"]),
    ("ETHUSDT", ["ETH", "USDT"], ["0.01", "1000000"], ["0.0001", "9000", "2400"], ["5", "9000000"]),
    ("BNBUSDT", ["BNB", "USDT"], ["0.01", "100000"], ["0.001", "900000", "3000"], ["5", "9000000"]),
    ("XRPUSDT", ["XRP", "USDT"], ["0.0001", "10000"], ["0.1", "9222449", "2000000"], ["5", "9000000"]),
    ("ETHBTC", ["ETH", "BTC"], ["0.00001", "922327"], ["0.0001", "100000", "2000"], ["0.0001", "9000000"]),
];

/// A pair that fits any price: a fine tick, a fine lot.
const ANY: ([&str; 2], [&str; 3], [&str; 2]) = (["0.00001", "1000000"], ["0.001", "90000000", "9000000"], ["5", "9000000"]);

pub(super) fn rows(start: UnixNanos) -> Vec<Row> {
    PAIRS
        .iter()
        .filter_map(|&(symbol, [base, quote], price, quantity, value)| {
            let listing = listing(symbol, [base, quote], (price, quantity, value), start)?;
            Some(Row { name: symbol.into(), listing })
        })
        .collect()
}

/// A pair that the table does not have.
pub(super) fn any(symbol: &str, base: &str, quote: &str, start: UnixNanos) -> Option<Listing> {
    let (price, quantity, value) = ANY;
    let value = if matches!(quote, "BTC" | "ETH" | "BNB") { ["0.0001", value[1]] } else { value };
    listing(symbol, [base, quote], (price, quantity, value), start)
}

fn listing(
    symbol: &str,
    [base, quote]: [&str; 2],
    ([tick, highest], [lot, largest, market], [least, most]): ([&str; 2], [&str; 3], [&str; 2]),
    start: UnixNanos,
) -> Option<Listing> {
    let (tick, lot) = (number(tick), number(lot));
    let limits = OrderLimits {
        price: (tick, number(highest)),
        quantity: (lot, number(largest)),
        market_quantity: number(market),
        notional: (number(least), number(most)),
        band: (number("0.2"), number("5")),
        open_orders: 200,
        conditional_orders: 5,
        iceberg_parts: 100,
        lists: 20,
        amends: 10,
    };
    let terms = Terms {
        symbol,
        class: Class::Spot,
        kind: InstrumentKind::Spot,
        currencies: [base, quote, quote],
        tick,
        lot,
        contract_size: Decimal::ONE,
        maintenance: Decimal::ZERO,
        brackets: Vec::new(),
        limits,
        listed: start.saturating_add_nanos(-AGE),
    };
    terms.listing()
}
