//! Spot's words for what the world calls otherwise (spot "ENUM Definitions").

pub(in crate::binance) use crate::binance::words::{self_trade_word, side, side_word, status};
use metaexpert_core::{OrderKind, TimeInForce};
use rust_decimal::Decimal;

use crate::{
    binance::door::ApiError,
    order::{Contingency, ListState, Order, OrderState, Refusal, SelfTradePrevention},
};

/// The name under which an order's own word for its type is kept.
pub(in crate::binance) const TYPE: &str = "type";

/// What orders are of unless they say otherwise (`defaultSelfTradePreventionMode`).
pub(in crate::binance) const DEFAULT_PREVENTION: SelfTradePrevention = SelfTradePrevention::ExpireMaker;

/// The modes that are allowed, as `exchangeInfo` lists them.
pub(in crate::binance) const PREVENTIONS: [(&str, SelfTradePrevention); 6] = [
    ("NONE", SelfTradePrevention::None),
    ("EXPIRE_TAKER", SelfTradePrevention::ExpireTaker),
    ("EXPIRE_MAKER", SelfTradePrevention::ExpireMaker),
    ("EXPIRE_BOTH", SelfTradePrevention::ExpireBoth),
    ("DECREMENT", SelfTradePrevention::Decrement),
    ("TRANSFER", SelfTradePrevention::Transfer),
];

/// Eight decimals, as all of spot's prices and quantities are written.
pub(in crate::binance) fn eight(number: Decimal) -> String {
    let mut number = number.round_dp(8);
    number.rescale(8);
    number.to_string()
}

/// # Errors
/// -1115.
pub(in crate::binance) fn time_in_force(word: &str) -> Result<TimeInForce, ApiError> {
    match word {
        "GTC" => Ok(TimeInForce::GoodTillCancelled),
        "IOC" => Ok(TimeInForce::ImmediateOrCancel),
        "FOK" => Ok(TimeInForce::FillOrKill),
        _ => Err(ApiError::new(-1115, "Invalid timeInForce.")),
    }
}

pub(in crate::binance) const fn time_in_force_word(time_in_force: TimeInForce) -> &'static str {
    match time_in_force {
        // An order that never takes is a type of its own here, `LIMIT_MAKER`; nothing stands until a date.
        TimeInForce::GoodTillCancelled | TimeInForce::GoodTillDate(_) | TimeInForce::PostOnly => "GTC",
        TimeInForce::ImmediateOrCancel => "IOC",
        TimeInForce::FillOrKill => "FOK",
    }
}

/// # Errors
/// -1130.
pub(in crate::binance) fn prevention(word: Option<&str>) -> Result<SelfTradePrevention, ApiError> {
    let Some(word) = word else { return Ok(DEFAULT_PREVENTION) };
    let known = PREVENTIONS.iter().find(|(known, _)| *known == word).map(|(_, prevention)| *prevention);
    known.ok_or_else(|| ApiError::invalid("selfTradePreventionMode"))
}

/// An order's type: the word it came with; what its kind is called, where the exchange itself sent it.
pub(in crate::binance) fn type_word(order: &Order) -> &str {
    if let Some(word) = order.request.echo.get(TYPE) {
        return word;
    }
    match order.request.kind {
        OrderKind::Market => "MARKET",
        OrderKind::Limit { .. } if order.request.time_in_force == TimeInForce::PostOnly => "LIMIT_MAKER",
        OrderKind::Limit { .. } => "LIMIT",
        OrderKind::StopMarket { .. } | OrderKind::TrailingStop { .. } => "STOP_LOSS",
        OrderKind::StopLimit { .. } => "STOP_LOSS_LIMIT",
        OrderKind::TakeProfitMarket { .. } => "TAKE_PROFIT",
        OrderKind::TakeProfitLimit { .. } => "TAKE_PROFIT_LIMIT",
    }
}

/// Why an order expired (`expiryReason`; spot "ENUM Definitions", "Expiry Reasons"); `None` of those that did not.
pub(in crate::binance) const fn expiry_reason(order: &Order) -> Option<&'static str> {
    if !matches!(order.state, OrderState::Expired) {
        return None;
    }
    let rests = matches!(order.request.kind, OrderKind::Limit { .. });
    Some(match (&order.ended_by, order.request.time_in_force) {
        (Some(Refusal::Linked), _) => "OCO_TRIGGER",
        (Some(Refusal::Funds | Refusal::Margin | Refusal::Loan | Refusal::Rule(_) | Refusal::WouldTake), _) => "REJECTED",
        (_, TimeInForce::ImmediateOrCancel) => "UNFILLED_IOC_QUANTITY_EXPIRED",
        (_, TimeInForce::FillOrKill) => "UNFILLED_FOK_ORDER_EXPIRED",
        (Some(Refusal::NoLiquidity), _) => "INSUFFICIENT_LIQUIDITY",
        (_, TimeInForce::GoodTillCancelled | TimeInForce::GoodTillDate(_) | TimeInForce::PostOnly) if rests => {
            "EXCHANGE_CANCELED"
        }
        (_, TimeInForce::GoodTillCancelled | TimeInForce::GoodTillDate(_) | TimeInForce::PostOnly) => "INSUFFICIENT_LIQUIDITY",
    })
}

pub(in crate::binance) const fn contingency(contingency: Contingency) -> &'static str {
    match contingency {
        Contingency::OneCancelsOther => "OCO",
        Contingency::OneTriggersOther { .. } => "OTO",
    }
}

/// `listStatusType` and `listOrderStatus`.
pub(in crate::binance) const fn list_status(state: ListState) -> (&'static str, &'static str) {
    match state {
        ListState::Executing => ("EXEC_STARTED", "EXECUTING"),
        ListState::Done => ("ALL_DONE", "ALL_DONE"),
        ListState::Rejected => ("RESPONSE", "REJECT"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_eight_decimals() {
        for (number, written) in
            [("1", "1.00000000"), ("0.000000005", "0.00000000"), ("123.456789012", "123.45678901"), ("-2.5", "-2.50000000")]
        {
            assert_eq!(eight(number.parse().unwrap()), written);
        }
    }

    #[test]
    fn a_word_that_is_none_is_refused_in_its_own_code() {
        assert_eq!(time_in_force("GTX").unwrap_err().code, -1115);
        assert_eq!(prevention(Some("ALL")).unwrap_err().code, -1130);
        for (word, mode) in PREVENTIONS {
            assert_eq!(prevention(Some(word)).map(self_trade_word), Ok(word));
            assert_eq!(prevention(Some(word)), Ok(mode));
        }
    }
}
