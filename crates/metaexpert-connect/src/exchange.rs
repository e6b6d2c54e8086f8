//! An account at an exchange, and the markets that it trades in: what an adapter gives to whoever trades.
//!
//! The one decision: the trait asks for facts and passes orders on, one call each; it decides nothing. What an order's silence means,
//! what is compared with what, and when to ask again is written once, above the adapters. Whoever holds one does not know which exchange
//! it is.
//!
//! Reports of streams are told as they are read, on the task that reads them: whoever listens must not block.

use std::{fmt, ops::Range};

use futures_util::future::BoxFuture;
use metaexpert_core::{
    Amendment, Bar, ClientOrderId, Instrument, NewOrder, Price, Symbol, Timeframe, UnixNanos,
    config::{MarginMode, PositionMode},
};

use crate::{
    Failure, Report, SequenceRule,
    http::Clock,
    report::{BalanceReport, DepthReport, Entry, FeeReport, FillReport, Listing, OrderReport, PositionReport},
};

pub use crate::ws::Written;

/// What the exchange says, some time.
pub type Asked<'a, T> = BoxFuture<'a, Result<T, Failure>>;

/// An account at an exchange, and its markets.
pub trait Exchange: fmt::Debug + Send + Sync {
    /// What is different from other exchanges and products.
    fn profile(&self) -> &Profile;

    /// The exchange's time, as it was measured.
    fn clock(&self) -> &Clock;

    /// Describes what these symbols are, in their order.
    ///
    /// # Errors
    /// Where one is not listed, or does not trade: [`Failure::Refused`] that names it and the nearest listed one.
    fn listed<'a>(&'a self, symbols: &'a [Symbol]) -> Asked<'a, Vec<Listed>>;

    /// The bars of an instrument that opened within `span` and have closed, oldest first; page by page where there are many.
    fn bars<'a>(&'a self, name: &'a str, timeframe: Timeframe, span: Range<UnixNanos>) -> Asked<'a, Vec<Bar>>;

    /// The order book of an instrument, to begin a [`BookSync`](crate::BookSync) with.
    fn depth<'a>(&'a self, name: &'a str) -> Asked<'a, DepthReport<'static>>;

    /// How the numbers of book updates join.
    fn sequence_rule(&self) -> &'static SequenceRule;

    /// Begins to listen to markets. Connections come about, are lost and come back by themselves.
    ///
    /// # Errors
    /// [`Failure::NotSent`] where the exchange has no such topic.
    fn listen_markets(&self, topics: &[MarketTopic], listener: Box<dyn Listener>) -> Result<Listening, Failure>;

    /// Begins to listen to what becomes of this account's orders, balances and positions.
    ///
    /// # Errors
    /// [`Failure::NotSent`] where there are no credentials.
    ///
    /// Every execution that is told has its fee; the same one may be told more than once, here, by the answer to an order and by
    /// [`fills`](Self::fills). An order is called by the name that it was placed with, whatever became of it. Where a conditional order
    /// becomes another one, [`Report::Submitted`] bears our name and the number of the other one.
    fn listen_account(&self, listener: Box<dyn Listener>) -> Result<Listening, Failure>;

    /// What the key may do.
    fn permissions(&self) -> Asked<'_, Permissions>;

    /// Sets the account's modes, and leverage and margin of these instruments; says in sentences what it has changed. What is set
    /// already is left alone.
    ///
    /// # Errors
    /// Where the exchange refuses, such as a position mode with positions open.
    fn arrange<'a>(&'a self, terms: &'a Terms) -> Asked<'a, Vec<String>>;

    /// What trading an instrument costs this account.
    fn fee<'a>(&'a self, name: &'a str) -> Asked<'a, FeeReport>;

    /// What the account has.
    fn balances(&self) -> Asked<'_, Vec<BalanceReport>>;

    /// What is open, of these instruments; nothing where coins are held outright.
    fn positions<'a>(&'a self, names: &'a [String]) -> Asked<'a, Vec<PositionReport>>;

    /// Orders that stand or wait, conditional ones included, of anybody, in these instruments.
    fn open_orders<'a>(&'a self, names: &'a [String]) -> Asked<'a, Vec<OrderReport>>;

    /// One order by the name that this side gave it; `None` where the exchange does not know it. Of a conditional order that has become
    /// another one, the other one's number, state and executions: by that number [`fills`](Self::fills) knows it.
    fn find_order<'a>(&'a self, order: &'a Sent) -> Asked<'a, Option<OrderReport>>;

    /// Executions in an instrument since a time, oldest first, each with its fee; of anybody's orders on this account. Whose they are is
    /// known by the exchange's number of the order; an exchange may leave out the name.
    fn fills<'a>(&'a self, name: &'a str, since: UnixNanos) -> Asked<'a, Vec<FillReport>>;

    /// Funding, interest, transfers and what else was booked within a span, oldest first, but for what executions tell themselves: their
    /// profit and their fees.
    fn entries(&self, span: Range<UnixNanos>) -> Asked<'_, Vec<Entry>>;

    /// Whether the exchange takes such orders, before one is written down.
    ///
    /// # Errors
    /// The rule that it breaks, as a sentence with the field and the value.
    fn check(&self, listed: &Listed, order: &NewOrder) -> Result<(), String>;

    /// Sends an order. It is sent once, whatever happens.
    ///
    /// # Errors
    /// See [`Failure`]; where [`may_have_happened`](Failure::may_have_happened) says so, nobody knows.
    fn place<'a>(&'a self, listed: &'a Listed, order: &'a NewOrder, sent: &'a Sent) -> Asked<'a, Vec<Report<'static>>>;

    /// The same, and says when the order was handed to the socket. Where it goes by HTTP, that is not said.
    ///
    /// # Errors
    /// As [`place`](Self::place).
    fn place_noting<'a>(
        &'a self,
        listed: &'a Listed,
        order: &'a NewOrder,
        sent: &'a Sent,
        written: Written,
    ) -> Asked<'a, Vec<Report<'static>>> {
        drop(written);
        self.place(listed, order, sent)
    }

    /// Changes an order that stands; `order` is it as it stands now. Where the exchange cannot, it refuses; what stood goes on standing
    /// then.
    ///
    /// # Errors
    /// As [`place`](Self::place). What the exchange has no change for is a refusal with the meaning
    /// [`BadAmendment`](metaexpert_core::Rejection::BadAmendment), and nothing was sent.
    fn amend<'a>(
        &'a self,
        listed: &'a Listed,
        order: &'a NewOrder,
        sent: &'a Sent,
        change: &'a Amendment,
    ) -> Asked<'a, Vec<Report<'static>>>;

    /// Takes an order back.
    ///
    /// # Errors
    /// As [`place`](Self::place). That there is no such order any more is a refusal with the meaning
    /// [`UnknownOrder`](crate::Meaning::UnknownOrder).
    fn cancel<'a>(&'a self, sent: &'a Sent) -> Asked<'a, Vec<Report<'static>>>;
}

/// What is different from other exchanges and products.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact by itself, and none rules another out")]
pub struct Profile {
    /// The exchange: `binance`.
    pub exchange: &'static str,
    /// The product, as in logs: `usdm`.
    pub product: &'static str,
    /// The host that orders go to.
    pub host: String,
    /// Whether real money is traded there. A host on this machine, and the exchange's own play money, is none.
    pub is_real: bool,
    /// Whether it keeps positions in contracts; otherwise coins are held outright.
    pub has_positions: bool,
    /// Whether orders that stand can be changed; otherwise one is cancelled and another sent.
    pub amends: bool,
    /// Whether a stop order lives there until it is triggered.
    pub has_stops: bool,
    /// Whether a stop and a take-profit may stand for the same position; otherwise one of them lives with the engine.
    pub has_both_exits: bool,
    /// For how long a request is good after it was signed: whatever was sent before has arrived or never will.
    pub window: std::time::Duration,
    /// Most characters that a comment may have behind an order's name.
    pub comment: usize,
}

/// An instrument at an exchange.
#[derive(Debug, Clone)]
pub struct Listed {
    /// What the user wrote, as it was understood.
    pub symbol: Symbol,
    /// As the exchange spells it.
    pub name: String,
    /// As the rest of the program knows it.
    pub instrument: Instrument,
    /// All that the exchange says of it.
    pub listing: Listing,
}

/// An order as the exchange knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// Which order it is.
    pub id: ClientOrderId,
    /// The name that the exchange was given: [`client_name`](metaexpert_core::order::client_name).
    pub client_name: String,
    /// Of which instrument, as the exchange spells it.
    pub name: String,
    /// Whether it waits for a price: some exchanges keep such orders apart.
    pub is_conditional: bool,
    /// The worst price that a market order may take; it goes as a limit order then whose rest is cancelled at once.
    pub worst_price: Option<Price>,
}

/// What to listen to. Instruments as the exchange spells them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MarketTopic {
    /// Best bid and ask.
    Quotes(String),
    /// Prints on the tape.
    PublicTrades(String),
    /// Changes of the order book.
    Book(String),
    /// Bars, unfinished ones too.
    Bars(String, Timeframe),
    /// Mark and index price.
    Marks(String),
}

/// What the key may do, as far as the exchange says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Permissions {
    /// Whether it may trade here.
    pub trade: Option<bool>,
    /// Whether it may take money out.
    pub withdraw: Option<bool>,
    /// Whether it works from certain addresses only.
    pub restricted_to_addresses: Option<bool>,
}

/// How the account is to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Terms {
    /// Whether both legs can be held at once; derivatives only.
    pub position_mode: PositionMode,
    /// Who vouches for a loss.
    pub margin_mode: MarginMode,
    /// In times, of each instrument.
    pub leverage: u32,
    /// As the exchange spells them.
    pub names: Vec<String>,
}

/// Hears what comes over streams. Called on the task that reads the socket: it must not block.
pub trait Listener: Send {
    /// Something that the exchange reports. `received` is when its frame was read from the socket, by this machine's clock.
    fn report(&mut self, report: Report<'_>, received: UnixNanos);

    /// Something about the connection.
    fn news(&mut self, news: StreamNews);
}

/// Something about a connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StreamNews {
    /// It is connected, and all topics are there, over however many connections. What happened before may have been missed.
    Connected,
    /// It is gone, or silent; another one will come about. What happens meanwhile is missed.
    Lost(String),
    /// An attempt to connect has failed, the so-manieth in a row.
    NotConnected(u32, String),
    /// Messages that later ones make worthless were dropped, for this side was slow.
    Dropped(u64),
    /// The exchange does not give a topic, or accept the login.
    Refused(String),
    /// A frame could not be read.
    Strange(String),
}

/// Streams that are being listened to, until this is dropped.
#[derive(Debug)]
#[must_use]
pub struct Listening(tokio::task::JoinHandle<()>);

impl Listening {
    /// The task that reads the streams. It is to end its sessions when it is aborted.
    pub const fn new(task: tokio::task::JoinHandle<()>) -> Self {
        Self(task)
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.0.abort();
    }
}
