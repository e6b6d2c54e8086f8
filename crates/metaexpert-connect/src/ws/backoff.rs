//! How long to wait before the next attempt.
//!
//! The one decision: the lengths are those of a well-kept crate; what is here are bounds that are checked once, and a count that
//! starts anew only when its owner says so.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

/// The longest wait that is taken for meant: an hour.
const LONGEST: Duration = Duration::from_hours(1);

/// Waits that double from a first to a longest, each made up to twice as long by chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    first: Duration,
    longest: Duration,
}

/// Bounds that make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("waits from {first:?} to {longest:?}: the first is at least 1 ms, the longest twice the first to an hour")]
pub struct BadBackoff {
    first: Duration,
    longest: Duration,
}

impl Backoff {
    /// Waits from about `first` to at most `longest`.
    ///
    /// # Errors
    /// When `first` is below a millisecond, `longest` less than twice of it, or more than an hour.
    pub const fn new(first: Duration, longest: Duration) -> Result<Self, BadBackoff> {
        if first.as_millis() == 0 || longest.as_millis() < first.as_millis() * 2 || longest.as_millis() > LONGEST.as_millis() {
            return Err(BadBackoff { first, longest });
        }
        Ok(Self { first, longest })
    }

    /// The longest wait.
    pub const fn longest(self) -> Duration {
        self.longest
    }

    /// Half a second to a minute: an exchange that restarts is back within minutes, and one that throws out whoever comes too
    /// often counts in minutes.
    pub const fn usual() -> Self {
        Self { first: Duration::from_millis(500), longest: Duration::from_mins(1) }
    }

    /// The waits, by a seed.
    pub(crate) fn waits(self, seed: u64) -> Waits {
        // Chance adds up to as much again, so that half of the longest is where doubling ends.
        let builder = ExponentialBuilder::new()
            .with_min_delay(self.first)
            .with_max_delay(self.longest / 2)
            .with_factor(2.0)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(seed);
        Waits { builder, current: builder.build(), seed, attempt: 0 }
    }
}

/// The waits of one thing that fails.
pub(crate) struct Waits {
    builder: ExponentialBuilder,
    current: ExponentialBackoff,
    seed: u64,
    attempt: u32,
}

impl Waits {
    /// How long to wait now.
    pub(crate) fn next(&mut self) -> Duration {
        self.attempt = self.attempt.saturating_add(1);
        self.current.next().unwrap_or(LONGEST)
    }

    /// How often it failed in a row.
    pub(crate) const fn attempt(&self) -> u32 {
        self.attempt
    }

    /// It works again: from the first. Chance goes on, so that two failures alike do not wait alike.
    pub(crate) fn reset(&mut self) {
        if self.attempt == 0 {
            return;
        }
        self.attempt = 0;
        self.seed = self.seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
        self.current = self.builder.with_jitter_seed(self.seed).build();
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const fn ms(millis: u64) -> Duration {
        Duration::from_millis(millis)
    }

    #[test]
    fn bounds_that_make_no_sense_are_refused() {
        assert!(Backoff::new(ms(0), ms(10)).is_err());
        assert!(Backoff::new(ms(10), ms(19)).is_err());
        assert!(Backoff::new(ms(10), LONGEST + ms(1)).is_err());
        let error = Backoff::new(ms(500), ms(600)).unwrap_err().to_string();
        assert!(error.contains("500ms") && error.contains("600ms"), "{error}");
    }

    proptest! {
        #[test]
        fn waits_grow_from_the_first_and_never_pass_the_longest(seed: u64, first in 1u64..5_000, times in 2u64..600) {
            let longest = ms((first * times).min(3_600_000)).max(ms(first * 2));
            let mut waits = Backoff::new(ms(first), longest).unwrap().waits(seed);
            let lengths: Vec<_> = (0..40).map(|_| waits.next()).collect();
            prop_assert!(lengths[0] >= ms(first) && lengths[0] <= ms(first) * 2);
            prop_assert!(lengths.iter().all(|length| *length <= longest), "{lengths:?} pass {longest:?}");
            prop_assert!(lengths[39] >= longest / 2);
            waits.reset();
            prop_assert!(waits.next() <= ms(first) * 2);
            prop_assert_eq!(waits.attempt(), 1);
        }
    }
}
