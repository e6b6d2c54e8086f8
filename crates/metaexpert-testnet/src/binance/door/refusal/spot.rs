//! Spot and margin ("Error codes", spot: messages for -2010, -2011, -2038 and filter failures; margin: -3xxx).

use super::Words;
use crate::order::{BrokenRule, Refusal};

const NEW_ORDER: i32 = -2010;
const CANCEL: i32 = -2011;
const AMEND: i32 = -2038;
const FUNDS: Words = (NEW_ORDER, "Account has insufficient balance for requested action.");
const DISABLED: Words = (NEW_ORDER, "This action is disabled on this account.");
const RELATION: Words = (NEW_ORDER, "The relationship of the prices for the orders is not correct.");

pub(super) const fn words(refusal: &Refusal) -> Words {
    match refusal {
        Refusal::UnknownMarket => (-1121, "Invalid symbol."),
        Refusal::UnknownOrder => (CANCEL, "Unknown order sent."),
        Refusal::UnknownList => (CANCEL, "Unknown order list sent."),
        Refusal::DuplicateClientId => (NEW_ORDER, "Duplicate order sent."),
        Refusal::Funds | Refusal::Margin | Refusal::Loan | Refusal::Repayment => FUNDS,
        Refusal::WouldTrigger => (NEW_ORDER, "Order would trigger immediately."),
        Refusal::WouldTake => (NEW_ORDER, "Order would immediately match and take."),
        Refusal::NotAllAtOnce => (NEW_ORDER, "Unsupported order combination"),
        Refusal::NoLiquidity => (NEW_ORDER, "Order book liquidity is less than symbol minimum quantity."),
        Refusal::Rule(rule) => filter(*rule),
        Refusal::NothingToChange => (AMEND, "The requested action would change no state; rejecting."),
        Refusal::ListShape(_) => RELATION,
        Refusal::ContractOver => (NEW_ORDER, "Market is closed."),
        Refusal::ReduceOnly
        | Refusal::PositionMode
        | Refusal::Leverage
        | Refusal::LeverageRange
        | Refusal::IsolatedLeverage
        | Refusal::MultiAssets
        | Refusal::IsolatedMargin
        | Refusal::NotIsolated
        | Refusal::NoPosition
        | Refusal::OpenOrders
        | Refusal::OpenPosition
        | Refusal::SelfTrade
        | Refusal::TimeOver
        | Refusal::Liquidated
        | Refusal::Linked => DISABLED,
    }
}

pub(super) const fn margin_words(refusal: &Refusal) -> Words {
    match refusal {
        Refusal::Loan => (-3006, "Your borrow amount has exceed maximum borrow amount."),
        Refusal::Repayment => (-3015, "Repay amount exceeds borrow amount."),
        Refusal::Margin => (-3023, "You can't transfer out/place order under current margin level."),
        _ => words(refusal),
    }
}

const fn filter(rule: BrokenRule) -> Words {
    const FILTER: i32 = -1013;
    match rule {
        BrokenRule::Price => (FILTER, "Filter failure: PRICE_FILTER"),
        BrokenRule::Band => (FILTER, "Filter failure: PERCENT_PRICE_BY_SIDE"),
        BrokenRule::Lot => (FILTER, "Filter failure: LOT_SIZE"),
        BrokenRule::MarketLot => (FILTER, "Filter failure: MARKET_LOT_SIZE"),
        BrokenRule::Notional => (FILTER, "Filter failure: NOTIONAL"),
        BrokenRule::OpenOrders => (FILTER, "Filter failure: MAX_NUM_ORDERS"),
        BrokenRule::ConditionalOrders => (FILTER, "Filter failure: MAX_NUM_ALGO_ORDERS"),
        BrokenRule::IcebergParts => (FILTER, "Filter failure: ICEBERG_PARTS"),
        BrokenRule::Lists => (FILTER, "Filter failure: MAX_NUM_ORDER_LISTS"),
        BrokenRule::Amends => (AMEND, "Filter failure: MAX_NUM_ORDER_AMENDS"),
        BrokenRule::Trailing => (FILTER, "Filter failure: TRAILING_DELTA"),
    }
}
