//! Prices to ticks, exactly.
//!
//! The one decision: a price is a whole number over a power of ten, and so is the tick; what divides is whole numbers. Nearly all
//! of them fit into 64 bits, where a division costs nanoseconds; the rest take the long way.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::Break;
use crate::report::LevelReport;

/// The prices that an instrument can have.
#[derive(Debug, Clone, Copy)]
pub(super) struct TickGrid {
    size: Decimal,
    /// The tick in units of its last decimal; 0 where it is none that fits.
    units: i64,
    scale: u32,
}

impl TickGrid {
    pub(super) fn new(size: Decimal) -> Self {
        let size = size.normalize();
        Self { size, units: i64::try_from(size.mantissa()).unwrap_or(0), scale: size.scale() }
    }

    /// A level's price in ticks, if it is a level at all.
    #[inline]
    pub(super) fn checked(&self, level: &LevelReport) -> Result<i64, Break> {
        let LevelReport { price, quantity } = *level;
        // Neither a negative quantity nor an infinite one is one, nor what is not a number.
        if !(0.0..f64::INFINITY).contains(&quantity) {
            return Err(Break::BadQuantity { price, quantity });
        }
        self.ticks(price).ok_or(Break::OffTick { price, tick: self.size })
    }

    #[inline]
    fn ticks(&self, price: Decimal) -> Option<i64> {
        self.short_way(price).or_else(|| self.long_way(price))
    }

    /// `None` where it is off the tick, and where the numbers are too long.
    #[inline]
    fn short_way(&self, price: Decimal) -> Option<i64> {
        let mantissa = i64::try_from(price.mantissa()).ok()?;
        let units = if price.scale() <= self.scale {
            mantissa.checked_mul(power(self.scale - price.scale())?)?
        } else {
            exact_quotient(mantissa, power(price.scale() - self.scale)?)?
        };
        exact_quotient(units, self.units)
    }

    #[cold]
    fn long_way(&self, price: Decimal) -> Option<i64> {
        // A remainder is exact where a quotient may be rounded.
        let is_on_tick = price.checked_rem(self.size)?.is_zero();
        is_on_tick.then(|| price.checked_div(self.size)?.to_i64()).flatten()
    }
}

fn exact_quotient(dividend: i64, divisor: i64) -> Option<i64> {
    (dividend.checked_rem(divisor)? == 0).then(|| dividend.checked_div(divisor)).flatten()
}

fn power(exponent: u32) -> Option<i64> {
    POWERS.get(usize::try_from(exponent).ok()?).copied()
}

/// Powers of ten that fit into 63 bits.
const POWERS: [i64; 19] = {
    let mut powers = [1; 19];
    let (mut at, mut left) = (1_i64, powers.as_mut_slice());
    while let [power, rest @ ..] = left {
        *power = at;
        at = at.wrapping_mul(10);
        left = rest;
    }
    powers
};

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn a_price_of_whole_ticks_is_that_many_ticks_however_it_is_written(
            ticks in -1_000_000_000_i64..1_000_000_000, units in 1_i64..10_000, scale in 0_u32..9, zeros in 0_u32..7,
        ) {
            let tick = Decimal::new(units, scale);
            let mut price = Decimal::from(ticks) * tick;
            price.rescale(price.scale() + zeros);
            prop_assert_eq!(TickGrid::new(tick).ticks(price), Some(ticks));
        }

        #[test]
        fn both_ways_say_the_same(mantissa in any::<i64>(), scale in 0_u32..20, units in 1_i64..1_000, tick_scale in 0_u32..12) {
            let (grid, price) = (TickGrid::new(Decimal::new(units, tick_scale)), Decimal::new(mantissa, scale));
            if let Some(short) = grid.short_way(price) {
                prop_assert_eq!(Some(short), grid.long_way(price));
            }
        }
    }

    #[test]
    fn a_price_between_two_ticks_is_none() {
        let grid = TickGrid::new(dec!(0.25));
        assert_eq!([dec!(10.25), dec!(10.30), dec!(10.2500001)].map(|price| grid.ticks(price)), [Some(41), None, None]);
        assert_eq!(TickGrid::new(dec!(0)).ticks(dec!(1)), None);
        assert_eq!(TickGrid::new(dec!(0.00000001)).ticks(dec!(9999999999.99999999)), Some(999_999_999_999_999_999));
        assert_eq!(TickGrid::new(dec!(1000)).ticks(Decimal::MAX), None);
        assert_eq!(TickGrid::new(dec!(100000)).ticks(dec!(12345678901234567890000)), None);
        assert_eq!(TickGrid::new(dec!(10000)).ticks(dec!(12345678901234567890000)), Some(1_234_567_890_123_456_789));
    }
}
