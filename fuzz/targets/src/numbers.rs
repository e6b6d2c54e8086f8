//! Digits: what is read is what the standard library and the decimal's own parser read.

use metaexpert_connect::number::{self, decimal_of_bytes, float_of_bytes};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

macro_rules! read_with {
    ($($name:ident: $of:ty, $with:literal;)*) => {
        $(#[derive(Deserialize)]
        struct $name(#[serde(deserialize_with = $with)] $of);)*
    };
}

read_with! {
    AnyDecimal: Decimal, "number::decimal";
    PerhapsDecimal: Option<Decimal>, "number::optional_decimal";
    AnyFloat: f64, "number::float";
    PerhapsFloat: Option<f64>, "number::optional_float";
    Time: UnixNanos, "number::millis";
    PerhapsTime: Option<UnixNanos>, "number::optional_millis";
}

/// Reads digits, bare and as JSON.
///
/// # Panics
/// Where two readers disagree.
pub fn run(data: &[u8]) {
    let float = float_of_bytes(data);
    if let (Some(float), Ok(text)) = (float, std::str::from_utf8(data)) {
        let standard = text.parse::<f64>();
        assert!(standard.is_ok_and(|standard| standard.to_bits() == float.to_bits()), "{text}: {float}");
    }
    if let Some(decimal) = decimal_of_bytes(data) {
        let again = decimal_of_bytes(decimal.to_string().as_bytes());
        assert_eq!(again, Some(decimal), "a decimal is written and read");
        if let Some(float) = float {
            let near = decimal.to_string().parse::<f64>().unwrap_or(f64::NAN);
            assert!((near - float).abs() <= 1e-12 * float.abs(), "{decimal} and {float}");
        }
    }
    let decimal = serde_json::from_slice::<AnyDecimal>(data).map(|AnyDecimal(value)| value);
    let perhaps = serde_json::from_slice::<PerhapsDecimal>(data).map(|PerhapsDecimal(value)| value);
    assert!(decimal.is_err() || perhaps.ok().flatten() == decimal.ok(), "what is a decimal is perhaps one");
    let float = serde_json::from_slice::<AnyFloat>(data).map(|AnyFloat(value)| value);
    let perhaps = serde_json::from_slice::<PerhapsFloat>(data).map(|PerhapsFloat(value)| value);
    assert!(float.as_ref().map_or(true, |float| float.is_finite()), "a float that is none");
    assert!(float.is_err() || perhaps.is_ok_and(|perhaps| perhaps.is_some()));
    let time = serde_json::from_slice::<Time>(data).map(|Time(value)| value);
    let perhaps = serde_json::from_slice::<PerhapsTime>(data).map(|PerhapsTime(value)| value);
    assert!(time.is_err() || perhaps.is_ok_and(|perhaps| perhaps.is_none_or(|time| time.as_nanos() > 0)));
}
