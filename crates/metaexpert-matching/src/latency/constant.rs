//! Each way always takes the same time.

use std::time::Duration;

use metaexpert_core::UnixNanos;

use super::{BadLatency, LatencyModel, text::nanos_of};

/// Three lengths that never change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Constant {
    feed: i64,
    order: i64,
    answer: i64,
}

impl Constant {
    /// A length for each way.
    ///
    /// # Errors
    /// If one of them is longer than a minute.
    pub fn new(feed: Duration, order: Duration, answer: Duration) -> Result<Self, BadLatency> {
        Ok(Self { feed: nanos_of(feed)?, order: nanos_of(order)?, answer: nanos_of(answer)? })
    }
}

impl LatencyModel for Constant {
    #[inline]
    fn feed(&mut self, _: UnixNanos) -> i64 {
        self.feed
    }

    #[inline]
    fn order(&mut self, _: UnixNanos) -> i64 {
        self.order
    }

    #[inline]
    fn answer(&mut self, _: UnixNanos) -> i64 {
        self.answer
    }
}
