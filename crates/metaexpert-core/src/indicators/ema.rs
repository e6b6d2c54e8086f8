//! Exponential moving average.

use serde::{Deserialize, Serialize};

use super::{length::Length, output::Output};
use crate::ConfigError;

/// Exponential moving average (EMA) of length n:
///
/// ```text
/// alpha = 2 / (n + 1)
/// e = x                 at the first bar
/// e += alpha * (x - e)  at each later one
/// ```
///
/// In `f64`, in exactly these operations, so that another program can reproduce it to the last bit. (TA-Lib seeds with the
/// mean of the first n values instead; the two meet after a few times n bars.) Ready from bar n.
///
/// ```
/// use metaexpert_core::indicators::Ema;
///
/// let mut ema = Ema::new(3)?; // alpha = 0.5
/// assert_eq!(ema.next(10.0), 10.0);
/// assert_eq!(ema.next(14.0), 12.0);
/// assert!(!ema.is_ready());
/// assert_eq!(ema.next(13.0), 12.5);
/// assert_eq!(ema.value(), Some(12.5));
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Ema {
    alpha: f64,
    output: Output<f64>,
}

impl Ema {
    /// An average over `length` bars.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn new(length: usize) -> Result<Self, ConfigError> {
        Ok(Self::of(Length::new("EMA length", length)?))
    }

    pub(super) fn of(length: Length) -> Self {
        Self { alpha: 2.0 / (length.real + 1.0), output: Output::ready_after(length.bars) }
    }

    /// Takes the next bar's price and returns the average at that bar.
    #[inline]
    pub fn next(&mut self, price: f64) -> f64 {
        let average = match self.output.last() {
            None => price,
            Some(average) => average + self.alpha * (price - average),
        };
        self.output.put(average)
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
