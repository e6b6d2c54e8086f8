//! Terms that stand beside a listing: rules of the whole exchange, prices that orders are measured against, how funding is
//! reckoned, what an index is made of, what was paid at the end, and when what comes and goes.

use std::borrow::Cow;

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Serialize;

use super::Filter;

/// Rules beside those of a [`Listing`](super::Listing): of the whole exchange, of the account, or of execution.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RuleReport {
    /// Of what; `None` for all that the exchange trades.
    pub symbol: Option<String>,
    /// The rules.
    pub filters: Vec<Filter>,
}

/// A price that an exchange measures orders against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReferenceReport<'a> {
    /// Of what; `None` where the payload does not say.
    pub symbol: Option<Cow<'a, str>>,
    /// Until when it was reckoned.
    pub time: Option<UnixNanos>,
    /// The price; `None` where the exchange has set none.
    pub price: Option<Decimal>,
    /// Of an average: over how many minutes. `None` where it is the exchange's own reference price.
    pub minutes: Option<u32>,
}

/// How funding is reckoned.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FundingTermsReport<'a> {
    /// Of what.
    pub symbol: Cow<'a, str>,
    /// Hours from one settlement to the next.
    pub interval_hours: u32,
    /// Highest rate, as a fraction.
    pub cap: Option<Decimal>,
    /// Lowest rate, as a fraction.
    pub floor: Option<Decimal>,
}

/// What was paid for a contract when it ended.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SettlementReport<'a> {
    /// Of what; `None` where the payload does not say.
    pub symbol: Option<Cow<'a, str>>,
    /// When.
    pub time: UnixNanos,
    /// The price of the underlying then.
    pub price: Decimal,
    /// Of an option: its strike.
    pub strike: Option<Decimal>,
    /// The exchange's word for how an option ended.
    pub outcome: Option<Cow<'a, str>>,
}

/// What an index is made of.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ConstituentsReport<'a> {
    /// The index.
    pub symbol: Cow<'a, str>,
    /// When.
    pub time: Option<UnixNanos>,
    /// Its parts.
    pub parts: Vec<Constituent<'a>>,
}

/// A part of an index.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Constituent<'a> {
    /// Where it trades.
    pub exchange: Cow<'a, str>,
    /// What it is called there.
    pub symbol: Cow<'a, str>,
    /// Its price; `None` where the exchange hides it.
    pub price: Option<Decimal>,
    /// Its share of the index; 0.25 is a quarter.
    pub weight: Option<Decimal>,
}

/// What comes to or goes from the market at a time.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ScheduleReport {
    /// When.
    pub time: UnixNanos,
    /// Whether it goes.
    pub is_end: bool,
    /// Which assets.
    pub assets: Vec<String>,
    /// Which pairs.
    pub symbols: Vec<String>,
}

/// What may be done with an asset on a margin account.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MarginAssetReport {
    /// Which.
    pub asset: String,
    /// Whether it can be borrowed.
    pub is_borrowable: bool,
    /// Whether it counts as collateral.
    pub is_collateral: bool,
    /// Least that can be borrowed.
    pub min_borrow: Option<Decimal>,
    /// Least that can be paid back.
    pub min_repay: Option<Decimal>,
    /// When it goes.
    pub ends: Option<UnixNanos>,
}
