//! Moving average convergence/divergence.

use serde::{Deserialize, Serialize};

use super::{ema::Ema, length::Length, output::Output};
use crate::ConfigError;

/// Moving average convergence/divergence (MACD):
///
/// ```text
/// macd      = EMA(x, fast) - EMA(x, slow)
/// signal    = EMA(macd, signal length)
/// histogram = macd - signal
/// ```
///
/// All three are [`Ema`]s, each seeded with its own first value, so `macd` and `signal` begin at 0. Ready from bar slow +
/// signal - 1.
///
/// ```
/// use metaexpert_core::indicators::Macd;
///
/// let mut macd = Macd::new(1, 3, 3)?;
/// macd.next(10.0);
/// let value = macd.next(14.0);
/// assert_eq!((value.macd, value.signal, value.histogram), (2.0, 1.0, 1.0)); // 14 - 12; half-way from 0 to 2
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Macd {
    fast: Ema,
    slow: Ema,
    signal: Ema,
    output: Output<MacdValue>,
}

/// What [`Macd`] says at one bar, in the unit of the price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct MacdValue {
    /// The fast average minus the slow one.
    pub macd: f64,
    /// The average of `macd`.
    pub signal: f64,
    /// `macd` minus `signal`.
    pub histogram: f64,
}

impl Macd {
    /// The usual lengths are 12, 26 and 9 bars.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH), or a `fast` that is not below `slow`.
    pub fn new(fast: usize, slow: usize, signal: usize) -> Result<Self, ConfigError> {
        let (fast_length, slow_length) = (Length::new("MACD fast length", fast)?, Length::new("MACD slow length", slow)?);
        let signal = Length::new("MACD signal length", signal)?;
        if fast >= slow {
            return Err(ConfigError {
                key: "MACD fast length".to_owned(),
                value: Some(fast.to_string()),
                rule: format!("is not below the slow length, {slow}"),
                nearest: None,
            });
        }
        Ok(Self {
            fast: Ema::of(fast_length),
            slow: Ema::of(slow_length),
            signal: Ema::of(signal),
            output: Output::ready_after(slow_length.bars + signal.bars - 1),
        })
    }

    /// Takes the next bar's price and returns the lines at that bar.
    #[inline]
    pub fn next(&mut self, price: f64) -> MacdValue {
        let macd = self.fast.next(price) - self.slow.next(price);
        let signal = self.signal.next(macd);
        self.output.put(MacdValue { macd, signal, histogram: macd - signal })
    }

    /// Whether slow + signal - 1 bars have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The lines at the last bar, once they [are ready](Self::is_ready).
    pub fn value(&self) -> Option<MacdValue> {
        self.output.value()
    }
}
