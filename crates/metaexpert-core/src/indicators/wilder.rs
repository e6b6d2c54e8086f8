//! Wilder's smoothing (*New Concepts in Technical Trading Systems*, 1978): the mean of the first n values, then
//! `average = ((n - 1) * average + value) / n`.

use serde::{Deserialize, Serialize};

use super::length::Length;

/// Both halves are one recurrence: for the k-th value the average weighs (k - 1) / k and the value 1 / k, which is the plain mean,
/// and there they stay once k is n.
///
/// Of values that are not negative it only adds, so it is as exact after a crash as before; and of two series it keeps the
/// order, bar by bar, roundings included, so that no directional indicator is above 100 %.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Wilder {
    length: f64,
    count: f64,
    keep: f64,
    take: f64,
    average: f64,
}

impl Wilder {
    pub(super) fn new(length: Length) -> Self {
        Self { length: length.real, count: 0.0, keep: 0.0, take: 1.0, average: 0.0 }
    }

    #[inline]
    pub(super) fn next(&mut self, value: f64) -> f64 {
        if self.count < self.length {
            self.count += 1.0;
            self.keep = (self.count - 1.0) / self.count;
            self.take = self.count.recip();
        }
        self.average = self.keep * self.average + self.take * value;
        self.average
    }

    /// Whether n values have come in.
    pub(super) fn is_full(&self) -> bool {
        self.count >= self.length
    }
}
