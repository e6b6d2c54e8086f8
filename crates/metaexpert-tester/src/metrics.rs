//! The numbers of a summary. `docs/guides/metrics.md` has each formula, and a worked example that is a test here.
//!
//! The one decision: money is summed in decimals and divided last; statistics of many values (deviations, annualised
//! returns) are `f64`, always summed in the same order. What has no value is `None`.

mod returns; // what the days say
mod sides; // what the round trips say

use metaexpert_core::{PositionSide, Summary, rounding::float_of};
use rust_decimal::Decimal;

use crate::{EquityCurve, RoundTrip, Run, round_trips};

/// The summary of a run.
pub fn summary_of(run: &Run) -> Summary {
    summarize(run, &round_trips(run), &EquityCurve::of(run))
}

/// The summary of a run; `trips` and `curve` are its round trips and its equity curve.
pub fn summarize(run: &Run, trips: &[RoundTrip], curve: &EquityCurve) -> Summary {
    let all = sides::of(trips.iter());
    let net_profit = curve.final_equity - run.initial_capital;
    let max_drawdown_pct = float_of(curve.max_drawdown_pct);
    let span = run.end().unwrap_or_default().nanos_since(run.start().unwrap_or_default());
    let cagr_pct = returns::cagr_pct(run.initial_capital, curve.final_equity, span);
    let daily = returns::daily(run.initial_capital, &curve.daily);
    Summary {
        initial_capital: run.initial_capital,
        final_equity: curve.final_equity,
        net_profit,
        net_profit_pct: ratio(net_profit * Decimal::ONE_HUNDRED, run.initial_capital),
        fees: run.trades.iter().map(|trade| trade.fee.amount).sum(),
        funding: run.fundings.iter().map(|settled| settled.funding.amount.amount).sum(),
        charges: run.charges.iter().map(|charged| charged.charge.amount.amount).sum(),
        orders: run.orders,
        trades: count(run.trades.len()),
        round_trips: all.round_trips,
        rejected: run.rejected.clone(),
        win_rate_pct: all.win_rate_pct,
        profit_factor: all.profit_factor,
        expectancy: all.expectancy,
        payoff_ratio: all.payoff_ratio,
        max_drawdown: curve.max_drawdown,
        max_drawdown_pct,
        max_drawdown_duration: curve.max_drawdown_nanos.unsigned_abs() / 1_000_000_000,
        sharpe: daily.as_deref().and_then(returns::sharpe),
        sortino: daily.as_deref().and_then(returns::sortino),
        calmar: cagr_pct.filter(|_| max_drawdown_pct > 0.0).map(|cagr| cagr / max_drawdown_pct).and_then(finite),
        cagr_pct,
        recovery_factor: ratio(net_profit, curve.max_drawdown),
        sqn: returns::sqn(trips),
        exposure_pct: ratio(Decimal::from(curve.exposed_nanos) * Decimal::ONE_HUNDRED, Decimal::from(span)).unwrap_or(0.0),
        max_consecutive_wins: all.max_consecutive_wins,
        max_consecutive_losses: all.max_consecutive_losses,
        average_holding_time: all.average_holding_time,
        long: sides::of(trips.iter().filter(|trip| trip.side == PositionSide::Long)),
        short: sides::of(trips.iter().filter(|trip| trip.side == PositionSide::Short)),
    }
}

/// `part / whole`; `None` where the whole is zero.
fn ratio(part: Decimal, whole: Decimal) -> Option<f64> {
    part.checked_div(whole).map(float_of)
}

/// JSON knows neither infinity nor NaN, and neither ranks anything.
fn finite(value: f64) -> Option<f64> {
    value.is_finite().then_some(value)
}

fn count(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
