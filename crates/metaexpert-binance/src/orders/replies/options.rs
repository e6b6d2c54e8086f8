//! Orders of European options, and options that were exercised (Options Trading, "Trade", 2026-01).

use std::borrow::Cow;

use metaexpert_connect::{
    Report, Word, number, read_json,
    report::{Entry, EntryCause, OrderReport, TimeInForceReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Read, average, batch, named, number_text, some};
use crate::{Product, words};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(deserialize_with = "number_text")]
    order_id: String,
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow, default)]
    client_order_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    side: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    time_in_force: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    quantity: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    executed_qty: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    avg_price: Option<Decimal>,
    #[serde(default)]
    reduce_only: Option<bool>,
    #[serde(default)]
    post_only: Option<bool>,
    // `createDate` in the answer to a cancel.
    #[serde(default, deserialize_with = "number::optional_millis", alias = "createDate")]
    create_time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

impl Wire<'_> {
    fn report(&self, product: Product) -> Report<'static> {
        let time_in_force = match self.post_only {
            Some(true) => Some(Word::Known(TimeInForceReport::PostOnly)),
            Some(false) | None => self.time_in_force.as_deref().map(words::read_time_in_force),
        };
        let client_id = self.client_order_id.as_deref().unwrap_or_default();
        Report::Order(Box::new(OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(client_id),
            venue_id: Some(self.order_id.clone()),
            original_client_id: None,
            list_id: None,
            side: self.side.as_deref().and_then(words::read_side),
            position_side: None,
            order_type: words::read_type(product, &self.kind),
            time_in_force,
            good_till: None,
            state: words::read_state(&self.status),
            quantity: self.quantity,
            quote_quantity: None,
            price: some(self.price),
            conditional: None,
            filled: self.executed_qty,
            filled_value: None,
            average_price: average(self.avg_price, self.executed_qty),
            reduce_only: self.reduce_only,
            close_position: None,
            origin: words::origin_of(client_id),
            why: None,
            created: self.create_time,
            updated: self.update_time,
        }))
    }
}

/// One order.
pub(in crate::orders) fn option(product: Product, payload: &[u8]) -> Read {
    Ok(vec![read_json::<Wire<'_>>("option order", payload)?.report(product)])
}

/// Several orders.
pub(in crate::orders) fn options(product: Product, payload: &[u8]) -> Read {
    let wires: Vec<Wire<'_>> = read_json("option orders", payload)?;
    Ok(wires.iter().map(|wire| wire.report(product)).collect())
}

/// Orders and refusals.
pub(in crate::orders) fn options_batch(product: Product, payload: &[u8]) -> Read {
    batch(product, payload, option)
}

/// What exercised options brought in, and what that cost, each a booking.
pub(in crate::orders) fn exercises(_: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Exercised<'a> {
        #[serde(borrow)]
        id: Cow<'a, str>,
        #[serde(borrow)]
        currency: Cow<'a, str>,
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::decimal")]
        amount: Decimal,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        fee: Option<Decimal>,
        #[serde(deserialize_with = "number::millis")]
        create_date: UnixNanos,
    }
    let wires: Vec<Exercised<'_>> = read_json("exercised options", payload)?;
    let mut reports = Vec::with_capacity(wires.len());
    for wire in &wires {
        let booking = |amount, cause| {
            Report::Entry(Entry {
                id: named(&wire.id),
                symbol: named(&wire.symbol),
                asset: wire.currency.as_ref().to_owned(),
                amount,
                cause: Word::Known(cause),
                time: wire.create_date,
            })
        };
        reports.push(booking(wire.amount, EntryCause::Settlement));
        reports.extend(some(wire.fee).map(|fee| booking(-fee, EntryCause::Fee)));
    }
    Ok(reports)
}
