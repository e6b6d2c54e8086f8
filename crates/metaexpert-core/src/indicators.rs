//! Technical indicators that take one bar at a time: EMA, SMA, RSI, MACD, ATR, Bollinger bands, Parabolic SAR,
//! Stochastic and ADX.
//!
//! Each is a small struct. `new` checks the parameters, [`next`](Ema::next) takes the next bar's prices and returns the
//! indicator's value at that bar; it takes constant time on average, whatever the length, and allocates nothing.
//!
//! ```
//! use metaexpert_core::indicators::Ema;
//!
//! struct Crossover { fast: Ema, slow: Ema }
//!
//! fn init(fast: usize, slow: usize) -> metaexpert_core::Result<Crossover> {
//!     Ok(Crossover { fast: Ema::new(fast)?, slow: Ema::new(slow)? })
//! }
//!
//! let mut state = init(12, 26)?;
//! let spread = state.fast.next(42_000.0) - state.slow.next(42_000.0);
//! assert_eq!(spread, 0.0);
//! assert!(!state.slow.is_ready()); // that takes 26 bars
//!
//! assert_eq!(init(12, 0).err().unwrap().to_string(), "EMA length: `0` is not in 1 to 1000000; the nearest is `1`");
//! # Ok::<(), metaexpert_core::Error>(())
//! ```
//!
//! **The one decision:** there is a value from the first bar on, made of what there is, and never a NaN or an infinity for
//! finite prices (up to 1e150), flat ones included. Whether the value already is what the formula says is another question, and
//! [`is_ready`](Ema::is_ready) answers it; [`value`](Ema::value) gives the last value only once it is so, for a handler
//! of another timeframe that reads what this one has fed.
//!
//! | indicator | `next` takes | gives | ready from bar |
//! |---|---|---|---|
//! | [`Sma::new(n)`](Sma) | price | `f64` | n |
//! | [`Ema::new(n)`](Ema) | price | `f64` | n |
//! | [`Rsi::new(n)`](Rsi) | price | `f64`, 0 to 100 | n + 1 |
//! | [`Macd::new(fast, slow, signal)`](Macd) | price | [`MacdValue`] | slow + signal - 1 |
//! | [`Bollinger::new(n, width)`](Bollinger) | price | [`BollingerValue`] | n |
//! | [`Atr::new(n)`](Atr) | high, low, close | `f64` | n + 1 |
//! | [`Stochastic::new(n, k, d)`](Stochastic) | high, low, close | [`StochasticValue`], 0 to 100 | n + k + d - 2 |
//! | [`Adx::new(n)`](Adx) | high, low, close | [`AdxValue`], 0 to 100 | 2 n |
//! | [`ParabolicSar::new(step, max)`](ParabolicSar) | high, low | `f64` | 2 |
//!
//! What they do not do: keep bars (`Context` does), take a bar back, or check prices. The bars that an expert is given are
//! finite, with `low <= high`; a NaN of one's own making stays in the state.

// Why no library: the rule for the EMA is exact, and seeds with the first value. `wickra-core` 2.1, `quantedge-ta` 0.21 and
// TA-Lib seed with a mean, `yata` 0.7 fuses the multiplication, `ta` 0.5 orders it otherwise, `kand` 0.2 leaves the state to its
// caller. Of those that know all nine, `wickra-core` costs nine seconds of build and `quantedge-ta` asks for a bar with its
// time; both say nothing before they are ready. `ta` (2021), `yata` (2024) and `kand` (2025) rest; `ta`'s RSI is not Wilder's,
// `yata`'s lengths are `u8`, and the sums of both drift. (Read 2026-11.)

mod length; // what a length may be                                <- read first
mod output; // the last value, and when it starts to mean something
mod wilder; // Wilder's smoothing, for RSI, ATR and ADX
mod window; // the last n values folded into one, for SMA, Bollinger and Stochastic

mod adx;
mod atr;
mod bollinger;
mod ema;
mod macd;
mod parabolic_sar;
mod rsi;
mod sma;
mod stochastic;

pub use {
    adx::{Adx, AdxValue},
    atr::Atr,
    bollinger::{Bollinger, BollingerValue},
    ema::Ema,
    length::MAX_LENGTH,
    macd::{Macd, MacdValue},
    parabolic_sar::{ParabolicSar, Trend},
    rsi::Rsi,
    sma::Sma,
    stochastic::{Stochastic, StochasticValue},
};
