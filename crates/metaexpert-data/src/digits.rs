//! Prices and volumes as decimals of 15 significant digits.
//!
//! Files carry `0.09946999000000001` where an exchange said 0.09946999. Every number that is read becomes the `f64` nearest to
//! the decimal of its 15 significant digits, as [`metaexpert_core::rounding::fifteen_digits`] does it; here the same is done
//! with the column's own decimals tried first, for a year of minutes has 2.6 million numbers.

use metaexpert_core::rounding::{decimal_of, fifteen_digits, nearest_integer, whole_in};
use rust_decimal::Decimal;

/// The most decimals that any number of a column has had so far.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Digits {
    decimals: usize,
}

/// The powers of ten that `f64` holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
    1e22,
];
/// The first number of 16 digits.
const DIGITS_16: f64 = 1e15;

impl Digits {
    /// `value`, with what is beyond its 15th significant digit taken off.
    #[inline]
    pub(crate) fn canonical(&mut self, value: f64) -> f64 {
        if POWERS.get(self.decimals).is_some_and(|power| whole_in(value, *power).is_some()) { value } else { self.widen(value) }
    }

    /// 10^-d, where d is the most decimals that any number had.
    pub(crate) fn step(self) -> Decimal {
        const MOST: u32 = 28; // what `Decimal` holds
        Decimal::new(1, u32::try_from(self.decimals).unwrap_or(MOST).min(MOST))
    }

    #[cold]
    fn widen(&mut self, value: f64) -> f64 {
        let clean = without_noise(value).unwrap_or_else(|| fifteen_digits(value));
        let decimals = POWERS.iter().position(|power| whole_in(clean, *power).is_some());
        let decimals = decimals.or_else(|| usize::try_from(decimal_of(clean)?.scale()).ok());
        self.decimals = self.decimals.max(decimals.unwrap_or(0));
        clean
    }
}

/// The number of 15 digits that `value` is, or is so near to that there is no doubt which one it is.
fn without_noise(value: f64) -> Option<f64> {
    let (scaled, power) = POWERS.iter().rev().map(|power| (value * power, power)).find(|(scaled, _)| scaled.abs() < DIGITS_16)?;
    let mantissa = nearest_integer(scaled);
    // The product is off by at most 0.0625; a fraction this small is on the same side of a half either way.
    let sure = scaled.abs() >= DIGITS_16 / 10.0 && (scaled - mantissa).abs() < 0.25;
    sure.then(|| mantissa / power)
}

#[cfg(test)]
#[expect(clippy::unreadable_literal, reason = "numbers as they stand in files")]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn the_step_is_the_finest_decimal_that_was_seen() {
        for (values, step) in [
            (&[46319.0, 46385.0][..], dec!(1)),
            (&[46319.5, 46385.0], dec!(0.1)),
            (&[0.0984, 0.09946999000000001, 0.0997238], dec!(0.00000001)),
            (&[5.330000000000001e-05], dec!(0.0000001)),
            (&[1e13], dec!(1)),
            (&[1.23456789012345e-13], dec!(0.000_000_000_000_000_000_000_000_001)),
        ] {
            let mut digits = Digits::default();
            for value in values {
                digits.canonical(*value);
            }
            assert_eq!(digits.step(), step, "{values:?}");
        }
    }

    #[test]
    fn a_sixteenth_digit_is_taken_off() {
        let mut digits = Digits::default();
        assert_eq!(digits.canonical(0.09946999000000001).to_bits(), 0.09946999_f64.to_bits());
        assert_eq!(digits.canonical(0.10429999999999999).to_bits(), 0.1043_f64.to_bits());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn it_is_the_rounding_that_core_does(before in 0_usize..15, value in prop_oneof![
            any::<f64>().prop_filter("finite", |value| value.is_finite()),
            1e-14..1e15_f64,
            (1_i64..999_999_999_999_999, 0..22, -3_i64..=3).prop_map(|(mantissa, scale, ulps)| {
                let clean: f64 = format!("{mantissa}e-{scale}").parse().unwrap();
                f64::from_bits(clean.to_bits().wrapping_add_signed(ulps))
            }),
        ]) {
            let mut digits = Digits { decimals: before };
            prop_assert_eq!(digits.canonical(value).to_bits(), fifteen_digits(value).to_bits());
        }
    }
}
