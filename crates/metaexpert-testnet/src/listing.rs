//! What an exchange lists: an instrument under the name that the exchange gives it, and the rules it sets for orders.
//!
//! The one decision: a listing says what is allowed, never how an exchange words a refusal. Each protocol shows the same listing
//! in its own shape (Binance: `exchangeInfo` and its filters).

use metaexpert_core::{Instrument, UnixNanos};
use rust_decimal::Decimal;

/// What an exchange keeps markets of, each with a name space of its own: `BTCUSDT` is a spot pair and a linear contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Coins change hands.
    Spot,
    /// Futures that pay in the quote currency.
    Linear,
    /// Futures that pay in the coin.
    Inverse,
    /// European options.
    Options,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Spot, Self::Linear, Self::Inverse, Self::Options];

    /// Its name in files, in the audit and in messages.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Linear => "linear",
            Self::Inverse => "inverse",
            Self::Options => "options",
        }
    }
}

/// A market of the testnet: its place among all markets, across classes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MarketId(pub u16);

impl MarketId {
    /// Its place, for indexing.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Something that is traded, under its exchange's name.
#[derive(Debug, Clone, PartialEq)]
pub struct Listing {
    /// As the exchange spells it: `BTCUSDT`, `BTCUSD_PERP`, `BTC-261225-90000-C`.
    pub symbol: String,
    /// Which kind of market.
    pub class: Class,
    /// What is traded, with tick, lot, contract size and brackets.
    pub instrument: Instrument,
    /// What is allowed beyond tick and lot.
    pub limits: OrderLimits,
    /// Since when it trades.
    pub listed: UnixNanos,
}

/// What an order must keep to. Quantities are in the unit of orders (coins, or contracts), prices in quote currency.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderLimits {
    /// Smallest and largest price.
    pub price: (Decimal, Decimal),
    /// Smallest and largest quantity of an order with a limit.
    pub quantity: (Decimal, Decimal),
    /// The largest quantity of a market order.
    pub market_quantity: Decimal,
    /// The smallest and the largest value, in quote currency.
    pub notional: (Decimal, Decimal),
    /// How far from the reference price a limit of a buy may lie, below and above, in times: `(0.2, 5)`.
    pub band: (Decimal, Decimal),
    /// How many orders may stand in this market.
    pub open_orders: u32,
    /// How many conditional ones.
    pub conditional_orders: u32,
    /// How many parts an iceberg order may have.
    pub iceberg_parts: u32,
    /// How many order lists may stand.
    pub lists: u32,
    /// How often an order may be amended in its place.
    pub amends: u32,
}

#[cfg(test)]
impl OrderLimits {
    /// Limits that hardly an order of a test comes near.
    pub(crate) fn ample() -> Self {
        use rust_decimal::dec;
        Self {
            price: (dec!(0.01), dec!(1000000)),
            quantity: (dec!(0.00001), dec!(9000)),
            market_quantity: dec!(9000),
            notional: (dec!(5), dec!(9000000)),
            band: (dec!(0.2), dec!(5)),
            open_orders: 200,
            conditional_orders: 5,
            iceberg_parts: 10,
            lists: 20,
            amends: 10,
        }
    }
}
