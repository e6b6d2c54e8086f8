//! Which source wins: for keys of every type and for inputs, in every combination of the sources that can set them.

use std::fmt::Write;

use metaexpert_core::config::Line;

use super::*;

/// A key of each type: its default, and what code, attribute, file, `.env`, environment and flag say of it. What the attribute cannot
/// set has `""` there.
const KEYS: [(&str, [&str; 7]); 14] = [
    ("log_to_file", ["true", "false", "true", "false", "true", "false", "true"]),
    ("leverage", ["1", "2", "3", "4", "5", "6", "7"]),
    ("lookback_bars", ["100", "11", "12", "13", "14", "15", "16"]),
    ("initial_capital", ["10000", "0.1", "", "0.30000000000000004", "0.4", "0.5", "0.6"]),
    ("daily_loss_limit", ["-", "10.5", "20.5", "30.5", "40.5", "50.5", "60.5"]),
    ("stop_loss_pct", ["-", "1", "1.5", "2", "2.5", "3", "3.5"]),
    ("log_level", ["info", "debug", "trade", "warning", "error", "critical", "debug"]),
    ("comment", ["-", "code", "attribute", "file", "dotenv", "environment", "flag"]),
    ("timeframe", ["1h", "1m", "3m", "5m", "15m", "30m", "4h"]),
    ("trade_hours", ["-", "1", "2,3", "3,4,5", "4", "5,6", "6"]),
    ("allowed_days", ["-", "mon", "tue,wed", "wed,thu", "thu", "fri", "sat,sun"]),
    ("log_max_file_size", ["10 MiB", "1 MiB", "2 MiB", "3 MiB", "4 MiB", "5 MiB", "6 MiB"]),
    (
        "backtest_start",
        [
            "-",
            "2021-01-01T00:00:00Z",
            "",
            "2023-01-01T00:00:00Z",
            "2024-01-01T12:00:00Z",
            "2025-01-01T00:00:00Z",
            "2026-01-01T00:00:00Z",
        ],
    ),
    ("position_mode", ["hedge", "oneway", "", "hedge", "oneway", "hedge", "oneway"]),
];

/// Inputs, which code and attribute cannot set.
const INPUTS: [(&str, [&str; 7]); 2] =
    [("fast", ["12", "", "", "6", "7", "8", "9"]), ("allow_short", ["false", "", "", "true", "false", "true", "false"])];

/// The file, in the types of TOML.
const FILE: &str = "\
log_to_file = false
leverage = 4
lookback_bars = 13
initial_capital = 0.30000000000000004
daily_loss_limit = 30.5
stop_loss_pct = 2.0
log_level = \"warning\"
comment = 'file'
timeframe = \"5m\"
trade_hours = [3, 4, 5]
allowed_days = [\"wed\", \"thu\"]
log_max_file_size = \"3 MiB\"
backtest_start = 2023-01-01
position_mode = \"hedge\"
[inputs]
fast = 6
allow_short = true
";

fn code() -> MetaExpert {
    MetaExpert::new("binance")
        .log_to_file(false)
        .leverage(2)
        .lookback_bars(11)
        .initial_capital(0.1)
        .daily_loss_limit(10.5)
        .stop_loss_pct(1)
        .log_level("debug")
        .comment("code")
        .timeframe("1m")
        .trade_hours("1")
        .allowed_days("mon")
        .log_max_file_size("1 MiB")
        .backtest_start("2021-01-01")
        .position_mode("oneway")
}

const ATTRIBUTE: OnInit = OnInit::new()
    .log_to_file(true)
    .leverage(3)
    .lookback_bars(12)
    .daily_loss_limit(20.5)
    .stop_loss_pct(1.5)
    .log_level("trade")
    .comment("attribute")
    .timeframe("3m")
    .trade_hours("2-3")
    .allowed_days("tue,wed")
    .log_max_file_size("2 MiB");

/// What a source says, one line for each value.
fn lines(source: usize, line: impl Fn(&str, &str) -> String, input: impl Fn(&str, &str) -> String) -> String {
    let mut text = String::new();
    for (names, line) in [(KEYS.as_slice(), &line as &dyn Fn(&str, &str) -> String), (INPUTS.as_slice(), &input)] {
        for (name, values) in names {
            writeln!(text, "{}", line(name, values[source])).unwrap();
        }
    }
    text
}

fn variables(source: usize, quote: &str) -> String {
    let variable = |name: &str, value: &str| {
        let value = if quote.is_empty() { value.replace(' ', "") } else { value.to_owned() };
        format!("METAEXPERT_{}={quote}{value}{quote}", name.to_uppercase())
    };
    lines(source, variable, |name, value| variable(&format!("input_{name}"), value))
}

fn flags(source: usize) -> String {
    let flag = |name: &str, value: &str| format!("--{}={}", name.replace('_', "-"), value.replace(' ', ""));
    lines(source, flag, flag)
}

/// The source with this place in the tables above.
fn origin(source: usize, row: usize, is_input: bool) -> Origin {
    // A heading stands above the file's inputs.
    let line = |path: &str, heading: usize| {
        let number = if is_input { KEYS.len() + heading + row } else { row } + 1;
        Line { path: path.into(), number }
    };
    match source {
        0 => Origin::Default,
        1 => Origin::Code,
        2 => Origin::Attribute,
        3 => Origin::File(line("metaexpert.toml", 1)),
        4 => Origin::EnvironmentFile(line(".env", 0)),
        5 => Origin::Environment,
        _ => Origin::Flag,
    }
}

/// The strongest source of the set that says something.
fn winner(set: usize, values: [&str; 7]) -> usize {
    (1..7).rev().find(|source| set & (1 << (source - 1)) != 0 && !values[*source].is_empty()).unwrap_or(0)
}

#[test]
fn the_strongest_source_wins_in_every_combination_and_is_remembered() {
    for set in 0..1 << 6 {
        let has = |source: usize| set & (1 << (source - 1)) != 0;
        let folder = TempDir::new().unwrap();
        let program = if has(1) { code() } else { MetaExpert::new("binance") };
        let expert = subject::<Cross>("cross", if has(2) { &ATTRIBUTE } else { const { &OnInit::new() } });
        if has(3) {
            fs::write(folder.path().join("metaexpert.toml"), FILE).unwrap();
        }
        if has(4) {
            fs::write(folder.path().join(".env"), variables(4, "'")).unwrap();
        }
        let environment = if has(5) { variables(5, "") } else { String::new() };
        let flags = if has(6) { flags(6) } else { String::new() };
        let args = format!("--trade-mode backtest {flags}");
        let Ended { plans, err, .. } = planned_in(folder.path(), &program, &[expert], &args, &environment);
        let plan = plans.unwrap_or_else(|exit| panic!("{set:06b}: {exit:?}: {err}")).remove(0);

        let texts = plan.resolved.config.texts();
        for (row, (key, values)) in KEYS.into_iter().enumerate() {
            let source = winner(set, values);
            let found = texts.iter().find(|(name, _)| *name == key).and_then(|(_, text)| text.as_deref());
            let found = (found.unwrap_or("-"), plan.resolved.origins.of(key));
            assert_eq!(found, (values[source], Some(origin(source, row, false))), "{set:06b} {key}");
        }
        for (row, ((input, values), (name, shown))) in INPUTS.into_iter().zip(plan.shown_inputs(&cross())).enumerate() {
            let source = winner(set, values);
            let found = plan.input(input).map_or(Origin::Default, |said| said.origin.clone());
            assert_eq!((name.as_str(), shown.as_str(), found), (input, values[source], origin(source, row, true)), "{set:06b}");
        }
    }
}
