//! Orders that are changed where they stand, and what was changed.
//!
//! The one decision: price and quantity are both needed, of COIN-M too since 2026-06-30; which of them moves the order to the end of
//! its queue is the world's business.

use metaexpert_core::{OrderKind, Price, Quantity};

use super::{
    asked,
    family::{pair, price_places, quantity_places},
    order_rows::Shape,
    orders::{row, window},
    placing,
    row::{Row, list},
    words,
};
use crate::{
    binance::door::{Amendment, ApiError, Call, Json, Params},
    listing::Listing,
    order::{Order, Refusal},
    world::Change,
};

/// `PUT order`.
pub(crate) fn modify(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let params = call.params;
    modify_one(call, params).map(Json)
}

/// Changes the order that parameters name; batches do so for each of their members.
pub(crate) fn modify_one(call: &mut Call<'_>, params: &Params) -> Result<String, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, params)?);
    let side = words::side(params)?;
    let name = asked::named(params, "orderId", "origClientOrderId")?;
    let quantity = placing::quantity(params)?;
    let price = placing::limit_price(call, params, market, side)?;
    params.all_read()?;
    let order = call.world.account(call.account).orders.get(family.wallet, market, &name);
    let order = order.filter(|order| order.state.is_open()).ok_or_else(asked::no_such_order)?.clone();
    if !matches!(order.request.kind, OrderKind::Limit { .. }) {
        return Err(ApiError::new(-5025, "Only limit order is supported."));
    }
    if order.request.side != side {
        return Err(ApiError::new(-1117, "Invalid side."));
    }
    // A change to no more than was executed takes the order back ("Modify Order").
    if quantity <= order.executed {
        let cancelled = call.world.cancel(call.account, family.wallet, market, &name, None);
        let order = cancelled.map_err(|refusal| ApiError::of(&refusal, family.product))?;
        return Ok(row(call, family, &order, Shape::Amended).end());
    }
    let change = Change { quantity: Quantity::new(quantity), price: Some(price), client_id: None, keeps_place: false };
    let changed = call.world.amend(call.account, family.wallet, market, &name, &change);
    let placed = changed.map_err(|refusal| match refusal {
        Refusal::UnknownOrder => asked::no_such_order(),
        other => ApiError::of(&other, family.product),
    })?;
    remember(call, &order, &placed.order);
    Ok(row(call, family, &placed.order, Shape::Amended).end())
}

/// Remembers what an amendment changed, for `orderAmendment`.
fn remember(call: &Call<'_>, before: &Order, after: &Order) {
    let limit = |order: &Order| order.request.kind.limit_price().map(Price::get).unwrap_or_default();
    call.door.memory.keep(Amendment {
        id: 0,
        account: call.account,
        order: after.id,
        client_ids: (before.request.client_id.clone(), after.request.client_id.clone()),
        quantities: (before.quantity, after.quantity),
        prices: (limit(before), limit(after)),
        time: after.updated,
    });
}

/// `GET orderAmendment`.
pub(crate) fn history(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let limit = asked::limit(call.params, 50, 100)?;
    let (since, until) = asked::span(call.params)?;
    let name = asked::named(call.params, "orderId", "origClientOrderId")?;
    let order = call.world.account(call.account).orders.get(family.wallet, market, &name);
    let order = order.ok_or_else(asked::no_such_order)?.id;
    let listing = call.world.markets().get(market).listing();
    let changes = call.door.memory.of(call.account, order);
    // Counted over all changes of the order, whichever are shown.
    let rows: Vec<Row> = (1_u32..).zip(&changes).map(|(count, change)| change_row(listing, change, count)).collect();
    let within =
        |change: &&Amendment| since.is_none_or(|since| change.time >= since) && until.is_none_or(|until| change.time <= until);
    let shown: Vec<Row> = changes.iter().zip(rows).filter(|(change, _)| within(change)).map(|(_, row)| row).collect();
    Ok(Json(list(window(&shown, limit, since.is_some()).iter().cloned())))
}

fn change_row(listing: &Listing, change: &Amendment, count: u32) -> Row {
    let both = |(before, after), places| Row::new().fixed("before", before, places).fixed("after", after, places).end();
    let what = Row::new()
        .raw("price", both(change.prices, price_places(listing)))
        .raw("origQty", both(change.quantities, quantity_places(listing)))
        .number("count", count);
    Row::new()
        .number("amendmentId", change.id)
        .text("symbol", &listing.symbol)
        .text("pair", &pair(&listing.instrument))
        .number("orderId", change.order.0)
        .text("clientOrderId", &change.client_ids.1)
        .number("time", Call::millis(change.time))
        .raw("amendment", what.end())
}
