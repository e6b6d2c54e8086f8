//! Between the threads that log and the thread that writes: the queue, and what happens when it is full.
//!
//! The one decision: slog-async's own drain either drops or blocks, whatever the record. Here the level decides, so the queue is
//! our own and only its records are slog-async's ([`AsyncRecord`]): DEBUG gives way when three quarters of the places are taken,
//! INFO at nine tenths, and a record from TRADE on waits for a place, a bounded time, before the thread that made it writes it.
//! Where even that is impossible, because the files hang, it is put aside, and only past [`ASIDE`] such records on standard error.

use std::{
    cell::Cell,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        OnceLock,
        atomic::{
            AtomicBool, AtomicU8, AtomicU64,
            Ordering::{Relaxed, SeqCst},
        },
    },
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, SendTimeoutError, Sender, TrySendError, bounded, unbounded};
use parking_lot::{Mutex, MutexGuard};
use slog_async::AsyncRecord;

use crate::{
    Level, LogConfig, TradeRecords,
    console::Console,
    line::{Collector, Line},
    metrics::{Counters, Losses, Metrics},
    router::Router,
    stamp::Stamp,
};

/// Longest that a record from TRADE on waits for a place in the queue, and then once more for the files. A trading thread can
/// spare it; a healthy writer makes hundreds of places in that time.
const PATIENCE: Duration = Duration::from_millis(10);

/// Longest that the end of a log waits for its console.
const CONSOLE_PATIENCE: Duration = Duration::from_millis(500);

/// Longest that a thread that logs is held while a signal ends the process; longer than the process takes to end.
const HELD: Duration = Duration::from_secs(5);

/// How often the end is looked for.
const LOOK_EVERY: Duration = Duration::from_micros(200);

/// Records that can be put aside while the files hang: some hundred megabytes at worst.
const ASIDE: usize = 100_000;

/// Records that are written before others get at the files.
const BATCH: usize = 64;

thread_local! {
    /// This thread writes a record at this moment, and holds the files.
    static IS_WRITING: Cell<bool> = const { Cell::new(false) };
}

/// What the threads that log and the thread that writes share.
#[derive(Debug)]
pub(crate) struct Hub {
    level: AtomicU8,
    trades: TradeRecords,
    console: Console,
    has_console: bool,
    sender: Sender<Message>,
    /// Kept here too, so that no message is lost with the thread that writes: whoever finds it ended writes in its place.
    pub(crate) receiver: Receiver<Message>,
    /// Records that found no place in the queue while the files hung.
    aside: (Sender<Message>, Receiver<Message>),
    debug_places: usize,
    info_places: usize,
    pub(crate) counters: Counters,
    router: Mutex<Router>,
    /// Batches that were written; stands still while the files hang.
    progress: AtomicU64,
    /// The progress at which a record waited in vain, plus one.
    stalled: AtomicU64,
    ended: AtomicBool,
    closed: AtomicBool,
    writer: Mutex<Option<ThreadId>>,
    /// The thread that ends the process, from when it does.
    leaving: OnceLock<ThreadId>,
}

/// What goes through the queue.
pub(crate) enum Message {
    Record(Entry),
    /// Asks to be told when everything before it stands in the files.
    Flush(Sender<bool>),
    /// Asks the writing thread to end.
    Stop,
}

/// One record on its way.
pub(crate) struct Entry {
    stamp: Stamp,
    /// What the log was set to when the record was made; by the time it is written that may have changed.
    least: Level,
    record: AsyncRecord,
}

impl Entry {
    pub(crate) const fn new(stamp: Stamp, least: Level, record: AsyncRecord) -> Self {
        Self { stamp, least, record }
    }
}

impl Hub {
    pub(crate) fn new(config: &LogConfig, router: Router) -> Self {
        let (sender, receiver) = bounded(config.queue);
        Self {
            level: AtomicU8::new(config.level as u8),
            trades: config.trades,
            console: router.console().clone(),
            has_console: config.to_console,
            sender,
            receiver,
            aside: unbounded(),
            debug_places: config.queue - config.queue.div_ceil(4),
            info_places: config.queue - config.queue.div_ceil(10),
            counters: Counters::default(),
            router: Mutex::new(router),
            progress: AtomicU64::new(0),
            stalled: AtomicU64::new(0),
            ended: AtomicBool::new(false),
            closed: AtomicBool::new(false),
            writer: Mutex::new(None),
            leaving: OnceLock::new(),
        }
    }

    /// The least level that the file for everything and the console take.
    pub(crate) fn level(&self) -> Level {
        Level::ALL.into_iter().find(|level| *level as u8 == self.level.load(Relaxed)).unwrap_or(Level::Info)
    }

    pub(crate) fn set_level(&self, level: Level) {
        self.level.store(level as u8, Relaxed);
    }

    /// Whether any file or the console takes a record of this level; `trade` says whether it is of the category trade.
    #[inline]
    pub(crate) fn takes(&self, level: Level, trade: bool) -> bool {
        level as u8 >= self.level.load(Relaxed)
            || level >= Level::Error
            || trade && level >= Level::Trade && self.trades == TradeRecords::Always
    }

    /// Whether people read along.
    pub(crate) const fn has_console(&self) -> bool {
        self.has_console
    }

    /// The calling thread is about to end the process. Its own records find their place, whatever their level, and behind them
    /// comes only what others were already waiting with: whoever logs next is held, so that it does nothing more that would not
    /// be in the log.
    #[cfg(unix)]
    pub(crate) fn take_leave(&self) {
        // Only the first signal comes this far.
        let _ = self.leaving.set(thread::current().id());
    }

    /// Takes a record over from a thread that has better things to do.
    pub(crate) fn hand_over(&self, entry: Entry, level: Level) {
        if IS_WRITING.get() {
            // A value logs while it is being written, or panics: this thread holds the files already.
            return self.put_aside(entry);
        }
        match self.leaving.get() {
            None => {}
            Some(leaving) if *leaving == thread::current().id() => return self.insist(Message::Record(entry)),
            // Should the process live on all the same, so does the log.
            Some(_) => thread::sleep(HELD),
        }
        let taken = self.sender.len();
        let gives_way = match level {
            Level::Debug => taken >= self.debug_places,
            Level::Info => taken >= self.info_places,
            _ => false,
        };
        if gives_way {
            return self.counters.count_drop(level);
        }
        match self.sender.try_send(Message::Record(entry)) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) if level < Level::Trade => return self.counters.count_drop(level),
            Err(TrySendError::Full(message) | TrySendError::Disconnected(message)) => self.insist(message),
        }
        self.write_if_ended();
    }

    /// Where the thread that writes has ended, whoever has put something into the queue writes it.
    fn write_if_ended(&self) {
        if self.ended.load(SeqCst) {
            self.write_all_waiting();
        }
    }

    /// Waits for a place, a bounded time, and writes here and now where none comes.
    fn insist(&self, message: Message) {
        let began = Instant::now();
        self.wait_or_write(message);
        self.counters.count_wait(began.elapsed());
    }

    fn wait_or_write(&self, message: Message) {
        let stalled = self.stalled.load(Relaxed) == self.progress.load(Relaxed) + 1;
        // Where others have waited in vain and nothing has moved since, waiting again would only stop this thread too.
        let patience = if stalled { Duration::ZERO } else { PATIENCE };
        let unsent = self.sender.send_timeout(message, patience);
        let Err(SendTimeoutError::Timeout(message) | SendTimeoutError::Disconnected(message)) = unsent else { return };
        let Message::Record(entry) = message else { return };
        if let Some(mut router) = self.router.try_lock_for(patience) {
            router.begin();
            self.write(&mut router, &entry);
            router.write_through();
            self.counters.written_by_caller.fetch_add(1, Relaxed);
        } else {
            self.stalled.store(self.progress.load(Relaxed) + 1, Relaxed);
            self.put_aside(entry);
        }
    }

    fn put_aside(&self, entry: Entry) {
        if self.aside.0.len() < ASIDE {
            self.counters.put_aside.fetch_add(1, Relaxed);
            // This hub holds both ends of the channel, which has no bound of its own: it takes everything.
            let _ = self.aside.0.send(Message::Record(entry));
        } else {
            entry.record.as_record_values(|record, context| {
                let mut line = Line::new();
                Collector::new().collect(entry.stamp, record, context, &mut line);
                let shown = self.console.show(&line);
                if shown { &self.counters.sent_to_standard_error } else { &self.counters.lost }.fetch_add(1, Relaxed);
            });
        }
    }

    /// Writes one record. Values of its context are shown only now, by code that is not ours: a panic in one costs this record.
    fn write(&self, router: &mut Router, entry: &Entry) {
        IS_WRITING.set(true);
        let write = || entry.record.as_record_values(|record, context| router.write(entry.least, entry.stamp, record, context));
        if catch_unwind(AssertUnwindSafe(write)).is_err() {
            self.counters.unshowable.fetch_add(1, Relaxed);
        }
        IS_WRITING.set(false);
    }

    /// Writes a batch of what waits. Returns whether there was anything, and whether the writing thread is asked to end.
    pub(crate) fn write_batch(&self, first: Option<Message>) -> Batch {
        let mut router = self.router.lock();
        router.begin();
        let mut batch = Batch::Nothing;
        for message in first.into_iter().chain(self.aside.1.try_iter()).chain(self.receiver.try_iter()).take(BATCH) {
            if batch == Batch::Nothing {
                batch = Batch::Some;
            }
            match message {
                Message::Record(entry) => self.write(&mut router, &entry),
                Message::Flush(done) => {
                    // What was put aside was logged before it, too.
                    for message in self.aside.1.try_iter().take(self.aside.1.len()) {
                        if let Message::Record(entry) = message {
                            self.write(&mut router, &entry);
                        }
                    }
                    router.rest(self.level(), self.losses());
                    // Whoever asked may have stopped waiting.
                    let _ = done.try_send(router.has_written_all());
                }
                Message::Stop => batch = Batch::Stop,
            }
        }
        // A thread that has waited in vain for a place in the queue gets at the files next.
        MutexGuard::unlock_fair(router);
        self.progress.fetch_add(1, Relaxed);
        batch
    }

    pub(crate) fn rest(&self) {
        self.router.lock().rest(self.level(), self.losses());
    }

    pub(crate) fn tick(&self) {
        self.router.lock().tick(self.level(), self.losses());
    }

    /// Writes what waits now; what others add meanwhile is theirs to write.
    fn write_all_waiting(&self) {
        // One more for what a value that panics has had put aside.
        let batches = (self.receiver.len() + self.aside.1.len()) / BATCH + 2;
        for _ in 0..batches {
            self.write_batch(None);
        }
        self.tick();
    }

    /// The thread that writes is about to end: what still waits, and what comes later, is written by whoever finds it.
    pub(crate) fn end(&self) {
        self.ended.store(true, SeqCst);
        while self.write_batch(None) != Batch::Nothing {}
        self.router.lock().close(self.level(), self.losses());
        self.closed.store(true, SeqCst);
    }

    /// The calling thread is the one that writes.
    pub(crate) fn is_written_by_this_thread(&self) {
        *self.writer.lock() = Some(thread::current().id());
    }

    /// Waits until everything that was logged before stands in the files. Returns whether it does.
    pub(crate) fn flush(&self, patience: Duration) -> bool {
        if IS_WRITING.get() || *self.writer.lock() == Some(thread::current().id()) {
            return false; // a thread that writes cannot wait for itself
        }
        let until = Instant::now() + patience;
        let (done, when_done) = bounded(1);
        if self.sender.send_timeout(Message::Flush(done), patience).is_err() {
            return false;
        }
        self.write_if_ended();
        let flushed = when_done.recv_deadline(until).unwrap_or(false);
        self.flush_console(until);
        flushed
    }

    /// Has the thread that writes end, and waits until it has closed the files, but no longer than `patience`: where they hang,
    /// the process must be able to end all the same. Returns whether it has.
    pub(crate) fn stop(&self, patience: Duration) -> bool {
        let until = Instant::now() + patience;
        let asked = self.sender.send_timeout(Message::Stop, patience);
        while asked.is_ok() && !self.closed.load(SeqCst) && Instant::now() < until {
            thread::sleep(LOOK_EVERY);
        }
        self.flush_console(until);
        self.closed.load(SeqCst)
    }

    /// Lets people see the last of it, but no longer than a moment: they may have stopped looking.
    fn flush_console(&self, until: Instant) {
        self.console.flush(CONSOLE_PATIENCE.min(until.saturating_duration_since(Instant::now())));
    }

    pub(crate) fn metrics(&self) -> Metrics {
        // Within a value that is being written, the files are this thread's already.
        let (files, lost) = if IS_WRITING.get() {
            (Vec::new(), 0)
        } else {
            let router = self.router.lock();
            (router.file_metrics(), router.lost())
        };
        self.counters.metrics(files, self.console.unshown(), lost)
    }

    fn losses(&self) -> Losses {
        self.counters.losses(self.console.unshown())
    }
}

/// What a batch was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Batch {
    Nothing,
    Some,
    Stop,
}

#[cfg(test)]
mod tests;
