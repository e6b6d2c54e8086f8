//! Calls over sockets, against a door and a world of their own.

use std::net::{IpAddr, Ipv4Addr};

use metaexpert_core::UnixNanos;
use ring::{
    hmac,
    signature::{Ed25519KeyPair, KeyPair as _},
};

use super::*;
use crate::{
    binance::{
        ListingSetup,
        door::{ApiKey, Params},
        listings,
        streams::listen_token,
    },
    market::{Markets, PriceSources},
    protocol::{KeySecret, Message},
    world::{NewAccount, Tariff, WorldSetup},
};

const SOCKET: SocketId = SocketId(1);
const SPOT: &str = "/ws-api/v3";
const USDM: &str = "/ws-fapi/v1";

/// A door, a world, and somebody at a socket.
struct Room {
    calls: Calls,
    door: Door,
    streams: Streams,
    world: World,
    out: Outbox,
    now: UnixNanos,
}

fn pair() -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap()
}

/// The public half of an Ed25519 key in PEM (RFC 8410: the prefix, then the key).
fn pem(key: &[u8]) -> String {
    let prefix = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00];
    let body = data_encoding::BASE64.encode(&[&prefix[..], key].concat());
    format!("-----BEGIN PUBLIC KEY-----\n{body}\n-----END PUBLIC KEY-----\n")
}

impl Room {
    fn new(path: &str, query: &str) -> Self {
        let now = UnixNanos::parse("2026-11-20T00:00:00Z").unwrap();
        let setup = ListingSetup { symbols: vec!["BTCUSDT".into()], ..ListingSetup::default() };
        let markets =
            Markets::new(listings(&setup, now).unwrap(), &PriceSources::default().with_history(3_600_000_000_000), now, 7);
        let account = NewAccount { name: "trader".into(), funding: Vec::new(), tariff: Tariff::standard("BNB") };
        let world = World::new(WorldSetup { markets: markets.unwrap(), start: now, accounts: vec![account] });
        let keys = vec![
            ApiKey { key: "hmac".into(), account: AccountId(0), secret: KeySecret::Hmac("secret".into()) },
            ApiKey { key: "edd".into(), account: AccountId(0), secret: KeySecret::Ed25519(pem(pair().public_key().as_ref())) },
        ];
        let (calls, door) = (Calls::new(), Door::new(keys, 1).unwrap());
        let mut room = Self { calls, door, streams: Streams::new(), world, out: Outbox::default(), now };
        let (peer, at) = (IpAddr::V4(Ipv4Addr::LOCALHOST), room.at());
        room.calls.connect(SOCKET, "", path, query, peer, &mut room.door, at, &mut room.out).unwrap();
        room
    }

    fn at(&self) -> Moment {
        Moment { clock: self.now, market: self.now }
    }

    fn ask(&mut self, text: &str) -> Vec<String> {
        let at = self.at();
        self.calls.receive(SOCKET, text, &mut self.door, &mut self.streams, &mut self.world, at, &mut self.out);
        let text = |(_, message)| match message {
            Message::Text(_, text) => Some(text.as_str().to_owned()),
            Message::Ping(_) | Message::Close(..) => None,
        };
        self.out.take().into_iter().filter_map(text).collect()
    }

    /// Parameters, sorted, with time, key and signature.
    fn signed(&self, method: &str, key: &str, params: &[(&str, &str)]) -> String {
        let time = (self.now.as_nanos() / 1_000_000).to_string();
        let mut all = vec![("apiKey", key), ("timestamp", time.as_str())];
        all.extend(params);
        all.sort_unstable();
        let payload = all.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
        let signature = if key == "edd" {
            data_encoding::BASE64.encode(pair().sign(payload.as_bytes()).as_ref())
        } else {
            data_encoding::HEXLOWER.encode(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"secret"), payload.as_bytes()).as_ref())
        };
        let params: Vec<String> = all.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect();
        format!(r#"{{"id":1,"method":"{method}","params":{{{},"signature":"{signature}"}}}}"#, params.join(","))
    }
}

#[test]
fn a_call_is_answered_with_its_name_its_status_and_what_was_used_of_limits() {
    let mut room = Room::new(SPOT, "");
    let [answer] = room.ask(r#"{"id":"a-1","method":"ping"}"#).try_into().unwrap();
    assert!(answer.starts_with(r#"{"id":"a-1","status":200,"result":{},"rateLimits":[{"rateLimitType":"REQUEST_WEIGHT","interval":"MINUTE","intervalNum":1,"limit":6000,"count":3}"#), "{answer}");
    assert_eq!(
        room.ask(r#"{"id":null,"method":"v3/ping","params":{"returnRateLimits":false}}"#),
        [r#"{"id":null,"status":200,"result":{}}"#]
    );
    let mut quiet = Room::new(SPOT, "returnRateLimits=false");
    assert_eq!(quiet.ask(r#"{"id":1,"method":"ping"}"#), [r#"{"id":1,"status":200,"result":{}}"#]);
}

#[test]
fn what_cannot_be_done_is_answered_with_an_error() {
    let mut room = Room::new(SPOT, "returnRateLimits=false");
    assert_eq!(room.ask("nonsense"), [r#"{"id":null,"status":400,"error":{"code":-1135,"msg":"Invalid JSON Request"}}"#]);
    let unknown = r#"{"id":1,"status":400,"error":{"code":-1000,"msg":"unknown method `order.fly`"}}"#;
    assert_eq!(room.ask(r#"{"id":1,"method":"order.fly"}"#), [unknown]);
    for removed in ["userDataStream.start", "userDataStream.ping", "userDataStream.stop"] {
        let [answer] = room.ask(&format!(r#"{{"id":1,"method":"{removed}"}}"#)).try_into().unwrap();
        assert!(answer.contains(r#""code":-1000"#), "{answer}");
    }
    let [answer] = room.ask(r#"{"id":1,"method":"account.status","params":{"apiKey":"hmac"}}"#).try_into().unwrap();
    assert!(answer.contains(r#""status":400,"error":{"code":-1102"#), "{answer}");
}

#[test]
fn who_is_refused_for_too_much_weight_is_told_when_to_come_again() {
    let mut room = Room::new(SPOT, "returnRateLimits=false");
    // It weighs 25 of the minute's 6,000.
    let asked = r#"{"id":1,"method":"depth","params":{"symbol":"BTCUSDT","limit":500}}"#;
    let refused = (0..300).map(|_| room.ask(asked).remove(0)).find(|answer| answer.contains("-1003")).unwrap();
    let now = room.now.as_nanos() / 1_000_000;
    let end = format!(r#""data":{{"serverTime":{now},"retryAfter":{}}}}}}}"#, now + 60_000);
    assert!(refused.starts_with(r#"{"id":1,"status":429,"#) && refused.ends_with(&end), "{refused}");
}

#[test]
fn a_user_stream_needs_a_signature_or_a_login_with_ed25519() {
    let mut room = Room::new(SPOT, "returnRateLimits=false");
    let subscribed = |id: u16| format!(r#"{{"id":1,"status":200,"result":{{"subscriptionId":{id}}}}}"#);
    let request = room.signed("userDataStream.subscribe.signature", "hmac", &[("recvWindow", "10000")]);
    assert_eq!(room.ask(&request), [subscribed(0)]);
    assert_eq!(
        room.ask(&request),
        [r#"{"id":1,"status":400,"error":{"code":-2035,"msg":"User Data Stream subscription already active."}}"#]
    );
    let wrong = request.replace("10000", "10001");
    assert_eq!(
        room.ask(&wrong),
        [r#"{"id":1,"status":400,"error":{"code":-1022,"msg":"Signature for this request is not valid."}}"#]
    );
    assert_eq!(
        room.ask(r#"{"id":2,"method":"session.subscriptions"}"#),
        [r#"{"id":2,"status":200,"result":[{"subscriptionId":0}]}"#]
    );
    let [over, done] =
        room.ask(r#"{"id":2,"method":"userDataStream.unsubscribe","params":{"subscriptionId":0}}"#).try_into().unwrap();
    assert_eq!((over.contains("eventStreamTerminated"), done.as_str()), (true, r#"{"id":2,"status":200,"result":{}}"#));
    let request = room.signed("session.logon", "hmac", &[]);
    assert!(room.ask(&request)[0].contains(r#""status":400"#), "only Ed25519 keys log in");
    assert!(room.ask(r#"{"id":1,"method":"userDataStream.subscribe"}"#)[0].contains(r#""code":-1002"#));
    let request = room.signed("session.logon", "edd", &[]);
    let time = 1_795_132_800_000_i64;
    let status = format!(
        r#"{{"id":1,"status":200,"result":{{"apiKey":"edd","authorizedSince":{time},"connectedSince":{time},"returnRateLimits":false,"serverTime":{time},"userDataStream":false}}}}"#
    );
    assert_eq!(room.ask(&request), std::slice::from_ref(&status));
    assert_eq!(room.ask(r#"{"id":1,"method":"userDataStream.subscribe"}"#), [subscribed(1)]);
    assert_eq!(
        room.ask(r#"{"id":1,"method":"session.status"}"#),
        [status.replace("\"userDataStream\":false", "\"userDataStream\":true")]
    );
    let [over, out] = room.ask(r#"{"id":1,"method":"session.logout"}"#).try_into().unwrap();
    assert!(over.contains("eventStreamTerminated") && out.contains(r#""apiKey":null,"authorizedSince":null"#), "{over} {out}");
}

#[test]
fn a_token_opens_a_user_stream_until_its_time_is_over() {
    let mut room = Room::new(SPOT, "returnRateLimits=false");
    let wrong = r#"{"id":1,"method":"userDataStream.subscribe.listenToken","params":{"listenToken":"nobody's"}}"#;
    assert!(room.ask(wrong)[0].contains(r#""code":-1209"#));
    let at = room.at();
    let params = Params::of(vec![("validity".into(), "60000".into())]);
    let (world, streams, door) = (&mut room.world, &mut room.streams, &room.door);
    let mut call =
        Call { world, streams, door, product: Product::Margin, params: &params, account: AccountId(0), key: "hmac", at };
    let made: serde_json::Value = serde_json::from_str(&listen_token(&mut call).unwrap().0).unwrap();
    let until = 1_795_132_860_000_i64;
    assert_eq!(made["expirationTime"], until);
    let token = made["token"].as_str().unwrap();
    let request = format!(r#"{{"id":1,"method":"userDataStream.subscribe.listenToken","params":{{"listenToken":"{token}"}}}}"#);
    let answer = format!(r#"{{"id":1,"status":200,"result":{{"subscriptionId":0,"expirationTime":{until}}}}}"#);
    assert_eq!(room.ask(&request), [answer]);
    room.now = UnixNanos::from_millis(until).unwrap();
    assert!(room.ask(&request)[0].contains(r#""code":-1209"#), "its time is over");
}

#[test]
fn futures_have_listen_keys_over_sockets_too() {
    let mut room = Room::new(USDM, "returnRateLimits=false");
    let [started] = room.ask(r#"{"id":1,"method":"userDataStream.start","params":{"apiKey":"hmac"}}"#).try_into().unwrap();
    assert!(started.starts_with(r#"{"id":1,"status":200,"result":{"listenKey":""#), "{started}");
    assert_eq!(room.ask(r#"{"id":1,"method":"userDataStream.ping","params":{"apiKey":"hmac"}}"#), [started]);
    let stopped = r#"{"id":1,"status":200,"result":{}}"#;
    assert_eq!(room.ask(r#"{"id":1,"method":"userDataStream.stop","params":{"apiKey":"hmac"}}"#), [stopped]);
    let [gone] = room.ask(r#"{"id":1,"method":"userDataStream.ping","params":{"apiKey":"hmac"}}"#).try_into().unwrap();
    assert!(gone.contains(r#""code":-1125"#), "{gone}");
}

#[test]
fn no_socket_is_taken_at_another_path() {
    let mut room = Room::new(SPOT, "");
    let at = room.at();
    let peer = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let refused = room.calls.connect(SocketId(2), "", "/ws-api/v9", "", peer, &mut room.door, at, &mut room.out);
    assert_eq!(refused.unwrap_err().status, StatusCode::NOT_FOUND);
}
