//! The circuit breaker of one market: a move of so many percent within so many minutes.
//!
//! The one decision: prices are kept as the lowest and the highest of each minute, so that a day of ticks takes no more room
//! than a day of bars. A window is the minute at hand and those before it.

use crate::{UnixNanos, config::Config, rounding::float_of};

const MINUTE: i64 = 60_000_000_000;

/// The lowest and the highest of some prices.
#[derive(Debug, Clone, Copy)]
struct Extent {
    low: f64,
    high: f64,
}

impl Extent {
    const EMPTY: Self = Self { low: f64::INFINITY, high: f64::NEG_INFINITY };

    const fn join(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }
}

/// The move that has tripped a breaker.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(in crate::risk) struct Trip {
    pub low: f64,
    pub high: f64,
    /// When entries pass again.
    pub until: UnixNanos,
}

/// Watches one market.
#[derive(Debug, Clone)]
pub(in crate::risk) struct Breaker {
    /// `highest / lowest` that trips it.
    ratio: f64,
    /// One for each minute of the window, each in the place of its number modulo their count.
    minutes: Vec<Extent>,
    /// The minute at hand, counted since 1970.
    minute: i64,
    /// All minutes of the window but the one at hand.
    before: Extent,
    trip: Option<Trip>,
}

impl Breaker {
    /// What the configuration asks for, if it asks for one.
    pub(super) fn of(config: &Config) -> Option<Self> {
        let (limit, minutes) = (config.circuit_breaker_pct?, config.circuit_breaker_minutes?);
        let minutes = vec![Extent::EMPTY; usize::try_from(minutes).ok()?.max(1)];
        let ratio = 1.0 + float_of(limit.fraction());
        Some(Self { ratio, minutes, minute: i64::MIN, before: Extent::EMPTY, trip: None })
    }

    /// Prices that were seen up to `time`: those of a bar, or one. A moment belongs to the minute that ends with it.
    pub(super) fn see(&mut self, time: UnixNanos, low: f64, high: f64, last: f64) {
        let minute = time.saturating_add_nanos(-1).as_nanos().div_euclid(MINUTE);
        if minute > self.minute {
            self.turn_to(minute);
        }
        let at_hand = self.at_hand(self.minute).join(Extent { low, high });
        self.keep(at_hand);
        let window = self.before.join(at_hand);
        if window.high >= window.low * self.ratio {
            let pause = i64::try_from(self.minutes.len()).unwrap_or(i64::MAX).saturating_mul(MINUTE);
            self.trip = Some(Trip { low: window.low, high: window.high, until: time.saturating_add_nanos(pause) });
            // What has tripped it once does not trip it again.
            self.minutes.fill(Extent::EMPTY);
            self.before = Extent::EMPTY;
            self.keep(Extent { low: last, high: last });
        }
    }

    /// The move that entries wait for the end of.
    pub(in crate::risk) fn pause(&self, now: UnixNanos) -> Option<Trip> {
        self.trip.filter(|trip| now < trip.until)
    }

    fn place(&self, minute: i64) -> usize {
        let count = i64::try_from(self.minutes.len()).unwrap_or(i64::MAX);
        usize::try_from(minute.rem_euclid(count)).unwrap_or(0)
    }

    fn at_hand(&self, minute: i64) -> Extent {
        self.minutes.get(self.place(minute)).copied().unwrap_or(Extent::EMPTY)
    }

    fn keep(&mut self, extent: Extent) {
        let place = self.place(self.minute);
        if let Some(kept) = self.minutes.get_mut(place) {
            *kept = extent;
        }
    }

    /// Minutes that have left the window are forgotten, those without a price too.
    fn turn_to(&mut self, minute: i64) {
        let gone = minute.saturating_sub(self.minute);
        if usize::try_from(gone).map_or(true, |gone| gone >= self.minutes.len()) {
            self.minutes.fill(Extent::EMPTY);
            self.minute = minute;
        } else {
            while self.minute < minute {
                self.minute += 1;
                self.keep(Extent::EMPTY);
            }
        }
        self.before = self.minutes.iter().copied().fold(Extent::EMPTY, Extent::join);
    }
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;
    use crate::Percent;

    fn breaker(minutes: u32) -> Breaker {
        let config = Config {
            circuit_breaker_pct: Some(Percent::new(dec!(5))),
            circuit_breaker_minutes: Some(minutes),
            ..Config::default()
        };
        Breaker::of(&config).unwrap()
    }

    fn at(seconds: i64) -> UnixNanos {
        UnixNanos::from_seconds(seconds).unwrap()
    }

    /// Whether each of these (second, price) trips it anew, by when entries pass again.
    fn check(minutes: u32, prices: &[(i64, f64)], expect: &[Option<i64>]) {
        let mut breaker = breaker(minutes);
        let tripped = prices.iter().map(|(second, price)| {
            breaker.see(at(*second), *price, *price, *price);
            breaker.pause(at(*second)).map(|trip| trip.until.as_nanos() / 1_000_000_000)
        });
        assert_eq!(tripped.collect::<Vec<_>>(), expect);
    }

    #[test]
    fn a_move_within_the_minutes_trips_it_and_a_slower_one_does_not() {
        check(2, &[(60, 100.0), (120, 104.0), (180, 105.0)], &[None, None, None]);
        check(2, &[(60, 100.0), (120, 105.0)], &[None, Some(240)]);
        check(2, &[(60, 100.0), (90, 96.0), (119, 95.2)], &[None, None, Some(239)]);
        check(1, &[(60, 100.0), (61, 105.0)], &[None, None]);
    }

    #[test]
    fn it_pauses_for_the_minutes_and_only_a_new_move_trips_it_again() {
        check(2, &[(60, 100.0), (90, 106.0), (150, 106.0), (210, 106.0)], &[None, Some(210), Some(210), None]);
        check(2, &[(60, 100.0), (90, 106.0), (120, 100.0)], &[None, Some(210), Some(240)]);
        check(2, &[(60, 100.0), (90, 106.0), (100, 106.0)], &[None, Some(210), Some(210)]);
    }

    #[test]
    fn a_gap_forgets_what_was_before_it() {
        check(3, &[(60, 100.0), (86_400, 200.0), (86_410, 209.0)], &[None, None, None]);
    }
}
