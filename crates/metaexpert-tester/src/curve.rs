//! Equity from bar to bar: its end, its drawdown and its days.
//!
//! There is one line for each time at which a bar of any series closes. Equity is marked at the last known close of each
//! instrument, exit fees not anticipated; a drawdown is measured from the running peak, which starts at the capital.
//!
//! The one decision: between two executions equity is an affine function of the close, and the closes are canonical `f64`
//! (two prices that are equal as decimals are equal as `f64`, and their order is the same). So [`scan`] compares closes, and
//! computes decimals only where something may be a peak or the largest fall: exact, at about a nanosecond a bar.
//! Runs over several series, whose lines interleave, take the way of [`lines`], which the equity file takes too; and so do inverse
//! contracts, where equity goes with one divided by the close.

mod arithmetic; // lines in integers where they fit, in decimals where not
mod days; // equity at the end of each UTC day
mod drawdown; // peak, fall and recovery
pub(crate) mod lines; // line by line
mod scan; // one series, without looking at each line

use metaexpert_core::{UnixNanos, rounding::decimal_of};
use rust_decimal::Decimal;

use self::{days::Days, drawdown::Drawdown};
use crate::{Run, fills::Fills};

/// What an equity curve comes to.
#[derive(Debug, Clone, PartialEq)]
pub struct EquityCurve {
    /// Equity in the last line; the capital where there are no bars.
    pub final_equity: Decimal,
    /// Largest fall below the running peak, in settlement currency.
    pub max_drawdown: Decimal,
    /// Largest fall below the running peak, in percent of the peak.
    pub max_drawdown_pct: Decimal,
    /// Longest time in nanoseconds from a peak until equity was there again, or until the last line.
    pub max_drawdown_nanos: i64,
    /// Time with a position on any leg, in nanoseconds. What is opened and closed at or inside one bar counts for nothing,
    /// since both executions carry the bar's opening time.
    pub exposed_nanos: i64,
    /// Equity at the end of each UTC day, from the first day that has a line to the last; a day without one keeps the
    /// equity of the day before. A bar that closes at midnight belongs to the day that ends there.
    pub daily: Vec<f64>,
}

impl EquityCurve {
    /// The curve of a run.
    pub fn of(run: &Run) -> Self {
        match run.series.as_slice() {
            [(instrument, series)] if !run.instruments.get(*instrument).kind.is_inverse() => scan::scan(run, *instrument, series),
            _ => lines::summarize(run),
        }
    }

    fn new(run: &Run, final_equity: Option<Decimal>, fills: &Fills<'_>, drawdown: &Drawdown, days: Days) -> Self {
        Self {
            final_equity: final_equity.unwrap_or(run.initial_capital),
            max_drawdown: drawdown.money,
            max_drawdown_pct: drawdown.percent,
            max_drawdown_nanos: drawdown.nanos,
            exposed_nanos: fills.exposed_nanos(run.end().unwrap_or_default()),
            daily: days.equity,
        }
    }
}

/// `100 * (peak - equity) / peak`; zero unless the peak is above zero.
fn percent_below(peak: Decimal, equity: Decimal) -> Decimal {
    if peak <= Decimal::ZERO {
        return Decimal::ZERO;
    }
    ((peak - equity) * Decimal::ONE_HUNDRED).checked_div(peak).unwrap_or_default()
}

/// The exact price of a bar's close.
fn price(close: f64) -> Decimal {
    // The readers let only finite prices through.
    decimal_of(close).unwrap_or_default()
}

/// When the account began: the opening of the first bar.
fn start(run: &Run) -> UnixNanos {
    run.start().unwrap_or_default()
}

#[cfg(test)]
mod tests;
