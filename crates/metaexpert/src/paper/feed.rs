//! Made-up or recorded bars as a feed that keeps time: each bar comes when the market's clock says that it has closed.
//!
//! The one decision: history and present are not told apart. A bar whose time is over comes at once, one that is still open is
//! waited for; so what the expert missed before the start, and what it was too slow for, reach it in the same way. Bars are
//! made when they are due and not kept. Between two bars the feed wakes the engine for each timer.

use std::{collections::VecDeque, time::Duration};

use metaexpert_core::{
    InstrumentBar, InstrumentId, Result, Timeframe, UnixNanos,
    feed::{Event, Feed},
};

use super::{
    bars::Bars,
    clock::{MarketClock, Waited},
    venue::{AtOnce, PaperVenue},
};

/// When a run begins and ends, in the time of its market.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    /// The length of the feed's bars.
    pub(crate) timeframe: Timeframe,
    /// When the first bar of the history opens.
    pub(crate) first_open: UnixNanos,
    /// The present at the start: what has closed by then is history.
    pub(crate) start: UnixNanos,
    /// When the last bar closes; there is no last one where it is `None`.
    pub(crate) end: Option<UnixNanos>,
}

impl Span {
    /// How many bars are history.
    pub(crate) fn history(&self) -> u64 {
        u64::try_from(self.start.nanos_since(self.first_open) / self.timeframe.nanos()).unwrap_or_default()
    }
}

/// Delivers the bars of several markets, which all open at the same times.
#[derive(Debug)]
pub(crate) struct PacedFeed<'a, C: ?Sized> {
    markets: Vec<(InstrumentId, Bars)>,
    clock: &'a mut C,
    span: Span,
    /// When the bars open that come next.
    open: UnixNanos,
    /// The present: never before the start.
    now: UnixNanos,
    /// The intervals of the expert's timers, in nanoseconds.
    intervals: Vec<i64>,
    /// Bars that closed at the same time and were not handed out yet.
    closed: VecDeque<InstrumentBar>,
    /// Told to the venue: somebody wants everything closed now.
    at_once: AtOnce,
    /// What an earlier run has left is there from the start: nothing may become of it in the history.
    has_history: bool,
    /// The present was told of.
    is_present: bool,
}

impl<'a, C: MarketClock + ?Sized> PacedFeed<'a, C> {
    /// A feed of these markets, the first bar of each of which opens where the span begins.
    pub(crate) fn new(markets: Vec<(InstrumentId, Bars)>, span: Span, timers: &[Duration], clock: &'a mut C) -> Self {
        let nanos = |interval: &Duration| i64::try_from(interval.as_nanos()).unwrap_or(i64::MAX).max(1);
        Self {
            markets,
            clock,
            span,
            open: span.first_open,
            now: span.start,
            intervals: timers.iter().map(nanos).collect(),
            closed: VecDeque::new(),
            at_once: AtOnce::default(),
            has_history: false,
            is_present: false,
        }
    }

    /// The same for a run that goes on from what an earlier one has left, if it does: its history is history, and nothing else. One that
    /// begins anew has a warm-up in its place, as a backtest has.
    pub(crate) fn going_on(self, goes_on: bool) -> Self {
        Self { has_history: goes_on, ..self }
    }

    /// The same, which lets this venue know that somebody wants everything closed now.
    pub(crate) fn telling(self, venue: &PaperVenue) -> Self {
        Self { at_once: venue.at_once(), ..self }
    }

    /// When the bars close that come next; `None` after the last, and where the calendar ends.
    fn next_close(&self) -> Option<UnixNanos> {
        let close = self.open.as_nanos().checked_add(self.span.timeframe.nanos()).map(UnixNanos::from_nanos)?;
        self.span.end.is_none_or(|end| close <= end).then_some(close)
    }

    /// When a timer is due next. As the engine counts: one interval after the first bar's open, and so on.
    fn next_timer(&self) -> Option<UnixNanos> {
        let elapsed = self.now.nanos_since(self.span.first_open);
        let next = |interval: &i64| (elapsed / interval).checked_add(1)?.checked_mul(*interval);
        let due = self.intervals.iter().filter_map(next).min()?;
        self.span.first_open.as_nanos().checked_add(due).map(UnixNanos::from_nanos)
    }

    fn hand_out(&mut self) -> Option<Event> {
        let bar = self.closed.pop_front()?;
        Some(Event::Bar { bar, more: !self.closed.is_empty() })
    }
}

impl<C: MarketClock + ?Sized> Feed for PacedFeed<'_, C> {
    fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.hand_out() {
                return Ok(Some(event));
            }
            let Some(close) = self.next_close() else { return Ok(None) };
            // A timer at the close sees the bar: the engine fires it then.
            let timer = self.next_timer().filter(|due| *due < close);
            let next = timer.unwrap_or(close);
            if self.has_history && !self.is_present && next > self.span.start {
                self.is_present = true;
                return Ok(Some(Event::Present));
            }
            match self.clock.wait_until(next) {
                Waited::Reached => {}
                Waited::Stopped => return Ok(Some(Event::Stop)),
                Waited::KillSwitch(reason) => return Ok(Some(Event::KillSwitch(reason))),
                Waited::Flatten(then) => {
                    self.at_once.set(true);
                    return Ok(Some(Event::Flatten(then)));
                }
            }
            self.now = self.now.max(next);
            if timer.is_some() {
                return Ok(Some(Event::Time(next)));
            }
            // Where every market lacks this bar, the next one is waited for.
            let open = std::mem::replace(&mut self.open, close);
            for (instrument, bars) in &mut self.markets {
                self.closed.extend(bars.opening_at(open).map(|bar| InstrumentBar { instrument: *instrument, bar }));
            }
        }
    }

    fn begins_with_history(&self) -> bool {
        self.has_history
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::Instruments;
    use metaexpert_data::SyntheticSpec;

    use super::*;
    use crate::instruments::testing::perpetual;

    /// A clock on which every time until the last one is over already, and at which somebody stops the run then.
    struct Until(UnixNanos);

    impl MarketClock for Until {
        fn wait_until(&mut self, time: UnixNanos) -> Waited {
            if time <= self.0 { Waited::Reached } else { Waited::Stopped }
        }
    }

    fn seconds(seconds: i64) -> UnixNanos {
        UnixNanos::from_seconds(1_704_067_200 + seconds).unwrap()
    }

    fn span(end: Option<i64>) -> Span {
        Span { timeframe: Timeframe::M1, first_open: seconds(0), start: seconds(150), end: end.map(seconds) }
    }

    /// What a feed says until it stops: when a bar opened, when time passed.
    fn told(symbols: &[&str], timers: &[u64], span: Span, stopped_after: i64) -> Vec<String> {
        let mut instruments = Instruments::default();
        let mut add = |symbol: &&str| {
            let id = instruments.add(perpetual(symbol));
            (id, Bars::MadeUp(SyntheticSpec::default().endless(Timeframe::M1, span.first_open).unwrap().into()))
        };
        let markets = symbols.iter().map(&mut add).collect();
        let timers: Vec<_> = timers.iter().copied().map(Duration::from_secs).collect();
        let mut clock = Until(seconds(stopped_after));
        let mut feed = PacedFeed::new(markets, span, &timers, &mut clock);
        let after = |time: UnixNanos| time.nanos_since(seconds(0)) / 1_000_000_000;
        let mut told = Vec::new();
        while let Some(event) = feed.next().unwrap() {
            match event {
                Event::Bar { bar, more } => {
                    told.push(format!(
                        "bar {} of {}{}",
                        after(bar.bar.time),
                        bar.instrument.index(),
                        if more { " .." } else { "" }
                    ));
                }
                Event::Time(time) => told.push(format!("time {}", after(time))),
                Event::Stop => return told,
                other => panic!("{other:?}"),
            }
        }
        told.push("end".to_owned());
        told
    }

    #[test]
    fn a_bar_is_told_of_when_it_has_closed_and_none_that_has_not() {
        assert_eq!(told(&["BTCUSDT"], &[], span(None), 239), ["bar 0 of 0", "bar 60 of 0", "bar 120 of 0"]);
        assert_eq!(span(None).history(), 2);
    }

    #[test]
    fn a_run_with_a_last_bar_ends_with_it() {
        assert_eq!(told(&["BTCUSDT"], &[], span(Some(180)), 10_000), ["bar 0 of 0", "bar 60 of 0", "bar 120 of 0", "end"]);
    }

    #[test]
    fn markets_move_together() {
        assert_eq!(told(&["BTCUSDT", "ETHUSDT"], &[], span(Some(60)), 10_000), ["bar 0 of 0 ..", "bar 0 of 1", "end"]);
    }

    #[test]
    fn timers_are_due_between_bars_but_not_in_the_history() {
        let told = told(&["BTCUSDT"], &[25, 60], span(None), 245);
        let expected = ["bar 0 of 0", "bar 60 of 0", "time 175", "bar 120 of 0", "time 200", "time 225", "bar 180 of 0"];
        assert_eq!(told, expected);
    }

    #[test]
    fn the_calendar_ends_a_run_that_nobody_does() {
        let first_open = UnixNanos::parse("2262-04-11T23:40:00Z").unwrap();
        let span = Span { timeframe: Timeframe::M1, first_open, start: first_open, end: None };
        let told = told(&["BTCUSDT"], &[], span, i64::MAX / 1_000_000_000 - 1_704_067_200);
        assert_eq!((told.len(), told.last().map(String::as_str)), (8, Some("end")));
    }
}
