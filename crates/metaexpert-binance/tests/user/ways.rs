//! Which way for which product and key.

use metaexpert_binance::{
    Product,
    user::{
        MARGIN_RISK, SessionCall, Way,
        endpoints::{KEEP_OPTIONS, KEEP_RISK, KEEP_USDM, STOP_COINM, STOP_OPTIONS, STOP_RISK, key_params, token_params},
        way,
    },
};
use metaexpert_connect::{Auth, Lost, Method, report::Credential, signing::Signer};
use serde_json::{Value, json};

use super::{
    api::{ED25519, HMAC, credentials},
    at,
};

#[test]
fn every_product_has_a_way_for_every_key() {
    for (secret, spot) in [(HMAC, Way::Signature), (ED25519, Way::Logon)] {
        let signer = Signer::from_secret(secret).unwrap();
        for (product, expected) in [
            (Product::Spot, spot),
            (Product::Margin, Way::ListenToken),
            (Product::UsdM, Way::KeyInQuery),
            (Product::CoinM, Way::KeyInPath("/ws/")),
            (Product::Options, Way::KeyInPath("/private/ws/")),
        ] {
            let row = way(product, &signer).unwrap_or_else(|| panic!("{product}"));
            assert_eq!((row.product, row.way), (product, expected));
            assert!(!row.way.topics().is_empty(), "{product}");
        }
    }
}

#[test]
fn what_is_good_for_a_time_can_be_got_again() {
    let signer = Signer::from_secret(HMAC).unwrap();
    for product in Product::ALL {
        let row = way(product, &signer).unwrap();
        assert_eq!(row.start.is_some(), row.lasts.is_some(), "{product}");
        for endpoint in [row.start, row.keep, row.stop].into_iter().flatten() {
            assert_eq!((endpoint.auth, endpoint.lost), (Auth::Key, Lost::Retry), "{}", endpoint.path);
        }
        let methods = [row.start, row.keep, row.stop].map(|endpoint| endpoint.map(|endpoint| endpoint.method));
        let expected = match product {
            Product::Spot => [None; 3],
            Product::Margin => [Some(Method::Post), None, None],
            Product::UsdM | Product::CoinM | Product::Options => [Some(Method::Post), Some(Method::Put), Some(Method::Delete)],
        };
        assert_eq!(methods, expected, "{product}");
    }
}

#[test]
fn a_token_is_for_the_cross_account_or_for_one_pair() {
    assert!(token_params(None).is_empty());
    let isolated = token_params(Some("SOLUSDT"));
    assert_eq!((isolated.get("isIsolated"), isolated.get("symbol")), (Some("true"), Some("SOLUSDT")));
}

#[test]
fn the_key_is_named_where_the_call_wants_it() {
    let key = Credential::new("ownkey".into());
    for (endpoint, named) in [
        (&KEEP_OPTIONS, true),
        (&STOP_OPTIONS, true),
        (&KEEP_RISK, true),
        (&STOP_RISK, false),
        (&KEEP_USDM, false),
        (&STOP_COINM, false),
    ] {
        assert_eq!(
            key_params(endpoint, &key).get("listenKey").is_some(),
            named,
            "{} {}",
            endpoint.method.as_str(),
            endpoint.path
        );
    }
}

#[test]
fn loans_and_margin_calls_have_a_stream_of_their_own() {
    let calls = [MARGIN_RISK.start, MARGIN_RISK.keep, MARGIN_RISK.stop].map(|call| call.map(|call| (call.method, call.path)));
    let path = "/sapi/v1/margin/listen-key";
    assert_eq!(calls, [Some((Method::Post, path)), Some((Method::Put, path)), Some((Method::Delete, path))]);
    assert_eq!(MARGIN_RISK.way, Way::KeyInPath("/ws/"));
}

#[test]
fn calls_about_the_connection_are_as_documented() {
    let (own, token) = (credentials("OwnKey", HMAC), Credential::new("own+/tok".into()));
    let signature = "3323aea576fdef5b34627b0ea2b9e37b7ae234f5f3e8589b0d93d882036eb0ac";
    let signed = json!({"apiKey": "OwnKey", "timestamp": 1_767_225_600_123_u64, "signature": signature});
    let key = json!({"apiKey": "OwnKey"});
    for (call, method, params) in [
        (SessionCall::Logon(&own), "session.logon", Some(signed.clone())),
        (SessionCall::Status, "session.status", None),
        (SessionCall::Logout, "session.logout", None),
        (SessionCall::Subscriptions, "session.subscriptions", None),
        (SessionCall::Subscribe, "userDataStream.subscribe", None),
        (SessionCall::SubscribeSigned(&own), "userDataStream.subscribe.signature", Some(signed)),
        (SessionCall::SubscribeToken(&token), "userDataStream.subscribe.listenToken", Some(json!({"listenToken": "own+/tok"}))),
        (SessionCall::Unsubscribe(Some(2)), "userDataStream.unsubscribe", Some(json!({"subscriptionId": 2}))),
        (SessionCall::Unsubscribe(None), "userDataStream.unsubscribe", None),
        (SessionCall::StartKey(&own), "userDataStream.start", Some(key.clone())),
        (SessionCall::KeepKey(&own), "userDataStream.ping", Some(key.clone())),
        (SessionCall::StopKey(&own), "userDataStream.stop", Some(key)),
    ] {
        let frame: Value = serde_json::from_str(&call.frame("7", at(1_767_225_600_123)).unwrap()).unwrap();
        let mut expected = json!({"id": "7", "method": method});
        if let Some(params) = params {
            expected["params"] = params;
        }
        assert_eq!(frame, expected);
    }
}
