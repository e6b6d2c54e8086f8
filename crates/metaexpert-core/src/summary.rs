//! What a backtest came to: the numbers that `#[on_backtest]` judges, that the report shows and that the optimiser ranks.
//!
//! The one decision: amounts of money are exact decimals in the account's settlement currency and stand as strings in JSON,
//! everything that is a ratio is `f64`, and what has no value (a win rate without round trips) is `None`, never zero or
//! infinity. How each number is computed is the tester's business; `docs/guides/metrics.md` has the formulas.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// The numbers of one backtest. Percentages are percent (2.0 is 2 %), durations are seconds.
///
/// An author's own criterion is a function of them:
/// ```
/// use metaexpert_core::Summary;
/// fn criterion(summary: &Summary) -> f64 {
///     if summary.round_trips < 30 { return f64::NEG_INFINITY }
///     summary.sortino.unwrap_or(0.0) - summary.max_drawdown_pct / 10.0
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Summary {
    /// What the account started with.
    #[serde(serialize_with = "plain")]
    pub initial_capital: Decimal,
    /// What it ended with, after everything was closed.
    #[serde(serialize_with = "plain")]
    pub final_equity: Decimal,
    /// `final_equity - initial_capital`.
    #[serde(serialize_with = "plain")]
    pub net_profit: Decimal,
    /// `net_profit` in percent of `initial_capital`; `None` without capital.
    pub net_profit_pct: Option<f64>,
    /// Fees paid; negative where rebates prevail.
    #[serde(serialize_with = "plain")]
    pub fees: Decimal,
    /// Funding received; negative where it was paid.
    #[serde(serialize_with = "plain")]
    pub funding: Decimal,
    /// Interest, transfers and what the insurance paid; negative where it was paid. No part of a round trip, and left out where it
    /// is zero.
    #[serde(serialize_with = "plain", skip_serializing_if = "Decimal::is_zero")]
    pub charges: Decimal,
    /// Orders that the expert sent and the gate passed; protective orders and the close at the end are not among them.
    pub orders: u64,
    /// Executions, those of protective orders and of the close at the end included.
    pub trades: u64,
    /// Times that a position was opened and closed again completely.
    pub round_trips: u64,
    /// Orders that were refused, by rule.
    pub rejected: BTreeMap<&'static str, u64>,
    /// Round trips with a profit after costs, in percent of all of them; `None` without round trips.
    pub win_rate_pct: Option<f64>,
    /// Profit of all winners over loss of all losers; `None` without losers.
    pub profit_factor: Option<f64>,
    /// Average profit of a round trip, after costs; `None` without round trips.
    #[serde(serialize_with = "plain_or_null")]
    pub expectancy: Option<Decimal>,
    /// Average winner over average loser; `None` without either.
    pub payoff_ratio: Option<f64>,
    /// Largest fall of equity below its running peak.
    #[serde(serialize_with = "plain")]
    pub max_drawdown: Decimal,
    /// Largest fall of equity below its running peak, in percent of that peak; not always the same fall as `max_drawdown`.
    pub max_drawdown_pct: f64,
    /// Longest time from a peak until equity stood there again, or until the end; seconds.
    pub max_drawdown_duration: u64,
    /// Sharpe ratio of daily returns, annualised; `None` with fewer than two days of returns or without variation.
    pub sharpe: Option<f64>,
    /// Sortino ratio of daily returns, annualised; `None` with fewer than two days of returns or without a losing day.
    pub sortino: Option<f64>,
    /// `cagr_pct / max_drawdown_pct`; `None` where either has no value or there was no drawdown.
    pub calmar: Option<f64>,
    /// Compound annual growth rate in percent; `None` for less than a day, or where the capital was lost.
    pub cagr_pct: Option<f64>,
    /// `net_profit / max_drawdown`; `None` without a drawdown.
    pub recovery_factor: Option<f64>,
    /// System quality number of the round trips' profits; `None` with fewer than two or without variation.
    pub sqn: Option<f64>,
    /// Time with at least one open position, in percent of the whole time.
    pub exposure_pct: f64,
    /// Most winners in a row.
    pub max_consecutive_wins: u64,
    /// Most losers in a row.
    pub max_consecutive_losses: u64,
    /// Average time from the first entry to the last exit of a round trip, seconds; `None` without round trips.
    pub average_holding_time: Option<f64>,
    /// The round trips of long positions.
    pub long: SideSummary,
    /// The round trips of short positions.
    pub short: SideSummary,
}

/// The round trips of one side of the market. Units and `None` as in [`Summary`].
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct SideSummary {
    /// How many there were.
    pub round_trips: u64,
    /// Those with a profit, in percent.
    pub win_rate_pct: Option<f64>,
    /// Their profit after fees and funding.
    #[serde(serialize_with = "plain")]
    pub net_profit: Decimal,
    /// Profit of the winners, after costs.
    #[serde(serialize_with = "plain")]
    pub gross_profit: Decimal,
    /// Loss of the losers, after costs; zero or below.
    #[serde(serialize_with = "plain")]
    pub gross_loss: Decimal,
    /// Their fees.
    #[serde(serialize_with = "plain")]
    pub fees: Decimal,
    /// Their funding; negative where it was paid.
    #[serde(serialize_with = "plain")]
    pub funding: Decimal,
    /// `gross_profit / -gross_loss`.
    pub profit_factor: Option<f64>,
    /// Average profit of a round trip.
    #[serde(serialize_with = "plain_or_null")]
    pub expectancy: Option<Decimal>,
    /// Average winner over average loser.
    pub payoff_ratio: Option<f64>,
    /// Average profit of a winner; `None` without winners.
    #[serde(serialize_with = "plain_or_null")]
    pub average_win: Option<Decimal>,
    /// Average loss of a loser, below zero; `None` without losers.
    #[serde(serialize_with = "plain_or_null")]
    pub average_loss: Option<Decimal>,
    /// Most winners in a row.
    pub max_consecutive_wins: u64,
    /// Most losers in a row.
    pub max_consecutive_losses: u64,
    /// Average time in the market of a round trip, seconds.
    pub average_holding_time: Option<f64>,
}

/// One pass of an optimisation: what `#[on_backtest_pass]` is given.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Pass {
    /// Counts the passes from 1.
    pub number: u64,
    /// The expert's inputs by name, as text, in the order of their declaration.
    #[serde(serialize_with = "as_map")]
    pub inputs: Vec<(String, String)>,
    /// What it came to.
    pub summary: Summary,
    /// What it is ranked by: what `#[on_backtest]` returned, or the criterion that was asked for; `None` where that has no value.
    pub criterion: Option<f64>,
}

/// A decimal as a string of plain digits, without trailing zeros and without an exponent.
fn plain<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&value.normalize())
}

#[expect(clippy::ref_option, reason = "serde hands out a reference to the field")]
fn plain_or_null<S: Serializer>(value: &Option<Decimal>, serializer: S) -> Result<S::Ok, S::Error> {
    match value {
        Some(value) => plain(value, serializer),
        None => serializer.serialize_none(),
    }
}

fn as_map<S: Serializer>(pairs: &[(String, String)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(name, value)| (name, value)))
}
