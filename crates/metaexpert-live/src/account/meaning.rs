//! What an exchange's refusal or last word about an order is in the engine's words.
//!
//! The one decision: where there is no word for it, it is `refused` or `requested`, and the exchange's own words are in the log.

use std::time::Duration;

use metaexpert_connect::{
    Failure, Meaning,
    report::{OrderReport, OrderState},
};
use metaexpert_core::{Cancellation, Effect, NewOrder, OrderKind, Rejection, TimeInForce};

/// How an order ended, by the exchange's word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// All of it was executed.
    Filled,
    /// What was left of it is gone.
    Cancelled(Cancellation),
    /// It was refused, or what was left of it.
    Rejected(Rejection),
}

/// Why a request was not carried out, for the engine.
pub(super) fn rejection(failure: &Failure) -> Rejection {
    match failure {
        Failure::NotSent { .. } | Failure::RateLimited { .. } => Rejection::NotSent,
        Failure::Refused { refused, .. } => match refused.meaning {
            Meaning::Rejected(rejection) => rejection,
            Meaning::UnknownOrder => Rejection::UnknownOrder,
            Meaning::DuplicateClientId => Rejection::DuplicateId,
            Meaning::NotTrading => Rejection::Expired,
            // It did not come to the order book: as if it had not been sent.
            Meaning::RateLimited | Meaning::TooManyOrders | Meaning::Unavailable | Meaning::ClockSkew => Rejection::NotSent,
            _ => Rejection::Refused,
        },
        _ => Rejection::Refused,
    }
}

/// Whether what kept a request from being carried out passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Passing {
    /// It does; after so long, where the exchange says.
    Yes(Option<Duration>),
    /// It does not, or the request may have been carried out.
    No,
}

/// Whether a request was certainly not carried out, for a reason that passes.
pub(super) fn passing(failure: &Failure) -> Passing {
    match failure {
        Failure::RateLimited { retry_after, .. } => Passing::Yes(*retry_after),
        Failure::NotSent { .. } => Passing::Yes(None),
        Failure::Refused { refused, .. } => match refused.meaning {
            Meaning::RateLimited | Meaning::TooManyOrders | Meaning::Unavailable | Meaning::ClockSkew => Passing::Yes(None),
            _ => Passing::No,
        },
        _ => Passing::No,
    }
}

/// Whether the exchange itself is out of reach, or takes no orders.
pub(super) fn is_unreachable(failure: &Failure) -> bool {
    match failure {
        Failure::NotSent { .. } | Failure::Unknown { .. } => true,
        Failure::Refused { refused, .. } => refused.meaning == Meaning::Unavailable,
        _ => false,
    }
}

/// How an order ended, if a report says that it did. `asked` says that this side asked for its end.
pub(super) fn end_of(report: &OrderReport, order: &NewOrder, asked: bool) -> Option<End> {
    match report.state.known()? {
        OrderState::Filled => Some(End::Filled),
        OrderState::Cancelled if asked || report.list_id.is_none() => Some(End::Cancelled(Cancellation::Requested)),
        OrderState::Cancelled => Some(End::Cancelled(Cancellation::Linked)),
        OrderState::Rejected => Some(End::Rejected(Rejection::Refused)),
        OrderState::ExpiredInMatch => Some(End::Cancelled(Cancellation::SelfTrade)),
        OrderState::Expired => Some(expired(order)),
        OrderState::Pending
        | OrderState::New
        | OrderState::Triggered
        | OrderState::PartiallyFilled
        | OrderState::PendingCancel
        | OrderState::Amended => None,
    }
}

/// Why an order has expired is said by each exchange in words of its own; what the order was says it as well.
fn expired(order: &NewOrder) -> End {
    match (order.time_in_force, order.kind) {
        (TimeInForce::PostOnly, _) => End::Rejected(Rejection::WouldTake),
        (TimeInForce::FillOrKill, _) => End::Rejected(Rejection::NotAllAtOnce),
        (TimeInForce::ImmediateOrCancel, _) | (_, OrderKind::Market) => End::Cancelled(Cancellation::Immediate),
        (TimeInForce::GoodTillCancelled, _) if reduces(order) => End::Cancelled(Cancellation::NothingToClose),
        (TimeInForce::GoodTillDate(_) | TimeInForce::GoodTillCancelled, _) => End::Cancelled(Cancellation::Expired),
    }
}

/// Whether an order can only make a position smaller.
pub(crate) const fn reduces(order: &NewOrder) -> bool {
    matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_))
}
