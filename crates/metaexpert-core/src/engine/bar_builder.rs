//! Bars of a longer timeframe, built from shorter ones, or of any timeframe, built from prints.

use crate::{Bar, PublicTrade, Timeframe, UnixNanos};

/// Builds the bars of one instrument and timeframe. A bar is told of once, when the time it ends at has come.
#[derive(Debug)]
pub(crate) struct BarBuilder {
    timeframe: Timeframe,
    source: Timeframe,
    /// The bar that is being built.
    bar: Option<Bar>,
}

impl BarBuilder {
    pub(crate) const fn new(timeframe: Timeframe, source: Timeframe) -> Self {
        Self { timeframe, source, bar: None }
    }

    /// When the bar that is being built ends.
    pub(crate) fn end(&self) -> Option<UnixNanos> {
        self.bar.map(|bar| bar.time.saturating_add_nanos(self.timeframe.nanos()))
    }

    /// The bar that ended at or before `time`, if one is waiting: what a gap left unfinished is told of when the gap is over.
    pub(crate) fn ended_by(&mut self, time: UnixNanos) -> Option<Bar> {
        self.end().filter(|end| *end <= time).and_then(|_| self.bar.take())
    }

    /// Adds a shorter bar; the longer one if this was its last. What an earlier gap left must have been taken before.
    pub(crate) fn add(&mut self, bar: &Bar) -> Option<Bar> {
        let built = self.bar.get_or_insert_with(|| Bar { time: self.timeframe.open_of(bar.time), volume: 0.0, ..*bar });
        built.high = built.high.max(bar.high);
        built.low = built.low.min(bar.low);
        built.close = bar.close;
        built.volume += bar.volume;
        self.ended_by(bar.time.saturating_add_nanos(self.source.nanos()))
    }

    /// Adds a print. A bar that has ended by its time must have been taken before.
    pub(super) fn add_print(&mut self, print: &PublicTrade) {
        let PublicTrade { time, price, quantity, .. } = *print;
        let first =
            || Bar { time: self.timeframe.open_of(time), open: price, high: price, low: price, close: price, volume: 0.0 };
        let built = self.bar.get_or_insert_with(first);
        built.high = built.high.max(price);
        built.low = built.low.min(price);
        built.close = price;
        built.volume += quantity;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64, open: f64, high: f64, low: f64, close: f64) -> Bar {
        Bar { time: UnixNanos::from_seconds(minute * 60).unwrap(), open, high, low, close, volume: 1.0 }
    }

    #[test]
    fn a_longer_bar_is_told_of_once_when_its_last_minute_has_closed() {
        let mut builder = BarBuilder::new(Timeframe::M3, Timeframe::M1);
        assert_eq!(builder.add(&minute(3, 10.0, 12.0, 9.0, 11.0)), None);
        assert_eq!(builder.add(&minute(4, 11.0, 15.0, 11.0, 14.0)), None);
        let built = builder.add(&minute(5, 14.0, 14.0, 8.0, 8.5));
        assert_eq!(built, Some(Bar { volume: 3.0, ..minute(3, 10.0, 15.0, 8.0, 8.5) }));
        assert_eq!(builder.ended_by(UnixNanos::MAX), None);
    }

    #[test]
    fn prints_make_a_bar_that_is_told_of_when_its_time_is_over() {
        let mut builder = BarBuilder::new(Timeframe::M1, Timeframe::M1);
        for (seconds, price) in [(61, 10.0), (70, 12.0), (119, 9.0)] {
            let time = UnixNanos::from_seconds(seconds).unwrap();
            assert_eq!(builder.ended_by(time), None);
            builder.add_print(&PublicTrade { time, price, quantity: 2.0, buyer_is_taker: true });
        }
        let ended = builder.ended_by(UnixNanos::from_seconds(120).unwrap());
        assert_eq!(ended, Some(Bar { volume: 6.0, ..minute(1, 10.0, 12.0, 9.0, 9.0) }));
    }

    #[test]
    fn what_a_gap_left_is_told_of_when_the_gap_is_over() {
        let mut builder = BarBuilder::new(Timeframe::M3, Timeframe::M1);
        builder.add(&minute(4, 10.0, 10.0, 10.0, 10.0));
        assert_eq!(builder.ended_by(UnixNanos::from_seconds(300).unwrap()), None);
        let built = builder.ended_by(UnixNanos::from_seconds(540).unwrap());
        assert_eq!(built, Some(minute(3, 10.0, 10.0, 10.0, 10.0)));
    }
}
