//! Two linked orders as the pair that spot and margin have (OCO).
//!
//! The one decision: on spot a pair has to be one request. Two sell orders for the same coins each hold them back, and the second
//! would be refused for want of funds. On futures linked orders are orders like all others, and whoever sent them cancels the
//! one when the other trades.

use metaexpert_core::{Instrument, NewOrder};

use super::{AccountModes, check_kind, spot};
use crate::{
    Product,
    orders::{
        Amount, Answer, ListRequest, MarginOrder, Oco, ProfitLeg, Refusal, SpotKind, SpotList, SpotOrder, SpotTimeInForce,
        StopLeg, words,
    },
};

/// The request for two orders of which one ends the other: a limit or a take-profit, and a stop; in either order. `symbol` is
/// the instrument's name as Binance spells it.
///
/// # Errors
/// When the product has no pairs, or these two are none.
pub fn plan_pair(
    product: Product,
    symbol: &str,
    instrument: &Instrument,
    orders: [&NewOrder; 2],
    modes: AccountModes,
) -> Result<ListRequest, Refusal> {
    check_kind(product, symbol, instrument.kind)?;
    let [first, second] = match product {
        Product::Spot => [spot::order(symbol, orders[0])?, spot::order(symbol, orders[1])?],
        Product::Margin => [spot::margin_order(symbol, orders[0])?, spot::margin_order(symbol, orders[1])?],
        Product::UsdM | Product::CoinM | Product::Options => {
            let rule = "only spot and margin have pairs; linked orders of other products are sent one by one";
            return Err(Refusal::new("contingencyType", product, rule));
        }
    };
    let self_trade = first.self_trade;
    let list =
        SpotList { symbol: symbol.to_owned(), orders: pair(first, second)?, client_id: None, self_trade, answer: Answer::Result };
    Ok(match product {
        Product::Margin => ListRequest::MarginOco(MarginOrder {
            account: modes.margin,
            side_effect: modes.side_effect,
            repay_at_cancel: None,
            order: list,
        }),
        Product::Spot | Product::UsdM | Product::CoinM | Product::Options => ListRequest::Oco(list),
    })
}

enum Half {
    Profit(ProfitLeg),
    Stop(StopLeg),
}

fn pair(first: SpotOrder, second: SpotOrder) -> Result<Oco, Refusal> {
    let refuse = |field, value: String, rule| Err(Refusal::new(field, value, rule));
    if first.side != second.side {
        return refuse(
            "side",
            words::side(second.side).into(),
            "both orders of a pair go the same way (Spot API, \"New Order list - OCO\")",
        );
    }
    if first.self_trade != second.self_trade {
        return refuse(
            "selfTradePreventionMode",
            String::new(),
            "a list has one mode for all its orders (Spot API, \"New Order list - OCO\")",
        );
    }
    let quantity = match (first.amount, second.amount) {
        (Amount::Base(one), Amount::Base(other)) if one == other => one,
        _ => {
            return refuse(
                "quantity",
                String::new(),
                "both orders of a pair are for the same quantity (Spot API, \"New Order list - OCO\")",
            );
        }
    };
    match (half(first.kind)?, half(second.kind)?) {
        (Half::Profit(profit), Half::Stop(stop)) => {
            Ok(Oco { side: first.side, quantity, profit, profit_id: first.client_id, stop, stop_id: second.client_id })
        }
        (Half::Stop(stop), Half::Profit(profit)) => {
            Ok(Oco { side: first.side, quantity, profit, profit_id: second.client_id, stop, stop_id: first.client_id })
        }
        (Half::Profit(_), Half::Profit(_)) | (Half::Stop(_), Half::Stop(_)) => {
            let rule = "a pair is what takes the profit and what stops the loss (Spot API, \"New Order list - OCO\")";
            refuse("belowType", second.kind.as_str().into(), rule)
        }
    }
}

/// A limit of a pair never takes: Binance wants it beyond the last price.
fn half(kind: SpotKind) -> Result<Half, Refusal> {
    match kind {
        SpotKind::LimitMaker { price, .. } | SpotKind::Limit { price, time_in_force: SpotTimeInForce::GoodTillCancelled, .. } => {
            Ok(Half::Profit(ProfitLeg::LimitMaker { price }))
        }
        SpotKind::TakeProfit { trigger } => Ok(Half::Profit(ProfitLeg::TakeProfit { trigger })),
        SpotKind::TakeProfitLimit { trigger, price, time_in_force, .. } => {
            Ok(Half::Profit(ProfitLeg::TakeProfitLimit { trigger, price, time_in_force }))
        }
        SpotKind::StopLoss { trigger } => Ok(Half::Stop(StopLeg::StopLoss { trigger })),
        SpotKind::StopLossLimit { trigger, price, time_in_force, .. } => {
            Ok(Half::Stop(StopLeg::StopLossLimit { trigger, price, time_in_force }))
        }
        SpotKind::Market | SpotKind::Limit { .. } => {
            let rule = "an order of a pair waits or rests (Spot API, \"New Order list - OCO\")";
            Err(Refusal::new("aboveType", kind.as_str(), rule))
        }
    }
}
