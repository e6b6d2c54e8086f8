//! What an exchange sent, as a recorder wrote it down, and how it becomes rows of ticks and books.
//!
//! A recording is text, one message a line, plain or in gzip: `<nanoseconds of the recorder's clock> <message>`. The messages are
//! those of Binance's streams `depth`, `bookTicker` and `trade` (spot and USD-M futures), and answers of the REST endpoint `depth`.
//!
//! The one decision: sequence numbers are checked, always. A gap loses the book; that is said, and the book begins again at the next
//! snapshot. A message that cannot be understood is an error with its line: a recording is right or refused.

mod binance; // messages as Binance writes them
mod convert; // from messages to a file of rows
mod lines; // lines of a file, packed or not
mod order; // rows of several streams in the order of their times
mod sync; // snapshot and changes: a book that is right or absent

use std::path::Path;

use metaexpert_core::UnixNanos;

use self::lines::Lines;
pub use self::{
    convert::{Converted, convert},
    sync::BookGap,
};
use crate::DataError;

/// Decimals that every number of a recording is read with: the most that Binance quotes.
pub(crate) const SCALE: u32 = 8;

/// One message of a recording. Numbers are whole, in units of 10^-8.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// Levels of the order book have changed.
    Depth(DepthUpdate),
    /// The best levels of the order book, as they were.
    Snapshot(DepthSnapshot),
    /// The best bid or ask has changed.
    Quote(Quote),
    /// Somebody traded.
    Print(Print),
}

/// Levels that have changed, with the numbers that tell whether one was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthUpdate {
    /// When the exchange changed them.
    pub time: UnixNanos,
    /// Number of the first change in it (`U`).
    pub first: u64,
    /// Number of the last change in it (`u`).
    pub last: u64,
    /// Number of the last change in the message before it (`pu`), where the market says it: futures do.
    pub previous: Option<u64>,
    /// Buyers: price and what rests there now.
    pub bids: Vec<(i64, i64)>,
    /// Sellers.
    pub asks: Vec<(i64, i64)>,
}

/// The book as it was after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthSnapshot {
    /// When it was taken, where the market says it: futures do.
    pub time: Option<UnixNanos>,
    /// Number of the last change in it.
    pub last: u64,
    /// Buyers, best first.
    pub bids: Vec<(i64, i64)>,
    /// Sellers, best first.
    pub asks: Vec<(i64, i64)>,
}

/// The best bid and ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quote {
    /// When it was so, where the market says it: futures do.
    pub time: Option<UnixNanos>,
    /// Number of the change that made it.
    pub update: u64,
    /// Price and quantity of the best buyer.
    pub bid: (i64, i64),
    /// Price and quantity of the best seller.
    pub ask: (i64, i64),
}

/// A public trade.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Print {
    /// When it was traded.
    pub time: UnixNanos,
    /// At what price.
    pub price: i64,
    /// How much.
    pub quantity: i64,
    /// Whether the buyer took.
    pub buyer_is_taker: bool,
}

/// A recording that is being read, message by message.
#[derive(Debug)]
pub struct Recording {
    file: String,
    lines: Lines,
}

impl Recording {
    /// Opens a recording, plain or in gzip.
    ///
    /// # Errors
    /// When it cannot be opened.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let file = path.display().to_string();
        let lines = Lines::open(path).map_err(|error| DataError::io(&file, &error))?;
        Ok(Self { file, lines })
    }

    /// The next message: its line from 1, when it was received, and what it says. `None` at the end.
    ///
    /// # Errors
    /// A line that is no message of the streams named above, with what is wrong with it.
    pub fn read(&mut self) -> Result<Option<(u64, UnixNanos, Message)>, DataError> {
        let Self { file, lines } = self;
        let Some((line, text)) = lines.read().map_err(|error| DataError::format(file, "gzip", error))? else { return Ok(None) };
        let message = binance::parse(text);
        let (local, message) = message.map_err(|reason| DataError::BadMessage { file: file.clone(), line, reason })?;
        Ok(Some((line, local, message)))
    }
}
