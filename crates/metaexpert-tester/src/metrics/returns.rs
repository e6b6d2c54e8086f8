//! Statistics of days and of round trips.

use metaexpert_core::rounding::float_of;
use rust_decimal::Decimal;

use super::finite;
use crate::RoundTrip;

/// Crypto trades every day.
const DAYS_PER_YEAR: f64 = 365.0;
/// A calendar year on average, leap days included; for growth over calendar time.
const NANOS_PER_YEAR: f64 = 365.25 * NANOS_PER_DAY;
const NANOS_PER_DAY: f64 = 86_400e9;

/// The return of each UTC day, the first one's from the capital; `None` where equity was not above zero before the last day.
pub(super) fn daily(capital: Decimal, equity: &[f64]) -> Option<Vec<f64>> {
    let mut before = float_of(capital);
    let mut returns = Vec::with_capacity(equity.len());
    for &equity in equity {
        if before <= 0.0 {
            return None;
        }
        returns.push(equity / before - 1.0);
        before = equity;
    }
    Some(returns)
}

/// Mean over sample standard deviation, annualised. `None` with fewer than two returns or where all are equal.
pub(super) fn sharpe(returns: &[f64]) -> Option<f64> {
    let spread = Spread::of(returns)?;
    finite(spread.mean / spread.deviation * DAYS_PER_YEAR.sqrt())
}

/// Mean over downside deviation below zero, annualised. `None` with fewer than two returns or without a loss.
pub(super) fn sortino(returns: &[f64]) -> Option<f64> {
    if returns.len() < 2 {
        return None;
    }
    let losses: f64 = returns.iter().map(|value| value.min(0.0) * value.min(0.0)).sum();
    let downside = (losses / len(returns)).sqrt();
    if downside > 0.0 { finite(mean(returns) / downside * DAYS_PER_YEAR.sqrt()) } else { None }
}

/// Growth a year in percent, at the pace of the whole. `None` for less than a day, for what is no capital, and where it was lost.
pub(super) fn cagr_pct(capital: Decimal, equity: Decimal, nanos: i64) -> Option<f64> {
    let (capital, equity) = (float_of(capital), float_of(equity));
    #[expect(clippy::cast_precision_loss, reason = "a length of time as a fraction of a year")]
    let nanos = nanos as f64;
    if nanos < NANOS_PER_DAY || capital <= 0.0 || equity <= 0.0 {
        return None;
    }
    finite(((equity / capital).powf(NANOS_PER_YEAR / nanos) - 1.0) * 100.0)
}

/// System quality number: `sqrt(n) * mean / sample deviation` of the net profits. `None` with fewer than two or where all are equal.
pub(super) fn sqn(trips: &[RoundTrip]) -> Option<f64> {
    let profits: Vec<f64> = trips.iter().map(|trip| float_of(trip.net_pnl)).collect();
    let spread = Spread::of(&profits)?;
    finite(len(&profits).sqrt() * spread.mean / spread.deviation)
}

/// Mean and sample standard deviation of values that differ.
struct Spread {
    mean: f64,
    deviation: f64,
}

impl Spread {
    fn of(values: &[f64]) -> Option<Self> {
        let [first, rest @ ..] = values else { return None };
        // Rounding of the mean would make a deviation out of equal values.
        #[expect(clippy::float_cmp, reason = "the question is whether they are the very same")]
        if rest.iter().all(|value| value == first) {
            return None;
        }
        let mean = mean(values);
        let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
        let deviation = (squares / (len(values) - 1.0)).sqrt();
        (deviation > 0.0).then_some(Self { mean, deviation })
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / len(values)
}

#[expect(clippy::cast_precision_loss, reason = "a number of days or trades, far below 2^53")]
fn len(values: &[f64]) -> f64 {
    values.len() as f64
}
