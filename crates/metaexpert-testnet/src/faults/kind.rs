//! What can go wrong, and where each of it can strike.

use std::time::Duration;

use rust_decimal::Decimal;

use super::{Event, Passing};
use crate::protocol::{Failure, Topic};

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// It comes later, by `delay` and up to `jitter` more. What follows on the same socket waits for it.
    Latency {
        /// At least.
        delay: Duration,
        /// And up to this much more.
        jitter: Duration,
    },
    /// It never comes: a message is left out, a request is not handled, an answer is not sent.
    Drop,
    /// It comes twice.
    Duplicate,
    /// It comes after the one that follows it.
    Reorder,
    /// Half of it comes; of an answer over HTTP, with the connection's end behind it.
    Truncate,
    /// From here on nothing goes in or out, and the connection stays.
    HalfOpen,
    /// The connection ends.
    Cut,
    /// The exchange says that it failed: before it has handled the request, or after that. What says that nothing was done only before.
    Fail(Failure),
    /// No more than this is executed at once, while it lasts.
    PartialFills(Decimal),
    /// Listen keys are stale.
    StaleListenKeys,
    /// The exchange's clock is off by so many nanoseconds, while it lasts.
    ClockSkew(i64),
    /// All that is asked is refused and sockets are closed, while it lasts.
    Maintenance,
    /// The exchange is started anew.
    Restart {
        /// Whether accounts, orders and markets are as they were.
        keeps_state: bool,
    },
}

/// At which point of its way something is struck.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// A request, before it is handled.
    Request,
    /// A request that was handled, before its answer is sent.
    Answer,
    /// A message on a socket, on its way out.
    Message,
}

impl Stage {
    /// Its name in rules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Answer => "answer",
            Self::Message => "message",
        }
    }
}

impl Kind {
    /// Where it may strike, the usual place first; nowhere for what is a state or happens by itself.
    pub const fn stages(&self) -> &'static [Stage] {
        match self {
            Self::Latency { .. } | Self::Cut => &[Stage::Answer, Stage::Request, Stage::Message],
            Self::Drop | Self::HalfOpen => &[Stage::Message, Stage::Request, Stage::Answer],
            Self::Duplicate | Self::Reorder => &[Stage::Message, Stage::Answer],
            Self::Truncate => &[Stage::Answer, Stage::Message],
            Self::Fail(failure) if failure.is_refusal() => &[Stage::Request],
            Self::Fail(_) => &[Stage::Request, Stage::Answer],
            Self::Maintenance => &[Stage::Request],
            Self::PartialFills(_) | Self::StaleListenKeys | Self::ClockSkew(_) | Self::Restart { .. } => &[],
        }
    }

    /// Whether a rule of this kind and stage looks at what passes by. Answers over sockets are messages, too.
    pub(super) fn passes(&self, stage: Option<Stage>, passing: &Passing<'_>) -> bool {
        let is_message_of_answer = passing.stage == Stage::Message && passing.topic == Some(Topic::Answer);
        match self {
            Self::Latency { .. } | Self::Drop | Self::Duplicate | Self::Reorder | Self::Truncate => {
                // Over a socket an answer is struck where it leaves, as the message that it is.
                (stage == Some(passing.stage) && !(passing.stage == Stage::Answer && passing.over.is_socket()))
                    || (stage == Some(Stage::Answer) && is_message_of_answer)
            }
            Self::HalfOpen | Self::Cut | Self::Fail(_) | Self::Maintenance => stage == Some(passing.stage),
            Self::StaleListenKeys | Self::Restart { .. } => passing.stage == Stage::Answer,
            Self::PartialFills(_) | Self::ClockSkew(_) => false,
        }
    }

    /// What happens by itself.
    pub(super) const fn event(&self) -> Option<Event> {
        match self {
            Self::StaleListenKeys => Some(Event::StaleListenKeys),
            Self::Restart { keeps_state } => Some(Event::Restart { keeps_state: *keeps_state }),
            _ => None,
        }
    }

    pub(super) const fn jitter(&self) -> Option<Duration> {
        match self {
            Self::Latency { jitter, .. } => Some(*jitter),
            _ => None,
        }
    }

    pub(super) const fn skew(&self) -> Option<i64> {
        match self {
            Self::ClockSkew(nanos) => Some(*nanos),
            _ => None,
        }
    }

    pub(super) const fn fill_cap(&self) -> Option<Decimal> {
        match self {
            Self::PartialFills(cap) => Some(*cap),
            _ => None,
        }
    }

    /// Its name in rules and in the audit.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Latency { .. } => "latency",
            Self::Drop => "drop",
            Self::Duplicate => "duplicate",
            Self::Reorder => "reorder",
            Self::Truncate => "truncate",
            Self::HalfOpen => "half-open",
            Self::Cut => "cut",
            Self::Fail(failure) => failure_name(*failure),
            Self::PartialFills(_) => "partial-fills",
            Self::StaleListenKeys => "stale-listen-keys",
            Self::ClockSkew(_) => "clock-skew",
            Self::Maintenance => "maintenance",
            Self::Restart { .. } => "restart",
        }
    }
}

const fn failure_name(failure: Failure) -> &'static str {
    match failure {
        Failure::TooManyRequests(_) => "429",
        Failure::Banned(_) => "418",
        Failure::TooManyOrders => "too-many-orders",
        Failure::Internal(500) => "500",
        Failure::Internal(502) => "502",
        Failure::Internal(504) => "504",
        Failure::Internal(_) => "503",
        Failure::Disconnected => "-1001",
        Failure::UnexpectedAnswer => "-1006",
        Failure::Timeout => "-1007",
        Failure::Timestamp => "-1021",
        Failure::Maintenance => "maintenance",
    }
}
