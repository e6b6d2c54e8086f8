//! Lists of orders: one cancels the other, one triggers the other, and both; margin's are the same from another wallet.
//!
//! The one decision: a call's parameters are read into legs by their prefix, and one function places any list. Spot REST, "Order
//! lists".

#![expect(clippy::unnecessary_wraps, reason = "what answers a call has one signature")]

use std::collections::BTreeSet;

use metaexpert_core::{OrderKind, Side};
use rust_decimal::Decimal;

use super::{
    orders::{self, named, request_name},
    pages::{Stretch, page},
    reply::{Shown, ShownList},
    request::{Detail, Leg, Shared},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    order::{Contingency, ListState, Loan, Named, Order, OrderList, OrderRequest},
    wallet::Wallet,
    world::ListRequest,
};

/// `POST /api/v3/orderList/oco`.
pub(super) fn oco(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let shared = shared(call, Wallet::Spot, Loan::None)?;
    let side = Leg::alone(call.params).side()?;
    let quantity = mandatory_quantity(call.params, "quantity")?;
    let legs = above_and_below(call, ["above", "below"], side, quantity, shared)?;
    place(call, Contingency::OneCancelsOther, legs, shared.wallet)
}

/// `POST /api/v3/orderList/oto`.
pub(super) fn oto(call: &mut Call<'_>) -> Result<Json, ApiError> {
    one_triggers(call, Wallet::Spot, Loan::None, false)
}

/// `POST /api/v3/orderList/otoco`.
pub(super) fn otoco(call: &mut Call<'_>) -> Result<Json, ApiError> {
    one_triggers_two(call, Wallet::Spot, Loan::None, false)
}

/// `POST /api/v3/orderList/opo`.
pub(super) fn opo(call: &mut Call<'_>) -> Result<Json, ApiError> {
    one_triggers(call, Wallet::Spot, Loan::None, true)
}

/// `POST /api/v3/orderList/opoco`.
pub(super) fn opoco(call: &mut Call<'_>) -> Result<Json, ApiError> {
    one_triggers_two(call, Wallet::Spot, Loan::None, true)
}

/// One order, and one that comes when it is filled.
///
/// # Errors
/// What is wrong with them, or the world's refusal.
pub(in crate::binance) fn one_triggers(
    call: &mut Call<'_>,
    wallet: Wallet,
    loan: Loan,
    for_what_came: bool,
) -> Result<Json, ApiError> {
    let shared = shared(call, wallet, loan)?;
    let (working, quantity) = working(call, shared)?;
    let leg = Leg::of_list(call.params, "pending");
    let side = leg.side()?;
    let quantity = pending_quantity(call.params, for_what_came, quantity, (working.side, side))?;
    let pending = leg.read(call, side, Some(quantity), shared)?;
    place(call, Contingency::OneTriggersOther { for_what_came }, vec![working, pending], wallet)
}

/// One order, and two that come when it is filled, of which one cancels the other.
///
/// # Errors
/// What is wrong with them, or the world's refusal.
pub(in crate::binance) fn one_triggers_two(
    call: &mut Call<'_>,
    wallet: Wallet,
    loan: Loan,
    for_what_came: bool,
) -> Result<Json, ApiError> {
    let shared = shared(call, wallet, loan)?;
    let (working, quantity) = working(call, shared)?;
    let side = Leg::of_list(call.params, "pending").side()?;
    let quantity = pending_quantity(call.params, for_what_came, quantity, (working.side, side))?;
    let mut legs = vec![working];
    legs.extend(above_and_below(call, ["pendingAbove", "pendingBelow"], side, quantity, shared)?);
    place(call, Contingency::OneTriggersOther { for_what_came }, legs, wallet)
}

/// `DELETE /api/v3/orderList`.
pub(super) fn cancel_list(call: &mut Call<'_>) -> Result<Json, ApiError> {
    cancel(call, Wallet::Spot)
}

/// Takes a list back.
///
/// # Errors
/// -2011 where none of that name stands.
pub(in crate::binance) fn cancel(call: &mut Call<'_>, wallet: Wallet) -> Result<Json, ApiError> {
    let market = orders::market(call)?;
    let (name, _) = named(call.params, "orderListId", "listClientOrderId")?;
    let request = request_name(call, "newClientOrderId")?;
    call.params.all_read()?;
    let (list, cancelled) =
        call.world.cancel_list(call.account, wallet, market, &name).map_err(|refusal| ApiError::of(&refusal, call.product))?;
    Ok(Json::of(&cancelled_list(call, &list, &cancelled, &request)))
}

/// `DELETE /api/v3/openOrders`.
pub(super) fn cancel_open_orders(call: &mut Call<'_>) -> Result<Json, ApiError> {
    cancel_all(call, Wallet::Spot)
}

/// Takes everything back in a market: orders alone, and lists with their orders.
///
/// # Errors
/// -2011 where nothing stands.
pub(in crate::binance) fn cancel_all(call: &mut Call<'_>, wallet: Wallet) -> Result<Json, ApiError> {
    let market = orders::market(call)?;
    call.params.all_read()?;
    let cancelled = call.world.cancel_all(call.account, wallet, market);
    if cancelled.is_empty() {
        return Err(ApiError::of(&crate::order::Refusal::UnknownOrder, call.product));
    }
    let request = call.door.fresh_name();
    let (alone, of_lists): (Vec<Order>, Vec<Order>) = cancelled.into_iter().partition(|order| order.list.is_none());
    let mut reports: Vec<serde_json::Value> = Vec::new();
    for order in &alone {
        reports.extend(serde_json::to_value(Shown::cancelled(call, order, &request)));
    }
    let lists: BTreeSet<_> = of_lists.iter().filter_map(|order| order.list).collect();
    for id in lists {
        let orders: Vec<Order> = of_lists.iter().filter(|order| order.list == Some(id)).cloned().collect();
        if let Some(list) = find(call, wallet, &Named::Id(id.0)) {
            reports.extend(serde_json::to_value(cancelled_list(call, list, &orders, &request)));
        }
    }
    Ok(Json::of(&reports))
}

/// `GET /api/v3/orderList`.
pub(super) fn query_list(call: &mut Call<'_>) -> Result<Json, ApiError> {
    query(call, Wallet::Spot)
}

/// A list that was asked for.
///
/// # Errors
/// -2018 where there is none.
pub(in crate::binance) fn query(call: &Call<'_>, wallet: Wallet) -> Result<Json, ApiError> {
    let (name, _) = named(call.params, "orderListId", "origClientOrderId")?;
    let list = find(call, wallet, &name).ok_or_else(|| ApiError::new(-2018, "Order list does not exist."))?;
    Ok(Json::of(&ShownList::of(call, list)))
}

/// `GET /api/v3/allOrderList`.
pub(super) fn all_lists(call: &mut Call<'_>) -> Result<Json, ApiError> {
    all(call, Wallet::Spot, 1000)
}

/// All lists of a wallet.
///
/// # Errors
/// -1128 where a number and a time are asked for at once; as [`Stretch::of_a_day`].
pub(in crate::binance) fn all(call: &Call<'_>, wallet: Wallet, most: usize) -> Result<Json, ApiError> {
    let from = call.params.integer("fromId")?.map(|id| u64::try_from(id).unwrap_or_default());
    let stretch = Stretch::of_a_day(call.params)?;
    if from.is_some() && (stretch.since.is_some() || stretch.until.is_some()) {
        return Err(ApiError::bad_combination());
    }
    let limit = call.params.limit(500, most)?;
    let lists = call.world.account(call.account).orders.lists(wallet);
    let wanted = lists.into_iter().filter(|list| from.is_none_or(|from| list.id.0 >= from) && stretch.has(list.created));
    let wanted = page(wanted.collect(), limit, from.is_some() || stretch.since.is_some());
    Ok(Json::of(&wanted.into_iter().map(|list| ShownList::of(call, list)).collect::<Vec<_>>()))
}

/// `GET /api/v3/openOrderList`.
pub(super) fn open_lists(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(open(call, Wallet::Spot))
}

/// The lists of a wallet that stand.
pub(in crate::binance) fn open(call: &Call<'_>, wallet: Wallet) -> Json {
    let lists = call.world.account(call.account).orders.lists(wallet);
    let open = lists.into_iter().filter(|list| list.state == ListState::Executing);
    Json::of(&open.map(|list| ShownList::of(call, list)).collect::<Vec<_>>())
}

/// How many orders a list of each kind counts as ("Unfilled Order Count").
pub(in crate::binance) const fn two(_: &Params) -> u32 {
    2
}

pub(in crate::binance) const fn three(_: &Params) -> u32 {
    3
}

fn find<'a>(call: &'a Call<'_>, wallet: Wallet, name: &Named) -> Option<&'a OrderList> {
    let lists = call.world.account(call.account).orders.lists(wallet);
    lists.into_iter().rev().find(|list| match name {
        Named::Id(id) => list.id.0 == *id,
        Named::Client(client) => list.client_id == *client,
    })
}

fn cancelled_list(call: &Call<'_>, list: &OrderList, cancelled: &[Order], request: &str) -> ShownList {
    let reports = cancelled.iter().map(|order| Shown::cancelled(call, order, request)).collect();
    let time = cancelled.iter().map(|order| order.updated).max().unwrap_or(list.created);
    ShownList::of(call, list).with(reports, call.stamp(time))
}

pub(super) fn shared(call: &Call<'_>, wallet: Wallet, loan: Loan) -> Result<Shared, ApiError> {
    let market = orders::market(call)?;
    let self_trade = words::prevention(call.params.text("selfTradePreventionMode"))?;
    Ok(Shared { wallet, market, self_trade, loan })
}

pub(super) fn mandatory_quantity(params: &Params, name: &str) -> Result<Decimal, ApiError> {
    match params.decimal(name)? {
        None => Err(ApiError::mandatory(name)),
        Some(quantity) if quantity <= Decimal::ZERO => Err(ApiError::new(-1013, "Invalid quantity.")),
        Some(quantity) => Ok(quantity),
    }
}

/// The order that brings the others to life: a limit.
fn working(call: &Call<'_>, shared: Shared) -> Result<(OrderRequest, Decimal), ApiError> {
    let leg = Leg::of_list(call.params, "working");
    if !matches!(leg.type_word()?, "LIMIT" | "LIMIT_MAKER") {
        return Err(ApiError::new(-1116, "Invalid orderType."));
    }
    let quantity = mandatory_quantity(call.params, "workingQuantity")?;
    Ok((leg.read(call, leg.side()?, Some(quantity), shared)?, quantity))
}

/// What the pending orders are for: what they say, or what the first one brings, of which all that is known is what it asks for.
fn pending_quantity(
    params: &Params,
    for_what_came: bool,
    working: Decimal,
    (first, second): (Side, Side),
) -> Result<Decimal, ApiError> {
    if !for_what_came {
        return mandatory_quantity(params, "pendingQuantity");
    }
    match (first, second) {
        (Side::Sell, _) => Err(ApiError::new(-1222, "Working order in an OPO list must be a bid.")),
        (Side::Buy, Side::Buy) => Err(ApiError::new(-1223, "Pending orders in an OPO list must be asks.")),
        (Side::Buy, Side::Sell) => Ok(working),
    }
}

/// Two orders of which one cancels the other, above and below the price.
fn above_and_below(
    call: &Call<'_>,
    prefixes: [&'static str; 2],
    side: Side,
    quantity: Decimal,
    shared: Shared,
) -> Result<Vec<OrderRequest>, ApiError> {
    let [above, below] = prefixes.map(|prefix| Leg::of_list(call.params, prefix));
    for leg in [&above, &below] {
        if matches!(leg.type_word()?, "MARKET" | "LIMIT") {
            return Err(ApiError::new(-1158, "Order type not supported in OCO."));
        }
    }
    let above = above.read(call, side, Some(quantity), shared)?;
    let below = below.read(call, side, Some(quantity), shared)?;
    fit_together(side, above.kind, below.kind)?;
    Ok(vec![above, below])
}

/// Which kinds may stand above and below the price ("New Order list - OCO"; errors -1165 to -1199).
fn fit_together(side: Side, above: OrderKind, below: OrderKind) -> Result<(), ApiError> {
    let is_stop = |kind: OrderKind| {
        matches!(kind, OrderKind::StopMarket { .. } | OrderKind::StopLimit { .. } | OrderKind::TrailingStop { .. })
    };
    let is_limit = |kind: OrderKind| matches!(kind, OrderKind::Limit { .. });
    if is_limit(above) && is_limit(below) {
        return Err(ApiError::new(-1168, "At least one OCO order must be contingent."));
    }
    // The stop of a buy waits above the price, that of a sell below; the other order on the other side.
    let (stop, other) = match side {
        Side::Buy => (above, below),
        Side::Sell => (below, above),
    };
    match (side, is_stop(stop), is_stop(other)) {
        (_, true, false) => Ok(()),
        (Side::Buy, _, true) => Err(ApiError::new(-1196, "A stop loss order in a buy OCO must be above.")),
        (Side::Sell, _, true) => Err(ApiError::new(-1197, "A stop loss order in a sell OCO must be below.")),
        (Side::Buy, false, false) if is_limit(above) => Err(ApiError::new(-1165, "A limit order in a buy OCO must be below.")),
        (Side::Sell, false, false) if is_limit(below) => Err(ApiError::new(-1166, "A limit order in a sell OCO must be above.")),
        (Side::Buy, false, false) => Err(ApiError::new(-1198, "A take profit order in a buy OCO must be below.")),
        (Side::Sell, false, false) => Err(ApiError::new(-1199, "A take profit order in a sell OCO must be above.")),
    }
}

/// Places a list.
pub(super) fn place(
    call: &mut Call<'_>,
    contingency: Contingency,
    legs: Vec<OrderRequest>,
    wallet: Wallet,
) -> Result<Json, ApiError> {
    let client_id = request_name(call, "listClientOrderId")?;
    let detail = Detail::read(call.params, None)?;
    let detail = if call.params.text("newOrderRespType").is_none() { Detail::Result } else { detail };
    call.params.all_read()?;
    let has_same_name =
        find(call, wallet, &Named::Client(client_id.clone())).is_some_and(|list| list.state == ListState::Executing);
    if has_same_name {
        return Err(ApiError::of(&crate::order::Refusal::DuplicateClientId, call.product));
    }
    let request = ListRequest { client_id, contingency, orders: legs };
    let placed = call.world.place_list(call.account, request);
    let (list, placed) = placed.map_err(|refusal| ApiError::of(&refusal, call.product))?;
    let reports = placed.iter().map(|placed| Shown::placed(call, placed, detail)).collect();
    Ok(Json::of(&ShownList::of(call, &list).with(reports, call.stamp(list.created))))
}

#[cfg(test)]
mod tests {
    use metaexpert_core::{Price, Trigger};

    use super::*;

    fn price() -> Price {
        Price::new(Decimal::ONE_HUNDRED).unwrap()
    }

    #[test]
    fn a_stop_waits_on_the_side_from_which_the_price_hurts() {
        let limit = OrderKind::Limit { price: price() };
        let stop = OrderKind::StopMarket { trigger: Trigger::at(price()) };
        let profit = OrderKind::TakeProfitMarket { trigger: Trigger::at(price()) };
        for (side, above, below, code) in [
            (Side::Sell, limit, stop, None),
            (Side::Buy, stop, limit, None),
            (Side::Sell, profit, stop, None),
            (Side::Sell, stop, limit, Some(-1197)),
            (Side::Buy, limit, stop, Some(-1196)),
            (Side::Buy, limit, profit, Some(-1165)),
            (Side::Sell, profit, limit, Some(-1166)),
            (Side::Buy, profit, limit, Some(-1198)),
            (Side::Sell, limit, profit, Some(-1199)),
            (Side::Sell, limit, limit, Some(-1168)),
        ] {
            assert_eq!(fit_together(side, above, below).err().map(|error| error.code), code, "{side:?} {above:?} {below:?}");
        }
    }
}
