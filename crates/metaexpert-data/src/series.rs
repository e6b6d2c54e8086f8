//! Bars of one instrument and one timeframe, in time order, each checked.

use std::borrow::Cow;

use metaexpert_core::{Bar, Timeframe, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    DataError,
    error::Place,
    rows::{Column, Origin, Rows},
};

/// The bars of one source.
///
/// What every series keeps: at least one bar; times strictly increasing and on the grid of `timeframe`; prices above zero,
/// `low <= open, close <= high`; volumes not below zero; every number the `f64` of a decimal of at most 15 digits.
#[derive(Debug, Clone, PartialEq)]
pub struct BarSeries {
    /// The length of each bar.
    pub timeframe: Timeframe,
    /// The bars, oldest first.
    pub bars: Vec<Bar>,
    /// Where they come from: a path, or `synthetic:` with every parameter.
    pub source: String,
    /// Whether they were made up.
    pub synthetic: bool,
    /// Where bars are missing, oldest first.
    pub gaps: Vec<Gap>,
    /// 10^-d, where d is the most decimals that any price has.
    pub price_step: Decimal,
    /// 10^-d, where d is the most decimals that any volume has.
    pub volume_step: Decimal,
}

/// A stretch without bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// When the last bar before it opens.
    pub after: UnixNanos,
    /// When the first bar after it opens.
    pub before: UnixNanos,
    /// How many bars are missing.
    pub missing: u64,
}

impl BarSeries {
    /// Bars from memory, held against the same rules as bars from a file. `default` is the timeframe of a single bar.
    ///
    /// # Errors
    /// The first bar that breaks a rule, by its row from 1.
    ///
    /// ```
    /// use metaexpert_core::{Bar, Timeframe, UnixNanos};
    /// use metaexpert_data::BarSeries;
    /// let time = UnixNanos::parse("2024-01-01").unwrap();
    /// let bar = Bar { time, open: 1.0, high: 2.0, low: 0.5, close: 1.5, volume: 10.0 };
    /// assert_eq!(BarSeries::new("mine", &[bar], Timeframe::H1).unwrap().timeframe, Timeframe::H1);
    /// let error = BarSeries::new("mine", &[bar, bar], Timeframe::H1).unwrap_err();
    /// assert_eq!(error.to_string(), "mine: row 2: timestamp: `2024-01-01T00:00:00Z` is the time of the bar before it too");
    /// ```
    pub fn new(source: &str, bars: &[Bar], default: Timeframe) -> Result<Self, DataError> {
        let place = |index| Place::Row(u64::try_from(index).map_or(u64::MAX, |index| index + 1));
        let origin = Origin { name: source, time_column: Column::Time.name(), place: &place };
        let mut rows = Rows::with_capacity(bars.len());
        for bar in bars {
            let values = [bar.open, bar.high, bar.low, bar.close, bar.volume];
            rows.push(bar.time, values).map_err(|refusal| origin.refuse(rows.len(), refusal))?;
        }
        rows.finish(&origin, default)
    }

    /// When the first bar opens.
    pub fn first(&self) -> UnixNanos {
        self.bars.first().map_or(UnixNanos::MIN, |bar| bar.time)
    }

    /// When the last bar opens.
    pub fn last(&self) -> UnixNanos {
        self.bars.last().map_or(UnixNanos::MIN, |bar| bar.time)
    }

    /// When the last bar closes.
    pub fn close(&self) -> UnixNanos {
        self.last().saturating_add_nanos(self.timeframe.nanos())
    }

    /// How many bars are missing in all gaps together.
    pub fn missing(&self) -> u64 {
        self.gaps.iter().map(|gap| gap.missing).sum()
    }

    /// The bars that open at `start` or later and close at `end` or earlier; `None` cuts nothing off.
    /// The steps stay those of the whole source: they belong to the instrument.
    ///
    /// # Errors
    /// A start or end that the data does not cover, a start that is not before the end, and a stretch without a bar.
    ///
    /// ```
    /// use metaexpert_core::{Timeframe, UnixNanos};
    /// use metaexpert_data::Source;
    /// let year = Source::parse("synthetic:seed=1,bars=100").unwrap().load(Timeframe::D1).unwrap();
    /// let march = year.clone().slice(UnixNanos::parse("2024-03-01"), UnixNanos::parse("2024-04-01")).unwrap();
    /// assert_eq!(march.bars.len(), 31);
    /// let error = year.slice(UnixNanos::parse("2023-12-31"), None).unwrap_err().to_string();
    /// assert!(error.contains("the start `2023-12-31T00:00:00Z` is before the first bar"), "{error}");
    /// ```
    pub fn slice(mut self, start: Option<UnixNanos>, end: Option<UnixNanos>) -> Result<Self, DataError> {
        let (first, close) = (self.first(), self.close());
        let refuse =
            |which, time, rule| Err(DataError::OutsideData { source_name: self.source.clone(), which, time, rule, first, close });
        match (start, end) {
            (Some(start), _) if start < first => return refuse("start", start, Cow::Borrowed("is before the first bar")),
            (Some(start), _) if start >= close => return refuse("start", start, "is not before the last bar's close".into()),
            (_, Some(end)) if end > close => return refuse("end", end, "is after the last bar's close".into()),
            (_, Some(end)) if end <= first => return refuse("end", end, "is not after the first bar's open".into()),
            (Some(start), Some(end)) if end <= start => {
                return refuse("end", end, format!("is not after the start `{start}`").into());
            }
            _ => {}
        }
        let length = self.timeframe.nanos();
        let begin = start.map_or(0, |start| self.bars.partition_point(|bar| bar.time < start));
        let stop =
            end.map_or(self.bars.len(), |end| self.bars.partition_point(|bar| bar.time.saturating_add_nanos(length) <= end));
        if begin >= stop {
            let rule = "leaves no whole bar between start and end".into();
            return refuse("end", end.unwrap_or(close), rule);
        }
        self.bars.truncate(stop);
        self.bars.drain(..begin);
        let (first, last) = (self.first(), self.last());
        self.gaps.retain(|gap| gap.after >= first && gap.before <= last);
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hours from midnight of 2024-01-01, as bars.
    fn hours(hours: &[i64]) -> BarSeries {
        let start = UnixNanos::parse("2024-01-01").unwrap();
        let bar = |hour: &i64| Bar {
            time: start.saturating_add_nanos(hour * Timeframe::H1.nanos()),
            open: 1.0,
            high: 1.0,
            low: 1.0,
            close: 1.0,
            volume: 0.0,
        };
        BarSeries::new("h", &hours.iter().map(bar).collect::<Vec<_>>(), Timeframe::H1).unwrap()
    }

    fn time(text: &str) -> Option<UnixNanos> {
        if text.is_empty() { None } else { Some(UnixNanos::parse(&format!("2024-01-{text}")).unwrap()) }
    }

    #[track_caller]
    fn check(start: &str, end: &str, expect: Result<&[u8], &str>) {
        let sliced = hours(&[0, 1, 2, 6, 7]).slice(time(start), time(end));
        let hours = sliced.map(|series| series.bars.iter().map(|bar| bar.time.utc_hour()).collect::<Vec<_>>());
        let rule = |error: DataError| error.to_string().split("; ").next().unwrap_or_default().to_owned();
        assert_eq!(hours.map_err(rule), expect.map(<[u8]>::to_vec).map_err(|rule| format!("h: the {rule}")), "{start} to {end}");
    }

    #[test]
    fn a_slice_holds_the_whole_bars_between_two_times() {
        check("", "", Ok(&[0, 1, 2, 6, 7]));
        check("01T01:00", "", Ok(&[1, 2, 6, 7]));
        check("01T00:30", "01T07:00", Ok(&[1, 2, 6]));
        check("01T00:00", "01T02:59", Ok(&[0, 1]));
        check("01T03:00", "01T08:00", Ok(&[6, 7]));
    }

    #[test]
    fn dates_outside_the_data_are_errors() {
        check("01T08:00", "", Err("start `2024-01-01T08:00:00Z` is not before the last bar's close"));
        check("", "01T08:01", Err("end `2024-01-01T08:01:00Z` is after the last bar's close"));
        check("", "01T00:00", Err("end `2024-01-01T00:00:00Z` is not after the first bar's open"));
        check("01T02:00", "01T02:00", Err("end `2024-01-01T02:00:00Z` is not after the start `2024-01-01T02:00:00Z`"));
        check("01T03:00", "01T05:00", Err("end `2024-01-01T05:00:00Z` leaves no whole bar between start and end"));
        let error = hours(&[0, 1]).slice(time("02"), None).unwrap_err().to_string();
        assert!(error.ends_with("the data covers `2024-01-01T00:00:00Z` to `2024-01-01T02:00:00Z`"), "{error}");
    }

    #[test]
    fn a_slice_keeps_the_gaps_inside_it_only() {
        assert_eq!(hours(&[0, 1, 2, 6, 7]).missing(), 3);
        let count = |start, end| hours(&[0, 1, 2, 6, 7]).slice(time(start), time(end)).unwrap().gaps.len();
        assert_eq!([count("01T00:00", "01T03:00"), count("01T02:00", "01T07:00"), count("01T06:00", "")], [0, 1, 0]);
    }
}
