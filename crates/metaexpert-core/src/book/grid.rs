//! Prices of a grid of ticks, as the floats nearest to their decimals.
//!
//! The one decision: a tick is a whole number over a power of ten, and a division of two whole numbers that floats hold exactly
//! is rounded once, to the nearest float. `ticks * 0.1` would be rounded twice: three ticks would not be the price 0.3.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::rounding::float_of;

/// The largest power of ten that a float holds exactly is 10^22.
const SCALE_MAX: u32 = 22;
/// Whole numbers up to here are exact as floats (53 bits).
const EXACT: f64 = 9_007_199_254_740_992.0;

/// The grid of prices of one instrument.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Grid {
    tick_size: Decimal,
    /// The tick in units of its last decimal.
    units: f64,
    /// Such units in one; infinite where no float holds their number, so that no product looks exact.
    per_one: f64,
}

impl Grid {
    pub(super) fn new(tick_size: Decimal) -> Self {
        let tick_size = tick_size.normalize();
        let units = Decimal::from(tick_size.mantissa()).to_f64().filter(|units| *units <= EXACT);
        let per_one = if tick_size.scale() <= SCALE_MAX { 10_f64.powi(tick_size.scale().cast_signed()) } else { f64::INFINITY };
        Self { tick_size, units: units.unwrap_or(f64::INFINITY), per_one }
    }

    /// The price of so many ticks.
    #[inline]
    #[expect(clippy::cast_precision_loss, reason = "what is not exact is computed in decimals")]
    pub(super) fn price(&self, ticks: i64) -> f64 {
        let units = ticks as f64 * self.units;
        if units.abs() <= EXACT && self.per_one.is_finite() { units / self.per_one } else { self.slow_price(ticks) }
    }

    #[cold]
    fn slow_price(&self, ticks: i64) -> f64 {
        Decimal::from(ticks).checked_mul(self.tick_size).map_or(f64::NAN, float_of)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn three_ticks_of_a_tenth_are_the_price_of_three_tenths() {
        assert_eq!(Grid::new(dec!(0.1)).price(3).to_bits(), 0.3_f64.to_bits());
        assert_ne!((3.0 * 0.1_f64).to_bits(), 0.3_f64.to_bits());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(10_000))]
        #[test]
        fn a_price_is_the_float_nearest_to_its_decimal(
            ticks in -9_000_000_000_000_000_i64..9_000_000_000_000_000, digits in 0_u32..53, units in 1_i64..100_000, scale in 0_u32..13,
        ) {
            let (ticks, tick) = (ticks >> digits, Decimal::new(units, scale));
            let Some(price) = Decimal::from(ticks).checked_mul(tick) else { return Ok(()) };
            let nearest: f64 = price.to_string().parse().unwrap();
            prop_assert_eq!(Grid::new(tick).price(ticks).to_bits(), nearest.to_bits());
        }
    }
}
