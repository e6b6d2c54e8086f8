//! The queue without the thread that empties it, so that it is as full as a test wants it.

use std::{fs, sync::Arc};

use slog::{Logger, o};
use tempfile::TempDir;

use super::*;
use crate::{console::Screen, debug, error, file::Patience, front::Front, info, trade, warning};

/// The smallest queue there is: DEBUG gives way from the 49th record on, INFO from the 58th.
const PLACES: usize = LogConfig::SMALLEST_QUEUE;

struct Unwritten {
    folder: TempDir,
    hub: Arc<Hub>,
    log: Logger,
}

impl Unwritten {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = LogConfig {
            app_name: "tester".into(),
            level: Level::Debug,
            directory: folder.path().into(),
            to_console: false,
            queue: PLACES,
            ..LogConfig::default()
        };
        let hub = Arc::new(Hub::new(&config, Router::open(&config, Screen::standard_error(), Patience::default())));
        let log = Logger::root(Front::new(Arc::clone(&hub), None), o!());
        Self { folder, hub, log }
    }

    /// One in which there is no place left.
    fn full() -> Self {
        let this = Self::new();
        (0..PLACES).for_each(|number| warning!(this.log, "early {}", number));
        assert_eq!(this.hub.receiver.len(), PLACES);
        this
    }

    /// What stands in a file, from the message on.
    fn messages(&self, name: &str) -> Vec<String> {
        let text = fs::read_to_string(self.folder.path().join(name)).unwrap();
        text.lines().map(|line| line.split_once("[tester] ").map_or(line, |(_, rest)| rest).to_owned()).collect()
    }

    fn expert(&self) -> Vec<String> {
        self.messages("expert.log")
    }
}

#[test]
fn debug_gives_way_first_then_info_and_nothing_else() {
    let Unwritten { hub, log, folder: _folder } = &Unwritten::new();
    (0..100).for_each(|_| debug!(log, "d"));
    assert_eq!((hub.receiver.len(), hub.metrics().dropped_debug, hub.metrics().dropped_info), (48, 52, 0));
    (0..100).for_each(|_| info!(log, "i"));
    debug!(log, "d");
    assert_eq!((hub.receiver.len(), hub.metrics().dropped_debug, hub.metrics().dropped_info), (57, 53, 91));
    (0..PLACES - 57).for_each(|_| trade!(log, "t"));
    info!(log, "i");
    let metrics = hub.metrics();
    assert_eq!((hub.receiver.len(), metrics.waited, metrics.written_by_caller, metrics.dropped_info), (PLACES, 0, 0, 92));
}

#[test]
fn what_was_dropped_is_said_once_with_its_numbers() {
    let unwritten = Unwritten::new();
    (0..50).for_each(|_| debug!(unwritten.log, "d"));
    (0..10).for_each(|_| info!(unwritten.log, "i"));
    unwritten.hub.write_all_waiting();
    unwritten.hub.rest();
    let said =
        "2 DEBUG and 1 INFO records were dropped: they came faster than they could be written dropped_debug=2 dropped_info=1";
    let notes: Vec<_> = unwritten.expert().into_iter().filter(|line| line != "d" && line != "i").collect();
    assert_eq!(notes, [said]);
    assert_eq!(unwritten.expert().len(), 48 + 9 + 1);

    (0..58).for_each(|_| info!(unwritten.log, "i"));
    unwritten.hub.write_all_waiting();
    assert!(unwritten.expert().last().unwrap().ends_with('i'), "not again within a second");
    unwritten.hub.end();
    assert!(unwritten.expert().last().unwrap().ends_with("dropped_debug=0 dropped_info=1"), "only what is new");
}

#[test]
fn a_trade_that_finds_no_place_waits_and_is_then_written_by_its_own_thread() {
    let unwritten = Unwritten::full();
    trade!(unwritten.log, "bought"; "price" => 5);
    let metrics = unwritten.hub.metrics();
    assert_eq!((metrics.waited, metrics.written_by_caller, metrics.put_aside), (1, 1, 0));
    assert!(metrics.longest_wait >= PATIENCE && metrics.waited_in_all >= PATIENCE);
    assert_eq!(unwritten.expert(), ["bought price=5"], "while the others still wait");
    assert_eq!(unwritten.messages("trades.log").len(), 1);
    unwritten.hub.write_all_waiting();
    assert_eq!(unwritten.expert().len(), PLACES + 1);
}

#[test]
fn while_the_files_hang_trades_are_put_aside_without_waiting_again() {
    let unwritten = Unwritten::full();
    let files_that_hang = unwritten.hub.router.lock();
    trade!(unwritten.log, "first");
    assert_eq!(unwritten.hub.stalled.load(Relaxed), unwritten.hub.progress.load(Relaxed) + 1, "the next one knows");
    error!(unwritten.log, "second");
    drop(files_that_hang);
    let metrics = unwritten.hub.metrics();
    assert_eq!((metrics.waited, metrics.written_by_caller, metrics.put_aside), (2, 0, 2));
    assert_eq!(unwritten.expert().len(), 0);

    unwritten.hub.write_all_waiting();
    let (early, aside): (Vec<_>, Vec<_>) = unwritten.expert().into_iter().partition(|line| line.starts_with("early"));
    assert_eq!((early.len(), aside), (PLACES, vec!["first".to_owned(), "second".to_owned()]));
    assert_eq!(unwritten.messages("errors.log"), ["second"]);
    assert_ne!(unwritten.hub.stalled.load(Relaxed), unwritten.hub.progress.load(Relaxed) + 1, "and patience is back");
}

#[test]
fn a_flush_is_only_done_when_what_was_put_aside_before_it_is_written_too() {
    let unwritten = Unwritten::full();
    let files_that_hang = unwritten.hub.router.lock();
    // More than a batch.
    (0..2 * BATCH).for_each(|_| trade!(unwritten.log, "aside"));
    drop(files_that_hang);
    let (done, when_done) = bounded(1);
    // As the thread that writes does when it was woken by the flush.
    assert_eq!(unwritten.hub.write_batch(Some(Message::Flush(done))), Batch::Some);
    assert_eq!(when_done.try_recv(), Ok(true));
    assert_eq!(unwritten.expert().iter().filter(|line| *line == "aside").count(), 2 * BATCH);
}

#[test]
fn what_finds_no_place_even_aside_stands_on_standard_error_and_the_log_says_so() {
    let unwritten = Unwritten::full();
    let files_that_hang = unwritten.hub.router.lock();
    // What lies there does not matter, only that it is much.
    (0..ASIDE).for_each(|_| drop(unwritten.hub.aside.0.send(Message::Stop)));
    (0..3).for_each(|_| trade!(unwritten.log, "a line of a test about standard error"));
    drop(files_that_hang);
    let metrics = unwritten.hub.metrics();
    assert_eq!((metrics.put_aside, metrics.sent_to_standard_error), (0, 3));
    unwritten.hub.rest();
    let said = "3 records stand on standard error only: the log files hung sent_to_standard_error=3";
    assert_eq!((unwritten.expert(), unwritten.messages("errors.log")), (vec![said.to_owned()], vec![said.to_owned()]));
}

#[test]
fn a_record_is_judged_by_the_level_of_the_moment_it_was_made() {
    let unwritten = Unwritten::new();
    debug!(unwritten.log, "was wanted");
    unwritten.hub.set_level(Level::Error);
    debug!(unwritten.log, "was not");
    error!(unwritten.log, "was an error");
    unwritten.hub.set_level(Level::Critical);
    unwritten.hub.write_all_waiting();
    assert_eq!(unwritten.expert(), ["was wanted", "was an error"]);
}

#[test]
fn where_nobody_writes_any_more_whoever_logs_does() {
    let unwritten = Unwritten::new();
    trade!(unwritten.log, "before");
    unwritten.hub.end();
    assert_eq!(unwritten.expert(), ["before"]);
    debug!(unwritten.log, "after");
    assert_eq!(unwritten.expert(), ["before", "after"]);
    assert!(unwritten.hub.flush(Duration::from_mins(1)));
}

#[test]
fn a_flush_that_nobody_answers_is_given_up() {
    let unwritten = Unwritten::full();
    assert!(!unwritten.hub.flush(Duration::from_millis(1)), "no place");
    let unwritten = Unwritten::new();
    assert!(!unwritten.hub.flush(Duration::from_millis(1)), "no answer");
    let unwritten = Unwritten::new();
    unwritten.hub.is_written_by_this_thread();
    assert!(!unwritten.hub.flush(Duration::from_secs(5)), "the thread that writes would wait for itself");
    assert!(unwritten.hub.receiver.is_empty(), "so it does not even ask");
}

#[test]
fn a_value_that_panics_costs_its_record_and_is_told() {
    struct Broken;
    impl std::fmt::Display for Broken {
        fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            panic!("a value of a test that cannot be shown")
        }
    }
    let unwritten = Unwritten::new();
    info!(unwritten.log, "{}", Broken);
    info!(unwritten.log, "m"; "value" => %Broken);
    info!(unwritten.log, "whole");
    unwritten.hub.write_all_waiting();
    let said = "2 records were lost: a value in them panicked while it was shown lost=2";
    assert_eq!(unwritten.expert(), ["whole", said]);
    assert_eq!(unwritten.hub.metrics().unshowable, 2);
}
