//! What a key's value can be: how it is read from text, from code and from an attribute, and in which range it must lie.

use std::ops::Bound;

use rust_decimal::Decimal;

use super::nearest::nearest;
use crate::{
    error::ConfigError,
    money::Percent,
    rounding::decimal_of,
    time::{Timeframe, UnixNanos},
};

/// A value that a key cannot have, before it is known in which layer it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadValue {
    /// As it was written.
    pub value: String,
    /// What it should be, as the rest of a sentence: `is not in 1 to 125`.
    pub rule: String,
    /// The nearest value that would do, where there is one.
    pub nearest: Option<String>,
}

impl BadValue {
    /// A value and the rule that it breaks.
    pub fn new(value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { value: value.into(), rule: rule.into(), nearest: None }
    }

    /// The same, with the nearest value that would do.
    #[must_use]
    pub fn or_nearest(self, nearest: Option<impl Into<String>>) -> Self {
        Self { nearest: nearest.map(Into::into), ..self }
    }

    /// The same, with what to do for somebody who wrote 0 to turn a limit off.
    pub(super) fn off_is_left_out(mut self) -> Self {
        if self.rule.starts_with("is not above 0") && decimal(&self.value).is_some_and(|number| number.is_zero()) {
            self.rule.push_str("; to turn it off, leave it out");
        }
        self
    }

    /// The error that names the place: `flag --leverage`.
    pub fn at(self, key: impl Into<String>) -> ConfigError {
        ConfigError { key: key.into(), value: Some(self.value), rule: self.rule, nearest: self.nearest }
    }
}

/// A type that a key can have. [`parse`](Self::parse) and [`to_text`](Self::to_text) are each other's inverse, but for what
/// must not be shown.
pub trait KeyValue: Sized {
    /// What help shows in its place.
    const PLACEHOLDER: &'static str;
    /// All there are, where they are few.
    const CHOICES: &'static [&'static str] = &[];

    /// Reads what a user wrote.
    fn parse(text: &str) -> Result<Self, BadValue>;

    /// How a user writes it, but for what nobody should see of it.
    fn to_text(&self) -> String;

    /// How a user writes it, from which the very same value can be read again; not to be shown.
    fn to_whole_text(&self) -> String {
        self.to_text()
    }

    /// As a number, for types that have a [`Range`].
    fn number(&self) -> Option<Decimal> {
        None
    }

    /// How a user writes this number of it.
    fn text_of(number: Decimal) -> String {
        number.to_text()
    }
}

/// What a key's value can be given as in code: the value itself, text as a user would write it, or an `f64` for a decimal
/// (its 15 significant digits).
pub trait IntoValue<T> {
    /// The value.
    fn into_value(self) -> Result<T, BadValue>;
}

impl<T: KeyValue> IntoValue<T> for T {
    fn into_value(self) -> Result<T, BadValue> {
        Ok(self)
    }
}

impl<T: KeyValue> IntoValue<T> for &str {
    fn into_value(self) -> Result<T, BadValue> {
        T::parse(self)
    }
}

impl IntoValue<Decimal> for f64 {
    fn into_value(self) -> Result<Decimal, BadValue> {
        decimal_of(self).ok_or_else(|| BadValue::new(self.to_string(), "is not a number that a decimal can hold"))
    }
}

impl IntoValue<Percent> for f64 {
    fn into_value(self) -> Result<Percent, BadValue> {
        IntoValue::<Decimal>::into_value(self).map(Percent::new)
    }
}

impl IntoValue<Decimal> for i32 {
    fn into_value(self) -> Result<Decimal, BadValue> {
        Ok(self.into())
    }
}

impl IntoValue<Percent> for i32 {
    fn into_value(self) -> Result<Percent, BadValue> {
        Ok(Percent::new(self.into()))
    }
}

impl IntoValue<Percent> for Decimal {
    fn into_value(self) -> Result<Percent, BadValue> {
        Ok(Percent::new(self))
    }
}

/// Where a number must lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    pub(super) low: Bound<i64>,
    pub(super) high: Bound<i64>,
    pub(super) text: &'static str,
}

impl Range {
    /// No limits.
    pub const ALL: Self = Self { low: Bound::Unbounded, high: Bound::Unbounded, text: "" };

    /// In words, as the rest of "is": `in 1 to 125`, `above 0 and below 100`. Empty where there are no limits.
    pub const fn as_str(&self) -> &'static str {
        self.text
    }

    /// A value that was read, if it lies in the range. A number that its type cannot hold is refused for the range's sake too.
    pub(super) fn hold<T: KeyValue>(self, read: Result<T, BadValue>) -> Result<T, BadValue> {
        let number = match &read {
            Ok(value) => value.number(),
            Err(bad) => decimal(&bad.value),
        };
        number.map_or(Ok(()), |number| self.check::<T>(number)).and(read)
    }

    fn check<T: KeyValue>(self, number: Decimal) -> Result<(), BadValue> {
        let nearest = match (self.low, self.high) {
            (Bound::Included(low), _) if number < low.into() => Some(T::text_of(low.into())),
            (_, Bound::Included(high)) if number > high.into() => Some(T::text_of(high.into())),
            (Bound::Excluded(low), _) if number <= low.into() => None,
            (_, Bound::Excluded(high)) if number >= high.into() => None,
            _ => return Ok(()),
        };
        Err(BadValue::new(T::text_of(number), format!("is not {}", self.text)).or_nearest(nearest))
    }

    /// Whether a finite number lies in the range; usable in constants.
    #[expect(clippy::cast_precision_loss, reason = "limits are round numbers far below 2^53")]
    pub(super) const fn contains(self, number: f64) -> bool {
        let above = match self.low {
            Bound::Included(low) => number >= low as f64,
            Bound::Excluded(low) => number > low as f64,
            Bound::Unbounded => true,
        };
        let below = match self.high {
            Bound::Included(high) => number <= high as f64,
            Bound::Excluded(high) => number < high as f64,
            Bound::Unbounded => true,
        };
        number.is_finite() && above && below
    }
}

/// The words of a [`Range`], as a literal.
macro_rules! range_text {
    ($low:literal to $high:literal) => {
        concat!("in ", $low, " to ", $high)
    };
    ($low_text:literal = $low:literal to $high_text:literal = $high:literal) => {
        concat!("in ", $low_text, " to ", $high_text)
    };
    (above $low:literal) => {
        concat!("above ", $low)
    };
    (above $low:literal to $high:literal) => {
        concat!("above ", $low, " and at most ", $high)
    };
    (above $low:literal below $high:literal) => {
        concat!("above ", $low, " and below ", $high)
    };
    (from $low:literal) => {
        concat!("at least ", $low)
    };
    (from $low:literal below $high:literal) => {
        concat!("at least ", $low, " and below ", $high)
    };
    () => {
        ""
    };
}

/// The [`Range`] that the table of keys writes in words.
macro_rules! range {
    (@ $low:expr, $high:expr, $($words:tt)+) => {
        $crate::config::Range { low: $low, high: $high, text: range_text!($($words)+) }
    };
    ($low:literal to $high:literal) => {
        range!(@ std::ops::Bound::Included($low), std::ops::Bound::Included($high), $low to $high)
    };
    ($low_text:literal = $low:literal to $high_text:literal = $high:literal) => {
        range!(@ std::ops::Bound::Included($low), std::ops::Bound::Included($high), $low_text = $low to $high_text = $high)
    };
    (above $low:literal) => {
        range!(@ std::ops::Bound::Excluded($low), std::ops::Bound::Unbounded, above $low)
    };
    (above $low:literal to $high:literal) => {
        range!(@ std::ops::Bound::Excluded($low), std::ops::Bound::Included($high), above $low to $high)
    };
    (above $low:literal below $high:literal) => {
        range!(@ std::ops::Bound::Excluded($low), std::ops::Bound::Excluded($high), above $low below $high)
    };
    (from $low:literal) => {
        range!(@ std::ops::Bound::Included($low), std::ops::Bound::Unbounded, from $low)
    };
    (from $low:literal below $high:literal) => {
        range!(@ std::ops::Bound::Included($low), std::ops::Bound::Excluded($high), from $low below $high)
    };
    () => {
        $crate::config::Range::ALL
    };
}

pub(super) use {range, range_text};

/// Whether two texts are equal; usable in constants.
pub(super) const fn same(left: &str, right: &str) -> bool {
    let (mut left, mut right) = (left.as_bytes(), right.as_bytes());
    loop {
        match (left, right) {
            ([], []) => return true,
            ([a, left_rest @ ..], [b, right_rest @ ..]) if *a == *b => (left, right) = (left_rest, right_rest),
            _ => return false,
        }
    }
}

impl KeyValue for String {
    const PLACEHOLDER: &'static str = "TEXT";

    fn parse(text: &str) -> Result<Self, BadValue> {
        if text.trim().is_empty() { Err(BadValue::new(text, "is empty")) } else { Ok(text.to_owned()) }
    }

    fn to_text(&self) -> String {
        self.clone()
    }
}

/// A whole number, which may be too large or too small for its type as well as for its key.
macro_rules! whole {
    ($($type:ident)+) => {$(
        impl KeyValue for $type {
            const PLACEHOLDER: &'static str = "NUMBER";

            fn parse(text: &str) -> Result<Self, BadValue> {
                let number: i128 = text.trim().parse().map_err(|_| BadValue::new(text, "is not a whole number"))?;
                Self::try_from(number).map_err(|_| {
                    let nearest = if number < 0 { Self::MIN } else { Self::MAX };
                    BadValue::new(text, format!("is not in {} to {}", Self::MIN, Self::MAX)).or_nearest(Some(nearest.to_string()))
                })
            }

            fn to_text(&self) -> String {
                self.to_string()
            }

            fn number(&self) -> Option<Decimal> {
                Some((*self).into())
            }
        }
    )+};
}

whole! { u32 usize }

impl KeyValue for Decimal {
    const PLACEHOLDER: &'static str = "NUMBER";

    fn parse(text: &str) -> Result<Self, BadValue> {
        decimal(text).ok_or_else(|| {
            let without_sign = text.trim().strip_suffix('%').map(str::trim).filter(|rest| decimal(rest).is_some());
            BadValue::new(text, "is not a number").or_nearest(without_sign)
        })
    }

    fn to_text(&self) -> String {
        self.normalize().to_string()
    }

    fn number(&self) -> Option<Decimal> {
        Some(*self)
    }
}

pub(super) fn decimal(text: &str) -> Option<Decimal> {
    let text = text.trim();
    Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok().map(|number| number.normalize())
}

impl KeyValue for Percent {
    const PLACEHOLDER: &'static str = "PERCENT";

    fn parse(text: &str) -> Result<Self, BadValue> {
        <Decimal as KeyValue>::parse(text).map(Self::new)
    }

    fn to_text(&self) -> String {
        self.to_string()
    }

    fn number(&self) -> Option<Decimal> {
        Some(self.get())
    }
}

impl KeyValue for UnixNanos {
    const PLACEHOLDER: &'static str = "TIME";

    fn parse(text: &str) -> Result<Self, BadValue> {
        Self::parse(text).ok_or_else(|| BadValue::new(text, "is not a date (`2022-01-31`) or a time (`2022-01-31T12:00:00Z`)"))
    }

    fn to_text(&self) -> String {
        self.to_string()
    }
}

impl KeyValue for Timeframe {
    const PLACEHOLDER: &'static str = "TIMEFRAME";
    const CHOICES: &'static [&'static str] = TIMEFRAMES;

    fn parse(text: &str) -> Result<Self, BadValue> {
        Self::parse(text.trim()).ok_or_else(|| {
            let nearest = of_nearest_length(text.trim()).or_else(|| nearest(text, TIMEFRAMES.iter().copied()));
            BadValue::new(text, Self::REFUSAL).or_nearest(nearest)
        })
    }

    fn to_text(&self) -> String {
        self.as_str().to_owned()
    }
}

impl Timeframe {
    /// What is said of a text that is none; a literal, since compile-time errors cannot be put together.
    #[doc(hidden)]
    pub const REFUSAL: &'static str =
        "is not one of `1s`, `1m`, `3m`, `5m`, `15m`, `30m`, `1h`, `2h`, `4h`, `6h`, `8h`, `12h`, `1d`, `3d`, `1w`";
}

const TIMEFRAMES: &[&str] = &{
    let mut names = [""; Timeframe::ALL.len()];
    let (mut rest, mut all) = (names.as_mut_slice(), Timeframe::ALL);
    while let ([name, names @ ..], [timeframe, timeframes @ ..]) = (rest, all) {
        *name = timeframe.as_str();
        (rest, all) = (names, timeframes);
    }
    names
};

/// The timeframe whose length is nearest to the one that `text` says: `60m` is `1h`, where the spelling is nearer to `30m`.
fn of_nearest_length(text: &str) -> Option<&'static str> {
    let (count, unit) = text.split_at_checked(text.find(|c: char| !c.is_ascii_digit())?)?;
    let unit = match unit {
        "s" | "S" => Timeframe::S1,
        "m" => Timeframe::M1,
        "h" | "H" => Timeframe::H1,
        "d" | "D" => Timeframe::D1,
        "w" | "W" => Timeframe::W1,
        _ => return None,
    };
    let seconds = count.parse::<i64>().ok()?.checked_mul(unit.seconds())?;
    Timeframe::ALL.iter().min_by_key(|timeframe| (timeframe.seconds() - seconds).abs()).map(|timeframe| timeframe.as_str())
}
