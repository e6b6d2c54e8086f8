//! `ACCOUNT_CONFIG_UPDATE` of futures: the leverage of an instrument, or whether several assets are margin together (USD-M and
//! COIN-M, "Event: Account Configuration Update").

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, read_json,
    report::{AccountMode, LeverageReport},
};
use serde::Deserialize;

use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, default, rename = "ac")]
    leverage: Option<Leverage<'a>>,
    #[serde(default, rename = "ai")]
    mode: Option<Mode>,
}

#[derive(Deserialize)]
struct Leverage<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "l")]
    leverage: u32,
}

#[derive(Deserialize)]
struct Mode {
    #[serde(rename = "j")]
    multi_assets: bool,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("ACCOUNT_CONFIG_UPDATE", payload)?;
    let leverage = wire.leverage.map(|leverage| {
        Report::Leverage(LeverageReport {
            symbol: leverage.symbol.into_owned(),
            leverage: Some(leverage.leverage),
            isolated: None,
            max_value: None,
        })
    });
    let mode =
        wire.mode.map(|mode| Report::Mode(AccountMode { hedge: None, multi_assets: Some(mode.multi_assets), fee_tier: None }));
    let reports: Vec<_> = leverage.into_iter().chain(mode).collect();
    if reports.is_empty() {
        return Err(Malformed::new("ACCOUNT_CONFIG_UPDATE", "neither `ac` nor `ai`", payload));
    }
    Ok(reports)
}
