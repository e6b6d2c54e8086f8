//! How the amounts of a curve are held while its lines are made.
//!
//! A line costs a few nanoseconds in integers of one common scale and a hundred in decimals. Both are exact; the integers are
//! taken where every amount of the run is certain to fit.

use metaexpert_core::rounding::{nearest_integer, whole_in};
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

use super::{percent_below, price};
use crate::{Run, digits};

/// Decimals that `drawdown_pct` is rounded to, half away from zero.
pub(super) const PERCENT_DECIMALS: u32 = 6;

/// Amounts, and what is done with them.
pub(super) trait Arithmetic {
    /// An amount of money.
    type Amount: Copy + Ord;
    /// What a price is multiplied with, or divides where a contract is inverse.
    type Net: Copy;
    /// A price.
    type Price: Copy;

    /// The start of every sum.
    fn amount(&self, value: Decimal) -> Self::Amount;
    /// The net quantity of a series' instrument.
    fn net(&self, series: usize, net: Decimal) -> Self::Net;
    /// The exact price of a close of a series.
    fn price(&self, series: usize, close: f64) -> Self::Price;
    /// `sum + net * price`; `sum + net / price` where a contract is inverse.
    fn plus(&self, sum: Self::Amount, net: Self::Net, price: Self::Price) -> Self::Amount;
    /// Back to a decimal.
    fn decimal(&self, amount: Self::Amount) -> Decimal;
    /// The amount as text.
    fn write(&self, out: &mut Vec<u8>, amount: Self::Amount);
    /// How far `equity` is below `peak`, as text: percent of the peak, rounded to [`PERCENT_DECIMALS`].
    fn write_percent_below(&self, out: &mut Vec<u8>, peak: Self::Amount, equity: Self::Amount);
}

/// Decimals: always fit.
#[derive(Debug)]
pub(super) struct Decimals {
    /// Whether a series is of an inverse contract.
    inverse: Vec<bool>,
}

/// What a net quantity is worth by.
#[derive(Debug, Clone, Copy)]
pub(super) enum Worth {
    /// It is multiplied with the price.
    Times(Decimal),
    /// It is divided by the price.
    Over(Decimal),
}

impl Decimals {
    /// Decimals for a run.
    pub(super) fn of(run: &Run) -> Self {
        Self { inverse: run.series.iter().map(|(id, _)| run.instruments.get(*id).kind.is_inverse()).collect() }
    }
}

impl Arithmetic for Decimals {
    type Amount = Decimal;
    type Net = Decimal;
    type Price = Worth;

    fn amount(&self, value: Decimal) -> Decimal {
        value
    }

    fn net(&self, _: usize, net: Decimal) -> Decimal {
        net
    }

    fn price(&self, series: usize, close: f64) -> Worth {
        let is_inverse = self.inverse.get(series).copied().unwrap_or_default();
        if is_inverse { Worth::Over(price(close)) } else { Worth::Times(price(close)) }
    }

    fn plus(&self, sum: Decimal, net: Decimal, worth: Worth) -> Decimal {
        match worth {
            Worth::Times(price) => sum + net * price,
            // Nothing is held before the first price, which is zero here.
            Worth::Over(price) => sum + net.checked_div(price).unwrap_or_default(),
        }
    }

    fn decimal(&self, amount: Decimal) -> Decimal {
        amount
    }

    fn write(&self, out: &mut Vec<u8>, amount: Decimal) {
        digits::push_decimal(out, amount);
    }

    fn write_percent_below(&self, out: &mut Vec<u8>, peak: Decimal, equity: Decimal) {
        let percent = percent_below(peak, equity);
        digits::push_decimal(out, percent.round_dp_with_strategy(PERCENT_DECIMALS, RoundingStrategy::MidpointAwayFromZero));
    }
}

/// Integers: amounts in units of `10^-scale`, prices of a series in units of their own.
#[derive(Debug)]
pub(super) struct Integers {
    scale: u32,
    series: Vec<PriceUnit>,
}

/// In what unit the prices of a series are whole.
#[derive(Debug, Clone, Copy)]
struct PriceUnit {
    decimals: u32,
    /// `10^decimals`.
    power: f64,
}

/// What decimals hold at most, and prices in canonical `f64`.
const DECIMAL_MAX: f64 = 7.9e28;
const PRICE_MAX: f64 = 1e15;

impl Integers {
    /// Integers for a run; `None` where something might not fit, as quotients do not.
    pub(super) fn of(run: &Run) -> Option<Self> {
        if run.instruments.iter().any(|(_, instrument)| instrument.kind.is_inverse()) {
            return None;
        }
        let mut scale = run.initial_capital.scale();
        let mut largest = run.initial_capital.abs().to_f64()?;
        let (mut quantity_scale, mut quantities) = (0, 0.0);
        for trade in &run.trades {
            let contract_size = run.instruments.get(trade.instrument).rules.contract_size;
            let quantity = trade.quantity.get();
            let net_scale = quantity.scale() + contract_size.scale();
            quantity_scale = quantity_scale.max(net_scale);
            scale = scale.max(trade.price.get().scale() + net_scale).max(trade.fee.amount.scale());
            let net = quantity.to_f64()? * contract_size.to_f64()?;
            quantities += net;
            largest += trade.price.get().to_f64()? * net + trade.fee.amount.abs().to_f64()?;
        }
        for settled in &run.fundings {
            let amount = settled.funding.amount.amount;
            scale = scale.max(amount.scale());
            largest += amount.abs().to_f64()?;
        }
        for charged in &run.charges {
            let amount = charged.charge.amount.amount;
            scale = scale.max(amount.scale());
            largest += amount.abs().to_f64()?;
        }
        let mut series = Vec::with_capacity(run.series.len());
        for (_, bars) in &run.series {
            let (unit, highest) = PriceUnit::of(bars.bars.iter().map(|bar| bar.close))?;
            scale = scale.max(quantity_scale + unit.decimals);
            largest += highest * quantities;
            series.push(unit);
        }
        // Twice, for the sums above were rounded.
        let fits = scale <= Decimal::MAX_SCALE && 2.0 * largest * 10_f64.powi(i32::try_from(scale).ok()?) < DECIMAL_MAX;
        fits.then_some(Self { scale, series })
    }
}

impl PriceUnit {
    /// The largest unit in which all of `closes` are whole, and the highest of them.
    fn of(closes: impl Iterator<Item = f64>) -> Option<(Self, f64)> {
        let mut unit = Self { decimals: 0, power: 1.0 };
        let mut highest = 0.0_f64;
        for close in closes {
            while !unit.fits(close) {
                unit.decimals += 1;
                unit.power = 10_f64.powi(i32::try_from(unit.decimals).ok()?);
                if unit.decimals > 22 {
                    return None;
                }
            }
            highest = highest.max(close);
        }
        // What fitted a larger unit fits a smaller one, if it does not get too long.
        (highest * unit.power < PRICE_MAX).then_some((unit, highest))
    }

    fn fits(self, close: f64) -> bool {
        whole_in(close, self.power).is_some()
    }
}

impl Arithmetic for Integers {
    type Amount = i128;
    type Net = i128;
    type Price = i64;

    fn amount(&self, value: Decimal) -> i128 {
        debug_assert!(value.scale() <= self.scale, "no sum has more decimals than its largest term");
        value.mantissa() * 10_i128.pow(self.scale.saturating_sub(value.scale()))
    }

    fn net(&self, series: usize, net: Decimal) -> i128 {
        let decimals = self.series.get(series).map_or(0, |unit| unit.decimals);
        let net = net.normalize();
        net.mantissa() * 10_i128.pow((self.scale - decimals).saturating_sub(net.scale()))
    }

    #[expect(clippy::cast_possible_truncation, reason = "whole and below 10^15, as `PriceUnit::of` made sure")]
    fn price(&self, series: usize, close: f64) -> i64 {
        let power = self.series.get(series).map_or(1.0, |unit| unit.power);
        nearest_integer(close * power) as i64
    }

    fn plus(&self, sum: i128, net: i128, price: i64) -> i128 {
        sum + net * i128::from(price)
    }

    fn decimal(&self, amount: i128) -> Decimal {
        Decimal::from_i128_with_scale(amount, self.scale)
    }

    fn write(&self, out: &mut Vec<u8>, amount: i128) {
        digits::push_scaled(out, amount, self.scale);
    }

    fn write_percent_below(&self, out: &mut Vec<u8>, peak: i128, equity: i128) {
        digits::push_scaled(out, hundred_millionths(peak - equity, peak), PERCENT_DECIMALS);
    }
}

/// `10^8 * part / whole`, rounded half up; zero unless the whole is above zero. Both are below 2^97, the part is not negative.
fn hundred_millionths(part: i128, whole: i128) -> i128 {
    if whole <= 0 || part <= 0 {
        return 0;
    }
    #[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "a guess, put right below")]
    let mut quotient = (part as f64 * 1e8 / whole as f64) as i128;
    // The nearest: twice the remainder is within the whole, on either side.
    let twice = part * 200_000_000 + whole;
    while quotient * 2 * whole > twice {
        quotient -= 1;
    }
    while (quotient + 1) * 2 * whole <= twice {
        quotient += 1;
    }
    quotient
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_fraction_is_rounded_as_decimals_round_it(part in 1_i64..i64::MAX, whole in 1_i64..i64::MAX) {
            let (part, whole) = (part % whole + 1, whole);
            let exact = (Decimal::from(part) * Decimal::from(100_000_000) / Decimal::from(whole))
                .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero);
            prop_assert_eq!(Decimal::from(hundred_millionths(i128::from(part), i128::from(whole))), exact);
        }
    }

    #[test]
    fn half_of_the_last_digit_goes_up() {
        assert_eq!(hundred_millionths(1, 200_000_000), 1);
        assert_eq!(hundred_millionths(1, 200_000_001), 0);
        assert_eq!(hundred_millionths(3, 200_000_000), 2);
        assert_eq!(hundred_millionths(2, 1), 200_000_000);
    }
}
