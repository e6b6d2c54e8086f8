//! Several orders in one call: placed, changed, taken back.
//!
//! The one decision: each member stands for itself: it is answered in its place, with an order or an error, and the call succeeds.

use super::{
    amend, asked, orders,
    row::{array, failed},
};
use crate::{
    binance::door::{ApiError, Call, Json, Params},
    order::Named,
};

/// How many orders may be placed or changed at once.
const MOST: usize = 5;

/// How many may be taken back at once.
const MOST_CANCELLED: usize = 10;

/// How many orders a batch counts as.
pub(crate) fn length(params: &Params) -> u32 {
    let members = asked::json_list(params, "batchOrders").ok().flatten().map_or(1, |members| members.len());
    u32::try_from(members).unwrap_or(1)
}

/// `POST batchOrders`.
pub(crate) fn place(call: &mut Call<'_>) -> Result<Json, ApiError> {
    each(call, orders::place_one)
}

/// `PUT batchOrders`.
pub(crate) fn modify(call: &mut Call<'_>) -> Result<Json, ApiError> {
    each(call, amend::modify_one)
}

fn each(call: &mut Call<'_>, act: impl Fn(&mut Call<'_>, &Params) -> Result<String, ApiError>) -> Result<Json, ApiError> {
    let members = asked::json_list(call.params, "batchOrders")?.ok_or_else(|| ApiError::mandatory("batchOrders"))?;
    if members.is_empty() || members.len() > MOST {
        return Err(ApiError::new(-4082, format!("Invalid number of batch place orders: {}", members.len())));
    }
    let mut answers = Vec::new();
    for member in &members {
        let params = asked::member(member).ok_or_else(|| ApiError::mandatory("batchOrders"))?;
        answers.push(act(call, &params).unwrap_or_else(|error| failed(&error)));
    }
    Ok(Json(array(answers)))
}

/// `DELETE batchOrders`.
pub(crate) fn cancel(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = asked::market(call, call.params)?;
    let names = names(call.params)?;
    if names.len() > MOST_CANCELLED {
        return Err(ApiError::new(-4032, "Exceed maximum cancel order size."));
    }
    let mut answers = Vec::new();
    for name in &names {
        answers.push(orders::cancel_one(call, market, name).unwrap_or_else(|error| failed(&error)));
    }
    Ok(Json(array(answers)))
}

/// The orders that `orderIdList` names, or else `origClientOrderIdList`.
fn names(params: &Params) -> Result<Vec<Named>, ApiError> {
    let (by_id, by_client) = ("orderIdList", "origClientOrderIdList");
    if let Some(ids) = asked::json_list(params, by_id)? {
        let read = |value: &serde_json::Value| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        return ids.iter().map(|id| read(id).map(Named::Id).ok_or_else(|| ApiError::invalid(by_id))).collect();
    }
    let clients = asked::json_list(params, by_client)?.ok_or_else(|| ApiError::either(by_id, by_client))?;
    clients
        .iter()
        .map(|name| name.as_str().map(|name| Named::Client(name.into())).ok_or_else(|| ApiError::invalid(by_client)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn params(name: &str, value: &str) -> Params {
        Params::of(vec![(name.into(), value.into())])
    }

    #[test]
    fn a_batch_counts_as_many_orders_as_it_has_members() {
        assert_eq!(length(&params("batchOrders", r#"[{"a":1},{"a":2}]"#)), 2);
        assert_eq!(length(&params("batchOrders", "nothing")), 1);
    }

    #[test]
    fn orders_are_named_by_lists_of_numbers_or_of_names() {
        assert_eq!(names(&params("orderidlist", "[1,2]")), Ok(vec![Named::Id(1), Named::Id(2)]));
        assert_eq!(names(&params("origClientOrderIdList", r#"["a"]"#)), Ok(vec![Named::Client("a".into())]));
        assert_eq!(names(&params("orderIdList", r#"["a"]"#)).unwrap_err().code, -1130);
        assert_eq!(names(&Params::default()).unwrap_err().code, -1102);
    }
}
