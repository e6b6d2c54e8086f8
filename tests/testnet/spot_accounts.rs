//! The spot account: fees, limits, rules, and money that moves between accounts.

use metaexpert_binance::{
    Product,
    account::{MarginAccount, account_rules, cross_account, fee, fees, futures_account, move_funds, order_limits, spot_account},
};
use metaexpert_connect::report::Service;
use metaexpert_core::Percent;
use rust_decimal::dec;

use crate::stage::{Stage, balance};

pub(crate) const CALLS: &[&str] = &[
    "GET /api/v3/account",
    "GET /api/v3/rateLimit/order",
    "GET /api/v3/account/commission",
    "GET /sapi/v1/asset/tradeFee",
    "GET /api/v3/myFilters",
    "POST /sapi/v1/asset/transfer",
];

#[tokio::test]
async fn an_account_knows_its_fees_limits_and_rules() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Spot);
    let (account, told, balances) = spot_account(&client).await.unwrap();
    assert_eq!(account.can_trade, Some(true));
    let one = fee(&client, Product::Spot, "BTCUSDT").await.unwrap();
    let all = fees(&client, Product::Spot).await.unwrap();
    let listed = all.iter().find(|fee| fee.symbol.as_deref() == Some("BTCUSDT")).unwrap();
    assert_eq!((one.maker, one.taker), (listed.maker, listed.taker));
    assert_eq!((one.maker, one.taker), told.map(|fee| (fee.maker, fee.taker)).unwrap());
    assert_eq!(one.taker, Percent::new(dec!(0.1)));
    let limits = order_limits(&client, Product::Spot, MarginAccount::Cross).await.unwrap();
    assert!(limits.iter().any(|limit| matches!(limit, Service::RateLimit { seconds: 10, used: Some(0), .. })), "{limits:?}");
    account_rules(&client, Product::Spot, "BTCUSDT").await.unwrap();

    for (kind, asset) in [("MAIN_MARGIN", "BTC"), ("MAIN_UMFUTURE", "USDT"), ("MAIN_CMFUTURE", "BTC")] {
        move_funds(&client, kind, asset, dec!(1), None, None).await.unwrap();
    }
    let (_, _, after) = spot_account(&client).await.unwrap();
    let change = |asset: &str| balance(&after, asset).free.unwrap() - balance(&balances, asset).free.unwrap();
    assert_eq!((change("BTC"), change("USDT")), (dec!(-2), dec!(-1)));
    let (_, cross) = cross_account(&stage.client(Product::Margin)).await.unwrap();
    assert_eq!(balance(&cross, "BTC").free, Some(dec!(101)));
    for (product, asset, total) in [(Product::UsdM, "USDT", dec!(1000001)), (Product::CoinM, "BTC", dec!(101))] {
        let (_, balances, _) = futures_account(&stage.client(product), product).await.unwrap();
        assert_eq!(balance(&balances, asset).total, Some(total));
    }
    stage.assert_called(CALLS);
}
