//! The summary for people, as plain text. Amounts are rounded here, and only here; the report has every digit.

use std::fmt::{self, Write};

use metaexpert_core::{SideSummary, Summary};
use metaexpert_data::BarSeries;
use rust_decimal::Decimal;

use crate::{Report, Run};

/// The summary of a report; `directory` is where its files are, if they were written.
pub fn table(report: &Report<'_>, directory: Option<&str>) -> String {
    let mut text = String::new();
    // Writing into a string cannot fail.
    let _ = write_table(&mut text, report, directory);
    text
}

fn write_table(out: &mut String, report: &Report<'_>, directory: Option<&str>) -> fmt::Result {
    let Report { run, summary, .. } = report;
    heading(out, run)?;
    result(out, run, summary)?;
    risk(out, summary)?;
    round_trips(out, summary)?;
    orders(out, run, summary)?;
    for note in &run.notes {
        writeln!(out, "\nNote: {note}")?;
    }
    if let Some(directory) = directory {
        writeln!(out, "\nReport: {directory}")?;
    }
    Ok(())
}

fn heading(out: &mut String, run: &Run) -> fmt::Result {
    if run.series.iter().any(|(_, series)| series.synthetic) {
        writeln!(out, "SYNTHETIC DATA: these prices were generated, nobody ever traded at them.\n")?;
    }
    writeln!(out, "{} on {} {}", run.expert, run.symbol, run.timeframe)?;
    for (instrument, series) in &run.series {
        row(out, run.instruments.get(*instrument).symbol.as_str(), &data(series))?;
    }
    Ok(())
}

fn data(series: &BarSeries) -> String {
    let missing: u64 = series.gaps.iter().map(|gap| gap.missing).sum();
    let gaps = match series.gaps.len() {
        0 => "no gap".to_owned(),
        1 => format!("1 gap ({missing} bars missing)"),
        many => format!("{many} gaps ({missing} bars missing)"),
    };
    let span = series.bars.first().zip(series.bars.last()).map(|(first, last)| format!(", {} to {}", first.time, last.time));
    let (source, bars, length) = (&series.source, series.bars.len(), series.timeframe);
    format!("{source}: {bars} bars of {length}{}, {gaps}", span.unwrap_or_default())
}

fn result(out: &mut String, run: &Run, summary: &Summary) -> fmt::Result {
    writeln!(out, "\nResult ({})", run.currency)?;
    row(out, "initial capital", &money(summary.initial_capital))?;
    row(out, "final equity", &money(summary.final_equity))?;
    row(out, "net profit", &format!("{} ({})", money(summary.net_profit), percent(summary.net_profit_pct)))?;
    row(out, "fees", &money(summary.fees))?;
    row(out, "funding", &money(summary.funding))?;
    if !summary.charges.is_zero() {
        row(out, "interest and the like", &money(summary.charges))?;
    }
    row(out, "growth per year", &percent(summary.cagr_pct))?;
    row(out, "time in the market", &percent(Some(summary.exposure_pct)))
}

fn risk(out: &mut String, summary: &Summary) -> fmt::Result {
    writeln!(out, "\nRisk")?;
    row(out, "largest drawdown", &money(summary.max_drawdown))?;
    row(out, "in percent of its peak", &percent(Some(summary.max_drawdown_pct)))?;
    row(out, "longest drawdown", &duration(summary.max_drawdown_duration))?;
    row(out, "Sharpe ratio", &number(summary.sharpe))?;
    row(out, "Sortino ratio", &number(summary.sortino))?;
    row(out, "Calmar ratio", &number(summary.calmar))?;
    row(out, "recovery factor", &number(summary.recovery_factor))?;
    row(out, "system quality (SQN)", &number(summary.sqn))
}

fn round_trips(out: &mut String, summary: &Summary) -> fmt::Result {
    writeln!(out, "\n{:<24}{:>16}{:>16}{:>16}", "Round trips", "all", "long", "short")?;
    let (long, short) = (&summary.long, &summary.short);
    let mut line =
        |label, all, of: fn(&SideSummary) -> String| writeln!(out, "  {label:<22}{all:>16}{:>16}{:>16}", of(long), of(short));
    line("count", summary.round_trips.to_string(), |side| side.round_trips.to_string())?;
    line("net profit", money(long.net_profit + short.net_profit), |side| money(side.net_profit))?;
    line("winners", percent(summary.win_rate_pct), |side| percent(side.win_rate_pct))?;
    line("profit factor", number(summary.profit_factor), |side| number(side.profit_factor))?;
    line("average", amount(summary.expectancy), |side| amount(side.expectancy))?;
    line("payoff ratio", number(summary.payoff_ratio), |side| number(side.payoff_ratio))?;
    line("wins in a row", summary.max_consecutive_wins.to_string(), |side| side.max_consecutive_wins.to_string())?;
    line("losses in a row", summary.max_consecutive_losses.to_string(), |side| side.max_consecutive_losses.to_string())?;
    line("average time", held(summary.average_holding_time), |side| held(side.average_holding_time))
}

fn orders(out: &mut String, run: &Run, summary: &Summary) -> fmt::Result {
    writeln!(out, "\nOrders")?;
    row(out, "sent", &summary.orders.to_string())?;
    row(out, "executions", &summary.trades.to_string())?;
    for (rule, count) in &summary.rejected {
        row(out, &format!("refused: {rule}"), &count.to_string())?;
    }
    if run.errors > 0 {
        row(out, "errors of handlers", &run.errors.to_string())?;
    }
    match run.criterion {
        Some(criterion) => row(out, "the author's criterion", &format!("{criterion}")),
        None => Ok(()),
    }
}

fn row(out: &mut String, label: &str, value: &str) -> fmt::Result {
    writeln!(out, "  {label:<22}  {value}")
}

/// What has no value.
const NONE: &str = "-";

fn money(amount: Decimal) -> String {
    format!("{:.2}", amount.round_dp(2))
}

fn amount(amount: Option<Decimal>) -> String {
    amount.map_or_else(|| NONE.to_owned(), money)
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.2}"))
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| format!("{value:.2} %"))
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a time from an entry to an exit, in whole seconds")]
fn held(seconds: Option<f64>) -> String {
    seconds.map_or_else(|| NONE.to_owned(), |seconds| duration(seconds.round() as u64))
}

fn duration(seconds: u64) -> String {
    let (days, hours, minutes, seconds) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min {seconds} s"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, _, _) => format!("{days} d {hours} h"),
    }
}
