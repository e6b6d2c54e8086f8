//! Margin trading: which pairs, which assets, and what comes and goes.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report, Word,
    http::Client,
    number,
    report::{Listing, ListingStatus, MarginAssetReport, ScheduleReport},
};
use metaexpert_core::{InstrumentKind, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, read::reply};
use crate::{Product, symbols};

/// The pairs of the cross margin account: all, or one. They say nothing of filters; those are the spot listing's.
///
/// # Errors
/// See [`Failure`].
pub async fn pairs(client: &Client, symbol: Option<&str>) -> Result<Vec<Listing>, Failure> {
    let body = ask(client, Product::Margin, Call::MarginPairs, &Params::new().with_some("symbol", symbol)).await?;
    Ok(read_pairs(Product::Margin, &body)?)
}

/// The pairs that have isolated accounts: all, or one.
///
/// # Errors
/// See [`Failure`].
pub async fn isolated_pairs(client: &Client, symbol: Option<&str>) -> Result<Vec<Listing>, Failure> {
    let body = ask(client, Product::Margin, Call::IsolatedPairs, &Params::new().with_some("symbol", symbol)).await?;
    Ok(read_pairs(Product::Margin, &body)?)
}

/// The assets of margin accounts: all, or one.
///
/// # Errors
/// See [`Failure`].
pub async fn assets(client: &Client, asset: Option<&str>) -> Result<Vec<MarginAssetReport>, Failure> {
    let body = ask(client, Product::Margin, Call::MarginAssets, &Params::new().with_some("asset", asset)).await?;
    Ok(read_assets(Product::Margin, &body)?)
}

/// What will leave margin trading, and when.
///
/// # Errors
/// See [`Failure`].
pub async fn delistings(client: &Client) -> Result<Vec<ScheduleReport>, Failure> {
    let body = ask(client, Product::Margin, Call::Delistings, &Params::new()).await?;
    Ok(read_schedule(Product::Margin, &body)?)
}

/// What will enter margin trading, and when.
///
/// # Errors
/// See [`Failure`].
pub async fn new_listings(client: &Client) -> Result<Vec<ScheduleReport>, Failure> {
    let body = ask(client, Product::Margin, Call::NewListings, &Params::new()).await?;
    Ok(read_schedule(Product::Margin, &body)?)
}

pub(super) fn pair_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_pairs(product, payload)?.into_iter().map(|listing| Report::Listing(Box::new(listing))).collect())
}

pub(super) fn asset_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_assets(product, payload)?.into_iter().map(Report::MarginAsset).collect())
}

pub(super) fn schedule_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_schedule(product, payload)?.into_iter().map(Report::Schedule).collect())
}

fn read_pairs(product: Product, payload: &[u8]) -> Result<Vec<Listing>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        base: String,
        quote: String,
        is_margin_trade: bool,
        is_buy_allowed: bool,
        is_sell_allowed: bool,
    }
    let listing = |wire: Wire<'_>| Listing {
        unified: symbols::unified(product, &wire.symbol),
        status: Word::Known(match (wire.is_buy_allowed, wire.is_sell_allowed) {
            (true, true) => ListingStatus::Trading,
            // One way only: what was bought or sold before can be brought back.
            (true, false) | (false, true) => ListingStatus::CloseOnly,
            (false, false) => ListingStatus::Halted,
        }),
        kind: Some(InstrumentKind::Spot),
        base: wire.base,
        settlement: wire.quote.clone(),
        quote: wire.quote,
        contract_size: Decimal::ONE,
        margin: wire.is_margin_trade,
        listed: None,
        filters: Vec::new(),
        order_types: Vec::new(),
        permissions: Vec::new(),
        maintenance_margin: None,
        liquidation_fee: None,
        symbol: wire.symbol.into_owned(),
    };
    Ok(reply::<Vec<Wire<'_>>>(product, "margin pairs", payload)?.into_iter().map(listing).collect())
}

fn read_assets(product: Product, payload: &[u8]) -> Result<Vec<MarginAssetReport>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        asset_name: String,
        is_borrowable: bool,
        is_mortgageable: bool,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        user_min_borrow: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        user_min_repay: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        delist_time: Option<UnixNanos>,
    }
    let report = |wire: Wire| MarginAssetReport {
        asset: wire.asset_name,
        is_borrowable: wire.is_borrowable,
        is_collateral: wire.is_mortgageable,
        min_borrow: wire.user_min_borrow,
        min_repay: wire.user_min_repay,
        ends: wire.delist_time,
    };
    Ok(reply::<Vec<Wire>>(product, "margin assets", payload)?.into_iter().map(report).collect())
}

fn read_schedule(product: Product, payload: &[u8]) -> Result<Vec<ScheduleReport>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(default, deserialize_with = "number::optional_millis")]
        delist_time: Option<UnixNanos>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        list_time: Option<UnixNanos>,
        #[serde(default)]
        cross_margin_assets: Vec<String>,
        #[serde(default)]
        isolated_margin_symbols: Vec<String>,
    }
    let report = |wire: Wire| {
        let (time, is_end) = match (wire.delist_time, wire.list_time) {
            (Some(time), _) => (time, true),
            (None, Some(time)) => (time, false),
            (None, None) => return Err(Malformed::new("margin schedule", "neither `delistTime` nor `listTime`", payload)),
        };
        Ok(ScheduleReport { time, is_end, assets: wire.cross_margin_assets, symbols: wire.isolated_margin_symbols })
    };
    reply::<Vec<Wire>>(product, "margin schedule", payload)?.into_iter().map(report).collect()
}
