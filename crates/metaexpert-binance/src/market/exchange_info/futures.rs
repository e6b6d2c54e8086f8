//! What is listed of futures. USD-M and COIN-M say the same things, some of them by other names.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, number, report::Listing};
use metaexpert_core::{InstrumentKind, Payoff, Percent, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{ExchangeInfo, LimitWire, filters, percent};
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
    #[serde(borrow)]
    symbols: Vec<SymbolWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SymbolWire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow)]
    contract_type: Cow<'a, str>,
    /// The end of 2100 for contracts without one.
    #[serde(default, deserialize_with = "number::optional_millis")]
    delivery_date: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    onboard_date: Option<UnixNanos>,
    /// USD-M.
    #[serde(borrow)]
    status: Option<Cow<'a, str>>,
    /// COIN-M.
    #[serde(borrow)]
    contract_status: Option<Cow<'a, str>>,
    /// In percent.
    #[serde(default, deserialize_with = "number::optional_decimal")]
    maint_margin_percent: Option<Decimal>,
    base_asset: String,
    quote_asset: String,
    margin_asset: String,
    /// COIN-M: how much quote currency a contract is.
    #[serde(default, deserialize_with = "number::optional_decimal")]
    contract_size: Option<Decimal>,
    #[serde(borrow, default)]
    filters: Vec<FilterWire<'a>>,
    #[serde(default)]
    order_types: Vec<String>,
    /// What the documentation calls them.
    #[serde(rename = "OrderType", default)]
    documented_order_types: Vec<String>,
    /// A fraction.
    #[serde(default, deserialize_with = "number::optional_decimal")]
    liquidation_fee: Option<Decimal>,
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<ExchangeInfo, Malformed> {
    let Wire { rate_limits, symbols } = reply(product, "exchange information", payload)?;
    Ok(ExchangeInfo {
        limits: rate_limits.into_iter().map(LimitWire::read).collect(),
        // `exchangeFilters` is documented as never used.
        rules: Vec::new(),
        listings: symbols.into_iter().map(|symbol| listing(product, symbol, payload)).collect::<Result<_, _>>()?,
    })
}

fn listing(product: Product, wire: SymbolWire<'_>, payload: &[u8]) -> Result<Listing, Malformed> {
    let what = |why| Malformed::new(format!("listing of {}", wire.symbol), why, payload);
    let in_words = wire.status.as_ref().or(wire.contract_status.as_ref());
    let in_words = in_words.ok_or_else(|| what("neither `status` nor `contractStatus`"))?;
    Ok(Listing {
        unified: symbols::unified(product, &wire.symbol),
        status: read_listing_status(in_words),
        kind: kind(product, &wire),
        base: wire.base_asset,
        quote: wire.quote_asset,
        settlement: wire.margin_asset,
        contract_size: wire.contract_size.unwrap_or(Decimal::ONE),
        margin: false,
        listed: wire.onboard_date,
        filters: filters(&wire.symbol, &wire.filters, payload)?,
        order_types: if wire.order_types.is_empty() { wire.documented_order_types } else { wire.order_types },
        permissions: Vec::new(),
        maintenance_margin: wire.maint_margin_percent.map(Percent::new),
        liquidation_fee: wire.liquidation_fee.and_then(percent),
        symbol: wire.symbol.into_owned(),
    })
}

/// "Common Definition", "Contract type" (2026-01), and `TRADIFI_PERPETUAL` of shares and commodities.
fn kind(product: Product, wire: &SymbolWire<'_>) -> Option<InstrumentKind> {
    let payoff = if product == Product::CoinM { Payoff::Inverse } else { Payoff::Linear };
    match wire.contract_type.as_ref() {
        "PERPETUAL" | "TRADIFI_PERPETUAL" | "PERPETUAL_DELIVERING" => Some(InstrumentKind::Perpetual(payoff)),
        "CURRENT_MONTH"
        | "NEXT_MONTH"
        | "CURRENT_QUARTER"
        | "NEXT_QUARTER"
        | "CURRENT_QUARTER_DELIVERING"
        | "NEXT_QUARTER_DELIVERING" => wire.delivery_date.map(|delivery| InstrumentKind::Dated { payoff, delivery }),
        _ => None,
    }
}
