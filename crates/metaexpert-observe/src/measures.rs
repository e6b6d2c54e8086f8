//! What is measured: one function for each number, so that its name, unit and labels stand in one place.
//!
//! The one decision: what is measured with every event goes through a handle that is made once ([`Meters`], [`VenueMeters`],
//! [`JournalMeters`]) and costs an atomic addition. The free functions look their number up by its labels each time, and are for
//! what is rare. A handle that was made before [`start`](crate::start) measures nothing, for ever.

mod table; // every number with its labels and what it says

use std::{sync::Arc, time::Duration};

use metaexpert_core::{Error, feed::Event, journal::Record};
use metrics::{Counter, Gauge, Histogram, SharedString, counter, gauge, histogram};

pub(crate) use table::name;
pub use table::{MEASURES, Measure, MeasureKind};

/// What can come to an expert.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// A closed bar.
    Bar,
    /// A best bid or ask, or a last price.
    Tick,
    /// Somebody's trade.
    PublicTrade,
    /// A level of an order book.
    Book,
    /// A mark or index price.
    Mark,
    /// News of its own orders or account.
    Answer,
    /// Time that has passed.
    Time,
    /// What people or the connection want of it: pauses, stops, the kill switch.
    Control,
}

impl EventKind {
    /// All of them, in order.
    pub const ALL: [Self; 8] =
        [Self::Bar, Self::Tick, Self::PublicTrade, Self::Book, Self::Mark, Self::Answer, Self::Time, Self::Control];

    /// Of which kind an event is.
    pub const fn of(event: &Event) -> Self {
        match event {
            Event::Bar { .. } => Self::Bar,
            Event::Tick(..) => Self::Tick,
            Event::PublicTrade(..) => Self::PublicTrade,
            Event::Book(..) => Self::Book,
            Event::Mark(..) | Event::Index(..) => Self::Mark,
            Event::Answer(..) => Self::Answer,
            Event::Time(..) => Self::Time,
            Event::Present | Event::Pause(..) | Event::KillSwitch(..) | Event::Flatten(..) | Event::Stop | Event::LastWord => {
                Self::Control
            }
        }
    }

    /// Its name, as the label `kind`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bar => "bar",
            Self::Tick => "tick",
            Self::PublicTrade => "public_trade",
            Self::Book => "book",
            Self::Mark => "mark",
            Self::Answer => "answer",
            Self::Time => "time",
            Self::Control => "control",
        }
    }
}

/// What is measured of one expert.
pub struct Meters {
    expert: SharedString,
    events: [Counter; EventKind::ALL.len()],
    waiting: Gauge,
    superseded: Counter,
    equity: Gauge,
}

impl Meters {
    /// Those of an expert.
    pub fn of(expert: &str) -> Self {
        let expert = SharedString::from(Arc::<str>::from(expert));
        Self {
            events: EventKind::ALL.map(|kind| counter!(name::EVENTS, "expert" => expert.clone(), "kind" => kind.as_str())),
            waiting: gauge!(name::QUEUE_DEPTH, "expert" => expert.clone()),
            superseded: counter!(name::SUPERSEDED, "expert" => expert.clone()),
            equity: gauge!(name::EQUITY, "expert" => expert.clone()),
            expert,
        }
    }

    /// An event has come to it.
    pub fn event(&self, kind: EventKind) {
        if let Some(counter) = self.events.get(kind as usize) {
            counter.increment(1);
        }
    }

    /// So many events wait for it.
    #[expect(clippy::cast_precision_loss, reason = "a queue has not 2^52 places")]
    pub fn waiting(&self, events: usize) {
        self.waiting.set(events as f64);
    }

    /// So many ticks were dropped for it, since later ones had come.
    pub fn superseded(&self, ticks: u64) {
        self.superseded.increment(ticks);
    }

    /// What its account is worth, in its settlement currency.
    pub fn equity(&self, equity: f64) {
        self.equity.set(equity);
    }

    /// An order of it has come to a state.
    pub fn order(&self, state: &'static str) {
        counter!(name::ORDERS, "expert" => self.expert.clone(), "state" => state).increment(1);
    }

    /// A rule has refused an order of it.
    pub fn refused(&self, rule: &'static str) {
        counter!(name::REFUSALS, "expert" => self.expert.clone(), "rule" => rule).increment(1);
    }

    /// Its journal was told this: what became of orders, and what was refused.
    pub fn record(&self, record: &Record<'_>) {
        match record {
            Record::Accepted(_) => self.order("accepted"),
            Record::Unknown(_) => self.order("unknown"),
            Record::Amended(..) => self.order("amended"),
            Record::Rejected(..) => self.order("rejected"),
            Record::Cancelled(..) => self.order("cancelled"),
            Record::Trade(_) => self.order("executed"),
            Record::Filled(_) => self.order("filled"),
            Record::Error(Error::Risk(refusal)) => self.refused(refusal.rule()),
            // The rest is no fate of an order.
            _ => {}
        }
    }

    /// What it holds of a symbol; negative where it is short.
    pub fn position(&self, symbol: &str, quantity: f64) {
        gauge!(name::POSITION, "expert" => self.expert.clone(), "symbol" => symbol.to_owned()).set(quantity);
    }
}

impl std::fmt::Debug for Meters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Meters").field("expert", &self.expert).finish_non_exhaustive()
    }
}

/// What is measured of the way from and to one exchange.
pub struct VenueMeters {
    exchange: &'static str,
    heard: Histogram,
    sent: Histogram,
}

impl VenueMeters {
    /// Those of an exchange.
    pub fn of(exchange: &'static str) -> Self {
        Self {
            exchange,
            heard: histogram!(name::FRAME_TO_HANDLER, "exchange" => exchange),
            sent: histogram!(name::ORDER_TO_WIRE, "exchange" => exchange),
        }
    }

    /// A frame has reached the engine's thread, so long after it was read from the socket.
    pub fn heard(&self, waited: Duration) {
        self.heard.record(waited);
    }

    /// An order was handed to the connection, so long after it was decided on.
    pub fn sent(&self, after: Duration) {
        self.sent.record(after);
    }
}

impl std::fmt::Debug for VenueMeters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("VenueMeters").field("exchange", &self.exchange).finish_non_exhaustive()
    }
}

/// What is measured of a journal.
pub struct JournalMeters {
    committed: Histogram,
}

impl JournalMeters {
    /// Those of all journals of the program.
    pub fn new() -> Self {
        Self { committed: histogram!(name::JOURNAL_COMMIT) }
    }

    /// A commit took so long.
    pub fn committed(&self, took: Duration) {
        self.committed.record(took);
    }
}

impl Default for JournalMeters {
    fn default() -> Self {
        Self::new()
    }
}

impl std::fmt::Debug for JournalMeters {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("JournalMeters").finish_non_exhaustive()
    }
}

/// A frame of an exchange has reached the engine's thread, so long after it was read from the socket.
pub fn heard(exchange: &'static str, waited: Duration) {
    histogram!(name::FRAME_TO_HANDLER, "exchange" => exchange).record(waited);
}

/// An order was handed to the connection, so long after it was decided on.
pub fn sent(exchange: &'static str, after: Duration) {
    histogram!(name::ORDER_TO_WIRE, "exchange" => exchange).record(after);
}

/// A request about an order was answered, so long after it was sent.
pub fn answered(exchange: &'static str, request: &'static str, after: Duration) {
    histogram!(name::ROUND_TRIP, "exchange" => exchange, "request" => request).record(after);
}

/// A commit of the journal took so long.
pub fn committed(took: Duration) {
    histogram!(name::JOURNAL_COMMIT).record(took);
}

/// An event has come to an expert.
pub fn event(expert: &str, kind: &'static str) {
    counter!(name::EVENTS, "expert" => expert.to_owned(), "kind" => kind).increment(1);
}

/// An order of an expert has come to a state.
pub fn order(expert: &str, state: &'static str) {
    counter!(name::ORDERS, "expert" => expert.to_owned(), "state" => state).increment(1);
}

/// A rule has refused an order of an expert.
pub fn refused(expert: &str, rule: &'static str) {
    counter!(name::REFUSALS, "expert" => expert.to_owned(), "rule" => rule).increment(1);
}

/// A connection was lost and has come back.
pub fn reconnected(exchange: &'static str, stream: &'static str) {
    counter!(name::RECONNECTS, "exchange" => exchange, "stream" => stream).increment(1);
}

/// An order book was thrown away and built anew.
pub fn rebuilt(exchange: &'static str, symbol: &str) {
    counter!(name::BOOK_REBUILDS, "exchange" => exchange, "symbol" => symbol.to_owned()).increment(1);
}

/// So many events wait for an expert.
#[expect(clippy::cast_precision_loss, reason = "a queue has not 2^52 places")]
pub fn waiting(expert: &str, events: usize) {
    gauge!(name::QUEUE_DEPTH, "expert" => expert.to_owned()).set(events as f64);
}

/// So many ticks were dropped for an expert, since later ones had come.
pub fn superseded(expert: &str, ticks: u64) {
    counter!(name::SUPERSEDED, "expert" => expert.to_owned()).increment(ticks);
}

/// A comparison with the exchange has found so many differences, all healed.
pub fn reconciled(exchange: &'static str, differences: u64) {
    counter!(name::RECONCILIATIONS, "exchange" => exchange).increment(1);
    counter!(name::DIFFERENCES, "exchange" => exchange).increment(differences);
}

/// What an expert's account is worth, in its settlement currency.
pub fn equity(expert: &str, equity: f64) {
    gauge!(name::EQUITY, "expert" => expert.to_owned()).set(equity);
}

/// What an expert holds of a symbol; negative where it is short.
pub fn position(expert: &str, symbol: &str, quantity: f64) {
    gauge!(name::POSITION, "expert" => expert.to_owned(), "symbol" => symbol.to_owned()).set(quantity);
}

/// A message to people was `delivered`, `refused`, `given_up` or `dropped`.
pub fn noticed(channel: &'static str, outcome: &'static str, messages: u64) {
    counter!(name::NOTICES, "channel" => channel, "outcome" => outcome).increment(messages);
}
