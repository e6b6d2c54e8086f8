//! The engine's pen: what is written to the journal, and whether it has been settled.
//!
//! The one decision: what one event has brought about is settled once, when all of it has happened. An event that brought nothing about
//! costs a question.

use crate::{
    Amendment, ClientOrderId, Error, NewOrder, Result, UnixNanos,
    journal::{Journal, KeptState, Record},
};

/// A journal, and what was written to it since it was settled.
#[derive(Debug)]
pub(super) struct Writing<J> {
    journal: J,
    now: UnixNanos,
    is_open: bool,
    /// Orders that it did not take, and whose end is not told yet.
    not_taken: Vec<ClientOrderId>,
}

impl<J: Journal> Writing<J> {
    pub(super) const fn new(journal: J) -> Self {
        Self { journal, now: UnixNanos::MIN, is_open: false, not_taken: Vec::new() }
    }

    /// Lets go of the journal.
    pub(super) fn into_inner(self) -> J {
        self.journal
    }

    /// Writes down what has happened at this time.
    #[inline]
    pub(super) fn note(&mut self, now: UnixNanos, record: Record<'_>) -> Result<()> {
        if !self.not_taken.is_empty() && self.is_of_none(&record) {
            return Ok(());
        }
        if now != self.now {
            self.now = now;
            self.journal.at(now);
        }
        self.is_open = true;
        self.journal.record(record)
    }

    /// Whether it is the end of an order that the journal does not have.
    fn is_of_none(&mut self, record: &Record<'_>) -> bool {
        let Record::Rejected(id, _) = record else { return false };
        let place = self.not_taken.iter().position(|not_taken| not_taken == id);
        place.map(|place| self.not_taken.swap_remove(place)).is_some()
    }

    /// What was written since the last time belongs together, and is all.
    #[inline]
    pub(super) fn settle_written(&mut self) -> Result<()> {
        if std::mem::take(&mut self.is_open) { self.journal.settle() } else { Ok(()) }
    }
}

impl<J: Journal> Journal for Writing<J> {
    #[inline]
    fn append(&mut self, order: &NewOrder) -> Result<()> {
        self.is_open = true;
        let taken = self.journal.append(order);
        if let Err(Error::NotJournaled(_)) = taken {
            self.not_taken.push(order.id);
        }
        taken
    }

    #[inline]
    fn amend(&mut self, amendment: &Amendment) -> Result<()> {
        self.is_open = true;
        self.journal.amend(amendment)
    }

    fn record(&mut self, record: Record<'_>) -> Result<()> {
        self.note(self.now, record)
    }

    fn keeps_state(&self) -> bool {
        self.journal.keeps_state()
    }

    fn state(&mut self, state: &KeptState) -> Result<()> {
        self.is_open = true;
        self.journal.state(state)
    }
}
