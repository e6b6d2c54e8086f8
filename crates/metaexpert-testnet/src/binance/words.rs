//! Words that all products share: sides, legs, where orders stand, what becomes of orders that would trade with each other.
//!
//! The one decision: what REST, streams and the WebSocket API say of an order comes from one place, so that they cannot disagree. What a
//! product calls in a way of its own (types of orders, how long they stand) stands beside its calls.

use metaexpert_core::{OrderKind, PositionSide, Side, TriggerBy};

use super::door::ApiError;
use crate::order::{AlgoState, OrderState, SelfTradePrevention};

/// A side, as it is asked for.
///
/// # Errors
/// -1117 where it is none.
pub(crate) fn side(word: &str) -> Result<Side, ApiError> {
    match word {
        "BUY" => Ok(Side::Buy),
        "SELL" => Ok(Side::Sell),
        _ => Err(ApiError::new(-1117, "Invalid side.")),
    }
}

/// `BUY`, `SELL`.
pub(crate) const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

/// `LONG`, `SHORT`, and `BOTH` of accounts that hold one position a market.
pub(crate) const fn leg_word(leg: Option<PositionSide>) -> &'static str {
    match leg {
        None => "BOTH",
        Some(PositionSide::Long) => "LONG",
        Some(PositionSide::Short) => "SHORT",
    }
}

/// Which price brings a conditional order to life.
pub(crate) const fn price_word(kind: OrderKind) -> &'static str {
    let by = match kind {
        OrderKind::TrailingStop { by, .. } => by,
        _ => match kind.trigger() {
            Some(trigger) => trigger.by,
            None => TriggerBy::Last,
        },
    };
    match by {
        TriggerBy::Mark => "MARK_PRICE",
        TriggerBy::Last | TriggerBy::Index => "CONTRACT_PRICE",
    }
}

/// What becomes of orders that would trade with each other.
pub(crate) const fn self_trade_word(mode: SelfTradePrevention) -> &'static str {
    match mode {
        SelfTradePrevention::None => "NONE",
        SelfTradePrevention::ExpireTaker => "EXPIRE_TAKER",
        SelfTradePrevention::ExpireMaker => "EXPIRE_MAKER",
        SelfTradePrevention::ExpireBoth => "EXPIRE_BOTH",
        SelfTradePrevention::Decrement => "DECREMENT",
        SelfTradePrevention::Transfer => "TRANSFER",
    }
}

/// Where an order stands.
pub(crate) const fn status(state: OrderState) -> &'static str {
    match state {
        OrderState::Pending => "PENDING_NEW",
        OrderState::Waiting | OrderState::Working => "NEW",
        OrderState::PartiallyFilled => "PARTIALLY_FILLED",
        OrderState::Filled => "FILLED",
        OrderState::Cancelled => "CANCELED",
        OrderState::Expired => "EXPIRED",
        OrderState::ExpiredInMatch => "EXPIRED_IN_MATCH",
        OrderState::Rejected => "REJECTED",
    }
}

/// Where a conditional order stands.
pub(crate) const fn algo_status(state: AlgoState) -> &'static str {
    match state {
        AlgoState::Waiting => "NEW",
        AlgoState::Triggering => "TRIGGERING",
        AlgoState::Triggered => "TRIGGERED",
        AlgoState::Finished => "FINISHED",
        AlgoState::Cancelled => "CANCELED",
        AlgoState::Rejected => "REJECTED",
        AlgoState::Expired => "EXPIRED",
    }
}
