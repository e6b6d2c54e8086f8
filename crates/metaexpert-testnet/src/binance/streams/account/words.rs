//! Types, states, times in force and reasons in Binance's words.
//!
//! The one decision: what the client said comes back as it said it (it travels along in [`Echo`]); only what it did not say is worded
//! here.

pub(super) use crate::binance::{
    spot::words::expiry_reason,
    words::{algo_status, leg_word, price_word, self_trade_word, side_word, status},
};
use metaexpert_core::{OrderKind, TimeInForce};

use crate::{
    listing::Class,
    order::{Echo, Order, OrderRequest, OrderState, Refusal},
};

/// What the client said for a parameter.
pub(super) fn echoed<'a>(echo: &'a Echo, name: &str) -> Option<&'a str> {
    echo.get(name).map(String::as_str)
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
