//! How much an order is for, from `size_type` and `size_value` (design, section 10, "Size").
//!
//! All formulas take the equity and the price of the deciding moment, and round down to the lot; the quotient's own rounding
//! never decides.

use rust_decimal::Decimal;

use crate::{Error, Instrument, Percent, Price, Result, Side, config::SizeType, rounding::quotient_to_lot};

/// What a size is computed from.
#[derive(Debug, Clone, Copy)]
pub struct SizeBasis<'a> {
    /// Balance plus the gain of open positions, in settlement currency.
    pub equity: Decimal,
    /// The price that the order is expected to trade at, in quote currency: its own, or the last one.
    pub price: Price,
    /// Which way it goes: an inverse contract loses faster when it falls than when it rises.
    pub side: Side,
    /// In times.
    pub leverage: u32,
    /// Distance of the order's stop-loss, where it has one.
    pub stop_loss: Option<Percent>,
    /// Whose lot and contract size are in force.
    pub instrument: &'a Instrument,
}

/// A size on the lot, and what it was before rounding (to be shown, not to be computed with).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sized {
    /// In base currency or contracts, on the lot; zero where nothing remains.
    pub quantity: Decimal,
    /// The same before it was rounded to the lot.
    pub unrounded: Decimal,
}

/// The quantity that `kind` and `value` ask for, in base currency or contracts.
///
/// | | linear | inverse, whose equity is in the coin |
/// |---|---|---|
/// | `fixed_base` | `value` | `value * price` |
/// | `fixed_quote` | `value / price` | `value` |
/// | `percent_equity` | `equity * value% * leverage / price` | `equity * value% * leverage * price` |
/// | `risk_based` | `equity * value% / (price * stop%)` | `equity * value% * price * (1 -+ stop%) / stop%` |
///
/// each divided by the contract size. An inverse contract that is bought at `price` and stopped at `price * (1 - stop%)` loses
/// `1 / stop - 1 / price` of a coin for each unit of quote currency; the sign is a plus for one that is sold.
///
/// # Errors
/// `risk_based` without a stop-loss.
///
/// ```
/// use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Price, Side, Symbol};
/// use metaexpert_core::{config::SizeType, sizing::{SizeBasis, sized}};
/// use rust_decimal::dec;
/// let instrument = Instrument {
///     symbol: Symbol::new("BTCUSDT").unwrap(),
///     base: Currency::new("BTC"), quote: Currency::new("USDT"), settlement: Currency::new("USDT"),
///     kind: InstrumentKind::LINEAR_PERPETUAL,
///     rules: InstrumentRules {
///         tick_size: dec!(0.1), lot_size: dec!(0.001), min_notional: dec!(5), contract_size: dec!(1),
///         maintenance_margin: Percent::new(dec!(0.4)),
///     },
///     brackets: Default::default(),
/// };
/// let basis = SizeBasis {
///     equity: dec!(10000), price: Price::new(dec!(46377)).unwrap(), side: Side::Buy, leverage: 10,
///     stop_loss: Some(Percent::new(dec!(2))), instrument: &instrument,
/// };
/// // 1.5 % of 10,000 is 150, and 2 % of 46,377 is 927.54 for each coin.
/// assert_eq!(sized(SizeType::RiskBased, dec!(1.5), &basis).unwrap().quantity, dec!(0.161));
/// ```
pub fn sized(kind: SizeType, value: Decimal, basis: &SizeBasis<'_>) -> Result<Sized> {
    let inverse = basis.instrument.kind.is_inverse();
    let (dividend, divisor) = if inverse { inverse_size(kind, value, basis)? } else { linear_size(kind, value, basis)? };
    let rules = &basis.instrument.rules;
    let divisor = rules.size(divisor);
    Ok(Sized {
        quantity: quotient_to_lot(dividend, divisor, rules.lot_size),
        unrounded: dividend.checked_div(divisor).unwrap_or_default().max(Decimal::ZERO),
    })
}

/// The size in base currency, as dividend and divisor. The percent signs of the two cancel out where both have one.
fn linear_size(kind: SizeType, value: Decimal, basis: &SizeBasis<'_>) -> Result<(Decimal, Decimal)> {
    let price = basis.price.get();
    Ok(match kind {
        SizeType::FixedBase => (value, Decimal::ONE),
        SizeType::FixedQuote => (value, price),
        SizeType::PercentEquity => (product([basis.equity, value, Decimal::from(basis.leverage)])?, price * Decimal::ONE_HUNDRED),
        SizeType::RiskBased => (product([basis.equity, value])?, price * stop_loss(basis)?.get()),
    })
}

/// The same in quote currency, which the size of an inverse contract is in.
fn inverse_size(kind: SizeType, value: Decimal, basis: &SizeBasis<'_>) -> Result<(Decimal, Decimal)> {
    let price = basis.price.get();
    Ok(match kind {
        SizeType::FixedBase => (product([value, price])?, Decimal::ONE),
        SizeType::FixedQuote => (value, Decimal::ONE),
        SizeType::PercentEquity => (product([basis.equity, value, Decimal::from(basis.leverage), price])?, Decimal::ONE_HUNDRED),
        SizeType::RiskBased => {
            let stop_loss = stop_loss(basis)?;
            let left = match basis.side {
                Side::Buy => Decimal::ONE - stop_loss.fraction(),
                Side::Sell => Decimal::ONE + stop_loss.fraction(),
            };
            (product([basis.equity, value, price, left])?, stop_loss.get())
        }
    })
}

fn stop_loss(basis: &SizeBasis<'_>) -> Result<Percent> {
    basis.stop_loss.ok_or_else(|| {
        Error::from("size_type `risk_based` needs the order's stop-loss: set `stop_loss_pct` or give the order one")
    })
}

fn product<const N: usize>(factors: [Decimal; N]) -> Result<Decimal> {
    let product = factors.into_iter().try_fold(Decimal::ONE, Decimal::checked_mul);
    product.ok_or_else(|| Error::from("size_value asks for more than a number can hold"))
}

/// The largest quantity on the lot whose margin and taker fee can be paid at `price`:
/// `value * (1 + leverage * taker fee) <= free * leverage`, where the value is in settlement currency.
pub fn affordable(
    free_times_leverage: Decimal,
    price: Price,
    leverage: u32,
    taker_fee: Decimal,
    instrument: &Instrument,
) -> Decimal {
    let rules = &instrument.rules;
    let with_fee = rules.contract_size * (Decimal::ONE + Decimal::from(leverage) * taker_fee);
    if !instrument.kind.is_inverse() {
        return quotient_to_lot(free_times_leverage, price.get() * with_fee, rules.lot_size);
    }
    let Some(free) = free_times_leverage.checked_mul(price.get()) else { return Decimal::ZERO };
    let quantity = quotient_to_lot(free, with_fee, rules.lot_size);
    // The value of an inverse contract is a quotient, the last digit of which may be rounded up.
    let needed = needed_times(instrument.value(price.get(), quantity), leverage, taker_fee);
    if needed > free_times_leverage { (quantity - rules.lot_size).max(Decimal::ZERO) } else { quantity }
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
    use crate::{Currency, InstrumentKind, InstrumentRules, Payoff, Symbol};

    fn instrument(kind: InstrumentKind, lot: Decimal, contract_size: Decimal) -> Instrument {
        let (base, quote) = (Currency::new("BTC"), Currency::new("USD"));
        Instrument {
            symbol: Symbol::new("BTCUSD").unwrap(),
            settlement: if kind.is_inverse() { base.clone() } else { quote.clone() },
            base,
            quote,
            kind,
            rules: InstrumentRules {
                tick_size: dec!(0.1),
                lot_size: lot,
                min_notional: dec!(0),
                contract_size,
                maintenance_margin: Percent::ZERO,
            },
            brackets: std::sync::Arc::default(),
        }
    }

    fn check(kind: SizeType, value: Decimal, contract_size: Decimal, expect: Decimal) {
        let instrument = instrument(InstrumentKind::LINEAR_PERPETUAL, dec!(0.001), contract_size);
        let basis = SizeBasis {
            equity: dec!(10000),
            price: Price::new(dec!(30000)).unwrap(),
            side: Side::Buy,
            leverage: 3,
            stop_loss: Some(Percent::new(dec!(1))),
            instrument: &instrument,
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

    #[test]
    fn inverse_contracts_are_sized_by_equity_in_the_coin() {
        let instrument = instrument(InstrumentKind::Perpetual(Payoff::Inverse), dec!(1), dec!(100));
        let basis = |side| SizeBasis {
            equity: dec!(2),
            price: Price::new(dec!(50000)).unwrap(),
            side,
            leverage: 3,
            stop_loss: Some(Percent::new(dec!(20))),
            instrument: &instrument,
        };
        for (kind, value, side, expect) in [
            (SizeType::FixedBase, dec!(0.5), Side::Buy, dec!(250)),
            (SizeType::FixedQuote, dec!(1050), Side::Buy, dec!(10)),
            (SizeType::PercentEquity, dec!(50), Side::Sell, dec!(1500)),
            // 1 % of 2 coins is 0.02; bought at 50,000 and stopped at 40,000 a contract loses 100/40,000 - 100/50,000 = 0.0005.
            (SizeType::RiskBased, dec!(1), Side::Buy, dec!(40)),
            // Sold and stopped at 60,000 it loses 100/50,000 - 100/60,000 = 0.000333.
            (SizeType::RiskBased, dec!(1), Side::Sell, dec!(60)),
        ] {
            assert_eq!(sized(kind, value, &basis(side)).unwrap().quantity, expect, "{kind:?} {value} {side}");
        }
    }

    proptest! {
        #[test]
        fn what_is_affordable_can_be_paid_and_one_lot_more_cannot(free in 1_i64..1_000_000_000, price in 1_i64..10_000_000, leverage in 1_u32..126, fee in 0_i64..100, is_inverse: bool) {
            let kind = InstrumentKind::Perpetual(if is_inverse { Payoff::Inverse } else { Payoff::Linear });
            let instrument = instrument(kind, dec!(0.001), dec!(1));
            let (free, price, fee) = (Decimal::new(free, 4), Price::new(Decimal::new(price, 2)).unwrap(), Decimal::new(fee, 5));
            let scaled = free * Decimal::from(leverage);
            let quantity = affordable(scaled, price, leverage, fee, &instrument);
            let needed = |quantity| needed_times(instrument.value(price.get(), quantity), leverage, fee);
            prop_assert!(needed(quantity) <= scaled);
            // The last digit of an inverse contract's value is rounded.
            let rounded = Decimal::new(i64::from(is_inverse), 20);
            prop_assert!(needed(quantity + dec!(0.001)) > scaled - rounded);
        }
    }
}
