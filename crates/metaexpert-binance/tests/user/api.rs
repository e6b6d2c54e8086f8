//! Requests of the WebSocket API and their signatures.

use std::{sync::Arc, time::Duration};

use metaexpert_binance::user::api::{self, Reply};
use metaexpert_connect::{
    Params,
    signing::{Credentials, Signer},
};
use serde_json::{Value, json};

use super::{at, captures, fixture};

/// A key that was made for these tests and opens nothing.
pub(super) const ED25519: &str = "-----BEGIN PRIVATE KEY-----\n\
    MC4CAQAwBQYDK2VwBCIEINyVf+I4fEf0vCbRvAMBleaMwT0qETe+skXzXBfzOiYW\n\
    -----END PRIVATE KEY-----\n";

pub(super) const HMAC: &str = "own-secret-of-the-fixture";

pub(super) fn credentials(key: &str, secret: &str) -> Credentials {
    Credentials { key: key.into(), signer: Arc::new(Signer::from_secret(secret).unwrap()), passphrase: None }
}

#[test]
fn parameters_are_signed_in_order_of_their_names_and_as_they_are() {
    let params = Params::new()
        .with("symbol", "币USDT")
        .with("price", "131.40")
        .with("newClientOrderId", "0042")
        .with("orderId", 771_200_345);
    let signed =
        api::signed_params(&credentials("OwnKey", HMAC), &params, at(1_767_225_600_123), Duration::from_secs(5)).unwrap();
    // The signature is of Python's `hmac`, over the text of the documentation's rule.
    assert_eq!(
        signed,
        concat!(
            r#"{"apiKey":"OwnKey","newClientOrderId":"0042","orderId":771200345,"price":"131.40","recvWindow":5000,"#,
            r#""symbol":"币USDT","timestamp":1767225600123,"#,
            r#""signature":"08766b15c846abcd9741ca95273c72f121578e8ca52c50729940a8fbcbd56d34"}"#
        )
    );
}

#[test]
fn a_login_is_signed_by_key_and_time_alone() {
    for (secret, signature) in [
        (HMAC, "3323aea576fdef5b34627b0ea2b9e37b7ae234f5f3e8589b0d93d882036eb0ac"),
        // Of `openssl pkeyutl`, in base 64 and not percent-encoded.
        (ED25519, "qjy4JCXiwpUuHAmRamNlcFPsLUBDcmt7oxWCaI9IP8YVvXK83azFkBJjbpzsKSjy88ImBlwW8aoMm29xjkjeAg=="),
    ] {
        let params = api::logon_params(&credentials("OwnKey", secret), at(1_767_225_600_123)).unwrap();
        let params: Value = serde_json::from_str(&params).unwrap();
        assert_eq!(params, json!({"apiKey": "OwnKey", "timestamp": 1_767_225_600_123_u64, "signature": signature}));
    }
}

#[test]
fn a_session_that_has_logged_on_sends_neither_key_nor_signature() {
    let params = Params::new().with("symbol", "BTCUSDT").with("limit", 5);
    let sent = api::session_params(&params, at(1_767_225_600_123), Duration::from_millis(2_500));
    assert_eq!(sent, r#"{"limit":5,"recvWindow":2500,"symbol":"BTCUSDT","timestamp":1767225600123}"#);
}

#[test]
fn only_what_is_documented_as_a_number_is_sent_as_one() {
    let params = Params::new()
        .with("quantity", "12")
        .with("clientAlgoId", "17")
        .with("reduceOnly", true)
        .with("returnRateLimits", false)
        .with("pendingAboveTrailingDelta", 150)
        .with("workingStrategyId", 4)
        .with("orderId", "007")
        .with("note", "a \"quoted\" one");
    let sent = api::plain_params(&params);
    let expected = concat!(
        r#"{"quantity":"12","clientAlgoId":"17","reduceOnly":"true","returnRateLimits":false,"pendingAboveTrailingDelta":150,"#,
        r#""workingStrategyId":4,"orderId":"007","note":"a \"quoted\" one"}"#
    );
    assert_eq!(sent, expected);
}

#[test]
fn a_request_is_one_line_of_json() {
    assert_eq!(api::request("a\"1", "session.logout", None), r#"{"id":"a\"1","method":"session.logout"}"#);
    let with = api::request("7", "order.place", Some(r#"{"symbol":"BTCUSDT"}"#));
    assert_eq!(with, r#"{"id":"7","method":"order.place","params":{"symbol":"BTCUSDT"}}"#);
}

#[test]
fn a_reply_gives_its_result_as_it_was_sent() {
    let reply = Reply::read(br#"{"id":42,"status":200,"result":{ "orderId": 8389765739703625592 }}"#).unwrap();
    assert_eq!((reply.id.as_deref(), reply.is_good()), (Some("42"), true));
    assert_eq!(reply.result.unwrap().get(), r#"{ "orderId": 8389765739703625592 }"#);
    assert!(reply.refused(metaexpert_binance::Product::Spot).is_none() && reply.limits().next().is_none());
}

#[test]
fn a_ban_says_when_it_ends() {
    let reply = Reply::read(fixture("api/banned")).unwrap();
    assert_eq!((reply.status, reply.is_good(), reply.retry_after()), (418, false, Some(at(1_767_280_160_000))));
    let refused = reply.refused(metaexpert_binance::Product::Spot).unwrap();
    assert_eq!((refused.id.as_deref(), refused.code), (Some("mx000000700000010000028"), -1003));
}

#[test]
fn a_bad_status_without_a_reason_is_a_refusal_too() {
    let reply = Reply::read(br#"{"id":"a","status":503}"#).unwrap();
    assert_eq!(reply.refused(metaexpert_binance::Product::UsdM).unwrap().code, 503);
}

#[test]
fn what_has_neither_number_nor_status_is_no_reply() {
    for frame in [&b"{}"[..], b"[]", b"{\"result\":{}}", b"", b"null", b"{\"id\":null}"] {
        assert!(Reply::read(frame).is_err(), "{}", String::from_utf8_lossy(frame));
    }
}

#[test]
fn published_signatures_of_the_websocket_api_come_out_the_same() {
    let Some(vectors) = captures::json("signing-vectors.json") else { return };
    let vectors = vectors["vectors"].as_array().unwrap().clone();
    let mut checked = 0;
    for vector in vectors.iter().filter(|vector| {
        vector["product"].as_str().is_some_and(|product| product.starts_with("spot-ws-api"))
            && vector["locally_recomputed_ok"] == Value::Bool(true)
    }) {
        let payload = vector["payload"].as_str().unwrap();
        let mut params = Params::new();
        let (mut key, mut time, mut window) = (String::new(), 0, None);
        for pair in payload.split('&') {
            let (name, value) = pair.split_once('=').unwrap();
            match name {
                "apiKey" => key = value.to_owned(),
                "timestamp" => time = value.parse().unwrap(),
                "recvWindow" => window = Some(Duration::from_millis(value.parse().unwrap())),
                name => params = params.with(Box::leak(name.to_owned().into_boxed_str()), value),
            }
        }
        let secret = vector["secret"].as_str().or_else(|| vector["private_key_pkcs8_pem"].as_str()).unwrap();
        let credentials = credentials(&key, secret);
        let signed = match window {
            Some(window) => api::signed_params(&credentials, &params, at(time), window),
            None => api::logon_params(&credentials, at(time)),
        };
        let signed: Value = serde_json::from_str(&signed.unwrap()).unwrap();
        assert_eq!(signed["signature"], vector["signature"], "{payload}");
        checked += 1;
    }
    eprintln!("{checked} published signatures of the WebSocket API come out the same");
    assert!(checked >= 3);
}
