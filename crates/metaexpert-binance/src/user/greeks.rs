//! `GREEK_UPDATE` of options: how the account moves with each underlying (options, "Event: Greek Update").

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::RiskReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "G")]
    greeks: Vec<Greeks<'a>>,
}

#[derive(Deserialize)]
struct Greeks<'a> {
    #[serde(borrow, rename = "u")]
    underlying: Cow<'a, str>,
    #[serde(rename = "d", deserialize_with = "number::decimal")]
    delta: Decimal,
    #[serde(rename = "g", deserialize_with = "number::decimal")]
    gamma: Decimal,
    #[serde(rename = "t", deserialize_with = "number::decimal")]
    theta: Decimal,
    #[serde(rename = "v", deserialize_with = "number::decimal")]
    vega: Decimal,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("GREEK_UPDATE", payload)?;
    let risk = |greeks: Greeks<'_>| {
        Report::Risk(RiskReport {
            underlying: greeks.underlying.into_owned(),
            delta: greeks.delta,
            gamma: greeks.gamma,
            theta: greeks.theta,
            vega: greeks.vega,
            time: Some(wire.time),
        })
    };
    Ok(wire.greeks.into_iter().map(risk).collect())
}
