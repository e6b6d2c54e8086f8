//! Accounts of futures: settings that stay set, margins that follow positions, and what was paid.

use metaexpert_binance::{
    Product,
    account::{
        Call, Change, FillsOf, IncomeOf, MarginAccount, PositionsOf, account_mode, balances, brackets, change_position_margin,
        deleveraging_queue, endpoints, fee, fills_between, fills_from, futures_account, income, leverage_settings, order_limits,
        position_margin_changes, positions, set_hedge_mode, set_leverage, set_margin_type, set_multi_assets_mode,
    },
    orders::{self, FuturesKind, FuturesProduct, Leg, OrderRequest},
};
use metaexpert_connect::{Params, Word, report::EntryCause};
use metaexpert_core::{Percent, PositionSide, Side, UnixNanos};
use rust_decimal::{Decimal, dec};

use crate::{
    draft::future,
    stage::{MONDAY, Stage, balance, now, order},
};

pub(crate) const USDM_CALLS: &[&str] = &[
    "GET /fapi/v3/account",
    "GET /fapi/v2/account",
    "GET /fapi/v3/balance",
    "GET /fapi/v2/balance",
    "GET /fapi/v3/positionRisk",
    "GET /fapi/v2/positionRisk",
    "GET /fapi/v1/accountConfig",
    "GET /fapi/v1/symbolConfig",
    "POST /fapi/v1/leverage",
    "POST /fapi/v1/marginType",
    "POST /fapi/v1/positionMargin",
    "GET /fapi/v1/positionMargin/history",
    "GET /fapi/v1/positionSide/dual",
    "POST /fapi/v1/positionSide/dual",
    "GET /fapi/v1/multiAssetsMargin",
    "POST /fapi/v1/multiAssetsMargin",
    "GET /fapi/v1/leverageBracket",
    "GET /fapi/v1/commissionRate",
    "GET /fapi/v1/userTrades",
    "GET /fapi/v1/income",
    "GET /fapi/v1/adlQuantile",
    "GET /fapi/v1/rateLimit/order",
];
pub(crate) const COINM_CALLS: &[&str] = &[
    "GET /dapi/v1/account",
    "GET /dapi/v1/balance",
    "GET /dapi/v1/positionRisk",
    "POST /dapi/v1/leverage",
    "POST /dapi/v1/marginType",
    "POST /dapi/v1/positionMargin",
    "GET /dapi/v1/positionMargin/history",
    "GET /dapi/v1/positionSide/dual",
    "POST /dapi/v1/positionSide/dual",
    "GET /dapi/v2/leverageBracket",
    "GET /dapi/v1/leverageBracket",
    "GET /dapi/v1/commissionRate",
    "GET /dapi/v1/userTrades",
    "GET /dapi/v1/income",
    "GET /dapi/v1/adlQuantile",
];

fn until_now() -> std::ops::Range<UnixNanos> {
    MONDAY..now().saturating_add_nanos(1_000_000)
}

async fn settles(stage: &Stage, futures: FuturesProduct, symbol: &str, coin: &str, amount: Decimal) {
    let product = futures.product();
    let client = stage.client(product);
    let set = set_leverage(&client, product, symbol, 10).await.unwrap();
    assert_eq!((set.symbol.as_str(), set.leverage), (symbol, Some(10)));
    assert_eq!(set_margin_type(&client, product, symbol, true).await.unwrap(), Change::Made);
    assert_eq!(set_margin_type(&client, product, symbol, true).await.unwrap(), Change::Already);
    assert_eq!(set_hedge_mode(&client, product, true).await.unwrap(), Change::Made);
    assert_eq!(set_hedge_mode(&client, product, true).await.unwrap(), Change::Already);
    assert_eq!(account_mode(&client, product).await.unwrap().hedge, Some(true));
    let steps = brackets(&client, product, None).await.unwrap();
    assert!(steps.iter().any(|steps| steps.symbol == symbol && steps.brackets.len() > 3), "{steps:?}");
    let rates = fee(&client, product, symbol).await.unwrap();

    let (_, before, _) = futures_account(&client, product).await.unwrap();
    let long = Leg::Of(PositionSide::Long);
    let buy = future("buy", symbol, Side::Buy, long, amount, FuturesKind::Market);
    let bought = order(&orders::place(&client, &OrderRequest::Futures(futures, buy), now()).await.unwrap());
    assert_eq!(bought.filled, Some(amount));
    let of = FillsOf { product, symbol, isolated: false };
    let fills = fills_between(&client, of, until_now()).await.unwrap();
    let from: u64 = fills[0].trade_id.parse().unwrap();
    assert_eq!(fills_from(&client, of, from).await.unwrap(), fills);
    let fees: Decimal = fills.iter().filter_map(|fill| fill.fee).sum();
    assert!(fees > dec!(0) && rates.taker > Percent::new(dec!(0)));

    let (account, after, _) = futures_account(&client, product).await.unwrap();
    assert_eq!(balance(&after, coin).total.unwrap(), balance(&before, coin).total.unwrap() - fees, "only the fee is gone");
    let same = balances(&client, product).await.unwrap();
    assert_eq!(balance(&same, coin).total, balance(&after, coin).total);
    assert!(account.equity.is_some() || product == Product::CoinM);
    let leg = metaexpert_connect::report::LegReport::Leg(PositionSide::Long);
    let held = async || {
        let held = positions(&client, product, PositionsOf::All).await.unwrap();
        held.into_iter().find(|held| held.symbol == symbol && held.leg == leg && !held.quantity.is_zero()).unwrap()
    };
    let first = held().await;
    assert_eq!((first.quantity, first.isolated.unwrap_or(true)), (amount, true), "{first:?}");
    let more = if product == Product::CoinM { dec!(0.01) } else { dec!(100) };
    change_position_margin(&client, product, symbol, Some(PositionSide::Long), more).await.unwrap();
    let then = held().await;
    assert!(then.isolated_margin.unwrap() > first.isolated_margin.unwrap(), "{first:?} {then:?}");
    let changes = position_margin_changes(&client, product, symbol, until_now()).await.unwrap();
    assert!(changes.iter().any(|change| change.amount == more), "{changes:?}");
    deleveraging_queue(&client, product, Some(symbol)).await.unwrap();

    let of = IncomeOf { symbol: None, kind: None };
    let entries = income(&client, product, of, until_now()).await.unwrap();
    let paid: Decimal =
        entries.iter().filter(|entry| entry.cause == Word::Known(EntryCause::Fee)).map(|entry| entry.amount).sum();
    assert_eq!(paid, -fees, "{entries:?}");
}

#[tokio::test]
async fn usdm_settings_stay_set_and_margins_follow_positions() {
    let stage = Stage::new().await;
    let client = stage.client(Product::UsdM);
    let symbol = "BTCUSDT";
    assert_eq!(set_multi_assets_mode(&client, true).await.unwrap(), Change::Made);
    assert_eq!(account_mode(&client, Product::UsdM).await.unwrap().multi_assets, Some(true));
    assert_eq!(set_multi_assets_mode(&client, false).await.unwrap(), Change::Made);
    settles(&stage, FuturesProduct::UsdM, symbol, "USDT", dec!(0.2)).await;
    let settings = leverage_settings(&client, Some(symbol)).await.unwrap();
    assert_eq!((settings[0].leverage, settings[0].isolated), (Some(10), Some(true)));
    order_limits(&client, Product::UsdM, MarginAccount::Cross).await.unwrap();
    // The modes by their own calls, and the older versions, which nothing but a replayed reply asks for.
    let older = [Call::PositionMode, Call::MultiAssets, Call::AccountV2, Call::BalancesV2, Call::PositionsV2];
    for call in older {
        let row = endpoints::row(Product::UsdM, call).unwrap();
        let body = client.call(&row.endpoint, &Params::new()).await.unwrap();
        assert!(!(row.read)(Product::UsdM, &body).unwrap().is_empty(), "{call:?}");
    }
    stage.assert_called(USDM_CALLS);
}

#[tokio::test]
async fn coinm_settings_stay_set_and_margins_follow_positions() {
    let stage = Stage::new().await;
    settles(&stage, FuturesProduct::CoinM, "BTCUSD_PERP", "BTC", dec!(10)).await;
    let client = stage.client(Product::CoinM);
    let row = endpoints::row(Product::CoinM, Call::PairBrackets).unwrap();
    let body = client.call(&row.endpoint, &Params::new().with("pair", "BTCUSD")).await.unwrap();
    assert_eq!((row.read)(Product::CoinM, &body).unwrap().len(), 1);
    stage.assert_called(COINM_CALLS);
}
