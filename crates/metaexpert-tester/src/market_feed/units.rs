//! The whole numbers of a file's rows, as prices, ticks and quantities.
//!
//! A division of two whole numbers that floats hold exactly is rounded once: prices come out as the floats nearest to their decimals.

use metaexpert_core::{Error, Instrument, Result, rounding::float_of};
use metaexpert_data::MarketInfo;
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// Whole numbers up to here are exact as floats (53 bits).
const EXACT: u64 = 1 << 53;

/// What the numbers of one market's rows are in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Units {
    price_scale: u32,
    quantity_scale: u32,
    prices_per_one: f64,
    quantities_per_one: f64,
    /// A tick, in units of the rows' prices.
    tick: i64,
    tick_size: Decimal,
}

impl Units {
    /// # Errors
    /// Where the instrument's tick has more decimals than the rows.
    pub(super) fn new(info: &MarketInfo, instrument: &Instrument) -> Result<Self> {
        let (tick_size, scale) = (instrument.rules.tick_size, info.price_scale);
        let tick = (tick_size * power(scale)).normalize();
        let tick = Some(tick).filter(Decimal::is_integer).and_then(|tick| tick.to_i64()).filter(|tick| *tick > 0);
        let finer = || {
            let symbol = &instrument.symbol;
            Error::MarketData(format!(
                "{}: prices have {scale} decimals, too few for the tick {tick_size} of {symbol}",
                info.source
            ))
        };
        Ok(Self {
            price_scale: scale,
            quantity_scale: info.quantity_scale,
            prices_per_one: float_of(power(scale)),
            quantities_per_one: float_of(power(info.quantity_scale)),
            tick: tick.ok_or_else(finer)?,
            tick_size,
        })
    }

    #[inline]
    pub(super) fn price(&self, price: i64) -> f64 {
        nearest(price, self.price_scale, self.prices_per_one)
    }

    #[inline]
    pub(super) fn quantity(&self, quantity: i64) -> f64 {
        nearest(quantity, self.quantity_scale, self.quantities_per_one)
    }

    /// A price in ticks; `None` where it lies between two.
    #[inline]
    pub(super) fn ticks(&self, price: i64) -> Option<i64> {
        let ticks = price / self.tick;
        (ticks * self.tick == price).then_some(ticks)
    }

    pub(super) fn exact(&self, price: i64) -> Decimal {
        Decimal::new(price, self.price_scale).normalize()
    }

    pub(super) const fn tick_size(&self) -> Decimal {
        self.tick_size
    }
}

/// Ten to the power of a scale, which is 18 at most.
fn power(scale: u32) -> Decimal {
    Decimal::from(10_u64.pow(scale))
}

#[inline]
#[expect(clippy::cast_precision_loss, reason = "at most 2^53")]
fn nearest(number: i64, scale: u32, per_one: f64) -> f64 {
    if number.unsigned_abs() <= EXACT { number as f64 / per_one } else { float_of(Decimal::new(number, scale)) }
}
