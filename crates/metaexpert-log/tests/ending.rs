//! However a process ends, what it logged stands in the files.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

mod folder;

use std::{thread, time::Duration};

use folder::Folder;
use metaexpert_log::{
    Level, LogConfig, Logging, TradeRecords, info,
    slog::{Drain, Logger},
    trade,
};

#[test]
fn the_end_of_a_log_writes_all_that_waits() {
    let folder = Folder::new();
    let logging = Logging::start(&LogConfig { queue: 1 << 15, ..folder.config() }).unwrap();
    let log = logging.logger();
    (0..10_000).for_each(|number| info!(log, "record"; "number" => number));
    drop(logging);
    let text = folder.read("expert.log");
    let numbers: Vec<usize> = text.lines().map(|line| line.rsplit('=').next().unwrap().parse().unwrap()).collect();
    assert!(numbers.into_iter().eq(0..10_000));
}

#[test]
fn a_flush_has_everything_written_that_was_logged_before_it() {
    let folder = Folder::new();
    let logging = Logging::start(&folder.config()).unwrap();
    let log = logging.logger();
    for number in 1..50 {
        trade!(log, "record");
        if number % 2 == 0 {
            assert!(logging.flush(Duration::from_mins(1)));
        } else {
            slog_flush(&log);
        }
        assert_eq!((folder.read("expert.log").lines().count(), folder.read("trades.log").lines().count()), (number, number));
    }
}

fn slog_flush(log: &Logger) {
    Drain::flush(log).unwrap();
}

#[test]
fn a_logger_that_outlives_its_log_still_writes_into_the_files() {
    let folder = Folder::new();
    let logging = Logging::start(&folder.config()).unwrap();
    let log = logging.logger();
    info!(log, "before");
    drop(logging);
    for number in 0..200 {
        trade!(log, "after"; "number" => number);
        assert_eq!(folder.read("trades.log").lines().count(), number + 1, "at once, for nobody will flush any more");
    }
    slog_flush(&log);
    assert_eq!(folder.read("expert.log").lines().count(), 201);
}

#[test]
fn a_log_that_has_ended_knows_what_became_of_its_records() {
    let folder = Folder::new();
    let logging = Logging::start(&folder.config()).unwrap();
    let log = logging.logger();
    (0..3).for_each(|_| info!(log, "said"));
    (0..2).for_each(|_| trade!(log, "bought"));
    let metrics = logging.end();
    let written: Vec<_> = metrics.files.iter().map(|file| (file.written(Level::Info), file.written(Level::Trade))).collect();
    assert_eq!(written, [(3, 2), (0, 2), (0, 0)]);
    assert!(metrics.files.iter().all(|file| Level::ALL.iter().all(|level| file.missed(*level) + file.waiting(*level) == 0)));
}

#[test]
fn a_log_can_be_started_and_ended_again_and_again() {
    let folder = Folder::new();
    for number in 0..100 {
        let logging = Logging::start(&folder.config()).unwrap();
        trade!(logging.logger(), "once"; "number" => number);
    }
    assert_eq!((folder.read("expert.log").lines().count(), folder.read("trades.log").lines().count()), (100, 100));
}

#[test]
fn nothing_is_lost_when_a_log_ends_while_others_still_write() {
    const THREADS: usize = 4;
    const RECORDS: usize = 500;
    for queue in [64, 1024] {
        for _ in 0..10 {
            let folder = Folder::new();
            let logging = Logging::start(&LogConfig { queue, trades: TradeRecords::FromLevel, ..folder.config() }).unwrap();
            let writers: Vec<_> = (0..THREADS)
                .map(|thread| {
                    let log = logging.logger();
                    thread::spawn(move || (0..RECORDS).for_each(|number| trade!(log, "{}-{}", thread, number)))
                })
                .collect();
            drop(logging);
            for writer in writers {
                writer.join().unwrap();
            }
            let text = folder.read("expert.log");
            let mut found: Vec<_> = text.lines().map(|line| line.split_once("[tester] ").unwrap().1).collect();
            found.sort_unstable();
            let mut expected: Vec<_> = (0..THREADS).flat_map(|t| (0..RECORDS).map(move |n| format!("{t}-{n}"))).collect();
            expected.sort_unstable();
            assert_eq!(found, expected);
        }
    }
}
