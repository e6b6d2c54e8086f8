//! Equity at the end of each UTC day.

use metaexpert_core::{UnixNanos, rounding::float_of};
use rust_decimal::Decimal;

/// The day that a line belongs to: that of its bar's last nanosecond, so that a close at midnight ends a day.
pub(super) const fn day_of(close: UnixNanos) -> i64 {
    close.saturating_add_nanos(-1).utc_day()
}

/// Equity at the end of each day so far, days without a line filled in.
#[derive(Debug, Default)]
pub(super) struct Days {
    pub(super) equity: Vec<f64>,
    last: Option<i64>,
}

impl Days {
    /// The last line of `day`; days come in order.
    pub(super) fn end_of_day(&mut self, day: i64, equity: Decimal) {
        if let (Some(last), Some(before)) = (self.last, self.equity.last().copied()) {
            for _ in last + 1..day {
                self.equity.push(before);
            }
        }
        self.equity.push(float_of(equity));
        self.last = Some(day);
    }
}
