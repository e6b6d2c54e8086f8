//! Backtests the expert on a made-up market, as a user would, and reads its report.

use std::{env, fs, path::Path, process::Command};

use serde_json::Value;

const BARS: usize = 2000;

/// Runs the expert in a folder of its own, so that only its code counts: not metaexpert.toml, not
/// .env, and no variable of the machine that the test runs on.
fn backtest(report: &Path) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut expert = Command::new(env!(concat!("CARGO_BIN_EXE_", env!("CARGO_PKG_NAME"))));
    for (name, _) in env::vars_os() {
        if name.to_string_lossy().starts_with("METAEXPERT_") {
            expert.env_remove(name);
        }
    }
    expert.args([
        "--trade-mode",
        "backtest",
        "--data",
        &format!("synthetic:seed=1,bars={BARS}"),
    ]);
    let output = expert
        .arg("--report")
        .arg(report)
        .current_dir(folder)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn a_backtest_leaves_a_report_with_numbers() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("report");
    backtest(&folder);

    let report = fs::read_to_string(folder.join("report.json")).unwrap();
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["data"]["bars"], BARS);
    let equity: f64 = report["summary"]["final_equity"]
        .as_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!(equity > 0.0, "{equity}");

    // A line for each bar and for each trade, below the headings.
    let lines_of = |file: &str| {
        fs::read_to_string(folder.join(file))
            .unwrap()
            .lines()
            .count()
    };
    assert_eq!(lines_of("equity.csv"), 1 + BARS);
    assert_eq!(
        Value::from(lines_of("trades.csv") - 1),
        report["summary"]["trades"]
    );
}
