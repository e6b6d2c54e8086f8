//! What time it is on a made-up market, and how to wait for a later one.
//!
//! The one decision: the market's time is worked out from the wall clock each time it is asked for, so that bars close when the
//! wall clock says so, whatever the machine slept or the clock was set to meanwhile. It never waits longer than a second
//! without looking again: at the wall clock, which may have been set, and for the file of the kill switch.

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use metaexpert_core::{UnixNanos, feed::Then};

use super::{
    kill_switch::{KillSwitch, LOOK_EVERY},
    stop::{StopRequest, Wish},
};

/// How a wait for a time ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Waited {
    /// It is that time.
    Reached,
    /// Somebody wants the run to end.
    Stopped,
    /// Somebody wants everything closed. It is told once.
    Flatten(Then),
    /// Somebody wants no new entries, and why, or allows them again. It is told once.
    KillSwitch(Option<String>),
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
    /// The strongest wish to have everything closed that was told of.
    heard: Option<Then>,
    kill_switch: Option<KillSwitch>,
    wall: fn() -> UnixNanos,
    started: UnixNanos,
    stood_at: UnixNanos,
    speed: u32,
}

impl<'a> PacedClock<'a> {
    /// A clock that stood at `stood_at` when the wall clock stood at `started`.
    pub(crate) fn new(started: UnixNanos, stood_at: UnixNanos, speed: u32, stop: &'a StopRequest) -> Self {
        Self { stop, heard: None, kill_switch: None, wall: wall_clock, started, stood_at, speed: speed.max(1) }
    }

    /// The same, with an eye on the file of the kill switch.
    pub(crate) fn watching(self, kill_switch_file: PathBuf) -> Self {
        Self { kill_switch: Some(KillSwitch::new(kill_switch_file)), ..self }
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
            if let Some(switch) = &mut self.kill_switch
                && switch.has_changed(Instant::now())
            {
                return Waited::KillSwitch(switch.reason().cloned());
            }
            let left = self.left(time);
            match self.stop.wait(left.min(LOOK_EVERY), self.heard) {
                Some(Wish::Stop(_)) => return Waited::Stopped,
                Some(Wish::Flatten(then)) => {
                    self.heard = Some(then);
                    return Waited::Flatten(then);
                }
                None => {}
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
    let now = UnixNanos::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX));
    #[cfg(feature = "failpoints")]
    let now = now.saturating_add_nanos(set_by_a_test());
    now
}

/// By how much a test has set this machine's clock: the seconds in the file that `FAILPOINTS_CLOCK` names, as long as it is there. It
/// is read again each time, so that the clock can be set while experts run.
#[cfg(feature = "failpoints")]
fn set_by_a_test() -> i64 {
    static FILE: std::sync::LazyLock<Option<std::ffi::OsString>> =
        std::sync::LazyLock::new(|| std::env::var_os("FAILPOINTS_CLOCK"));
    let text = FILE.as_ref().and_then(|file| std::fs::read_to_string(file).ok());
    let seconds = text.and_then(|text| text.trim().parse::<i64>().ok());
    seconds.unwrap_or_default().saturating_mul(1_000_000_000)
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

    #[test]
    fn a_wish_to_have_everything_closed_and_the_kill_switch_are_told_once_and_the_wait_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("KILL"), "").unwrap();
        let stop = StopRequest::new();
        let _heeding = stop.heed();
        stop.flatten(Then::Halt);
        let mut clock = clock(&stop, 1, || STARTED).watching(folder.path().join("KILL"));
        assert!(matches!(clock.wait_until(UnixNanos::MAX), Waited::KillSwitch(Some(_))));
        assert_eq!(clock.wait_until(UnixNanos::MAX), Waited::Flatten(Then::Halt));
        assert_eq!(clock.wait_until(STOOD_AT), Waited::Reached);
    }
}
