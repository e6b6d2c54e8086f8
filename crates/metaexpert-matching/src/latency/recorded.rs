//! Each way takes what it took when somebody measured it.
//!
//! The one decision: between two records the length is interpolated in proportion to the time, and before the first and after
//! the last it is that record's; nothing is extrapolated. Reading records from a file is not done here.

use metaexpert_core::UnixNanos;

use super::{BadLatency, LatencyModel};

/// One request whose way was measured, and how late data was then. All times by one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyRecord {
    /// When it left us.
    pub sent: UnixNanos,
    /// When the exchange had it (its own time stamp, corrected by the offset of the clocks).
    pub reached: UnixNanos,
    /// When we had the answer.
    pub answered: UnixNanos,
    /// How long market data took then, in nanoseconds; 0 where that was not measured.
    pub feed: i64,
}

/// Lengths by records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    feed: Series,
    order: Series,
    answer: Series,
}

impl Recorded {
    /// Lengths by these records, the earliest first. Of an order the time of sending counts, of an answer the time at which
    /// the exchange had the request, so that a request sent as recorded is answered as recorded.
    ///
    /// # Errors
    /// If there is no record, one is not later than the one before it, was received before it was sent, reached the exchange
    /// before the one before it did, or has a negative length of the feed. The error has its number, counted from 1.
    pub fn new(records: impl IntoIterator<Item = LatencyRecord>) -> Result<Self, BadLatency> {
        let mut made = Self { feed: Series::default(), order: Series::default(), answer: Series::default() };
        let mut last: Option<LatencyRecord> = None;
        for (number, record) in (1_usize..).zip(records) {
            if let Some(rule) = broken_rule(&record, last.as_ref()) {
                return Err(BadLatency::Record { number, rule });
            }
            made.feed.push(record.sent, record.feed);
            made.order.push(record.sent, record.reached.nanos_since(record.sent));
            made.answer.push(record.reached, record.answered.nanos_since(record.reached));
            last = Some(record);
        }
        if last.is_some() { Ok(made) } else { Err(BadLatency::NoRecord) }
    }
}

fn broken_rule(record: &LatencyRecord, last: Option<&LatencyRecord>) -> Option<&'static str> {
    let rules = [
        (record.sent <= record.reached, "it reached the exchange before it was sent"),
        (record.reached <= record.answered, "it was answered before it reached the exchange"),
        (record.feed >= 0, "data arrived before it was sent"),
        (last.is_none_or(|last| last.sent < record.sent), "it was not sent after the record before it"),
        (last.is_none_or(|last| last.reached <= record.reached), "it reached the exchange before the record before it did"),
    ];
    rules.iter().find(|(holds, _)| !holds).map(|(_, rule)| *rule)
}

impl LatencyModel for Recorded {
    fn feed(&mut self, at: UnixNanos) -> i64 {
        self.feed.at(at)
    }

    fn order(&mut self, at: UnixNanos) -> i64 {
        self.order.at(at)
    }

    fn answer(&mut self, at: UnixNanos) -> i64 {
        self.answer.at(at)
    }
}

/// A time, and the length then.
type Point = (UnixNanos, i64);

/// Lengths by time. What is asked for is mostly near what was asked for last, so the search begins there.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Series {
    points: Vec<Point>,
    /// How many points were not later than the last time that was asked for.
    passed: usize,
}

impl Series {
    fn push(&mut self, time: UnixNanos, length: i64) {
        self.points.push((time, length));
    }

    fn at(&mut self, time: UnixNanos) -> i64 {
        if !self.is_between(time) {
            self.passed = self.points.partition_point(|(point, _)| *point <= time);
        }
        match self.around() {
            (Some(before), Some(after)) => between(before, after, time),
            (Some((_, length)), None) | (None, Some((_, length))) => length,
            (None, None) => 0,
        }
    }

    fn around(&self) -> (Option<Point>, Option<Point>) {
        let before = self.passed.checked_sub(1).and_then(|index| self.points.get(index));
        (before.copied(), self.points.get(self.passed).copied())
    }

    fn is_between(&self, time: UnixNanos) -> bool {
        let (before, after) = self.around();
        before.is_none_or(|(point, _)| point <= time) && after.is_none_or(|(point, _)| time < point)
    }
}

/// On the line from one point to the next, rounded down; `before.0 <= time < after.0`.
fn between(before: Point, after: Point, time: UnixNanos) -> i64 {
    let gap = i128::from(after.0.as_nanos()) - i128::from(before.0.as_nanos());
    let gone = i128::from(time.as_nanos()) - i128::from(before.0.as_nanos());
    let rise = i128::from(after.1) - i128::from(before.1);
    // A product of two differences of 64 bits may just not fit; both then are centuries.
    let risen = rise.checked_mul(gone).and_then(|product| product.checked_div_euclid(gap)).unwrap_or_default();
    i64::try_from(i128::from(before.1) + risen).unwrap_or(before.1)
}
