//! Several orders of options in one call.
//!
//! The one decision: as with futures, each member is answered in its place, with an order or an error.

use super::{order_rows, orders};
use crate::{
    binance::{
        door::{ApiError, Call, Json, Params},
        futures::{
            asked,
            row::{array, failed},
        },
    },
    order::Named,
};

/// How many orders a call may have.
const MOST: usize = 10;

/// How many orders a batch counts as.
pub(crate) fn length(params: &Params) -> u32 {
    let members = asked::json_list(params, "orders").ok().flatten().map_or(1, |members| members.len());
    u32::try_from(members).unwrap_or(1)
}

fn too_many() -> ApiError {
    ApiError::new(-6011, "Maximum 10 orders in one batchOrder request.")
}

/// `POST batchOrders`.
pub(crate) fn place(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let members = asked::json_list(call.params, "orders")?.ok_or_else(|| ApiError::mandatory("orders"))?;
    if members.len() > MOST {
        return Err(too_many());
    }
    let mut answers = Vec::new();
    for member in &members {
        let params = asked::member(member).ok_or_else(|| ApiError::mandatory("orders"))?;
        answers.push(orders::place_one(call, &params).unwrap_or_else(|error| failed(&error)));
    }
    Ok(Json(array(answers)))
}

/// `DELETE batchOrders`.
pub(crate) fn cancel(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    let names = names(call.params)?;
    if names.len() > MOST {
        return Err(too_many());
    }
    let mut answers = Vec::new();
    for name in &names {
        let order = orders::cancel_one(call, market, name);
        let listing = call.world.markets().get(market).listing();
        answers.push(order.map_or_else(|error| failed(&error), |order| order_rows::order(listing, &order, false).end()));
    }
    Ok(Json(array(answers)))
}

/// The orders that `orderIds` and `clientOrderIds` name.
fn names(params: &Params) -> Result<Vec<Named>, ApiError> {
    let (ids, clients) = (asked::json_list(params, "orderIds")?, asked::json_list(params, "clientOrderIds")?);
    if ids.is_none() && clients.is_none() {
        return Err(ApiError::either("orderIds", "clientOrderIds"));
    }
    let by_id = ids.iter().flatten().map(|id| id.as_u64().map(Named::Id).ok_or_else(|| ApiError::invalid("orderIds")));
    let by_client = clients
        .iter()
        .flatten()
        .map(|name| name.as_str().map(|name| Named::Client(name.into())).ok_or_else(|| ApiError::invalid("clientOrderIds")));
    by_id.chain(by_client).collect()
}
