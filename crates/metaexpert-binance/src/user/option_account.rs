//! `ACCOUNT_UPDATE` of options: what the account is worth and what its positions need (options, "Event: Account data").

use metaexpert_connect::{Malformed, Report, number, read_json, report::AccountReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    /// Wallet balance and value of the positions. `aeq` (adjusted equity) leaves out what long options would bring.
    #[serde(rename = "eq", deserialize_with = "number::decimal")]
    equity: Decimal,
    #[serde(default, rename = "u", deserialize_with = "number::optional_decimal")]
    unrealised: Option<Decimal>,
    #[serde(default, rename = "i", deserialize_with = "number::optional_decimal")]
    initial_margin: Option<Decimal>,
    #[serde(default, rename = "M", deserialize_with = "number::optional_decimal")]
    maintenance_margin: Option<Decimal>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire = read_json("ACCOUNT_UPDATE of options", payload)?;
    Ok(vec![Report::Account(Box::new(AccountReport {
        can_trade: None,
        equity: Some(wire.equity),
        available: None,
        unrealised: wire.unrealised,
        initial_margin: wire.initial_margin,
        maintenance_margin: wire.maintenance_margin,
        margin_level: None,
        time: Some(wire.time),
    }))])
}
