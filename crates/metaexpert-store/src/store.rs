//! The journal, opened, written and closed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread::{self, JoinHandle},
};

use crossbeam_channel::{Sender, bounded};
use metaexpert_core::{Instruments, UnixNanos};
use parking_lot::Mutex;

use crate::{
    Identity, Kept, StoreError, StoreJournal, opening,
    told::Message,
    trouble::Trouble,
    writer::{self, Desk, Writer},
};

/// What has to be survived before an order may leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// The end of this process, whatever ended it.
    #[default]
    Process,
    /// The end of the machine's power.
    Power,
}

/// Notes that may wait for the writing thread. The engine waits when there are more: memory has an end.
const QUEUE: usize = 1_024;

/// An open journal. Where it is dropped without [`close`](Self::close), what was not settled is not written.
#[derive(Debug)]
pub struct Store {
    path: PathBuf,
    way: Sender<Message>,
    desk: Desk,
    trouble: Arc<Trouble>,
    begun: UnixNanos,
    thread: Option<JoinHandle<Result<(), String>>>,
}

impl Store {
    /// Opens the journal at `path`, or begins one; its folder is made where it is missing. `now` is noted as the beginning of the run;
    /// `chance` is the number of the run, or the next one that no run of the journal has: drawn by whoever opens it, so that neither a
    /// journal that was lost nor one of which a backup was put back brings a number again. Where it is 0, as on paper, runs are counted
    /// from 1.
    ///
    /// It is checked as far as a second goes. What takes longer is opened: a damage is found when it is met.
    ///
    /// # Errors
    /// Where it is locked, damaged, of a newer version, of somebody else, or the disk does not have it.
    pub fn open(
        path: &Path,
        identity: &Identity,
        durability: Durability,
        now: UnixNanos,
        chance: u32,
    ) -> Result<(Self, Kept), StoreError> {
        let (connection, lock, kept) = opening::open(path, identity, durability, now, chance)?;
        let (way, queue) = bounded(QUEUE);
        let trouble = Arc::new(Trouble::default());
        let writer = Writer::new(connection, queue.clone(), Arc::clone(&trouble));
        let writer = writer.map_err(|error| StoreError::of_sqlite(path, "opening the journal", &error))?;
        let desk = Arc::new(Mutex::new(Some(writer)));
        let write = {
            let desk = Arc::clone(&desk);
            move || {
                let written = writer::run(&desk, &queue);
                // Not before the file is closed.
                drop(lock);
                written
            }
        };
        let thread = thread::Builder::new().name("journal".into()).spawn(write);
        let thread = thread.map_err(|error| StoreError::unusable(path, "starting the journal's thread", &error))?;
        Ok((Self { path: path.to_owned(), way, desk, trouble, begun: now, thread: Some(thread) }, kept))
    }

    /// Lets the journal at `path` go on as that of `identity`, whose account it knows by another name; gives that name, where there was
    /// one to give up. `may` says whether the old name is of the same account.
    ///
    /// # Errors
    /// As [`open`](Self::open); where anything but the account differs, too.
    pub fn rename_account(path: &Path, identity: &Identity, may: impl Fn(&str) -> bool) -> Result<Option<String>, StoreError> {
        opening::rename_account(path, identity, may)
    }

    /// What the engine writes to. `instruments` say the names of what is written. One at a time: two would name instruments
    /// differently.
    pub fn journal(&self, instruments: &Instruments) -> StoreJournal {
        StoreJournal::new(self.way.clone(), Arc::clone(&self.desk), Arc::clone(&self.trouble), instruments, self.begun)
    }

    /// What the disk said last, as long as it does not take what it was told; orders are refused until it does.
    pub fn trouble(&self) -> Option<String> {
        self.trouble.said()
    }

    /// The same, for whoever asks from another thread, as long as it likes.
    pub fn troubles(&self) -> impl Fn() -> Option<String> + Send + Sync + 'static {
        let trouble = Arc::clone(&self.trouble);
        move || trouble.said()
    }

    /// Writes all that was told, and ends the thread that writes.
    ///
    /// # Errors
    /// Where the last of it could not be written.
    pub fn close(mut self) -> Result<(), StoreError> {
        self.end(Message::Close).map_err(|said| StoreError::unusable(&self.path, "writing the journal", &said))
    }

    fn end(&mut self, message: Message) -> Result<(), String> {
        let Some(thread) = self.thread.take() else { return Ok(()) };
        // A thread that has ended by itself says so when it is joined.
        let _ = self.way.send(message);
        thread.join().unwrap_or_else(|_| Err("the thread that writes it has panicked".into()))
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        // Nobody is left who could be told.
        let _ = self.end(Message::Abandon);
    }
}
