//! Orders: placed, tried, cancelled, replaced, asked for. Margin's calls of the same names do the same with another wallet.

use serde::Serialize;

use super::{
    pages::{Stretch, page},
    reply::Shown,
    request::{Detail, Leg, Shared},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    listing::{Class, MarketId},
    order::{Loan, Named, Order, OrderState},
    wallet::Wallet,
    world::Placed,
};

/// The market of `symbol`.
///
/// # Errors
/// -1102, -1100, -1121.
pub(in crate::binance) fn market(call: &Call<'_>) -> Result<MarketId, ApiError> {
    let symbol = call.params.symbol()?;
    call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol)
}

/// The order that a call names.
///
/// # Errors
/// -1102 where it names none, -1100.
pub(in crate::binance) fn named(params: &Params, id: &str, client_id: &str) -> Result<(Named, Option<String>), ApiError> {
    let client = params.client_id(client_id)?.map(str::to_owned);
    match (params.integer(id)?, client) {
        (Some(id), client) => Ok((Named::Id(u64::try_from(id).unwrap_or_default()), client)),
        (None, Some(client)) => Ok((Named::Client(client), None)),
        (None, None) => Err(ApiError::either(client_id, id)),
    }
}

/// Places an order from a wallet.
///
/// # Errors
/// What is wrong with it, or the world's refusal.
pub(in crate::binance) fn place(call: &mut Call<'_>, wallet: Wallet, loan: Loan) -> Result<(Placed, Detail), ApiError> {
    let market = market(call)?;
    let leg = Leg::alone(call.params);
    let side = leg.side()?;
    let self_trade = words::prevention(call.params.text("selfTradePreventionMode"))?;
    let request = leg.read(call, side, None, Shared { wallet, market, self_trade, loan })?;
    let detail = Detail::read(call.params, Some(leg.type_word()?))?;
    call.params.all_read()?;
    let placed = call.world.place(call.account, request).map_err(|refusal| ApiError::of(&refusal, call.product))?;
    Ok((placed, detail))
}

/// `POST /api/v3/order`.
pub(super) fn new_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (placed, detail) = place(call, Wallet::Spot, Loan::None)?;
    Ok(Json::of(&Shown::placed(call, &placed, detail)))
}

/// `POST /api/v3/order/test`.
pub(super) fn test_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = market(call)?;
    let leg = Leg::alone(call.params);
    let side = leg.side()?;
    let self_trade = words::prevention(call.params.text("selfTradePreventionMode"))?;
    let shared = Shared { wallet: Wallet::Spot, market, self_trade, loan: Loan::None };
    let request = leg.read(call, side, None, shared)?;
    Detail::read(call.params, Some(leg.type_word()?))?;
    let wants_rates = call.params.flag("computeCommissionRates")?.unwrap_or(false);
    call.params.all_read()?;
    call.world.check(call.account, &request).map_err(|refusal| ApiError::of(&refusal, call.product))?;
    Ok(if wants_rates { super::account::order_rates(call) } else { Json("{}".into()) })
}

/// Cancels the order that a call names.
///
/// # Errors
/// -2011 where there is none that stands, or where it is not in the state that the call restricts itself to; -2039 where its two
/// names are of two orders.
pub(in crate::binance) fn cancel(
    call: &mut Call<'_>,
    wallet: Wallet,
    market: MarketId,
    (name, client): (Named, Option<String>),
    request: &str,
) -> Result<Order, ApiError> {
    let restriction = restriction(call.params)?;
    call.params.all_read()?;
    let order = call.world.account(call.account).orders.get(wallet, market, &name);
    if let Some(order) = order {
        if client.is_some_and(|client| client != order.request.client_id) {
            return Err(ApiError::new(-2039, "Client order ID is not correct for this order ID."));
        }
        if restriction.is_some_and(|restriction| !restriction.allows(order)) {
            return Err(ApiError::new(-2011, "Order was not canceled due to cancel restrictions."));
        }
    }
    call.world
        .cancel(call.account, wallet, market, &name, Some(request.to_owned()))
        .map_err(|refusal| ApiError::of(&refusal, call.product))
}

/// Which orders alone may be cancelled.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Restriction {
    New,
    PartiallyFilled,
}

impl Restriction {
    fn allows(self, order: &Order) -> bool {
        match self {
            Self::New => matches!(order.state, OrderState::Working | OrderState::Waiting | OrderState::Pending),
            Self::PartiallyFilled => order.state == OrderState::PartiallyFilled,
        }
    }
}

fn restriction(params: &Params) -> Result<Option<Restriction>, ApiError> {
    match params.text("cancelRestrictions") {
        None => Ok(None),
        Some("ONLY_NEW") => Ok(Some(Restriction::New)),
        Some("ONLY_PARTIALLY_FILLED") => Ok(Some(Restriction::PartiallyFilled)),
        Some(_) => Err(ApiError::new(-1145, "Invalid cancelRestrictions")),
    }
}

/// The client's name for a cancellation; one that is made up where it gave none.
///
/// # Errors
/// -1100.
pub(in crate::binance) fn request_name(call: &Call<'_>, name: &str) -> Result<String, ApiError> {
    Ok(call.params.client_id(name)?.map_or_else(|| call.door.fresh_name(), str::to_owned))
}

/// `DELETE /api/v3/order`.
pub(super) fn cancel_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = market(call)?;
    let name = named(call.params, "orderId", "origClientOrderId")?;
    let request = request_name(call, "newClientOrderId")?;
    let order = cancel(call, Wallet::Spot, market, name, &request)?;
    Ok(Json::of(&Shown::cancelled(call, &order, &request)))
}

/// An order that was asked for.
///
/// # Errors
/// -2013 where there is none.
pub(in crate::binance) fn query(call: &Call<'_>, wallet: Wallet) -> Result<Json, ApiError> {
    let market = market(call)?;
    let (name, client) = named(call.params, "orderId", "origClientOrderId")?;
    let order = call.world.account(call.account).orders.get(wallet, market, &name);
    let order = order.filter(|order| client.is_none_or(|client| client == order.request.client_id));
    let order = order.ok_or_else(|| ApiError::new(-2013, "Order does not exist."))?;
    Ok(Json::of(&Shown::asked(call, order)))
}

/// `GET /api/v3/order`.
pub(super) fn query_order(call: &mut Call<'_>) -> Result<Json, ApiError> {
    query(call, Wallet::Spot)
}

/// Orders that stand, in one market or in all.
///
/// # Errors
/// -1121.
pub(in crate::binance) fn open(call: &Call<'_>, wallet: Wallet) -> Result<Json, ApiError> {
    let market = call.params.text("symbol").map(|_| market(call)).transpose()?;
    let orders = call.world.account(call.account).orders.open(wallet, market);
    Ok(Json::of(&orders.into_iter().map(|order| Shown::asked(call, order)).collect::<Vec<_>>()))
}

/// `GET /api/v3/openOrders`.
pub(super) fn open_orders(call: &mut Call<'_>) -> Result<Json, ApiError> {
    open(call, Wallet::Spot)
}

/// All orders of a market.
///
/// # Errors
/// As [`Stretch::of_a_day`].
pub(in crate::binance) fn all(call: &Call<'_>, wallet: Wallet, most: usize) -> Result<Json, ApiError> {
    let market = market(call)?;
    let from = call.params.integer("orderId")?.map(|id| u64::try_from(id).unwrap_or_default());
    let stretch = Stretch::of_a_day(call.params)?;
    let limit = call.params.limit(500, most)?;
    let orders = call.world.account(call.account).orders.all(wallet, market);
    let wanted = orders.into_iter().filter(|order| from.is_none_or(|from| order.id.0 >= from) && stretch.has(order.created));
    let wanted = page(wanted.collect(), limit, from.is_some() || stretch.since.is_some());
    Ok(Json::of(&wanted.into_iter().map(|order| Shown::asked(call, order)).collect::<Vec<_>>()))
}

/// `GET /api/v3/allOrders`.
pub(super) fn all_orders(call: &mut Call<'_>) -> Result<Json, ApiError> {
    all(call, Wallet::Spot, 1000)
}

/// What `cancelReplace` says of its halves.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Halves {
    cancel_result: &'static str,
    new_order_result: &'static str,
    cancel_response: Half,
    new_order_response: Half,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Half {
    Done(Box<Shown>),
    Refused(serde_json::Value),
    NotTried,
}

impl Half {
    fn of(error: &ApiError) -> Self {
        Self::Refused(serde_json::json!({ "code": error.code, "msg": error.message }))
    }
}

/// `POST /api/v3/order/cancelReplace`.
pub(super) fn cancel_replace(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = market(call)?;
    let stops_on_failure = match call.params.required("cancelReplaceMode")? {
        "STOP_ON_FAILURE" => true,
        "ALLOW_FAILURE" => false,
        _ => return Err(ApiError::invalid("cancelReplaceMode")),
    };
    if call.params.text("orderRateLimitExceededMode").is_some_and(|mode| !matches!(mode, "DO_NOTHING" | "CANCEL_ONLY")) {
        return Err(ApiError::invalid("orderRateLimitExceededMode"));
    }
    let name = named(call.params, "cancelOrderId", "cancelOrigClientOrderId")?;
    let request_name = request_name(call, "cancelNewClientOrderId")?;
    let leg = Leg::alone(call.params);
    let side = leg.side()?;
    let self_trade = words::prevention(call.params.text("selfTradePreventionMode"))?;
    let shared = Shared { wallet: Wallet::Spot, market, self_trade, loan: Loan::None };
    let request = leg.read(call, side, None, shared)?;
    let detail = Detail::read(call.params, Some(leg.type_word()?))?;
    restriction(call.params)?;
    call.params.all_read()?;
    // "Filters .. are evaluated before the processing of the cancellation": nothing happens where the new order breaks one.
    if let Err(refusal @ crate::order::Refusal::Rule(_)) = call.world.check(call.account, &request) {
        return Err(ApiError::of(&refusal, call.product));
    }
    let cancelled = cancel(call, Wallet::Spot, market, name, &request_name);
    let (cancel_result, cancel_response) = match &cancelled {
        Ok(order) => ("SUCCESS", Half::Done(Box::new(Shown::cancelled(call, order, &request_name)))),
        Err(error) => ("FAILURE", Half::of(error)),
    };
    if cancelled.is_err() && stops_on_failure {
        let new_order_response = Half::NotTried;
        return Err(failed(
            &Halves { cancel_result, new_order_result: "NOT_ATTEMPTED", cancel_response, new_order_response },
            false,
        ));
    }
    let placed = call.world.place(call.account, request).map_err(|refusal| ApiError::of(&refusal, call.product));
    let (new_order_result, new_order_response) = match &placed {
        Ok(placed) => ("SUCCESS", Half::Done(Box::new(Shown::placed(call, placed, detail)))),
        Err(error) => ("FAILURE", Half::of(error)),
    };
    let halves = Halves { cancel_result, new_order_result, cancel_response, new_order_response };
    match (cancelled.is_ok(), placed.is_ok()) {
        (true, true) => Ok(Json::of(&halves)),
        (false, false) => Err(failed(&halves, false)),
        (true, false) | (false, true) => Err(failed(&halves, true)),
    }
}

/// -2021 with 409 where one half was done, -2022 with 400 where none was.
fn failed(halves: &Halves, in_part: bool) -> ApiError {
    let mut error = if in_part {
        ApiError::new(-2021, "Order cancel-replace partially failed.").with_status(http::StatusCode::CONFLICT)
    } else {
        ApiError::new(-2022, "Order cancel-replace failed.")
    };
    error.data = Some(Json::of(halves).0);
    error
}
