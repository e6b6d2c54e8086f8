//! The same run is the same bytes, and what comes later changes nothing that came before.
use std::collections::BTreeMap;
use std::path::Path;

use super::expert::{Expert, Flags, Report, flags, recorded};
use super::random_run::RandomRun;

const SIGNALS_ONLY: &str = "symbol=BTCUSDT timeframe=1m fast=20 slow=60 size-type=fixed_base size-value=0.1 taker-fee-pct=0.05 \
    maker-fee-pct=0.02 tick-size=0.1 lot-size=0.001";
const PROTECTION: &str = "stop-loss-pct=1 take-profit-pct=2 trailing-stop-pct=0.7 trailing-activation-pct=0.5 breakeven-pct=0.4 \
    allow-short=true slippage-pct=0.01";

#[test]
fn the_same_run_twice_is_the_same_bytes_in_both_folders() {
    let RandomRun { csv, flags } = RandomRun::from_seed(7);
    let home = tempfile::tempdir().unwrap();
    write(home.path(), &csv);
    let files = ["first", "second"].map(|folder| {
        run(home.path(), &flags, folder);
        files_of(&home.path().join(folder))
    });
    assert_eq!(files[0].keys().collect::<Vec<_>>(), files[1].keys().collect::<Vec<_>>());
    for (name, bytes) in &files[0] {
        let (first, second) = (String::from_utf8_lossy(bytes), String::from_utf8_lossy(&files[1][name]));
        let difference = first.lines().zip(second.lines()).find(|(first, second)| first != second);
        assert!(bytes == &files[1][name], "{name} differs: {difference:?}");
    }
    assert!(["report.json", "trades.csv", "round_trips.csv", "equity.csv"].iter().all(|name| files[0].contains_key(*name)));
}

#[test]
fn the_synthetic_default_is_the_same_bytes_and_says_what_it_is() {
    let home = tempfile::tempdir().unwrap();
    let flags = flags("data=synthetic:seed=7,bars=2000 symbol=BTCUSDT timeframe=1h size-type=fixed_base size-value=0.01");
    let files = ["first", "second"].map(|folder| {
        let mut flags = flags.clone();
        flags.push(("report".to_owned(), folder.to_owned()));
        let ended = Expert::in_folder(home.path()).with(&flags).run();
        assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stdout.contains("SYNTHETIC"), "{}", ended.stdout);
        files_of(&home.path().join(folder))
    });
    assert!(files[0] == files[1]);
    let json: serde_json::Value = serde_json::from_slice(&files[0]["report.json"]).unwrap();
    assert_eq!((&json["data"]["synthetic"], &json["data"]["bars"]), (&true.into(), &2000.into()));
}

#[test]
fn cutting_a_small_data_set_after_any_bar_changes_nothing_before_it() {
    for seed in [3, 11, 12] {
        let RandomRun { csv, flags } = RandomRun::from_seed(seed);
        let bars = csv.lines().count() - 1;
        cut_and_compare(&csv, &flags, 2..bars, &format!("seed {seed}"));
    }
}

#[test]
fn cutting_the_recorded_month_after_some_bars_changes_nothing_before_it() {
    let Some(data) = recorded("btcusd-perp-1m-2022-01.csv") else { return };
    let csv = std::fs::read_to_string(data).unwrap();
    // A step that shares no factor with an hour or a day, so that the cuts fall everywhere in them.
    let cuts = (97..45_031).step_by(1_871);
    cut_and_compare(&csv, &flags(&format!("{SIGNALS_ONLY} {PROTECTION}")), cuts, "recorded");
}

/// Runs on the first `cut` bars, for each cut, and holds that against the run on all of them.
fn cut_and_compare(csv: &str, flags: &Flags, cuts: impl Iterator<Item = usize>, what: &str) {
    let home = tempfile::tempdir().unwrap();
    write(home.path(), csv);
    let whole = run(home.path(), flags, "whole");
    let lines: Vec<&str> = csv.lines().collect();
    for cut in cuts {
        write(home.path(), &lines[..=cut].join("\n"));
        let part = run(home.path(), flags, "part");
        assert_eq!(part.equity.rows.len(), cut, "{what}, cut after bar {cut}");
        same_past(&whole, &part).unwrap_or_else(|difference| panic!("{what}, cut after bar {cut}: {difference}"));
    }
}

fn same_past(whole: &Report, part: &Report) -> Result<(), String> {
    // The last line holds the forced close; what is before it must be the same.
    let known = part.equity.rows.len() - 1;
    let end = &part.equity.rows[known][0];
    same("equity", &whole.equity.rows[..known], &part.equity.rows[..known])?;
    let forced = |row: &&Vec<String>| row.iter().any(|cell| cell == "end_of_data");
    for (file, whole, part, time) in
        [("trades", &whole.trades, &part.trades, "time"), ("round trips", &whole.round_trips, &part.round_trips, "exit_time")]
    {
        let place = whole.columns.iter().position(|column| column == time).unwrap();
        let before: Vec<Vec<String>> = whole.rows.iter().filter(|row| row[place] < *end).cloned().collect();
        let part: Vec<Vec<String>> = part.rows.iter().filter(|row| !forced(row)).cloned().collect();
        same(file, &before, &part)?;
    }
    Ok(())
}

fn same(file: &str, whole: &[Vec<String>], part: &[Vec<String>]) -> Result<(), String> {
    for line in 0..whole.len().max(part.len()) {
        let (left, right) = (whole.get(line), part.get(line));
        if left != right {
            return Err(format!("{file} row {}\n  whole {left:?}\n  cut   {right:?}", line + 1));
        }
    }
    Ok(())
}

fn write(home: &Path, csv: &str) {
    std::fs::write(home.join("bars.csv"), csv).unwrap();
}

fn run(home: &Path, flags: &Flags, folder: &str) -> Report {
    let mut flags = flags.clone();
    flags.extend([("data".to_owned(), "bars.csv".to_owned()), ("report".to_owned(), folder.to_owned())]);
    let expert = Expert::in_folder(home).with(&flags);
    expert.report(folder).unwrap_or_else(|error| panic!("{error}\n  {}", expert.command_line()))
}

fn files_of(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries.map(|entry| (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())).collect()
}
