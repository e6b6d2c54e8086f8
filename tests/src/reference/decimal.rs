//! Exact numbers: from text, from a price's `f64`, to a step, and back to plain text.
use num_bigint::BigInt;
use num_rational::BigRational;
use num_traits::{Signed, Zero};

use super::refused::ReferenceError;

/// A number without any rounding.
pub type Exact = BigRational;

/// The value of a decimal text, with or without an exponent.
///
/// # Errors
/// [`ReferenceError::NotADecimal`] for everything else.
pub fn exact(text: &str) -> Result<Exact, ReferenceError> {
    let refuse = || ReferenceError::NotADecimal(text.to_owned());
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().map_err(|_| refuse())?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if fraction.starts_with(['+', '-']) {
        return Err(refuse());
    }
    let digits: BigInt = format!("{whole}{fraction}").parse().map_err(|_| refuse())?;
    let places = i32::try_from(fraction.len()).map_err(|_| refuse())?;
    let shift = exponent - places;
    let scale = ten_to(shift.unsigned_abs());
    Ok(if shift < 0 { Exact::new(digits, scale) } else { Exact::from_integer(digits * scale) })
}

/// A price read from data: the decimal of its 15 significant digits.
///
/// # Errors
/// [`ReferenceError::NotADecimal`] where the number is not finite.
pub fn price(read: f64) -> Result<Exact, ReferenceError> {
    exact(&format!("{read:.14e}"))
}

/// `value` percent as a factor: 2 is 1/50.
pub(super) fn percent(value: &Exact) -> Exact {
    value / ten_to(2)
}

/// The largest multiple of `step` that is not above `value`.
pub(super) fn down_to(value: &Exact, step: &Exact) -> Exact {
    (value / step).floor() * step
}

/// The smallest multiple of `step` that is not below `value`.
pub(super) fn up_to(value: &Exact, step: &Exact) -> Exact {
    (value / step).ceil() * step
}

/// `value` with at most `places` decimals, halves away from zero.
pub fn rounded(value: &Exact, places: u32) -> Exact {
    let scale = ten_to(places);
    (value * &scale).round() / scale
}

/// The plain decimal text: no exponent, no trailing zeros, `0` for nothing.
///
/// # Errors
/// [`ReferenceError::Endless`] where no number of digits is enough.
pub fn plain(value: &Exact) -> Result<String, ReferenceError> {
    let mut rest = value.denom().clone();
    let mut count = |prime: u32| {
        let prime = BigInt::from(prime);
        let mut power = 0_u32;
        while (&rest % &prime).is_zero() {
            rest /= &prime;
            power += 1;
        }
        power
    };
    let places = count(2).max(count(5));
    if rest != BigInt::from(1) {
        return Err(ReferenceError::Endless(value.to_string()));
    }
    let digits = (value.abs() * ten_to(places)).to_integer().to_string();
    let sign = if value.is_negative() { "-" } else { "" };
    let places = places as usize;
    let digits = format!("{digits:0>width$}", width = places + 1);
    let (whole, fraction) = digits.split_at(digits.len() - places);
    let point = if fraction.is_empty() { "" } else { "." };
    Ok(format!("{sign}{whole}{point}{fraction}"))
}

fn ten_to(power: u32) -> BigInt {
    BigInt::from(10).pow(power)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_with_and_without_an_exponent_are_the_same_number() {
        for (text, same) in [("0.5", "5e-1"), ("-1.25", "-125E-2"), ("1200", "1.2e3"), ("+7", "7"), (".5", "0.50")] {
            assert_eq!(exact(text), exact(same), "{text}");
        }
    }

    #[test]
    fn what_is_not_a_decimal_is_refused() {
        for text in ["", ".", "abc", "1.2.3", "1.-5", "nan", "1e", "1e1.5"] {
            assert_eq!(exact(text), Err(ReferenceError::NotADecimal(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn a_price_is_the_decimal_of_its_fifteen_digits() {
        for (read, text) in [(5.330_000_000_000_001e-5, "0.0000533"), (0.1 + 0.2, "0.3"), (46_319.0, "46319")] {
            assert_eq!(plain(&price(read).unwrap()).unwrap(), text);
        }
    }

    #[test]
    fn plain_text_has_no_trailing_zeros_and_no_exponent() {
        for (text, expected) in [("1.500", "1.5"), ("1e-9", "0.000000001"), ("-0.00", "0"), ("1e6", "1000000"), ("-2.50", "-2.5")]
        {
            assert_eq!(plain(&exact(text).unwrap()).unwrap(), expected);
        }
        assert!(plain(&(exact("1").unwrap() / exact("3").unwrap())).is_err());
    }

    #[test]
    fn steps_and_halves_go_where_their_names_say() {
        let at = |text: &str| exact(text).unwrap();
        assert_eq!(down_to(&at("1.29"), &at("0.1")), at("1.2"));
        assert_eq!(up_to(&at("1.21"), &at("0.1")), at("1.3"));
        assert_eq!(down_to(&at("-1.21"), &at("0.1")), at("-1.3"));
        assert_eq!(up_to(&at("1.2"), &at("0.1")), at("1.2"));
        assert_eq!(rounded(&at("0.1234565"), 6), at("0.123457"));
        assert_eq!(rounded(&at("-0.1234565"), 6), at("-0.123457"));
    }
}
