//! `ALGO_UPDATE`: a conditional order of futures, which the algo service keeps until its condition is met (USD-M, "Event: Algo
//! Order Update"; COIN-M alike since 2026-06-30).
//!
//! The one decision: the order that waits and the order that it becomes are two orders, each with its own number and its own
//! events. This one bears the number of the algo service; when the other is placed, a [`SubmitReport`] tells its number.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number, read_json,
    report::{Conditional, OrderReport, SubmitReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::{Text, id, named, nonzero};
use crate::{
    Product,
    words::{algo_number, algo_state, origin_of, read_leg, read_side, read_time_in_force, read_trigger_by, read_type},
};

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "o")]
    order: Order<'a>,
}

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(borrow, rename = "caid")]
    client_id: Cow<'a, str>,
    #[serde(rename = "aid", deserialize_with = "id")]
    algo_id: Option<String>,
    #[serde(borrow, rename = "o")]
    kind: Cow<'a, str>,
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(borrow, rename = "S")]
    side: Cow<'a, str>,
    #[serde(borrow, default, rename = "ps")]
    position_side: Cow<'a, str>,
    #[serde(borrow, rename = "f")]
    time_in_force: Cow<'a, str>,
    #[serde(rename = "q", deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(borrow, rename = "X")]
    status: Cow<'a, str>,
    /// Number of the order that it has become.
    #[serde(default, rename = "ai", deserialize_with = "id")]
    placed_as: Option<String>,
    #[serde(default, rename = "ap", deserialize_with = "number::optional_decimal")]
    average_price: Option<Decimal>,
    #[serde(default, rename = "aq", deserialize_with = "number::optional_decimal")]
    filled: Option<Decimal>,
    #[serde(default, rename = "tp", deserialize_with = "number::optional_decimal")]
    trigger: Option<Decimal>,
    #[serde(default, rename = "p", deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
    #[serde(borrow, default, rename = "wt")]
    trigger_by: Option<Text<'a>>,
    #[serde(default, rename = "cr", deserialize_with = "number::optional_decimal")]
    callback_rate: Option<Decimal>,
    #[serde(default, rename = "AP", deserialize_with = "number::optional_decimal")]
    activation_price: Option<Decimal>,
    #[serde(default, rename = "cp")]
    close_position: Option<bool>,
    #[serde(default, rename = "R")]
    reduce_only: Option<bool>,
    #[serde(default, rename = "gtd", deserialize_with = "number::optional_millis")]
    good_till: Option<UnixNanos>,
    #[serde(borrow, default, rename = "rm")]
    why: Option<Text<'a>>,
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let Wire { time, order } = read_json("ALGO_UPDATE", payload)?;
    let placed = order.placed_as.clone().map(|number| {
        Report::Submitted(SubmitReport {
            symbol: named(&order.symbol),
            client_id: named(&order.client_id),
            venue_id: Some(number),
            time: Some(time),
        })
    });
    Ok([Report::Order(Box::new(order.report(product, time)))].into_iter().chain(placed).collect())
}

impl Order<'_> {
    fn report(&self, product: Product, time: UnixNanos) -> OrderReport {
        OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_id),
            venue_id: self.algo_id.as_deref().map(algo_number),
            original_client_id: None,
            list_id: None,
            side: read_side(&self.side),
            position_side: read_leg(&self.position_side),
            order_type: read_type(product, &self.kind),
            time_in_force: Some(read_time_in_force(&self.time_in_force)),
            good_till: self.good_till,
            state: algo_state(&self.status, self.filled, Some(self.quantity)),
            quantity: Some(self.quantity),
            quote_quantity: None,
            price: nonzero(self.price),
            conditional: Some(Conditional {
                trigger: nonzero(self.trigger),
                by: self.trigger_by.as_deref().map(read_trigger_by),
                callback_pct: nonzero(self.callback_rate),
                activation: nonzero(self.activation_price),
            }),
            filled: self.filled,
            filled_value: None,
            average_price: nonzero(self.average_price),
            reduce_only: self.reduce_only,
            close_position: self.close_position,
            origin: origin_of(&self.client_id),
            why: self.why.as_deref().and_then(named),
            created: None,
            updated: Some(time),
        }
    }
}
