//! Simple moving average.

use serde::{Deserialize, Serialize};

use super::{
    length::Length,
    output::Output,
    window::{Fold, Window},
};
use crate::ConfigError;

/// Simple moving average (SMA) of length n: the sum of the last n values, divided by n.
///
/// It does not drift: nothing is carried on by adding what comes and subtracting what goes, and the average of n equal prices
/// is exactly that price. Ready from bar n; before that it is the mean of the values that there are.
///
/// ```
/// use metaexpert_core::indicators::Sma;
///
/// let mut sma = Sma::new(2)?;
/// assert_eq!(sma.next(10.0), 10.0);
/// assert_eq!(sma.next(14.0), 12.0);
/// assert_eq!(sma.next(15.0), 14.5);
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Sma {
    window: Window<Mean>,
    output: Output<f64>,
}

impl Sma {
    /// An average over `length` bars.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn new(length: usize) -> Result<Self, ConfigError> {
        Ok(Self::of(Length::new("SMA length", length)?))
    }

    pub(super) fn of(length: Length) -> Self {
        Self { window: Window::new(length), output: Output::ready_after(length.bars) }
    }

    /// Takes the next bar's price and returns the average at that bar.
    #[inline]
    pub fn next(&mut self, price: f64) -> f64 {
        let Mean { mean, .. } = self.window.push(Mean { count: 1.0, mean: price });
        self.output.put(mean)
    }

    /// Whether n bars have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The average at the last bar, once it [is ready](Self::is_ready).
    pub fn value(&self) -> Option<f64> {
        self.output.value()
    }
}

/// How many values, and their mean.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Mean {
    count: f64,
    mean: f64,
}

impl Fold for Mean {
    const EMPTY: Self = Self { count: 0.0, mean: 0.0 };

    /// Not by way of the sum: the mean of equal values would then be off by a rounding, and two averages of flat prices could
    /// cross. A [`Window`] never joins two empty ones.
    fn join(self, newer: Self) -> Self {
        let count = self.count + newer.count;
        let share = newer.count / count;
        Self { count, mean: self.mean + (newer.mean - self.mean) * share }
    }
}
