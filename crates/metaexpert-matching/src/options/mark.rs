//! The price by which an option is valued while nobody trades it.
//!
//! The one decision: it is the model's value at the volatility that the order book means, not the middle of the book, whose
//! two sides are far apart for most options.

use metaexpert_core::{OptionTerms, rounding::decimal_of};
use rust_decimal::Decimal;

use super::{Conditions, ModelError, implied_volatility, value};

/// Between which volatilities a quote is believed, a year; 0.6 is 60 %. Exchanges set it and move it without notice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VolatilityBand {
    /// The least.
    pub floor: f64,
    /// The most.
    pub cap: f64,
}

/// The volatility by which an option is marked: the middle of what the best bid and the best ask mean, each held within the
/// band ("Binance Options Mark Price and Position Limits", Options Mark Price, read 2026-11).
///
/// A bid that means none (too low, or there is none: zero) counts as the floor, an ask that means none (too high, or
/// `f64::INFINITY` where there is none) as the cap.
///
/// # Errors
/// If the option has expired, or a number of the conditions is no price, no time or no rate.
pub fn mark_volatility(
    terms: &OptionTerms,
    conditions: &Conditions,
    bid: f64,
    ask: f64,
    band: VolatilityBand,
) -> Result<f64, ModelError> {
    let meant = |premium| match implied_volatility(terms, conditions, premium) {
        Ok(volatility) => Ok(volatility.min(band.cap).max(band.floor)),
        Err(ModelError::BelowIntrinsic { .. }) => Ok(band.floor),
        Err(ModelError::AboveBound { .. }) => Ok(band.cap),
        Err(error) => Err(error),
    };
    Ok(f64::midpoint(meant(bid)?, meant(ask)?))
}

/// The mark price for one unit of the underlying, in quote currency: the model's value as a decimal of 15 digits, not on the
/// tick. Zero is possible, for an option that is nearly over and far from its strike.
///
/// # Errors
/// If a number is no price, no time, no rate or no volatility.
pub fn mark_price(terms: &OptionTerms, conditions: &Conditions, volatility: f64) -> Result<Decimal, ModelError> {
    let value = value(terms, conditions, volatility)?;
    // What is too large for a decimal was too large a price to begin with.
    decimal_of(value).ok_or(ModelError::Price { price: conditions.price })
}
