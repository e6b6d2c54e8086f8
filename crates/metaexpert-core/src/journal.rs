//! What must be kept: orders before they leave, and everything that became of them. A database when live, a record in memory
//! when testing.

use crate::{
    Amendment, Cancellation, Charge, ClientOrderId, Error, Funding, NewOrder, Rejection, Result, Trade,
    risk::{RiskApproved, RiskState},
};

/// Something worth keeping that has happened.
#[derive(Debug, Clone, Copy)]
pub enum Record<'a> {
    /// One of our orders was executed, in full or in part.
    Trade(&'a Trade),
    /// Funding was settled for one of our positions.
    Funding(&'a Funding),
    /// The venue refused an order that the gate had passed.
    Rejected(ClientOrderId, Rejection),
    /// An order, or what was left of it, is gone.
    Cancelled(ClientOrderId, Cancellation),
    /// The venue booked what is no execution and no funding.
    Charged(&'a Charge),
    /// The gate refused an order, a handler failed, or the connection did.
    Error(&'a Error),
    /// Drawdown, daily loss or a halt are not what they were: the next run should know. Only where it
    /// [was asked for](crate::engine::Engine::carry_risk).
    Risk(&'a RiskState),
}

/// Keeps orders and what became of them.
pub trait Journal {
    /// Writes an order down before it leaves.
    ///
    /// # Errors
    /// When it could not be written; the order must not leave then.
    fn append(&mut self, order: &NewOrder) -> Result<()>;

    /// Writes a change of an order down before it leaves.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    fn amend(&mut self, amendment: &Amendment) -> Result<()>;

    /// Writes down what has happened.
    ///
    /// # Errors
    /// When it could not be written.
    fn record(&mut self, record: Record<'_>) -> Result<()>;
}

/// An order that the journal holds. Only [`RiskApproved::journal`] makes one, and a [`Broker`](crate::broker::Broker) takes
/// nothing else.
#[derive(Debug)]
#[must_use]
pub struct Journaled<T>(T);

impl<T> Journaled<T> {
    /// What was written down.
    pub const fn get(&self) -> &T {
        &self.0
    }

    /// Takes it out, to be sent.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl RiskApproved<NewOrder> {
    /// Writes the order down: the only way to something that can be sent.
    ///
    /// # Errors
    /// When the journal could not write; the order is lost with its approval.
    pub fn journal(self, journal: &mut impl Journal) -> Result<Journaled<NewOrder>> {
        let order = self.into_inner();
        journal.append(&order)?;
        Ok(Journaled(order))
    }
}

impl RiskApproved<Amendment> {
    /// Writes the change down: the only way to something that can be sent.
    ///
    /// # Errors
    /// When the journal could not write; the change is lost with its approval.
    pub fn journal(self, journal: &mut impl Journal) -> Result<Journaled<Amendment>> {
        let amendment = self.into_inner();
        journal.amend(&amendment)?;
        Ok(Journaled(amendment))
    }
}
