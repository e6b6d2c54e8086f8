//! Orders that are made smaller and keep their place in the queue (spot REST, "Order Amend Keep Priority").

use metaexpert_core::{Price, Quantity};
use rust_decimal::Decimal;
use serde::Serialize;

use super::{
    orders::{market, named, request_name},
    pages::page,
    reply::{Rare, ShownList, list_number},
    words::{self, eight},
};
use crate::{
    binance::door::{Amendment, ApiError, Call, Json},
    order::{Order, OrderId},
    wallet::Wallet,
    world::Change,
};

/// `PUT /api/v3/order/amend/keepPriority`.
pub(super) fn amend(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = market(call)?;
    let (name, _) = named(call.params, "orderId", "origClientOrderId")?;
    let client_id = request_name(call, "newClientOrderId")?;
    let quantity = call.params.decimal("newQty")?.ok_or_else(|| ApiError::mandatory("newQty"))?;
    call.params.all_read()?;
    let quantity = Quantity::new(quantity).ok_or_else(|| ApiError::new(-1013, "Invalid newQty."))?;
    let before = call.world.account(call.account).orders.get(Wallet::Spot, market, &name).cloned();
    let before = before.filter(|order| order.state.is_open()).ok_or_else(|| refused("Unknown order sent."))?;
    if quantity.get() > before.quantity {
        return Err(refused("Order amend (quantity increase) is not supported."));
    }
    if quantity.get() == before.quantity {
        return Err(refused("The requested action would change no state; rejecting."));
    }
    let change = Change { quantity: Some(quantity), price: None, client_id: Some(client_id), keeps_place: true };
    let amended = call.world.amend(call.account, Wallet::Spot, market, &name, &change);
    let order = amended.map_err(|refusal| ApiError::of(&refusal, call.product))?.order;
    Ok(answer(call, &before, &order))
}

/// `GET /api/v3/order/amendments`.
pub(super) fn amendments(call: &mut Call<'_>) -> Result<Json, ApiError> {
    market(call)?;
    let order = call.params.integer("orderId")?.ok_or_else(|| ApiError::mandatory("orderId"))?;
    let from = call.params.integer("fromExecutionId")?.map(|id| u64::try_from(id).unwrap_or_default());
    let limit = call.params.limit(500, 1000)?;
    let symbol = call.params.symbol()?;
    let kept = call.door.memory.of(call.account, OrderId(u64::try_from(order).unwrap_or_default()));
    let wanted = kept.into_iter().filter(|amendment| from.is_none_or(|from| amendment.id >= from)).collect();
    let shown = page(wanted, limit, true).into_iter().map(|amendment| ShownAmendment {
        symbol,
        order_id: amendment.order.0,
        execution_id: amendment.id,
        orig_client_order_id: amendment.client_ids.0,
        new_client_order_id: amendment.client_ids.1,
        orig_qty: eight(amendment.quantities.0),
        new_qty: eight(amendment.quantities.1),
        time: call.stamp(amendment.time),
    });
    Ok(Json::of(&shown.collect::<Vec<_>>()))
}

fn answer(call: &Call<'_>, before: &Order, order: &Order) -> Json {
    let request = &order.request;
    // Of an order without a limit there is none before or after.
    let limit = |order: &Order| order.request.kind.limit_price().map(Price::get).unwrap_or_default();
    let execution_id = call.door.memory.keep(Amendment {
        id: 0,
        account: call.account,
        order: order.id,
        client_ids: (before.request.client_id.clone(), request.client_id.clone()),
        prices: (limit(before), limit(order)),
        quantities: (before.quantity, order.quantity),
        time: order.updated,
    });
    let lists = call.world.account(call.account).orders.lists(request.wallet);
    let list = lists.into_iter().find(|list| Some(list.id) == order.list);
    Json::of(&Answer {
        transact_time: call.stamp(order.updated),
        execution_id,
        amended_order: Amended {
            symbol: &call.world.markets().get(request.market).listing().symbol,
            order_id: order.id.0,
            order_list_id: list_number(order),
            orig_client_order_id: &before.request.client_id,
            client_order_id: &request.client_id,
            price: eight(limit(order)),
            qty: eight(order.quantity),
            executed_qty: eight(order.executed),
            prevented_qty: eight(order.prevented),
            quote_order_qty: eight(Decimal::ZERO),
            cumulative_quote_qty: eight(order.value),
            status: words::status(order.state),
            time_in_force: words::time_in_force_word(request.time_in_force),
            order_type: words::type_word(order),
            side: words::side_word(request.side),
            working_time: order.working_since.map(|time| call.stamp(time)),
            rare: Rare::of(call, order),
            self_trade_prevention_mode: words::self_trade_word(request.self_trade),
        },
        list_status: list.map(|list| ShownList::of(call, list).into_status()),
    })
}

fn refused(text: &str) -> ApiError {
    ApiError::new(-2038, text)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    transact_time: i64,
    execution_id: u64,
    amended_order: Amended<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_status: Option<ShownList>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Amended<'a> {
    symbol: &'a str,
    order_id: u64,
    order_list_id: i64,
    orig_client_order_id: &'a str,
    client_order_id: &'a str,
    price: String,
    qty: String,
    executed_qty: String,
    prevented_qty: String,
    quote_order_qty: String,
    cumulative_quote_qty: String,
    status: &'static str,
    time_in_force: &'static str,
    #[serde(rename = "type")]
    order_type: &'a str,
    side: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    working_time: Option<i64>,
    #[serde(flatten)]
    rare: Rare,
    self_trade_prevention_mode: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownAmendment<'a> {
    symbol: &'a str,
    order_id: u64,
    execution_id: u64,
    orig_client_order_id: String,
    new_client_order_id: String,
    orig_qty: String,
    new_qty: String,
    time: i64,
}
