//! Numbers as exchanges write them: decimals in strings, integers in milliseconds, empty strings for nothing.
//!
//! The one decision: a price goes from its digits straight to a [`Decimal`] or a float, in one pass and without a copy. Money
//! never passes through a float; analytics do not need more than 15 significant digits.
//!
//! The functions are for `#[serde(deserialize_with = "number::decimal")]`.

mod digits; // ASCII digits to mantissa and scale
mod visit; // serde visitors

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserializer;

pub use digits::{decimal_of_bytes, float_of_bytes};

/// A decimal from a string or a number.
///
/// # Errors
/// When it is neither, or does not fit into 28 digits.
pub fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Decimal, D::Error> {
    deserializer.deserialize_any(visit::DecimalVisitor)
}

/// A decimal; `None` for `""` and `null`. Use with `#[serde(default)]` where the field may be absent.
///
/// # Errors
/// As [`decimal`].
pub fn optional_decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Decimal>, D::Error> {
    deserializer.deserialize_any(visit::Optional(visit::DecimalVisitor))
}

/// A float from a string or a number.
///
/// # Errors
/// When it is neither.
pub fn float<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
    deserializer.deserialize_any(visit::FloatVisitor)
}

/// A float; `None` for `""` and `null`.
///
/// # Errors
/// As [`float`].
pub fn optional_float<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    deserializer.deserialize_any(visit::Optional(visit::FloatVisitor))
}

/// A time from milliseconds since the epoch, written as a number or a string.
///
/// # Errors
/// When it is neither, or beyond the years 1677 to 2262.
pub fn millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<UnixNanos, D::Error> {
    deserializer.deserialize_any(visit::MillisVisitor)
}

/// A time; `None` for `""`, `null`, `0` and `-1`, which exchanges write where there is none.
///
/// # Errors
/// As [`millis`].
pub fn optional_millis<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<UnixNanos>, D::Error> {
    let time = deserializer.deserialize_any(visit::Optional(visit::MillisVisitor))?;
    Ok(time.filter(|time| time.as_nanos() > 0))
}
