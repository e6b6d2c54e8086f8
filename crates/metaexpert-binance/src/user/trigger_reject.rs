//! `CONDITIONAL_ORDER_TRIGGER_REJECT`: a condition was met, and the order itself was refused (USD-M, "Event: Conditional Order
//! Trigger Reject"; deprecated since 2025-12-15, when `ALGO_UPDATE` took its place).

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, Word, number, read_json,
    report::{OrderReport, OrderState, Origin},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::words::{id, named};
use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "or")]
    order: Order<'a>,
}

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "i", deserialize_with = "id")]
    number: Option<String>,
    #[serde(borrow, rename = "r")]
    why: Cow<'a, str>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let Wire { time, order } = read_json("CONDITIONAL_ORDER_TRIGGER_REJECT", payload)?;
    Ok(vec![Report::Order(Box::new(OrderReport {
        symbol: order.symbol.into_owned(),
        client_id: None,
        venue_id: order.number,
        original_client_id: None,
        list_id: None,
        side: None,
        position_side: None,
        // The event does not say what the order was.
        order_type: Word::Other("".into()),
        time_in_force: None,
        good_till: None,
        state: Word::Known(OrderState::Rejected),
        quantity: None,
        quote_quantity: None,
        price: None,
        conditional: None,
        filled: None,
        filled_value: None,
        average_price: None,
        reduce_only: None,
        close_position: None,
        origin: Origin::Own,
        why: named(&order.why),
        created: None,
        updated: Some(time),
    }))])
}
