//! Bars of a market's trades: seconds for an hour or two, minutes for two weeks, and every longer interval out of minutes.
//!
//! The one decision: there is a bar for every second and minute, traded or not, as exchanges publish them; one without a trade stands
//! at the last close. They are kept in ticks and lots.

use std::collections::VecDeque;

use metaexpert_core::{Timeframe, UnixNanos};

use super::{Kline, Statistics, grid::Grid, interval::Interval};

/// How many bars are kept of each.
const SECONDS: usize = 7_200;
const MINUTES: usize = 20_160;

/// A bar in ticks, lots and units of value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candle {
    pub(super) open_time: UnixNanos,
    /// Open, high, low, close.
    pub(super) ticks: [i64; 4],
    pub(super) lots: i64,
    pub(super) value: i128,
    pub(super) taker_lots: i64,
    pub(super) taker_value: i128,
    pub(super) trades: u64,
    /// Of its first and last trade; zeros without one.
    pub(super) ids: (u64, u64),
}

impl Candle {
    pub(super) const fn still(open_time: UnixNanos, ticks: i64) -> Self {
        Self { open_time, ticks: [ticks; 4], lots: 0, value: 0, taker_lots: 0, taker_value: 0, trades: 0, ids: (0, 0) }
    }

    /// What came after it, as part of it.
    pub(super) fn take(&mut self, next: &Self) {
        if next.trades == 0 {
            return;
        }
        let [open, high, low, _] = self.ticks;
        self.ticks = match self.trades {
            0 => next.ticks,
            _ => [open, high.max(next.ticks[1]), low.min(next.ticks[2]), next.ticks[3]],
        };
        self.ids = if self.trades == 0 { next.ids } else { (self.ids.0, next.ids.1) };
        self.lots += next.lots;
        self.value += next.value;
        self.taker_lots += next.taker_lots;
        self.taker_value += next.taker_value;
        self.trades += next.trades;
    }

    fn kline(&self, grid: &Grid, close_time: UnixNanos, now: UnixNanos) -> Kline {
        Kline {
            open_time: self.open_time,
            close_time: close_time.saturating_add_nanos(-1),
            prices: self.ticks.map(|ticks| grid.price(ticks)),
            volume: grid.quantity(self.lots),
            quote_volume: grid.value(self.value),
            trades: self.trades,
            taker_volume: grid.quantity(self.taker_lots),
            taker_quote_volume: grid.value(self.taker_value),
            ids: (self.trades > 0).then_some(self.ids),
            is_closed: close_time <= now,
        }
    }
}

/// Bars of one length.
#[derive(Debug)]
struct Bars {
    timeframe: Timeframe,
    kept: usize,
    closed: VecDeque<Candle>,
    open: Option<Candle>,
}

impl Bars {
    const fn new(timeframe: Timeframe, kept: usize) -> Self {
        Self { timeframe, kept, closed: VecDeque::new(), open: None }
    }

    fn add(&mut self, candle: &Candle) {
        let open_time = self.timeframe.open_of(candle.open_time);
        self.roll(open_time);
        let first = || Candle { open_time, ..Candle::still(open_time, candle.ticks[0]) };
        self.open.get_or_insert_with(first).take(candle);
    }

    /// Time has come to `now`: what has ended is closed, and what follows stands at the last close.
    fn roll(&mut self, now: UnixNanos) {
        while let Some(open) = self.open {
            let end = open.open_time.saturating_add_nanos(self.timeframe.nanos());
            if end > now {
                return;
            }
            self.closed.push_back(open);
            if self.closed.len() > self.kept {
                self.closed.pop_front();
            }
            self.open = Some(Candle::still(end, open.ticks[3]));
        }
    }

    /// Bars that begin at this time or later, the open one included.
    fn since(&self, time: UnixNanos) -> impl Iterator<Item = &Candle> {
        let skip = self.closed.partition_point(|candle| candle.open_time < time);
        self.closed.iter().skip(skip).chain(self.open.iter().filter(move |open| open.open_time >= time))
    }

    /// The close before the first bar at this time or later.
    fn close_before(&self, time: UnixNanos) -> Option<i64> {
        let at = self.closed.partition_point(|candle| candle.open_time < time);
        self.closed.get(at.checked_sub(1)?).map(|candle| candle.ticks[3])
    }
}

/// The bars of a market.
#[derive(Debug)]
pub(super) struct Candles {
    seconds: Bars,
    minutes: Bars,
}

impl Candles {
    pub(super) const fn new() -> Self {
        Self { seconds: Bars::new(Timeframe::S1, SECONDS), minutes: Bars::new(Timeframe::M1, MINUTES) }
    }

    /// Trades, as a bar of a minute at most that begins when the first of them was.
    pub(super) fn add(&mut self, trades: &Candle) {
        self.seconds.add(trades);
        self.minutes.add(trades);
    }

    /// Trades of the past, without its seconds.
    pub(super) fn add_past(&mut self, minute: &Candle) {
        self.minutes.add(minute);
    }

    /// Time has come to `now`.
    pub(super) fn roll(&mut self, now: UnixNanos) {
        self.seconds.roll(now);
        self.minutes.roll(now);
    }

    /// Bars of an interval that begin within these times, oldest first; the latest where the first is not given.
    pub(super) fn klines(
        &self,
        grid: &Grid,
        interval: Interval,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
        now: UnixNanos,
    ) -> Vec<Kline> {
        let bars = if interval == Interval::Of(Timeframe::S1) { &self.seconds } else { &self.minutes };
        let begin = begin_of(interval, since, until.unwrap_or(now).min(now), at_most);
        let limit = if since.is_some() { at_most } else { usize::MAX };
        let mut longer: Vec<Candle> = Vec::new();
        for candle in bars.since(begin) {
            let open_time = interval.open_of(candle.open_time);
            if until.is_some_and(|until| open_time > until) {
                break;
            }
            let is_full = longer.len() == limit;
            match longer.last_mut().filter(|last| last.open_time == open_time) {
                Some(last) => last.take(candle),
                None if is_full => break,
                None => longer.push(Candle { open_time, ..*candle }),
            }
        }
        let skip = longer.len().saturating_sub(at_most);
        longer.iter().skip(skip).map(|candle| candle.kline(grid, interval.next(candle.open_time), now)).collect()
    }

    /// What the last `nanos` were like, in whole minutes.
    pub(super) fn statistics(&self, grid: &Grid, nanos: i64, now: UnixNanos) -> Option<Statistics> {
        let since = Timeframe::M1.open_of(now.saturating_add_nanos(-nanos)).max(UnixNanos::from_nanos(0));
        let mut minutes = self.minutes.since(since);
        let mut all = *minutes.next()?;
        minutes.for_each(|minute| all.take(minute));
        let previous = self.minutes.close_before(since).unwrap_or(all.ticks[0]);
        Some(Statistics {
            since: since.max(all.open_time),
            prices: all.ticks.map(|ticks| grid.price(ticks)),
            previous_close: grid.price(previous),
            volume: grid.quantity(all.lots),
            quote_volume: grid.value(all.value),
            ids: (all.trades > 0).then_some(all.ids),
            trades: all.trades,
            last: None,
        })
    }
}

/// Where to begin to read: at the first bar that is asked for, or early enough for the latest ones.
pub(super) fn begin_of(interval: Interval, since: Option<UnixNanos>, end: UnixNanos, at_most: usize) -> UnixNanos {
    match since {
        // A bar that began earlier is not asked for.
        Some(since) if interval.open_of(since) == since => since,
        Some(since) => interval.next(interval.open_of(since)),
        None => {
            let bars = i64::try_from(at_most).unwrap_or(i64::MAX);
            interval.open_of(end.saturating_add_nanos(interval.at_most().saturating_mul(bars).saturating_neg()))
        }
    }
}
