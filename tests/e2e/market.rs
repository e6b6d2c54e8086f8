//! `examples/book-pressure` over a file of ticks and books, from the command line to the report; and what is refused where data and
//! fill model do not fit.
use std::path::Path;

use metaexpert_core::UnixNanos;
use metaexpert_data::{MarketRow, MarketWriter, RowKind};

use super::expert::{Ended, Expert};

const CONFIGURATION: i32 = 3;
const DATA: i32 = 4;
const FLAGS: &str = "--symbol BTCUSDT --taker-fee-pct 0.05 --maker-fee-pct 0.02 --report out";

fn row(seconds: i64, kind: RowKind, price: i64, quantity: i64) -> MarketRow {
    let time = UnixNanos::parse("2024-01-01").unwrap().saturating_add_nanos(seconds * 1_000_000_000);
    MarketRow { time, local_time: time, kind, price, quantity, clears: false, ends: true }
}

/// Ten minutes of a book whose sides outweigh each other in turns, a message each second; and prints, if there are to be any.
fn rows(has_prints: bool) -> Vec<MarketRow> {
    let mut rows = vec![MarketRow { clears: true, ..row(0, RowKind::Bid, 600_000, 10) }];
    for second in 1..600 {
        let price = 600_000 + second / 7;
        let (bids, asks) = if second / 60 % 2 == 0 { (900, 100) } else { (100, 900) };
        rows.push(MarketRow { ends: false, ..row(second, RowKind::Bid, price, bids) });
        rows.push(row(second, RowKind::Ask, price + 1 + second % 5, asks));
        if has_prints {
            rows.push(row(second, RowKind::Bought, price + 1, 5));
        }
    }
    rows
}

fn write(path: &Path, rows: &[MarketRow]) {
    let mut writer = MarketWriter::create(path, 1, 3).unwrap();
    for row in rows {
        writer.push(*row).unwrap();
    }
    writer.finish().unwrap();
}

fn run(home: &Path, words: &str) -> Ended {
    Expert::on_books(home).with_words(FLAGS).with_words(words).run()
}

#[test]
fn a_day_of_books_runs_from_the_file_to_the_report() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("btc.parquet"), &rows(true));
    let expert = Expert::on_books(home.path()).with_words(FLAGS).with_words("--fill-model book --data btc.parquet");
    let report = expert.report("out").unwrap();
    let times: Vec<_> = report.equity.records().map(|line| line["time"].to_owned()).collect();
    assert_eq!(times.first().map(String::as_str), Some("2024-01-01T00:01:00Z"), "{times:?}");
    assert_eq!((times.len(), times.last().map(String::as_str)), (10, Some("2024-01-01T00:10:00Z")), "a line for each minute");
    // Buyers outweigh sellers every other minute; without an order the handlers have not been called.
    let orders = report.summary("orders").as_u64().unwrap();
    assert!(orders > 0, "{:?}", report.json["summary"]);
}

#[test]
fn the_same_run_on_books_writes_the_same_bytes() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("btc.parquet"), &rows(true));
    let [first, second] = ["one", "two"].map(|report| {
        let words = format!("--fill-model book --data btc.parquet --report {report}");
        let ended = Expert::on_books(home.path()).with_words(&FLAGS.replace("--report out", "")).with_words(&words).run();
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ["report.json", "trades.csv", "equity.csv"].map(|file| std::fs::read(home.path().join(report).join(file)).unwrap())
    });
    assert_eq!(first, second);
}

#[test]
fn a_run_may_begin_within_the_data() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("btc.parquet"), &rows(true));
    let words = "--fill-model book --data btc.parquet --backtest-start 2024-01-01T00:05:00Z --backtest-end 2024-01-01T00:08:00Z";
    let expert = Expert::on_books(home.path()).with_words(FLAGS).with_words(words);
    assert_eq!(expert.report("out").unwrap().equity.rows.len(), 3);
}

#[test]
fn latency_and_queue_change_what_is_filled_and_wrong_ones_are_refused() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("btc.parquet"), &rows(true));
    std::fs::write(
        home.path().join("measured.csv"),
        "sent,reached,answered\n1704067200000000000,1704067203000000000,1704067204000000000\n",
    )
    .unwrap();
    let first_trade = |more: &str| {
        let words = format!("--fill-model book --data btc.parquet {more}");
        let report = Expert::on_books(home.path()).with_words(FLAGS).with_words(&words).report("out").unwrap();
        report.trades.records().next().map(|line| line["time"].to_owned()).unwrap()
    };
    let at_once = first_trade("");
    assert_eq!(first_trade("--latency none --queue-model risk_averse"), at_once);
    let late = first_trade("--latency constant:feed=1s,order=2s,answer=0ms");
    assert!(late > at_once, "{late} is not after {at_once}");
    assert_eq!(first_trade("--latency file:measured.csv"), late, "measured: three seconds on the way to the exchange");
    for (words, code, said) in [
        ("--latency soon", CONFIGURATION, "flag --latency: `soon` is refused: `soon` is not a latency; write none, constant:5ms"),
        (
            "--queue-model fifo",
            CONFIGURATION,
            "flag --queue-model: `fifo` is not a queue model; write risk_averse, power:3 or logarithm",
        ),
        ("--latency file:nowhere.csv", DATA, "flag --latency: nowhere.csv: "),
    ] {
        let ended = run(home.path(), &format!("--fill-model book --data btc.parquet {words}"));
        assert!(ended.stderr.contains(said), "{words}: `{said}` is not in\n{}", ended.stderr);
        assert_eq!(ended.code, Some(code), "{words}: {}", ended.stderr);
    }
    let on_bars = run(home.path(), "--data synthetic:seed=1,bars=200 --latency constant:5ms");
    assert!(on_bars.stderr.contains("flag --latency: has no effect in a backtest: its data is bars"), "{}", on_bars.stderr);
}

#[test]
fn data_that_does_not_fit_the_fill_model_is_refused_with_the_way_out() {
    let home = tempfile::tempdir().unwrap();
    write(&home.path().join("books.parquet"), &rows(false));
    let prints: Vec<_> = rows(true).into_iter().filter(|row| row.kind.is_print()).collect();
    write(&home.path().join("prints.parquet"), &prints);
    std::fs::write(home.path().join("bars.csv"), "timestamp,open,high,low,close,volume\n1640995200,1,1,1,1,1\n").unwrap();
    for (words, code, said) in [
        ("--fill-model book --data prints.parquet", CONFIGURATION, "prints.parquet has no order book; the nearest is `ticks`"),
        (
            "--fill-model ticks --data books.parquet",
            CONFIGURATION,
            "books.parquet has neither quotes nor public trades; the nearest is `book`",
        ),
        ("--fill-model book --data bars.csv", DATA, "bars.csv: not a file of ticks and books: it is not Parquet"),
        (
            "--fill-model book --data synthetic",
            CONFIGURATION,
            "has bars only; fill_model `book` needs a file that `metaexpert data convert` has made",
        ),
        (
            "--fill-model book",
            CONFIGURATION,
            "has bars only; fill_model `book` needs a file that `metaexpert data convert` has made",
        ),
        ("--data books.parquet", DATA, "books.parquet holds ticks and books, and fill_model `ohlc` needs bars"),
        ("--fill-model book --data books.parquet --tick-size 0.5", DATA, "is not a multiple of the instrument's tick 0.5"),
        (
            "--fill-model book --data books.parquet --backtest-start 2024-01-02",
            DATA,
            "is after the last row; books.parquet covers",
        ),
    ] {
        let ended = run(home.path(), words);
        assert!(ended.stderr.contains(said), "{words}: `{said}` is not in\n{}", ended.stderr);
        assert_eq!(ended.code, Some(code), "{words}: {}", ended.stderr);
    }
}
