//! The engine's way in: events from the queue, and time where nothing happens.
//!
//! The one decision: the engine's time is that of the markets, not of this machine. Between two events it goes on as fast as a steady
//! clock does, so that whoever sets the machine's clock changes nothing.
//!
//! Streams of one market are not told in one order: a print of a quarter past may come after a quote of twenty past. Such an event is
//! handed on as it came, with the time that it bears, and turns no time back: the engine takes the later of both. What waits in the queue
//! comes before what time brings, since it has happened before. In the history time is that of the bars, and nothing is due.

mod timing; // where time stands, and what is due

use std::{
    fmt,
    time::{Duration, Instant},
};

use metaexpert_core::{
    Result, Timeframe, UnixNanos,
    feed::{Event, Feed},
};
use metaexpert_observe::measures::{EventKind, Meters, VenueMeters};

use self::timing::Timing;
use crate::{Outlet, queue::Out};

/// How long is waited where no time is due: in the history.
const ANY_TIME: Duration = Duration::from_hours(1);

/// So many events apart, the number of those that wait is measured.
const SAMPLED: u32 = 256;

/// Events as they come, and timers when they are due.
pub struct LiveFeed {
    outlet: Outlet,
    timing: Timing,
    stage: Stage,
    /// The length of bars, in nanoseconds.
    bar: i64,
    of_exchange: VenueMeters,
    of_expert: Meters,
    now: fn() -> UnixNanos,
    steady: Steady,
    until_measured: u32,
}

/// How far the run has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// What is told was before the start.
    History,
    /// The present has begun, and its time is to be told.
    Begins,
    Present,
}

/// A count that goes on evenly, whatever becomes of the machine's clock.
type Steady = Box<dyn Fn() -> Duration + Send>;

impl LiveFeed {
    /// From a queue, for an expert with these timers. `start` is when the run begins, by the exchange's clock; `exchange` labels
    /// measurements, for which `now` is this machine's clock, by which frames were received.
    pub fn new(outlet: Outlet, timers: &[Duration], start: UnixNanos, exchange: &'static str, now: fn() -> UnixNanos) -> Self {
        let begun = Instant::now();
        Self::with_steady(outlet, timers, start, exchange, now, Box::new(move || begun.elapsed()))
    }

    fn with_steady(
        outlet: Outlet,
        timers: &[Duration],
        start: UnixNanos,
        exchange: &'static str,
        now: fn() -> UnixNanos,
        steady: Steady,
    ) -> Self {
        let timing = Timing::new(timers, start, steady());
        let (of_exchange, of_expert) = (VenueMeters::of(exchange), Meters::of(outlet.expert()));
        Self { outlet, timing, stage: Stage::History, bar: 0, of_exchange, of_expert, now, steady, until_measured: SAMPLED }
    }

    /// The same, for bars of this length: when one is told of, it is the time of its close.
    #[must_use]
    pub fn with_bars(self, timeframe: Timeframe) -> Self {
        Self { bar: timeframe.nanos(), ..self }
    }

    /// Takes note of an event that is about to be handed on.
    fn note(&mut self, event: &Event, received: Option<UnixNanos>) {
        if let Some(received) = received {
            let waited = u64::try_from((self.now)().nanos_since(received)).unwrap_or(0);
            self.of_exchange.heard(Duration::from_nanos(waited));
        }
        self.of_expert.event(EventKind::of(event));
        self.until_measured -= 1;
        if self.until_measured == 0 {
            self.measure();
        }
        if matches!(event, Event::Present) {
            self.stage = Stage::Begins;
        } else if self.stage == Stage::Present
            && let Some(time) = timing::time_of(event, self.bar)
        {
            self.timing.heard(time, (self.steady)());
        }
    }

    fn measure(&mut self) {
        self.until_measured = SAMPLED;
        self.of_expert.waiting(self.outlet.waiting());
    }
}

impl Feed for LiveFeed {
    fn begins_with_history(&self) -> bool {
        true
    }

    fn next(&mut self) -> Result<Option<Event>> {
        loop {
            let longest = match self.stage {
                Stage::History => ANY_TIME,
                Stage::Begins => {
                    self.stage = Stage::Present;
                    return Ok(Some(Event::Time(self.timing.begin((self.steady)()))));
                }
                Stage::Present => self.timing.until_due((self.steady)()),
            };
            match self.outlet.next(longest) {
                Out::Event(event, received) => {
                    self.note(&event, received);
                    return Ok(Some(event));
                }
                Out::Quiet if self.stage == Stage::History => {}
                Out::Quiet => {
                    self.measure();
                    if let Some(time) = self.timing.take_due((self.steady)()) {
                        return Ok(Some(Event::Time(time)));
                    }
                }
                Out::Ended => return Ok(None),
            }
        }
    }
}

impl fmt::Debug for LiveFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LiveFeed").field("outlet", &self.outlet).field("timing", &self.timing).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
