//! Orders of options one at a time: placed, taken back, asked for.
//!
//! The one decision: limits only, as the exchange has them; `postOnly` is a time in force here, since that is what it does.

use std::collections::BTreeMap;

use metaexpert_core::{OrderKind, TimeInForce};

use super::{chain, order_rows};
use crate::{
    binance::{
        door::{ApiError, Call, Json, Params, Product},
        futures::{
            asked,
            orders::window,
            placing::{self, Answer},
            row::{Row, list},
            words::{self, Stands},
        },
    },
    listing::MarketId,
    order::{Loan, Named, Order, OrderRequest, Refusal, Size},
    wallet::Wallet,
};

/// How far back finished orders are answered ("Query Option Order History").
const HISTORY_DAYS: i64 = 5;

/// The shortest countdown ("Set Auto-Cancel All Open Orders Config").
const SHORTEST_COUNTDOWN: i64 = 5_000;

/// `POST order`.
pub(crate) fn place(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let params = call.params;
    place_one(call, params).map(Json)
}

/// Places the order that parameters describe; batches do so for each of their members.
pub(crate) fn place_one(call: &mut Call<'_>, params: &Params) -> Result<String, ApiError> {
    let answer = placing::answer(params)?;
    let request = request(call, params)?;
    params.all_read()?;
    let placed = call.world.place(call.account, request).map_err(|refusal| ApiError::of(&refusal, Product::Options))?;
    let listing = call.world.markets().get(placed.order.request.market).listing();
    Ok(order_rows::order(listing, &placed.order, answer == Answer::Ack).end())
}

fn request(call: &Call<'_>, params: &Params) -> Result<OrderRequest, ApiError> {
    let market = asked::market(call, params)?;
    let side = words::side(params)?;
    if params.required("type")? != "LIMIT" {
        return Err(ApiError::new(-1116, "Invalid orderType."));
    }
    let size = Size::Quantity(placing::quantity(params)?);
    let price = placing::price(params, "price")?;
    let mut echo = BTreeMap::new();
    if placing::flag(params, "isMmp")? {
        echo.insert("mmp", "true".to_owned());
    }
    Ok(OrderRequest {
        wallet: Wallet::Options,
        market,
        client_id: placing::name(call, params, "clientOrderId")?,
        side,
        kind: OrderKind::Limit { price },
        time_in_force: time_in_force(params)?,
        size,
        iceberg: None,
        leg: None,
        reduce_only: placing::flag(params, "reduceOnly")?,
        self_trade: words::self_trade(params)?,
        loan: Loan::None,
        echo,
    })
}

/// `timeInForce` and `postOnly`, which is for orders that may rest.
fn time_in_force(params: &Params) -> Result<TimeInForce, ApiError> {
    let Stands::As(stands) = words::stands(params.text("timeInForce").unwrap_or("GTC"))? else {
        return Err(ApiError::new(-1115, "Invalid timeInForce."));
    };
    match (placing::flag(params, "postOnly")?, stands) {
        (false, stands) => Ok(stands),
        (true, TimeInForce::GoodTillCancelled | TimeInForce::PostOnly) => Ok(TimeInForce::PostOnly),
        (true, _) => Err(ApiError::new(-1014, "Unsupported order combination.")),
    }
}

/// `GET order`.
pub(crate) fn query(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    let name = asked::named(call.params, "orderId", "clientOrderId")?;
    let order = call.world.account(call.account).orders.get(Wallet::Options, market, &name);
    Ok(row(call, order.ok_or_else(asked::no_such_order)?).json())
}

/// `DELETE order`.
pub(crate) fn cancel(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    let name = asked::named(call.params, "orderId", "clientOrderId")?;
    let order = cancel_one(call, market, &name)?;
    Ok(order_rows::cancelled(call.world.markets().get(market).listing(), &order).json())
}

/// Takes an order back; batches do so for each of their members.
pub(crate) fn cancel_one(call: &mut Call<'_>, market: MarketId, name: &Named) -> Result<Order, ApiError> {
    let cancelled = call.world.cancel(call.account, Wallet::Options, market, name, None);
    // Options know one word for orders that are not there, whether asked for or taken back.
    cancelled.map_err(|refusal| match refusal {
        Refusal::UnknownOrder => asked::no_such_order(),
        other => ApiError::of(&other, Product::Options),
    })
}

/// `DELETE allOpenOrders`: of one option.
pub(crate) fn cancel_all(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    call.world.cancel_all(call.account, Wallet::Options, market);
    Ok(done())
}

/// `DELETE allOpenOrdersByUnderlying`.
pub(crate) fn cancel_underlying(call: &mut Call<'_>) -> Result<Json, ApiError> {
    for market in underlying(call)? {
        call.world.cancel_all(call.account, Wallet::Options, market);
    }
    Ok(done())
}

fn underlying(call: &Call<'_>) -> Result<Vec<MarketId>, ApiError> {
    let options = chain::on(call.world.markets(), call.params.required("underlying")?)?;
    Ok(options.into_iter().map(|(id, _)| id).collect())
}

/// `{"code":0,"msg":"success"}`: options succeed with zero, futures with 200.
fn done() -> Json {
    Row::new().number("code", 0).text("msg", "success").json()
}

/// `POST countdownCancelAll`: of all options on an underlying.
pub(crate) fn countdown(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let markets = underlying(call)?;
    call.params.required("countdownTime")?;
    let millis = call.params.integer("countdownTime")?.filter(|millis| *millis == 0 || *millis >= SHORTEST_COUNTDOWN);
    let millis = millis.ok_or_else(|| ApiError::new(-6009, "countdownTime must be no less than 5000 or equal to 0"))?;
    let at = (millis > 0).then(|| call.world.now().saturating_add_nanos(millis.saturating_mul(1_000_000)));
    for market in markets {
        call.world.cancel_all_at(call.account, Wallet::Options, market, at);
    }
    let name = call.params.required("underlying")?;
    Ok(Row::new().text("underlying", name).number("countdownTime", millis).json())
}

/// `GET openOrders`.
pub(crate) fn open(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market_if_named(call)?;
    let (since, until) = asked::span(call.params)?;
    let from = asked::id(call.params, "orderId")?;
    let orders = call.world.account(call.account).orders.open(Wallet::Options, market);
    let shown = orders.into_iter().filter(|order| {
        from.is_none_or(|from| order.id.0 >= from)
            && since.is_none_or(|since| order.created >= since)
            && until.is_none_or(|until| order.created <= until)
    });
    Ok(Json(list(shown.map(|order| row(call, order)))))
}

/// `GET historyOrders`: of those that are over.
pub(crate) fn history(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    let from = asked::id(call.params, "orderId")?;
    let limit = asked::limit(call.params, 100, 1000)?;
    let (since, until) = asked::span(call.params)?;
    let oldest = call.world.now().saturating_add_nanos(asked::DAY.saturating_mul(-HISTORY_DAYS));
    let mut shown = call.world.account(call.account).orders.all(Wallet::Options, market);
    shown.retain(|order| {
        !order.state.is_open()
            && order.created >= since.unwrap_or(oldest).max(oldest)
            && until.is_none_or(|until| order.created <= until)
            && from.is_none_or(|from| order.id.0 >= from)
    });
    let rows = window(&shown, limit, from.is_some() || since.is_some());
    Ok(Json(list(rows.iter().map(|order| row(call, order)))))
}

fn row(call: &Call<'_>, order: &Order) -> Row {
    order_rows::order(call.world.markets().get(order.request.market).listing(), order, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn post_only_is_for_orders_that_may_rest() {
        let read = |pairs: &[(&str, &str)]| {
            let pairs = pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            time_in_force(&Params::of(pairs)).map_err(|error| error.code)
        };
        assert_eq!(read(&[]), Ok(TimeInForce::GoodTillCancelled));
        assert_eq!(read(&[("postOnly", "true")]), Ok(TimeInForce::PostOnly));
        assert_eq!(read(&[("timeInForce", "IOC")]), Ok(TimeInForce::ImmediateOrCancel));
        assert_eq!(read(&[("timeInForce", "IOC"), ("postOnly", "true")]), Err(-1014));
        assert_eq!(read(&[("timeInForce", "GTD")]), Err(-1115));
    }
}
