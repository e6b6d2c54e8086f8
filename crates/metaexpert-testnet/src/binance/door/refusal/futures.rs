//! USD-M and COIN-M: one list of errors, with a few numbers that differ.

use super::Words;
use crate::order::{BrokenRule, Refusal};

/// What differs between the two ("Error Codes" of each).
pub(super) struct Dialect {
    duplicate: Words,
    same_order: Words,
    too_many_changes: Words,
    notional: Words,
    isolated_leverage: Words,
    fill_or_kill: Words,
    post_only: Words,
}

pub(super) const USD_M: Dialect = Dialect {
    duplicate: (-4116, "ClientOrderId is duplicated."),
    same_order: (-5027, "No need to modify the order."),
    too_many_changes: (-5026, "Exceed maximum modify order limit."),
    notional: (-4164, "Order's notional must be no smaller than 5.0 (unless you choose reduce only)"),
    isolated_leverage: (-4161, "Leverage reduction is not supported in Isolated Margin Mode with open positions."),
    fill_or_kill: FILL_OR_KILL,
    post_only: POST_ONLY,
};

pub(super) const COIN_M: Dialect = Dialect {
    duplicate: (-4116, "ClientOrderId is duplicated."),
    same_order: (-4197, "No need to modify the order."),
    too_many_changes: (-4198, "Exceed maximum modify order limit."),
    notional: (-4178, "Order's notional must be no smaller than one (unless you choose reduce only)"),
    isolated_leverage: (-4150, "Leverage reduction is not supported in Isolated Margin Mode with open positions."),
    fill_or_kill: FILL_OR_KILL,
    post_only: POST_ONLY,
};

const FILL_OR_KILL: Words = (
    -5021,
    "Due to the order could not be filled immediately, the FOK order has been rejected. The order will not be recorded in the order history",
);
const POST_ONLY: Words = (-5022, "Due to the order could not be executed as maker, the Post Only order will be rejected.");
const REJECTED: Words = (-2010, "NEW_ORDER_REJECTED");

pub(super) const fn words(refusal: &Refusal, dialect: &Dialect) -> Words {
    match refusal {
        Refusal::UnknownMarket => (-1121, "Invalid symbol."),
        Refusal::UnknownOrder | Refusal::UnknownList => (-2011, "Unknown order sent."),
        Refusal::DuplicateClientId => dialect.duplicate,
        Refusal::Funds | Refusal::Margin | Refusal::Loan | Refusal::Repayment => (-2019, "Margin is insufficient."),
        Refusal::WouldTrigger => (-2021, "Order would immediately trigger."),
        Refusal::WouldTake => dialect.post_only,
        Refusal::NotAllAtOnce => dialect.fill_or_kill,
        Refusal::NoLiquidity => (-2020, "Unable to fill."),
        Refusal::ReduceOnly => (-2022, "ReduceOnly Order is rejected."),
        Refusal::PositionMode => (-4061, "Order's position side does not match user's setting."),
        Refusal::Rule(rule) => rule_words(*rule, dialect),
        Refusal::Leverage => (-2027, "Exceeded the maximum allowable position at current leverage."),
        Refusal::LeverageRange => (-4028, "Invalid leverage"),
        Refusal::IsolatedLeverage => dialect.isolated_leverage,
        Refusal::MultiAssets => (-4168, "Unable to adjust to isolated-margin mode under the Multi-Assets mode."),
        Refusal::IsolatedMargin => {
            (-4167, "Unable to adjust to Multi-Assets mode with symbols of USDⓈ-M Futures under isolated-margin mode.")
        }
        Refusal::NotIsolated => (-4049, "Add margin only support for isolated position."),
        Refusal::NoPosition => (-4054, "Cannot add position margin: position is 0."),
        Refusal::NothingToChange => dialect.same_order,
        Refusal::OpenOrders => (-4047, "Margin type cannot be changed if there exists open orders."),
        Refusal::OpenPosition => (-4048, "Margin type cannot be changed if there exists position."),
        Refusal::Liquidated => (-2023, "User in liquidation mode now."),
        Refusal::ContractOver => (-4141, "Symbol is closed."),
        Refusal::SelfTrade | Refusal::TimeOver | Refusal::Linked | Refusal::ListShape(_) => REJECTED,
    }
}

const fn rule_words(rule: BrokenRule, dialect: &Dialect) -> Words {
    match rule {
        BrokenRule::Price => (-4014, "Price not increased by tick size."),
        BrokenRule::Band => (-4016, "Price is higher than mark price multiplier cap."),
        BrokenRule::Lot => (-4023, "Qty not increased by step size."),
        BrokenRule::MarketLot => (-4005, "Quantity greater than max quantity."),
        BrokenRule::Notional => dialect.notional,
        BrokenRule::OpenOrders => (-2025, "Reach max open order limit."),
        BrokenRule::ConditionalOrders => (-4045, "Reach max stop order limit."),
        BrokenRule::IcebergParts | BrokenRule::Lists => REJECTED,
        BrokenRule::Amends => dialect.too_many_changes,
        BrokenRule::Trailing => (-1130, "Data sent for parameter 'callbackRate' is not valid."),
    }
}
