//! `outboundAccountPosition`: what spot or margin holds of the assets that something changed (Spot, "Account Update").

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::BalanceReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "u", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "B")]
    balances: Vec<Balance<'a>>,
}

#[derive(Deserialize)]
struct Balance<'a> {
    #[serde(borrow, rename = "a")]
    asset: Cow<'a, str>,
    #[serde(rename = "f", deserialize_with = "number::decimal")]
    free: Decimal,
    #[serde(rename = "l", deserialize_with = "number::decimal")]
    locked: Decimal,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("outboundAccountPosition", payload)?;
    let balance = |balance: Balance<'_>| {
        Report::Balance(BalanceReport {
            asset: balance.asset.into_owned(),
            symbol: None,
            total: balance.free.checked_add(balance.locked),
            free: Some(balance.free),
            locked: Some(balance.locked),
            borrowed: None,
            interest: None,
            unrealised: None,
            change: None,
            time: Some(wire.time),
        })
    };
    Ok(wire.balances.into_iter().map(balance).collect())
}
