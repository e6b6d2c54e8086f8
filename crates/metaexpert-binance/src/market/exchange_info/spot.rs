//! What is listed on spot.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, report::Listing};
use metaexpert_core::InstrumentKind;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{ExchangeInfo, LimitWire, filters};
use crate::{
    Product,
    market::{read::reply, rules::FilterWire},
    symbols,
    words::read_listing_status,
};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow, default)]
    rate_limits: Vec<LimitWire<'a>>,
    #[serde(borrow, default)]
    exchange_filters: Vec<FilterWire<'a>>,
    #[serde(borrow)]
    symbols: Vec<SymbolWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SymbolWire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow)]
    status: Cow<'a, str>,
    base_asset: String,
    quote_asset: String,
    #[serde(default)]
    order_types: Vec<String>,
    #[serde(default)]
    is_margin_trading_allowed: bool,
    #[serde(borrow, default)]
    filters: Vec<FilterWire<'a>>,
    /// One of these, before there were sets of them; empty now.
    #[serde(default)]
    permissions: Vec<String>,
    /// One of each.
    #[serde(default)]
    permission_sets: Vec<Vec<String>>,
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<ExchangeInfo, Malformed> {
    let Wire { rate_limits, exchange_filters, symbols } = reply(product, "exchange information", payload)?;
    Ok(ExchangeInfo {
        limits: rate_limits.into_iter().map(LimitWire::read).collect(),
        rules: filters("the exchange", &exchange_filters, payload)?,
        listings: symbols.into_iter().map(|symbol| listing(product, symbol, payload)).collect::<Result<_, _>>()?,
    })
}

fn listing(product: Product, wire: SymbolWire<'_>, payload: &[u8]) -> Result<Listing, Malformed> {
    let mut permissions = wire.permission_sets;
    if permissions.is_empty() && !wire.permissions.is_empty() {
        permissions.push(wire.permissions);
    }
    Ok(Listing {
        unified: symbols::unified(product, &wire.symbol),
        status: read_listing_status(&wire.status),
        kind: Some(InstrumentKind::Spot),
        base: wire.base_asset,
        settlement: wire.quote_asset.clone(),
        quote: wire.quote_asset,
        contract_size: Decimal::ONE,
        margin: wire.is_margin_trading_allowed,
        listed: None,
        filters: filters(&wire.symbol, &wire.filters, payload)?,
        order_types: wire.order_types,
        permissions,
        maintenance_margin: None,
        liquidation_fee: None,
        symbol: wire.symbol.into_owned(),
    })
}
