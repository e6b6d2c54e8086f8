//! Events of accounts: what a stream tells is what the order answered, what the account shows and what the audit says.

use std::time::Duration;

use metaexpert_binance::{
    Product,
    account::{
        self, PositionsOf, cross_account, futures_account, isolated_account, isolated_pair, move_funds, set_leverage,
        spot_account,
    },
    orders::{self, Desk, FuturesKind, FuturesProduct, ListRequest, OptionTimeInForce, OrderRequest, SideEffect, SpotKind},
    user::{self, UserStream},
};
use metaexpert_connect::{
    Word,
    http::Client,
    report::{OrderReport, OrderState},
    ws::{Class, Limits, StreamDialect},
};
use metaexpert_core::{Side, config::MarginMode};
use rust_decimal::dec;

use crate::{
    draft::{NET, by_name, future, list, on_margin, option, spot},
    heard::Account,
    option_orders::a_call,
    spot_lists::{around, oco},
    stage::{Stage, balance, deals, deals_of, fills, now, order},
};

pub(crate) const MARGIN_CALLS: &[&str] = &["POST /sapi/v1/userListenToken"];
pub(crate) const RISK_CALLS: &[&str] = &["POST /sapi/v1/margin/listen-key", "PUT /sapi/v1/margin/listen-key"];
pub(crate) const USDM_CALLS: &[&str] = &["POST /fapi/v1/listenKey", "PUT /fapi/v1/listenKey", "DELETE /fapi/v1/listenKey"];
pub(crate) const COINM_CALLS: &[&str] = &["POST /dapi/v1/listenKey", "PUT /dapi/v1/listenKey", "DELETE /dapi/v1/listenKey"];
pub(crate) const OPTION_CALLS: &[&str] = &["POST /eapi/v1/listenKey", "PUT /eapi/v1/listenKey", "DELETE /eapi/v1/listenKey"];

/// Places an order that fills, and hears of all of it.
pub(crate) async fn is_heard(stage: &Stage, client: &Client, account: &mut Account, request: &OrderRequest) -> OrderReport {
    let reports = orders::place(client, request, now()).await.unwrap();
    let answered = order(&reports);
    let number = answered.venue_id.clone().unwrap();
    account
        .until("it is filled", |account| account.last(&number).is_some_and(|last| last.state == Word::Known(OrderState::Filled)))
        .await;
    let told = account.last(&number).unwrap();
    assert_eq!((&told.client_id, told.side, told.filled), (&answered.client_id, answered.side, answered.filled));
    let life = stage.life(&number);
    assert_eq!(deals(&account.executions(&number)), deals_of(&life));
    let answered_fills = fills(&reports);
    if !answered_fills.is_empty() {
        assert_eq!(deals(&answered_fills), deals_of(&life));
    }
    assert!(account.strange.is_empty(), "{:?}", account.strange);
    answered
}

#[tokio::test]
async fn a_spot_stream_tells_what_happens() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Spot);
    let mut account = Account::open(&stage, Product::Spot).await;
    let buy = |id| OrderRequest::Spot(spot(id, Side::Buy, dec!(0.3), SpotKind::Market));
    is_heard(&stage, &client, &mut account, &buy("buy")).await;
    let (_, _, balances) = spot_account(&client).await.unwrap();
    let usdt = balance(&balances, "USDT").free;
    account
        .until("the coins have moved", |account| {
            account.balances.iter().rev().find(|told| told.asset == "USDT").is_some_and(|told| told.free == usdt)
        })
        .await;

    let around = around(&stage).await;
    let request = ListRequest::Oco(list("oco", oco(&around)));
    orders::place_list(&client, &request).await.unwrap();
    account.until("the list stands", |account| account.links.iter().any(|link| link.client_id.as_deref() == Some("oco"))).await;
    orders::cancel_list(&client, Desk::Spot, "BTCUSDT", &by_name("oco")).await.unwrap();
    let cancelled =
        |account: &Account| account.orders.iter().filter(|order| order.state == Word::Known(OrderState::Cancelled)).count();
    account.until("both legs are gone", |account| cancelled(account) == 2).await;

    account.stop().await;
}

/// A connection that is replaced before the exchange ends it, within a second instead of a day.
struct ShortLived {
    inner: UserStream,
    limits: Limits,
}

impl StreamDialect for ShortLived {
    fn limits(&self) -> &Limits {
        &self.limits
    }
    fn address(&self, topics: &[String], credential: Option<&str>) -> String {
        self.inner.address(topics, credential)
    }
    fn login_with(&mut self, credential: Option<&str>) -> Option<String> {
        self.inner.login_with(credential)
    }
    fn address_subscribes(&self) -> bool {
        self.inner.address_subscribes()
    }
    fn subscribe(&self, id: u64, topics: &[String]) -> String {
        self.inner.subscribe(id, topics)
    }
    fn unsubscribe(&self, id: u64, topics: &[String]) -> String {
        self.inner.unsubscribe(id, topics)
    }
    fn classify(&self, frame: &bytes::Bytes) -> Class {
        self.inner.classify(frame)
    }
}

#[tokio::test]
async fn a_stream_that_is_replaced_in_time_misses_nothing_and_tells_nothing_twice() {
    let stage = Stage::new().await;
    let client = stage.client(Product::UsdM);
    let row = user::way(Product::UsdM, &stage.credentials.signer).unwrap();
    let host = stage.hosts(Product::UsdM).stream;
    let dress = |inner: UserStream| {
        let limits = Limits { lifetime: Some(Duration::from_secs(6)), ..*inner.limits() };
        ShortLived { inner, limits }
    };
    let mut account = Account::open_as(&stage, row, host, None, dress).await;
    let mut placed = 0;
    while account.rotations == 0 {
        placed += 1;
        assert!(placed < 200, "it is never replaced");
        let buy = future(&format!("buy{placed}"), "BTCUSDT", Side::Buy, NET, dec!(0.01), FuturesKind::Market);
        is_heard(&stage, &client, &mut account, &OrderRequest::Futures(FuturesProduct::UsdM, buy)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(account.lost, 0);
    let ended = account.orders.iter().filter(|order| order.state == Word::Known(OrderState::Filled)).count();
    assert_eq!(ended, placed, "each end is told once");
    account.stop().await;
}

#[tokio::test]
async fn margin_streams_by_a_token_tell_of_cross_and_isolated_orders() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Margin);
    let mut cross = Account::open(&stage, Product::Margin).await;
    let buy = |id, account| {
        OrderRequest::Margin(on_margin(account, SideEffect::None, spot(id, Side::Buy, dec!(0.01), SpotKind::Market)))
    };
    is_heard(&stage, &client, &mut cross, &buy("cross", MarginMode::Cross)).await;
    let (_, balances) = cross_account(&client).await.unwrap();
    let usdt = balance(&balances, "USDT").free;
    cross
        .until("the coins have moved", |account| {
            account.balances.iter().rev().find(|told| told.asset == "USDT").is_some_and(|told| told.free == usdt)
        })
        .await;

    if isolated_account(&client, &["BTCUSDT"]).await.unwrap().is_empty() {
        isolated_pair(&client, "BTCUSDT", true).await.unwrap();
    }
    move_funds(&client, "MAIN_ISOLATED_MARGIN", "USDT", dec!(10000), None, Some("BTCUSDT")).await.unwrap();
    let row = user::way(Product::Margin, &stage.credentials.signer).unwrap();
    let host = stage.hosts(Product::Margin).api.unwrap();
    let mut isolated = Account::open_as(&stage, row, host, Some("BTCUSDT"), |dialect| dialect).await;
    is_heard(&stage, &client, &mut isolated, &buy("isolated", MarginMode::Isolated)).await;
    stage.assert_called(MARGIN_CALLS);
}

#[tokio::test]
async fn the_risk_stream_of_margin_opens_by_its_own_key() {
    let stage = Stage::new().await;
    let host = stage.hosts(Product::Margin).stream;
    let account = Account::open_as(&stage, &user::MARGIN_RISK, host, None, |dialect| dialect).await;
    keeps(&stage, &user::MARGIN_RISK).await;
    account.stop().await;
    stage.assert_called(RISK_CALLS);
}

/// A key is the same for whoever asks, is kept, and ends.
async fn keeps(stage: &Stage, row: &'static user::WayRow) {
    use metaexpert_connect::credential::{CredentialSource as _, Renewed};
    let mut source = user::AccountKey::new(stage.client(row.product), row, None).unwrap();
    let first = source.obtain().await.unwrap();
    let same = source.obtain().await.unwrap();
    assert_eq!(first.secret.expose(), same.secret.expose(), "the key that is there");
    assert!(matches!(source.renew(&first.secret).await.unwrap(), Renewed::Extended(_)));
}

async fn futures(futures: FuturesProduct, symbol: &str, coin: &str, amount: rust_decimal::Decimal) -> Stage {
    // Few markets, so that an hour of theirs does not take long.
    let stage = Stage::with(|builder| builder.symbols(["BTCUSDT", symbol])).await;
    let product = futures.product();
    let client = stage.client(product);
    let mut account = Account::open(&stage, product).await;
    let buy = |id| OrderRequest::Futures(futures, future(id, symbol, Side::Buy, NET, amount, FuturesKind::Market));
    is_heard(&stage, &client, &mut account, &buy("buy")).await;
    let held = account::positions(&client, product, PositionsOf::All).await.unwrap();
    let held = held.into_iter().find(|held| held.symbol == symbol).unwrap();
    let (_, balances, _) = futures_account(&client, product).await.unwrap();
    let total = balance(&balances, coin).total;
    account
        .until("the position stands", |account| account.positions.last().is_some_and(|told| told.quantity == held.quantity))
        .await;
    account
        .until("the wallet has paid", |account| account.balances.iter().any(|told| told.asset == coin && told.total == total))
        .await;
    let told = account.positions.iter().rev().find(|told| told.symbol == symbol).unwrap();
    assert_eq!(told.entry_price, held.entry_price);
    set_leverage(&client, product, symbol, 7).await.unwrap();
    account.until("leverage is set", |account| account.leverages.last().is_some_and(|told| told.leverage == Some(7))).await;

    let row = user::way(product, &stage.credentials.signer).unwrap();
    keeps(&stage, row).await;
    // Nobody keeps the key: after an hour the exchange says so, and the session goes on with another.
    for _ in 0..31 {
        stage.advance(Duration::from_mins(2));
        // Pings have to be answered meanwhile.
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
    account
        .until("it goes on with another key", |account| account.obtained() == 2 && account.epoch + account.rotations > 1)
        .await;
    client.sync_clock().await.unwrap();
    account.strange.clear();
    is_heard(&stage, &client, &mut account, &buy("after")).await;
    account.stop().await;
    client.call(row.stop.unwrap(), &metaexpert_connect::Params::new()).await.unwrap();
    stage
}

#[tokio::test]
async fn a_usdm_stream_tells_what_happens_and_outlives_its_key() {
    let stage = futures(FuturesProduct::UsdM, "BTCUSDT", "USDT", dec!(0.1)).await;
    stage.assert_called(USDM_CALLS);
}

#[tokio::test]
async fn a_coinm_stream_tells_what_happens_and_outlives_its_key() {
    let stage = futures(FuturesProduct::CoinM, "BTCUSD_PERP", "BTC", dec!(5)).await;
    stage.assert_called(COINM_CALLS);
}

#[tokio::test]
async fn an_options_stream_tells_what_happens() {
    let stage = Stage::new().await;
    let client = stage.client(Product::Options);
    let symbol = a_call(&client).await;
    let mut account = Account::open(&stage, Product::Options).await;
    let (_, ask) = stage.quote(Product::Options, &symbol).await;
    let buy = option("buy", &symbol, Side::Buy, dec!(0.1), ask, OptionTimeInForce::ImmediateOrCancel);
    is_heard(&stage, &client, &mut account, &OrderRequest::Option(buy)).await;
    account.until("the position stands", |account| account.positions.iter().any(|told| told.symbol == symbol)).await;
    assert_eq!(account.positions.iter().rev().find(|told| told.symbol == symbol).unwrap().quantity, dec!(0.1));
    let row = user::way(Product::Options, &stage.credentials.signer).unwrap();
    keeps(&stage, row).await;
    let mut source = user::AccountKey::new(client.clone(), row, None).unwrap();
    let held = metaexpert_connect::credential::CredentialSource::obtain(&mut source).await.unwrap();
    account.stop().await;
    client.call(row.stop.unwrap(), &user::endpoints::key_params(row.stop.unwrap(), &held.secret)).await.unwrap();
    stage.assert_called(OPTION_CALLS);
}
