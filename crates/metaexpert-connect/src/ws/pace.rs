//! How many requests a connection may make a second.

use std::{collections::VecDeque, time::Duration};

use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// The requests of the last second.
#[derive(Debug)]
pub(crate) struct Pace {
    most: usize,
    sent: VecDeque<Instant>,
}

impl Pace {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { most: usize::try_from(per_second).unwrap_or(usize::MAX).max(1), sent: VecDeque::new() }
    }

    /// Whether one more may go now; it is counted if so.
    pub(crate) fn take(&mut self, now: Instant) -> bool {
        let free = self.free_at(now) <= now;
        if free {
            self.count(now);
        }
        free
    }

    /// Counts one that goes whatever the pace is: the answer to a ping.
    pub(crate) fn count(&mut self, now: Instant) {
        while self.sent.len() >= self.most {
            self.sent.pop_front();
        }
        self.sent.push_back(now);
    }

    /// When the next one may go.
    pub(crate) fn free_at(&self, now: Instant) -> Instant {
        match self.sent.front() {
            Some(first) if self.sent.len() >= self.most => (*first + SECOND).max(now),
            _ => now,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sixth_request_of_a_second_waits_for_the_first_to_be_a_second_old() {
        let (mut pace, start) = (Pace::new(5), Instant::now());
        assert!((0..5).all(|at| pace.take(start + Duration::from_millis(at * 10))));
        let now = start + Duration::from_millis(60);
        assert!(!pace.take(now));
        assert_eq!(pace.free_at(now), start + SECOND);
        assert!(pace.take(start + SECOND));
        assert!(!pace.take(start + SECOND));
    }
}
