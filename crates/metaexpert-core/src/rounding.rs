//! The one place where numbers are rounded: to the tick, to the lot, and from `f64` to decimal.
//!
//! Every direction has a name; nothing rounds "to nearest" by default, since the safe side depends on who asks.

use std::io::Write;

use rust_decimal::Decimal;

/// Which way a price or a quantity goes when it does not fit the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Towards minus infinity.
    Down,
    /// Towards plus infinity.
    Up,
}

/// `value` moved to a multiple of `step`. A step of zero or less means no grid.
///
/// ```
/// use metaexpert_core::rounding::{Round, to_step};
/// use rust_decimal::dec;
/// assert_eq!(to_step(dec!(100.07), dec!(0.1), Round::Up), dec!(100.1));
/// assert_eq!(to_step(dec!(100.07), dec!(0.1), Round::Down), dec!(100.0));
/// ```
#[must_use]
pub fn to_step(value: Decimal, step: Decimal, round: Round) -> Decimal {
    if !is_above_zero(step) {
        return value;
    }
    // The remainder is exact, a quotient would not be.
    let remainder = value % step;
    let towards_zero = || value - remainder;
    let mut rounded = match (round, value.is_sign_negative()) {
        _ if remainder.is_zero() => value,
        (Round::Down, false) | (Round::Up, true) => towards_zero(),
        (Round::Up, false) => towards_zero() + step,
        (Round::Down, true) => towards_zero() - step,
    };
    // A multiple of the step needs no more decimals than the step; zeros behind them would slow down all that follows.
    if rounded.scale() > step.scale() {
        rounded.rescale(step.scale());
    }
    rounded
}

/// Whether a number is above zero, without the comparison of two decimals that an order would otherwise make dozens of times.
///
/// ```
/// use metaexpert_core::rounding::is_above_zero;
/// use rust_decimal::dec;
/// assert_eq!([dec!(0.1), dec!(0), -dec!(0), dec!(-0.1)].map(is_above_zero), [true, false, false, false]);
/// ```
#[inline]
#[must_use]
pub const fn is_above_zero(value: Decimal) -> bool {
    value.is_sign_positive() && !value.is_zero()
}

/// The largest multiple of `lot` whose product with `divisor` does not exceed `dividend`: `dividend / divisor`, rounded down
/// to the lot without the quotient's own rounding deciding. Zero where the divisor is not positive or the quotient overflows.
#[must_use]
pub fn quotient_to_lot(dividend: Decimal, divisor: Decimal, lot: Decimal) -> Decimal {
    if !is_above_zero(divisor) || !is_above_zero(dividend) {
        return Decimal::ZERO;
    }
    let Some(quotient) = dividend.checked_div(divisor) else { return Decimal::ZERO };
    let mut quantity = to_step(quotient, lot, Round::Down);
    // The quotient was rounded to 28 digits, which may have carried it up to the next lot or kept it just below one.
    if quantity.checked_mul(divisor).is_none_or(|product| product > dividend) {
        quantity -= lot;
    } else if (quantity + lot).checked_mul(divisor).is_some_and(|product| product <= dividend) {
        quantity += lot;
    }
    quantity.max(Decimal::ZERO)
}

/// The decimal of the 15 significant digits of `value`: how a price is read from binary data
/// (`5.330000000000001e-05` is 0.0000533). `None` for what is not finite or too large for a decimal.
///
/// ```
/// use metaexpert_core::rounding::decimal_of;
/// use rust_decimal::dec;
/// assert_eq!(decimal_of(5.330000000000001e-05), Some(dec!(0.0000533)));
/// assert_eq!(decimal_of(46319.5), Some(dec!(46319.5)));
/// ```
pub fn decimal_of(value: f64) -> Option<Decimal> {
    if let Some(decimal) = small_decimal_of(value) {
        return Some(decimal);
    }
    if !value.is_finite() {
        return None;
    }
    Decimal::from_scientific(&format!("{value:.14e}")).ok().map(|decimal| decimal.normalize())
}

/// The nearest `f64` to the decimal of the 15 significant digits of `value`: two prices that are equal as decimals are then
/// equal as `f64`, and their order is the same, so that hot loops may compare `f64`.
///
/// ```
/// use metaexpert_core::rounding::fifteen_digits;
/// assert_eq!(fifteen_digits(0.09946999000000001), 0.09946999);
/// ```
#[must_use]
pub fn fifteen_digits(value: f64) -> f64 {
    if scaled(value).is_some() || !value.is_finite() {
        return value;
    }
    format!("{value:.14e}").parse().unwrap_or(value)
}

/// The nearest `f64` to a decimal. (`Decimal::to_f64` is not always it: 1002.750 with 18 decimals comes out below 1002.75.)
#[must_use]
pub fn float_of(value: Decimal) -> f64 {
    const EXACT: u64 = 1 << 53;
    let (mantissa, scale) = (value.mantissa(), value.scale());
    if let Ok(mantissa) = i64::try_from(mantissa)
        && mantissa.unsigned_abs() <= EXACT
        && let Some(power) = usize::try_from(scale).ok().and_then(|scale| EXACT_POWERS.get(scale))
    {
        // Both are exact, so the division rounds once.
        #[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
        return mantissa as f64 / power;
    }
    let mut text = [0; 48];
    let mut rest = text.as_mut_slice();
    let written = write!(rest, "{mantissa}e-{scale}").map(|()| 48 - rest.len());
    let shown = written.ok().and_then(|length| std::str::from_utf8(text.get(..length)?).ok());
    shown.and_then(|text| text.parse().ok()).unwrap_or(f64::NAN)
}

/// The powers of ten that `f64` holds exactly.
const EXACT_POWERS: [f64; 23] = {
    let mut powers = [1.0; 23];
    let mut exponent = 1;
    while exponent < powers.len() {
        #[expect(clippy::indexing_slicing, reason = "in a constant")]
        {
            powers[exponent] = powers[exponent - 1] * 10.0;
        }
        exponent += 1;
    }
    powers
};

/// Prices and quantities with few decimals, which is nearly all of them: no text is made.
fn small_decimal_of(value: f64) -> Option<Decimal> {
    scaled(value).map(|(mantissa, scale)| Decimal::new(mantissa, scale))
}

/// `value` as an integer of at most 15 digits and the smallest number of decimals, if it is exactly the nearest `f64` to such
/// a decimal with at most eight decimals.
#[inline]
fn scaled(value: f64) -> Option<(i64, u32)> {
    const POWERS: [f64; 9] = [1.0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8];
    (0_u32..).zip(POWERS).find_map(|(scale, power)| {
        let mantissa = whole_in(value, power)?;
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 10^15")]
        Some((mantissa as i64, scale))
    })
}

/// `value` in units of `1 / power`, if it is exactly the nearest `f64` to a whole number of them of at most 15 digits. `power`
/// is one of the powers of ten that `f64` holds exactly, up to 1e22.
///
/// ```
/// use metaexpert_core::rounding::whole_in;
/// assert_eq!(whole_in(46319.5, 10.0), Some(463_195.0));
/// assert_eq!(whole_in(46319.5, 1.0), None);
/// ```
#[inline]
pub fn whole_in(value: f64, power: f64) -> Option<f64> {
    const DIGITS_16: f64 = 1e15;
    let whole = nearest_integer(value * power);
    // Both are exact below 2^53, so the division gives the nearest f64 to the decimal.
    #[expect(clippy::float_cmp, reason = "the question is whether it is this very number")]
    let same = whole / power == value;
    (same && whole.abs() < DIGITS_16).then_some(whole)
}

/// `value` rounded to an integer, for magnitudes below 2^51. Adding and taking off 1.5 * 2^52, above which `f64` has no
/// fraction, does it; `round` would be a call on the oldest x86-64.
#[inline]
#[must_use]
pub fn nearest_integer(value: f64) -> f64 {
    const SHIFT: f64 = 6_755_399_441_055_744.0;
    (value + SHIFT) - SHIFT
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn rounding_goes_the_way_it_was_told() {
        for (value, step, round, expect) in [
            (dec!(100.05), dec!(0.1), Round::Up, dec!(100.1)),
            (dec!(100.05), dec!(0.1), Round::Down, dec!(100.0)),
            (dec!(100.1), dec!(0.1), Round::Up, dec!(100.1)),
            (dec!(-100.05), dec!(0.1), Round::Down, dec!(-100.1)),
            (dec!(-100.05), dec!(0.1), Round::Up, dec!(-100.0)),
            (dec!(7), dec!(2.5), Round::Down, dec!(5)),
            (dec!(7), dec!(0), Round::Down, dec!(7)),
        ] {
            assert_eq!(to_step(value, step, round), expect, "{value} {step} {round:?}");
        }
    }

    #[test]
    fn a_rounded_number_has_no_more_decimals_than_the_step() {
        assert_eq!(to_step(dec!(0.12345678901234567890), dec!(0.001), Round::Down).scale(), 3);
        assert_eq!(to_step(dec!(0.5000000), dec!(0.1), Round::Up).scale(), 1);
        assert_eq!(quotient_to_lot(dec!(1), dec!(7), dec!(0.01)).to_string(), "0.14");
    }

    #[test]
    fn a_quotient_that_is_a_lot_is_that_lot() {
        // 1/3 rounds down at 28 digits, and 3 * (1/3) must still be 1.
        assert_eq!(quotient_to_lot(dec!(1), dec!(3), dec!(0.0001)), dec!(0.3333));
        assert_eq!(quotient_to_lot(dec!(150), dec!(0.03), dec!(0.001)), dec!(5000));
        assert_eq!(quotient_to_lot(dec!(1), dec!(0), dec!(0.001)), dec!(0));
    }

    #[test]
    fn trailing_zeros_do_not_change_a_float() {
        let mut value = dec!(1002.75);
        value.rescale(18);
        assert_eq!(float_of(value).to_bits(), 1002.75_f64.to_bits());
    }

    proptest! {
        #[test]
        fn a_float_is_the_nearest_to_its_decimal(low: u32, mid: u32, high in prop_oneof![Just(0), any::<u32>()], negative: bool, scale in 0_u32..=28) {
            let value = Decimal::from_parts(low, mid, high, negative, scale);
            prop_assert_eq!(float_of(value).to_bits(), value.to_string().parse::<f64>().unwrap().to_bits());
        }

        #[test]
        fn a_decimal_of_fifteen_digits_survives_the_way_through_f64(mantissa in 1_i64..999_999_999_999_999, scale in 0_u32..15) {
            let decimal = Decimal::new(mantissa, scale);
            let float: f64 = decimal.to_string().parse().unwrap();
            prop_assert_eq!(decimal_of(float), Some(decimal.normalize()));
            prop_assert_eq!(fifteen_digits(float).to_bits(), float.to_bits());
        }

        #[test]
        fn a_sixteenth_digit_is_taken_off(mantissa in 100_000_000_000_000_i64..999_999_999_999_999, ulps in -2_i64..=2) {
            let clean = format!("0.{mantissa}").parse::<f64>().unwrap();
            let dirty = f64::from_bits(clean.to_bits().wrapping_add_signed(ulps));
            prop_assert_eq!(fifteen_digits(dirty).to_bits(), clean.to_bits());
            prop_assert_eq!(decimal_of(dirty), Some(Decimal::new(mantissa, 15).normalize()));
        }

        #[test]
        fn a_quantity_never_costs_more_than_there_is(dividend in 1_i64..1_000_000_000_000, divisor in 1_i64..1_000_000_000, lot in 1_i64..1000) {
            let (dividend, divisor, lot) = (Decimal::new(dividend, 6), Decimal::new(divisor, 4), Decimal::new(lot, 3));
            let quantity = quotient_to_lot(dividend, divisor, lot);
            prop_assert!(quantity * divisor <= dividend);
            prop_assert!((quantity + lot) * divisor > dividend);
            prop_assert!((quantity % lot).is_zero());
        }
    }
}
