//! Orders one at a time: placed, tested, taken back, asked for.
//!
//! The one decision: a call that names an order finds it through one function, and says -2013 where it asks and -2011 where it takes
//! back, as the exchange does.

use super::{
    asked,
    family::{Family, pair},
    order_rows::{self, Shape},
    placing::{self, Answer},
    row::{Row, done, list},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    listing::MarketId,
    order::{Named, Order, Refusal},
};

/// Seven days, the longest span of `allOrders`, and what is answered where no time is named.
const HISTORY_DAYS: i64 = 7;

/// `POST order`.
pub(crate) fn place(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let params = call.params;
    place_one(call, params).map(Json)
}

/// Places the order that parameters describe; batches do so for each of their members.
pub(crate) fn place_one(call: &mut Call<'_>, params: &Params) -> Result<String, ApiError> {
    let family = asked::family(call);
    let answer = placing::answer(params)?;
    let request = placing::order(call, params)?;
    params.all_read()?;
    let placed = call.world.place(call.account, request).map_err(|refusal| ApiError::of(&refusal, family.product))?;
    let shape = match answer {
        Answer::Ack => Shape::Ack,
        Answer::Result => Shape::Result,
    };
    Ok(row(call, family, &placed.order, shape).end())
}

/// `POST order/test`.
pub(crate) fn test(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    placing::answer(call.params)?;
    let request = placing::order(call, call.params)?;
    call.params.all_read()?;
    call.world.check(call.account, &request).map_err(|refusal| ApiError::of(&refusal, family.product))?;
    let listing = call.world.markets().get(request.market).listing();
    Ok(order_rows::tested(family, listing, &request, Call::millis(call.world.now())).json())
}

/// `GET order`: any order.
pub(crate) fn query(call: &mut Call<'_>) -> Result<Json, ApiError> {
    find(call, |_| true)
}

/// `GET openOrder`: one that stands.
pub(crate) fn query_open(call: &mut Call<'_>) -> Result<Json, ApiError> {
    find(call, |order| order.state.is_open())
}

fn find(call: &Call<'_>, wanted: impl Fn(&Order) -> bool) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let name = asked::named(call.params, "orderId", "origClientOrderId")?;
    let order = call.world.account(call.account).orders.get(family.wallet, market, &name);
    let order = order.filter(|order| wanted(order)).ok_or_else(asked::no_such_order)?;
    Ok(row(call, family, order, Shape::Full).json())
}

/// `GET openOrders`.
pub(crate) fn open(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, markets) = (asked::family(call), asked::markets(call)?);
    let market = asked::market_if_named(call)?;
    let orders = call.world.account(call.account).orders.open(family.wallet, market);
    let shown = orders.into_iter().filter(|order| markets.contains(&order.request.market));
    Ok(Json(list(shown.map(|order| row(call, family, order, Shape::Full)))))
}

/// `GET allOrders`: from an order on, or of a span of time.
pub(crate) fn all(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    let markets = if family.names_pair && call.params.text("pair").is_some() {
        asked::markets(call)?
    } else {
        vec![asked::market(call, call.params)?]
    };
    let from = asked::id(call.params, "orderId")?;
    let limit = asked::limit(call.params, 500, 1000)?;
    let (since, until) = asked::span_of_days(call, HISTORY_DAYS)?;
    let orders = &call.world.account(call.account).orders;
    let mut shown: Vec<&Order> = markets.iter().flat_map(|market| orders.all(family.wallet, *market)).collect();
    shown.retain(|order| match from {
        Some(from) => order.id.0 >= from,
        None => order.created >= since && order.created <= until,
    });
    shown.sort_by_key(|order| order.id);
    let rows = window(&shown, limit, from.is_some() || call.params.text("startTime").is_some());
    Ok(Json(list(rows.iter().map(|order| {
        let listing = call.world.markets().get(order.request.market).listing();
        // Here alone both families have the other's fields ("All Orders", since 2026-06-30).
        row(call, family, order, Shape::Full)
            .when(!family.names_pair, |row| row.text("pair", &pair(&listing.instrument)))
            .text(family.no_value, "0")
    }))))
}

/// So many of a history: from its beginning where one was named, the latest ones otherwise.
pub(crate) fn window<T>(all: &[T], limit: usize, from_start: bool) -> &[T] {
    let (start, end) = if from_start { (0, limit.min(all.len())) } else { (all.len().saturating_sub(limit), all.len()) };
    all.get(start..end).unwrap_or_default()
}

/// `DELETE order`.
pub(crate) fn cancel(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    let name = asked::named(call.params, "orderId", "origClientOrderId")?;
    cancel_one(call, market, &name).map(Json)
}

/// Takes an order back; batches do so for each of their members.
pub(crate) fn cancel_one(call: &mut Call<'_>, market: MarketId, name: &Named) -> Result<String, ApiError> {
    let family = asked::family(call);
    let cancelled = call.world.cancel(call.account, family.wallet, market, name, None);
    let order = cancelled.map_err(|refusal| match refusal {
        Refusal::UnknownOrder => ApiError::new(-2011, "Unknown order sent."),
        other => ApiError::of(&other, family.product),
    })?;
    Ok(row(call, family, &order, Shape::Cancelled).end())
}

/// `DELETE allOpenOrders`.
pub(crate) fn cancel_all(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    call.world.cancel_all(call.account, asked::family(call).wallet, market);
    Ok(done("The operation of cancel all open order is done."))
}

/// `POST countdownCancelAll`: takes everything back after so many milliseconds; zero calls it off.
pub(crate) fn countdown(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    call.params.required("countdownTime")?;
    let millis = call.params.integer("countdownTime")?.filter(|millis| *millis >= 0);
    let millis = millis.ok_or_else(|| ApiError::invalid("countdownTime"))?;
    let at = (millis > 0).then(|| call.world.now().saturating_add_nanos(millis.saturating_mul(1_000_000)));
    call.world.cancel_all_at(call.account, asked::family(call).wallet, market, at);
    let symbol = &call.world.markets().get(market).listing().symbol;
    Ok(Row::new().text("symbol", symbol).text("countdownTime", &millis.to_string()).json())
}

/// `GET forceOrders`: what the exchange sent to take positions over.
pub(crate) fn forced(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    let kind = call.params.text("autoCloseType");
    if kind.is_some_and(|kind| kind != "LIQUIDATION" && kind != "ADL") {
        return Err(ApiError::invalid("autoCloseType"));
    }
    let markets = asked::markets(call)?;
    let (since, until) = asked::span_of_days(call, HISTORY_DAYS)?;
    let limit = asked::limit(call.params, 50, 100)?;
    let orders = &call.world.account(call.account).orders;
    let mut shown: Vec<&Order> = markets.iter().flat_map(|market| orders.all(family.wallet, *market)).collect();
    // Nobody is deleveraged here.
    shown.retain(|order| words::is_forced(order) && kind != Some("ADL") && order.created >= since && order.created <= until);
    shown.sort_by_key(|order| order.id);
    let rows = window(&shown, limit, call.params.text("startTime").is_some());
    Ok(Json(list(rows.iter().map(|order| row(call, family, order, Shape::Full)))))
}

/// An order under its market's rules.
pub(crate) fn row(call: &Call<'_>, family: &Family, order: &Order, shape: Shape) -> Row {
    order_rows::order(family, call.world.markets().get(order.request.market).listing(), order, shape)
}

#[cfg(test)]
mod tests {
    use super::window;

    #[test]
    fn a_history_is_shown_from_its_start_where_one_is_named_and_from_its_end_otherwise() {
        assert_eq!(window(&[1, 2, 3], 2, true), [1, 2]);
        assert_eq!(window(&[1, 2, 3], 2, false), [2, 3]);
        assert_eq!(window(&[1, 2, 3], 5, false), [1, 2, 3]);
    }
}
