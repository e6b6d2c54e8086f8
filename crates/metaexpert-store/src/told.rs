//! What the writing thread is told.

use std::sync::Arc;

use metaexpert_core::{
    Amendment, Cancellation, Charge, ClientOrderId, Error, Funding, Instrument, InstrumentId, Money, NewOrder, OrderKind,
    PositionSide, Quantity, Rejection, Trade, UnixNanos,
    journal::{KeptState, Record},
    portfolio::Leg,
    risk::RiskState,
};

/// Whether something is on the disk; why not, if it is not.
pub(crate) type Answer = Result<(), String>;

/// What comes through the channel, in its order.
#[derive(Debug)]
#[expect(clippy::large_enum_variant, reason = "nearly all are notes, and a box would be an allocation for each")]
pub(crate) enum Message {
    /// To be written with the unit that it belongs to.
    Write(Note),
    /// A unit is whole.
    Settle,
    /// What is traded, by the places that notes name.
    Instruments(Arc<[Instrument]>),
    /// What stands behind the names that the exchange is given for orders.
    Comment(String),
    /// Write what was told, say that it was, and end.
    Close,
    /// End. What was not settled never was.
    Abandon,
}

/// Something to be written, and the engine's time of it.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub time: UnixNanos,
    pub told: Told,
}

/// A [`Record`], or an order, that owns what it says. It is large: a box would be an allocation for each.
#[derive(Debug, Clone)]
pub(crate) enum Told {
    Order(NewOrder),
    Amendment(Amendment),
    Trade(Trade),
    Leg(InstrumentId, PositionSide, Option<Leg>),
    Guard(InstrumentId, PositionSide, Option<String>),
    Balance(Money),
    Funding(Funding),
    Charged(Charge),
    Accepted(ClientOrderId),
    Unknown(ClientOrderId),
    Filled(ClientOrderId),
    Amended(ClientOrderId, Quantity, OrderKind),
    Rejected(ClientOrderId, Rejection),
    Cancelled(ClientOrderId, Cancellation),
    Error(&'static str, String),
    Risk(RiskState),
    State(KeptState),
}

impl From<Record<'_>> for Told {
    fn from(record: Record<'_>) -> Self {
        match record {
            Record::Trade(trade) => Self::Trade(trade.clone()),
            Record::Funding(funding) => Self::Funding(funding.clone()),
            Record::Rejected(id, rejection) => Self::Rejected(id, rejection),
            Record::Cancelled(id, cancellation) => Self::Cancelled(id, cancellation),
            Record::Charged(charge) => Self::Charged(charge.clone()),
            Record::Error(error) => Self::Error(kind_of(error), error.to_string()),
            Record::Accepted(id) => Self::Accepted(id),
            Record::Filled(id) => Self::Filled(id),
            Record::Unknown(id) => Self::Unknown(id),
            Record::Amended(id, quantity, kind) => Self::Amended(id, quantity, kind),
            Record::Leg(instrument, side, leg) => Self::Leg(instrument, side, leg.cloned()),
            Record::Guard(instrument, side, json) => Self::Guard(instrument, side, json.map(str::to_owned)),
            Record::Balance(money) => Self::Balance(money.clone()),
            Record::Risk(state) => Self::Risk(state.clone()),
        }
    }
}

impl Told {
    /// When it happened, where it says so itself.
    pub(crate) fn own_time(&self) -> Option<UnixNanos> {
        match self {
            Self::Order(order) => Some(order.time),
            Self::Trade(trade) => Some(trade.time),
            Self::Funding(funding) => Some(funding.time),
            Self::Charged(charge) => Some(charge.time),
            Self::State(state) => Some(state.time),
            Self::Amendment(_)
            | Self::Leg(..)
            | Self::Guard(..)
            | Self::Balance(_)
            | Self::Accepted(_)
            | Self::Unknown(_)
            | Self::Filled(_)
            | Self::Amended(..)
            | Self::Rejected(..)
            | Self::Cancelled(..)
            | Self::Error(..)
            | Self::Risk(_) => None,
        }
    }
}

/// What errors are counted by: the rule of the gate, or the branch of the tree.
fn kind_of(error: &Error) -> &'static str {
    match error {
        Error::Risk(refusal) => refusal.rule(),
        Error::Config(_) => "config",
        Error::Authentication { .. } => "authentication",
        Error::RateLimit { .. } => "rate_limit",
        Error::Network(_) => "network",
        Error::Unanswered(_) => "unanswered",
        Error::Exchange { .. } => "exchange",
        Error::Rejected { .. } => "rejected",
        Error::RequestRejected { .. } => "request_rejected",
        Error::InvalidOrder { .. } => "invalid_order",
        Error::OrderNotFound(_) => "order_not_found",
        Error::UnknownOrderState(_) => "unknown_order_state",
        Error::MarketData(_) => "market_data",
        Error::Inconsistent(_) => "inconsistent",
        Error::Storage(_) | Error::NotJournaled(_) => "storage",
        Error::Handler(_) => "handler",
        _ => "other",
    }
}
