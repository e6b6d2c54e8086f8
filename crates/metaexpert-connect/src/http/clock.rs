//! The exchange's time: ours, and an offset that is measured by asking.
//!
//! The one decision: of the last round trips the shortest is believed. The exchange read its clock somewhere between our
//! question and its answer; the middle is the best guess, and it can be wrong by no more than half the round trip.
//!
//! The clock reads no clock of its own: where our time comes from is given, and who asks the exchange is the
//! [`Client`](super::Client).

use std::{collections::VecDeque, sync::Arc, time::Duration};

use metaexpert_core::UnixNanos;
use parking_lot::Mutex;
use tokio::time::Instant;

/// How many round trips are remembered. With one every quarter of an hour that is two hours, in which a quartz drifts by some
/// 0.1 s at worst: more than the best round trip is off, much less than any exchange's window.
const REMEMBERED: usize = 8;

/// By how much two offsets may differ that were both right, each to half of its round trip: twice what a quartz drifts in the time
/// that is remembered.
const DRIFT: Duration = Duration::from_millis(200);

/// A new offset may set the time back by this much without being seen: the time stands still until it is caught up. More than
/// that is our own clock having been set, which is followed at once.
const HELD: Duration = Duration::from_secs(1);

/// The exchange's time by our clock and the measured offset. Cheap to clone; clones share the offset.
#[derive(Clone)]
pub struct Clock(Arc<Shared>);

struct Shared {
    local: fn() -> UnixNanos,
    state: Mutex<State>,
}

struct State {
    round_trips: VecDeque<RoundTrip>,
    last: UnixNanos,
    measured: u64,
}

#[derive(Debug, Clone, Copy)]
struct RoundTrip {
    nanos: i64,
    offset: i64,
}

/// A time in both of its kinds: what the exchange's calendar says, and a steady count that nobody sets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// The exchange's time.
    pub exchange: UnixNanos,
    /// For how long something lasts.
    pub steady: Instant,
}

impl Clock {
    /// A clock without an offset yet.
    pub fn new(local: fn() -> UnixNanos) -> Self {
        let state = State { round_trips: VecDeque::with_capacity(REMEMBERED), last: UnixNanos::MIN, measured: 0 };
        Self(Arc::new(Shared { local, state: Mutex::new(state) }))
    }

    /// The exchange's time. It does not go back, unless our own clock is set by more than a second.
    pub fn now(&self) -> UnixNanos {
        let mut state = self.0.state.lock();
        let now = (self.0.local)().saturating_add_nanos(state.offset());
        let back = u64::try_from(state.last.nanos_since(now)).unwrap_or(0);
        if Duration::from_nanos(back) < HELD {
            state.last = state.last.max(now);
        } else {
            state.last = now;
        }
        state.last
    }

    /// Now, in both kinds.
    pub fn moment(&self) -> Moment {
        Moment { exchange: self.now(), steady: Instant::now() }
    }

    /// Our own time, without the offset: what a round trip is measured by.
    pub fn local(&self) -> UnixNanos {
        (self.0.local)()
    }

    /// How far the exchange's clock is ahead of ours, in nanoseconds; 0 before the first measurement.
    pub fn offset_nanos(&self) -> i64 {
        self.0.state.lock().offset()
    }

    /// How many round trips were learnt from.
    pub fn measured(&self) -> u64 {
        self.0.state.lock().measured
    }

    /// Learns from a round trip: when it was asked and answered by [`local`](Self::local), and what the exchange said. One that
    /// cannot agree with what is believed shows that a clock was set since, and what was learnt before it is forgotten. `false`
    /// where nothing is learnt: our clock was set back within it, so that it ended before it began.
    pub fn learn(&self, asked: UnixNanos, answered: UnixNanos, told: UnixNanos) -> bool {
        let nanos = answered.nanos_since(asked);
        if nanos < 0 {
            return false;
        }
        let trip = RoundTrip { nanos, offset: told.nanos_since(asked.saturating_add_nanos(nanos / 2)) };
        let mut state = self.0.state.lock();
        if state.best().is_some_and(|best| !best.agrees_with(trip)) {
            state.round_trips.clear();
        }
        if state.round_trips.len() == REMEMBERED {
            state.round_trips.pop_front();
        }
        state.round_trips.push_back(trip);
        state.measured += 1;
        true
    }

    /// Forgets all but the last `kept` round trips: the exchange says that the time is off, so one of the older ones lies.
    pub(super) fn keep_last(&self, kept: usize) {
        let mut state = self.0.state.lock();
        let old = state.round_trips.len().saturating_sub(kept);
        state.round_trips.drain(..old);
    }
}

impl State {
    fn offset(&self) -> i64 {
        self.best().map_or(0, |trip| trip.offset)
    }

    /// The shortest, and of equals the newest.
    fn best(&self) -> Option<RoundTrip> {
        self.round_trips.iter().rev().min_by_key(|trip| trip.nanos).copied()
    }
}

impl RoundTrip {
    /// Whether one offset, but for drift, can have been behind both.
    fn agrees_with(self, other: Self) -> bool {
        let apart = u128::from(self.offset.abs_diff(other.offset));
        let known_to = u128::from(self.nanos.unsigned_abs() / 2) + u128::from(other.nanos.unsigned_abs() / 2);
        apart <= known_to + DRIFT.as_nanos()
    }
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Clock").field("offset_nanos", &self.offset_nanos()).field("measured", &self.measured()).finish()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! { static LOCAL: Cell<i64> = const { Cell::new(0) } }

    fn local() -> UnixNanos {
        UnixNanos::from_nanos(LOCAL.get())
    }

    const MS: i64 = 1_000_000;

    fn at(millis: i64) -> UnixNanos {
        UnixNanos::from_nanos(millis * MS)
    }

    #[test]
    fn the_offset_is_taken_from_the_middle_of_the_round_trip() {
        let clock = Clock::new(local);
        clock.learn(at(1_000), at(1_080), at(3_040));
        assert_eq!(clock.offset_nanos(), 2_000 * MS);
        LOCAL.set(5_000 * MS);
        assert_eq!(clock.now(), at(7_000));
    }

    #[test]
    fn of_several_round_trips_the_shortest_is_believed_and_of_equals_the_newest() {
        let clock = Clock::new(local);
        clock.learn(at(0), at(900), at(900));
        clock.learn(at(1_000), at(1_020), at(1_110));
        clock.learn(at(2_000), at(2_400), at(2_100));
        assert_eq!(clock.offset_nanos(), 100 * MS);
        clock.learn(at(3_000), at(3_020), at(3_130));
        assert_eq!(clock.offset_nanos(), 120 * MS);
    }

    #[test]
    fn a_good_round_trip_is_not_believed_for_ever() {
        let clock = Clock::new(local);
        clock.learn(at(0), at(2), at(101));
        for _ in 1..REMEMBERED {
            clock.learn(at(0), at(20), at(10));
        }
        assert_eq!(clock.offset_nanos(), 100 * MS);
        clock.learn(at(0), at(20), at(10));
        assert_eq!(clock.offset_nanos(), 0);
    }

    #[test]
    fn a_round_trip_that_cannot_agree_with_the_best_one_shows_that_a_clock_was_set() {
        let clock = Clock::new(local);
        clock.learn(at(0), at(2), at(1));
        // Both offsets are known to half a round trip, and a quartz drifts by less than 200 ms.
        clock.learn(at(1_000), at(1_800), at(2_001));
        assert_eq!(clock.offset_nanos(), 0, "601 ms apart can be 401 ms and drift");
        clock.learn(at(2_000), at(2_800), at(3_002));
        assert_eq!(clock.offset_nanos(), 602 * MS, "but not 602");
        clock.learn(at(3_000), at(3_002), at(3_600));
        assert_eq!(clock.offset_nanos(), 599 * MS);
    }

    #[test]
    fn a_round_trip_that_ended_before_it_began_teaches_nothing() {
        let clock = Clock::new(local);
        clock.learn(at(1_000), at(1_020), at(1_110));
        clock.learn(at(2_000), at(1_900), at(2_110));
        assert_eq!((clock.offset_nanos(), clock.measured()), (100 * MS, 1));
    }

    #[test]
    fn a_better_offset_does_not_set_the_time_back() {
        let clock = Clock::new(local);
        LOCAL.set(10_000 * MS);
        clock.learn(at(0), at(100), at(350));
        assert_eq!(clock.now(), at(10_300));
        clock.learn(at(0), at(10), at(5));
        assert_eq!(clock.now(), at(10_300), "the offset is 0 now, and the time stands");
        LOCAL.set(10_400 * MS);
        assert_eq!(clock.now(), at(10_400));
    }

    #[test]
    fn our_own_clock_being_set_back_is_followed() {
        let clock = Clock::new(local);
        LOCAL.set(100_000 * MS);
        assert_eq!(clock.now(), at(100_000));
        LOCAL.set(40_000 * MS);
        assert_eq!(clock.now(), at(40_000));
    }

    #[test]
    fn what_is_forgotten_is_the_older_part() {
        let clock = Clock::new(local);
        clock.learn(at(0), at(2), at(101));
        clock.learn(at(0), at(30), at(25));
        assert_eq!(clock.offset_nanos(), 100 * MS);
        clock.keep_last(1);
        assert_eq!(clock.offset_nanos(), 10 * MS);
    }
}
