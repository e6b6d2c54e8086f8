//! Positions as `positionRisk` shows them, and where they stand in the queue of deleveraging.
//!
//! The one decision: version 2 and COIN-M show every symbol, version 3 those with a position or an order (2024-07-24).

use std::collections::BTreeMap;

use super::{
    asked,
    family::{pair, price_places, quantity_places},
    money,
    row::{Row, list},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json},
    clearing::futures::Row as Position,
    listing::Listing,
};

/// `GET /fapi/v2/positionRisk`.
pub(crate) fn version_2(call: &mut Call<'_>) -> Result<Json, ApiError> {
    shown(call, true, |listing, row| {
        with_level(listing, row)
            .text("marginType", margin_type(row))
            .text("isAutoAddMargin", "false")
            .money("isolatedMargin", row.isolated_margin)
            .text("leverage", &row.now.leverage.to_string())
            .text("maxNotionalValue", &money::most(row.max_notional))
            .money("notional", row.notional)
            .money("isolatedWallet", row.isolated_wallet)
            .number("updateTime", money::updated(row))
    })
}

/// `GET /fapi/v3/positionRisk`.
pub(crate) fn version_3(call: &mut Call<'_>) -> Result<Json, ApiError> {
    shown(call, false, |listing, row| {
        with_level(listing, row)
            .money("isolatedMargin", row.isolated_margin)
            .money("notional", row.notional)
            .text("marginAsset", row.asset.as_str())
            .money("isolatedWallet", row.isolated_wallet)
            .money("initialMargin", row.initial)
            .money("maintMargin", row.now.maintenance)
            .money("positionInitialMargin", row.position_initial)
            .money("openOrderInitialMargin", row.order_initial)
            .number("adl", row.adl)
            .money("bidNotional", row.bid_notional)
            .money("askNotional", row.ask_notional)
            .number("updateTime", money::updated(row))
    })
}

/// `GET /dapi/v1/positionRisk`: of a margin coin or of a pair, not of a symbol.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn coins(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (asset, of) = (call.params.text("marginAsset"), call.params.text("pair"));
    let rows = money::positions(call, true).into_iter().filter(|(listing, row)| {
        asset.is_none_or(|asset| row.asset.as_str() == asset) && of.is_none_or(|of| pair(&listing.instrument) == of)
    });
    let rows = rows.map(|(listing, row)| {
        with_level(listing, &row)
            .text("leverage", &row.now.leverage.to_string())
            .text("maxQty", &money::most(row.max_notional))
            .text("marginType", margin_type(&row))
            .money("isolatedMargin", row.isolated_margin)
            .text("isAutoAddMargin", "false")
            .money("notionalValue", row.notional)
            .money("isolatedWallet", row.isolated_wallet)
            .number("updateTime", money::updated(&row))
    });
    Ok(Json(list(rows)))
}

fn shown(call: &Call<'_>, all: bool, row: impl Fn(&Listing, &Position) -> Row) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    // A symbol that is asked for is shown by version 3 too where there is something.
    let rows = money::positions(call, all).into_iter().filter(|(_, row)| only.is_none_or(|only| row.now.market == only));
    Ok(Json(list(rows.map(|(listing, shown)| row(listing, &shown)))))
}

fn with_level(listing: &Listing, row: &Position) -> Row {
    let places = price_places(listing);
    Row::new()
        .text("symbol", &listing.symbol)
        .text("positionSide", words::leg_word(row.now.leg))
        .fixed("positionAmt", row.now.amount, quantity_places(listing))
        .average("entryPrice", row.now.entry_price, places)
        .average("breakEvenPrice", row.now.breakeven_price, places)
        .money("markPrice", row.now.mark_price)
        .money("unRealizedProfit", row.now.unrealized)
        .text("liquidationPrice", &level(row))
}

fn level(row: &Position) -> String {
    let price = money::liquidation(&row.now);
    if price.is_zero() { "0".into() } else { super::row::fixed(price, 8) }
}

const fn margin_type(row: &Position) -> &'static str {
    if row.now.is_isolated { "isolated" } else { "cross" }
}

/// `GET adlQuantile`: of symbols with a position.
pub(crate) fn queue(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = asked::market_if_named(call)?;
    let mut symbols: BTreeMap<String, Vec<(&'static str, u8)>> = BTreeMap::new();
    for (listing, row) in money::positions(call, false) {
        if !row.now.amount.is_zero() && only.is_none_or(|only| row.now.market == only) {
            symbols.entry(listing.symbol.clone()).or_default().push((words::leg_word(row.now.leg), row.adl));
        }
    }
    Ok(Json(list(
        symbols.iter().map(|(symbol, legs)| Row::new().text("symbol", symbol).raw("adlQuantile", quantiles(legs).end())),
    )))
}

/// `LONG`, `SHORT` and one that says which mode: `BOTH` or `HEDGE`.
fn quantiles(legs: &[(&'static str, u8)]) -> Row {
    let of = |word: &str| legs.iter().find(|(leg, _)| *leg == word).map_or(0, |(_, adl)| *adl);
    let row = Row::new().number("LONG", of("LONG")).number("SHORT", of("SHORT"));
    if legs.iter().any(|(leg, _)| *leg == "BOTH") { row.number("BOTH", of("BOTH")) } else { row.number("HEDGE", 0) }
}
