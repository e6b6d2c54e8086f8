//! `externalLockUpdate`: a part of a spot balance is locked or unlocked from outside, as margin of a loan (Spot, "External Lock
//! Update").
//!
//! The one decision: it is a booking. What is locked so is still owned and cannot be traded with, as if it were elsewhere; it
//! went out, and comes in again when it is unlocked.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, Word, number, read_json, report::Entry};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "a")]
    asset: Cow<'a, str>,
    #[serde(rename = "d", deserialize_with = "number::decimal")]
    locked: Decimal,
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("externalLockUpdate", payload)?;
    Ok(vec![Report::Entry(Entry {
        id: None,
        symbol: None,
        asset: wire.asset.into_owned(),
        amount: -wire.locked,
        cause: Word::Other("externalLockUpdate".into()),
        time: wire.time,
    })])
}
