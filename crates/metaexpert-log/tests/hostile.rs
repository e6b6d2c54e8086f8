//! What is not kind to a log: values that panic, limits, signals that somebody wants ignored, numbers that are secret.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

mod child;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use metaexpert_log::{
    Level, LogConfig, Logging, flush_on_signals, info, log_panics, register_secret,
    slog::{FnValue, Record, o},
    trade,
};

fn config(directory: &Path) -> LogConfig {
    LogConfig { directory: directory.to_owned(), to_console: false, level: Level::Debug, ..LogConfig::default() }
}

fn count(folder: &Path, name: &str, word: &str) -> usize {
    fs::read_to_string(folder.join(name)).unwrap().lines().filter(|line| line.contains(word)).count()
}

/// A child of this binary, run by a shell that sets something up before.
fn under(setting: &str, test: &str, folder: &Path) -> Command {
    let child = child::of(test, folder);
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{setting} && exec \"$@\""), "sh"]).arg(child.get_program()).args(child.get_args());
    shell.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    shell
}

#[test]
fn a_value_of_a_context_that_panics_costs_its_own_record_and_nothing_else() {
    if let Some(folder) = child::folder() {
        log_panics();
        let logging = Logging::start(&config(&folder)).unwrap();
        let log = logging.logger();
        let bad = log.new(o!("bad" => FnValue(|_: &Record<'_>| -> u8 { panic!("a test panics in a value") })));
        for number in 0..30 {
            trade!(bad, "never written"; "number" => number);
            trade!(log, "written"; "number" => number);
        }
        assert!(logging.flush(Duration::from_secs(10)));
        assert_eq!(logging.metrics().unshowable, 30);
        drop(logging);
        // Now whoever logs writes, and panics there.
        trade!(bad, "never written");
        trade!(log, "written afterwards");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "a_value_of_a_context_that_panics_costs_its_own_record_and_nothing_else";
    assert!(under("true", test, folder.path()).status().unwrap().success());
    assert_eq!(count(folder.path(), "trades.log", "\"written\""), 30);
    assert_eq!(count(folder.path(), "trades.log", "written afterwards"), 1);
    assert_eq!(count(folder.path(), "trades.log", "never"), 0);
    assert_eq!(count(folder.path(), "errors.log", "a test panics in a value"), 31);
    assert!(count(folder.path(), "errors.log", "records were lost") > 0);
}

#[test]
fn a_limit_to_the_size_of_files_is_trouble_and_not_the_end_of_the_process() {
    if let Some(folder) = child::folder() {
        let logging = Logging::start(&config(&folder)).unwrap();
        (0..20_000).for_each(|number| trade!(logging.logger(), "bought"; "number" => number));
        assert!(!logging.flush(Duration::from_secs(10)), "nothing more fits");
        let metrics = logging.end();
        assert!(metrics.files.iter().any(|file| file.missed(Level::Trade) > 0));
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "a_limit_to_the_size_of_files_is_trouble_and_not_the_end_of_the_process";
    let ended = under("ulimit -f 100", test, folder.path()).status().unwrap();
    assert!(ended.success(), "{ended}");
    assert!(count(folder.path(), "trades.log", "bought") > 0);
}

#[test]
fn a_signal_that_the_process_was_started_to_ignore_stays_ignored() {
    if let Some(folder) = child::folder() {
        flush_on_signals().unwrap();
        let logging = Logging::start(&config(&folder)).unwrap();
        let me = std::process::id().to_string();
        assert!(Command::new("kill").args(["-HUP", &me]).status().unwrap().success());
        info!(logging.logger(), "still here");
        return;
    }
    if !cfg!(target_os = "linux") {
        return println!("skipped: only Linux tells which signals are ignored");
    }
    let folder = tempfile::tempdir().unwrap();
    let test = "a_signal_that_the_process_was_started_to_ignore_stays_ignored";
    let ended = under("trap '' HUP", test, folder.path()).status().unwrap();
    assert!(ended.success(), "{ended}");
    assert_eq!(count(folder.path(), "expert.log", "still here"), 1);
}

#[test]
fn a_secret_that_is_a_number_is_masked_by_its_value() {
    register_secret("8273645591");
    let folder = tempfile::tempdir().unwrap();
    let logging = Logging::start(&config(folder.path())).unwrap();
    let log = logging.logger().new(o!("of_context" => 8_273_645_591_u64));
    trade!(log, "bought"; "id" => 8_273_645_591_u64, "signed" => -8_273_645_591_i64, "float" => 8_273_645_591.0, "open" => 17);
    drop(logging);
    assert_eq!((count(folder.path(), "trades.log", "8273645591"), count(folder.path(), "trades.log", "\"open\":17")), (0, 1));
}

#[test]
fn a_flush_says_whether_everything_is_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("trades.log")).unwrap();
    let logging = Logging::start(&config(folder.path())).unwrap();
    trade!(logging.logger(), "bought");
    assert!(!logging.flush(Duration::from_secs(10)));
}
