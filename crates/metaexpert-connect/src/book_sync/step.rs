//! What came of a message, and what is to be done now.

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

/// What came of a message.
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a snapshot may have to be asked for"]
pub enum Step {
    /// The book was right and is: the changes are those of the message, and there may be none.
    Applied,
    /// The book has it already, or it answers a question that is no longer open. Nothing changes.
    Older,
    /// There is no book yet. It waits for the snapshot, or is of no use without one.
    Waits,
    /// A snapshot is to be asked for: there was none yet, or the one that came is older than the changes that wait for it.
    AskSnapshot(Ask),
    /// The book is right again. The changes begin with one that clears it and end with the newest that is known.
    Rebuilt,
    /// There is no book any more. If there was one, the only change empties it.
    Broken {
        /// Why.
        why: Break,
        /// What brings it back.
        then: Remedy,
    },
}

/// A request for a snapshot. It goes with the answer, so that a late one is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ask {
    pub(super) number: u32,
    /// The how many-th in a row it is, without a book in between: the more, the longer one waits before it.
    pub in_a_row: u32,
}

/// What brings a book back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remedy {
    /// To ask for a snapshot.
    AskSnapshot(Ask),
    /// To subscribe again: the snapshot begins the stream.
    Subscribe,
    /// To wait: the stream begins again by itself, or a snapshot was asked for already.
    Wait,
}

/// Why a book is no longer right.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Break {
    /// Something is missing.
    #[error("the book ends with update {expected}, and the next message begins after {got}: something is missing")]
    Gap {
        /// The update after which the next message should begin.
        expected: i64,
        /// The update after which it begins.
        got: i64,
    },
    /// The exchange counts anew, or its clock was set back: what it sends now seems older than the book and keeps coming.
    #[error("the book ends with update {have}, and a later message with {got}: the exchange counts anew")]
    Restarted {
        /// The last update of the book.
        have: i64,
        /// The last update of the message.
        got: i64,
    },
    /// A whole book came that is older than changes before it: a copy.
    #[error("a whole book of {time} came after changes of {have}")]
    Past {
        /// When it was made.
        time: UnixNanos,
        /// What had been heard before.
        have: UnixNanos,
    },
    /// A message lacks the numbers that it is joined by.
    #[error("message {last} lacks a number to join it by, or has one beyond 63 bits")]
    Unnumbered {
        /// Its own number.
        last: u64,
    },
    /// A price is none of the instrument's. The tick size has changed, or was never right.
    #[error("price {price} is not a multiple of the tick {tick}")]
    OffTick {
        /// The price.
        price: Decimal,
        /// The tick size.
        tick: Decimal,
    },
    /// A quantity is none.
    #[error("at price {price} there is {quantity}: not a quantity")]
    BadQuantity {
        /// The level's price.
        price: Decimal,
        /// What the message says is there.
        quantity: f64,
    },
    /// The levels are not those of the exchange.
    #[error("the exchange's checksum is {told}, ours {ours}")]
    Checksum {
        /// The exchange's.
        told: u32,
        /// Ours.
        ours: u32,
    },
    /// The connection was cut.
    #[error("the connection was cut")]
    Cut,
}
