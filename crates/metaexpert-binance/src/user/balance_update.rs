//! `balanceUpdate`: a deposit, a withdrawal or a transfer of spot or margin (Spot, "Balance Update").
//!
//! It tells the change alone; what is held then comes with `outboundAccountPosition`.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::BalanceReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "a")]
    asset: Cow<'a, str>,
    #[serde(rename = "d", deserialize_with = "number::decimal")]
    change: Decimal,
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("balanceUpdate", payload)?;
    Ok(vec![Report::Balance(BalanceReport {
        asset: wire.asset.into_owned(),
        symbol: None,
        total: None,
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change: Some(wire.change),
        time: Some(wire.time),
    })])
}
