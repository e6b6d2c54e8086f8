//! What every part of MetaExpert speaks and stands on: the vocabulary, the configuration, the handlers that an expert
//! registers, and the engine that carries an event from a feed to a handler and an order from a handler to a broker.
//!
//! The one decision: everything here is synchronous and pure. `core` does no I/O and reads no clock and no random source;
//! time comes in with events, orders go out to a [`Broker`](broker::Broker), what must be
//! kept goes to a [`Journal`](journal::Journal), and what is worth a line in a log to a logger that is handed in ([`log`]).

// An event's way: a feed tells, the engine carries, a handler acts through its context, a broker takes the order.
pub mod broker;
pub mod clock;
pub mod engine;
pub mod feed;
pub mod history;
pub mod indicators;
pub mod journal;
pub mod log;
pub mod sizing;

mod named; // enums with names

// The words, in the order one needs them.
pub mod book;
pub mod config;
pub mod context;
pub mod error;
pub mod expert;
pub mod instrument;
pub mod market;
pub mod money;
pub mod order;
pub mod portfolio;
pub mod protection;
pub mod risk;
pub mod rounding;
pub mod summary;
pub mod time;

pub use book::{Book, Level, LevelChange};
pub use config::Config;
pub use context::Context;
pub use error::{ConfigError, Error, Result};
pub use instrument::{
    Bracket, Contract, Instrument, InstrumentId, InstrumentKind, InstrumentRules, Instruments, OptionTerms, Payoff, Right,
    Spelling, Symbol,
};
pub use market::{Bar, Funding, FundingRate, InstrumentBar, PublicTrade, Tick};
pub use money::{Currency, Money, Percent, Price, Quantity};
pub use order::{
    Account, Amendment, Cancellation, Charge, ChargeCause, ClientOrderId, Distance, Effect, Fitting, Link, Liquidity, NewOrder,
    Offset, Order, OrderKind, OrderStatus, Outcome, Position, PositionSide, Protection, Reason, Rejection, Request, SelfTrade,
    Side, TimeInForce, Trade, TradeId, Trigger, TriggerBy,
};
pub use summary::{Pass, SideSummary, Summary};
pub use time::{Timeframe, UnixNanos};
