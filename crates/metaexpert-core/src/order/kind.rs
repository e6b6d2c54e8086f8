//! What kind of order it is: at which price it trades, what brings it to life, and how long it stands.
//!
//! The one decision: a kind carries exactly the prices that it needs, so that a limit order without a price cannot be written.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{
    money::{Percent, Price},
    named::named,
    time::UnixNanos,
};

/// What an order waits for, and at which price it trades then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderKind {
    /// Takes at once whatever the price.
    #[default]
    Market,
    /// Trades at `price` or better.
    Limit {
        /// The worst price.
        price: Price,
    },
    /// Becomes a market order when the price moves against whoever holds a position: a buy waits above the price, a sell below.
    StopMarket {
        /// What brings it to life.
        trigger: Trigger,
    },
    /// Becomes a limit order as [`StopMarket`](Self::StopMarket) becomes a market order.
    StopLimit {
        /// What brings it to life.
        trigger: Trigger,
        /// The worst price.
        price: Price,
    },
    /// Becomes a market order when the price moves in favour of whoever holds a position: a buy waits below the price, a sell above.
    TakeProfitMarket {
        /// What brings it to life.
        trigger: Trigger,
    },
    /// Becomes a limit order as [`TakeProfitMarket`](Self::TakeProfitMarket) becomes a market order.
    TakeProfitLimit {
        /// What brings it to life.
        trigger: Trigger,
        /// The worst price.
        price: Price,
    },
    /// Becomes a market order when the price has come back by `distance` from the best one since it was activated.
    TrailingStop {
        /// How far behind the best price it stands.
        distance: Distance,
        /// The price at which it begins to follow; at once where it is `None`.
        activation: Option<Price>,
        /// Which price it follows.
        by: TriggerBy,
    },
}

impl OrderKind {
    /// The worst price at which it trades; `None` where it takes any.
    pub const fn limit_price(self) -> Option<Price> {
        match self {
            Self::Limit { price } | Self::StopLimit { price, .. } | Self::TakeProfitLimit { price, .. } => Some(price),
            Self::Market | Self::StopMarket { .. } | Self::TakeProfitMarket { .. } | Self::TrailingStop { .. } => None,
        }
    }

    /// What brings it to life, where that is a fixed price.
    pub const fn trigger(self) -> Option<Trigger> {
        match self {
            Self::StopMarket { trigger }
            | Self::StopLimit { trigger, .. }
            | Self::TakeProfitMarket { trigger }
            | Self::TakeProfitLimit { trigger, .. } => Some(trigger),
            Self::Market | Self::Limit { .. } | Self::TrailingStop { .. } => None,
        }
    }

    /// Whether it waits for something before it trades at all.
    pub const fn is_conditional(self) -> bool {
        self.trigger().is_some() || matches!(self, Self::TrailingStop { .. })
    }

    /// Its name in logs and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Limit { .. } => "limit",
            Self::StopMarket { .. } => "stop_market",
            Self::StopLimit { .. } => "stop_limit",
            Self::TakeProfitMarket { .. } => "take_profit_market",
            Self::TakeProfitLimit { .. } => "take_profit_limit",
            Self::TrailingStop { .. } => "trailing_stop",
        }
    }
}

impl fmt::Display for OrderKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// A price that brings an order to life when it is touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Where.
    pub price: Price,
    /// Of which price series.
    pub by: TriggerBy,
}

impl Trigger {
    /// A trigger by the last traded price.
    pub const fn at(price: Price) -> Self {
        Self { price, by: TriggerBy::Last }
    }
}

named! {
    /// Which price brings conditional orders to life.
    TriggerBy {
        /// The last public trade (of bars: the walk).
        Last = "last",
        /// The mark price; the last one where the data has none.
        Mark = "mark",
        /// The index price; the last one where the data has none.
        Index = "index",
    }
}

/// How far a trailing stop stands behind the best price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Distance {
    /// In percent of the best price.
    Percent(Percent),
    /// In quote currency.
    Absolute(Price),
}

/// How long an order stands, and how much of it must trade at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TimeInForce {
    /// Until it is filled or cancelled.
    #[default]
    GoodTillCancelled,
    /// Until then; what is left of it is cancelled.
    GoodTillDate(UnixNanos),
    /// What does not trade at once is cancelled.
    ImmediateOrCancel,
    /// All of it trades at once, or nothing does.
    FillOrKill,
    /// Rests in the book, or is refused: it never takes.
    PostOnly,
}

impl TimeInForce {
    /// Its name in logs and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GoodTillCancelled => "gtc",
            Self::GoodTillDate(_) => "gtd",
            Self::ImmediateOrCancel => "ioc",
            Self::FillOrKill => "fok",
            Self::PostOnly => "post_only",
        }
    }
}

named! {
    /// What becomes of an order that would trade with another of the same account.
    SelfTrade {
        /// They trade.
        Allow = "allow",
        /// What is left of the incoming one is cancelled.
        ExpireTaker = "expire_taker",
        /// The resting one is cancelled, and the incoming one goes on.
        ExpireMaker = "expire_maker",
        /// Both are cancelled.
        ExpireBoth = "expire_both",
    }
}

/// Orders with the same link cancel one another: as soon as one of them trades, the rest is cancelled (OCO).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Link(pub u64);

/// Where a protective order stands: a share of the entry's fill price, or a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Offset {
    /// So many percent from the entry's fill price.
    Percent(Percent),
    /// At this price, wherever the entry is filled.
    Price(Price),
}
