//! What writes: a thread for all that can wait, and the engine's own for an order that is about to leave.
//!
//! The one decision: a unit, from one [`settle`](metaexpert_core::journal::Journal::settle) to the next, is one transaction, and is kept
//! in memory until its commit has succeeded. A disk that is full loses nothing: the unit waits, grows, and is written again from its
//! beginning when there is room. An order waits for nothing of the kind: if it cannot be written now, it does not leave.
//!
//! An order is written on the thread that sends it, after all that was told before it: to wake another thread and to be woken by it takes
//! longer than a commit. So whoever writes holds a lock, and takes what was told out of the channel only while holding it.

mod failure; // what an error of SQLite means
mod statements; // one note, as SQL
mod unit; // what waits for its commit

#[cfg(test)]
mod tests;

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use crossbeam_channel::{Receiver, Select};
use metaexpert_observe::measures;
use parking_lot::Mutex;
use rusqlite::Connection;

use self::{failure::Failure, statements::Statements, unit::Unit};
use crate::{
    told::{Answer, Message, Note, Told},
    trouble::Trouble,
};

/// Notes that wait for room on the disk before the run has to end: an hour of 25 executions a second.
const BACKLOG_MAX: usize = 100_000;
/// Notes that are committed at the end of a unit although more are waiting.
const BATCH_MAX: usize = 4_096;
/// How long nothing may come before the write-ahead log is brought into the file.
const QUIET: Duration = Duration::from_millis(50);
/// How many pages may stand in that log until then: SQLite's own default.
const LOG_PAGES: usize = 1_000;
/// How many may where it is never quiet: 64 MiB.
const LOG_PAGES_MAX: usize = 16_000;
/// Bytes of a page.
const PAGE: usize = 4_096;
/// How long a disk that did not take a unit is left alone, unless an order asks and the unit is small.
const TRY_AGAIN: Duration = Duration::from_secs(1);
/// Notes that are written again for each order that asks. It is the engine's thread that waits for it, some milliseconds at most, and
/// where exits are refused it asks with each price.
const AT_ONCE_MAX: usize = 256;

/// How often the engine tries before it sleeps until it may write: what the thread does in between takes a few microseconds.
const TRIES: u32 = 2_000;

/// Whoever may write; nobody any more, when the journal is closed.
pub(crate) type Desk = Arc<Mutex<Option<Writer>>>;

/// Writes what can wait until it is told to end. Why not all of it was written, where it was not.
pub(crate) fn run(desk: &Desk, queue: &Receiver<Message>) -> Result<(), String> {
    let _farewell = Farewell(Arc::clone(desk));
    let mut arrival = Select::new();
    arrival.recv(queue);
    loop {
        let longest = desk.lock().as_ref().map_or(TRY_AGAIN, Writer::patience);
        let is_quiet = arrival.ready_timeout(longest).is_err();
        let mut desk = desk.lock();
        let Some(writer) = desk.as_mut() else { return Ok(()) };
        if let Some(ended) = writer.listen(false) {
            return ended;
        }
        if is_quiet {
            writer.rest();
        }
    }
}

/// Writes an order, or a change of one, on the thread at hand: it is on the disk, or it does not leave.
pub(crate) fn write_now(desk: &Desk, note: Note) -> Option<Answer> {
    let tried = (0..TRIES).find_map(|_| {
        let tried = desk.try_lock();
        if tried.is_none() {
            std::hint::spin_loop();
        }
        tried
    });
    let mut desk = tried.unwrap_or_else(|| desk.lock());
    desk.as_mut().and_then(|writer| writer.write_after_all(note))
}

/// Closes the file when the thread ends, whatever has ended it. Whoever asks then finds nobody.
struct Farewell(Desk);

impl Drop for Farewell {
    fn drop(&mut self) {
        drop(self.0.lock().take());
    }
}

/// Writes into the journal.
#[derive(Debug)]
pub(crate) struct Writer {
    statements: Statements,
    queue: Receiver<Message>,
    trouble: Arc<Trouble>,
    /// How the journal was closed, as long as the thread does not know.
    ended: Option<Answer>,
    /// What is not committed yet.
    unit: Unit,
    /// Whether a transaction has begun, which has all of the unit.
    is_open: bool,
    /// When the disk was last tried, while it does not take the unit.
    stuck: Option<Instant>,
    /// About so many pages stand in the write-ahead log.
    pages: usize,
}

impl Writer {
    /// What was told comes through `queue`.
    pub(crate) fn new(connection: Connection, queue: Receiver<Message>, trouble: Arc<Trouble>) -> rusqlite::Result<Self> {
        Ok(Self {
            statements: Statements::prepare(connection)?,
            queue,
            trouble,
            ended: None,
            unit: Unit::default(),
            is_open: false,
            stuck: None,
            pages: 0,
        })
    }

    /// All that has been told by now. What came of the end, where it was told to end. An order that follows commits what is settled
    /// with itself.
    fn listen(&mut self, an_order_follows: bool) -> Option<Answer> {
        while self.ended.is_none()
            && let Ok(message) = self.queue.try_recv()
        {
            match message {
                Message::Write(note) => self.write(note),
                Message::Settle => self.settle(self.queue.is_empty() && !an_order_follows),
                Message::Instruments(listed) => self.statements.list(listed),
                Message::Comment(comment) => self.statements.comment_with(comment),
                Message::Close => self.ended = Some(self.close()),
                Message::Abandon => self.ended = Some(self.abandon()),
            }
        }
        self.ended.clone()
    }

    /// How long nothing may come before there is something to be done.
    fn patience(&self) -> Duration {
        let is_waiting = self.pages > LOG_PAGES || (self.is_open && self.unit.is_settled());
        if is_waiting && self.stuck.is_none() { QUIET } else { TRY_AGAIN }
    }

    /// `None` where the journal was closed before.
    fn write_after_all(&mut self, note: Note) -> Option<Answer> {
        if self.listen(true).is_some() {
            return None;
        }
        Some(self.write_now(note))
    }

    fn write(&mut self, note: Note) {
        if self.trouble.end().is_some() {
            return;
        }
        if self.stuck.is_none()
            && let Err(failure) = self.put(&note)
        {
            self.fail(failure);
        }
        self.unit.push(note);
        if self.unit.len() > BACKLOG_MAX {
            let said = self.trouble.said().unwrap_or_default();
            self.end(format!("more than {BACKLOG_MAX} entries wait for the disk, which does not take them: {said}"));
        }
    }

    /// An order, or a change of one: on the disk, or not at all.
    fn write_now(&mut self, note: Note) -> Answer {
        if self.unit.len() <= AT_ONCE_MAX || self.is_time_to_try() {
            self.retry();
        }
        let before = self.unit.len();
        let written = self.check().and_then(|()| {
            if let Err(failure) = self.put(&note) {
                self.fail(failure);
                return self.check();
            }
            self.unit.push(note);
            self.commit();
            self.check()
        });
        if written.is_err() {
            // It does not leave: it must not be written later as if it had.
            self.unit.truncate(before);
        }
        written
    }

    fn settle(&mut self, is_all: bool) {
        self.unit.settle();
        if self.is_time_to_try() {
            self.retry();
        }
        if self.is_open && (is_all || self.unit.len() >= BATCH_MAX) {
            self.commit();
        }
        if self.pages > LOG_PAGES_MAX {
            self.empty_log();
        }
    }

    /// Nothing has come for a while.
    fn rest(&mut self) {
        self.retry();
        if self.is_open && self.unit.is_settled() {
            self.commit();
        }
        if self.pages > LOG_PAGES {
            self.empty_log();
        }
    }

    /// Brings the write-ahead log into the file. The first write after that waits for the disk, so it is done here, where nobody else
    /// waits for it.
    fn empty_log(&mut self) {
        if self.is_open || self.stuck.is_some() {
            return;
        }
        // What is not brought over now, since somebody reads it, is brought over the next time.
        let _ = self.statements.connection().query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
        let _ = self.statements.connection().execute("UPDATE identity SET is_closed = 0", []);
        self.pages = 0;
    }

    fn put(&mut self, note: &Note) -> Result<(), Failure> {
        if !self.is_open {
            self.statements.begin()?;
            self.is_open = true;
        }
        self.statements.write(note)
    }

    /// Whether the disk, which did not take the unit, was left alone for long enough.
    fn is_time_to_try(&self) -> bool {
        self.stuck.is_some_and(|tried| tried.elapsed() >= TRY_AGAIN)
    }

    /// The whole unit once more, where the disk did not take it.
    fn retry(&mut self) {
        if self.stuck.take().is_none() {
            return;
        }
        let unit = std::mem::take(&mut self.unit);
        let written = unit.iter().try_for_each(|note| self.put(note));
        self.unit = unit;
        match written {
            // Half a unit is committed with its other half.
            Ok(()) if self.is_open && self.unit.is_settled() => self.commit(),
            Ok(()) => {}
            Err(failure) => self.fail(failure),
        }
    }

    fn commit(&mut self) {
        let begun = Instant::now();
        match self.statements.commit() {
            Ok(()) => {
                measures::committed(begun.elapsed());
                self.pages += self.unit.iter().map(pages_of).sum::<usize>();
                self.unit.clear();
                self.is_open = false;
                if self.trouble.said().is_some() {
                    self.trouble.over();
                }
            }
            Err(failure) => self.fail(failure),
        }
    }

    fn fail(&mut self, failure: Failure) {
        self.roll_back();
        match failure {
            Failure::OfDisk(said) => {
                self.trouble.meet(said);
                self.stuck = Some(Instant::now());
            }
            Failure::OfContent(said) => self.end(said),
        }
    }

    /// It is over with this journal. What is whole is in it; the unit in which this has happened never was.
    fn end(&mut self, said: String) {
        self.keep_settled();
        self.trouble.end_with(said);
    }

    fn keep_settled(&mut self) {
        self.roll_back();
        self.stuck = None;
        let settled = std::mem::take(&mut self.unit).into_settled();
        let kept = settled
            .iter()
            .try_for_each(|note| self.put(note))
            .and_then(|()| if self.is_open { self.statements.commit() } else { Ok(()) });
        match kept {
            Ok(()) => {
                self.is_open = false;
                self.trouble.over();
            }
            Err(failure) => {
                self.roll_back();
                self.trouble.meet(failure.to_string());
            }
        }
    }

    fn roll_back(&mut self) {
        if !self.statements.connection().is_autocommit() {
            // SQLite has rolled back by itself where this fails.
            let _ = self.statements.connection().execute_batch("ROLLBACK");
        }
        self.is_open = false;
    }

    fn check(&self) -> Result<(), String> {
        match self.trouble.end() {
            Some(said) => Err(said),
            None if self.stuck.is_some() => Err(self.trouble.said().unwrap_or_default()),
            None => Ok(()),
        }
    }

    fn close(&mut self) -> Result<(), String> {
        self.retry();
        if self.is_open {
            self.commit();
        }
        self.check()?;
        if !self.unit.is_empty() {
            return Err("not all of it could be written".into());
        }
        self.statements.connection().execute("UPDATE identity SET is_closed = 1", []).map_err(|error| error.to_string())?;
        Ok(())
    }

    fn abandon(&mut self) -> Result<(), String> {
        if let Some(said) = self.trouble.end() {
            return Err(said);
        }
        self.keep_settled();
        self.trouble.said().map_or(Ok(()), Err)
    }
}

/// About how many pages of the database a note changes: its table, its indexes, the order or leg that it is of.
fn pages_of(note: &Note) -> usize {
    match &note.told {
        Told::State(state) => 1 + state.json.len() / PAGE,
        _ => 3,
    }
}

/// Of an order that was refused, its name is in the message; of all else, what it was.
pub(crate) fn name_of(told: &Told) -> String {
    match told {
        Told::Order(order) => format!("order {}", order.id),
        Told::Amendment(amendment) => format!("a change of order {}", amendment.id),
        Told::Trade(trade) => {
            format!("{}: execution {} ({} of the {} leg)", trade.symbol, trade.id, trade.side, trade.position_side)
        }
        Told::Leg(_, side, _) => format!("a {side} leg"),
        Told::Guard(_, side, _) => format!("what guards a {side} leg"),
        Told::Balance(money) => format!("the balance of {}", money.currency),
        Told::Funding(funding) => format!("{}: funding at {}", funding.symbol, funding.time),
        Told::Charged(charge) => format!("{} at {}", charge.cause, charge.time),
        Told::Accepted(id)
        | Told::Unknown(id)
        | Told::Filled(id)
        | Told::Amended(id, ..)
        | Told::Rejected(id, _)
        | Told::Cancelled(id, _) => {
            format!("what became of order {id}")
        }
        Told::Error(kind, _) => format!("an error ({kind})"),
        Told::Risk(_) => "the state of limits".into(),
        Told::State(_) => "the strategy's state".into(),
    }
}
