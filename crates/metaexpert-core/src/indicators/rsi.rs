//! Relative strength index.

use serde::{Deserialize, Serialize};

use super::{length::Length, output::Output, wilder::Wilder};
use crate::ConfigError;

/// Wilder's relative strength index (RSI) of length n, from 0 to 100:
///
/// ```text
/// gain = max(x - previous x, 0)    loss = max(previous x - x, 0)
/// G = the mean of the first n gains, then  ((n - 1) * G + gain) / n;  L the same of losses
/// RSI  = 100 * G / (G + L)         the same as 100 - 100 / (1 + G / L)
/// ```
///
/// Where nothing has moved yet (G + L = 0) it is 50. Ready from bar n + 1, for n changes need one bar more; before that G and
/// L are the means of the changes that there are.
///
/// ```
/// use metaexpert_core::indicators::Rsi;
///
/// let mut rsi = Rsi::new(2)?;
/// assert_eq!(rsi.next(100.0), 50.0);
/// assert_eq!(rsi.next(103.0), 100.0); // one gain, no loss
/// assert_eq!(rsi.next(102.0), 75.0); // G = (3 + 0) / 2, L = (0 + 1) / 2
/// assert!(rsi.is_ready());
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Rsi {
    previous: Option<f64>,
    gains: Wilder,
    losses: Wilder,
    output: Output<f64>,
}

impl Rsi {
    /// An index over `length` changes.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn new(length: usize) -> Result<Self, ConfigError> {
        let length = Length::new("RSI length", length)?;
        Ok(Self {
            previous: None,
            gains: Wilder::new(length),
            losses: Wilder::new(length),
            output: Output::ready_after(length.bars + 1),
        })
    }

    /// Takes the next bar's price and returns the index at that bar.
    #[inline]
    pub fn next(&mut self, price: f64) -> f64 {
        let Some(previous) = self.previous.replace(price) else { return self.output.put(UNMOVED) };
        let change = price - previous;
        let gain = self.gains.next(change.max(0.0));
        let loss = self.losses.next((-change).max(0.0));
        let moved = gain + loss;
        self.output.put(if moved > 0.0 { 100.0 * (gain / moved) } else { UNMOVED })
    }

    /// Whether n changes have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The index at the last bar, once it [is ready](Self::is_ready).
    pub fn value(&self) -> Option<f64> {
        self.output.value()
    }
}

/// Of prices that stand still: neither strong nor weak.
const UNMOVED: f64 = 50.0;
