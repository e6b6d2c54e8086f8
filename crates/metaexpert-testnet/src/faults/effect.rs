//! What the rules that struck at once come to.

use std::time::Duration;

use super::{Event, Kind};
use crate::protocol::Failure;

/// What befalls something that passes by: nothing, by default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[expect(clippy::struct_excessive_bools, reason = "several may be so at once, and each is a fault of its own")]
pub struct Effect {
    /// How much later it comes.
    pub delay: Duration,
    /// Whether it never comes.
    pub is_dropped: bool,
    /// Whether it comes twice.
    pub is_doubled: bool,
    /// Whether the next one goes first.
    pub is_reordered: bool,
    /// Whether only half of it comes.
    pub is_truncated: bool,
    /// Whether the connection is dead from here on without being closed.
    pub is_half_open: bool,
    /// Whether the connection ends here.
    pub is_cut: bool,
    /// What the exchange says in its place.
    pub failure: Option<Failure>,
    /// What it sets off.
    pub events: Vec<Event>,
    /// The rules that struck, with their kinds.
    pub struck: Vec<(u64, &'static str)>,
}

impl Effect {
    /// Adds what a rule does. Delays add up; of failures the first one holds. `luck` is between 0 and 1.
    pub(super) fn add(&mut self, rule: u64, kind: &Kind, luck: f64) {
        self.struck.push((rule, kind.as_str()));
        match kind {
            Kind::Latency { delay, jitter } => self.delay += *delay + jitter.mul_f64(luck),
            Kind::Drop => self.is_dropped = true,
            Kind::Duplicate => self.is_doubled = true,
            Kind::Reorder => self.is_reordered = true,
            Kind::Truncate => self.is_truncated = true,
            Kind::HalfOpen => self.is_half_open = true,
            Kind::Cut => self.is_cut = true,
            Kind::Fail(failure) => self.failure = self.failure.or(Some(*failure)),
            Kind::Maintenance => self.failure = self.failure.or(Some(Failure::Maintenance)),
            Kind::StaleListenKeys | Kind::Restart { .. } => self.events.extend(kind.event()),
            Kind::PartialFills(_) | Kind::ClockSkew(_) => {}
        }
    }

    /// Whether nothing befalls it.
    pub fn is_nothing(&self) -> bool {
        self.struck.is_empty()
    }
}
