//! The market's time: the exchange's clock, carried on by a steady one.
//!
//! The one decision: this machine's clock is believed only together with a measurement of how far it is off. Whoever sets it between two
//! measurements changes nothing here. The market may be ahead of what was measured, where an exchange of play money lets its time run
//! faster: then the latest bar says what time it is.

use metaexpert_connect::http::Clock;
use metaexpert_core::UnixNanos;
use tokio::time::Instant;

#[derive(Debug)]
pub(super) struct MarketTime {
    clock: Clock,
    anchor: (UnixNanos, Instant),
    /// The measurement that it is by.
    measured: u64,
}

impl MarketTime {
    pub(super) fn new(clock: Clock) -> Self {
        Self { anchor: (clock.now(), Instant::now()), measured: clock.measured(), clock }
    }

    /// What time it is now.
    pub(super) fn now(&self) -> UnixNanos {
        self.at(Instant::now())
    }

    /// What time it was or will be.
    pub(super) fn at(&self, steady: Instant) -> UnixNanos {
        let (time, then) = self.anchor;
        let passed = |later: Instant, earlier: Instant| i64::try_from((later - earlier).as_nanos()).unwrap_or(i64::MAX);
        let ahead = passed(steady.max(then), then);
        let behind = passed(then.max(steady), steady);
        time.saturating_add_nanos(ahead.saturating_sub(behind))
    }

    /// Looks whether the exchange's clock was measured again.
    pub(super) fn look(&mut self) {
        let measured = self.clock.measured();
        if measured != self.measured {
            self.anchor = (self.clock.now(), Instant::now());
            self.measured = measured;
        }
    }

    /// The market says that it is this late, at least.
    pub(super) fn is_at_least(&mut self, time: UnixNanos) {
        let now = Instant::now();
        if self.at(now) < time {
            self.anchor = (time, now);
        }
    }
}
