//! Funding of a run on recorded rates, against a computation by hand: from the report's executions and the files of the rates and
//! of the mark prices, which are read here anew.
use std::collections::BTreeMap;

use metaexpert_tests::reference::{Exact, exact, parse_time, plain};

use super::expert::{Expert, Report, flags, recorded};

const XRP: &str = "symbol=XRPUSDT timeframe=5m fast=12 slow=26 size-type=fixed_base size-value=1000 allow-short=true \
    taker-fee-pct=0.05 maker-fee-pct=0.02 tick-size=0.0001 lot-size=0.1 min-notional=5 initial-capital=10000 log-to-file=false";

fn run(words: &str) -> Option<Report> {
    let bars = recorded("xrpusdt-perp-5m-2021-11.csv")?;
    let home = tempfile::tempdir().unwrap();
    let words = format!("{words} data={} report=out", bars.display());
    let expert = Expert::in_folder(home.path()).with(&flags(XRP)).with(&flags(&words));
    Some(expert.report("out").unwrap_or_else(|error| panic!("{error}\n  {}", expert.command_line())))
}

/// The columns of a file of bars by their opening time, in minutes since 1970: how the first of them is written.
fn opens(name: &str) -> Option<BTreeMap<i64, Exact>> {
    let text = std::fs::read_to_string(recorded(name)?).unwrap();
    let row = |line: &str| {
        let mut cells = line.split(',');
        let millis: i64 = cells.next().unwrap().parse().unwrap();
        (millis / 60_000, exact(cells.next().unwrap()).unwrap())
    };
    Some(text.lines().skip(1).map(row).collect())
}

/// What each settlement came to: the position as it was just before, times the mark price, times the rate, from longs to shorts.
fn by_hand(report: &Report, rates: &BTreeMap<i64, Exact>, mark_at: impl Fn(i64) -> Exact) -> Vec<Exact> {
    let minute = |time: &str| parse_time(time).unwrap() / 60_000_000_000;
    let settled = |(at, rate): (&i64, &Exact)| {
        let mut held = exact("0").unwrap();
        for trade in report.trades.records().filter(|trade| minute(trade["time"]) < *at) {
            let quantity = exact(trade["quantity"]).unwrap();
            held += if trade["side"] == "buy" { quantity } else { -quantity };
        }
        -held * mark_at(*at) * rate
    };
    rates.iter().map(settled).collect()
}

fn sum(amounts: impl IntoIterator<Item = Exact>) -> String {
    plain(&amounts.into_iter().sum::<Exact>()).unwrap()
}

#[test]
fn the_funding_of_a_run_is_what_a_computation_by_hand_comes_to() {
    let (Some(file), Some(marks_file)) = (recorded("xrpusdt-perp-funding-raw.csv"), recorded("xrpusdt-perp-mark-8h.csv")) else {
        return;
    };
    let (rates, marks) = (opens("xrpusdt-perp-funding-raw.csv").unwrap(), opens("xrpusdt-perp-mark-8h.csv").unwrap());
    let report = run(&format!("funding={}?rate=open&marks={}", file.display(), marks_file.display())).unwrap();
    let amounts = by_hand(&report, &rates, |at| marks[&at].clone());
    let zero = exact("0").unwrap();
    assert!(amounts.iter().filter(|amount| **amount != zero).count() >= 5, "there is something to settle");
    assert_eq!(report.summary("funding"), sum(amounts).as_str());
    let of_trips = report.round_trips.records().map(|trip| exact(trip["funding"]).unwrap());
    assert_eq!(report.summary("funding"), sum(of_trips).as_str());
    // It is in the balance, and nothing else has changed.
    let (without, words) = (run("").unwrap(), ["time", "side", "quantity", "price"]);
    assert_eq!(report.trades.only(&words), without.trades.only(&words));
    let difference = [&report, &without].map(|report| exact(report.summary("final_equity").as_str().unwrap()).unwrap());
    assert_eq!(report.summary("funding"), sum([difference[0].clone() - &difference[1]]).as_str());
    let notes = report.json["notes"].to_string();
    assert!(notes.contains("funding of XRPUSDT: 91 rates") && notes.contains("at the mark price"), "{notes}");
    assert!(without.json["notes"].to_string().contains("no funding series was given: funding is zero"));
}

#[test]
fn a_fixed_rate_is_settled_every_eight_hours_at_the_last_price() {
    let Some(report) = run("funding=fixed:0.03%/8h") else { return };
    let bars = std::fs::read_to_string(recorded("xrpusdt-perp-5m-2021-11.csv").unwrap()).unwrap();
    let close = |line: &str| {
        let cells: Vec<&str> = line.split(',').collect();
        (cells[0].parse::<i64>().unwrap() / 60_000 + 5, exact(cells[4]).unwrap())
    };
    let closes: BTreeMap<i64, Exact> = bars.lines().skip(1).map(close).collect();
    let (first, last) = (*closes.keys().next().unwrap(), *closes.keys().last().unwrap());
    let rates = (first..last).filter(|minute| minute % 480 == 0).map(|minute| (minute, exact("0.0003").unwrap())).collect();
    let amounts = by_hand(&report, &rates, |at| closes[&at].clone());
    assert!(amounts.len() > 15);
    assert_eq!(report.summary("funding"), sum(amounts).as_str());
}
