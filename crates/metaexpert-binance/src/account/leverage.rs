//! Leverage and margin type by instrument.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::LeverageReport};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, Change, ask, fields, reply, set};
use crate::Product;

/// Leverage and margin type as they are set (USD-M), of one instrument or of all.
///
/// # Errors
/// See [`Failure`].
pub async fn leverage_settings(client: &Client, symbol: Option<&str>) -> Result<Vec<LeverageReport>, Failure> {
    let params = Params::new().with_some("symbol", symbol);
    let body = ask(client, Product::UsdM, Call::SymbolConfig, &params).await?;
    Ok(settings(Product::UsdM, &body)?)
}

/// Sets the leverage of an instrument, in times, from 1 to what its first bracket allows.
///
/// # Errors
/// See [`Failure`].
pub async fn set_leverage(client: &Client, product: Product, symbol: &str, times: u32) -> Result<LeverageReport, Failure> {
    let params = Params::new().with("symbol", symbol).with("leverage", times);
    let body = ask(client, product, Call::SetLeverage, &params).await?;
    Ok(made(product, &body)?)
}

/// Sets whether the margin of an instrument's positions is their own. It is refused while there is a position or an open order.
///
/// # Errors
/// See [`Failure`].
pub async fn set_margin_type(client: &Client, product: Product, symbol: &str, is_isolated: bool) -> Result<Change, Failure> {
    let margin_type = if is_isolated { "ISOLATED" } else { "CROSSED" };
    set(client, product, Call::SetMarginType, &Params::new().with("symbol", symbol).with("marginType", margin_type)).await
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Leverage(made(product, payload)?)])
}

pub(super) fn read_settings(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(settings(product, payload)?.into_iter().map(Report::Leverage).collect())
}

fn made(product: Product, payload: &[u8]) -> Result<LeverageReport, Malformed> {
    reply::<Wire<'_>>(product, Call::SetLeverage, payload).map(LeverageReport::from)
}

fn settings(product: Product, payload: &[u8]) -> Result<Vec<LeverageReport>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::SymbolConfig, payload)?;
    Ok(rows.into_iter().map(LeverageReport::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "fields::whole")]
    leverage: u32,
    #[serde(default, deserialize_with = "fields::isolated")]
    margin_type: Option<bool>,
    // COIN-M: in coins, which is what values of inverse contracts are in.
    #[serde(default, alias = "maxQty", deserialize_with = "number::optional_decimal")]
    max_notional_value: Option<Decimal>,
}

impl From<Wire<'_>> for LeverageReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            leverage: Some(wire.leverage),
            isolated: wire.margin_type,
            max_value: wire.max_notional_value,
        }
    }
}
