//! What a market says: bars, ticks, public trades, funding; books have a room of their own. Analytics are `f64`: 15 significant digits hold every
//! price an exchange quotes, and indicators are floating point.

use rust_decimal::Decimal;
use serde::Serialize;

use crate::{
    instrument::{InstrumentId, Symbol},
    money::{Money, Price},
    order::PositionSide,
    time::UnixNanos,
};

/// A closed bar (candle).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Bar {
    /// When it opened. It closes one timeframe later.
    pub time: UnixNanos,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded quantity, in the unit of the data's source (base currency for most).
    pub volume: f64,
}

/// A closed bar and what it is of.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct InstrumentBar {
    /// Of which instrument.
    pub instrument: InstrumentId,
    /// The bar; its length is that of the run's data.
    pub bar: Bar,
}

/// The best bid and ask, and the last price.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tick {
    /// When the exchange saw it.
    pub time: UnixNanos,
    /// Best bid price.
    pub bid: f64,
    /// Quantity at the best bid.
    pub bid_quantity: f64,
    /// Best ask price.
    pub ask: f64,
    /// Quantity at the best ask.
    pub ask_quantity: f64,
    /// Price of the last public trade; `None` before the first.
    pub last: Option<f64>,
}

/// One print on the market's tape; nobody's own execution.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PublicTrade {
    /// When it was traded.
    pub time: UnixNanos,
    /// At what price.
    pub price: f64,
    /// How much.
    pub quantity: f64,
    /// Whether the buyer took (the seller's order rested in the book).
    pub buyer_is_taker: bool,
}

/// A rate of funding, as an exchange publishes it: longs pay a positive one to shorts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FundingRate {
    /// When it is settled.
    pub time: UnixNanos,
    /// Share of the position's value; 0.0001 is 0.01 %.
    pub rate: Decimal,
    /// The mark price that positions are valued at; the last price where it is not known.
    pub mark: Option<Price>,
}

/// Funding that was paid (negative) or received for a position.
#[derive(Debug, Clone, PartialEq)]
pub struct Funding {
    /// When it was settled.
    pub time: UnixNanos,
    /// For the position in which instrument.
    pub symbol: Symbol,
    /// For which of its legs; `None` where the exchange does not say.
    pub position_side: Option<PositionSide>,
    /// At which rate of the position's value.
    pub rate: f64,
    /// How much came in; negative where it was paid.
    pub amount: Money,
}
