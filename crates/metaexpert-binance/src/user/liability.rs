//! `USER_LIABILITY_CHANGE`: a loan was taken up or paid back, or interest has come due (Margin, "Event: Liability Update").

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::LoanReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::named;
use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "E", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "a")]
    asset: Cow<'a, str>,
    #[serde(borrow, rename = "t")]
    what: Cow<'a, str>,
    #[serde(rename = "p", deserialize_with = "number::decimal")]
    principal: Decimal,
    #[serde(rename = "i", deserialize_with = "number::decimal")]
    interest: Decimal,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("USER_LIABILITY_CHANGE", payload)?;
    Ok(vec![Report::Loan(LoanReport {
        id: None,
        asset: named(&wire.asset),
        symbol: None,
        amount: Some(wire.principal),
        interest: Some(wire.interest),
        daily_rate: None,
        status: named(&wire.what),
        time: Some(wire.time),
    })])
}
