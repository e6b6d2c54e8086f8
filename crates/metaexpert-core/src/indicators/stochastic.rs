//! Stochastic oscillator.

use serde::{Deserialize, Serialize};

use super::{
    length::Length,
    output::Output,
    sma::Sma,
    window::{Fold, Window},
};
use crate::ConfigError;

/// Lane's stochastic oscillator, from 0 to 100:
///
/// ```text
/// raw %K = 100 * (close - lowest low) / (highest high - lowest low)   over the last `length` bars
/// %K     = SMA(raw %K, k)                                             k = 1: the fast stochastic
/// %D     = SMA(%K, d)
/// ```
///
/// Where the highest high is the lowest low, raw %K is 50. Ready from bar length + k + d - 2; before that it looks at the bars
/// that there are.
///
/// ```
/// use metaexpert_core::indicators::Stochastic;
///
/// let mut stochastic = Stochastic::new(2, 1, 2)?;
/// stochastic.next(12.0, 10.0, 11.0);
/// assert_eq!(stochastic.next(14.0, 11.0, 13.0).k, 75.0); // 13 in 10..14
/// let value = stochastic.next(15.0, 12.0, 12.0);
/// assert_eq!((value.k, value.d), (25.0, 50.0)); // 12 in 11..15
/// assert!(stochastic.is_ready());
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Stochastic {
    window: Window<Extremes>,
    k: Sma,
    d: Sma,
    output: Output<StochasticValue>,
}

/// What [`Stochastic`] says at one bar, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct StochasticValue {
    /// %K: where the close stands between the lowest low and the highest high, smoothed.
    pub k: f64,
    /// %D: the average of %K.
    pub d: f64,
}

impl Stochastic {
    /// The usual lengths are 14, 3 and 3 bars (slow), or 14, 1 and 3 (fast).
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn new(length: usize, k: usize, d: usize) -> Result<Self, ConfigError> {
        let length = Length::new("Stochastic length", length)?;
        let k = Length::new("Stochastic %K smoothing", k)?;
        let d = Length::new("Stochastic %D length", d)?;
        Ok(Self {
            window: Window::new(length),
            k: Sma::of(k),
            d: Sma::of(d),
            output: Output::ready_after(length.bars + k.bars + d.bars - 2),
        })
    }

    /// Takes the next bar's prices and returns the oscillator at that bar.
    #[inline]
    pub fn next(&mut self, high: f64, low: f64, close: f64) -> StochasticValue {
        let Extremes { highest, lowest } = self.window.push(Extremes { highest: high, lowest: low });
        let range = highest - lowest;
        let raw = if range > 0.0 { 100.0 * ((close - lowest) / range) } else { NO_RANGE };
        let k = self.k.next(raw);
        self.output.put(StochasticValue { k, d: self.d.next(k) })
    }

    /// Whether length + k + d - 2 bars have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The oscillator at the last bar, once it [is ready](Self::is_ready).
    pub fn value(&self) -> Option<StochasticValue> {
        self.output.value()
    }
}

/// Raw %K of prices that stand still: neither high nor low.
const NO_RANGE: f64 = 50.0;

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
// JSON has no infinity, which is what an empty one holds.
#[serde(from = "Option<(f64, f64)>", into = "Option<(f64, f64)>")]
struct Extremes {
    highest: f64,
    lowest: f64,
}

impl From<Option<(f64, f64)>> for Extremes {
    fn from(kept: Option<(f64, f64)>) -> Self {
        kept.map_or(Self::EMPTY, |(highest, lowest)| Self { highest, lowest })
    }
}

impl From<Extremes> for Option<(f64, f64)> {
    fn from(extremes: Extremes) -> Self {
        let Extremes { highest, lowest } = extremes;
        (highest.is_finite() && lowest.is_finite()).then_some((highest, lowest))
    }
}

impl Fold for Extremes {
    const EMPTY: Self = Self { highest: f64::NEG_INFINITY, lowest: f64::INFINITY };

    fn join(self, newer: Self) -> Self {
        Self { highest: self.highest.max(newer.highest), lowest: self.lowest.min(newer.lowest) }
    }
}
