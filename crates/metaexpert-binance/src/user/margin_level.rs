//! `MARGIN_LEVEL_STATUS_CHANGE`: a margin account has come closer to being liquidated, or farther from it (Margin, "Event: Margin
//! Call").

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::MarginCall};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "E", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(rename = "l", deserialize_with = "number::decimal")]
    level: Decimal,
    #[serde(borrow, rename = "s")]
    status: Cow<'a, str>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("MARGIN_LEVEL_STATUS_CHANGE", payload)?;
    Ok(vec![Report::MarginCall(MarginCall {
        time: wire.time,
        cross_balance: None,
        margin_level: Some((wire.level, wire.status.into_owned())),
        positions: Vec::new(),
    })])
}
