//! Bollinger bands.

use serde::{Deserialize, Serialize};

use super::{
    length::{Length, positive},
    output::Output,
    window::{Fold, Window},
};
use crate::ConfigError;

/// Bollinger bands of length n:
///
/// ```text
/// middle       = SMA(n), to the bit
/// deviation    = the square root of the mean of (value - middle)^2 over the same n (the population's, not n - 1)
/// upper, lower = middle + width * deviation,  middle - width * deviation
/// ```
///
/// The deviation of flat prices is exactly 0. Ready from bar n; before that the bands are those of the values that there are.
///
/// ```
/// use metaexpert_core::indicators::Bollinger;
///
/// let mut bollinger = Bollinger::new(2, 2.0)?;
/// bollinger.next(10.0);
/// let bands = bollinger.next(14.0);
/// assert_eq!((bands.lower, bands.middle, bands.upper), (8.0, 12.0, 16.0)); // deviation 2
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Bollinger {
    width: f64,
    window: Window<Moments>,
    output: Output<BollingerValue>,
}

/// The bands at one bar, in the unit of the price.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct BollingerValue {
    /// `width` deviations above the middle.
    pub upper: f64,
    /// The mean.
    pub middle: f64,
    /// `width` deviations below the middle.
    pub lower: f64,
}

impl Bollinger {
    /// The usual parameters are 20 bars and a `width` of 2 deviations.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH), or a width that is not a number above 0.
    pub fn new(length: usize, width: f64) -> Result<Self, ConfigError> {
        let length = Length::new("Bollinger length", length)?;
        Ok(Self {
            width: positive("Bollinger width", width)?,
            window: Window::new(length),
            output: Output::ready_after(length.bars),
        })
    }

    /// Takes the next bar's price and returns the bands at that bar.
    #[inline]
    pub fn next(&mut self, price: f64) -> BollingerValue {
        let Moments { count, mean: middle, squares } = self.window.push(Moments { count: 1.0, mean: price, squares: 0.0 });
        let reach = self.width * (squares / count).sqrt();
        self.output.put(BollingerValue { upper: middle + reach, middle, lower: middle - reach })
    }

    /// Whether n bars have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The bands at the last bar, once they [are ready](Self::is_ready).
    pub fn value(&self) -> Option<BollingerValue> {
        self.output.value()
    }
}

/// How many values, their mean, and the sum of their squared distances from it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Moments {
    count: f64,
    mean: f64,
    squares: f64,
}

impl Fold for Moments {
    const EMPTY: Self = Self { count: 0.0, mean: 0.0, squares: 0.0 };

    /// Chan, Golub and Le Veque, "Updating formulae and a pairwise algorithm for computing sample variances" (1979). It only
    /// adds what is positive, so a small variance is not lost between large prices, and none is negative. The mean is joined
    /// as [`Sma`](super::Sma) joins it; a [`Window`] never joins two empty ones.
    fn join(self, newer: Self) -> Self {
        let count = self.count + newer.count;
        let share = newer.count / count;
        let apart = newer.mean - self.mean;
        Self {
            count,
            mean: self.mean + apart * share,
            squares: self.squares + newer.squares + apart * apart * (self.count * share),
        }
    }
}
