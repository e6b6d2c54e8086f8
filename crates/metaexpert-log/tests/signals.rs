//! Processes that do not end of their own accord: by a signal, by a panic, by `exit`.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

mod child;

use std::{
    io::{Read, Write, stdout},
    os::unix::process::ExitStatusExt,
    path::{Path, PathBuf},
    process::{Child, Command, exit},
    thread,
    time::Duration,
};

use metaexpert_log::{
    Level, LogConfig, Logging, debug, flush_on_signals, flush_on_signals_unless, log_panics, slog::Logger, trade,
};

const RECORDS: usize = 10_000;
const READY: &str = "everything is logged\n";

fn config(directory: PathBuf) -> LogConfig {
    LogConfig {
        app_name: "tester".into(),
        level: Level::Debug,
        directory,
        to_console: false,
        queue: 1 << 15,
        ..LogConfig::default()
    }
}

fn log_much(log: &Logger) {
    (0..RECORDS).for_each(|number| debug!(log, "record {}", number));
}

/// What the file of a child holds: how many of its records, each once and in order, and what else.
fn read(folder: &Path) -> (usize, Vec<String>) {
    let text = std::fs::read_to_string(folder.join("expert.log")).unwrap();
    let (ours, others): (Vec<_>, Vec<_>) = text.lines().partition(|line| line.contains("] record "));
    let numbers = ours.iter().map(|line| line.rsplit(' ').next().unwrap().parse::<usize>().unwrap());
    assert!(numbers.eq(0..ours.len()));
    (ours.len(), others.into_iter().map(|line| line["2026-01-02T03:04:05.123456Z ".len()..].to_owned()).collect())
}

/// Logs, says so, and waits for its end.
fn log_and_wait(folder: PathBuf) -> ! {
    let logging = Logging::start(&config(folder)).unwrap();
    flush_on_signals().unwrap();
    log_much(&logging.logger());
    stdout().write_all(READY.as_bytes()).unwrap();
    stdout().flush().unwrap();
    thread::sleep(Duration::from_mins(1));
    exit(0)
}

fn wait_until_ready(child: &mut Child) {
    let mut heard = Vec::new();
    while !String::from_utf8_lossy(&heard).contains(READY) {
        let mut byte = [0];
        assert_eq!(child.stdout.as_mut().unwrap().read(&mut byte).unwrap(), 1, "the child ended: {heard:?}");
        heard.extend(byte);
    }
}

#[test]
fn a_signal_ends_the_process_as_ever_but_not_before_all_is_written() {
    if let Some(folder) = child::folder() {
        log_and_wait(folder);
    }
    for (number, name) in [(15, "TERM"), (2, "INT"), (1, "HUP")] {
        let folder = tempfile::tempdir().unwrap();
        let mut child =
            child::of("a_signal_ends_the_process_as_ever_but_not_before_all_is_written", folder.path()).spawn().unwrap();
        wait_until_ready(&mut child);
        assert!(Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().unwrap().success());
        let status = child.wait().unwrap();
        assert_eq!(status.signal(), Some(number), "SIG{name}: {status}");
        assert_eq!(read(folder.path()), (RECORDS, vec![format!("INFO  [tester] ended by SIG{name}")]));
    }
}

#[test]
fn a_program_that_takes_over_goes_on_after_the_first_signal_and_not_after_the_second() {
    let name = "a_program_that_takes_over_goes_on_after_the_first_signal_and_not_after_the_second";
    if let Some(folder) = child::folder() {
        let logging = Logging::start(&config(folder)).unwrap();
        let log = logging.logger();
        let takes_over = move |signal| {
            debug!(log, "asked by {}", signal);
            logging.flush(Duration::from_secs(10));
            stdout().write_all(READY.as_bytes()).unwrap();
            stdout().flush().unwrap();
            signal == 15
        };
        flush_on_signals_unless(takes_over).unwrap();
        stdout().write_all(READY.as_bytes()).unwrap();
        stdout().flush().unwrap();
        thread::sleep(Duration::from_mins(1));
        exit(0);
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = child::of(name, folder.path()).spawn().unwrap();
    for signal in ["TERM", "INT"] {
        wait_until_ready(&mut child);
        assert!(child.try_wait().unwrap().is_none());
        assert!(Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap().success());
    }
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(2), "{status}");
    assert_eq!(read(folder.path()).1, ["DEBUG [tester] asked by 15"]);
}

#[test]
fn a_panic_is_the_last_record_and_none_before_it_is_missing() {
    if let Some(folder) = child::folder() {
        log_panics();
        let logging = Logging::start(&config(folder)).unwrap();
        log_much(&logging.logger());
        // The log is not ended in an orderly way: what follows is the hook's work alone.
        std::mem::forget(logging);
        panic!("all is lost");
    }
    let name = "a_panic_is_the_last_record_and_none_before_it_is_missing";
    check_panic(name, |place| format!("CRITICAL [tester] a panic in the thread {name}: all is lost location={place}"));
}

#[test]
fn a_panic_of_another_thread_is_recorded_though_the_process_is_killed_the_next_moment() {
    if let Some(folder) = child::folder() {
        log_panics();
        log_panics();
        let logging = Logging::start(&config(folder)).unwrap();
        log_much(&logging.logger());
        let panicking = thread::Builder::new().name("feed".into()).spawn(|| panic!("no {} left", "data"));
        assert!(panicking.unwrap().join().is_err());
        std::process::abort();
    }
    let name = "a_panic_of_another_thread_is_recorded_though_the_process_is_killed_the_next_moment";
    check_panic(name, |place| format!("CRITICAL [tester] a panic in the thread feed: no data left location={place}"));
}

#[track_caller]
fn check_panic(test: &str, expected: impl Fn(&str) -> String) {
    let folder = tempfile::tempdir().unwrap();
    let output = child::of(test, folder.path()).output().unwrap();
    assert!(!output.status.success());
    let (records, others) = read(folder.path());
    assert_eq!(others.len(), 1, "one other record is expected: {others:?}");
    let panic = others.first().unwrap();
    let place = panic.split("location=").nth(1).unwrap().split(' ').next().unwrap();
    assert!(place.starts_with(file!()) || place.contains("signals.rs:"), "{place}");
    assert_eq!((records, panic.clone()), (RECORDS, expected(place) + " backtrace=-"));
    let errors = std::fs::read_to_string(folder.path().join("errors.log")).unwrap();
    assert!(errors.lines().count() == 1 && errors.contains(panic));
    // Nobody reads along on a console, so it stands on standard error too.
    assert!(String::from_utf8_lossy(&output.stderr).contains("a panic in the thread"));
}

#[test]
fn a_process_that_exits_right_after_its_log_has_ended_leaves_all_of_it() {
    if let Some(folder) = child::folder() {
        let logging = Logging::start(&config(folder)).unwrap();
        log_much(&logging.logger());
        let late = logging.logger();
        drop(logging);
        trade!(late, "late");
        exit(7);
    }
    let folder = tempfile::tempdir().unwrap();
    let name = "a_process_that_exits_right_after_its_log_has_ended_leaves_all_of_it";
    let status = child::of(name, folder.path()).status().unwrap();
    assert_eq!(status.code(), Some(7));
    assert_eq!(read(folder.path()), (RECORDS, vec!["TRADE [tester] late".into()]));
}
