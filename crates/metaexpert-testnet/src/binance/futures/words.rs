//! The words of orders: sides, types, how long they stand, which leg they are for, where they stand.
//!
//! The one decision: reading a word and writing it are neighbours, so that what was asked for comes back as it was.

pub(crate) use crate::binance::words::{algo_status, leg_word, price_word, self_trade_word, side_word, status};
use metaexpert_core::{OrderKind, PositionSide, Side, TimeInForce, TriggerBy};

use crate::{
    binance::door::{ApiError, Params},
    order::{Order, Origin, SelfTradePrevention},
};

/// `BUY`, `SELL`.
pub(crate) fn side(params: &Params) -> Result<Side, ApiError> {
    crate::binance::words::side(params.required("side")?)
}

/// The leg that `positionSide` names: it must be one of two with a leg each, and `BOTH` or nothing without.
pub(crate) fn leg(params: &Params, is_hedged: bool) -> Result<Option<PositionSide>, ApiError> {
    let leg = match params.text("positionSide") {
        None | Some("BOTH") => None,
        Some("LONG") => Some(PositionSide::Long),
        Some("SHORT") => Some(PositionSide::Short),
        Some(_) => return Err(ApiError::new(-4060, "Invalid position side.")),
    };
    if leg.is_some() == is_hedged {
        return Ok(leg);
    }
    Err(ApiError::new(-4061, "Order's position side does not match user's setting."))
}

/// How long an order stands, before a date is known: `GTD` needs one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stands {
    /// As said.
    As(TimeInForce),
    /// Until `goodTillDate`.
    UntilDate,
}

/// `GTC`, `IOC`, `FOK`, `GTX`, `GTD`. `RPI` is for market makers that the exchange has admitted, of which there are none here.
pub(crate) fn stands(word: &str) -> Result<Stands, ApiError> {
    Ok(match word {
        "GTC" => Stands::As(TimeInForce::GoodTillCancelled),
        "IOC" => Stands::As(TimeInForce::ImmediateOrCancel),
        "FOK" => Stands::As(TimeInForce::FillOrKill),
        "GTX" => Stands::As(TimeInForce::PostOnly),
        "GTD" => Stands::UntilDate,
        _ => return Err(ApiError::new(-1115, "Invalid timeInForce.")),
    })
}

/// As [`stands`] read it.
pub(crate) const fn stands_word(time_in_force: TimeInForce) -> &'static str {
    match time_in_force {
        TimeInForce::GoodTillCancelled => "GTC",
        TimeInForce::GoodTillDate(_) => "GTD",
        TimeInForce::ImmediateOrCancel => "IOC",
        TimeInForce::FillOrKill => "FOK",
        TimeInForce::PostOnly => "GTX",
    }
}

/// What a client called an order's type.
pub(crate) const fn type_word(kind: OrderKind) -> &'static str {
    match kind {
        OrderKind::Market => "MARKET",
        OrderKind::Limit { .. } => "LIMIT",
        OrderKind::StopMarket { .. } => "STOP_MARKET",
        OrderKind::StopLimit { .. } => "STOP",
        OrderKind::TakeProfitMarket { .. } => "TAKE_PROFIT_MARKET",
        OrderKind::TakeProfitLimit { .. } => "TAKE_PROFIT",
        OrderKind::TrailingStop { .. } => "TRAILING_STOP_MARKET",
    }
}

/// The type of an order that is in the market: what a conditional order has become.
pub(crate) const fn working_type_word(kind: OrderKind) -> &'static str {
    if kind.limit_price().is_some() { "LIMIT" } else { "MARKET" }
}

/// Whether a type is conditional: its place is `algoOrder` since 2025-12-09.
pub(crate) fn is_conditional_type(word: &str) -> bool {
    ["STOP", "STOP_MARKET", "TAKE_PROFIT", "TAKE_PROFIT_MARKET", "TRAILING_STOP_MARKET"].contains(&word)
}

/// Which price a condition watches.
pub(crate) fn working_type(params: &Params) -> Result<TriggerBy, ApiError> {
    match params.text("workingType") {
        None | Some("CONTRACT_PRICE") => Ok(TriggerBy::Last),
        Some("MARK_PRICE") => Ok(TriggerBy::Mark),
        Some(other) => Err(ApiError::new(-4031, format!("Invalid parameter working type: `{other}`"))),
    }
}

/// What becomes of orders that would trade with each other; both families follow the same rule since 2026-06-30: the resting one ends
/// where nothing is said (replies show `EXPIRE_MAKER` then).
pub(crate) fn self_trade(params: &Params) -> Result<SelfTradePrevention, ApiError> {
    match params.text("selfTradePreventionMode") {
        None | Some("EXPIRE_MAKER") => Ok(SelfTradePrevention::ExpireMaker),
        Some("NONE") => Ok(SelfTradePrevention::None),
        Some("EXPIRE_TAKER") => Ok(SelfTradePrevention::ExpireTaker),
        Some("EXPIRE_BOTH") => Ok(SelfTradePrevention::ExpireBoth),
        Some(_) => Err(ApiError::new(-5039, "Invalid self trade prevention mode")),
    }
}

/// Whether the exchange sent it itself, taking a position over.
pub(crate) const fn is_forced(order: &Order) -> bool {
    matches!(order.origin, Origin::Liquidation)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(pairs: &[(&str, &str)]) -> Params {
        Params::of(pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect())
    }

    #[test]
    fn an_order_names_its_leg_exactly_where_the_account_holds_two() {
        let leg = |word: &str, is_hedged| leg(&params(&[("positionSide", word)]), is_hedged).map_err(|error| error.code);
        assert_eq!(leg("", false), Ok(None));
        assert_eq!(leg("BOTH", false), Ok(None));
        assert_eq!(leg("LONG", true), Ok(Some(PositionSide::Long)));
        assert_eq!(leg("LONG", false), Err(-4061));
        assert_eq!(leg("BOTH", true), Err(-4061));
        assert_eq!(leg("UP", true), Err(-4060));
    }

    #[test]
    fn words_that_are_not_known_have_their_own_codes() {
        assert_eq!(side(&params(&[("side", "buy")])).unwrap_err().code, -1117);
        assert_eq!(side(&params(&[])).unwrap_err().code, -1102);
        assert_eq!(stands("RPI").unwrap_err().code, -1115);
        assert_eq!(working_type(&params(&[("workingType", "INDEX")])).unwrap_err().code, -4031);
        assert_eq!(self_trade(&params(&[("selfTradePreventionMode", "MAYBE")])).unwrap_err().code, -5039);
    }

    #[test]
    fn how_long_an_order_stands_comes_back_as_it_was_asked_for() {
        for word in ["GTC", "IOC", "FOK", "GTX"] {
            let Ok(Stands::As(read)) = stands(word) else { panic!("{word}") };
            assert_eq!(stands_word(read), word);
        }
        assert_eq!(stands("GTD"), Ok(Stands::UntilDate));
    }
}
