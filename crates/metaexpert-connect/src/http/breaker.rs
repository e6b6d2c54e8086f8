//! A host that does not answer is left alone for a while, so that requests fail at once instead of one time-out after another.
//!
//! The one decision: what makes the account safer is never held back. A cancel may be what finds the host alive again, and a few
//! requests more to a host that is away do no harm.
//!
//! Only the network counts: connections refused, cut or timed out. Whatever the host answers, it answers.

use std::time::Duration;

use tokio::time::Instant;

use crate::endpoint::Lane;

/// So many failures in a row, and the host is taken to be away. One retried request makes four.
const FAILURES_MAX: u32 = 5;

/// How long it is left alone: doubled each time the probe fails, up to the second.
const LEFT_ALONE: (Duration, Duration) = (Duration::from_secs(5), Duration::from_mins(1));

/// Whether a host is taken to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// It is.
    Closed,
    /// It is not: requests fail at once.
    Open,
    /// One request finds out.
    HalfOpen,
}

#[derive(Debug, Default)]
pub(super) struct Breaker {
    failures: u32,
    opened: Option<Opened>,
    /// Requests that are out although it is open.
    probes: u32,
}

#[derive(Debug, Clone, Copy)]
struct Opened {
    until: Instant,
    times: u32,
}

/// What became of a request that was let through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// The host answered.
    Yes,
    /// It did not.
    No,
    /// The request was given up before that was known.
    Untold,
}

/// That a request was let through, and whether it is the probe.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Admitted {
    is_probe: bool,
}

impl Breaker {
    /// Whether a request may go.
    ///
    /// # Errors
    /// How long until the next probe, where it may not.
    pub(super) fn admit(&mut self, lane: Lane, now: Instant) -> Result<Admitted, Duration> {
        let Some(opened) = self.opened else { return Ok(Admitted { is_probe: false }) };
        if lane != Lane::Safety && (self.probes > 0 || opened.until > now) {
            return Err(opened.until.saturating_duration_since(now));
        }
        self.probes += 1;
        Ok(Admitted { is_probe: true })
    }

    /// What became of a request. Gives the new state where it has changed.
    pub(super) fn ended(&mut self, admitted: Admitted, reached: Reached, now: Instant) -> Option<BreakerState> {
        let before = self.state();
        if admitted.is_probe {
            self.probes = self.probes.saturating_sub(1);
        }
        match (reached, self.opened) {
            (Reached::Yes, _) => (self.failures, self.opened) = (0, None),
            (Reached::No, None) => {
                self.failures += 1;
                if self.failures >= FAILURES_MAX {
                    self.opened = Some(Opened { until: now + LEFT_ALONE.0, times: 1 });
                }
            }
            (Reached::No, Some(opened)) if admitted.is_probe && opened.until <= now => {
                let wait = LEFT_ALONE.0.saturating_mul(1 << opened.times.min(8)).min(LEFT_ALONE.1);
                self.opened = Some(Opened { until: now + wait, times: opened.times.saturating_add(1) });
            }
            // Those that were under way when it opened, or were sent before its time, say nothing new.
            (Reached::No, Some(_)) | (Reached::Untold, _) => {}
        }
        Some(self.state()).filter(|state| *state != before)
    }

    pub(super) const fn state(&self) -> BreakerState {
        match (self.opened, self.probes) {
            (None, _) => BreakerState::Closed,
            (Some(_), 0) => BreakerState::Open,
            (Some(_), _) => BreakerState::HalfOpen,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let mut breaker = Breaker::default();
        for _ in 0..FAILURES_MAX {
            let admitted = breaker.admit(Lane::Market, now).unwrap();
            breaker.ended(admitted, Reached::No, now);
        }
        breaker
    }

    #[test]
    fn failures_in_a_row_open_it_and_an_answer_between_them_does_not() {
        let now = Instant::now();
        let mut breaker = Breaker::default();
        let admitted = breaker.admit(Lane::Entry, now).unwrap();
        for reached in [Reached::No, Reached::No, Reached::No, Reached::No, Reached::Yes, Reached::No, Reached::Untold] {
            assert_eq!(breaker.ended(admitted, reached, now), None);
        }
        for _ in 0..FAILURES_MAX - 2 {
            assert_eq!(breaker.ended(admitted, Reached::No, now), None);
        }
        assert_eq!(breaker.ended(admitted, Reached::No, now), Some(BreakerState::Open));
        assert_eq!(breaker.admit(Lane::Entry, now), Err(LEFT_ALONE.0));
    }

    #[test]
    fn after_the_wait_one_request_probes_and_its_answer_closes_it() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let later = now + LEFT_ALONE.0;
        let probe = breaker.admit(Lane::Market, later).unwrap();
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert!(breaker.admit(Lane::Market, later).is_err(), "one is enough");
        assert_eq!(breaker.ended(probe, Reached::Yes, later), Some(BreakerState::Closed));
        assert!(breaker.admit(Lane::Market, later).is_ok());
    }

    #[test]
    fn a_failed_probe_doubles_the_wait_up_to_a_minute() {
        let mut now = Instant::now();
        let mut breaker = opened(now);
        let mut waits = Vec::new();
        for _ in 0..6 {
            now += breaker.admit(Lane::Market, now).unwrap_err();
            let probe = breaker.admit(Lane::Market, now).unwrap();
            breaker.ended(probe, Reached::No, now);
            waits.push(breaker.admit(Lane::Market, now).unwrap_err().as_secs());
        }
        assert_eq!(waits, [10, 20, 40, 60, 60, 60]);
    }

    #[test]
    fn cancels_are_never_held_back_and_one_that_fails_before_its_time_makes_nothing_longer() {
        let now = Instant::now();
        let mut breaker = opened(now);
        let probes = [(); 3].map(|()| breaker.admit(Lane::Safety, now).unwrap());
        assert_eq!(breaker.ended(probes[0], Reached::No, now), None);
        assert_eq!(breaker.ended(probes[1], Reached::Untold, now), None);
        assert_eq!(breaker.ended(probes[2], Reached::No, now), Some(BreakerState::Open));
        assert_eq!(breaker.admit(Lane::Entry, now), Err(LEFT_ALONE.0));
        assert!(breaker.admit(Lane::Safety, now).is_ok());
    }
}
