//! The binary and the reference compute the same run to the last decimal.
use std::sync::atomic::{AtomicU64, Ordering};

use metaexpert_tests::reference::{
    Exact, Outcome, ReferenceError, Results, Settings, equity_csv, exact, plain, read_csv, round_trips_csv, rounded, run,
    trades_csv,
};
use serde_json::Value;

use super::expert::{Expert, Flags, Report, flags, recorded};
use super::random_run::RandomRun;

/// Random runs of the differential test. `AUDIT_RUNS=5000` makes more; `AUDIT_SEED=17` is one again, and keeps its folder.
const RUNS: u64 = 800;

#[test]
fn the_issues_command_prints_what_the_reference_computes() {
    let Some(data) = recorded("btcusd-perp-1m-2022-01.csv") else { return };
    let flags = flags(
        "symbol=BTCUSDT timeframe=1m fast=20 slow=60 size-type=fixed_base size-value=0.1 stop-loss-pct=1 take-profit-pct=2 \
         taker-fee-pct=0.05 maker-fee-pct=0.02 tick-size=0.1 lot-size=0.001",
    );
    let report = compare(&std::fs::read_to_string(&data).unwrap(), flags).unwrap_or_else(|difference| panic!("{difference}"));
    assert_eq!(report.json["data"]["bars"], 45_031);
    assert!(report.round_trips.rows.len() > 100, "the command should trade: {}", report.round_trips.rows.len());
}

#[test]
fn random_runs_print_what_the_reference_computes() {
    let number = |name: &str| std::env::var(name).ok().map(|text| text.parse::<u64>().expect("a whole number"));
    let seeds = number("AUDIT_SEED").map_or(1..number("AUDIT_RUNS").unwrap_or(RUNS) + 1, |seed| seed..seed + 1);
    let next = AtomicU64::new(seeds.start);
    let work = || {
        let mut done = Vec::new();
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return done;
            }
            let RandomRun { csv, flags } = RandomRun::from_seed(seed);
            done.push((seed, compare(&csv, flags)));
        }
    };
    let mut done: Vec<(u64, Result<Report, String>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        workers.into_iter().flat_map(|worker| worker.join().expect("a worker ends")).collect()
    });
    done.sort_by_key(|(seed, _)| *seed);

    let runs = done.len();
    let different: Vec<(u64, &String)> = done.iter().filter_map(|(seed, result)| Some((*seed, result.as_ref().err()?))).collect();
    for (seed, difference) in different.iter().skip(1).take(50) {
        eprintln!("AUDIT_SEED={seed}: {difference}");
    }
    if let Some((seed, difference)) = different.first() {
        let others: Vec<u64> = different.iter().map(|(seed, _)| *seed).collect();
        panic!("{} of {runs} runs differ, seeds {others:?}\nAUDIT_SEED={seed}: {difference}", others.len());
    }
    let traded = done.iter().filter(|(_, result)| result.as_ref().is_ok_and(|report| !report.trades.rows.is_empty())).count();
    assert!(runs == 1 || traded * 2 > runs, "only {traded} of {runs} runs trade at all");
}

/// Runs both over the same bars; the binary's report, or the first difference with the command line.
fn compare(csv: &str, mut flags: Flags) -> Result<Report, String> {
    let settings = Settings::from_flags(&flags).map_err(|error| format!("the reference refuses the flags: {error}"))?;
    let bars = read_csv(csv).map_err(|error| format!("the reference refuses the data: {error}"))?;
    let expected = run(&settings, &bars);

    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("bars.csv"), csv).unwrap();
    flags.extend([("data".to_owned(), "bars.csv".to_owned()), ("report".to_owned(), "out".to_owned())]);
    let expert = Expert::in_folder(home.path()).with(&flags);
    let result = expert.report("out").and_then(|report| differ(&report, &settings, &expected).map(|()| report));
    result.map_err(|difference| {
        let kept =
            if std::env::var_os("AUDIT_SEED").is_some() { format!("in {}: ", home.keep().display()) } else { String::new() };
        format!("{difference}\n  {kept}{}", expert.command_line())
    })
}

/// `Err` with the first difference.
fn differ(report: &Report, settings: &Settings, expected: &Outcome) -> Result<(), String> {
    let endless = |error: ReferenceError| format!("the reference: {error}");
    let trades = trades_csv(settings, &expected.trades).map_err(endless)?;
    let columns: Vec<&str> = trades[0].split(',').collect();
    same_lines("trades.csv", &report.trades.only(&columns), &trades)?;

    let round_trips = round_trips_csv(settings, &expected.round_trips).map_err(endless)?;
    let columns: Vec<&str> = round_trips[0].split(',').collect();
    same_lines("round_trips.csv", &report.round_trips.only(&columns), &round_trips)?;

    let equity = equity_csv(&expected.equity).map_err(endless)?;
    same_lines("equity.csv", &report.equity.only(&["time", "equity", "balance", "drawdown_pct"]), &equity)?;
    same_summary(report, expected)
}

fn same_lines(file: &str, binary: &[String], reference: &[String]) -> Result<(), String> {
    for line in 0..binary.len().max(reference.len()) {
        let [left, right] = [binary, reference].map(|lines| lines.get(line).map_or("(nothing)", String::as_str));
        if left != right {
            return Err(format!("{file} line {}\n  binary    {left}\n  reference {right}", line + 1));
        }
    }
    Ok(())
}

fn same_summary(report: &Report, expected: &Outcome) -> Result<(), String> {
    let summary = &expected.summary;
    if summary.net_profit() != summary.all.net_profit {
        return Err("the reference's round trips do not add up to its balance".to_owned());
    }
    let binary = &report.json["summary"];
    same_money(binary, "initial_capital", &summary.initial_capital)?;
    same_money(binary, "final_equity", &summary.final_equity)?;
    same_money(binary, "net_profit", &summary.net_profit())?;
    same_money(binary, "fees", &summary.fees)?;
    same_money(binary, "funding", &nothing())?;
    same_money(binary, "max_drawdown", &summary.max_drawdown)?;
    same(binary, "orders", &summary.orders.into())?;
    same(binary, "trades", &summary.trades.into())?;
    same(binary, "max_drawdown_duration", &(summary.max_drawdown_duration / 1_000_000_000).into())?;
    close_to(binary, "net_profit_pct", Some(summary.net_profit_pct()))?;
    close_to(binary, "max_drawdown_pct", Some(summary.max_drawdown_pct.clone()))?;
    close_to(binary, "recovery_factor", summary.recovery_factor())?;
    close_to(binary, "exposure_pct", summary.exposure_pct())?;
    for (name, value) in [
        ("sharpe", summary.sharpe),
        ("sortino", summary.sortino),
        ("cagr_pct", summary.cagr_pct),
        ("calmar", summary.calmar()),
        ("sqn", summary.sqn),
    ] {
        near(binary, name, value.map(|value| exact(&format!("{value:e}")).unwrap()), "1e-7")?;
    }
    same_results(binary, &summary.all)?;
    for (side, results) in [("long", &summary.long), ("short", &summary.short)] {
        let binary = &binary[side];
        same_results(binary, results)
            .and_then(|()| same_money(binary, "net_profit", &results.net_profit))
            .and_then(|()| same_money(binary, "gross_profit", &results.won))
            .and_then(|()| same_money(binary, "gross_loss", &-&results.lost))
            .and_then(|()| same_money(binary, "fees", &results.fees))
            .and_then(|()| same_money(binary, "funding", &nothing()))
            .and_then(|()| close_to(binary, "average_win", results.average_win()))
            .and_then(|()| close_to(binary, "average_loss", results.average_loss()))
            .map_err(|difference| format!("{side}: {difference}"))?;
    }
    same_refusals(&binary["rejected"], expected)
}

/// What the whole summary and each side of it have in common.
fn same_results(binary: &Value, results: &Results) -> Result<(), String> {
    same(binary, "round_trips", &results.round_trips.into())?;
    same(binary, "max_consecutive_wins", &results.max_consecutive_wins.into())?;
    same(binary, "max_consecutive_losses", &results.max_consecutive_losses.into())?;
    close_to(binary, "win_rate_pct", results.win_rate_pct())?;
    close_to(binary, "profit_factor", results.profit_factor())?;
    close_to(binary, "expectancy", results.expectancy())?;
    close_to(binary, "payoff_ratio", results.payoff_ratio())?;
    close_to(binary, "average_holding_time", results.average_holding_time())
}

fn same_money(binary: &Value, name: &str, reference: &Exact) -> Result<(), String> {
    same(binary, name, &plain(reference).map_err(|error| error.to_string())?.into())
}

fn same(binary: &Value, name: &str, reference: &Value) -> Result<(), String> {
    let binary = &binary[name];
    if binary == reference { Ok(()) } else { Err(format!("summary.{name}\n  binary    {binary}\n  reference {reference}")) }
}

/// A rule that refused nothing may be there with 0 or not at all.
fn same_refusals(binary: &Value, expected: &Outcome) -> Result<(), String> {
    let mut counted: Vec<(String, u64)> = Vec::new();
    for (rule, count) in binary.as_object().ok_or("summary.rejected is no table")? {
        counted.push((rule.clone(), count.as_u64().ok_or("summary.rejected holds no counts")?));
    }
    counted.retain(|(_, count)| *count > 0);
    counted.sort();
    let mut reference: Vec<(String, u64)> =
        expected.summary.rejected.iter().map(|(rule, count)| (rule.name().to_owned(), u64::try_from(*count).unwrap())).collect();
    reference.sort();
    if counted == reference {
        Ok(())
    } else {
        Err(format!("summary.rejected\n  binary    {counted:?}\n  reference {reference:?}"))
    }
}

/// A quotient of decimals has no last decimal: ten significant digits are asked for.
fn close_to(binary: &Value, name: &str, reference: Option<Exact>) -> Result<(), String> {
    near(binary, name, reference, "1e-10")
}

/// The same to a share of the value. What is a mean over a deviation, in floating point on both sides, loses digits
/// where the deviation is small against the mean, so it gets a wider one.
fn near(binary: &Value, name: &str, reference: Option<Exact>, share: &str) -> Result<(), String> {
    let binary = &binary[name];
    let text = binary.as_str().map(str::to_owned).or_else(|| binary.as_number().map(ToString::to_string));
    let close = match (text.map(|text| exact(&text)), &reference) {
        (None, None) => binary.is_null(),
        (Some(Ok(printed)), Some(expected)) => magnitude(&(printed - expected)) <= magnitude(expected) * exact(share).unwrap(),
        _ => false,
    };
    if close {
        return Ok(());
    }
    let reference = reference.map_or_else(|| "none".to_owned(), |value| plain(&rounded(&value, 12)).unwrap());
    Err(format!("summary.{name}\n  binary    {binary}\n  reference {reference}"))
}

fn nothing() -> Exact {
    Exact::from_integer(0.into())
}

fn magnitude(value: &Exact) -> Exact {
    value.clone().max(-value)
}
