//! Shorter bars beneath a bar: the way that the price really went inside it.
//!
//! The one decision: the bars beneath stand for a bar only where they add up to it, to the last digit: same open, high, low and
//! close. Where they do not (there is a gap, or they are of another source), the bar's own walk is taken.

use std::sync::Arc;

use metaexpert_core::{Bar, Timeframe};

/// The shorter bars of one instrument.
#[derive(Debug, Clone)]
pub struct Detail {
    bars: Arc<[Bar]>,
}

impl Detail {
    /// These bars, in the order of their times.
    pub fn new(bars: Arc<[Bar]>) -> Self {
        Self { bars }
    }

    /// The bars beneath `bar`, which is one `timeframe` long; `None` where they do not add up to it.
    pub fn beneath(&self, bar: &Bar, timeframe: Timeframe) -> Option<&[Bar]> {
        let end = bar.time.saturating_add_nanos(timeframe.nanos());
        let begin = self.bars.partition_point(|beneath| beneath.time < bar.time);
        let after = self.bars.get(begin..)?;
        let beneath = after.get(..after.partition_point(|beneath| beneath.time < end))?;
        add_up(beneath, bar).then_some(beneath)
    }
}

#[expect(clippy::float_cmp, reason = "prices are canonical: two that are equal as decimals are equal as floats")]
fn add_up(beneath: &[Bar], bar: &Bar) -> bool {
    let (Some(first), Some(last)) = (beneath.first(), beneath.last()) else { return false };
    let high = beneath.iter().map(|bar| bar.high).fold(f64::NEG_INFINITY, f64::max);
    let low = beneath.iter().map(|bar| bar.low).fold(f64::INFINITY, f64::min);
    first.open == bar.open && last.close == bar.close && high == bar.high && low == bar.low
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    fn bar(minute: i64, [open, high, low, close]: [f64; 4]) -> Bar {
        Bar { time: UnixNanos::from_seconds(minute * 60).unwrap(), open, high, low, close, volume: 1.0 }
    }

    fn detail() -> Detail {
        let halves = [
            (0, [100.0, 103.0, 100.0, 102.0]),
            (30, [102.0, 102.0, 98.0, 99.0]),
            (60, [99.0, 99.5, 99.0, 99.5]),
            (150, [90.0, 91.0, 90.0, 91.0]),
        ];
        Detail::new(halves.map(|(minute, prices)| bar(minute, prices)).into())
    }

    #[track_caller]
    fn check(minute: i64, prices: [f64; 4], expect: Option<&[i64]>) {
        let detail = detail();
        let beneath = detail.beneath(&bar(minute, prices), Timeframe::H1);
        let minutes = beneath.map(|bars| bars.iter().map(|bar| bar.time.as_nanos() / 60_000_000_000).collect::<Vec<_>>());
        assert_eq!(minutes.as_deref(), expect);
    }

    #[test]
    fn bars_that_add_up_to_an_hour_are_beneath_it() {
        check(0, [100.0, 103.0, 98.0, 99.0], Some(&[0, 30]));
        // Nobody traded in the second half of this one.
        check(60, [99.0, 99.5, 99.0, 99.5], Some(&[60]));
    }

    #[test]
    fn bars_that_do_not_add_up_are_not() {
        for wrong in
            [[100.5, 103.0, 98.0, 99.0], [100.0, 104.0, 98.0, 99.0], [100.0, 103.0, 97.0, 99.0], [100.0, 103.0, 98.0, 98.5]]
        {
            check(0, wrong, None);
        }
        // The first half of the third hour is missing, and with it the open.
        check(120, [92.0, 92.0, 90.0, 91.0], None);
        check(180, [91.0, 91.0, 91.0, 91.0], None);
    }
}
