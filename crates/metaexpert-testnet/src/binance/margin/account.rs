//! What a wallet with loans holds and owes, and what its owner may set.

#![expect(clippy::unnecessary_wraps, reason = "what answers a call has one signature")]

use metaexpert_core::Currency;
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{lending::written, orders::opened};
use crate::{
    binance::{
        door::{ApiError, Call, Json},
        spot::{orders::market, words::eight},
    },
    clearing::margin::{Asset, IsolatedMargin, LevelStatus},
    listing::{Class, MarketId},
};

/// The level that is shown where nothing is owed.
const NO_DEBT: &str = "999";
/// How many isolated pairs an account may have open.
const MOST_PAIRS: usize = 20;

fn bitcoin() -> Currency {
    Currency::new("BTC")
}

/// What a coin is worth in bitcoin.
fn in_bitcoin(call: &Call<'_>, coin: &Currency, amount: Decimal) -> Decimal {
    use crate::prices::Prices;
    call.world.markets().rate(coin, &bitcoin()).map_or(Decimal::ZERO, |rate| amount * rate)
}

/// `GET /sapi/v1/margin/account`.
pub(super) fn cross(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (cross, prices) = (call.world.account(call.account).wallets.cross(), call.world.markets());
    let (assets, debts) = cross.totals(&bitcoin(), prices);
    let (in_dollars, _) = cross.totals(&cross.lending().unit, prices);
    let level = cross.level(prices).map_or_else(|| NO_DEBT.to_owned(), eight);
    let rows = cross.assets().into_iter().map(|asset| {
        json!({
            "asset": asset.currency, "borrowed": eight(asset.borrowed), "free": eight(asset.free),
            "interest": eight(asset.interest), "locked": eight(asset.locked), "netAsset": eight(asset.net()),
        })
    });
    Ok(Json::of(&json!({
        "created": true, "borrowEnabled": true, "marginLevel": level, "collateralMarginLevel": level,
        "totalAssetOfBtc": eight(assets), "totalLiabilityOfBtc": eight(debts), "totalNetAssetOfBtc": eight(assets - debts),
        "TotalCollateralValueInUSDT": eight(in_dollars), "totalOpenOrderLossInUSDT": eight(Decimal::ZERO),
        "tradeEnabled": true, "transferInEnabled": true, "transferOutEnabled": true, "accountType": "MARGIN_1",
        "userAssets": rows.collect::<Vec<_>>(),
    })))
}

/// `GET /sapi/v1/margin/isolated/account`.
pub(super) fn isolated(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("symbols").map(|symbols| named(call, symbols)).transpose()?;
    let wallets = &call.world.account(call.account).wallets;
    let pairs: Vec<_> = wallets.isolated_pairs().filter(|(id, _)| only.as_ref().is_none_or(|only| only.contains(id))).collect();
    let rows: Vec<Value> = pairs.iter().map(|(id, pair)| row(call, *id, pair)).collect();
    if only.is_some() {
        return Ok(Json::of(&json!({ "assets": rows })));
    }
    let totals = pairs.iter().map(|(_, pair)| pair.totals(&bitcoin(), call.world.markets()));
    let (assets, debts) = totals.fold((Decimal::ZERO, Decimal::ZERO), |sum, pair| (sum.0 + pair.0, sum.1 + pair.1));
    Ok(Json::of(&json!({
        "assets": rows, "totalAssetOfBtc": eight(assets), "totalLiabilityOfBtc": eight(debts),
        "totalNetAssetOfBtc": eight(assets - debts),
    })))
}

/// At most five symbols, with commas between them.
fn named(call: &Call<'_>, symbols: &str) -> Result<Vec<MarketId>, ApiError> {
    const MOST: usize = 5;
    let ids: Result<Vec<_>, _> = symbols
        .split(',')
        .map(|symbol| call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol))
        .collect();
    ids.and_then(|ids| if ids.len() > MOST { Err(ApiError::invalid("symbols")) } else { Ok(ids) })
}

fn row(call: &Call<'_>, id: MarketId, pair: &IsolatedMargin) -> Value {
    let (market, prices) = (call.world.markets().get(id), call.world.markets());
    let instrument = &market.listing().instrument;
    let side = |asset: Asset| {
        json!({
            "asset": asset.currency, "borrowEnabled": true, "borrowed": eight(asset.borrowed), "free": eight(asset.free),
            "interest": eight(asset.interest), "locked": eight(asset.locked), "netAsset": eight(asset.net()),
            "netAssetOfBtc": eight(in_bitcoin(call, &asset.currency, asset.net())), "repayEnabled": true,
            "totalAsset": eight(asset.total()),
        })
    };
    let tier = pair.tier(prices);
    json!({
        "baseAsset": side(pair.asset(&instrument.base)), "quoteAsset": side(pair.asset(&instrument.quote)),
        "symbol": market.listing().symbol, "isolatedCreated": true, "enabled": pair.is_enabled(),
        "marginLevel": pair.level(prices).map_or_else(|| NO_DEBT.to_owned(), eight),
        "marginLevelStatus": status(pair.status(prices)), "marginRatio": eight(Decimal::from(tier.leverage)),
        "indexPrice": eight(market.last().map(|print| print.price).unwrap_or_default()),
        "liquidatePrice": eight(pair.liquidation_price(prices).unwrap_or_default()),
        "liquidateRate": eight(tier.liquidation), "tradeEnabled": pair.is_enabled(),
    })
}

const fn status(status: LevelStatus) -> &'static str {
    match status {
        LevelStatus::Excessive => "EXCESSIVE",
        LevelStatus::Normal => "NORMAL",
        LevelStatus::Call => "MARGIN_CALL",
        LevelStatus::Liquidation => "FORCE_LIQUIDATION",
    }
}

/// `POST /sapi/v1/margin/isolated/account`.
pub(super) fn open_isolated(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = market(call)?;
    if opened(call, market).is_err() && count(call) >= MOST_PAIRS {
        return Err(ApiError::new(-3026, "Your input param is invalid."));
    }
    let opened = call.world.settle(call.account, |wallets, prices, _| {
        wallets.open_isolated(market, prices).enable();
        Ok(())
    });
    opened.map_err(|refusal| ApiError::of(&refusal, call.product))?;
    done(call)
}

/// `DELETE /sapi/v1/margin/isolated/account`: what is empty and has no order is disabled.
pub(super) fn close_isolated(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let market = market(call)?;
    opened(call, market)?;
    let closed =
        call.world.settle(call.account, |wallets, _, _| wallets.isolated_mut(market).map_or(Ok(()), IsolatedMargin::disable));
    closed.map_err(|_| ApiError::new(-3041, "Balance is not enough"))?;
    done(call)
}

fn done(call: &Call<'_>) -> Result<Json, ApiError> {
    Ok(Json::of(&json!({ "success": true, "symbol": call.params.symbol()? })))
}

/// `GET /sapi/v1/margin/isolated/accountLimit`.
pub(super) fn isolated_limit(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json::of(&json!({ "enabledAccount": count(call), "maxAccount": MOST_PAIRS })))
}

/// How many isolated pairs are open.
fn count(call: &Call<'_>) -> usize {
    call.world.account(call.account).wallets.isolated_pairs().filter(|(_, pair)| pair.is_enabled()).count()
}

/// `GET /sapi/v1/margin/tradeCoeff`.
pub(super) fn levels(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let tier = call.world.account(call.account).wallets.cross().tier(call.world.markets());
    Ok(Json::of(&json!({
        "normalBar": written(tier.initial), "marginCallBar": written(tier.call), "forceLiquidationBar": written(tier.liquidation),
    })))
}

/// `POST /sapi/v1/margin/max-leverage`.
pub(super) fn set_leverage(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let leverage = call.params.integer("maxLeverage")?.ok_or_else(|| ApiError::mandatory("maxLeverage"))?;
    let leverage = u32::try_from(leverage).map_err(|_| ApiError::invalid("maxLeverage"))?;
    let set = call.world.settle(call.account, |wallets, _, _| wallets.cross_mut().set_leverage(leverage));
    set.map_err(|_| ApiError::invalid("maxLeverage"))?;
    Ok(Json(r#"{"success":true}"#.into()))
}

/// `GET /sapi/v1/bnbBurn`.
pub(super) fn burns(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let wallets = &call.world.account(call.account).wallets;
    let (of_fees, of_interest) = (wallets.spot().fees().pays_in_coin, wallets.cross().lending().pays_in_coin);
    Ok(Json::of(&json!({ "spotBNBBurn": of_fees, "interestBNBBurn": of_interest })))
}

/// `POST /sapi/v1/bnbBurn`.
pub(super) fn set_burns(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let (of_fees, of_interest) = (call.params.flag("spotBNBBurn")?, call.params.flag("interestBNBBurn")?);
    if of_fees.is_none() && of_interest.is_none() {
        return Err(ApiError::either("spotBNBBurn", "interestBNBBurn"));
    }
    let set = call.world.settle(call.account, |wallets, _, _| {
        if let Some(does) = of_fees {
            wallets.spot_mut().pay_fees_in_coin(does);
            wallets.cross_mut().pay_fees_in_coin(does);
        }
        if let Some(does) = of_interest {
            wallets.cross_mut().pay_interest_in_coin(does);
        }
        Ok(())
    });
    set.map_err(|refusal| ApiError::of(&refusal, call.product))?;
    burns(call)
}
