//! Which record stands in which file, at which level, and how.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong should stop there")]

mod folder;

use std::{error::Error, fmt};

use folder::Folder;
use metaexpert_log::{
    Level, LogConfig, Logging, TRADE, TradeRecords, critical, debug, error, info, slog,
    slog::{Logger, o},
    trade, warning,
};

/// From which level of the log on a record is left out.
#[derive(Clone, Copy)]
enum In {
    /// It is always there.
    Always,
    /// It never is.
    Never,
    /// It is there when the log is set to this level, or to one below.
    UpTo(Level),
    /// As `UpTo`, unless the trader's audit asks for all of them.
    AuditedOrUpTo(Level),
}

impl In {
    fn holds(self, least: Level, trades: TradeRecords) -> bool {
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::UpTo(level) => least <= level,
            Self::AuditedOrUpTo(level) => trades == TradeRecords::Always || least <= level,
        }
    }
}

/// Which record stands where: in `expert.log`, in `trades.log`, in `errors.log`.
const RULES: [(&str, [In; 3]); 12] = {
    use In::*;
    use Level::*;
    [
        ("debug of nobody", [UpTo(Debug), Never, Never]),
        ("info of nobody", [UpTo(Info), Never, Never]),
        ("warning of nobody", [UpTo(Warning), Never, Never]),
        ("error of nobody", [UpTo(Error), Never, Always]),
        ("critical of nobody", [UpTo(Critical), Never, Always]),
        ("debug of trade", [UpTo(Debug), UpTo(Debug), Never]),
        ("info of trade", [UpTo(Trade), AuditedOrUpTo(Trade), Never]),
        ("warning of trade", [UpTo(Warning), AuditedOrUpTo(Warning), Never]),
        ("error of trade", [UpTo(Error), AuditedOrUpTo(Error), Always]),
        ("critical of trade", [UpTo(Critical), AuditedOrUpTo(Critical), Always]),
        ("info of an unknown category", [UpTo(Info), Never, Never]),
        ("by the macro for trades", [UpTo(Trade), AuditedOrUpTo(Trade), Never]),
    ]
};

fn log_one_of_each(log: &Logger) {
    debug!(log, "debug of nobody");
    info!(log, "info of nobody");
    warning!(log, "warning of nobody");
    error!(log, "error of nobody");
    critical!(log, "critical of nobody");
    slog::log!(log, slog::Level::Debug, TRADE, "debug of trade");
    slog::log!(log, slog::Level::Info, TRADE, "info of trade");
    slog::log!(log, slog::Level::Warning, TRADE, "warning of trade");
    slog::log!(log, slog::Level::Error, TRADE, "error of trade");
    slog::log!(log, slog::Level::Critical, TRADE, "critical of trade");
    slog::log!(log, slog::Level::Info, "weather", "info of an unknown category");
    trade!(log, "by the macro for trades");
}

#[test]
fn each_record_stands_where_its_level_and_category_say_and_nowhere_else() {
    for least in Level::ALL {
        for trades in [TradeRecords::Always, TradeRecords::FromLevel] {
            for json in [false, true] {
                let folder = Folder::new();
                let logging = Logging::start(&LogConfig { level: least, trades, json, ..folder.config() }).unwrap();
                log_one_of_each(&logging.logger());
                drop(logging);
                for (place, (name, is_json)) in
                    [("expert.log", json), ("trades.log", true), ("errors.log", json)].iter().enumerate()
                {
                    let text = folder.read(name);
                    let expected: Vec<_> =
                        RULES.iter().filter(|(_, rule)| rule[place].holds(least, trades)).map(|(message, _)| *message).collect();
                    let found: Vec<_> = text.lines().map(|line| message_of(line, *is_json)).collect();
                    assert_eq!(found, expected, "{name} at {least}, {trades:?}, json {json}");
                }
            }
        }
    }
}

fn message_of(line: &str, json: bool) -> String {
    if json {
        let record: serde_json::Value = serde_json::from_str(line).unwrap();
        record["message"].as_str().unwrap().to_owned()
    } else {
        line.split_once("[tester] ").unwrap().1.to_owned()
    }
}

#[test]
fn the_level_changes_while_running_from_the_next_record_on() {
    let folder = Folder::new();
    let logging = Logging::start(&LogConfig { level: Level::Info, ..folder.config() }).unwrap();
    let log = logging.logger().new(o!());
    debug!(log, "a");
    info!(log, "b");
    logging.set_level(Level::Error);
    warning!(log, "c");
    error!(log, "d");
    logging.set_level(Level::Debug);
    assert_eq!(logging.level(), Level::Debug);
    debug!(log, "e");
    logging.set_level(Level::Critical);
    error!(log, "f");
    drop(logging);
    let messages = |name: &str| folder.read(name).lines().map(|line| message_of(line, false)).collect::<String>();
    assert_eq!((messages("expert.log"), messages("errors.log")), ("bde".into(), "df".into()));
}

/// An error with one below it.
#[derive(Debug)]
struct Because(&'static str, Option<Box<Because>>);

impl fmt::Display for Because {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Error for Because {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.1.as_deref().map(|below| below as _)
    }
}

#[test]
fn an_error_stands_in_both_files_with_all_that_caused_it() {
    let resolved = Because("name not resolved", None);
    let connection = Because("no connection", Some(Box::new(resolved)));
    let refused = Because("order not sent", Some(Box::new(connection)));
    for (json, expected) in [
        (false, r#"the exchange is out of reach error="order not sent: no connection: name not resolved""#),
        (true, r#""message":"the exchange is out of reach","error":"order not sent: no connection: name not resolved""#),
    ] {
        let folder = Folder::new();
        let logging = Logging::start(&LogConfig { json, ..folder.config() }).unwrap();
        error!(logging.logger(), "the exchange is out of reach"; "error" => #&refused);
        critical!(logging.logger(), "the exchange is out of reach"; "error" => #&refused);
        drop(logging);
        for name in ["expert.log", "errors.log"] {
            let text = folder.read(name);
            assert_eq!(text.matches(expected).count(), 2, "{name}: {text}");
        }
    }
}

#[test]
fn a_log_without_files_leaves_no_trace_on_the_disk() {
    let folder = Folder::new();
    let config = LogConfig { to_file: false, ..folder.config() };
    let logging = Logging::start(&config).unwrap();
    critical!(logging.logger(), "nobody hears this");
    assert!(logging.flush(std::time::Duration::from_secs(10)));
    assert!(logging.metrics().files.is_empty());
    drop(logging);
    assert!(!config.directory.exists());
}

#[test]
fn the_files_can_have_other_names() {
    let folder = Folder::new();
    let names = ["all.txt", "audit.jsonl", "bad.txt"];
    let [expert_file, trade_file, error_file] = names.map(String::from);
    let logging = Logging::start(&LogConfig { expert_file, trade_file, error_file, ..folder.config() }).unwrap();
    log_one_of_each(&logging.logger());
    drop(logging);
    assert_eq!(names.map(|name| folder.read(name).lines().count()), [12, 6, 4]);
    assert_eq!(std::fs::read_dir(folder.config().directory).unwrap().count(), 3);
}
