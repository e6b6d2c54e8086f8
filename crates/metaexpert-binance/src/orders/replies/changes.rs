//! Orders that were changed on spot: made smaller in place, or cancelled and replaced.
//!
//! The one decision: a replacement is two answers, and each half is told as what it is, also where the reply as a whole is an
//! error: an order may be gone without another in its place.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number, read_json,
    report::{Refused, Service},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, lists, refusal, spot};
use crate::Product;

/// An order that was made smaller (Spot API, "Order Amend Keep Priority"), and its list where it is part of one.
pub(in crate::orders) fn amended(product: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Amended<'a> {
        #[serde(default, deserialize_with = "number::optional_millis")]
        transact_time: Option<UnixNanos>,
        #[serde(borrow, rename = "amendedOrder")]
        order: spot::Wire<'a>,
        #[serde(borrow, default)]
        list_status: Option<ListStatus<'a>>,
    }
    /// A list without its type of status; the symbol is that of the order where it is left out.
    #[derive(Deserialize)]
    struct ListStatus<'a>(#[serde(borrow)] lists::Wire<'a>);

    let wire: Amended<'_> = read_json("amended order", payload)?;
    let mut reports = wire.order.reports(product);
    for report in &mut reports {
        if let Report::Order(order) = report {
            order.updated = order.updated.or(wire.transact_time);
        }
    }
    reports.extend(wire.list_status.iter().flat_map(|list| list.0.reports(product)));
    Ok(reports)
}

/// A cancelled order and the one in its place (Spot API, "Cancel an Existing Order and Send a New Order").
pub(in crate::orders) fn replaced(product: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    struct Failed<'a> {
        #[serde(borrow)]
        data: Replaced<'a>,
    }
    let replaced = match serde_json::from_slice::<Failed<'_>>(payload) {
        Ok(failed) => failed.data,
        Err(_) => match refusal(product, payload) {
            Some(refused) => return Ok(vec![Report::Service(Service::Refused(refused))]),
            None => read_json("replaced order", payload)?,
        },
    };
    replaced.reports(product)
}

/// Both halves.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Replaced<'a> {
    #[serde(borrow)]
    cancel_result: Cow<'a, str>,
    #[serde(borrow)]
    new_order_result: Cow<'a, str>,
    #[serde(borrow, default)]
    cancel_response: Option<&'a RawValue>,
    #[serde(borrow, default)]
    new_order_response: Option<&'a RawValue>,
}

impl Replaced<'_> {
    fn reports(&self, product: Product) -> Read {
        let mut reports = half(product, "cancel", &self.cancel_result, self.cancel_response)?;
        reports.extend(half(product, "new order", &self.new_order_result, self.new_order_response)?);
        Ok(reports)
    }
}

/// One half: what the exchange made of it. A cancel within a list is answered with the list.
fn half(product: Product, which: &str, result: &str, response: Option<&RawValue>) -> Read {
    let payload = response.map_or(&b""[..], |response| response.get().as_bytes());
    match result {
        "SUCCESS" => spot::cancelled(product, payload),
        "NOT_ATTEMPTED" => Ok(Vec::new()),
        "FAILURE" => match refusal(product, payload) {
            Some(refused) => {
                let message = format!("{which}: {}", refused.message);
                Ok(vec![Report::Service(Service::Refused(Refused { message, ..refused }))])
            }
            None => Err(Malformed::new(format!("{which} of a replacement"), "a failure without a code", payload)),
        },
        other => Err(Malformed::new(format!("{which} of a replacement"), format!("unknown result {other}"), payload)),
    }
}
