//! `listStatus`: linked orders of spot or margin and where their list stands (Spot, "Order Update").

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::LinkReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::words::{id, named};
use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "g", deserialize_with = "id")]
    list_id: Option<String>,
    #[serde(borrow, rename = "c")]
    contingency: Cow<'a, str>,
    // `L` (`EXECUTING`, `ALL_DONE`, `REJECT`) says where the orders stand; `l` only why this event was sent.
    #[serde(borrow, rename = "L")]
    status: Cow<'a, str>,
    #[serde(borrow, rename = "C")]
    client_id: Cow<'a, str>,
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "O")]
    orders: Vec<Leg<'a>>,
}

#[derive(Deserialize)]
struct Leg<'a> {
    #[serde(rename = "i", deserialize_with = "id")]
    order_id: Option<String>,
    #[serde(borrow, rename = "c")]
    client_id: Cow<'a, str>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("listStatus", payload)?;
    let list_id = wire.list_id.ok_or_else(|| Malformed::new("listStatus", "a list without a number", payload))?;
    let orders = wire.orders.into_iter().map(|leg| (leg.client_id.into_owned(), leg.order_id.unwrap_or_default()));
    Ok(vec![Report::Link(LinkReport {
        symbol: wire.symbol.into_owned(),
        list_id,
        client_id: named(&wire.client_id),
        contingency: wire.contingency.into_owned(),
        status: wire.status.into_owned(),
        orders: orders.collect(),
        time: Some(wire.time),
    })])
}
