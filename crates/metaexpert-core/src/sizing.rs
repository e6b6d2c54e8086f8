//! How much an order is for, from `size_type` and `size_value` (design, section 10, "Size").
//!
//! All formulas take the equity and the price of the deciding moment, and round down to the lot; the quotient's own rounding
//! never decides.

use rust_decimal::Decimal;

use crate::{Error, InstrumentRules, Percent, Price, Result, config::SizeType, rounding::quotient_to_lot};

/// What a size is computed from.
#[derive(Debug, Clone, Copy)]
pub struct SizeBasis<'a> {
    /// Balance plus the gain of open positions, in settlement currency.
    pub equity: Decimal,
    /// The last price, in quote currency.
    pub price: Price,
    /// In times.
    pub leverage: u32,
    /// Distance of the order's stop-loss, where it has one.
    pub stop_loss: Option<Percent>,
    /// The instrument's lot and contract size.
    pub rules: &'a InstrumentRules,
}

/// A size on the lot, and what it was before rounding (to be shown, not to be computed with).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sized {
    /// In base currency or contracts, on the lot; zero where nothing remains.
    pub quantity: Decimal,
    /// The same before it was rounded to the lot.
    pub unrounded: Decimal,
}

/// The quantity that `kind` and `value` ask for.
///
/// - `fixed_base`: `value`
/// - `fixed_quote`: `value / price`
/// - `percent_equity`: `equity * value% * leverage / price`
/// - `risk_based`: `equity * value% / (price * stop_loss%)`
///
/// # Errors
/// `risk_based` without a stop-loss.
///
/// ```
/// use metaexpert_core::{InstrumentRules, Percent, Price, config::SizeType, sizing::{SizeBasis, sized}};
/// use rust_decimal::dec;
/// let rules = InstrumentRules {
///     tick_size: dec!(0.1), lot_size: dec!(0.001), min_notional: dec!(5), contract_size: dec!(1),
///     maintenance_margin: Percent::new(dec!(0.4)),
/// };
/// let basis = SizeBasis {
///     equity: dec!(10000), price: Price::new(dec!(46377)).unwrap(), leverage: 10,
///     stop_loss: Some(Percent::new(dec!(2))), rules: &rules,
/// };
/// // 1.5 % of 10,000 is 150, and 2 % of 46,377 is 927.54 for each coin.
/// assert_eq!(sized(SizeType::RiskBased, dec!(1.5), &basis).unwrap().quantity, dec!(0.161));
/// ```
pub fn sized(kind: SizeType, value: Decimal, basis: &SizeBasis<'_>) -> Result<Sized> {
    let price = basis.price.get();
    let percent_of_equity = || basis.equity.checked_mul(value);
    let (dividend, divisor) = match kind {
        SizeType::FixedBase => (value, Decimal::ONE),
        SizeType::FixedQuote => (value, price),
        SizeType::PercentEquity => {
            let percent = percent_of_equity().and_then(|percent| percent.checked_mul(Decimal::from(basis.leverage)));
            (percent.ok_or_else(too_large)?, price * Decimal::ONE_HUNDRED)
        }
        SizeType::RiskBased => {
            let stop_loss = basis.stop_loss.ok_or_else(|| {
                Error::from("size_type `risk_based` needs the order's stop-loss: set `stop_loss_pct` or give the order one")
            })?;
            // The percent signs of dividend and divisor cancel out.
            (percent_of_equity().ok_or_else(too_large)?, price * stop_loss.get())
        }
    };
    let divisor = divisor * basis.rules.contract_size;
    Ok(Sized {
        quantity: quotient_to_lot(dividend, divisor, basis.rules.lot_size),
        unrounded: dividend.checked_div(divisor).unwrap_or_default().max(Decimal::ZERO),
    })
}

fn too_large() -> Error {
    Error::from("size_value asks for more than a number can hold")
}

/// The largest quantity on the lot whose margin and taker fee can be paid at `price`:
/// `price * quantity * contract size * (1 + leverage * taker fee) <= free * leverage`.
pub fn affordable(
    free_times_leverage: Decimal,
    price: Price,
    leverage: u32,
    taker_fee: Decimal,
    rules: &InstrumentRules,
) -> Decimal {
    let each = price.get() * rules.contract_size * (Decimal::ONE + Decimal::from(leverage) * taker_fee);
    quotient_to_lot(free_times_leverage, each, rules.lot_size)
}

/// What margin and taker fee of a new position need, times its leverage, which keeps it exact:
/// `notional + leverage * taker fee * notional`.
pub fn needed_times(notional: Decimal, leverage: u32, taker_fee: Decimal) -> Decimal {
    notional + Decimal::from(leverage) * taker_fee * notional
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rust_decimal::dec;

    use super::*;

    fn rules(lot: Decimal, contract_size: Decimal) -> InstrumentRules {
        InstrumentRules {
            tick_size: dec!(0.1),
            lot_size: lot,
            min_notional: dec!(0),
            contract_size,
            maintenance_margin: Percent::ZERO,
        }
    }

    fn check(kind: SizeType, value: Decimal, contract_size: Decimal, expect: Decimal) {
        let rules = rules(dec!(0.001), contract_size);
        let basis = SizeBasis {
            equity: dec!(10000),
            price: Price::new(dec!(30000)).unwrap(),
            leverage: 3,
            stop_loss: Some(Percent::new(dec!(1))),
            rules: &rules,
        };
        assert_eq!(sized(kind, value, &basis).unwrap().quantity, expect, "{kind:?} {value} {contract_size}");
    }

    #[test]
    fn each_size_type_follows_its_formula() {
        check(SizeType::FixedBase, dec!(0.1239), dec!(1), dec!(0.123));
        check(SizeType::FixedQuote, dec!(1000), dec!(1), dec!(0.033));
        check(SizeType::PercentEquity, dec!(50), dec!(1), dec!(0.5));
        check(SizeType::RiskBased, dec!(1.5), dec!(1), dec!(0.5));
        check(SizeType::FixedBase, dec!(0.1239), dec!(0.01), dec!(12.39));
        check(SizeType::FixedBase, dec!(0.0009), dec!(1), dec!(0));
    }

    proptest! {
        #[test]
        fn what_is_affordable_can_be_paid_and_one_lot_more_cannot(free in 1_i64..1_000_000_000, price in 1_i64..10_000_000, leverage in 1_u32..126, fee in 0_i64..100) {
            let rules = rules(dec!(0.001), dec!(1));
            let (free, price, fee) = (Decimal::new(free, 4), Price::new(Decimal::new(price, 2)).unwrap(), Decimal::new(fee, 5));
            let scaled = free * Decimal::from(leverage);
            let quantity = affordable(scaled, price, leverage, fee, &rules);
            prop_assert!(needed_times(quantity * price.get(), leverage, fee) <= scaled);
            prop_assert!(needed_times((quantity + dec!(0.001)) * price.get(), leverage, fee) > scaled);
        }
    }
}
