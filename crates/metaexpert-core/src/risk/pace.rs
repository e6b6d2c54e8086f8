//! `max_orders_per_minute`: when the last orders passed.

use std::collections::VecDeque;

use crate::{UnixNanos, config::Config};

const MINUTE: i64 = 60_000_000_000;

/// The times of the last orders, closes included; never more than the limit.
#[derive(Debug)]
pub(super) struct Pace {
    pub limit: u32,
    passed: VecDeque<UnixNanos>,
}

impl Pace {
    pub(super) fn of(config: &Config) -> Option<Self> {
        let limit = config.max_orders_per_minute?;
        Some(Self { limit, passed: VecDeque::with_capacity(usize::try_from(limit).ok()?) })
    }

    /// One more order has passed.
    pub(super) fn count(&mut self, now: UnixNanos) {
        if self.passed.len() >= self.limit as usize {
            self.passed.pop_front();
        }
        self.passed.push_back(now);
    }

    /// Whether as many orders as the limit says have passed in the last 60 seconds.
    pub(super) fn is_reached(&self, now: UnixNanos) -> bool {
        let oldest = self.passed.front().filter(|_| self.passed.len() >= self.limit as usize);
        oldest.is_some_and(|oldest| now.nanos_since(*oldest) < MINUTE)
    }
}
