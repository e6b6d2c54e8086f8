//! The wallet's calls: coins, fees, transfers between wallets, what an account and its keys may.

#![expect(clippy::unnecessary_wraps, reason = "what answers a call has one signature")]

use metaexpert_core::{Currency, Money};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::{
    lending::written,
    loans::paged,
    orders::opened,
    pairs::{coins as listed_coins, listings},
};
use crate::{
    binance::{
        door::{ApiError, Call, Json},
        spot::{fees, words::eight},
    },
    listing::Class,
    news::Balance,
    order::Refusal,
    prices::Prices,
    wallet::Wallet,
};

/// `GET /sapi/v1/system/status`.
pub(super) fn system_status(_: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json(r#"{"status":0,"msg":"normal"}"#.into()))
}

fn balances(call: &Call<'_>, wallet: Wallet) -> Vec<Balance> {
    let wallets = &call.world.account(call.account).wallets;
    wallets.get(wallet).map(|wallet| wallet.balances(call.world.markets())).unwrap_or_default()
}

/// `GET /sapi/v1/capital/config/getall`.
pub(super) fn coins(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let balances = balances(call, Wallet::Spot);
    let rows = listed_coins(call).into_iter().map(|coin| {
        let held = balances.iter().find(|balance| balance.currency == coin);
        let (free, locked) = held.map_or((Decimal::ZERO, Decimal::ZERO), |balance| (balance.free, balance.locked));
        json!({
            "coin": coin, "depositAllEnable": true, "withdrawAllEnable": true, "name": coin,
            "free": written(free), "locked": written(locked), "freeze": "0", "withdrawing": "0", "ipoing": "0",
            "ipoable": "0", "storage": "0", "isLegalMoney": false, "trading": true, "networkList": [network(&coin)],
        })
    });
    Ok(Json::of(&rows.collect::<Vec<_>>()))
}

/// The one network of a coin, which bears its name: nothing is ever sent over it.
fn network(coin: &Currency) -> Value {
    json!({
        "network": coin, "coin": coin, "withdrawIntegerMultiple": "0.00000001", "isDefault": true, "depositEnable": true,
        "withdrawEnable": true, "depositDesc": "", "withdrawDesc": "", "specialTips": "", "specialWithdrawTips": "",
        "name": coin, "resetAddressStatus": false, "addressRegex": "^[0-9A-Za-z]{20,100}$", "memoRegex": "",
        "withdrawFee": "0.0001", "withdrawMin": "0.001", "withdrawMax": "1000000", "withdrawInternalMin": "0.00000001",
        "depositDust": "0.00000001", "minConfirm": 1, "unLockConfirm": 0, "sameAddress": false, "withdrawTag": false,
        "estimatedArrivalTime": 1, "busy": false, "contractAddressUrl": "", "contractAddress": "", "denomination": 1,
    })
}

/// `GET /sapi/v1/asset/tradeFee`.
pub(super) fn trade_fee(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("symbol");
    if only.is_some_and(|symbol| call.world.markets().find(Class::Spot, symbol).is_none()) {
        return Err(ApiError::invalid_symbol());
    }
    let fees = fees(call);
    let rows = listings(call).filter(|(_, listing)| only.is_none_or(|only| only == listing.symbol)).map(|(_, listing)| {
        json!({
            "symbol": listing.symbol, "makerCommission": written(fees.maker), "takerCommission": written(fees.taker),
        })
    });
    Ok(Json::of(&rows.collect::<Vec<_>>()))
}

/// The wallets that a kind of transfer names: `MAIN_UMFUTURE`, `ISOLATEDMARGIN_MARGIN`.
fn ends(kind: &str) -> Option<[&str; 2]> {
    const WALLETS: [&str; 7] = ["MAIN", "MARGIN", "ISOLATEDMARGIN", "ISOLATED_MARGIN", "UMFUTURE", "CMFUTURE", "OPTION"];
    WALLETS.iter().find_map(|from| {
        let to = kind.strip_prefix(from)?.strip_prefix('_')?;
        let to = WALLETS.iter().find(|known| **known == to)?;
        (from != to || from.starts_with("ISOLATED")).then_some([*from, *to])
    })
}

/// The wallet of one end; `pair` is the parameter that names its pair, where it is an isolated one.
fn end(call: &Call<'_>, word: &str, pair: &str) -> Result<Wallet, ApiError> {
    match word {
        "MARGIN" => Ok(Wallet::Cross),
        "UMFUTURE" => Ok(Wallet::Linear),
        "CMFUTURE" => Ok(Wallet::Inverse),
        "OPTION" => Ok(Wallet::Options),
        "ISOLATEDMARGIN" | "ISOLATED_MARGIN" => {
            let symbol = call.params.required(pair)?;
            opened(call, call.world.markets().find(Class::Spot, symbol).ok_or_else(ApiError::invalid_symbol)?)
        }
        _ => Ok(Wallet::Spot),
    }
}

/// `POST /sapi/v1/asset/transfer`.
pub(super) fn transfer(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let [from, to] = ends(call.params.required("type")?).ok_or_else(|| ApiError::invalid("type"))?;
    let coin = Currency::new(call.params.required("asset")?);
    let amount = call.params.decimal("amount")?.ok_or_else(|| ApiError::mandatory("amount"))?;
    if amount <= Decimal::ZERO {
        return Err(ApiError::new(-5007, "Quantity must be greater than zero."));
    }
    if !listed_coins(call).contains(&coin) {
        return Err(ApiError::new(-3002, "We don't have this asset."));
    }
    let (from, to) = (end(call, from, "fromSymbol")?, end(call, to, "toSymbol")?);
    let moved = call.world.transfer(call.account, Some(from), Some(to), &Money::new(amount, coin));
    match moved {
        Ok(id) => Ok(Json::of(&json!({ "tranId": id }))),
        Err(Refusal::Funds | Refusal::Margin) if matches!(from, Wallet::Cross | Wallet::Isolated(_)) => {
            Err(ApiError::new(-3020, "Transfer out amount exceeds max amount."))
        }
        Err(Refusal::Funds | Refusal::Margin) => Err(ApiError::new(-5002, "You have insufficient balance.")),
        Err(refusal) => Err(ApiError::of(&refusal, call.product)),
    }
}

/// `GET /sapi/v1/asset/transfer`.
pub(super) fn transfers(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let kind = call.params.required("type")?;
    let [from, to] = ends(kind).ok_or_else(|| ApiError::invalid("type"))?;
    let (from, to) = (end(call, from, "fromSymbol")?, end(call, to, "toSymbol")?);
    let (since, until) = (call.params.time("startTime")?, call.params.time("endTime")?);
    let known = call.world.account(call.account).wallets.transfers();
    let wanted = known.iter().filter(|transfer| {
        let is_in_time = since.is_none_or(|since| transfer.time >= since) && until.is_none_or(|until| transfer.time <= until);
        is_in_time && transfer.from == Some(from) && transfer.to == Some(to)
    });
    let rows = wanted.map(|transfer| {
        json!({
            "asset": transfer.money.currency, "amount": written(transfer.money.amount), "type": kind, "status": "CONFIRMED",
            "tranId": transfer.id, "timestamp": call.stamp(transfer.time),
        })
    });
    let rows = rows.collect();
    paged(call, rows)
}

/// `POST /sapi/v3/asset/getUserAsset`.
pub(super) fn user_assets(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let only = call.params.text("asset");
    let values_in_bitcoin = call.params.flag("needBtcValuation")?.unwrap_or(false);
    let held = balances(call, Wallet::Spot).into_iter().filter(|balance| {
        balance.free + balance.locked > Decimal::ZERO && only.is_none_or(|only| only == balance.currency.as_str())
    });
    let rows = held.map(|balance| {
        let value = if values_in_bitcoin { in_bitcoin(call, &balance) } else { Decimal::ZERO };
        json!({
            "asset": balance.currency, "free": written(balance.free), "locked": written(balance.locked), "freeze": "0",
            "withdrawing": "0", "ipoable": "0", "btcValuation": written(value),
        })
    });
    Ok(Json::of(&rows.collect::<Vec<_>>()))
}

fn in_bitcoin(call: &Call<'_>, balance: &Balance) -> Decimal {
    let rate = call.world.markets().rate(&balance.currency, &Currency::new("BTC"));
    rate.map_or(Decimal::ZERO, |rate| ((balance.free + balance.locked) * rate).round_dp(8))
}

/// `POST /sapi/v1/asset/get-funding-asset`: there is no funding wallet.
pub(super) fn no_funding_assets(_: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json("[]".into()))
}

/// `GET /sapi/v1/asset/wallet/balance`.
pub(super) fn wallet_balances(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let unit = Currency::new(call.params.text("quoteAsset").unwrap_or("BTC"));
    let worth = |wallet: Wallet| -> Decimal {
        let balances = balances(call, wallet).into_iter();
        balances
            .filter_map(|balance| Some((balance.free + balance.locked) * call.world.markets().rate(&balance.currency, &unit)?))
            .sum()
    };
    let isolated: Decimal =
        call.world.account(call.account).wallets.isolated_pairs().map(|(market, _)| worth(Wallet::Isolated(market))).sum();
    let rows = [
        ("Spot", worth(Wallet::Spot)),
        ("Funding", Decimal::ZERO),
        ("Cross Margin", worth(Wallet::Cross)),
        ("Isolated Margin", isolated),
        ("USDⓈ-M Futures", worth(Wallet::Linear)),
        ("COIN-M Futures", worth(Wallet::Inverse)),
        ("Earn", Decimal::ZERO),
        ("Options", worth(Wallet::Options)),
    ];
    let rows = rows.map(|(name, worth)| json!({ "activate": true, "balance": eight(worth), "walletName": name }));
    Ok(Json::of(&rows))
}

/// `GET /sapi/v1/account/status`.
pub(super) fn account_status(_: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json(r#"{"data":"Normal"}"#.into()))
}

/// `GET /sapi/v1/account/apiTradingStatus`.
pub(super) fn trading_status(call: &mut Call<'_>) -> Result<Json, ApiError> {
    Ok(Json::of(&json!({ "data": {
        "isLocked": false, "plannedRecoverTime": 0, "triggerCondition": { "GCR": 150, "IFER": 150, "UFR": 300 },
        "updateTime": call.stamp(call.at.clock),
    } })))
}

/// `GET /sapi/v1/account/apiRestrictions`: a key may do everything but withdraw.
pub(super) fn restrictions(call: &mut Call<'_>) -> Result<Json, ApiError> {
    let first = call.world.markets().iter().map(|(_, market)| market.listing().listed).max().unwrap_or(call.at.clock);
    Ok(Json::of(&json!({
        "ipRestrict": false, "createTime": call.stamp(first), "enableReading": true, "enableWithdrawals": false,
        "enableInternalTransfer": true, "enableMargin": true, "enableFutures": true, "permitsUniversalTransfer": true,
        "enableVanillaOptions": true, "enableFixApiTrade": false, "enableFixReadOnly": false,
        "enableSpotAndMarginTrading": true, "enablePortfolioMarginTrading": false,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_of_transfer_names_two_wallets() {
        assert_eq!(ends("MAIN_UMFUTURE"), Some(["MAIN", "UMFUTURE"]));
        assert_eq!(ends("MARGIN_ISOLATEDMARGIN"), Some(["MARGIN", "ISOLATEDMARGIN"]));
        assert_eq!(ends("ISOLATED_MARGIN_MAIN"), Some(["ISOLATED_MARGIN", "MAIN"]));
        assert_eq!(ends("ISOLATEDMARGIN_ISOLATEDMARGIN"), Some(["ISOLATEDMARGIN", "ISOLATEDMARGIN"]));
        for bad in ["MAIN_MAIN", "MAIN", "MAIN_FUNDING", "_MAIN", "MAIN_UMFUTURE_MARGIN"] {
            assert_eq!(ends(bad), None, "{bad}");
        }
    }
}
