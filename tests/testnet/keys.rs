//! Keys of each kind: HMAC, RSA, Ed25519, by REST on every product and over the WebSocket API.
//!
//! The key pairs in `keys/` were made for these tests and open nothing.

use metaexpert_binance::{
    Environment, Product,
    account::{cross_account, futures_account, options_account, spot_account},
    orders::{self, FuturesKind, FuturesProduct, OrderRequest, SpotKind},
};
use metaexpert_connect::{Failure, Meaning, signing::Signer};
use metaexpert_core::Side;
use metaexpert_testnet::{
    protocol::KeySecret,
    setup::{AccountSpec, KeySpec},
};
use rust_decimal::dec;

use crate::{
    draft::{NET, future, spot},
    heard::Account,
    socket_orders::socket,
    stage::{Stage, credentials, now, order},
    user_streams::is_heard,
};

const ED25519: [&str; 2] = [include_str!("keys/ed25519.pem"), include_str!("keys/ed25519.pub.pem")];
const RSA: [&str; 2] = [include_str!("keys/rsa.pem"), include_str!("keys/rsa.pub.pem")];

async fn stage_with(secret: KeySecret, private: &str) -> Stage {
    let key = "k".repeat(64);
    let given = KeySpec { key: Some(key.clone()), secret };
    let mut stage = Stage::with(|builder| builder.account(AccountSpec { keys: vec![given], ..AccountSpec::rich("alice") })).await;
    stage.credentials = credentials(&key, private);
    stage
}

async fn opens_every_account(stage: &Stage) {
    spot_account(&stage.client(Product::Spot)).await.unwrap();
    cross_account(&stage.client(Product::Margin)).await.unwrap();
    futures_account(&stage.client(Product::UsdM), Product::UsdM).await.unwrap();
    futures_account(&stage.client(Product::CoinM), Product::CoinM).await.unwrap();
    options_account(&stage.client(Product::Options)).await.unwrap();
}

/// An order by REST, told of on the user stream, and one over the WebSocket API.
async fn trades_by_rest_and_socket(stage: &Stage) {
    let client = stage.client(Product::Spot);
    let mut account = Account::open(stage, Product::Spot).await;
    is_heard(stage, &client, &mut account, &OrderRequest::Spot(spot("rest", Side::Buy, dec!(0.1), SpotKind::Market))).await;
    account.stop().await;
    let (via, session) = socket(stage, Product::Spot).await;
    let request = OrderRequest::Spot(spot("socket", Side::Buy, dec!(0.1), SpotKind::Market));
    assert_eq!(order(&orders::place(&via, &request, now()).await.unwrap()).filled, Some(dec!(0.1)));
    session.stop().await;
}

#[tokio::test]
async fn an_ed25519_key_opens_every_account_and_logs_on_to_the_socket() {
    let stage = stage_with(KeySecret::Ed25519(ED25519[1].into()), ED25519[0]).await;
    assert!(matches!(*stage.credentials.signer, Signer::Ed25519(_)));
    opens_every_account(&stage).await;
    trades_by_rest_and_socket(&stage).await;
    let (via, session) = socket(&stage, Product::UsdM).await;
    let buy = future("usdm", "BTCUSDT", Side::Buy, NET, dec!(0.1), FuturesKind::Market);
    let bought = orders::place(&via, &OrderRequest::Futures(FuturesProduct::UsdM, buy), now()).await.unwrap();
    assert_eq!(order(&bought).filled, Some(dec!(0.1)));
    session.stop().await;
    let logons = stage
        .testnet
        .handle()
        .with(|exchange| exchange.audit().frames().filter(|frame| frame.text.contains("session.logon")).count());
    assert_eq!(logons, 3);
}

#[tokio::test]
async fn an_rsa_key_opens_every_account_and_signs_each_request_over_the_socket() {
    let stage = stage_with(KeySecret::Rsa(RSA[1].into()), RSA[0]).await;
    assert!(matches!(*stage.credentials.signer, Signer::Rsa(_)));
    opens_every_account(&stage).await;
    trades_by_rest_and_socket(&stage).await;
}

#[tokio::test]
async fn a_wrong_secret_or_key_is_refused_for_what_it_is() {
    let stage = Stage::new().await;
    let environment = stage.environment();
    let wrong = credentials(&stage.credentials.key, "another");
    let unknown = credentials(&"x".repeat(64), "another");
    for product in [Product::Spot, Product::UsdM, Product::CoinM] {
        for (credentials, meaning) in [(&wrong, Meaning::BadSignature), (&unknown, Meaning::BadKey)] {
            let client = Stage::client_of(product, &environment, credentials.clone());
            let refused = match product {
                Product::Spot => spot_account(&client).await.err(),
                _ => futures_account(&client, product).await.err(),
            };
            let refused: Failure = refused.unwrap();
            assert_eq!(refused.meaning(), Some(meaning), "{product}: {refused}");
        }
    }
}

#[tokio::test]
async fn each_host_has_its_own_address_too() {
    let stage = Stage::new().await;
    for (product, host) in
        [(Product::Spot, "api.binance.com"), (Product::UsdM, "fapi.binance.com"), (Product::CoinM, "dapi.binance.com")]
    {
        let environment = Environment::Custom { rest: stage.testnet.host_url(host), stream: None };
        let client = Stage::client_of(product, &environment, stage.credentials.clone());
        match product {
            Product::Spot => drop(spot_account(&client).await.unwrap()),
            _ => drop(futures_account(&client, product).await.unwrap()),
        }
    }
}
