//! How far time has come: the exchange's, at the pace of the clock, and the markets', at a speed.
//!
//! The one decision: both are counted from the testnet's beginning, and every 100 ms of the exchange's are a step, whatever the
//! speed. With speed 1 they are the same, to the nanosecond.

use std::time::Duration;

use metaexpert_core::UnixNanos;

use crate::{faults::Since, protocol::Moment};

/// What streams that send by the clock wait for.
pub(super) const STEP: Duration = Duration::from_millis(100);

/// The fastest that the markets' time may pass: some three hours a second. At more, a day of the testnet's would be more years than there
/// are nanoseconds for.
const FASTEST: f64 = 10_000.0;

/// Whether the markets' time may pass so much faster; the rule that is broken where not.
pub(crate) fn speed_rule(speed: f64) -> Result<(), String> {
    if speed.is_nan() || speed <= 0.0 {
        return Err("must be above 0".to_owned());
    }
    if speed > FASTEST { Err(format!("must be at most {FASTEST}")) } else { Ok(()) }
}

/// How far time has come.
#[derive(Debug)]
pub(super) struct Course {
    start: UnixNanos,
    now: Duration,
    next_step: Duration,
    speed: f64,
    /// When the speed was set: by the clock, by the markets.
    since: (Duration, Duration),
}

impl Course {
    pub(super) const fn new(start: UnixNanos, speed: f64) -> Self {
        Self { start, now: Duration::ZERO, next_step: STEP, speed, since: (Duration::ZERO, Duration::ZERO) }
    }

    pub(super) const fn speed(&self) -> f64 {
        self.speed
    }

    /// From now on the markets' time passes so much faster.
    pub(super) fn set_speed(&mut self, speed: f64) {
        self.since = (self.now, self.market(self.now));
        self.speed = speed;
    }

    pub(super) const fn now(&self) -> Duration {
        self.now
    }

    /// The next step that is over by then; `None` where none is.
    pub(super) fn step(&mut self, until: Duration) -> Option<Duration> {
        let step = self.next_step;
        (step <= until).then(|| {
            self.next_step += STEP;
            step
        })
    }

    /// Whether the markets' time may fall behind: only where it passes faster, since they are the same otherwise.
    pub(super) fn may_fall_behind(&self) -> bool {
        self.speed > 1.0
    }

    /// The markets could not keep up: their time goes on from where it has come to, and the steps that were missed are left out.
    pub(super) fn fall_behind(&mut self, to: Duration) {
        self.since = (to, self.market(self.now));
        self.now = self.now.max(to);
        while self.next_step <= to {
            self.next_step += STEP;
        }
    }

    pub(super) fn go(&mut self, to: Duration) {
        self.now = self.now.max(to);
    }

    pub(super) fn since(&self) -> Since {
        Since { clock: self.now, market: self.market(self.now) }
    }

    pub(super) fn moment(&self, skew: i64) -> Moment {
        Moment { clock: self.at(self.now).saturating_add_nanos(skew), market: self.at(self.market(self.now)) }
    }

    fn market(&self, now: Duration) -> Duration {
        let (clock, market) = self.since;
        let passed = now.saturating_sub(clock);
        // Not through a double where nothing is sped up: the two times are the same then.
        #[expect(clippy::float_cmp, reason = "exactly one, or not")]
        let passed = if self.speed == 1.0 { passed } else { passed.mul_f64(self.speed) };
        market + passed
    }

    fn at(&self, since: Duration) -> UnixNanos {
        self.start.saturating_add_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_markets_go_at_their_speed_from_when_it_was_set() {
        let mut course = Course::new(UnixNanos::from_nanos(0), 1.0);
        course.go(Duration::from_secs(10));
        assert_eq!(
            course.moment(5),
            Moment { clock: UnixNanos::from_nanos(10_000_000_005), market: UnixNanos::from_nanos(10_000_000_000) }
        );
        course.set_speed(60.0);
        course.go(Duration::from_secs(11));
        assert_eq!(course.since(), Since { clock: Duration::from_secs(11), market: Duration::from_secs(70) });
    }

    #[test]
    fn markets_that_fall_behind_go_on_at_their_speed_from_where_they_are() {
        let mut course = Course::new(UnixNanos::from_nanos(0), 60.0);
        assert_eq!(course.step(Duration::from_secs(1)), Some(STEP));
        course.go(STEP);
        course.fall_behind(Duration::from_secs(10));
        assert_eq!(course.since(), Since { clock: Duration::from_secs(10), market: Duration::from_secs(6) });
        assert_eq!(course.step(Duration::from_secs(10)), None);
        course.go(Duration::from_secs(11));
        assert_eq!(course.since(), Since { clock: Duration::from_secs(11), market: Duration::from_secs(66) });
    }

    #[test]
    fn every_100_ms_are_a_step() {
        let mut course = Course::new(UnixNanos::from_nanos(0), 1.0);
        let mut steps = |until| std::iter::from_fn(|| course.step(Duration::from_millis(until))).count();
        assert_eq!((steps(99), steps(100), steps(100), steps(350)), (0, 1, 0, 2));
    }
}
