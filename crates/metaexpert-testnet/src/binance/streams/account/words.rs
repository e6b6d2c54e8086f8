//! Types, states, times in force and reasons in Binance's words.
//!
//! The one decision: what the client said comes back as it said it (it travels along in [`Echo`]); only what it did not say is worded
//! here.

use metaexpert_core::{OrderKind, PositionSide, Side, TimeInForce, TriggerBy};

use crate::{
    listing::Class,
    order::{AlgoState, Echo, Order, OrderRequest, OrderState, Refusal, SelfTradePrevention},
};

/// What the client said for a parameter.
pub(super) fn echoed<'a>(echo: &'a Echo, name: &str) -> Option<&'a str> {
    echo.get(name).map(String::as_str)
}

pub(super) const fn side(side: Side) -> &'static str {
    match side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    }
}

pub(super) const fn leg(leg: Option<PositionSide>) -> &'static str {
    match leg {
        None => "BOTH",
        Some(PositionSide::Long) => "LONG",
        Some(PositionSide::Short) => "SHORT",
    }
}

/// `o`: the type of an order.
pub(super) fn kind(request: &OrderRequest, class: Class) -> String {
    if let Some(said) = echoed(&request.echo, "type") {
        return said.to_owned();
    }
    let is_spot = class == Class::Spot;
    match request.kind {
        OrderKind::Market => "MARKET",
        OrderKind::Limit { .. } if is_spot && request.time_in_force == TimeInForce::PostOnly => "LIMIT_MAKER",
        OrderKind::Limit { .. } => "LIMIT",
        OrderKind::StopMarket { .. } => {
            if is_spot {
                "STOP_LOSS"
            } else {
                "STOP_MARKET"
            }
        }
        OrderKind::StopLimit { .. } => {
            if is_spot {
                "STOP_LOSS_LIMIT"
            } else {
                "STOP"
            }
        }
        OrderKind::TakeProfitMarket { .. } => {
            if is_spot {
                "TAKE_PROFIT"
            } else {
                "TAKE_PROFIT_MARKET"
            }
        }
        OrderKind::TakeProfitLimit { .. } => {
            if is_spot {
                "TAKE_PROFIT_LIMIT"
            } else {
                "TAKE_PROFIT"
            }
        }
        OrderKind::TrailingStop { .. } => {
            if is_spot {
                "STOP_LOSS"
            } else {
                "TRAILING_STOP_MARKET"
            }
        }
    }
    .to_owned()
}

/// `f`: how long an order stands.
pub(super) fn time_in_force(request: &OrderRequest, class: Class) -> String {
    if let Some(said) = echoed(&request.echo, "timeInForce") {
        return said.to_owned();
    }
    match request.time_in_force {
        TimeInForce::GoodTillCancelled => "GTC",
        TimeInForce::GoodTillDate(_) => "GTD",
        TimeInForce::ImmediateOrCancel => "IOC",
        TimeInForce::FillOrKill => "FOK",
        TimeInForce::PostOnly if class == Class::Spot => "GTC",
        TimeInForce::PostOnly => "GTX",
    }
    .to_owned()
}

/// `X`: where an order stands.
pub(super) const fn state(state: OrderState) -> &'static str {
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

pub(super) const fn algo_state(state: AlgoState) -> &'static str {
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

/// `V`: what becomes of orders that would trade with each other.
pub(super) const fn self_trade(mode: SelfTradePrevention) -> &'static str {
    match mode {
        SelfTradePrevention::None => "NONE",
        SelfTradePrevention::ExpireTaker => "EXPIRE_TAKER",
        SelfTradePrevention::ExpireMaker => "EXPIRE_MAKER",
        SelfTradePrevention::ExpireBoth => "EXPIRE_BOTH",
        SelfTradePrevention::Decrement => "DECREMENT",
        SelfTradePrevention::Transfer => "TRANSFER",
    }
}

/// `wt`: which price brings an order to life.
pub(super) const fn working_type(kind: OrderKind) -> &'static str {
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

/// `r` of spot: why an order was refused ("Order Reject Reason").
pub(super) fn reject_reason(order: &Order) -> &'static str {
    match (&order.ended_by, order.state) {
        (Some(Refusal::Funds | Refusal::Loan), OrderState::Rejected) => "INSUFFICIENT_BALANCES",
        (Some(Refusal::WouldTrigger), OrderState::Rejected) => "STOP_PRICE_WOULD_TRIGGER_IMMEDIATELY",
        (Some(Refusal::WouldTake), OrderState::Rejected) => "WOULD_MATCH_IMMEDIATELY",
        (Some(Refusal::ListShape(_)), OrderState::Rejected) => "OCO_BAD_PRICES",
        _ => "NONE",
    }
}

/// `eR` of spot: why an order is over ("Order Expiry Reason").
pub(super) fn expiry_reason(order: &Order) -> Option<&'static str> {
    if !matches!(order.state, OrderState::Expired) {
        return None;
    }
    Some(match (&order.ended_by, order.request.time_in_force) {
        (Some(Refusal::Linked), _) => "OCO_TRIGGER",
        (Some(Refusal::Funds | Refusal::Rule(_) | Refusal::Loan | Refusal::WouldTake), _) => "REJECTED",
        (Some(Refusal::NoLiquidity), _) => "INSUFFICIENT_LIQUIDITY",
        (Some(Refusal::NotAllAtOnce) | None, TimeInForce::FillOrKill) => "UNFILLED_FOK_ORDER_EXPIRED",
        (Some(Refusal::NotAllAtOnce) | None, TimeInForce::ImmediateOrCancel) => "UNFILLED_IOC_QUANTITY_EXPIRED",
        (None, _) if order.request.kind == OrderKind::Market => "INSUFFICIENT_LIQUIDITY",
        _ => "EXCHANGE_CANCELED",
    })
}

/// `er` of futures: why an order is over ("Event: Order Update", Expiry Reason).
pub(super) fn expiry_number(order: &Order) -> &'static str {
    match (order.state, &order.ended_by, order.request.time_in_force) {
        (OrderState::ExpiredInMatch, _, TimeInForce::ImmediateOrCancel) => "3",
        (OrderState::ExpiredInMatch, _, _) | (_, Some(Refusal::SelfTrade), _) => "1",
        (OrderState::Expired | OrderState::Cancelled, Some(Refusal::ReduceOnly), _) => "4",
        (OrderState::Expired | OrderState::Cancelled, Some(Refusal::Liquidated), _) => "5",
        (OrderState::Expired | OrderState::Cancelled, Some(Refusal::ContractOver), _) => "7",
        (OrderState::Expired, _, _) if order.request.kind == OrderKind::Market => "9",
        (OrderState::Expired, _, TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill) => "2",
        _ => "0",
    }
}
