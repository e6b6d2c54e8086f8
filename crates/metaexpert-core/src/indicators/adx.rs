//! Average directional index.

use serde::{Deserialize, Serialize};

use super::{atr::true_range, length::Length, output::Output, wilder::Wilder};
use crate::ConfigError;

/// Wilder's average directional index (ADX) of length n, with its two directional indicators, from 0 to 100:
///
/// ```text
/// up  = high - previous high            down = previous low - low
/// +DM = up   if up > down and up > 0    -DM = down if down > up and down > 0,  else 0
/// TR  = max(high, previous close) - min(low, previous close)
/// +DI = 100 * W(+DM) / W(TR)            -DI = 100 * W(-DM) / W(TR)
/// DX  = 100 * |+DI - -DI| / (+DI + -DI)
/// ADX = W(DX)
/// W(v) = the mean of the first n values, then  ((n - 1) * W + v) / n
/// ```
///
/// Where nothing moves (W(TR) = 0, or both DI = 0), DI and DX are 0. The first bar has no previous one, so +DI and -DI are
/// themselves from bar n + 1; the first DX that is averaged is that bar's, so ADX is ready from bar 2 n. Before, `adx` is the
/// DX, or the mean of those that there are.
///
/// ```
/// use metaexpert_core::indicators::Adx;
///
/// let mut adx = Adx::new(2)?;
/// for bar in 0..4 {
///     let price = 100.0 + f64::from(bar);
///     adx.next(price + 1.0, price - 1.0, price);
/// }
/// let value = adx.value().expect("2 n bars have been seen");
/// assert_eq!((value.plus_di, value.minus_di, value.adx), (50.0, 0.0, 100.0)); // up 1 of a true range of 2, each bar
/// # Ok::<(), metaexpert_core::Error>(())
/// ```
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Adx {
    previous: Option<Prices>,
    plus: Wilder,
    minus: Wilder,
    range: Wilder,
    average: Wilder,
    output: Output<AdxValue>,
}

/// What [`Adx`] says at one bar, in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct AdxValue {
    /// The strength of the trend, whichever way it goes.
    pub adx: f64,
    /// +DI: how much of the range is movement upwards.
    pub plus_di: f64,
    /// -DI: how much of the range is movement downwards.
    pub minus_di: f64,
}

#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Prices {
    high: f64,
    low: f64,
    close: f64,
}

impl Adx {
    /// An index over `length` bars; Wilder's own is 14.
    ///
    /// # Errors
    /// A length that is 0 or above [`MAX_LENGTH`](super::MAX_LENGTH).
    pub fn new(length: usize) -> Result<Self, ConfigError> {
        let length = Length::new("ADX length", length)?;
        let smoothed = Wilder::new(length);
        Ok(Self {
            previous: None,
            plus: smoothed.clone(),
            minus: smoothed.clone(),
            range: smoothed.clone(),
            average: smoothed,
            output: Output::ready_after(2 * length.bars),
        })
    }

    /// Takes the next bar's prices and returns the index at that bar.
    #[inline]
    pub fn next(&mut self, high: f64, low: f64, close: f64) -> AdxValue {
        let Some(previous) = self.previous.replace(Prices { high, low, close }) else {
            return self.output.put(AdxValue { adx: 0.0, plus_di: 0.0, minus_di: 0.0 });
        };
        let (up, down) = (high - previous.high, previous.low - low);
        let plus = self.plus.next(if up > down { up.max(0.0) } else { 0.0 });
        let minus = self.minus.next(if down > up { down.max(0.0) } else { 0.0 });
        let range = self.range.next(true_range(high, low, previous.close));

        let (plus_di, minus_di) = (percent(plus, range), percent(minus, range));
        let dx = percent((plus_di - minus_di).abs(), plus_di + minus_di);
        let adx = if self.range.is_full() { self.average.next(dx) } else { dx };
        self.output.put(AdxValue { adx, plus_di, minus_di })
    }

    /// Whether 2 n bars have been seen.
    pub fn is_ready(&self) -> bool {
        self.output.is_ready()
    }

    /// The index at the last bar, once it [is ready](Self::is_ready).
    pub fn value(&self) -> Option<AdxValue> {
        self.output.value()
    }
}

/// `part` of `whole` in percent; nothing of nothing is nothing.
fn percent(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { 100.0 * (part / whole) } else { 0.0 }
}
