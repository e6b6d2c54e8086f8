//! What time it is on a made-up market, and how to wait for a later one.
//!
//! The one decision: the market's time is worked out from the wall clock each time it is asked for, so that bars close when the
//! wall clock says so, whatever the machine slept or the clock was set to meanwhile. It never waits longer than a minute
//! without looking again.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use metaexpert_core::UnixNanos;

use super::stop::StopRequest;

/// How long a wait may be without a look at the wall clock, which may have been set.
const LOOK_AGAIN: Duration = Duration::from_mins(1);

/// How a wait for a time ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    /// It is that time.
    Reached,
    /// Somebody wants the run to end.
    Stopped,
}

/// The clock of a market.
pub(crate) trait MarketClock {
    /// Waits until it is `time` there. A time that is over is no wait.
    fn wait_until(&mut self, time: UnixNanos) -> Waited;
}

/// A clock that stood at a time when it was started, and has run so many times faster than the wall clock since.
#[derive(Debug)]
pub(crate) struct PacedClock<'a> {
    stop: &'a StopRequest,
    wall: fn() -> UnixNanos,
    started: UnixNanos,
    stood_at: UnixNanos,
    speed: u32,
}

impl<'a> PacedClock<'a> {
    /// A clock that stood at `stood_at` when the wall clock stood at `started`.
    pub(crate) fn new(started: UnixNanos, stood_at: UnixNanos, speed: u32, stop: &'a StopRequest) -> Self {
        Self { stop, wall: wall_clock, started, stood_at, speed: speed.max(1) }
    }

    /// How long it is on the wall until it is `time` on the market; zero where it has been.
    fn left(&self, time: UnixNanos) -> Duration {
        let market = i128::from(time.as_nanos()) - i128::from(self.stood_at.as_nanos());
        let speed = i128::from(self.speed);
        // Rounded up: no bar is told of before it has closed.
        let wall = i128::from(self.started.as_nanos()) + (market + speed - 1).div_euclid(speed);
        let left = wall - i128::from((self.wall)().as_nanos());
        u64::try_from(left).map_or(if left < 0 { Duration::ZERO } else { Duration::MAX }, Duration::from_nanos)
    }
}

impl MarketClock for PacedClock<'_> {
    fn wait_until(&mut self, time: UnixNanos) -> Waited {
        loop {
            let left = self.left(time);
            if self.stop.wait(left.min(LOOK_AGAIN)).is_some() {
                return Waited::Stopped;
            }
            if left.is_zero() {
                return Waited::Reached;
            }
        }
    }
}

/// The time of this machine.
pub(crate) fn wall_clock() -> UnixNanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::{super::stop::Asked, *};

    const STARTED: UnixNanos = UnixNanos::from_nanos(1_000_000_000_000);
    const STOOD_AT: UnixNanos = UnixNanos::from_nanos(5_000_000_000_000);

    fn clock(stop: &StopRequest, speed: u32, wall: fn() -> UnixNanos) -> PacedClock<'_> {
        PacedClock { wall, ..PacedClock::new(STARTED, STOOD_AT, speed, stop) }
    }

    #[test]
    fn a_minute_of_the_market_is_as_long_as_its_speed_says() {
        let stop = StopRequest::new();
        for (speed, left) in [(1, 60_000_000_000), (60, 1_000_000_000), (7, 8_571_428_572)] {
            let clock = clock(&stop, speed, || STARTED);
            assert_eq!(clock.left(STOOD_AT.saturating_add_nanos(60_000_000_000)), Duration::from_nanos(left), "{speed}");
        }
    }

    #[test]
    fn what_is_over_is_no_wait() {
        let stop = StopRequest::new();
        let mut clock = clock(&stop, 60, || STARTED.saturating_add_nanos(1_000_000_000));
        for nanos in [-7_000_000_000_000, 0, 1, 60_000_000_000] {
            assert_eq!(clock.left(STOOD_AT.saturating_add_nanos(nanos)), Duration::ZERO);
        }
        assert_eq!(clock.left(STOOD_AT.saturating_add_nanos(60_000_000_001)), Duration::from_nanos(1));
        assert_eq!(clock.wait_until(STOOD_AT), Waited::Reached);
    }

    #[test]
    fn a_wish_to_stop_ends_every_wait() {
        let stop = StopRequest::new();
        let _heeding = stop.heed();
        stop.ask(Asked::Terminate);
        let mut clock = clock(&stop, 1, || STARTED);
        assert_eq!(clock.wait_until(UnixNanos::MAX), Waited::Stopped);
        assert_eq!(clock.wait_until(UnixNanos::MIN), Waited::Stopped);
    }
}
