//! The running peak, the deepest point since, and the worst of all such falls.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::percent_below;

/// Peak, fall and recovery of a curve that is told in time order. While the peak stands, the lowest point is the deepest fall
/// in money and in percent alike, so a fall is only weighed when its peak gives way.
#[derive(Debug)]
pub(super) struct Drawdown {
    /// The running peak.
    pub(super) peak: Decimal,
    /// The last line at the peak.
    pub(super) peak_at: UnixNanos,
    /// The lowest equity since the peak; the peak itself where nothing was below it.
    pub(super) low: Decimal,
    /// The largest fall that was weighed.
    pub(super) money: Decimal,
    /// The largest fall in percent of its peak that was weighed.
    pub(super) percent: Decimal,
    /// The longest time below a peak, in nanoseconds.
    pub(super) nanos: i64,
}

impl Drawdown {
    /// Begins at a peak of the capital.
    pub(super) const fn new(capital: Decimal, start: UnixNanos) -> Self {
        let zero = Decimal::ZERO;
        Self { peak: capital, peak_at: start, low: capital, money: zero, percent: zero, nanos: 0 }
    }

    /// Lines at or above the peak, the highest of them the last: the fall before them is over.
    pub(super) fn rises_to(&mut self, equity: Decimal, first: UnixNanos, last: UnixNanos) {
        if self.low < self.peak {
            self.nanos = self.nanos.max(first.nanos_since(self.peak_at));
            self.weigh(self.peak, self.low);
        }
        (self.peak, self.low, self.peak_at) = (equity, equity, last);
    }

    /// A line below the peak.
    pub(super) fn falls_to(&mut self, equity: Decimal) {
        self.low = self.low.min(equity);
    }

    /// A fall from a peak to a low point, whichever peak stands now.
    pub(super) fn weigh(&mut self, peak: Decimal, low: Decimal) {
        self.money = self.money.max(peak - low);
        self.percent = self.percent.max(percent_below(peak, low));
    }

    /// The last line is through: what is below its peak now counts up to here.
    pub(super) fn end(&mut self, time: UnixNanos) {
        if self.low < self.peak {
            self.nanos = self.nanos.max(time.nanos_since(self.peak_at));
            self.weigh(self.peak, self.low);
        }
    }
}
