//! An order of the engine's own that closes a leg, and where it stands.

use rust_decimal::Decimal;

use super::{levels::is_ahead_or_at, retry::SECOND};
use crate::{NewOrder, OrderKind, OrderStatus, PositionSide, Reason, UnixNanos};

/// How long an order that a price has reached is taken to be executed, though nothing is heard of it: longer than a venue's word of an
/// execution takes to arrive.
const WORD_TAKES: i64 = SECOND;

/// Which way a leg is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// By a stop that rests.
    Stop,
    /// By a take-profit that rests.
    Take,
    /// By a market order.
    Close,
}

impl Exit {
    /// Which of them an order is; `None` for one that the expert has sent, or the risk gate.
    pub(crate) const fn of(order: &NewOrder) -> Option<Self> {
        match (order.reason, order.kind) {
            (Reason::StopLoss | Reason::TakeProfit | Reason::TrailingStop | Reason::Breakeven, kind) => Some(match kind {
                OrderKind::TakeProfitMarket { .. } | OrderKind::TakeProfitLimit { .. } => Self::Take,
                OrderKind::StopMarket { .. } | OrderKind::StopLimit { .. } | OrderKind::TrailingStop { .. } => Self::Stop,
                OrderKind::Market | OrderKind::Limit { .. } => Self::Close,
            }),
            (Reason::Signal | Reason::Liquidation | Reason::RiskHalt | Reason::Expiry | Reason::EndOfData, _) => None,
        }
    }
}

/// What is known of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// It is on its way.
    Sent,
    /// The venue has it.
    Accepted,
    /// What it waited for has happened.
    Triggered,
    /// Nobody knows.
    Unknown,
}

/// What the status of an order that was found again comes to.
impl From<OrderStatus> for State {
    fn from(status: OrderStatus) -> Self {
        match status {
            OrderStatus::Accepted => Self::Accepted,
            OrderStatus::Triggered | OrderStatus::PartiallyFilled => Self::Triggered,
            OrderStatus::Submitted
            | OrderStatus::Unknown
            | OrderStatus::Rejected
            | OrderStatus::Filled
            | OrderStatus::Cancelled
            | OrderStatus::Expired => Self::Unknown,
        }
    }
}

/// An order that closes a leg.
#[derive(Debug)]
pub(crate) struct Protective {
    pub order: NewOrder,
    pub exit: Exit,
    pub filled: Decimal,
    pub state: State,
    /// It was asked to be cancelled.
    pub leaving: bool,
    /// Whether the newest price that was seen triggers it.
    is_met: bool,
    /// When prices that trigger it were seen, less than [`WORD_TAKES`] from one another: the first and the last of them.
    met: Option<(UnixNanos, UnixNanos)>,
    /// Until when it is not asked again to be cancelled.
    stays_until: Option<UnixNanos>,
}

impl Protective {
    pub(super) const fn new(order: NewOrder, exit: Exit, filled: Decimal, state: State) -> Self {
        Self { order, exit, filled, state, leaving: false, is_met: false, met: None, stays_until: None }
    }

    /// What triggers it.
    pub(super) fn level(&self) -> Option<Decimal> {
        self.order.kind.trigger().map(|trigger| trigger.price.get())
    }

    /// How much of it may still be executed.
    pub(super) fn remaining(&self) -> Decimal {
        (self.order.quantity.get() - self.filled).max(Decimal::ZERO)
    }

    /// Whether it would do what is asked for. Its execution is told by the reason that it was sent with, and a leg that has grown may be
    /// left at the same level for another one.
    pub(super) fn fits(&self, (level, reason): (Decimal, Reason), quantity: Decimal) -> bool {
        !self.leaving && self.level() == Some(level) && self.order.reason == reason && self.remaining() == quantity
    }

    /// The venue has not cancelled it.
    pub(super) const fn stays(&mut self, until: UnixNanos) {
        (self.leaving, self.stays_until) = (false, Some(until));
    }

    /// Whether asking for its end makes sense.
    pub(super) fn may_be_cancelled(&self, now: UnixNanos) -> bool {
        !self.leaving && self.state != State::Triggered && self.stays_until.is_none_or(|until| now >= until)
    }

    /// A price was seen.
    pub(super) fn see(&mut self, leg: PositionSide, price: Decimal, now: UnixNanos) {
        let Some(level) = self.level() else { return };
        self.is_met = match self.exit {
            Exit::Stop => is_ahead_or_at(leg, level, price),
            Exit::Take => is_ahead_or_at(leg, price, level),
            Exit::Close => false,
        };
        if self.is_met {
            let first = self.met.filter(|(_, last)| is_young(*last, now)).map_or(now, |(first, _)| first);
            self.met = Some((first, now));
        }
    }

    /// Whether word of its execution may be on its way. Where prices trigger it and no word comes, it stands as before.
    pub(super) fn is_coming(&self, now: UnixNanos) -> bool {
        self.is_certain() || self.met.is_some_and(|(first, _)| is_young(first, now))
    }

    /// Whether it leaves the leg, as far as can be told: whatever it still closes must not be closed by another order. The price may have
    /// come back before word of the execution is here.
    pub(super) fn leaves(&self, now: UnixNanos) -> bool {
        self.is_certain() || self.is_met || self.met.is_some_and(|(_, last)| is_young(last, now))
    }

    /// Whether it needs no price any more.
    pub(super) fn is_certain(&self) -> bool {
        self.exit == Exit::Close || self.state == State::Triggered
    }
}

fn is_young(time: UnixNanos, now: UnixNanos) -> bool {
    now.nanos_since(time) < WORD_TAKES
}
