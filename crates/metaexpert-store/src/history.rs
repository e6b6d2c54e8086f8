//! What a journal says of the past, for audit and tax: read only, and also while the expert runs.
//!
//! The one decision: rows are read in pages, so that a journal of any length needs the memory of one page. All that one [`History`]
//! reads is of one moment.

mod days; // sums by UTC day
mod lines; // what is read
mod pages; // how it is read

use std::path::{Path, PathBuf};

use metaexpert_core::UnixNanos;
use rusqlite::{Connection, OptionalExtension as _};

use self::days::Days;
pub use self::{
    lines::{ChargeLine, DayLine, FundingLine, OrderLine, TradeLine},
    pages::{Line, Lines},
};
use crate::{Identity, StoreError, opening};

/// From when to when; everything by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Period {
    /// The first moment that belongs to it; the beginning of the journal where it is `None`.
    pub from: Option<UnixNanos>,
    /// The first moment that no longer does; the end of the journal where it is `None`.
    pub to: Option<UnixNanos>,
}

/// The past of one journal.
#[derive(Debug)]
pub struct History {
    connection: Connection,
    path: PathBuf,
    identity: Identity,
}

impl History {
    /// Opens the journal at `path`; nothing in it changes, and nobody has to wait for it.
    ///
    /// # Errors
    /// Where there is none, or it is damaged, of another version, or of another program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        let (connection, identity) = opening::open_to_read(path)?;
        // From the first thing that is read on, nothing that is written later is seen.
        let begun = connection.execute_batch("BEGIN");
        begun.map_err(|error| StoreError::of_sqlite(path, "reading the journal", &error))?;
        Ok(Self { connection, path: path.to_owned(), identity })
    }

    /// Whose it is.
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Whether it has a leg or an order that is open.
    ///
    /// # Errors
    /// Where the journal is damaged.
    pub fn has_open(&self) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM legs) OR EXISTS (SELECT 1 FROM orders WHERE is_ended = 0)";
        let read = self.connection.query_row(sql, [], |row| row.get(0));
        read.map_err(|error| StoreError::of_sqlite(&self.path, "reading the journal", &error))
    }

    /// What was saved last for the next run, as JSON: the strategy's own under `state`, and up to when it was told of which bars. `None`
    /// where nothing was saved yet.
    ///
    /// # Errors
    /// Where the journal is damaged.
    pub fn state(&self) -> Result<Option<String>, StoreError> {
        let read = self.connection.query_row("SELECT json FROM state", [], |row| row.get(0)).optional();
        read.map_err(|error| StoreError::of_sqlite(&self.path, "reading the journal", &error))
    }

    /// Orders, by the time at which they were decided.
    pub fn orders(&self, period: Period) -> Lines<'_, OrderLine> {
        self.lines(period)
    }

    /// Executions, by their times.
    pub fn trades(&self, period: Period) -> Lines<'_, TradeLine> {
        self.lines(period)
    }

    /// Funding, by its times.
    pub fn fundings(&self, period: Period) -> Lines<'_, FundingLine> {
        self.lines(period)
    }

    /// Interest, transfers and insurance, by their times.
    pub fn charges(&self, period: Period) -> Lines<'_, ChargeLine> {
        self.lines(period)
    }

    /// Sums by UTC day, symbol and currency: what is not worth a line is not there.
    ///
    /// # Errors
    /// Where the journal is damaged.
    pub fn days(&self, period: Period) -> Result<Vec<DayLine>, StoreError> {
        let mut days = Days::default();
        self.trades(period).try_for_each(|line| line.map(|line| days.trade(&line)))?;
        self.fundings(period).try_for_each(|line| line.map(|line| days.funding(&line)))?;
        self.charges(period).try_for_each(|line| line.map(|line| days.charge(&line)))?;
        Ok(days.into_lines())
    }

    fn lines<T: Line>(&self, period: Period) -> Lines<'_, T> {
        Lines::of(&self.connection, self.path.clone(), period)
    }
}
