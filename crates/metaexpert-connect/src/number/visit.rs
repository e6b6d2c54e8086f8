//! What serde is told of numbers in strings.

use std::fmt;

use metaexpert_core::{UnixNanos, rounding::decimal_of};
use rust_decimal::Decimal;
use serde::de::{Error, Unexpected, Visitor};

use super::digits::{decimal_of_bytes, float_of_bytes};

pub(super) struct DecimalVisitor;

impl Visitor<'_> for DecimalVisitor {
    type Value = Decimal;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a decimal number in a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Decimal, E> {
        decimal_of_bytes(text.as_bytes()).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Decimal, E> {
        Ok(Decimal::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Decimal, E> {
        decimal_of(value).ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
    }
}

pub(super) struct FloatVisitor;

impl Visitor<'_> for FloatVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number in a string")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<f64, E> {
        float_of_bytes(text.as_bytes()).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    #[expect(clippy::cast_precision_loss, reason = "analytics hold 15 significant digits")]
    fn visit_i64<E: Error>(self, value: i64) -> Result<f64, E> {
        Ok(value as f64)
    }

    #[expect(clippy::cast_precision_loss, reason = "analytics hold 15 significant digits")]
    fn visit_u64<E: Error>(self, value: u64) -> Result<f64, E> {
        Ok(value as f64)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<f64, E> {
        Ok(value)
    }
}

pub(super) struct MillisVisitor;

impl Visitor<'_> for MillisVisitor {
    type Value = UnixNanos;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("milliseconds since 1970-01-01")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<UnixNanos, E> {
        let millis = text.parse().ok().and_then(UnixNanos::from_millis);
        millis.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<UnixNanos, E> {
        UnixNanos::from_millis(value).ok_or_else(|| E::invalid_value(Unexpected::Signed(value), &self))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<UnixNanos, E> {
        let millis = i64::try_from(value).ok().and_then(UnixNanos::from_millis);
        millis.ok_or_else(|| E::invalid_value(Unexpected::Unsigned(value), &self))
    }
}

/// `""` and `null` are nothing.
pub(super) struct Optional<V>(pub V);

impl<'de, V: Visitor<'de>> Visitor<'de> for Optional<V> {
    type Value = Option<V::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(f)?;
        f.write_str(", or nothing")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        if text.is_empty() { Ok(None) } else { self.0.visit_str(text).map(Some) }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        self.0.visit_i64(value).map(Some)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        self.0.visit_u64(value).map(Some)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        self.0.visit_f64(value).map(Some)
    }
}
