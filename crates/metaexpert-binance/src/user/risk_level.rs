//! `RISK_LEVEL_CHANGE` of options: the account has come closer to being liquidated, or farther from it (options, "Event: Risk
//! level change").
//!
//! The level is margin balance by maintenance margin: below one the exchange liquidates.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number, read_json,
    report::{AccountReport, MarginCall},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "E", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "s")]
    status: Cow<'a, str>,
    #[serde(rename = "mb", deserialize_with = "number::decimal")]
    margin_balance: Decimal,
    #[serde(rename = "mm", deserialize_with = "number::decimal")]
    maintenance_margin: Decimal,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("RISK_LEVEL_CHANGE", payload)?;
    // Nothing needs margin where the maintenance margin is zero; the level then has no number, and the balance stands for it.
    let level = wire.margin_balance.checked_div(wire.maintenance_margin).unwrap_or(wire.margin_balance);
    Ok(vec![
        Report::MarginCall(MarginCall {
            time: wire.time,
            cross_balance: Some(wire.margin_balance),
            margin_level: Some((level, wire.status.into_owned())),
            positions: Vec::new(),
        }),
        Report::Account(Box::new(AccountReport {
            can_trade: None,
            equity: Some(wire.margin_balance),
            available: None,
            unrealised: None,
            initial_margin: None,
            maintenance_margin: Some(wire.maintenance_margin),
            margin_level: None,
            time: Some(wire.time),
        })),
    ])
}
