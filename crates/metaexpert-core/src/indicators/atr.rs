//! Average true range.

use serde::{Deserialize, Serialize};

use super::{length::Length, output::Output, wilder::Wilder};
use crate::ConfigError;

/// Wilder's average true range (ATR) of length n, in the unit of the price:
///
/// ```text
/// TR  = max(high, previous close) - min(low, previous close)
/// ATR = the mean of the first n TR, then  ((n - 1) * ATR + TR) / n
/// ```
///
/// The first bar has no previous close; as with TA-Lib it is not counted. So it is ready from bar n + 1; before that it is
/// the mean of the ranges that there are, and at the first bar that bar's `high - low`.
///
/// ```
/// use metaexpert_core::indicators::Atr;
///
/// let mut atr = Atr::new(2)?;
/// assert_eq!(atr.next(12.0, 9.0, 10.0), 3.0);
/// assert_eq!(atr.next(15.0, 11.0, 14.0), 5.0); // from the close at 10 up to 15
/// assert_eq!(atr.next(14.0, 13.0, 13.0), 3.0); // (5 + 1) / 2
/// assert!(atr.is_ready());
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Atr {
    previous_close: Option<f64>,
    average: Wilder,
    output: Output<f64>,
}

impl Atr {
    /// An average over `length` true ranges.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn new(length: usize) -> Result<Self, ConfigError> {
        let length = Length::new("ATR length", length)?;
        Ok(Self { previous_close: None, average: Wilder::new(length), output: Output::ready_after(length.bars + 1) })
    }

    /// Takes the next bar's prices and returns the average at that bar.
    #[inline]
    pub fn next(&mut self, high: f64, low: f64, close: f64) -> f64 {
        let average = match self.previous_close.replace(close) {
            None => high - low,
            Some(previous_close) => self.average.next(true_range(high, low, previous_close)),
        };
        self.output.put(average)
    }

    /// Whether n true ranges have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The average at the last bar, once it [is ready](Self::is_ready).
    pub fn value(&self) -> Option<f64> {
        self.output.value()
    }
}

/// How far the price went since the previous close, a gap included.
pub(super) fn true_range(high: f64, low: f64, previous_close: f64) -> f64 {
    high.max(previous_close) - low.min(previous_close)
}
