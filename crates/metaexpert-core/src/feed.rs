//! Where events come from: recorded data, or an exchange.

use rust_decimal::Decimal;

use crate::{InstrumentBar, InstrumentId, LevelChange, PublicTrade, Result, Tick, UnixNanos, broker::Answer};

/// Everything that a feed can tell the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// A bar has closed. `more` says that another instrument's bar, closed at the same time, comes next; the engine lets
    /// the market have all of them before an expert sees one.
    Bar {
        /// The bar.
        bar: InstrumentBar,
        /// Whether another one closed at the same time.
        more: bool,
    },
    /// The best bid or ask, or the last price, has changed.
    Tick(InstrumentId, Tick),
    /// Somebody traded.
    PublicTrade(InstrumentId, PublicTrade),
    /// A level of the order book has changed. The engine maintains the book.
    Book(InstrumentId, LevelChange),
    /// The mark price.
    Mark(InstrumentId, UnixNanos, Decimal),
    /// The index price.
    Index(InstrumentId, UnixNanos, Decimal),
    /// The venue says something about our own orders or account.
    Answer(Answer),
    /// Time has passed, and nothing happened: what is due by then is due.
    Time(UnixNanos),
    /// Somebody wants no new entries for as long as this sentence is true, or allows them again. What is open stays open.
    KillSwitch(Option<String>),
    /// Somebody wants everything closed at once, and no new entry.
    Flatten(Then),
    /// Somebody wants the run to end, and the expert to know of it.
    Stop,
}

/// What comes after everything was closed because somebody wanted it. The later one is the stronger wish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Then {
    /// The run goes on, and refuses entries until a person resumes.
    Halt,
    /// The run ends as soon as nothing is open.
    Stop,
}

/// A source of events in the order of their times.
pub trait Feed {
    /// The next event, or `None` when the data has ended; never earlier than the last.
    ///
    /// # Errors
    /// When the source is broken; the run cannot go on.
    fn next(&mut self) -> Result<Option<Event>>;
}
