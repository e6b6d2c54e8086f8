//! Several experts in one program, end to end: one after the other in a backtest, at the same time on paper.
//!
//! What they log is in `logs`.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends with a panic, and the lint's own exception does not reach a test's helpers"
)]

mod logs;

use std::{fs, process::Command};

#[test]
fn an_expert_that_panics_is_halted_and_the_other_one_has_its_report() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("reports");
    let output = Command::new(env!("CARGO_BIN_EXE_several-experts"))
        .args(["--trade-mode", "backtest", "--data", "synthetic:seed=7,bars=240", "--report"])
        .arg(&report)
        .current_dir(folder.path())
        .output()
        .unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("error: expert reckless: the handler `on_bar` panicked: a hundred bars are too many"), "{errors}");
    let report = fs::read_to_string(report.join("pairs/report.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["criterion"], 42.0);
    assert_eq!(report["expert"], "Pairs");
    assert_eq!(report["series"].as_array().map(Vec::len), Some(1), "ether's bars stand beside bitcoin's");
    assert!(!folder.path().join("reports/reckless").exists());
}

#[test]
fn experts_trade_on_paper_side_by_side_and_one_that_panics_ends_alone() {
    let folder = tempfile::tempdir().unwrap();
    // The first expert looks back on five hours and builds bars of four: its history begins at midnight.
    let flags = "--trade-mode paper --data synthetic:seed=7,start=2024-01-01T05:00:00Z,bars=30 --speed 100000";
    let mut command = Command::new(env!("CARGO_BIN_EXE_several-experts"));
    let output = command.args(flags.split(' ')).current_dir(folder.path()).output().unwrap();
    let (said, errors) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(1), "{errors}");
    assert!(errors.contains("error: expert reckless: the handler `on_bar` panicked: a hundred bars are too many"), "{errors}");
    for (line, ended) in [
        ("Pairs on BTCUSDT 1h, on paper", "30, after 5 of history"),
        ("steady on ETHUSDT 1h, on paper", "30, after 100 of history"),
        ("reckless on BTCUSDT 1h, on paper", "0, after 100 of history"),
    ] {
        let summary = said.split("SYNTHETIC DATA").find(|summary| summary.contains(line)).unwrap_or_else(|| panic!("{said}"));
        assert!(summary.contains(ended), "{summary}");
    }
}
