//! No secret comes out of a log, wherever it was put in and wherever the record goes.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that goes wrong should stop there")]

mod child;
mod shapes;

use std::{
    error::Error,
    fmt, fs,
    io::Read,
    path::{Path, PathBuf},
    process::Output,
    thread,
    time::Duration,
};

use flate2::read::GzDecoder;
use metaexpert_log::{
    Level, LogConfig, Logging, critical, debug, error, flush_all, info, log_panics, masked, register_secret,
    slog::{Logger, o},
    trade, warning,
};
use shapes::REGISTERED;

/// Everything that a log can write, and small files, so that there are backups.
fn config(directory: PathBuf, json: bool) -> LogConfig {
    LogConfig {
        app_name: "masked".into(),
        level: Level::Debug,
        directory,
        json,
        max_file_size: 8192,
        backup_count: 1000,
        compress: true,
        ..LogConfig::default()
    }
}

/// All that stands in a folder, packed files both as they are and unpacked.
fn everything_in(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(everything_in(&path));
            continue;
        }
        let bytes = fs::read(&path).unwrap();
        if path.extension().is_some_and(|ending| ending == "gz") {
            let mut unpacked = Vec::new();
            GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
            found.push((path.with_extension("unpacked"), unpacked));
        }
        found.push((path, bytes));
    }
    found
}

fn everything_of(output: &Output, folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let mut all = everything_in(folder);
    all.push(("standard output".into(), output.stdout.clone()));
    all.push(("standard error".into(), output.stderr.clone()));
    all
}

fn holds(bytes: &[u8], text: &str) -> bool {
    count(bytes, text) > 0
}

fn count(bytes: &[u8], text: &str) -> usize {
    bytes.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
}

#[track_caller]
fn assert_nowhere(secret: &str, all: &[(PathBuf, Vec<u8>)], what: &str) {
    let leaks: Vec<_> =
        all.iter().filter(|(_, bytes)| holds(bytes, secret)).map(|(path, _)| path.display().to_string()).collect();
    assert!(leaks.is_empty(), "`{secret}` of {what} stands in {leaks:?}");
}

/// The number of a shape, in a form that stands in no text by chance.
fn mark(number: usize) -> String {
    format!("shape({number})")
}

fn at_every_level(log: &Logger, number: usize, text: &str) {
    let mark = mark(number);
    debug!(log, "{} {}", mark, text; "note" => text);
    info!(log, "{} {}", mark, text; "note" => %text);
    trade!(log, "{} {}", mark, text; "note" => ?text);
    warning!(log, "{} {}", mark, text; "note" => text.to_owned());
    error!(log, "{} {}", mark, text; "note" => Some(text));
    critical!(log, "{} {}", mark, text; "note" => format_args!("{text}"));
}

/// Backups are packed beside everything else, and the end of a log does not wait for it.
fn wait_for_a_packed_backup(folder: &Path) {
    let is_packed = |entry: fs::DirEntry| entry.path().extension().is_some_and(|ending| ending == "gz");
    while !fs::read_dir(folder).unwrap().any(|entry| is_packed(entry.unwrap())) {
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn no_shape_of_a_secret_survives_in_any_file_backup_or_console() {
    if let Some(folder) = child::folder() {
        register_secret(REGISTERED);
        for (name, json) in [("text", false), ("json", true)] {
            let logging = Logging::start(&config(folder.join(name), json)).unwrap();
            for (number, (text, _)) in shapes::all().iter().enumerate() {
                at_every_level(&logging.logger(), number, text);
            }
            assert!(logging.flush(Duration::from_mins(1)));
            wait_for_a_packed_backup(&folder.join(name));
        }
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = child::of("no_shape_of_a_secret_survives_in_any_file_backup_or_console", folder.path()).output().unwrap();
    let all = everything_of(&output, folder.path());
    assert!(all.iter().filter(|(path, _)| path.extension().is_some_and(|ending| ending == "gz")).count() >= 2);
    for (number, (text, secret)) in shapes::all().into_iter().enumerate() {
        assert!(text.contains(&secret));
        assert_nowhere(&secret, &all, &text);
        // What is not there at all leaks nothing: six records in two logs and on two consoles, one trade and two errors.
        for (place, expected) in
            [("text/expert", 6), ("json/expert", 6), ("text/trades", 1), ("json/errors", 2), ("standard error", 12)]
        {
            let of_place = all
                .iter()
                .filter(|(path, _)| path.to_string_lossy().contains(place) && path.extension().is_none_or(|e| e != "gz"));
            assert_eq!(of_place.map(|(_, bytes)| count(bytes, &mark(number))).sum::<usize>(), expected, "{place}: {text}");
        }
    }
}

/// A secret in the depths of an error.
#[derive(Debug)]
struct Refused(Option<Box<Refused>>);

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "the order was not sent" } else { "GET https://x/?apiKey=inAnErrorChain1 failed" })
    }
}

impl Error for Refused {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.as_deref().map(|below| below as _)
    }
}

#[derive(Debug)]
#[expect(dead_code, reason = "read by its `Debug` only")]
struct Credentials {
    api_key: &'static str,
    passphrase: Option<String>,
    user_id: u64,
}

/// What [`log_fields`] puts in.
const IN_FIELDS: [&str; 19] = [
    "ofAStaticField01",
    "ofAnOwnedField02",
    "ofADisplayField3",
    "ofADebugField004",
    "ofAnOption000005",
    "ofArguments00006",
    "inTheContext0007",
    "inTheInnerContext",
    "inAnErrorChain1",
    "inADebug00000008",
    "inADebug with a space 9",
    "918273645",
    "564738291",
    "665544332",
    "wXz9",
    "5Rt8",
    "ofATokenField010",
    "ofASignField0011",
    "7.25",
];

fn log_fields(root: &Logger) {
    let log = root.new(o!("expert_name" => REGISTERED, "listen_key" => "inTheContext0007"));
    let log = log.new(
        o!("symbol" => format!("x{REGISTERED}"), "refresh_token" => String::from("inTheInnerContext"), "uid" => 665_544_332),
    );
    info!(log, "fields"; "api_key" => "ofAStaticField01", "API_SECRET" => String::from("ofAnOwnedField02"),
        "signature" => %"ofADisplayField3", "passphrase" => ?"ofADebugField004", "password" => Some("ofAnOption000005"),
        "clientSecret" => format_args!("of{}", "Arguments00006"), "uid" => 918_273_645_u64, "account_number" => "564738291",
        "token" => "ofATokenField010", "sign" => "ofASignField0011", "secret" => 7.25, "msgid" => format!("{}{REGISTERED}", "x".repeat(20)));
    let refused = Refused(Some(Box::new(Refused(None))));
    let credentials =
        Credentials { api_key: "inADebug00000008", passphrase: Some("inADebug with a space 9".into()), user_id: 918_273_645 };
    error!(log, "{:?}", credentials; "credentials" => ?credentials, "pretty" => #?credentials);
    error!(log, "not sent"; "error" => #&refused, "account_id" => "binance:main", "msgid" => REGISTERED);
}

#[test]
fn no_field_context_error_or_debug_gives_a_secret_away() {
    if let Some(folder) = child::folder() {
        register_secret(REGISTERED);
        for (name, json) in [("text", false), ("json", true)] {
            log_fields(&Logging::start(&config(folder.join(name), json)).unwrap().logger());
        }
        flush_all();
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let output = child::of("no_field_context_error_or_debug_gives_a_secret_away", folder.path()).output().unwrap();
    let all = everything_of(&output, folder.path());
    for secret in IN_FIELDS {
        assert_nowhere(secret, &all, "a field");
    }
    let (_, json) = all.iter().find(|(path, _)| path.ends_with("json/expert.log")).unwrap();
    assert_eq!((count(json, "\"error\":\"the order was not sent: GET"), count(json, "\"account_id\":\"binance:main\"")), (1, 1));
    for record in json.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        let record: serde_json::Value = serde_json::from_slice(record).unwrap();
        assert!(record.to_string().contains("***"), "{record}");
    }
}

struct PanicsWhenShown;

impl fmt::Display for PanicsWhenShown {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("signature=whileItWasShown1 and {REGISTERED}")
    }
}

fn panic_in_a_thread(name: &str, message: &'static str) {
    let thread = thread::Builder::new().name(name.into()).spawn(move || panic!("{message} {REGISTERED}"));
    assert!(thread.unwrap().join().is_err());
}

#[test]
fn a_panic_gives_no_secret_away_with_a_log_or_without() {
    if let Some(folder) = child::folder() {
        register_secret(REGISTERED);
        log_panics();
        panic_in_a_thread("before", "apiKey=beforeAnyLog0001");
        let logging =
            Logging::start(&LogConfig { to_console: false, max_file_size: 1 << 20, ..config(folder.join("text"), false) })
                .unwrap();
        panic_in_a_thread("passphrase=nameOfAThread002", "apiKey=withoutConsole03");
        info!(logging.logger(), "this one is lost: {}", PanicsWhenShown);
        info!(logging.logger(), "and this"; "value" => %PanicsWhenShown);
        drop(logging);
        let logging = Logging::start(&LogConfig { max_file_size: 1 << 20, ..config(folder.join("json"), true) }).unwrap();
        panic_in_a_thread("with", "apiKey=withAConsole0004");
        assert!(thread::spawn(|| std::panic::panic_any(5)).join().is_err());
        drop(logging);
        panic_in_a_thread("after", "apiKey=afterAllLogs0005");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "a_panic_gives_no_secret_away_with_a_log_or_without";
    let output = child::of(name, folder.path()).env("RUST_BACKTRACE", "1").output().unwrap();
    let all = everything_of(&output, folder.path());
    for secret in [
        "beforeAnyLog0001",
        "nameOfAThread002",
        "withoutConsole03",
        "withAConsole0004",
        "afterAllLogs0005",
        "whileItWasShown1",
        "wXz9",
        "5Rt8",
    ] {
        assert_nowhere(secret, &all, "a panic");
    }
    let panics =
        |place: &str| all.iter().find(|(path, _)| path.ends_with(place)).map(|(_, bytes)| count(bytes, "a panic in the thread"));
    let of_places = ["text/expert.log", "text/errors.log", "json/expert.log", "json/errors.log", "standard error"].map(panics);
    // On standard error: before, three while there was a log without a console, two with one, after.
    assert_eq!(of_places, [3, 3, 2, 2, 7].map(Some));
    assert!(all.iter().any(|(path, bytes)| path.ends_with("text/expert.log") && holds(bytes, "records were lost")));
}

#[test]
fn what_goes_elsewhere_than_to_a_log_can_be_masked_too() {
    register_secret(REGISTERED);
    for (text, secret) in shapes::all() {
        let once = masked(&text);
        assert!(!once.contains(&secret), "{text}: {once}");
        assert_eq!(masked(&once), once, "masking again changes nothing");
    }
    for harmless in
        ["the secret of trading", "the signature for this request is not valid", "order x-7-1 of binance:main at 64000.5"]
    {
        assert_eq!(masked(harmless), harmless);
    }
}
