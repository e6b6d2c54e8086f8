//! What an attribute may be told: `#[on_bar(timeframe = "4h")]` is `OnBar::new().timeframe("4h")`, evaluated in a constant.
//!
//! One decision: a key *is* a `const` setter and a bad value is a panic of it. So rustc names the nearest key and the
//! expected type, a bad value fails to compile at the very key, and the macro crate needs no list of either.

use std::time::Duration;

use super::event::{OnBar, OnBook, OnPublicTrade, OnTick, OnTimer};
use crate::time::Timeframe;

impl OnBar {
    /// Bars of this length, such as `"4h"`, instead of the configured one.
    ///
    /// # Panics
    /// If there is none of that name.
    #[track_caller]
    #[must_use]
    pub const fn timeframe(self, timeframe: &'static str) -> Self {
        Self { timeframe: Some(checked_timeframe(timeframe)), ..self }
    }

    /// Bars of this symbol instead of the configured one.
    ///
    /// # Panics
    /// If there is none of that name.
    #[track_caller]
    #[must_use]
    pub const fn symbol(self, symbol: &'static str) -> Self {
        Self { symbol: Some(checked_symbol(symbol)), ..self }
    }
}

impl OnTick {
    /// Ticks of this symbol instead of the configured one.
    ///
    /// # Panics
    /// If there is none of that name.
    #[track_caller]
    #[must_use]
    pub const fn symbol(self, symbol: &'static str) -> Self {
        Self { symbol: Some(checked_symbol(symbol)) }
    }
}

impl OnBook {
    /// So many levels a side instead of as many as there are.
    ///
    /// # Panics
    /// If there are none.
    #[track_caller]
    #[must_use]
    pub const fn depth(self, depth: usize) -> Self {
        assert!(depth > 0, "`depth` is the number of levels a side and must be at least 1");
        Self { depth: Some(depth), ..self }
    }

    /// The book of this symbol instead of the configured one.
    ///
    /// # Panics
    /// If there is none of that name.
    #[track_caller]
    #[must_use]
    pub const fn symbol(self, symbol: &'static str) -> Self {
        Self { symbol: Some(checked_symbol(symbol)), ..self }
    }
}

impl OnPublicTrade {
    /// The tape of this symbol instead of the configured one.
    ///
    /// # Panics
    /// If there is none of that name.
    #[track_caller]
    #[must_use]
    pub const fn symbol(self, symbol: &'static str) -> Self {
        Self { symbol: Some(checked_symbol(symbol)) }
    }
}

/// About a century, so that a time plus an interval stays within [`UnixNanos`](crate::UnixNanos).
const LONGEST_INTERVAL_SECONDS: f64 = 3.2e9;

impl OnTimer {
    /// Seconds of engine time between two calls; fractions allowed.
    ///
    /// # Panics
    /// If they are not above zero, or more than a century.
    #[track_caller]
    #[must_use]
    pub const fn interval(self, seconds: f64) -> Self {
        assert!(
            seconds >= 1e-9 && seconds <= LONGEST_INTERVAL_SECONDS,
            "`interval` is the number of seconds between two calls and must be above 0 (and below a century)"
        );
        // `Duration::from_secs_f64` is no `const fn`.
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 3.2e18 after the check")]
        let nanos = (seconds * 1e9 + 0.5) as u64;
        Self { interval: Some(Duration::from_nanos(nanos)) }
    }

    /// Refuses an `#[on_timer]` that does not say how often.
    #[doc(hidden)]
    #[track_caller]
    #[must_use]
    pub const fn ready(keys: Self) -> Self {
        assert!(
            keys.interval.is_some(),
            "`#[on_timer]` needs the number of seconds between two calls: `#[on_timer(interval = 60)]`"
        );
        keys
    }
}

/// What the value of a key becomes before its setter sees it: itself, but seconds may be written without a point.
#[doc(hidden)]
#[macro_export]
macro_rules! __attribute_value {
    (on_timer interval $value:expr) => {
        $value as f64
    };
    ($event:ident $key:ident $value:expr) => {
        $value
    };
}

/// The timeframe that `text` names; in a constant, a compile error with the list of all where it names none.
#[track_caller]
#[expect(clippy::panic, reason = "evaluated in a constant, where a panic is a compile error")]
pub(crate) const fn checked_timeframe(text: &str) -> Timeframe {
    match Timeframe::parse(text) {
        Some(timeframe) => timeframe,
        None => panic!("{}", Message::new().and("`").and(text).and("` ").and(Timeframe::REFUSAL).as_str()),
    }
}

/// `text`; in a constant, a compile error where it cannot be a symbol on any exchange.
#[track_caller]
#[expect(clippy::panic, reason = "evaluated in a constant, where a panic is a compile error")]
pub(crate) const fn checked_symbol(text: &'static str) -> &'static str {
    let mut rest = text.as_bytes();
    let mut known = !rest.is_empty();
    while let [first, tail @ ..] = rest {
        known = known && (first.is_ascii_alphanumeric() || matches!(*first, b'/' | b'-' | b'_' | b':' | 0x80..));
        rest = tail;
    }
    if !known {
        let message = Message::new().and("`").and(text).and("` is not a symbol; write it like `BTCUSDT` or `BTC/USDT`");
        panic!("{}", message.as_str());
    }
    text
}

/// A text that is put together in a constant.
struct Message {
    bytes: [u8; 256],
    len: usize,
}

impl Message {
    const fn new() -> Self {
        Self { bytes: [0; 256], len: 0 }
    }

    /// This text and another one; without the other one where it does not fit.
    #[expect(clippy::indexing_slicing, reason = "`len` stays below the length of `bytes`")]
    const fn and(mut self, text: &str) -> Self {
        let mut rest = text.as_bytes();
        if self.len + rest.len() > self.bytes.len() {
            return self;
        }
        while let [first, tail @ ..] = rest {
            self.bytes[self.len] = *first;
            self.len += 1;
            rest = tail;
        }
        self
    }

    const fn as_str(&self) -> &str {
        let (text, _) = self.bytes.split_at(self.len);
        match std::str::from_utf8(text) {
            Ok(text) => text,
            Err(_) => "",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn panic_of<T>(act: impl FnOnce() -> T + std::panic::UnwindSafe) -> String {
        match std::panic::catch_unwind(act) {
            Ok(_) => "no panic".to_owned(),
            Err(payload) => super::super::program::panic_message(&*payload),
        }
    }

    #[test]
    fn a_bad_timeframe_is_answered_with_all_good_ones() {
        let said = panic_of(|| OnBar::new().timeframe("7m"));
        assert!(said.starts_with("`7m` is not one of `1s`, `1m`, "), "{said}");
        assert!(Timeframe::ALL.iter().all(|timeframe| said.contains(&format!("`{timeframe}`"))), "{said}");
    }

    #[test]
    fn a_timer_needs_a_time_that_passes() {
        for seconds in [0.0, -1.0, f64::NAN, f64::INFINITY, 1e-12, 1e12] {
            assert!(panic_of(move || OnTimer::new().interval(seconds)).starts_with("`interval` is"), "{seconds}");
        }
        assert_eq!(OnTimer::new().interval(0.5).interval, Some(Duration::from_millis(500)));
    }

    #[test]
    fn symbols_of_every_exchange_are_let_through() {
        for symbol in ["BTCUSDT", "BTC/USDT", "BTC-USDT-SWAP", "BTCUSD_PERP", "BTC-27MAR26-100000-C", "okx:BTCUSDT"] {
            assert_eq!(OnTick::new().symbol(symbol).symbol, Some(symbol));
        }
        assert!(panic_of(|| OnTick::new().symbol("BTC USDT")).starts_with("`BTC USDT` is not a symbol"));
        assert!(panic_of(|| OnTick::new().symbol("")).starts_with("`` is not a symbol"));
    }
}
