//! How users write a latency: `constant:5ms`, `jitter:5ms..20ms,seed=7`.
//!
//! Which file `file:PATH` means is not for this crate to know: whoever opens files makes a [`Recorded`] and a
//! [`Latency::Recorded`] of it.

use std::{str::FromStr, time::Duration};

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use super::{Constant, Jittered, LatencyModel, NoLatency, Recorded};

/// A latency that was chosen by text. Asking it costs one branch more than asking its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Latency {
    /// `none`
    None(NoLatency),
    /// `constant:5ms`
    Constant(Constant),
    /// `jitter:5ms..20ms,seed=7`
    Jittered(Jittered),
    /// `file:PATH`
    Recorded(Recorded),
}

/// The longest that is taken: an exchange drops a request that is older (Binance, "General Info", "Timing security":
/// `recvWindow` is at most 60000 milliseconds).
const LONGEST: Duration = Duration::from_mins(1);

/// What is wrong with a latency.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadLatency {
    /// It begins with no known word.
    #[error(
        "`{text}` is not a latency; write none, constant:5ms, constant:feed=1ms,order=5ms,answer=4ms, jitter:5ms..20ms,seed=7 or file:PATH"
    )]
    Kind {
        /// What was written.
        text: String,
    },
    /// A length has no number or no unit.
    #[error("`{text}` is not a length of time; write a number and ns, us, ms or s, such as 5ms, in whole nanoseconds")]
    Length {
        /// What was written.
        text: String,
    },
    /// A length is longer than is taken.
    #[error("a latency of {length:?} is too long; the longest is {LONGEST:?}")]
    TooLong {
        /// The length.
        length: Duration,
    },
    /// A constant latency lacks one of its parts, or has another or one twice.
    #[error("`{text}` is not a constant latency; write one length for all, or feed=, order= and answer=, each once")]
    Parts {
        /// What was written.
        text: String,
    },
    /// A jitter has no two ends, or something other than a seed behind them.
    #[error("`{text}` is not a jitter; write two lengths and, if it is not to be 0, a seed: 5ms..20ms,seed=7")]
    Jitter {
        /// What was written.
        text: String,
    },
    /// A jitter's lower end is above its upper one.
    #[error("a jitter from {low:?} to {high:?} has its ends the wrong way round; the shorter one comes first")]
    Crossed {
        /// The first end.
        low: Duration,
        /// The second end.
        high: Duration,
    },
    /// There is nothing to interpolate.
    #[error("there is no latency record; at least one is needed")]
    NoRecord,
    /// A record cannot be true.
    #[error("latency record {number} cannot be: {rule}")]
    Record {
        /// Which one, counted from 1.
        number: usize,
        /// What it breaks.
        rule: &'static str,
    },
}

impl Latency {
    /// Reads all but `file:PATH`.
    ///
    /// # Errors
    /// With what was written and what can be written instead.
    ///
    /// ```
    /// use metaexpert_core::UnixNanos;
    /// use metaexpert_matching::latency::{Latency, LatencyModel};
    /// let mut latency = Latency::parse("constant:0.5ms")?;
    /// assert_eq!(latency.order(UnixNanos::default()), 500_000);
    /// # Ok::<(), metaexpert_matching::latency::BadLatency>(())
    /// ```
    pub fn parse(text: &str) -> Result<Self, BadLatency> {
        let text = text.trim();
        match text.split_once(':') {
            None if text == "none" => Ok(Self::None(NoLatency)),
            Some(("constant", lengths)) => constant(lengths).map(Self::Constant),
            Some(("jitter", ends)) => jitter(ends).map(Self::Jittered),
            Some(_) | None => Err(BadLatency::Kind { text: text.to_owned() }),
        }
    }
}

impl Default for Latency {
    fn default() -> Self {
        Self::None(NoLatency)
    }
}

impl FromStr for Latency {
    type Err = BadLatency;

    fn from_str(text: &str) -> Result<Self, BadLatency> {
        Self::parse(text)
    }
}

impl LatencyModel for Latency {
    #[inline]
    fn feed(&mut self, at: UnixNanos) -> i64 {
        match self {
            Self::None(model) => model.feed(at),
            Self::Constant(model) => model.feed(at),
            Self::Jittered(model) => model.feed(at),
            Self::Recorded(model) => model.feed(at),
        }
    }

    #[inline]
    fn order(&mut self, at: UnixNanos) -> i64 {
        match self {
            Self::None(model) => model.order(at),
            Self::Constant(model) => model.order(at),
            Self::Jittered(model) => model.order(at),
            Self::Recorded(model) => model.order(at),
        }
    }

    #[inline]
    fn answer(&mut self, at: UnixNanos) -> i64 {
        match self {
            Self::None(model) => model.answer(at),
            Self::Constant(model) => model.answer(at),
            Self::Jittered(model) => model.answer(at),
            Self::Recorded(model) => model.answer(at),
        }
    }
}

/// A length that is short enough, in nanoseconds.
pub(super) fn nanos_of(length: Duration) -> Result<i64, BadLatency> {
    let nanos = i64::try_from(length.as_nanos()).ok().filter(|_| length <= LONGEST);
    nanos.ok_or(BadLatency::TooLong { length })
}

fn constant(text: &str) -> Result<Constant, BadLatency> {
    if !text.contains('=') {
        let length = length(text)?;
        return Constant::new(length, length, length);
    }
    let wrong = || BadLatency::Parts { text: text.to_owned() };
    let mut parts = [("feed", None), ("order", None), ("answer", None)];
    for part in text.split(',') {
        let (name, value) = part.split_once('=').ok_or_else(wrong)?;
        let place = parts.iter_mut().find(|(known, _)| *known == name.trim()).ok_or_else(wrong)?;
        if place.1.replace(length(value)?).is_some() {
            return Err(wrong());
        }
    }
    match parts.map(|(_, length)| length) {
        [Some(feed), Some(order), Some(answer)] => Constant::new(feed, order, answer),
        _ => Err(wrong()),
    }
}

fn jitter(text: &str) -> Result<Jittered, BadLatency> {
    let wrong = || BadLatency::Jitter { text: text.to_owned() };
    let (ends, seed) = match text.split_once(',') {
        None => (text, 0),
        Some((ends, seed)) => {
            let seed = seed.trim().strip_prefix("seed=").and_then(|seed| seed.parse().ok());
            (ends, seed.ok_or_else(wrong)?)
        }
    };
    let (low, high) = ends.split_once("..").ok_or_else(wrong)?;
    Jittered::new(length(low)?, length(high)?, seed)
}

fn length(text: &str) -> Result<Duration, BadLatency> {
    let text = text.trim();
    let known = [("ns", 1_i64), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)];
    let read = known.iter().find_map(|(unit, nanos)| {
        let number = text.strip_suffix(unit)?.trim_end();
        // Digits only: `Decimal` would take a sign, an exponent and underscores as well.
        let plain = number.starts_with(|first: char| first.is_ascii_digit())
            && number.chars().all(|digit| digit.is_ascii_digit() || digit == '.');
        let nanos = Decimal::from_str(number).ok().filter(|_| plain)?.checked_mul(Decimal::from(*nanos))?;
        u64::try_from(nanos).ok().filter(|_| nanos.is_integer()).map(Duration::from_nanos)
    });
    read.ok_or_else(|| BadLatency::Length { text: text.to_owned() })
}
