//! What can be traded and held with margin: everything that spot lists.

#![expect(clippy::unnecessary_wraps, reason = "what answers a call has one signature")]

use std::collections::BTreeSet;

use metaexpert_core::Currency;
use serde_json::{Value, json};

use crate::{
    binance::{
        door::{ApiError, Call, Json},
        spot::{orders::market, words::eight},
    },
    listing::{Class, Listing, MarketId},
};

/// Where the numbers of pairs begin.
const FIRST_PAIR: u64 = 351_637_150_141_315_861;

/// The markets of spot.
pub(super) fn listings<'a>(call: &'a Call<'_>) -> impl Iterator<Item = (MarketId, &'a Listing)> {
    let all = call.world.markets().iter().map(|(id, market)| (id, market.listing()));
    all.filter(|(_, listing)| listing.class == Class::Spot)
}

/// The coins of spot's markets.
pub(super) fn coins(call: &Call<'_>) -> BTreeSet<Currency> {
    let of = |listing: &Listing| [listing.instrument.base.clone(), listing.instrument.quote.clone()];
    listings(call).flat_map(|(_, listing)| of(listing)).collect()
}

fn pair(listing: &Listing) -> Value {
    json!({
        "base": listing.instrument.base, "isBuyAllowed": true, "isMarginTrade": true, "isSellAllowed": true,
        "quote": listing.instrument.quote, "symbol": listing.symbol,
    })
}

/// `GET /sapi/v1/margin/allPairs`.
pub(super) fn cross_pairs(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("symbol").map(|_| market(call)).transpose()?;
    let pairs = listings(call).filter(|(id, _)| only.is_none_or(|only| only == *id)).map(|(id, listing)| {
        let mut pair = pair(listing);
        if let Some(fields) = pair.as_object_mut() {
            fields.insert("id".into(), (FIRST_PAIR + u64::from(id.0)).into());
        }
        pair
    });
    Ok(Json::of(&pairs.collect::<Vec<_>>()))
}

/// `GET /sapi/v1/margin/isolated/allPairs`.
pub(super) fn isolated_pairs(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("symbol").map(|_| market(call)).transpose()?;
    let pairs = listings(call).filter(|(id, _)| only.is_none_or(|only| only == *id)).map(|(_, listing)| pair(listing));
    Ok(Json::of(&pairs.collect::<Vec<_>>()))
}

/// `GET /sapi/v1/margin/allAssets`.
pub(super) fn assets(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("asset");
    let assets = coins(call).into_iter().filter(|coin| only.is_none_or(|only| only == coin.as_str())).map(|coin| {
        json!({
            "assetFullName": coin, "assetName": coin, "isBorrowable": true, "isMortgageable": true,
            "userMinBorrow": "0.00000000", "userMinRepay": "0.00000000",
        })
    });
    Ok(Json::of(&assets.collect::<Vec<_>>()))
}

/// `GET /sapi/v1/margin/priceIndex`.
pub(super) fn price_index(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = call.world.markets().get(market(call)?);
    let last = market.last().ok_or_else(|| ApiError::new(-3042, "PriceIndex not available for this margin pair."))?;
    let symbol = &market.listing().symbol;
    Ok(Json::of(&json!({ "calcTime": call.stamp(call.at.market), "price": eight(last.price), "symbol": symbol })))
}

/// `GET /sapi/v1/margin/delist-schedule` and `list-schedule`: what is listed stays.
pub(super) fn nothing_scheduled(_: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json("[]".into()))
}

/// `GET /sapi/v1/margin/limit-price-pairs`: no pair is bound more than spot's.
pub(super) fn no_limited_pairs(_: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json(r#"{"crossMarginSymbols":[]}"#.into()))
}
