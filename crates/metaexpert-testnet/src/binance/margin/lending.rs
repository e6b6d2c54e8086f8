//! What is lent, how much of it, at which rates.

#![expect(clippy::unnecessary_wraps, reason = "what answers a call has one signature")]

use metaexpert_core::Currency;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::pairs::{coins, listings};
use crate::{
    binance::{
        door::{ApiError, Call, Json},
        spot::orders::market,
    },
    clearing::margin::{IsolatedMargin, Lending},
    listing::{Listing, MarketId},
};

const DAYS_OF_A_YEAR: Decimal = Decimal::from_parts(365, 0, 0, false, 0);

fn lending<'a>(call: &'a Call<'_>) -> &'a Lending {
    call.world.account(call.account).wallets.cross().lending()
}

/// `GET /sapi/v1/margin/crossMarginData`.
pub(super) fn cross_data(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("coin");
    let cross = call.world.account(call.account).wallets.cross();
    let data = coins(call).into_iter().filter(|coin| only.is_none_or(|only| only == coin.as_str())).map(|coin| {
        let pairs: Vec<&str> = listings(call)
            .filter(|(_, listing)| listing.instrument.base == coin || listing.instrument.quote == coin)
            .map(|(_, listing)| listing.symbol.as_str())
            .collect();
        let daily = cross.lending().daily_rate(&coin);
        json!({
            "vipLevel": 0, "coin": coin, "transferIn": true, "borrowable": true,
            "dailyInterest": written(daily), "yearlyInterest": written(daily * DAYS_OF_A_YEAR),
            "borrowLimit": written(cross.borrow_limit(&coin, call.world.markets())), "marginablePairs": pairs,
        })
    });
    Ok(Json::of(&data.collect::<Vec<_>>()))
}

/// `GET /sapi/v1/margin/isolatedMarginData`.
pub(super) fn isolated_data(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("symbol").map(|_| market(call)).transpose()?;
    let data = wanted(call, only).into_iter().map(|(id, listing)| {
        let wallet = pair(call, id);
        let coin = |coin: &Currency| {
            let limit = wallet.borrow_limit(coin, call.world.markets());
            json!({ "coin": coin, "dailyInterest": written(lending(call).daily_rate(coin)), "borrowLimit": written(limit) })
        };
        let leverage = wallet.tiers().first().map_or(1, |tier| tier.leverage);
        let data = [coin(&listing.instrument.base), coin(&listing.instrument.quote)];
        json!({ "vipLevel": 0, "symbol": listing.symbol, "leverage": leverage.to_string(), "data": data })
    });
    Ok(Json::of(&data.collect::<Vec<Value>>()))
}

/// `GET /sapi/v1/margin/isolatedMarginTier`.
pub(super) fn isolated_tiers(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let id = market(call)?;
    let only = call.params.integer("tier")?;
    let (wallet, listing) = (pair(call, id), call.world.markets().get(id).listing());
    let tiers = (1_i64..).zip(wallet.tiers()).filter(|(number, _)| only.is_none_or(|only| only == *number));
    let tiers = tiers.map(|(number, tier)| {
        let most = |coin| written(wallet.limit_in(tier, coin, call.world.markets()));
        json!({
            "symbol": listing.symbol, "tier": number, "effectiveMultiple": tier.leverage.to_string(),
            "initialRiskRatio": written(tier.initial), "liquidationRiskRatio": written(tier.liquidation),
            "baseAssetMaxBorrowable": most(&listing.instrument.base),
            "quoteAssetMaxBorrowable": most(&listing.instrument.quote),
        })
    });
    Ok(Json::of(&tiers.collect::<Vec<_>>()))
}

/// `GET /sapi/v1/margin/interestRateHistory`: rates do not change here, so there is one, of today.
pub(super) fn rate_history(call: &mut Call<'_>) -> Result<Json, ApiError> {
    const DAY: i64 = 86_400_000;
    let coin = Currency::new(call.params.required("asset")?);
    let today = call.at.market.utc_day() * DAY;
    let rate = written(lending(call).daily_rate(&coin));
    Ok(Json::of(&[json!({ "asset": coin, "dailyInterestRate": rate, "timestamp": today, "vipLevel": 0 })]))
}

/// `GET /sapi/v1/margin/next-hourly-interest-rate`.
pub(super) fn next_rates(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let coins = call.params.required("assets")?.split(',').map(Currency::new);
    call.params.required("isIsolated")?;
    let rate = |coin: Currency| {
        let rate = lending(call).hourly_rate(&coin).round_dp(8);
        json!({ "asset": coin, "nextHourlyInterestRate": written(rate) })
    };
    Ok(Json::of(&coins.map(rate).collect::<Vec<_>>()))
}

/// The pairs that were asked for.
fn wanted<'a>(call: &'a Call<'_>, only: Option<MarketId>) -> Vec<(MarketId, &'a Listing)> {
    listings(call).filter(|(id, _)| only.is_none_or(|only| only == *id)).collect()
}

/// An isolated pair: the account's own, or what it would be if it were opened.
fn pair(call: &Call<'_>, id: MarketId) -> IsolatedMargin {
    let wallets = &call.world.account(call.account).wallets;
    let (lending, fees) = (wallets.cross().lending().clone(), wallets.spot().fees().clone());
    IsolatedMargin::new(id, lending, fees, crate::clearing::Numbers::default(), call.world.markets())
}

/// As these answers write numbers: without zeros at the end.
pub(super) fn written(number: Decimal) -> String {
    number.normalize().to_string()
}
