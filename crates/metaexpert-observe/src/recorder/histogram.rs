//! Durations, counted by how long they were.

use std::sync::atomic::{AtomicU64, Ordering};

use metrics::HistogramFn;

/// Where buckets end, in seconds, the end included: from a microsecond to ten seconds, three to a decade. What takes longer is only in
/// the count of all.
pub(super) const ENDS: [f64; 22] = [
    1e-6, 2e-6, 5e-6, 1e-5, 2e-5, 5e-5, 1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0,
];

/// How many durations ended in each bucket.
#[derive(Debug, Default)]
pub(super) struct Buckets {
    counts: [AtomicU64; ENDS.len()],
    beyond: AtomicU64,
    /// Bits of an `f64`.
    sum: AtomicU64,
}

/// What was counted, read once.
#[derive(Debug, PartialEq)]
pub(super) struct Counted {
    /// By bucket: how many took no longer than its end.
    pub(super) up_to: [u64; ENDS.len()],
    /// All of them.
    pub(super) count: u64,
    /// Their sum, in seconds.
    pub(super) sum: f64,
}

impl Buckets {
    /// What was counted until now. The count is that of the buckets, so that they always agree; the sum may know one more or less.
    pub(super) fn read(&self) -> Counted {
        let mut count = 0;
        let mut add = |bucket: &AtomicU64| {
            count += bucket.load(Ordering::Relaxed);
            count
        };
        let up_to = std::array::from_fn(|index| self.counts.get(index).map_or(0, &mut add));
        let count = add(&self.beyond);
        Counted { up_to, count, sum: f64::from_bits(self.sum.load(Ordering::Relaxed)) }
    }
}

impl HistogramFn for Buckets {
    fn record(&self, seconds: f64) {
        if !seconds.is_finite() {
            return;
        }
        let bucket = ENDS.partition_point(|end| *end < seconds);
        self.counts.get(bucket).unwrap_or(&self.beyond).fetch_add(1, Ordering::Relaxed);
        let add = |bits| Some((f64::from_bits(bits) + seconds).to_bits());
        // It cannot fail: `add` never says no.
        let _ = self.sum.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_counted_in_every_bucket_that_it_fits_in() {
        let buckets = Buckets::default();
        for seconds in [0.5e-6, 1e-6, 1.5e-6, 0.003, 60.0, f64::NAN, f64::INFINITY] {
            buckets.record(seconds);
        }
        let counted = buckets.read();
        let of = |end: f64| counted.up_to[ENDS.iter().position(|at| at.total_cmp(&end).is_eq()).unwrap()];
        assert_eq!([of(1e-6), of(2e-6), of(2e-3), of(5e-3), of(10.0), counted.count], [2, 3, 3, 4, 4, 5]);
        assert!((counted.sum - 60.003_003).abs() < 1e-9, "{}", counted.sum);
    }

    #[test]
    fn buckets_end_in_order_from_a_microsecond_to_ten_seconds() {
        assert!(ENDS.is_sorted());
        assert_eq!((ENDS.first(), ENDS.last()), (Some(&1e-6), Some(&10.0)));
    }
}
