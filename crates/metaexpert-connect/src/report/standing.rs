//! How an account stands beside its balances and positions: pairs of isolated margin, the queue of auto-deleveraging, trades with
//! itself that the exchange prevented.

use metaexpert_core::{PositionSide, UnixNanos};
use rust_decimal::Decimal;
use serde::Serialize;

/// A pair of an isolated margin account, with a margin of its own.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairReport {
    /// Which.
    pub symbol: String,
    /// Whether it may trade.
    pub can_trade: Option<bool>,
    /// What is owned against what is owed.
    pub margin_level: Option<Decimal>,
    /// The exchange's word for that level.
    pub status: Option<String>,
    /// The price of the index.
    pub index_price: Option<Decimal>,
    /// The price at which it is liquidated; `None` where there is none.
    pub liquidation_price: Option<Decimal>,
}

/// Where a position stands in the queue of those that are closed against a liquidated one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QueueReport {
    /// In what.
    pub symbol: String,
    /// Which leg; `None` for the one position of a one-way account.
    pub leg: Option<PositionSide>,
    /// From 0, the end of the queue, up.
    pub quantile: u32,
}

/// A trade of an account with itself that was prevented.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PreventedReport {
    /// In what.
    pub symbol: String,
    /// The exchange's number of it.
    pub id: String,
    /// The exchange's number of the order that would have taken.
    pub taker: String,
    /// The exchange's number of the order that rested.
    pub maker: String,
    /// At which price.
    pub price: Decimal,
    /// How much of the taker went.
    pub taker_quantity: Option<Decimal>,
    /// How much of the maker went.
    pub maker_quantity: Option<Decimal>,
    /// The exchange's word for what is to happen in such a case.
    pub mode: String,
    /// When.
    pub time: UnixNanos,
}
