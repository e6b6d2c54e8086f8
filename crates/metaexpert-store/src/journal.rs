//! The engine's way to the journal.
//!
//! The one decision: the engine waits for an order that is about to leave, and for nothing else. It writes that order itself; what it
//! records is taken along by the writing thread, and what became of that is heard with the next order.

use std::sync::Arc;

use crossbeam_channel::Sender;
use metaexpert_core::{
    Amendment, Error, Instrument, Instruments, NewOrder, Result, UnixNanos,
    journal::{Journal, KeptState, Record},
};

use crate::{
    told::{Message, Note, Told},
    trouble::Trouble,
    writer::{self, Desk},
};

/// The engine's way to the journal: [`Store::journal`](crate::Store::journal).
#[derive(Debug)]
pub struct StoreJournal {
    way: Sender<Message>,
    trouble: Arc<Trouble>,
    desk: Desk,
    /// The engine's time, or the latest that it was told of.
    now: UnixNanos,
}

impl StoreJournal {
    pub(crate) fn new(
        way: Sender<Message>,
        desk: Desk,
        trouble: Arc<Trouble>,
        instruments: &Instruments,
        now: UnixNanos,
    ) -> Self {
        let listed: Arc<[Instrument]> = instruments.iter().map(|(_, instrument)| instrument.clone()).collect();
        // Where nobody listens any more, the first order or record says so.
        let _ = way.send(Message::Instruments(listed));
        Self { way, trouble, desk, now }
    }

    /// The same; the exchange is given names with this comment for the orders that are written.
    #[must_use]
    pub fn with_comment(self, comment: Option<&str>) -> Self {
        if let Some(comment) = comment {
            let _ = self.way.send(Message::Comment(comment.to_owned()));
        }
        self
    }

    fn note(&mut self, told: Told) -> Note {
        if let Some(time) = told.own_time() {
            self.now = self.now.max(time);
        }
        Note { time: self.now, told }
    }

    fn write(&mut self, told: Told) -> Result<()> {
        let note = self.note(told);
        self.send(Message::Write(note))
    }

    fn write_now(&mut self, told: Told) -> Result<()> {
        let note = self.note(told);
        if let Some(why) = self.trouble.end() {
            return Err(Error::Storage(why));
        }
        match writer::write_now(&self.desk, note) {
            None => Err(Error::Storage(self.trouble.why_ended())),
            // Its disk may take it later, unless it is over with the journal.
            Some(written) => written.map_err(|said| match self.trouble.end() {
                Some(_) => Error::Storage(said),
                None => Error::NotJournaled(said),
            }),
        }
    }

    fn send(&self, message: Message) -> Result<()> {
        match self.trouble.end() {
            Some(why) => Err(Error::Storage(why)),
            None => self.way.send(message).map_err(|_| Error::Storage(self.trouble.why_ended())),
        }
    }
}

impl Journal for StoreJournal {
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.write_now(Told::Order(order.clone()))
    }

    fn amend(&mut self, amendment: &Amendment) -> Result<()> {
        self.write_now(Told::Amendment(*amendment))
    }

    fn at(&mut self, now: UnixNanos) {
        self.now = now;
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        self.write(record.into())
    }

    fn keeps_state(&self) -> bool {
        true
    }

    fn state(&mut self, state: &KeptState) -> Result<()> {
        self.write(Told::State(state.clone()))
    }

    fn settle(&mut self) -> Result<()> {
        self.send(Message::Settle)
    }
}
