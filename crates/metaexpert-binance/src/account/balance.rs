//! What a futures account owns of each asset.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::BalanceReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, reply};
use crate::Product;

/// What a futures account owns of each asset (USD-M, COIN-M).
///
/// # Errors
/// See [`Failure`].
pub async fn balances(client: &Client, product: Product) -> Result<Vec<BalanceReport>, Failure> {
    let body = ask(client, product, Call::Balances, &Params::new()).await?;
    Ok(rows(product, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Balance).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<BalanceReport>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Balances, payload)?;
    Ok(rows.into_iter().map(BalanceReport::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    balance: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    available_balance: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    cross_un_pnl: Decimal,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

impl From<Wire<'_>> for BalanceReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            total: Some(wire.balance),
            free: Some(wire.available_balance),
            unrealised: Some(wire.cross_un_pnl),
            time: wire.update_time,
            ..nothing(&wire.asset)
        }
    }
}

/// A balance of which nothing but the asset is known.
pub(super) fn nothing(asset: &str) -> BalanceReport {
    BalanceReport {
        asset: asset.to_owned(),
        symbol: None,
        total: None,
        free: None,
        locked: None,
        borrowed: None,
        interest: None,
        unrealised: None,
        change: None,
        time: None,
    }
}
