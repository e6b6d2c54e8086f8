//! Longer bars out of shorter ones, a whole series at once.
//!
//! The one decision: they are the bars that the engine would build. The first one may have begun before the data did; one that the
//! data ends in the middle of is not there, for it has not closed.

use metaexpert_core::{Bar, Timeframe, rounding::fifteen_digits};

use crate::{BarSeries, Gap};

impl BarSeries {
    /// The series in bars of `timeframe`; `None` where those are not made of whole bars of this one, or none of them has closed.
    ///
    /// ```
    /// use metaexpert_core::Timeframe;
    /// use metaexpert_data::Source;
    /// let minutes = Source::parse("synthetic:seed=1,bars=150,timeframe=1m").unwrap().load(Timeframe::M1).unwrap();
    /// let hours = minutes.resampled(Timeframe::H1).unwrap();
    /// assert_eq!((hours.bars.len(), hours.bars[1].open, hours.bars[1].close), (2, minutes.bars[60].open, minutes.bars[119].close));
    /// assert!(hours.resampled(Timeframe::M1).is_none());
    /// ```
    #[must_use]
    pub fn resampled(&self, timeframe: Timeframe) -> Option<Self> {
        if !timeframe.is_multiple_of(self.timeframe) {
            return None;
        }
        let mut bars: Vec<Bar> = Vec::new();
        for bar in &self.bars {
            let open = timeframe.open_of(bar.time);
            match bars.last_mut().filter(|longer| longer.time == open) {
                Some(longer) => {
                    longer.high = longer.high.max(bar.high);
                    longer.low = longer.low.min(bar.low);
                    longer.close = bar.close;
                    longer.volume += bar.volume;
                }
                None => bars.push(Bar { time: open, ..*bar }),
            }
        }
        bars.pop_if(|last| last.time.saturating_add_nanos(timeframe.nanos()) > self.close());
        for bar in &mut bars {
            bar.volume = fifteen_digits(bar.volume);
        }
        let gaps = gaps(&bars, timeframe);
        (!bars.is_empty()).then(|| Self { timeframe, bars, gaps, source: self.source.clone(), ..*self })
    }
}

fn gaps(bars: &[Bar], timeframe: Timeframe) -> Vec<Gap> {
    let between = bars.iter().zip(bars.iter().skip(1));
    let gaps = between.filter_map(|(after, before)| {
        let steps = before.time.nanos_since(after.time) / timeframe.nanos();
        let missing = u64::try_from(steps - 1).ok().filter(|missing| *missing > 0)?;
        Some(Gap { after: after.time, before: before.time, missing })
    });
    gaps.collect()
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    /// Minutes after midnight of 2024-01-01, each with its number as the price.
    fn minutes(minutes: &[u32]) -> BarSeries {
        let start = UnixNanos::parse("2024-01-01").unwrap();
        let bar = |minute: &u32| {
            let price = f64::from(*minute) + 1.0;
            let time = start.saturating_add_nanos(i64::from(*minute) * Timeframe::M1.nanos());
            Bar { time, open: price, high: price + 0.5, low: price - 0.5, close: price, volume: 0.1 }
        };
        BarSeries::new("m", &minutes.iter().map(bar).collect::<Vec<_>>(), Timeframe::M1).unwrap()
    }

    #[test]
    fn a_longer_bar_is_the_shorter_ones_together() {
        let series = minutes(&[0, 1, 2, 3, 4, 5]).resampled(Timeframe::M3).unwrap();
        let [first, second] = series.bars[..] else { panic!("{series:?}") };
        assert_eq!((first.open, first.high, first.low, first.close, first.volume), (1.0, 3.5, 0.5, 3.0, 0.3));
        assert_eq!((second.open, second.close), (4.0, 6.0));
        assert_eq!((series.timeframe, series.gaps.len()), (Timeframe::M3, 0));
        assert_eq!(series.price_step, minutes(&[0]).price_step, "the steps are those of the data");
    }

    #[test]
    fn what_has_not_closed_when_the_data_ends_is_not_there_and_a_gap_does_not_hide_what_has() {
        let opens = |series: &BarSeries| series.bars.iter().map(|bar| (bar.open, bar.close)).collect::<Vec<_>>();
        // The first begins late, the second lacks its end, two are missing, the last has not closed.
        let series = minutes(&[1, 2, 3, 12, 13, 14, 15, 16]).resampled(Timeframe::M3).unwrap();
        assert_eq!(opens(&series), [(2.0, 3.0), (4.0, 4.0), (13.0, 15.0)]);
        assert_eq!(series.gaps.iter().map(|gap| gap.missing).collect::<Vec<_>>(), [2]);
        assert_eq!(minutes(&[0, 1]).resampled(Timeframe::M3), None, "nothing has closed");
    }
}
