//! What connections of account events send, and what they make of frames.

use bytes::Bytes;
use metaexpert_binance::user::{UserStream, Way};
use metaexpert_connect::ws::{Class, Mark, StreamDialect};
use serde_json::Value;

use super::{
    api::{ED25519, HMAC, credentials},
    at, fixture,
};

fn stream(way: Way, secret: Option<&str>) -> UserStream {
    let credentials = secret.map(|secret| credentials("OwnKey", secret));
    UserStream::new(way, "wss://host".into(), credentials, || at(1_767_225_600_123))
}

fn classify(frame: &[u8]) -> Class {
    stream(Way::Logon, None).classify(&Bytes::copy_from_slice(frame))
}

#[test]
fn addresses_are_those_of_2026() {
    let events = ["ORDER_TRADE_UPDATE".to_owned(), "ACCOUNT_UPDATE".to_owned()];
    let some = stream(Way::KeyInQuery, None).address(&events, Some("KEY"));
    assert_eq!(some, "wss://host/private/ws?listenKey=KEY&events=ORDER_TRADE_UPDATE/ACCOUNT_UPDATE");
    for (way, address) in [
        (Way::KeyInQuery, "wss://host/private/ws?listenKey=KEY"),
        (Way::KeyInPath("/ws/"), "wss://host/ws/KEY"),
        (Way::KeyInPath("/private/ws/"), "wss://host/private/ws/KEY"),
        (Way::Logon, "wss://host"),
        (Way::Signature, "wss://host"),
        (Way::ListenToken, "wss://host"),
    ] {
        assert_eq!(stream(way, None).address(&way.topics(), Some("KEY")), address);
    }
}

#[test]
fn an_ed25519_key_logs_on_and_subscribes_without_a_signature() {
    let mut stream = stream(Way::Logon, Some(ED25519));
    let login: Value = serde_json::from_str(&stream.login_with(None).unwrap()).unwrap();
    assert_eq!((&login["id"], &login["method"]), (&Value::from("login"), &Value::from("session.logon")));
    assert_eq!(login["params"]["signature"].as_str().map(str::len), Some(88));
    assert!(!stream.address_subscribes());
    assert_eq!(stream.subscribe(4, &["account".into()]), r#"{"id":"topics-4","method":"userDataStream.subscribe"}"#);
    assert_eq!(stream.unsubscribe(5, &["account".into()]), r#"{"id":"topics-5","method":"userDataStream.unsubscribe"}"#);
}

#[test]
fn other_keys_sign_the_subscription() {
    let mut stream = stream(Way::Signature, Some(HMAC));
    assert_eq!(stream.login_with(None), None);
    let subscription: Value = serde_json::from_str(&stream.subscribe(4, &["account".into()])).unwrap();
    assert_eq!(subscription["method"], "userDataStream.subscribe.signature");
    assert_eq!(subscription["params"]["signature"], "3323aea576fdef5b34627b0ea2b9e37b7ae234f5f3e8589b0d93d882036eb0ac");
    assert_eq!(subscription["params"].as_object().unwrap().len(), 3);
}

#[test]
fn a_token_logs_in_and_subscribes_at_once() {
    let mut stream = stream(Way::ListenToken, None);
    let login = stream.login_with(Some("own+/tok=")).unwrap();
    let expected = r#"{"id":"login","method":"userDataStream.subscribe.listenToken","params":{"listenToken":"own+/tok="}}"#;
    assert_eq!(login, expected);
    assert!(stream.address_subscribes());
    assert_eq!(classify(fixture("api/token_subscribed")), Class::LoggedIn);
}

#[test]
fn a_connection_for_requests_logs_on_only_with_a_key_that_can() {
    let connection = |secret| UserStream::api("wss://host".into(), credentials("OwnKey", secret), || at(1_767_225_600_123));
    assert!(connection(ED25519).login_with(None).is_some_and(|login| login.contains("session.logon")));
    assert_eq!(connection(HMAC).login_with(None), None);
}

#[test]
fn without_what_it_needs_a_connection_asks_plainly_and_is_told_why() {
    assert_eq!(stream(Way::ListenToken, None).login_with(None), None);
    assert_eq!(stream(Way::Logon, None).login_with(None), None);
    let subscription = stream(Way::Signature, None).subscribe(1, &["account".into()]);
    assert_eq!(subscription, r#"{"id":"topics-1","method":"userDataStream.subscribe"}"#);
}

#[test]
fn streams_of_a_listen_key_are_asked_as_streams_are() {
    let stream = stream(Way::KeyInPath("/ws/"), None);
    assert!(stream.address_subscribes());
    assert_eq!(stream.subscribe(3, &["a".into(), "b".into()]), r#"{"method":"SUBSCRIBE","params":["a","b"],"id":3}"#);
    assert_eq!(stream.unsubscribe(4, &["a".into()]), r#"{"method":"UNSUBSCRIBE","params":["a"],"id":4}"#);
}

#[test]
fn replies_are_told_apart_by_their_numbers() {
    for (name, class) in [
        ("api/logon", Class::LoggedIn),
        ("api/subscribed", Class::Acknowledged(4)),
        ("api/stream_subscribed", Class::Acknowledged(5)),
        ("api/stream_refused", Class::Refused { id: 6, why: "2: Invalid request: unknown variant".into() }),
        ("api/refused", Class::Reply("17".into())),
        ("api/banned", Class::Reply("mx000000700000010000028".into())),
        ("api/listen_key", Class::Reply("k-1".into())),
        ("api/revoked", Class::LoginRefused("-2015: Invalid API-key, IP, or permissions for action.".into())),
    ] {
        assert_eq!(classify(fixture(name)), class, "{name}");
    }
    let refused = br#"{"id":"login","status":401,"error":{"code":-1022,"msg":"no"}}"#;
    assert_eq!(classify(refused), Class::LoginRefused("-1022: no".into()));
}

#[test]
fn a_refused_subscription_of_an_account_is_tried_again_and_never_given_up() {
    for (status, code) in [(400, -1021), (429, -1003), (500, -1001), (503, -1008), (401, -2015)] {
        let refused = format!(r#"{{"id":"topics-9","status":{status},"error":{{"code":{code},"msg":"no"}}}}"#);
        assert_eq!(classify(refused.as_bytes()), Class::LoginRefused(format!("{code}: no")));
    }
    // A request that the API could not read may be anybody's: no connection ends for it.
    assert_eq!(classify(br#"{"id":null,"status":400,"error":{"code":-1000,"msg":"no"}}"#), Class::Other);
}

#[test]
fn the_end_of_a_key_a_stream_or_a_server_is_told_to_the_session() {
    assert_eq!(classify(fixture("spot/shutdown")), Class::ClosesSoon);
    assert_eq!(classify(fixture("usdm/listen_key_expired")), Class::CredentialExpired);
    let terminated = Bytes::from_static(fixture("spot/terminated"));
    for (way, class) in [
        (Way::ListenToken, Class::CredentialExpired),
        // There is no credential to be renewed.
        (Way::Logon, Class::Ended),
        (Way::Signature, Class::Ended),
    ] {
        assert_eq!(stream(way, None).classify(&terminated), class, "{way:?}");
    }
}

#[test]
fn what_is_neither_event_nor_reply_is_handed_on() {
    for frame in [&b"{}"[..], b"[1,2]", b"pong", b"", b"{\"e\":7}", b"\xff\xfe"] {
        assert_eq!(classify(frame), Class::Other);
    }
}

#[track_caller]
fn mark(frame: &[u8]) -> Mark {
    match classify(frame) {
        Class::Data(mark) => mark,
        other => panic!("{other:?}"),
    }
}

fn changed(name: &str, from: &str, to: &str) -> Vec<u8> {
    let text = std::str::from_utf8(fixture(name)).unwrap();
    assert!(text.contains(from), "{name} has no {from}");
    text.replacen(from, to, 1).into_bytes()
}

#[test]
fn an_event_is_the_same_on_two_connections_whatever_the_time_of_its_message() {
    for (name, from, to) in [
        ("spot/execution_trade", r#""E":1767225603120"#, r#""E":1767225603124"#),
        ("spot/execution_trade", r#""subscriptionId":3"#, r#""subscriptionId":0"#),
        ("spot/account_position", r#""E":1767226500002"#, r#""E":1767226500009"#),
        ("usdm/order_trade", r#""E":1767240010008"#, r#""E":1767240010055"#),
        ("usdm/account_funding", r#""E":1767254400050"#, r#""E":1767254400051"#),
    ] {
        assert_eq!(mark(fixture(name)), mark(&changed(name, from, to)), "{name}");
    }
}

#[test]
fn two_events_that_say_something_else_are_two() {
    for (name, from, to) in [
        ("spot/execution_trade", r#""t":30450077"#, r#""t":30450078"#),
        ("spot/balance_update", r#""d":"-250.5"#, r#""d":"-250.6"#),
        ("usdm/order_trade", r#""T":1767240010006"#, r#""T":1767240010007"#),
        // Without the time of a cause, the time of the message is what tells two alike apart.
        ("margin/liability", r#""E":1767230000000"#, r#""E":1767230000001"#),
        ("usdm/margin_call", r#""E":1767254800050"#, r#""E":1767254800051"#),
    ] {
        assert_ne!(mark(fixture(name)).place, mark(&changed(name, from, to)).place, "{name}");
    }
    assert_ne!(mark(fixture("usdm/order_trade")).stream, mark(fixture("usdm/trade_lite")).stream);
}

#[test]
fn no_account_event_may_be_dropped() {
    for name in ["spot/execution_new", "usdm/account_update", "options/greeks", "coinm/order_trade", "usdm/grid"] {
        let mark = mark(fixture(name));
        assert!(!mark.supersedes && !mark.grows, "{name}");
    }
}
