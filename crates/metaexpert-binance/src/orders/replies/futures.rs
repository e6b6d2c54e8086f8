//! Orders of USD-M and COIN-M futures. Placing, amending, cancelling and asking are answered with one shape (USD-M and COIN-M,
//! "Trade", 2026-01); since the integration of both (2026-06-30) an acknowledgement bears no average price and no value.

use std::borrow::Cow;

use metaexpert_connect::{
    Report, Word, number, read_json,
    report::{Conditional, OrderReport, OrderType},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Read, average, batch, named, number_text, some};
use crate::{Product, words};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "number_text")]
    order_id: String,
    #[serde(borrow)]
    client_order_id: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow, default)]
    side: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    position_side: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    time_in_force: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    orig_qty: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    executed_qty: Option<Decimal>,
    // In quote currency (USD-M).
    #[serde(default, deserialize_with = "number::optional_decimal")]
    cum_quote: Option<Decimal>,
    // In the coin (COIN-M).
    #[serde(default, deserialize_with = "number::optional_decimal")]
    cum_base: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    avg_price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    stop_price: Option<Decimal>,
    #[serde(borrow, default)]
    working_type: Option<Cow<'a, str>>,
    // Of trailing stops.
    #[serde(default, deserialize_with = "number::optional_decimal")]
    activate_price: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    price_rate: Option<Decimal>,
    #[serde(default)]
    reduce_only: Option<bool>,
    #[serde(default)]
    close_position: Option<bool>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    good_till_date: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

impl Wire<'_> {
    fn report(&self, product: Product) -> Report<'static> {
        let order_type = words::read_type(product, &self.kind);
        Report::Order(Box::new(OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_order_id),
            venue_id: Some(self.order_id.clone()),
            original_client_id: None,
            list_id: None,
            side: self.side.as_deref().and_then(words::read_side),
            position_side: self.position_side.as_deref().and_then(words::read_leg),
            conditional: self.conditional(&order_type),
            order_type,
            time_in_force: self.time_in_force.as_deref().map(words::read_time_in_force),
            good_till: self.good_till_date,
            state: words::read_state(&self.status),
            quantity: self.orig_qty,
            quote_quantity: None,
            price: some(self.price),
            filled: self.executed_qty,
            filled_value: match product {
                Product::CoinM => self.cum_base,
                Product::Spot | Product::Margin | Product::UsdM | Product::Options => self.cum_quote,
            },
            average_price: average(self.avg_price, self.executed_qty),
            reduce_only: self.reduce_only,
            close_position: self.close_position,
            origin: words::origin_of(&self.client_order_id),
            why: None,
            created: self.time,
            updated: self.update_time,
        }))
    }

    /// The stop price of a trailing stop is to be ignored (USD-M, "Query Order").
    fn conditional(&self, order_type: &Word<OrderType>) -> Option<Conditional> {
        let is_trailing = *order_type == Word::Known(OrderType::TrailingStop);
        let trigger = some(self.stop_price).filter(|_| !is_trailing);
        (trigger.is_some() || is_trailing).then(|| Conditional {
            trigger,
            by: self.working_type.as_deref().map(words::read_trigger_by),
            callback_pct: some(self.price_rate).filter(|_| is_trailing),
            activation: some(self.activate_price).filter(|_| is_trailing),
        })
    }
}

/// One order.
pub(in crate::orders) fn future(product: Product, payload: &[u8]) -> Read {
    Ok(vec![read_json::<Wire<'_>>("order", payload)?.report(product)])
}

/// Several orders.
pub(in crate::orders) fn futures(product: Product, payload: &[u8]) -> Read {
    let wires: Vec<Wire<'_>> = read_json("orders", payload)?;
    Ok(wires.iter().map(|wire| wire.report(product)).collect())
}

/// Orders and refusals.
pub(in crate::orders) fn futures_batch(product: Product, payload: &[u8]) -> Read {
    batch(product, payload, future)
}
