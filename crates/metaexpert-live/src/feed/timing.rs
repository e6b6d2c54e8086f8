//! Where the engine's time stands, and what is due by it.
//!
//! The one decision: time is that of the latest event, and since then a steady clock has gone on from it. How late events come is in
//! that by itself: what the exchange's clock says is never asked for.

use std::time::Duration;

use metaexpert_core::{UnixNanos, broker::Answer, feed::Event};

/// Where nothing happens, the engine is told of the time this often at least: orders expire, days begin.
const TOLD_EVERY: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct Timing {
    /// The latest time that the engine was told.
    told: UnixNanos,
    /// A time of the market, and what the steady clock was then.
    anchor: (UnixNanos, Duration),
    timers: Vec<Timer>,
    /// What is due first: a timer, or that the time is told.
    next: UnixNanos,
}

#[derive(Debug)]
struct Timer {
    interval: i64,
    due: UnixNanos,
}

impl Timing {
    pub(super) fn new(timers: &[Duration], start: UnixNanos, steady: Duration) -> Self {
        let timers = timers.iter().map(|interval| Timer { interval: nanos(*interval).max(1), due: UnixNanos::MAX }).collect();
        Self { told: start, anchor: (start, steady), timers, next: UnixNanos::MAX }
    }

    /// The history is over: the time to tell the engine, an interval after which timers are due.
    pub(super) fn begin(&mut self, steady: Duration) -> UnixNanos {
        let now = self.at(steady);
        for timer in &mut self.timers {
            timer.due = now.saturating_add_nanos(timer.interval);
        }
        self.next = now;
        self.tell(now);
        now
    }

    /// An event of this time has come. What is not later than what the engine was told changes nothing: events that all bear one time
    /// would hold the clock up for as long as they come.
    #[inline]
    pub(super) fn heard(&mut self, time: UnixNanos, steady: Duration) {
        if time <= self.told {
            return;
        }
        self.anchor = (time, steady);
        self.tell(time);
    }

    /// How long until something is due, if nothing comes.
    #[inline]
    pub(super) fn until_due(&self, steady: Duration) -> Duration {
        Duration::from_nanos(u64::try_from(self.next.nanos_since(self.at(steady))).unwrap_or(0))
    }

    /// The time to tell the engine, if something is due.
    pub(super) fn take_due(&mut self, steady: Duration) -> Option<UnixNanos> {
        let is_due = self.next <= self.at(steady);
        is_due.then(|| {
            let due = self.next.max(self.told);
            self.tell(due);
            due
        })
    }

    /// What time it is, by the last event and what has gone by since.
    fn at(&self, steady: Duration) -> UnixNanos {
        let (time, then) = self.anchor;
        time.saturating_add_nanos(nanos(steady.saturating_sub(then))).max(self.told)
    }

    /// The engine comes to know of this time, and fires what is due by it.
    #[inline]
    fn tell(&mut self, time: UnixNanos) {
        self.told = time;
        if self.next > time {
            return;
        }
        for timer in &mut self.timers {
            let passed = time.nanos_since(timer.due);
            if passed >= 0 {
                let intervals = passed / timer.interval + 1;
                timer.due = timer.due.saturating_add_nanos(intervals.saturating_mul(timer.interval));
            }
        }
        let told_next = time.saturating_add_nanos(nanos(TOLD_EVERY));
        self.next = self.timers.iter().map(|timer| timer.due).fold(told_next, UnixNanos::min);
    }
}

/// The time that an event bears; of a bar, which is `length` nanoseconds long, when it closed. Wishes and pauses bear none.
pub(super) fn time_of(event: &Event, length: i64) -> Option<UnixNanos> {
    match event {
        Event::Bar { bar, .. } => Some(bar.bar.time.saturating_add_nanos(length)),
        Event::Tick(_, tick) => Some(tick.time),
        Event::PublicTrade(_, trade) => Some(trade.time),
        Event::Book(_, change) => Some(change.time),
        Event::Mark(_, time, _) | Event::Index(_, time, _) | Event::Time(time) => Some(*time),
        Event::Answer(answer) => match answer {
            Answer::Trade { trade, .. } => Some(trade.time),
            Answer::Funding(funding) => Some(funding.time),
            Answer::Charged(charge) => Some(charge.time),
            Answer::Accepted(_)
            | Answer::Rejected(..)
            | Answer::Unknown(_)
            | Answer::Triggered(_)
            | Answer::Amended(..)
            | Answer::AmendRejected(..)
            | Answer::Cancelled(..)
            | Answer::CancelRejected(..) => None,
        },
        Event::Present | Event::Pause(_) | Event::KillSwitch(_) | Event::Flatten(_) | Event::Stop | Event::LastWord => None,
    }
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
