//! Where orders go: a simulated venue, or an exchange.

use rust_decimal::Decimal;

use crate::{
    Amendment, Book, Cancellation, Charge, ClientOrderId, Funding, InstrumentBar, InstrumentId, LevelChange, NewOrder,
    PublicTrade, Quantity, Rejection, Result, Tick, Trade, UnixNanos, journal::Journaled,
};

/// What a venue says about our orders and our account.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It has the order.
    Accepted(ClientOrderId),
    /// It will not execute the order, or what is left of it.
    Rejected(ClientOrderId, Rejection),
    /// Nobody knows whether the venue has the order: its answer was lost. It is asked for; what comes of that is the next answer.
    Unknown(ClientOrderId),
    /// What the order waited for has happened.
    Triggered(ClientOrderId),
    /// It has changed the order as it was asked to; the order is for this much now, what was executed included.
    Amended(ClientOrderId, Quantity),
    /// It has not changed the order, which stands as it was, if it stands.
    AmendRejected(Amendment, Rejection),
    /// The order, or what was left of it, is gone.
    Cancelled(ClientOrderId, Cancellation),
    /// It has not cancelled the order.
    CancelRejected(ClientOrderId, Rejection),
    /// It executed an order of ours, in full or in part.
    Trade {
        /// The execution.
        trade: Trade,
        /// How much of the order may still be executed; zero when it is done.
        remaining: Decimal,
    },
    /// It settled funding.
    Funding(Funding),
    /// It booked something else: interest, a transfer.
    Charged(Charge),
}

/// What moves a market.
#[derive(Debug, Clone, Copy)]
pub enum Market<'a> {
    /// Bars of several instruments that closed at the same time.
    Bars(&'a [InstrumentBar]),
    /// A new best bid or ask, or last price.
    Tick(InstrumentId, &'a Tick),
    /// A print on the tape.
    PublicTrade(InstrumentId, &'a PublicTrade),
    /// A level of an order book has changed; the book is as it is after that.
    Book(InstrumentId, &'a Book, &'a LevelChange),
    /// The price that margin and liquidation are reckoned with.
    Mark(InstrumentId, UnixNanos, Decimal),
    /// The price of the underlying.
    Index(InstrumentId, UnixNanos, Decimal),
    /// Time has passed.
    Time(UnixNanos),
}

/// Who guards open legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guards {
    /// The venue does by itself, from what the entries carry: a simulated one.
    Venue,
    /// The engine does, by orders of its own: an exchange.
    Engine,
}

/// Which exits a venue lets rest, where the engine guards open legs. What it does not, the engine watches on prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offers {
    /// Orders that wait for a price.
    pub stops: bool,
    /// A stop and a take-profit for the same position.
    pub both_exits: bool,
    /// What is not wanted any more is cancelled by the venue itself: an order that is linked to one that was executed, and one that only
    /// reduces a leg of which nothing is left. Where it is not, the engine cancels them.
    pub calls_off: bool,
}

impl Offers {
    /// All of them.
    pub const ALL: Self = Self { stops: true, both_exits: true, calls_off: true };
}

/// Takes orders. It accepts nothing that the risk gate has not passed and the journal does not hold.
pub trait Broker {
    /// Sends an order. What is known of its fate at once is added to `answers`; the rest comes through the feed or through
    /// [`observe`](Self::observe).
    ///
    /// # Errors
    /// When it could not be sent at all. A lost answer is not an error: the order's state is unknown then.
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()>;

    /// Changes an order that stands.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()>;

    /// Cancels an order that stands. Nothing has to pass the gate for that.
    ///
    /// # Errors
    /// As [`submit`](Self::submit).
    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()>;

    /// Who guards open legs: the stops and take-profits that entries carry.
    fn guards(&self) -> Guards {
        Guards::Venue
    }

    /// The account and the venue disagree: it is to compare them as soon as it can. Nothing where the venue is simulated.
    fn compare(&mut self) {}

    /// Asks for an [event](crate::feed::Event::LastWord) once the venue has told all that it knows of orders and executions. `false` where
    /// it never knows more than it has told, or cannot be asked: then none comes.
    fn ask_last_word(&mut self) -> bool {
        false
    }

    /// Which exits it lets rest, where the engine guards open legs.
    fn offers(&self) -> Offers {
        Offers::ALL
    }

    /// Lets a simulated venue see the market move and adds what it did; a real one sees for itself and adds nothing.
    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>);

    /// Ends the run: a simulated venue closes what is open and drops what waits.
    fn end(&mut self, answers: &mut Vec<Answer>);
}
