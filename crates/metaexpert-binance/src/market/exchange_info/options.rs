//! What is listed of options: contracts by underlying, and symbols that refer to them.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, number, report::Listing};
use metaexpert_core::{InstrumentKind, OptionTerms, Price, Right, UnixNanos};
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
    #[serde(borrow, default)]
    option_contracts: Vec<ContractWire<'a>>,
    #[serde(borrow)]
    option_symbols: Vec<SymbolWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ContractWire<'a> {
    #[serde(borrow)]
    base_asset: Cow<'a, str>,
    #[serde(borrow)]
    underlying: Cow<'a, str>,
    #[serde(borrow)]
    settle_asset: Cow<'a, str>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SymbolWire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow, default)]
    status: Cow<'a, str>,
    #[serde(borrow)]
    side: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    strike_price: Decimal,
    #[serde(deserialize_with = "number::millis")]
    expiry_date: UnixNanos,
    #[serde(borrow)]
    underlying: Cow<'a, str>,
    /// Base currency in one contract.
    #[serde(deserialize_with = "number::decimal")]
    unit: Decimal,
    #[serde(borrow)]
    quote_asset: Cow<'a, str>,
    #[serde(borrow, default)]
    filters: Vec<FilterWire<'a>>,
    /// A fraction.
    #[serde(default, deserialize_with = "number::optional_decimal")]
    liquidation_fee_rate: Option<Decimal>,
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<ExchangeInfo, Malformed> {
    let Wire { rate_limits, option_contracts, option_symbols } = reply(product, "exchange information", payload)?;
    let listing = |wire| listing(product, wire, &option_contracts, payload);
    Ok(ExchangeInfo {
        limits: rate_limits.into_iter().map(LimitWire::read).collect(),
        rules: Vec::new(),
        listings: option_symbols.into_iter().map(listing).collect::<Result<_, _>>()?,
    })
}

fn listing(product: Product, wire: SymbolWire<'_>, contracts: &[ContractWire<'_>], payload: &[u8]) -> Result<Listing, Malformed> {
    let contract = contracts.iter().find(|contract| contract.underlying == wire.underlying);
    // Without its contract: the underlying is base and quote currency written together.
    let base = contract.map(|contract| contract.base_asset.as_ref());
    let base = base.or_else(|| wire.underlying.strip_suffix(wire.quote_asset.as_ref())).unwrap_or(&wire.underlying).to_owned();
    let settlement = contract.map_or(wire.quote_asset.as_ref(), |contract| contract.settle_asset.as_ref()).to_owned();
    Ok(Listing {
        unified: symbols::unified(product, &wire.symbol),
        status: read_listing_status(&wire.status),
        kind: terms(&wire).map(InstrumentKind::Option),
        base,
        quote: wire.quote_asset.into_owned(),
        settlement,
        contract_size: wire.unit,
        margin: false,
        listed: None,
        filters: filters(&wire.symbol, &wire.filters, payload)?,
        order_types: Vec::new(),
        permissions: Vec::new(),
        maintenance_margin: None,
        liquidation_fee: wire.liquidation_fee_rate.and_then(percent),
        symbol: wire.symbol.into_owned(),
    })
}

fn terms(wire: &SymbolWire<'_>) -> Option<OptionTerms> {
    let right = match wire.side.as_ref() {
        "CALL" => Right::Call,
        "PUT" => Right::Put,
        _ => return None,
    };
    Some(OptionTerms { right, strike: Price::new(wire.strike_price)?, expiry: wire.expiry_date })
}
