//! European options ("Error Codes" of options).

use super::Words;
use crate::order::{BrokenRule, Refusal};

const REJECTED: Words = (-2010, "NEW_ORDER_REJECTED");

pub(super) const fn words(refusal: &Refusal) -> Words {
    match refusal {
        Refusal::UnknownMarket => (-1121, "Invalid symbol."),
        Refusal::UnknownOrder | Refusal::UnknownList => (-2013, "Order does not exist."),
        Refusal::DuplicateClientId => (-6044, "clientOrderId is duplicated"),
        Refusal::Funds | Refusal::Loan | Refusal::Repayment => (-2018, "Balance is insufficient."),
        Refusal::Margin => (-2027, "Option margin is insufficient."),
        Refusal::WouldTake => (-6047, "Due to the order could not be executed as maker, the Post Only order will be rejected."),
        Refusal::NotAllAtOnce => (-6046, "Due to the order could not be filled immediately, the FOK order has been rejected."),
        Refusal::ReduceOnly => {
            (-6045, "Reduce-only order rejected. The new reduce-only order conflicts with existing open orders.")
        }
        Refusal::Rule(rule) => rule_words(*rule),
        Refusal::NothingToChange => (-6035, "No need to change."),
        Refusal::OpenOrders => (-6032, "Has open order."),
        Refusal::OpenPosition => (-6034, "Has position."),
        Refusal::NoPosition => (-5010, "User doesn't have enough position to sell"),
        Refusal::SelfTrade => (-6023, "Self trade prevention"),
        Refusal::Liquidated => (-6059, "User is in liquidation process"),
        Refusal::ContractOver => (-6049, "this symbol is not in trading status"),
        Refusal::WouldTrigger
        | Refusal::NoLiquidity
        | Refusal::PositionMode
        | Refusal::Leverage
        | Refusal::LeverageRange
        | Refusal::IsolatedLeverage
        | Refusal::MultiAssets
        | Refusal::IsolatedMargin
        | Refusal::NotIsolated
        | Refusal::TimeOver
        | Refusal::Linked
        | Refusal::ListShape(_) => REJECTED,
    }
}

const fn rule_words(rule: BrokenRule) -> Words {
    match rule {
        BrokenRule::Price => (-4029, "Tick size precision is invalid."),
        BrokenRule::Band => (-4002, "Price greater than max price."),
        BrokenRule::Lot => (-6039, "Step size precision is invalid."),
        BrokenRule::MarketLot => (-6054, "Quantity greater than max quantity"),
        BrokenRule::Notional => (-4004, "Quantity less than min quantity."),
        BrokenRule::OpenOrders | BrokenRule::ConditionalOrders => {
            (-6050, "Maximum open orders reached for this symbol. Please cancel existing orders and try again.")
        }
        BrokenRule::IcebergParts | BrokenRule::Lists | BrokenRule::Amends | BrokenRule::Trailing => REJECTED,
    }
}
