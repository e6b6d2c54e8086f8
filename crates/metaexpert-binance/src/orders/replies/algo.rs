//! Orders of the algo service (USD-M, "New Algo Order", "Query Algo Order", "Cancel Algo Order", 2026-01).
//!
//! The one decision: an order of the algo service and the order that it becomes are two orders with two numbers. The report of
//! the first bears the algo service's number. Where the second is there already, its number follows in a report of its own
//! under the name of the first, so that whoever knows the name finds both.

use std::borrow::Cow;

use metaexpert_connect::{
    Report, number, read_json,
    report::{Conditional, OrderReport, Origin, SubmitReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Read, named, number_text, some};
use crate::{Product, words};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(deserialize_with = "number_text")]
    algo_id: String,
    #[serde(borrow)]
    client_algo_id: Cow<'a, str>,
    // `type` in replies of the service's first weeks.
    #[serde(borrow, alias = "type")]
    order_type: Cow<'a, str>,
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow, default)]
    side: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    position_side: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    time_in_force: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    quantity: Option<Decimal>,
    #[serde(borrow)]
    algo_status: Cow<'a, str>,
    // The order that it became; empty before that.
    #[serde(borrow, default)]
    actual_order_id: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    actual_price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    actual_qty: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    trigger_price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
    #[serde(borrow, default)]
    working_type: Option<Cow<'a, str>>,
    #[serde(default)]
    close_position: Option<bool>,
    #[serde(default)]
    reduce_only: Option<bool>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    activate_price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    callback_rate: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    create_time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    good_till_date: Option<UnixNanos>,
}

impl Wire<'_> {
    fn reports(&self, product: Product) -> impl Iterator<Item = Report<'static>> {
        let became = self.actual_order_id.as_deref().and_then(named).map(|number| {
            Report::Submitted(SubmitReport {
                symbol: Some(self.symbol.as_ref().to_owned()),
                client_id: named(&self.client_algo_id),
                venue_id: Some(number),
                time: self.update_time,
            })
        });
        std::iter::once(Report::Order(Box::new(self.order(product)))).chain(became)
    }

    /// How much of the order that it became was executed. Before there is one, the number is the quantity and says nothing.
    fn filled(&self) -> Option<Decimal> {
        self.actual_qty.filter(|_| self.actual_order_id.as_deref().is_some_and(|number| !number.is_empty()))
    }

    fn order(&self, product: Product) -> OrderReport {
        OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_algo_id),
            venue_id: Some(words::algo_number(&self.algo_id)),
            original_client_id: None,
            list_id: None,
            side: self.side.as_deref().and_then(words::read_side),
            position_side: self.position_side.as_deref().and_then(words::read_leg),
            order_type: words::read_type(product, &self.order_type),
            time_in_force: self.time_in_force.as_deref().map(words::read_time_in_force),
            good_till: self.good_till_date,
            state: words::algo_state(&self.algo_status, self.filled(), self.quantity),
            quantity: some(self.quantity),
            quote_quantity: None,
            price: some(self.price),
            conditional: Some(Conditional {
                trigger: some(self.trigger_price),
                by: self.working_type.as_deref().map(words::read_trigger_by),
                callback_pct: some(self.callback_rate),
                activation: some(self.activate_price),
            }),
            filled: self.filled(),
            filled_value: None,
            average_price: some(self.actual_price),
            reduce_only: self.reduce_only,
            close_position: self.close_position,
            origin: Origin::Own,
            why: None,
            created: self.create_time,
            updated: self.update_time,
        }
    }
}

/// One order.
pub(in crate::orders) fn algo(product: Product, payload: &[u8]) -> Read {
    Ok(read_json::<Wire<'_>>("algo order", payload)?.reports(product).collect())
}

/// Several orders.
pub(in crate::orders) fn algos(product: Product, payload: &[u8]) -> Read {
    let wires: Vec<Wire<'_>> = read_json("algo orders", payload)?;
    Ok(wires.iter().flat_map(|wire| wire.reports(product)).collect())
}

/// The answer to a cancel: both its names, and that it worked.
pub(in crate::orders) fn algo_cancelled(_: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Cancelled<'a> {
        #[serde(deserialize_with = "number_text")]
        algo_id: String,
        #[serde(borrow)]
        client_algo_id: Cow<'a, str>,
    }
    let wire: Cancelled<'_> = read_json("cancelled algo order", payload)?;
    let (client_id, venue_id) = (named(&wire.client_algo_id), Some(words::algo_number(&wire.algo_id)));
    Ok(vec![Report::Submitted(SubmitReport { symbol: None, client_id, venue_id, time: None })])
}
