//! Linked orders of spot and margin (Spot API, "Order lists").

use std::borrow::Cow;

use metaexpert_connect::{Report, number, read_json, report::LinkReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Read, named, number_text, spot};
use crate::Product;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire<'a> {
    order_list_id: i64,
    #[serde(borrow)]
    contingency_type: Cow<'a, str>,
    #[serde(borrow)]
    list_order_status: Cow<'a, str>,
    #[serde(borrow, default)]
    list_client_order_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    transaction_time: Option<UnixNanos>,
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow, default)]
    orders: Vec<LegWire<'a>>,
    // Of a list that was placed or cancelled.
    #[serde(borrow, default)]
    order_reports: Vec<spot::Wire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LegWire<'a> {
    #[serde(deserialize_with = "number_text")]
    order_id: String,
    #[serde(borrow)]
    client_order_id: Cow<'a, str>,
}

impl Wire<'_> {
    /// The list, then its orders.
    pub(super) fn reports(&self, product: Product) -> Vec<Report<'static>> {
        let legs = self.orders.iter().map(|leg| (leg.client_order_id.as_ref().to_owned(), leg.order_id.clone()));
        let link = LinkReport {
            symbol: self.symbol.as_ref().to_owned(),
            list_id: self.order_list_id.to_string(),
            client_id: self.list_client_order_id.as_deref().and_then(named),
            contingency: self.contingency_type.as_ref().to_owned(),
            status: self.list_order_status.as_ref().to_owned(),
            orders: legs.collect(),
            time: self.transaction_time,
        };
        let orders = self.order_reports.iter().flat_map(|order| order.reports(product));
        std::iter::once(Report::Link(link)).chain(orders).collect()
    }
}

/// One list.
pub(in crate::orders) fn list(product: Product, payload: &[u8]) -> Read {
    read_json::<Wire<'_>>("order list", payload).map(|wire| wire.reports(product))
}

/// Several lists.
pub(in crate::orders) fn lists(product: Product, payload: &[u8]) -> Read {
    let wires: Vec<Wire<'_>> = read_json("order lists", payload)?;
    Ok(wires.iter().flat_map(|wire| wire.reports(product)).collect())
}
