//! Prices and quantities as whole ticks and lots, and back.
//!
//! The one decision: within a market all is counted in integers, which add up and compare exactly; decimals are made where something
//! is shown.

use metaexpert_core::{Instrument, rounding::float_of};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// What the steps of a market are.
#[derive(Debug, Clone)]
pub(super) struct Grid {
    tick: Decimal,
    lot: Decimal,
    tick_float: f64,
    lot_float: f64,
    lot_mantissa: i64,
    lot_power: f64,
    contract: Decimal,
    is_inverse: bool,
}

/// Decimals of what inverse contracts come to in coins, in statistics.
const COIN_DECIMALS: u32 = 8;

impl Grid {
    pub(super) fn new(instrument: &Instrument) -> Self {
        let or_one = |step: Decimal| if step > Decimal::ZERO { step.normalize() } else { Decimal::ONE };
        let (tick, lot) = (or_one(instrument.rules.tick_size), or_one(instrument.rules.lot_size));
        Self {
            tick,
            lot,
            tick_float: float_of(tick),
            lot_float: float_of(lot),
            lot_mantissa: i64::try_from(lot.mantissa()).unwrap_or(1),
            lot_power: float_of(Decimal::ONE / Decimal::new(1, lot.scale())),
            contract: or_one(instrument.rules.contract_size),
            is_inverse: instrument.kind.is_inverse(),
        }
    }

    /// So many ticks as a price.
    pub(super) fn price(&self, ticks: i64) -> Decimal {
        self.tick * Decimal::from(ticks)
    }

    /// So many lots as a quantity.
    pub(super) fn quantity(&self, lots: i64) -> Decimal {
        self.lot * Decimal::from(lots)
    }

    /// So many lots as the `f64` nearest to the quantity.
    pub(super) fn quantity_float(&self, lots: i64) -> f64 {
        float(lots.saturating_mul(self.lot_mantissa)) / self.lot_power
    }

    /// The ticks nearest to a price.
    pub(super) fn ticks(&self, price: f64) -> i64 {
        whole((price / self.tick_float).round())
    }

    /// The ticks nearest to an exact price.
    pub(super) fn ticks_of(&self, price: Decimal) -> i64 {
        (price / self.tick).round().to_i64().unwrap_or(i64::MAX)
    }

    /// The lots nearest to a quantity.
    pub(super) fn lots(&self, quantity: f64) -> i64 {
        whole((quantity / self.lot_float).round())
    }

    /// The lots nearest to an exact quantity.
    pub(super) fn lots_of(&self, quantity: Decimal) -> i64 {
        (quantity / self.lot).round().to_i64().unwrap_or(i64::MAX)
    }

    /// A price in ticks as a float.
    pub(super) fn price_float(&self, ticks: i64) -> f64 {
        float(ticks) * self.tick_float
    }

    /// What one contract's worth of quantity is in base coins, or in quote currency where it is inverse.
    pub(super) fn contract_float(&self) -> f64 {
        float_of(self.contract)
    }

    pub(super) const fn is_inverse(&self) -> bool {
        self.is_inverse
    }

    /// What a trade comes to, in units of [`value`](Self::value).
    pub(super) fn value_units(&self, ticks: i64, lots: i64) -> i128 {
        if !self.is_inverse {
            return i128::from(ticks) * i128::from(lots);
        }
        let coins = (self.quantity(lots) * self.contract).checked_div(self.price(ticks)).unwrap_or_default();
        (coins * Decimal::from(10_u64.pow(COIN_DECIMALS))).round().to_i128().unwrap_or_default()
    }

    /// Units of value as money: quote currency; coins, of an inverse contract.
    pub(super) fn value(&self, units: i128) -> Decimal {
        if self.is_inverse {
            return Decimal::try_from_i128_with_scale(units, COIN_DECIMALS).unwrap_or_default();
        }
        Decimal::try_from_i128_with_scale(units, 0).unwrap_or_default() * self.tick * self.lot * self.contract
    }
}

/// An integer as a float; what markets count is far below 2^53.
#[expect(clippy::cast_precision_loss, reason = "ticks, lots and nanoseconds of a day are below 2^53")]
pub(super) const fn float(whole: i64) -> f64 {
    whole as f64
}

/// A float as an integer, towards zero, held at the ends.
#[expect(clippy::cast_possible_truncation, reason = "`as` holds at the ends, which is what is wanted")]
pub(super) const fn whole(float: f64) -> i64 {
    float as i64
}
