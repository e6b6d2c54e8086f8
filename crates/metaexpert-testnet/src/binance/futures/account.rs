//! The account: balances, margins, positions as `account` shows them, and what the account is allowed.
//!
//! The one decision: the wallet says everything of each coin once; versions of a call take what they show. Version 3 shows only
//! symbols with positions or orders (2024-07-24).

use super::{
    asked,
    family::{Family, price_places, quantity_places},
    money,
    row::{Row, list},
    words,
};
use crate::{
    binance::door::{ApiError, Call, Json},
    clearing::futures::{AssetRow, Row as Position},
    listing::Listing,
};

/// `GET /fapi/v2/account`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn version_2(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wallet = money::of(call);
    let row = Row::new()
        .number("feeTier", 0)
        .flag("feeBurn", wallet.burns_fees())
        .flag("canTrade", true)
        .flag("canDeposit", true)
        .flag("canWithdraw", true)
        .number("updateTime", 0)
        .flag("multiAssetsMargin", wallet.is_multi_assets())
        .number("tradeGroupId", -1);
    let positions = money::positions(call, true).into_iter().map(|(listing, row)| position_2(listing, &row));
    Ok(totals(call, row)
        .raw("assets", assets(call, |row| row.flag("marginAvailable", true)))
        .raw("positions", list(positions))
        .json())
}

/// `GET /fapi/v3/account`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn version_3(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let positions = money::positions(call, false).into_iter().map(|(listing, row)| position_3(listing, &row));
    Ok(totals(call, Row::new()).raw("assets", assets(call, |row| row)).raw("positions", list(positions)).json())
}

/// `GET /dapi/v1/account`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn coins(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let positions = money::positions(call, true).into_iter().map(|(listing, row)| position_of_coins(listing, &row));
    Ok(Row::new()
        .raw("assets", assets(call, |row| row))
        .raw("positions", list(positions))
        .flag("canDeposit", true)
        .flag("canTrade", true)
        .flag("canWithdraw", true)
        .number("feeTier", 0)
        .number("updateTime", 0)
        .json())
}

fn totals(call: &Call<'_>, row: Row) -> Row {
    let total = money::of(call).totals(call.world.markets());
    row.money("totalInitialMargin", total.initial)
        .money("totalMaintMargin", total.maintenance)
        .money("totalWalletBalance", total.wallet)
        .money("totalUnrealizedProfit", total.unrealized)
        .money("totalMarginBalance", total.margin)
        .money("totalPositionInitialMargin", total.position_initial)
        .money("totalOpenOrderInitialMargin", total.order_initial)
        .money("totalCrossWalletBalance", total.cross_wallet)
        .money("totalCrossUnPnl", total.cross_unrealized)
        .money("availableBalance", total.available)
        .money("maxWithdrawAmount", total.max_withdraw)
}

fn assets(call: &Call<'_>, more: impl Fn(Row) -> Row) -> String {
    let rows = money::of(call).assets(call.world.markets());
    list(rows.iter().map(|asset| asset_row(asset, &more)))
}

fn asset_row(asset: &AssetRow, more: impl Fn(Row) -> Row) -> Row {
    Row::new()
        .text("asset", asset.currency.as_str())
        .money("walletBalance", asset.wallet)
        .money("unrealizedProfit", asset.unrealized)
        .money("marginBalance", asset.margin)
        .money("maintMargin", asset.maintenance)
        .money("initialMargin", asset.initial)
        .money("positionInitialMargin", asset.position_initial)
        .money("openOrderInitialMargin", asset.order_initial)
        .money("crossWalletBalance", asset.cross_wallet)
        .money("crossUnPnl", asset.cross_unrealized)
        .money("availableBalance", asset.available)
        .money("maxWithdrawAmount", asset.max_withdraw)
        .with(more)
        .number("updateTime", asset.updated.map_or(0, Call::millis))
}

fn position_2(listing: &Listing, row: &Position) -> Row {
    margins(listing, row)
        .text("leverage", &row.now.leverage.to_string())
        .flag("isolated", row.now.is_isolated)
        .average("entryPrice", row.now.entry_price, 1)
        .text("maxNotional", &money::most(row.max_notional))
        .money("bidNotional", row.bid_notional)
        .money("askNotional", row.ask_notional)
        .text("positionSide", words::leg_word(row.now.leg))
        .fixed("positionAmt", row.now.amount, quantity_places(listing))
        .number("updateTime", money::updated(row))
}

fn position_3(listing: &Listing, row: &Position) -> Row {
    Row::new()
        .text("symbol", &listing.symbol)
        .text("positionSide", words::leg_word(row.now.leg))
        .fixed("positionAmt", row.now.amount, quantity_places(listing))
        .money("unrealizedProfit", row.now.unrealized)
        .money("isolatedMargin", row.isolated_margin)
        .money("notional", row.notional)
        .money("isolatedWallet", row.isolated_wallet)
        .money("initialMargin", row.initial)
        .money("maintMargin", row.now.maintenance)
        .number("updateTime", money::updated(row))
}

fn position_of_coins(listing: &Listing, row: &Position) -> Row {
    margins(listing, row)
        .text("leverage", &row.now.leverage.to_string())
        .flag("isolated", row.now.is_isolated)
        .text("positionSide", words::leg_word(row.now.leg))
        .average("entryPrice", row.now.entry_price, price_places(listing))
        .average("breakEvenPrice", row.now.breakeven_price, price_places(listing))
        .text("maxQty", &money::most(row.max_notional))
        .fixed("positionAmt", row.now.amount, quantity_places(listing))
        .money("notionalValue", row.notional)
        .money("isolatedWallet", row.isolated_wallet)
        .number("updateTime", money::updated(row))
}

fn margins(listing: &Listing, row: &Position) -> Row {
    Row::new()
        .text("symbol", &listing.symbol)
        .money("initialMargin", row.initial)
        .money("maintMargin", row.now.maintenance)
        .money("unrealizedProfit", row.now.unrealized)
        .money("positionInitialMargin", row.position_initial)
        .money("openOrderInitialMargin", row.order_initial)
}

/// `GET balance`, all versions.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn balances(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let family = asked::family(call);
    // A short name that the exchange made up for the account.
    let alias = format!("tn{:02}", call.account.0);
    let rows = money::of(call).assets(call.world.markets());
    Ok(Json(list(rows.iter().map(|asset| balance(family, &alias, asset)))))
}

fn balance(family: &Family, alias: &str, asset: &AssetRow) -> Row {
    Row::new()
        .text("accountAlias", alias)
        .text("asset", asset.currency.as_str())
        .money("balance", asset.wallet)
        .when(family.is_inverse, |row| row.money("withdrawAvailable", asset.max_withdraw))
        .money("crossWalletBalance", asset.cross_wallet)
        .money("crossUnPnl", asset.cross_unrealized)
        .money("availableBalance", asset.available)
        .when(!family.is_inverse, |row| row.money("maxWithdrawAmount", asset.max_withdraw).flag("marginAvailable", true))
        .number("updateTime", asset.updated.map_or(0, Call::millis))
}

/// `GET accountConfig`.
#[expect(clippy::unnecessary_wraps, reason = "a row of the table of calls")]
pub(crate) fn config(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wallet = money::of(call);
    Ok(Row::new()
        .number("feeTier", 0)
        .flag("canTrade", true)
        .flag("canDeposit", true)
        .flag("canWithdraw", true)
        .flag("dualSidePosition", wallet.is_hedged())
        .number("updateTime", 0)
        .flag("multiAssetsMargin", wallet.is_multi_assets())
        .number("tradeGroupId", -1)
        .json())
}

/// `GET commissionRate`.
pub(crate) fn commission(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (family, market) = (asked::family(call), asked::market(call, call.params)?);
    let (maker, taker) = money::of(call).fee_rates(market);
    Ok(Row::new()
        .text("symbol", &call.world.markets().get(market).listing().symbol)
        .text("makerCommissionRate", &maker.normalize().to_string())
        .text("takerCommissionRate", &taker.normalize().to_string())
        .when(!family.is_inverse, |row| row.text("rpiCommissionRate", &maker.normalize().to_string()))
        .json())
}

/// `GET apiTradingStatus`: nobody breaks the rules of quantitative trading here.
pub(crate) fn trading_status(call: &mut Call<'_>) -> Result<Json, ApiError> {
    asked::market_if_named(call)?;
    Ok(Row::new().raw("indicators", "{}").number("updateTime", Call::millis(call.at.clock)).json())
}
