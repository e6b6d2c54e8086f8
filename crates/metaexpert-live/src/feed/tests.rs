//! Time between events, and what is due in it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use metaexpert_core::{Bar, InstrumentBar, PublicTrade};

use super::*;
use crate::{Inlet, market::testing::ids, queue};

const START: i64 = 1_700_000_000;

/// A feed whose steady clock stands where the test puts it, in milliseconds.
struct Rig {
    inlet: Inlet,
    feed: LiveFeed,
    steady: Arc<AtomicU64>,
}

impl Rig {
    fn new(timers: &[u64]) -> Self {
        let (inlet, outlet) = queue("trend", 100);
        let steady = Arc::new(AtomicU64::new(0));
        let timers: Vec<_> = timers.iter().map(|seconds| Duration::from_secs(*seconds)).collect();
        let shown = Arc::clone(&steady);
        let clock = Box::new(move || Duration::from_millis(shown.load(Ordering::Relaxed)));
        let feed = LiveFeed::with_steady(outlet, &timers, seconds(0), "here", || UnixNanos::MIN, clock).with_bars(Timeframe::M1);
        Self { inlet, feed, steady }
    }

    /// A feed whose history is over.
    fn present(timers: &[u64]) -> Self {
        let mut rig = Self::new(timers);
        rig.inlet.tell(Event::Present);
        assert_eq!(rig.next(), "present");
        assert_eq!(rig.next(), "time 0");
        rig
    }

    fn pass(&self, millis: u64) {
        self.steady.fetch_add(millis, Ordering::Relaxed);
    }

    fn print(&self, time: i64) {
        let trade = PublicTrade { time: seconds(time), price: 1.0, quantity: 1.0, buyer_is_taker: true };
        self.inlet.market(Event::PublicTrade(ids()[0], trade), seconds(time));
    }

    fn bar(&self, open: i64) {
        let bar = Bar { time: seconds(open), open: 1.0, high: 1.0, low: 1.0, close: 1.0, volume: 1.0 };
        self.inlet.tell(Event::Bar { bar: InstrumentBar { instrument: ids()[0], bar }, more: false });
    }

    fn next(&mut self) -> String {
        let since = |time: UnixNanos| {
            let nanos = time.nanos_since(seconds(0));
            if nanos % 1_000_000_000 == 0 { format!("{}", nanos / 1_000_000_000) } else { format!("{} ms", nanos / 1_000_000) }
        };
        match self.feed.next().unwrap() {
            Some(Event::Time(time)) => format!("time {}", since(time)),
            Some(Event::PublicTrade(_, trade)) => format!("print {}", since(trade.time)),
            Some(Event::Bar { bar, .. }) => format!("bar {}", since(bar.bar.time)),
            Some(Event::Present) => "present".into(),
            None => "end".into(),
            other => panic!("{other:?}"),
        }
    }
}

fn seconds(after: i64) -> UnixNanos {
    UnixNanos::from_seconds(START + after).unwrap()
}

#[test]
fn nothing_is_due_in_the_history() {
    let mut rig = Rig::new(&[1]);
    rig.bar(-120);
    rig.pass(5_000);
    rig.bar(-60);
    rig.inlet.tell(Event::Present);
    let heard: Vec<_> = (0..4).map(|_| rig.next()).collect();
    assert_eq!(heard, ["bar -120", "bar -60", "present", "time 5"], "the start, and what the history took");
}

#[test]
fn timers_are_due_between_events_by_the_steady_clock() {
    let mut rig = Rig::present(&[2]);
    rig.print(1);
    assert_eq!(rig.next(), "print 1");
    rig.pass(1_000);
    assert_eq!(rig.next(), "time 2");
    rig.pass(2_000);
    assert_eq!(rig.next(), "time 3", "the engine is told of the time once a second");
    assert_eq!(rig.next(), "time 4");
    rig.inlet.end();
    assert_eq!(rig.next(), "end");
}

#[test]
fn an_event_that_has_passed_a_timer_has_fired_it() {
    let mut rig = Rig::present(&[2]);
    rig.print(5);
    rig.pass(1_500);
    assert_eq!(rig.next(), "print 5");
    rig.pass(1_000);
    assert_eq!(rig.next(), "time 6");
}

#[test]
fn what_has_happened_comes_before_what_is_due() {
    let mut rig = Rig::present(&[2]);
    rig.print(1);
    rig.pass(10_000);
    assert_eq!(rig.next(), "print 1");
    rig.print(2);
    assert_eq!(rig.next(), "print 2");
}

#[test]
fn an_event_older_than_the_last_turns_no_time_back() {
    let mut rig = Rig::present(&[10]);
    rig.print(9);
    assert_eq!(rig.next(), "print 9");
    rig.print(3);
    assert_eq!(rig.next(), "print 3");
    rig.pass(1_000);
    assert_eq!(rig.next(), "time 10");
}

#[test]
fn a_bar_is_of_the_time_of_its_close() {
    let mut rig = Rig::present(&[]);
    rig.bar(0);
    assert_eq!(rig.next(), "bar 0");
    rig.pass(1_000);
    assert_eq!(rig.next(), "time 61");
}

#[test]
fn time_never_goes_back_whatever_comes() {
    let mut rig = Rig::present(&[1, 3]);
    let mut last = 0;
    for step in 0..200_i64 {
        if step % 3 == 0 {
            rig.print(step / 4 - (step % 5));
        } else {
            rig.pass(700);
        }
        let waits = rig.feed.outlet.waiting() > 0 || rig.feed.timing.until_due((rig.feed.steady)()).is_zero();
        if waits && let Some(Event::Time(time)) = rig.feed.next().unwrap() {
            assert!(time.as_nanos() >= last, "{time}");
            last = time.as_nanos();
        }
    }
    assert!(last > 0);
}

#[test]
fn events_that_all_bear_one_time_do_not_hold_the_clock_up() {
    let mut rig = Rig::present(&[]);
    for _ in 0..4 {
        rig.print(10);
        assert_eq!(rig.next(), "print 10");
        rig.pass(400);
    }
    assert_eq!(rig.feed.timing.until_due((rig.feed.steady)()), Duration::ZERO);
    assert_eq!(rig.next(), "time 11");
}
