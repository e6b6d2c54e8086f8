//! What became of the records: counted while they go by, read whenever somebody asks.

use std::{
    path::PathBuf,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    time::Duration,
};

use crate::{Level, file::Account};

/// What became of the records of one log since it started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Metrics {
    /// DEBUG records that the full queue had no place for.
    pub dropped_debug: u64,
    /// INFO records that the full queue had no place for.
    pub dropped_info: u64,
    /// Records from TRADE on that had to wait for a place in the queue.
    pub waited: u64,
    /// How long they waited, all together.
    pub waited_in_all: Duration,
    /// How long the one waited that waited longest.
    pub longest_wait: Duration,
    /// Records from TRADE on that found no place in time and were written by the thread that made them.
    pub written_by_caller: u64,
    /// Records from TRADE on that could not even be written so, because the files hung, and were put aside until they did not.
    pub put_aside: u64,
    /// Records from TRADE on for which there was no place left aside, and which stand on standard error only.
    pub sent_to_standard_error: u64,
    /// Records that were not shown on the console, since nobody read those before them.
    pub unshown: u64,
    /// Records from TRADE on that are nowhere: a file in trouble missed them, beyond what it keeps in memory, or it hung, and they found
    /// no place on the console either.
    pub lost: u64,
    /// Records that were lost to a value that panicked while it was shown. The log says where.
    pub unshowable: u64,
    /// What became of the lines of each file: the one for everything, for trades, for errors.
    pub files: Vec<FileMetrics>,
}

/// What became of the lines of one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileMetrics {
    /// The file.
    pub path: PathBuf,
    account: Account,
}

impl FileMetrics {
    pub(crate) const fn new(path: PathBuf, account: Account) -> Self {
        Self { path, account }
    }

    /// Lines of a level that stand in the file or its backups.
    pub fn written(&self, level: Level) -> u64 {
        self.account.written.of(level)
    }

    /// Lines of a level that the file could not take; the console was shown them instead, where it had a place for them.
    pub fn missed(&self, level: Level) -> u64 {
        self.account.missed.of(level)
    }

    /// Lines of a level that wait in memory until the file can take them.
    pub fn waiting(&self, level: Level) -> u64 {
        let Account { taken, written, missed } = &self.account;
        taken.of(level).saturating_sub(written.of(level) + missed.of(level))
    }
}

/// The counters behind the metrics that are moved by the threads that log.
#[derive(Debug, Default)]
pub(crate) struct Counters {
    pub(crate) dropped_debug: AtomicU64,
    pub(crate) dropped_info: AtomicU64,
    pub(crate) unshowable: AtomicU64,
    pub(crate) written_by_caller: AtomicU64,
    pub(crate) put_aside: AtomicU64,
    pub(crate) sent_to_standard_error: AtomicU64,
    pub(crate) lost: AtomicU64,
    waited: AtomicU64,
    waited_nanos: AtomicU64,
    longest_wait_nanos: AtomicU64,
}

impl Counters {
    pub(crate) fn count_drop(&self, level: Level) {
        if level == Level::Debug { &self.dropped_debug } else { &self.dropped_info }.fetch_add(1, Relaxed);
    }

    pub(crate) fn count_wait(&self, waited: Duration) {
        let nanos = u64::try_from(waited.as_nanos()).unwrap_or(u64::MAX);
        self.waited.fetch_add(1, Relaxed);
        self.waited_nanos.fetch_add(nanos, Relaxed);
        self.longest_wait_nanos.fetch_max(nanos, Relaxed);
    }

    pub(crate) fn metrics(&self, files: Vec<FileMetrics>, unshown: u64, lost_of_files: u64) -> Metrics {
        Metrics {
            dropped_debug: self.dropped_debug.load(Relaxed),
            dropped_info: self.dropped_info.load(Relaxed),
            waited: self.waited.load(Relaxed),
            waited_in_all: Duration::from_nanos(self.waited_nanos.load(Relaxed)),
            longest_wait: Duration::from_nanos(self.longest_wait_nanos.load(Relaxed)),
            written_by_caller: self.written_by_caller.load(Relaxed),
            put_aside: self.put_aside.load(Relaxed),
            sent_to_standard_error: self.sent_to_standard_error.load(Relaxed),
            unshown,
            lost: self.lost.load(Relaxed) + lost_of_files,
            unshowable: self.unshowable.load(Relaxed),
            files,
        }
    }

    /// The counts that the log itself speaks of once they have moved.
    pub(crate) fn losses(&self, unshown: u64) -> Losses {
        Losses {
            debug: self.dropped_debug.load(Relaxed),
            info: self.dropped_info.load(Relaxed),
            unshowable: self.unshowable.load(Relaxed),
            sent_to_standard_error: self.sent_to_standard_error.load(Relaxed),
            unshown,
            lost: self.lost.load(Relaxed),
        }
    }
}

/// How many records did not take the usual way, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Losses {
    pub(crate) debug: u64,
    pub(crate) info: u64,
    pub(crate) unshowable: u64,
    pub(crate) sent_to_standard_error: u64,
    pub(crate) unshown: u64,
    /// Without those that the router counts.
    pub(crate) lost: u64,
}

impl Losses {
    /// What has come since earlier ones.
    pub(crate) const fn since(self, earlier: Self) -> Self {
        Self {
            debug: self.debug.saturating_sub(earlier.debug),
            info: self.info.saturating_sub(earlier.info),
            unshowable: self.unshowable.saturating_sub(earlier.unshowable),
            sent_to_standard_error: self.sent_to_standard_error.saturating_sub(earlier.sent_to_standard_error),
            unshown: self.unshown.saturating_sub(earlier.unshown),
            lost: self.lost.saturating_sub(earlier.lost),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_are_added_up_and_the_longest_is_kept() {
        let counters = Counters::default();
        [3, 5, 1].into_iter().map(Duration::from_millis).for_each(|wait| counters.count_wait(wait));
        let metrics = counters.metrics(Vec::new(), 0, 0);
        let millis = Duration::from_millis;
        assert_eq!((metrics.waited, metrics.waited_in_all, metrics.longest_wait), (3, millis(9), millis(5)));
    }

    #[test]
    fn a_loss_is_told_by_how_much_it_grew() {
        let counters = Counters::default();
        counters.count_drop(Level::Debug);
        let before = counters.losses(0);
        counters.count_drop(Level::Debug);
        counters.count_drop(Level::Info);
        counters.unshowable.fetch_add(4, Relaxed);
        let expected = Losses { debug: 1, info: 1, unshowable: 4, sent_to_standard_error: 0, unshown: 0, lost: 0 };
        assert_eq!(counters.losses(0).since(before), expected);
        assert_eq!(before.since(counters.losses(0)), Losses::default());
    }
}
