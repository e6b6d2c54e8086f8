//! What a market says. Borrowed from the frame: nothing here is allocated but the levels of a book.

use std::borrow::Cow;

use metaexpert_core::{Side, Timeframe, UnixNanos};
use rust_decimal::Decimal;
use serde::Serialize;

/// The best bid and ask.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Quote<'a> {
    /// Of what, as the exchange spells it; `None` where the payload does not say.
    pub symbol: Option<Cow<'a, str>>,
    /// When the exchange saw it; `None` where it does not say (spot).
    pub time: Option<UnixNanos>,
    /// The exchange's number of the book's state.
    pub update: Option<u64>,
    /// Best bid price; 0 where there is no bid.
    pub bid: f64,
    /// Quantity at the best bid.
    pub bid_quantity: f64,
    /// Best ask price; 0 where there is no ask.
    pub ask: f64,
    /// Quantity at the best ask.
    pub ask_quantity: f64,
}

/// A print on the tape, or several of one taker at one price.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PublicTradeReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// The exchange's number of the trade, or of the aggregate.
    pub id: u64,
    /// The first and last trade of an aggregate.
    pub trades: Option<(u64, u64)>,
    /// When it was traded.
    pub time: UnixNanos,
    /// At what price.
    pub price: f64,
    /// How much.
    pub quantity: f64,
    /// Whether the buyer took. `None` where the payload does not say.
    pub buyer_is_taker: Option<bool>,
}

/// One level of a book: exact price, for it becomes integer ticks.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LevelReport {
    /// Its price.
    pub price: Decimal,
    /// What rests there now; 0 where the level is gone.
    pub quantity: f64,
}

/// A change of an order book, or all of it. How the numbers join is a rule of the exchange, applied by `BookSync`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DepthReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// When the exchange says it happened.
    pub time: Option<UnixNanos>,
    /// Whether it is all of the book (or its best levels), and not a change.
    pub is_snapshot: bool,
    /// Number of the first update in it (`U`). Of a snapshot: `None`.
    pub first: Option<u64>,
    /// Number of the last update in it (`u`, `lastUpdateId`, `seqId`).
    pub last: u64,
    /// Number of the last update before it (`pu`, `prevSeqId`), where the exchange says it.
    pub previous: Option<i64>,
    /// Buyers' levels.
    pub bids: Vec<LevelReport>,
    /// Sellers' levels.
    pub asks: Vec<LevelReport>,
}

/// A bar.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct BarReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// Its length; `None` where the payload does not say, or the length is none of ours.
    pub timeframe: Option<Timeframe>,
    /// When it opened.
    pub open_time: UnixNanos,
    /// The last moment of it.
    pub close_time: Option<UnixNanos>,
    /// First price.
    pub open: f64,
    /// Highest price.
    pub high: f64,
    /// Lowest price.
    pub low: f64,
    /// Last price.
    pub close: f64,
    /// Traded quantity, in base currency or contracts.
    pub volume: f64,
    /// Traded value, in quote currency (of inverse contracts: base currency).
    pub turnover: Option<f64>,
    /// Number of trades.
    pub trades: Option<u64>,
    /// Whether it is finished, by the exchange's own word; `None` where it does not say (bars asked for over REST).
    pub is_closed: Option<bool>,
}

/// Mark price, index price, and the funding to come.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarkReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: Option<UnixNanos>,
    /// The mark price.
    pub mark: Decimal,
    /// The index price.
    pub index: Option<Decimal>,
    /// Rate of the next funding as far as it is known; 0.0001 is 0.01 %.
    pub funding_rate: Option<Decimal>,
    /// When it is settled.
    pub next_funding: Option<UnixNanos>,
    /// Of an option: its implied volatility, 0.5 is 50 % a year.
    pub implied_volatility: Option<f64>,
}

/// The price of an underlying.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndexReport<'a> {
    /// Its name.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: Option<UnixNanos>,
    /// The price.
    pub price: Decimal,
}

/// Statistics of the last 24 hours, or of the last price alone.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TickerReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: Option<UnixNanos>,
    /// Last price.
    pub last: Option<f64>,
    /// First price.
    pub open: Option<f64>,
    /// Highest price.
    pub high: Option<f64>,
    /// Lowest price.
    pub low: Option<f64>,
    /// Change in percent.
    pub change_pct: Option<f64>,
    /// Traded quantity, in base currency or contracts.
    pub volume: Option<f64>,
    /// Traded value, in quote currency (of inverse contracts: base currency).
    pub turnover: Option<f64>,
    /// Best bid price.
    pub bid: Option<f64>,
    /// Best ask price.
    pub ask: Option<f64>,
}

/// Funding as it was settled.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FundingReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: UnixNanos,
    /// Share of the position's value.
    pub rate: Decimal,
    /// The mark price that positions were valued at.
    pub mark: Option<Decimal>,
}

/// How many contracts are open.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OpenInterestReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: Option<UnixNanos>,
    /// In base currency or contracts.
    pub quantity: Decimal,
    /// In quote currency.
    pub value: Option<Decimal>,
}

/// Somebody's position was taken away.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LiquidationReport<'a> {
    /// Of what.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: UnixNanos,
    /// Which way the order went that closed it.
    pub side: Side,
    /// Its average price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
}

/// A bar of a price that nobody trades at.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PriceBarReport<'a> {
    /// Which price.
    pub of: PriceKind,
    /// The bar. Volume is 0, and the number of trades is that of the price's changes.
    pub bar: BarReport<'a>,
}

/// A price that is worked out by the exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceKind {
    /// What positions are valued at.
    Mark,
    /// Of the underlying.
    Index,
    /// How far the mark price stands from the index price, as a fraction of it.
    Premium,
}

/// Statistics of a window that is not the day of [`TickerReport`].
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct WindowTickerReport<'a> {
    /// Its length.
    pub window: Timeframe,
    /// The statistics.
    pub ticker: TickerReport<'a>,
}
