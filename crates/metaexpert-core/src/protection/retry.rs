//! When an order that the venue did not take is tried again.

use crate::UnixNanos;

/// Nanoseconds of a second.
pub(super) const SECOND: i64 = 1_000_000_000;
/// The longest pause between two attempts. An exchange that cannot be reached is asked once a minute, and a rule that an order breaks may
/// have changed by then.
const LONGEST: i64 = 60 * SECOND;
const LONGEST_TO_CLOSE: i64 = 5 * SECOND;

/// Attempts that have failed, and when the next one may be made.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Retry {
    failures: u32,
    next: Option<UnixNanos>,
}

impl Retry {
    /// Nothing has failed.
    pub(crate) const NONE: Self = Self { failures: 0, next: None };

    /// Whether an attempt may be made.
    pub(crate) fn is_over(&self, now: UnixNanos) -> bool {
        self.next.is_none_or(|next| now >= next)
    }

    /// An attempt has failed for a reason that passes: a second, two, four, at most a minute.
    pub(super) fn failed(&mut self, now: UnixNanos) {
        self.pause(now, LONGEST);
    }

    /// An attempt to close has failed. The price is where nobody wants to be any longer.
    pub(crate) fn close_failed(&mut self, now: UnixNanos) {
        self.pause(now, LONGEST_TO_CLOSE);
    }

    fn pause(&mut self, now: UnixNanos, longest: i64) {
        let pause = SECOND.saturating_mul(1_i64.checked_shl(self.failures.min(6)).unwrap_or(1)).min(longest);
        self.failures = self.failures.saturating_add(1);
        self.next = Some(now.saturating_add_nanos(pause));
    }

    /// An attempt has failed for a reason that may not pass.
    pub(super) const fn refused(&mut self, now: UnixNanos) {
        self.next = Some(now.saturating_add_nanos(LONGEST));
    }

    /// What has made attempts fail is over, perhaps. A refusal is not.
    pub(super) const fn passed(&mut self) {
        if self.failures > 0 {
            *self = Self::NONE;
        }
    }

    /// It went well.
    pub(super) const fn worked(&mut self) {
        *self = Self::NONE;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute_and_begin_anew_after_a_success() {
        let mut retry = Retry::NONE;
        let mut now = UnixNanos::default();
        let mut pauses = Vec::new();
        for _ in 0..8 {
            retry.failed(now);
            let next = retry.next.unwrap();
            assert!(!retry.is_over(next.saturating_add_nanos(-1)) && retry.is_over(next));
            pauses.push(next.nanos_since(now) / SECOND);
            now = next;
        }
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        retry.worked();
        assert!(retry.is_over(UnixNanos::MIN));
        retry.failed(now);
        assert_eq!(retry.next.unwrap().nanos_since(now), SECOND);
        for _ in 0..8 {
            retry.close_failed(now);
        }
        assert_eq!(retry.next.unwrap().nanos_since(now), LONGEST_TO_CLOSE);
    }
}
