//! `docs/guides/logging.md` is held against the code: its tables of levels, of options and of kinds of records. (Its examples
//! are tests of their own: `written_elsewhere` in `src/lib.rs`.)

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails where something cannot be")]

use std::{collections::BTreeSet, fs, path::Path};

use metaexpert::log::{
    Level, LogConfig, Logging, TRADE,
    slog::{BorrowedKV, Logger, Record, RecordLocation, RecordStatic},
};
use metaexpert_core::config::{KEYS, Key, Origin};

const GUIDE: &str = include_str!("../../../docs/guides/logging.md");

/// The rows below the heading of this table, cell by cell.
#[track_caller]
fn table(heading: &str) -> Vec<Vec<String>> {
    let (_, rest) = GUIDE.split_once(heading).unwrap();
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()).collect()
}

#[test]
fn the_guide_has_every_option_with_its_default_and_all_the_ways_to_set_it() {
    let row = |key: &Key| {
        let name = key.name;
        [
            name.to_owned(),
            key.default_text().unwrap(),
            Origin::Flag.place_of(name).replace("flag ", ""),
            Origin::Environment.place_of(name),
            format!("{name} = .."),
            format!(".{name}(..)"),
        ]
        .map(|cell| format!("`{cell}`"))
        .to_vec()
    };
    let keys: Vec<&Key> = KEYS.iter().filter(|key| key.group == "Logging").collect();
    assert!(keys.iter().all(|key| key.attribute));
    assert_eq!(table("| key | default | flag | variable | attribute | builder |"), keys.into_iter().map(row).collect::<Vec<_>>());
    let explained = table("| key | what it does |").concat().concat();
    for key in KEYS.iter().filter(|key| key.group == "Logging") {
        assert!(explained.contains(&format!("`{}`", key.name)), "{}", key.name);
    }
}

#[test]
fn the_guide_says_which_file_takes_which_level() {
    let rows = table("| level | macro | severity | `expert.log`, console | `trades.log` | `errors.log` |");
    assert_eq!(rows.len(), Level::ALL.len());
    for (level, row) in Level::ALL.into_iter().zip(rows) {
        let named = [level.name().to_owned(), format!("`{}!`", level.name().to_lowercase()), level.severity().to_string()];
        assert_eq!(row[..3], named);
        for least in Level::ALL {
            for &trade in categories(level) {
                let promised: Vec<bool> = row[3..].iter().map(|cell| is_taken(cell, level, trade, least)).collect();
                assert_eq!(files_with(level, trade, least), promised, "{level}, of trading: {trade}, log_level {least}");
            }
        }
    }
}

/// Whether records of a level can be of trading, or can be something else.
fn categories(level: Level) -> &'static [bool] {
    match level {
        Level::Debug | Level::Info => &[false],
        Level::Trade => &[true],
        Level::Warning | Level::Error | Level::Critical => &[false, true],
    }
}

/// What a cell of the table promises.
fn is_taken(cell: &str, level: Level, trade: bool, least: Level) -> bool {
    match cell {
        "by `log_level`" => level >= least,
        "always" => true,
        "of trading" => trade,
        "never" => false,
        other => panic!("{other}"),
    }
}

/// Which of `expert.log`, `trades.log` and `errors.log` takes a record.
fn files_with(level: Level, trade: bool, least: Level) -> Vec<bool> {
    let folder = tempfile::tempdir().unwrap();
    let config = LogConfig { directory: folder.path().into(), level: least, to_console: false, ..LogConfig::default() };
    let logging = Logging::start(&config).unwrap();
    write(&logging.logger(), level, trade);
    drop(logging);
    let has_it = |name: &String| !fs::read(folder.path().join(name)).unwrap().is_empty();
    [&config.expert_file, &config.trade_file, &config.error_file].into_iter().map(has_it).collect()
}

fn write(log: &Logger, level: Level, trade: bool) {
    static NOWHERE: RecordLocation = RecordLocation { file: "", line: 0, column: 0, function: "", module: "" };
    let place = RecordStatic { location: &NOWHERE, level: level.to_slog(), tag: if trade { TRADE } else { "" } };
    log.log(&Record::new(&place, &format_args!("something"), BorrowedKV(&())));
}

#[test]
fn the_guide_has_every_kind_of_record_that_the_framework_writes_and_no_other() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let mut written = BTreeSet::new();
    for name in CRATES {
        collect_kinds(&crates.join(name).join("src"), &mut written);
    }
    let rows = table("| msgid | level | when |");
    let named = rows.iter().flat_map(|row| row[0].split(", ")).map(|kind| kind.trim_matches('`').to_owned());
    assert_eq!(named.collect::<BTreeSet<String>>(), written);
}

/// Those that log on an expert's behalf.
const CRATES: &[&str] =
    &["metaexpert-core", "metaexpert-log", "metaexpert", "metaexpert-live", "metaexpert-store", "metaexpert-observe"];

/// Finds what stands as a `msgid` in the sources below a folder, their tests aside.
fn collect_kinds(folder: &Path, kinds: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect_kinds(&path, kinds);
        } else if !path.file_stem().unwrap().to_string_lossy().ends_with("tests") {
            let source = fs::read_to_string(&path).unwrap();
            let code = source.split("#[cfg(test)]\nmod tests {").next().unwrap();
            let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
            lines.for_each(|line| kinds.extend(kinds_in(line)));
        }
    }
}

/// The kinds in a line of code: what follows `"msgid" =>`, and what looks like one, as in the arms of a `match`.
fn kinds_in(line: &str) -> impl Iterator<Item = String> {
    let named = line.split_once("\"msgid\" => \"").and_then(|(_, rest)| rest.split('"').next());
    let alike = line.split('"').filter(|text| is_kind(text));
    named.into_iter().chain(alike).map(str::to_owned)
}

/// Whether this is a group and a kind, such as `order.filled`, and not the name of a file.
fn is_kind(text: &str) -> bool {
    let groups = [
        "account",
        "expert",
        "guard",
        "handler",
        "journal",
        "live",
        "log",
        "order",
        "paper",
        "position",
        "process",
        "reconcile",
        "risk",
    ];
    text.split_once('.').is_some_and(|(group, kind)| {
        groups.contains(&group) && kind != "log" && kind.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_')
    })
}
