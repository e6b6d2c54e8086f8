//! Bars as a path: recorded ones, run to their end, back, and forth again; made-up ones; both cut into minutes.
//!
//! The one decision: a recording has no next price after its last, and a jump to its first would ruin whoever holds a position. Run
//! back, it goes on without a jump, and with prices that were really there.
//!
//! A bar is open, low, high, close where it rose, and open, high, low, close where it fell, a third of its time from one to the next.

use metaexpert_core::{Bar, Timeframe, UnixNanos};
use metaexpert_data::{BarSeries, SyntheticBars};

use super::{super::grid::float, MINUTE, Stretch};

/// Bars in minutes, or as they are where they are shorter.
#[derive(Debug)]
pub(super) struct Minutes {
    bars: Bars,
    /// The bar that is being cut.
    bar: Stretch,
    /// How much of it was given out.
    given: i64,
}

#[derive(Debug)]
pub(super) enum Bars {
    Recorded(ThereAndBack),
    MadeUp(Box<SyntheticBars>),
}

impl Minutes {
    pub(super) fn new(bars: Bars) -> Self {
        Self { bars, bar: Stretch::EMPTY, given: 0 }
    }

    pub(super) fn next(&mut self) -> Stretch {
        if self.given >= self.bar.length {
            self.bar = self.bars.next(self.bar);
            self.given = 0;
        }
        let from = self.given;
        self.given = (from + MINUTE).min(self.bar.length);
        if self.given - from == self.bar.length { self.bar } else { part(&self.bar, from, self.given) }
    }
}

impl Bars {
    fn next(&mut self, last: Stretch) -> Stretch {
        match self {
            Self::Recorded(bars) => bars.next(),
            Self::MadeUp(market) => {
                let length = market.timeframe().nanos();
                // After the year 2262 nothing moves.
                market.next().map_or(Stretch { turns: [last.turns[3]; 4], volume: 0.0, ..last }, |bar| whole(&bar, length))
            }
        }
    }
}

/// A bar as one stretch.
fn whole(bar: &Bar, length: i64) -> Stretch {
    let (first, second) = if bar.close >= bar.open { (bar.low, bar.high) } else { (bar.high, bar.low) };
    Stretch { start: bar.time, length, turns: [bar.open, first, second, bar.close], volume: bar.volume }
}

/// A part of a longer bar. Where a turn lies within it, the part turns there, so that the parts' highs and lows are the bar's.
fn part(bar: &Stretch, from: i64, to: i64) -> Stretch {
    let share = |at: i64| float(at) / float(bar.length);
    let (open, close) = (bar.along(share(from)), bar.along(share(to)));
    let [_, first, second, _] = bar.turns;
    let within = |third: i64| from * 3 <= third * bar.length && third * bar.length < to * 3;
    let turns = match (within(1), within(2)) {
        (true, true) => [open, first, second, close],
        (true, false) => [open, first, first, close],
        (false, true) => [open, second, second, close],
        (false, false) => [open, open + (close - open) / 3.0, close - (close - open) / 3.0, close],
    };
    let start = bar.start.saturating_add_nanos(from);
    Stretch { start, length: to - from, turns, volume: bar.volume * float(to - from) / float(bar.length) }
}

/// Recorded bars without an end.
#[derive(Debug)]
pub(super) struct ThereAndBack {
    bars: Vec<Bar>,
    timeframe: Timeframe,
    next: usize,
    is_going_back: bool,
    /// When the next one opens.
    time: UnixNanos,
    /// Bars that are missing before the next, and what they stand at.
    missing: (i64, f64),
}

impl ThereAndBack {
    /// The bars moved in time by whole bars, so that some of them, half at most, lie before the start.
    pub(super) fn new(series: &BarSeries, start: UnixNanos, history: i64) -> Self {
        let length = series.timeframe.nanos();
        let first = series.first();
        let present = series.timeframe.open_of(start);
        let spanned = series.close().nanos_since(first) / length;
        let before = (history / length).min(spanned / 2);
        Self {
            bars: series.bars.clone(),
            timeframe: series.timeframe,
            next: 0,
            is_going_back: false,
            time: present.saturating_add_nanos(-before * length),
            missing: (0, 1.0),
        }
    }

    fn next(&mut self) -> Stretch {
        let (start, length) = (self.time, self.timeframe.nanos());
        self.time = start.saturating_add_nanos(length);
        let (missing, price) = self.missing;
        if missing > 0 {
            self.missing.0 -= 1;
            return Stretch { start, length, turns: [price; 4], volume: 0.0 };
        }
        let Some(bar) = self.bars.get(self.next).copied() else {
            return Stretch { start, length, turns: [price; 4], volume: 0.0 };
        };
        let mut stretch = Stretch { start, ..whole(&bar, length) };
        if self.is_going_back {
            stretch.turns.reverse();
        }
        self.turn(&bar, stretch.turns[3]);
        stretch
    }

    /// Goes to the bar after this one, and notes what is missing between them.
    fn turn(&mut self, bar: &Bar, price: f64) {
        let step = |back: bool, at: usize| if back { at.checked_sub(1) } else { Some(at + 1).filter(|at| *at < self.bars.len()) };
        let next = step(self.is_going_back, self.next);
        self.is_going_back ^= next.is_none();
        self.next = next.unwrap_or(self.next);
        let other = self.bars.get(self.next).map_or(bar.time, |bar| bar.time);
        let apart = other.nanos_since(bar.time).abs() / self.timeframe.nanos();
        self.missing = ((apart - 1).max(0), price);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(bars: &[(i64, [f64; 4])], timeframe: Timeframe) -> BarSeries {
        let first = UnixNanos::parse("2024-01-01").unwrap();
        let bars: Vec<Bar> = bars
            .iter()
            .map(|(at, [open, high, low, close])| Bar {
                time: first.saturating_add_nanos(at * timeframe.nanos()),
                open: *open,
                high: *high,
                low: *low,
                close: *close,
                volume: 6.0,
            })
            .collect();
        BarSeries::new("test", &bars, timeframe).unwrap()
    }

    #[test]
    fn at_its_end_a_recording_goes_back_without_a_jump_and_with_its_gaps() {
        let series = series(&[(0, [1.0, 2.0, 1.0, 2.0]), (1, [2.0; 4]), (3, [2.0, 4.0, 1.5, 3.0])], Timeframe::M1);
        let start = UnixNanos::parse("2026-05-05T12:00:30Z").unwrap();
        let mut bars = Minutes::new(Bars::Recorded(ThereAndBack::new(&series, start, MINUTE)));
        let minutes: Vec<Stretch> = (0..9).map(|_| bars.next()).collect();
        assert_eq!(minutes[0].start.to_string(), "2026-05-05T11:59:00Z", "the second minute is that of the start");
        let turns: Vec<[f64; 4]> = minutes.iter().map(|minute| minute.turns).collect();
        let (up, flat, down) = ([1.0, 1.0, 2.0, 2.0], [2.0; 4], [2.0, 1.5, 4.0, 3.0]);
        let reversed = |[a, b, c, d]: [f64; 4]| [d, c, b, a];
        assert_eq!(turns, [up, flat, flat, down, reversed(down), flat, flat, reversed(up), up]);
        assert!(minutes.windows(2).all(|pair| pair[0].end() == pair[1].start));
    }

    #[test]
    fn a_long_bar_in_minutes_has_its_prices_and_its_volume() {
        for timeframe in [Timeframe::M3, Timeframe::M5, Timeframe::H1, Timeframe::H4] {
            let series = series(&[(0, [10.0, 13.0, 8.0, 9.0])], timeframe);
            let mut bars = Minutes::new(Bars::Recorded(ThereAndBack::new(&series, series.first(), 0)));
            let minutes: Vec<Stretch> = (0..timeframe.seconds() / 60).map(|_| bars.next()).collect();
            let all = || minutes.iter().flat_map(|minute| minute.turns);
            let reach = (all().fold(99.0, f64::min), all().fold(0.0, f64::max));
            assert_eq!(reach, (8.0, 13.0));
            assert_eq!((minutes[0].turns[0], minutes.last().unwrap().turns[3]), (10.0, 9.0));
            assert!((minutes.iter().map(|minute| minute.volume).sum::<f64>() - 6.0).abs() < 1e-9);
        }
    }
}
