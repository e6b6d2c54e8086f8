//! What a backtest logs, held against its report, its flags and the way it ends.

mod lines; // <- read first: the files of a run, and their lines

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use super::expert::{Ended, Expert, Table};
use lines::{JsonRecord, TextRecord, all_text, json_records, json_records_of, read, text_records, text_records_of};

/// Long and short, with stops: every kind of record that an order can have.
const TRADING: &str = "--data synthetic:seed=7,bars=600 --allow-short true --stop-loss-pct 1";

const HOME: &str = "logs";

/// Runs a backtest that must succeed.
#[track_caller]
fn backtest(home: &Path, words: &str, variables: &[(&str, &str)]) -> Ended {
    let expert = Expert::in_folder(home).with_words(TRADING).with_words(words);
    let expert = variables.iter().fold(expert, |expert, (name, value)| expert.with_variable(name, value));
    let ended = expert.run();
    assert_eq!(ended.code, Some(0), "{}\n{}{}", expert.command_line(), ended.stdout, ended.stderr);
    ended
}

fn names_in(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    entries.collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn a_backtest_at_debug_leaves_three_files_each_with_what_belongs_there() {
    let home = tempfile::tempdir().unwrap();
    let ended = backtest(home.path(), "--log-level debug --report out", &[]);
    let logs = home.path().join(HOME);
    assert_eq!(names_in(&logs), ["errors.log", "expert.log", "trades.log"]);

    let all = text_records(&logs.join("expert.log"));
    let levels: BTreeSet<_> = all.iter().map(|record| record.level.as_str()).collect();
    assert_eq!(levels, BTreeSet::from(["DEBUG", "INFO", "TRADE"]));
    for TextRecord { level, who, line, .. } in &all {
        let of_the_run = line.contains("] started ") || line.contains("] ended ");
        assert_eq!(who, if of_the_run { "binance-ema" } else { "binance-ema BTCUSDT" }, "{line}");
        assert_eq!(level == "INFO", of_the_run, "{line}");
    }
    assert_eq!(read(&logs.join("expert.log")), ended.stderr, "the console shows what the file has");

    let trades = json_records(&logs.join("trades.log"));
    assert!(trades.iter().all(|record| record.text("level") == Some("TRADE")), "nothing went wrong in this run");
    assert_eq!(trades.len(), all.iter().filter(|record| record.level == "TRADE").count());
    let kinds: BTreeSet<_> = trades.iter().filter_map(|record| record.text("msgid")).collect();
    for kind in ["order.submitted", "order.accepted", "order.filled", "execution", "position.opened", "position.closed"] {
        assert!(kinds.contains(kind), "no {kind} in {kinds:?}");
    }
    assert_eq!(read(&logs.join("errors.log")), "");
}

#[test]
fn simulated_time_stands_in_every_record_after_the_first_and_never_goes_back() {
    let home = tempfile::tempdir().unwrap();
    backtest(home.path(), "--log-level debug --report out", &[]);
    let all = text_records(&home.path().join("logs/expert.log"));
    let times: Vec<_> = all.iter().map(|record| record.simulated_time.as_deref()).collect();
    assert!(times[0].is_none() && all[0].line.contains("] started "), "there is no time before the first bar: {}", all[0].line);
    assert!(times[1..].iter().all(Option::is_some));
    assert!(times.is_sorted(), "{:?}", times.windows(2).find(|pair| pair[0] > pair[1]));
    let trades = json_records(&home.path().join("logs/trades.log"));
    let times: Vec<_> = trades.iter().map(|record| record.text("simulated_time").unwrap()).collect();
    assert!(times.is_sorted(), "{:?}", times.windows(2).find(|pair| pair[0] > pair[1]));
}

#[test]
fn the_executions_of_trades_log_are_the_rows_of_the_report() {
    let home = tempfile::tempdir().unwrap();
    backtest(home.path(), "--log-level trade --report out", &[]);
    let logged = json_records(&home.path().join("logs/trades.log"));
    let logged: Vec<&JsonRecord> = logged.iter().filter(|record| record.text("msgid") == Some("execution")).collect();
    let report = Table::read(&read(&home.path().join("out/trades.csv")));
    assert_eq!(logged.len(), report.rows.len());
    assert!(logged.len() > 20, "{} trades are too few to tell anything", logged.len());
    for (number, (record, row)) in (1..).zip(logged.iter().zip(report.records())) {
        let same = ["symbol", "side", "position_side", "quantity", "price", "fee", "fee_currency", "liquidity", "reason"];
        for column in same {
            assert_eq!(record.text(column), row.get(column).copied(), "{column} of {}", record.line);
        }
        // A protective exit has no order of ours: the report has an empty cell, the record no field.
        assert_eq!(record.text("order_id").unwrap_or_default(), row["order_id"], "{}", record.line);
        assert_eq!(record.text("order_id").is_none(), row["reason"] == "stop_loss", "{}", record.line);
        assert_eq!(record.text("trade_id"), Some(number.to_string().as_str()), "{}", record.line);
        assert_eq!(record.text("simulated_time").unwrap(), row["time"].replace('Z', ".000000Z"), "{}", record.line);
    }
}

#[test]
fn a_backtest_says_nothing_of_its_trades_unless_a_level_is_set() {
    let home = tempfile::tempdir().unwrap();
    let ended = backtest(home.path(), "--report out", &[]);
    assert_eq!(ended.stderr, "");
    for name in ["expert.log", "trades.log", "errors.log"] {
        assert_eq!(read(&home.path().join(HOME).join(name)), "", "{name}");
    }
}

#[test]
fn what_is_logged_changes_no_byte_of_the_report() {
    let home = tempfile::tempdir().unwrap();
    let runs = [
        ("quiet", ""),
        ("loud", "--log-level debug --json-logging --log-dir elsewhere"),
        ("none", "--log-to-file false --log-to-console false"),
    ];
    for (folder, words) in runs {
        backtest(home.path(), &format!("{words} --report {folder}"), &[]);
    }
    let names = names_in(&home.path().join("quiet"));
    for folder in ["loud", "none"] {
        assert_eq!(names_in(&home.path().join(folder)), names);
        for name in &names {
            let same = read(&home.path().join("quiet").join(name)) == read(&home.path().join(folder).join(name));
            assert!(same, "{name} is not the same in quiet/ and {folder}/");
        }
    }
}

#[test]
fn the_folder_and_the_level_are_the_flags_else_the_variables_else_the_default() {
    for (flags, variables, folder, levels) in [
        ("", &[][..], "logs", &[][..]),
        ("", &[("METAEXPERT_LOG_LEVEL", "trade"), ("METAEXPERT_LOG_DIR", "of/variable")], "of/variable", &["TRADE"]),
        (
            "--log-level info --log-dir of/flag",
            &[("METAEXPERT_LOG_LEVEL", "error"), ("METAEXPERT_LOG_DIR", "of/variable")],
            "of/flag",
            &["INFO", "TRADE"],
        ),
        ("--log-level error", &[("METAEXPERT_LOG_LEVEL", "debug")], "logs", &[]),
    ] {
        let home = tempfile::tempdir().unwrap();
        backtest(home.path(), &format!("--report out {flags}"), variables);
        let log = text_records(&home.path().join(folder).join("expert.log"));
        let found: BTreeSet<_> = log.iter().map(|record| record.level.as_str()).collect();
        assert_eq!(found, levels.iter().copied().collect(), "{flags} {variables:?}");
        let first = folder.split('/').next().unwrap();
        assert_eq!(names_in(home.path()), [first, "out"], "no other folder is made: {flags} {variables:?}");
    }
}

#[test]
fn without_files_there_is_no_folder_and_without_a_console_no_line_on_standard_error() {
    let home = tempfile::tempdir().unwrap();
    let ended = backtest(home.path(), "--log-level debug --log-to-file false --report out", &[]);
    assert_eq!(names_in(home.path()), ["out"]);
    assert!(ended.stderr.contains(" TRADE [binance-ema BTCUSDT] executed: "), "{}", ended.stderr);

    let home = tempfile::tempdir().unwrap();
    let ended = backtest(home.path(), "--log-level debug --log-to-console false --report out", &[]);
    assert_eq!(ended.stderr, "");
    assert!(read(&home.path().join("logs/expert.log")).contains(" TRADE [binance-ema BTCUSDT] executed: "));
    assert!(ended.stdout.contains("SYNTHETIC"), "the summary is not a log: {}", ended.stdout);
}

#[test]
fn json_logging_makes_expert_log_json_and_leaves_the_console_to_people() {
    let home = tempfile::tempdir().unwrap();
    let ended = backtest(home.path(), "--log-level debug --json-logging --report out", &[]);
    let all = json_records(&home.path().join("logs/expert.log"));
    let shown = text_records_of(&ended.stderr);
    assert_eq!(all.len(), shown.len());
    for (record, shown) in all.iter().zip(&shown) {
        assert_eq!(record.text("level"), Some(shown.level.as_str()));
        assert_eq!(record.text("simulated_time"), shown.simulated_time.as_deref());
        assert_eq!(record.text("expert_name"), Some("binance-ema"));
        assert_eq!(record.value["strategy_id"], 1001);
        assert_eq!(record.text("account_id"), Some("binance:simulated"));
    }
}

#[test]
fn a_log_that_cannot_be_had_is_refused_before_anything_is_written() {
    for (words, error) in [
        (
            "--log-level warn",
            "flag --log-level: `warn` is not one of `debug`, `info`, `trade`, `warning`, `error`, `critical`; the nearest is `warning`",
        ),
        ("--log-max-file-size 3", "flag --log-max-file-size: `3` is not in 1 KiB to 1 TiB; the nearest is `1 KiB`"),
        ("--log-backup-count 9999", "flag --log-backup-count: `9999` is not in 0 to 1000; the nearest is `1000`"),
        ("--json-logging maybe", "flag --json-logging: `maybe` is neither `true` nor `false`"),
        (
            "--log-dir x/{symbol}",
            "flag --log-dir: `x/{symbol}` has something else in braces than `{expert}`; the nearest is `logs/{expert}`",
        ),
        ("--log-file a/b", "flag --log-file: `a/b` is not the plain name of a file; its folder is `log_dir`; the nearest is `b`"),
        (
            "--log-file same.log --log-error-file same.log",
            "flag --log-error-file: `same.log` is the file of `log_file` too (flag --log-file); give each its own name",
        ),
        (
            "--log-trade-file expert.log.1",
            "flag --log-trade-file: `expert.log.1` is among the backups of `log_file` too (default of log_file); give each its own name",
        ),
    ] {
        let home = tempfile::tempdir().unwrap();
        let ended = Expert::in_folder(home.path()).with_words(TRADING).with_words("--report out").with_words(words).run();
        assert_eq!((ended.code, ended.stderr), (Some(3), format!("error: {error}\n")), "{words}");
        assert!(names_in(home.path()).is_empty(), "{words}");
    }
    let home = tempfile::tempdir().unwrap();
    let ended = Expert::in_folder(home.path()).with_words(TRADING).with_variable("METAEXPERT_LOG_LEVEL", "loud").run();
    assert_eq!(ended.code, Some(3));
    assert!(ended.stderr.starts_with("error: METAEXPERT_LOG_LEVEL: `loud` is not one of `debug`"), "{}", ended.stderr);
}

#[test]
fn full_files_are_put_aside_and_compressed_and_no_line_is_torn() {
    let home = tempfile::tempdir().unwrap();
    let words = "--data synthetic:seed=7,bars=20000 --allow-short true --size-type fixed_base --size-value 0.01 --report out \
        --log-level debug --log-max-file-size 64KiB --log-backup-count 3 --log-compress";
    let ended = Expert::in_folder(home.path()).with_words(words).run();
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
    let logs = home.path().join(HOME);
    let names = names_in(&logs);
    for log in ["expert.log", "trades.log"] {
        let backups: Vec<_> = (1..=3).map(|place| backup(&logs, log, place)).collect();
        assert_eq!(backups.len() + 1, names.iter().filter(|name| name.starts_with(log)).count(), "{names:?}");
    }
    // The last ones may still have to wait for the next start; those before them do not.
    assert!(names.iter().any(|name| Path::new(name).extension().is_some_and(|end| end == "gz")), "{names:?}");
    for name in &names {
        let text = all_text(&logs.join(name));
        assert!(text.len() <= 64 << 10, "{name} has {} bytes", text.len());
        assert!(text.is_empty() || text.ends_with('\n'), "{name} ends in half a line");
    }

    // What is left is the end of the run, without a gap.
    let oldest_first = |log: &str| -> String {
        let backups = [3, 2, 1].map(|place| all_text(&backup(&logs, log, place)));
        backups.into_iter().chain([read(&logs.join(log))]).collect()
    };
    let last_of_all = text_records_of(&oldest_first("expert.log")).pop().unwrap();
    assert!(last_of_all.line.contains("] ended "), "{}", last_of_all.line);
    let trades = json_records_of(&oldest_first("trades.log"));
    let executions = trades.iter().filter(|record| record.text("msgid") == Some("execution"));
    let executions: Vec<usize> = executions.map(|record| record.text("trade_id").unwrap().parse().unwrap()).collect();
    let last = Table::read(&read(&home.path().join("out/trades.csv"))).rows.len();
    assert!(executions.len() > 20 && executions.len() < last, "{} of {last}", executions.len());
    assert_eq!(executions, (last + 1 - executions.len()..=last).collect::<Vec<_>>());
}

/// The full file of this place, in the form that it has by now.
fn backup(logs: &Path, log: &str, place: u32) -> PathBuf {
    let [plain, compressed] = ["", ".gz"].map(|end| logs.join(format!("{log}.{place}{end}")));
    assert!(plain.exists() != compressed.exists(), "there is one of {} and its .gz", plain.display());
    if plain.exists() { plain } else { compressed }
}

#[cfg(unix)]
#[test]
fn a_signal_in_the_middle_of_a_run_is_logged_and_tears_no_line() {
    use std::{
        io::{BufRead, BufReader, Read},
        os::unix::process::ExitStatusExt,
        process::{Command, Stdio},
    };

    let home = tempfile::tempdir().unwrap();
    let words = "--data synthetic:seed=7,bars=1000000 --timeframe 1m --log-level debug --report out";
    let mut child = Expert::in_folder(home.path()).with_words(words).command().stderr(Stdio::piped()).spawn().unwrap();
    let mut shown = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("] executed: ") {
        line.clear();
        assert!(shown.read_line(&mut line).unwrap() > 0, "the run ended before it traded");
    }
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    // Somebody who reads along, and is no reason to wait.
    shown.read_to_string(&mut line).unwrap();
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(15), "{status}");

    let logs = home.path().join(HOME);
    assert!(!home.path().join("out").exists(), "a run that was ended has no report");
    let log = text_records(&logs.join("expert.log"));
    let behind = log.iter().rev().position(|record| record.line.ends_with(" INFO  [expert-under-test] ended by SIGTERM"));
    // The one record that its thread was just handing over, and no other.
    assert!(behind.is_some_and(|records| records <= 1), "{behind:?} behind it; {}", log.last().unwrap().line);
    json_records(&logs.join("trades.log"));
}
