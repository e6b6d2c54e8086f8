//! What must be kept: orders before they leave, and everything that became of them. A database when live, a record in memory
//! when testing.

use crate::{
    Amendment, Cancellation, Charge, ClientOrderId, Error, Funding, InstrumentId, Money, NewOrder, OrderKind, PositionSide,
    Quantity, Rejection, Result, Trade, UnixNanos,
    portfolio::Leg,
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
    /// The venue has the order.
    Accepted(ClientOrderId),
    /// Nobody knows whether the venue has the order.
    Unknown(ClientOrderId),
    /// Nothing is left of the order that could be executed, though that may be less than it was for (an order that takes what can be
    /// paid for, or closes what there is). Written after the trade that ended it.
    Filled(ClientOrderId),
    /// The venue has changed the order, which is for this much now and has this kind.
    Amended(ClientOrderId, Quantity, OrderKind),
    /// What one leg holds after a trade; `None` where it is closed.
    Leg(InstrumentId, PositionSide, Option<&'a Leg>),
    /// What guards one leg, as JSON: from where its exits are worked out. `None` where the leg is gone. It is told with the trade that has
    /// changed it, and before a stop that has moved leaves. Only where the engine guards legs.
    Guard(InstrumentId, PositionSide, Option<&'a str>),
    /// What the account has of one currency after a trade, funding or a charge.
    Balance(&'a Money),
    /// Drawdown, daily loss or a halt are not what they were: the next run should know. Only where it
    /// [was asked for](crate::engine::Engine::carry_risk).
    Risk(&'a RiskState),
}

/// A strategy's own state as it was at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptState {
    /// As JSON.
    pub json: String,
    /// The engine's time: bars that closed by then are in it.
    pub time: UnixNanos,
}

/// Keeps orders and what became of them.
pub trait Journal {
    /// Writes an order down before it leaves.
    ///
    /// # Errors
    /// When it could not be written; the order must not leave then. [`Error::NotJournaled`] where a later one may be.
    fn append(&mut self, order: &NewOrder) -> Result<()>;

    /// Writes a change of an order down before it leaves.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    fn amend(&mut self, amendment: &Amendment) -> Result<()>;

    /// It is this time now, for whatever is written next.
    fn at(&mut self, _now: UnixNanos) {}

    /// Writes down what has happened.
    ///
    /// # Errors
    /// When it could not be written.
    fn record(&mut self, record: Record<'_>) -> Result<()>;

    /// Whether it keeps the strategy's own state. Where it does not, nobody goes to the trouble of writing one.
    fn keeps_state(&self) -> bool {
        false
    }

    /// Writes the strategy's own state down, in place of the one before.
    ///
    /// # Errors
    /// When it could not be written.
    fn state(&mut self, _state: &KeptState) -> Result<()> {
        Ok(())
    }

    /// All that belongs together has been written down: an execution, and what handlers made of it. What was written since the
    /// last time is found after a crash as a whole or not at all, except that an order which left is always there, with all before it.
    ///
    /// # Errors
    /// When it could not be written.
    fn settle(&mut self) -> Result<()> {
        Ok(())
    }
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
