//! Replies of the WebSocket API as reports, and the replies of the calls for listen keys and tokens.

use metaexpert_binance::{
    Product::{self, CoinM, Margin, Options, Spot, UsdM},
    decode::{Kind, decode},
};
use metaexpert_connect::{
    Meaning, Method, Report,
    report::{Refused, Service},
};

use super::{at, read, text};

fn acknowledged(id: &str) -> Report<'static> {
    Report::Service(Service::Acknowledged { id: text(id) })
}

fn limit(kind: &str, seconds: u64, limit: u64, used: Option<u64>) -> Report<'static> {
    Report::Service(Service::RateLimit { kind: kind.into(), seconds, limit, used })
}

#[test]
fn a_login_tells_the_exchange_s_time() {
    let time = Report::Service(Service::Time { time: at(1_767_280_000_101) });
    assert_eq!(read(Spot, "api/logon"), [acknowledged("login"), time]);
}

#[test]
fn a_subscription_is_acknowledged_with_what_is_spent() {
    let expected = [
        acknowledged("topics-4"),
        limit("REQUEST_WEIGHT", 60, 6_000, Some(9)),
        limit("ORDERS", 10, 50, Some(1)),
        limit("ORDERS", 86_400, 160_000, None),
    ];
    assert_eq!(read(Spot, "api/subscribed"), expected);
    assert_eq!(read(Margin, "api/token_subscribed"), [acknowledged("login")]);
    assert_eq!(read(UsdM, "api/stream_subscribed"), [acknowledged("5")]);
}

#[test]
fn a_refusal_keeps_the_number_the_code_and_the_words() {
    let [Report::Service(Service::Refused(refused))] = &read(Spot, "api/refused")[..] else { panic!() };
    assert_eq!((refused.id.as_deref(), refused.code), (Some("17"), -1209));
    assert_eq!(refused.message, "The \"listenToken\" is invalid.");
    let [Report::Service(Service::Refused(refused))] = &read(UsdM, "api/stream_refused")[..] else { panic!() };
    assert_eq!((refused.id.as_deref(), refused.code), (Some("6"), 2));
    let [Report::Service(Service::Refused(Refused { id: None, code: -2015, message, meaning }))] = &read(Spot, "api/revoked")[..]
    else {
        panic!()
    };
    assert_eq!(message, "Invalid API-key, IP, or permissions for action.");
    assert_eq!(*meaning, metaexpert_binance::errors::meaning(Spot, -2015));
    let _: Meaning = *meaning;
}

#[test]
fn a_listen_key_is_a_credential_that_is_never_shown() {
    let reports = read(UsdM, "api/listen_key");
    let [_, Report::Service(Service::Credential { credential, expires: None }), _] = &reports[..] else { panic!("{reports:?}") };
    assert!(credential.expose().ends_with("CD"));
    assert!(!format!("{reports:?}").contains("OWNfixture") && !serde_json::to_string(&reports).unwrap().contains("OWNfixture"));
}

fn rest(product: Product, method: Method, path: &str, body: &'static str) -> Report<'static> {
    let kind = Kind::Rest { method, path: path.to_owned() };
    let mut reports = decode(product, &kind, body.as_bytes()).unwrap();
    assert_eq!(reports.len(), 1);
    reports.remove(0)
}

#[test]
fn keys_and_tokens_are_read_from_the_replies_of_their_calls() {
    for (product, path, body, key, expires) in [
        (UsdM, "/fapi/v1/listenKey", r#"{"listenKey":"ownkey1"}"#, "ownkey1", None),
        (CoinM, "/dapi/v1/listenKey", r#"{"listenKey":"ownkey2"}"#, "ownkey2", None),
        (
            Options,
            "/eapi/v1/listenKey",
            r#"{"listenKey":"ownkey3","expiration":1767300000000}"#,
            "ownkey3",
            Some(1_767_300_000_000),
        ),
        (Margin, "/sapi/v1/margin/listen-key", r#"{"listenKey":"ownkey4"}"#, "ownkey4", None),
        (
            Margin,
            "/sapi/v1/userListenToken",
            r#"{"token":"own+/tok","expirationTime":1767300000001}"#,
            "own+/tok",
            Some(1_767_300_000_001),
        ),
    ] {
        let Report::Service(Service::Credential { credential, expires: told }) = rest(product, Method::Post, path, body) else {
            panic!("{path}")
        };
        assert_eq!((credential.expose(), told), (key, expires.map(at)), "{path}");
    }
}

#[test]
fn a_key_that_is_kept_or_stopped_is_done() {
    for (product, path) in [
        (UsdM, "/fapi/v1/listenKey"),
        (CoinM, "/dapi/v1/listenKey"),
        (Options, "/eapi/v1/listenKey"),
        (Margin, "/sapi/v1/margin/listen-key"),
    ] {
        for method in [Method::Put, Method::Delete] {
            assert_eq!(rest(product, method, path, "{}"), Report::Service(Service::Done), "{path}");
        }
    }
    let kept = rest(UsdM, Method::Put, "/fapi/v1/listenKey", r#"{"listenKey":"ownkey1"}"#);
    assert!(matches!(kept, Report::Service(Service::Credential { .. })));
}

#[test]
fn a_reply_without_the_key_is_malformed() {
    let kind = Kind::Rest { method: Method::Post, path: "/fapi/v1/listenKey".into() };
    for body in ["{}", r#"{"listenKey":""}"#, r#"{"listenKey":null}"#] {
        assert!(decode(UsdM, &kind, body.as_bytes()).is_err(), "{body}");
    }
}
