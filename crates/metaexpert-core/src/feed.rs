//! Where events come from: recorded data, or an exchange.

use rust_decimal::Decimal;

use crate::{InstrumentBar, InstrumentId, LevelChange, PublicTrade, Result, Tick, UnixNanos, broker::Answer, named::named};

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
    /// What was told until now was history: from here on orders leave, limits are watched, and bars are those of the present.
    /// Of a feed that [has a history](Feed::begins_with_history).
    Present,
    /// Entries are refused for as long as something is so, or it is so no longer.
    Pause(Pause),
    /// Somebody wants no new entries for as long as this sentence is true, or allows them again. What is open stays open.
    KillSwitch(Option<String>),
    /// Somebody wants everything closed at once, and no new entry.
    Flatten(Then),
    /// Somebody wants the run to end, and the expert to know of it.
    Stop,
    /// The venue has told all that it knew when it was [asked for its last word](crate::broker::Broker::ask_last_word).
    LastWord,
}

/// Why entries are refused for a while: what is known of an exchange or of a market is not good enough to trade by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// In which instrument; in all of them where it is `None`.
    pub instrument: Option<InstrumentId>,
    /// What is wrong. The same cause in the same instrument is told once when it begins and once when it is over.
    pub cause: PauseCause,
    /// Since when, as long as it lasts; `None` when it is over.
    pub since: Option<UnixNanos>,
}

named! {
    /// What is wrong where entries are refused for a while.
    PauseCause {
        /// Orders and positions have not been compared with the exchange's since the connection came about.
        Reconciling = "reconciling",
        /// The exchange cannot be reached, or does not take orders.
        Unreachable = "unreachable",
        /// Nothing has been heard of the market for longer than `max_data_age`.
        Stale = "stale",
        /// The exchange told of an execution that cannot be, going by those before it; over when positions have been compared again.
        Disputed = "disputed",
        /// Another process trades on the account under the same `strategy_id`: orders of the two cannot be told apart. Never over in a run.
        Shared = "shared",
    }
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

    /// Whether everything before [`Event::Present`] is history. A feed that does not say so has none.
    fn begins_with_history(&self) -> bool {
        false
    }
}
