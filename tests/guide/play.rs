//! A block as a run of the real program, and what its report says, in the words of a block.
//!
//! Unless a block says otherwise: BTCUSDT on futures, bars of an hour from midnight of 2024-01-01 on, tick 0.1, lot 0.001, no
//! smallest value, no fees, no slippage, 10,000 USDT, and one coin an order.

use std::{collections::BTreeMap, fmt::Write as _, path::Path, process::Command};

use metaexpert::prelude::{Timeframe, UnixNanos};
use serde_json::Value;

use crate::block::Block;

const USUAL: &[(&str, &str)] = &[
    ("trade_mode", "backtest"),
    ("timeframe", "1h"),
    ("tick_size", "0.1"),
    ("lot_size", "0.001"),
    ("min_notional", "0"),
    ("taker_fee_pct", "0"),
    ("maker_fee_pct", "0"),
    ("initial_capital", "10000"),
    ("log_to_file", "false"),
];
const BEGIN: &str = "2024-01-01";

/// What comes of an example, line by line.
pub(crate) fn outcome(block: &Block) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let mut settings: BTreeMap<&str, &str> = USUAL.iter().copied().collect();
    settings.extend(block.settings.iter().map(|(key, value)| (key.as_str(), value.as_str())));
    let timeframe = Timeframe::parse(settings["timeframe"]).unwrap();

    let rows = block.bars.iter().enumerate().map(|(number, prices)| (time(timeframe, number), prices.as_str()));
    write_bars(&home.path().join("bars.csv"), rows);
    settings.extend([("data", "bars.csv"), ("report", "report")]);
    if let Some((length, rows)) = &block.detail {
        write_bars(&home.path().join("detail.csv"), beneath(rows, timeframe, Timeframe::parse(length).unwrap()));
        settings.extend([("detail_timeframe", length.as_str()), ("detail_data", "detail.csv")]);
    }
    let orders: Vec<String> = block.orders.iter().map(|(bar, order)| format!("{bar} {order}")).collect();
    let orders = orders.join("; ");
    settings.insert("orders", &orders);

    let flags = settings.iter().flat_map(|(key, value)| [format!("--{}", key.replace('_', "-")), (*value).to_owned()]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_scripted-expert"));
    let output = command.args(flags).current_dir(home.path()).env_clear().output().unwrap();
    if !output.status.success() {
        // What is refused before it runs is told by its error.
        let said = String::from_utf8(output.stderr).unwrap();
        return said.lines().filter(|line| line.starts_with("error: ")).map(str::to_owned).collect();
    }
    told(&home.path().join("report"), timeframe)
}

/// When the bar of this number opens.
fn time(timeframe: Timeframe, number: usize) -> UnixNanos {
    let begin = UnixNanos::parse(BEGIN).unwrap();
    begin.saturating_add_nanos(timeframe.nanos() * i64::try_from(number).unwrap())
}

/// Bars beneath others: the first of each opens with it, the others follow.
fn beneath(rows: &[(usize, String)], timeframe: Timeframe, length: Timeframe) -> impl Iterator<Item = (UnixNanos, &str)> {
    let mut before = BTreeMap::<usize, i64>::new();
    rows.iter().map(move |(bar, prices)| {
        let place = before.entry(*bar).or_default();
        let opens = time(timeframe, *bar).saturating_add_nanos(length.nanos() * *place);
        *place += 1;
        (opens, prices.as_str())
    })
}

fn write_bars<'a>(path: &Path, rows: impl Iterator<Item = (UnixNanos, &'a str)>) {
    let mut text = "timestamp,open,high,low,close,volume\n".to_owned();
    rows.for_each(|(time, prices)| writeln!(text, "{time},{prices},1").unwrap());
    std::fs::write(path, text).unwrap();
}

/// A report in the words of a block: executions, funding, refusals, final equity.
fn told(report: &Path, timeframe: Timeframe) -> Vec<String> {
    let read = |name: &str| std::fs::read_to_string(report.join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("report.json")).unwrap();
    let trades = read("trades.csv");
    let mut lines = trades.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let columns = lines.next().unwrap();
    let bars = json["data"]["bars"].as_u64().unwrap();
    let mut told: Vec<String> = lines
        .map(|cells| {
            let record: BTreeMap<&str, &str> = columns.iter().copied().zip(cells).collect();
            execution(&record, timeframe, usize::try_from(bars).unwrap())
        })
        .collect();
    let summary = &json["summary"];
    if summary["funding"] != "0" {
        told.push(format!("funding {}", summary["funding"].as_str().unwrap()));
    }
    // Left out of the report where there are none.
    if let Some(charges) = summary["charges"].as_str() {
        told.push(format!("charges {charges}"));
    }
    for (rule, count) in summary["rejected"].as_object().unwrap() {
        told.push(format!("refused {count} {rule}"));
    }
    told.push(format!("equity {}", summary["final_equity"].as_str().unwrap()));
    told
}

/// `1 buy long 1 @ 102 fee 0.05 signal`; `maker`, fee and profit only where there is one.
fn execution(record: &BTreeMap<&str, &str>, timeframe: Timeframe, bars: usize) -> String {
    let mut words = vec![
        when(record["time"], timeframe, bars),
        format!("{} {} {} @ {}", record["side"], record["position_side"], record["quantity"], record["price"]),
    ];
    if record["liquidity"] == "maker" {
        words.push("maker".to_owned());
    }
    for (name, column) in [("fee", "fee"), ("pnl", "realized_pnl")] {
        if record[column] != "0" {
            words.push(format!("{name} {}", record[column]));
        }
    }
    words.push(record["reason"].to_owned());
    words.join(" ")
}

/// The number of the bar, with the minutes since its open if any; `end` where the last bar has closed.
fn when(text: &str, timeframe: Timeframe, bars: usize) -> String {
    const MINUTE: i64 = 60_000_000_000;
    let since = UnixNanos::parse(text).unwrap().nanos_since(UnixNanos::parse(BEGIN).unwrap());
    let (bar, rest) = (since / timeframe.nanos(), since % timeframe.nanos());
    match rest / MINUTE {
        0 if usize::try_from(bar).unwrap() == bars => "end".to_owned(),
        0 => bar.to_string(),
        minutes => format!("{bar}+{minutes}m"),
    }
}
