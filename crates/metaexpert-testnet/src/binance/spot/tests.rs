//! Calls of spot and margin, as a client sends them, against a world whose price stands still at 50,000.

mod answers; // the fields that answers have
mod margin; // loans, isolated pairs, transfers
mod strict; // what is refused, with which code and text
mod table; // every call that clients make has a row
mod trading; // what orders do

use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method};
use metaexpert_core::{Currency, Money, Symbol, UnixNanos};
use ring::hmac;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::{
    binance::{Binance, BinanceSetup, ListingSetup, door::ApiKey, listings},
    market::{Markets, PriceSource, PriceSources, Script},
    order::AccountId,
    protocol::{KeySecret, Moment, Protocol, Reply, Request},
    wallet::Wallet,
    world::{NewAccount, Tariff, World, WorldSetup},
};

const KEY: &str = "key";
const SECRET: &str = "secret";

/// A world, the exchange in front of it, and a client with a key.
struct Floor {
    world: World,
    binance: Binance,
    now: UnixNanos,
    host: &'static str,
}

impl Floor {
    fn new() -> Self {
        Self::with_limits(1)
    }

    fn with_limits(limits: u32) -> Self {
        let start = UnixNanos::parse("2026-11-21T12:00:00Z").unwrap();
        let setup = ListingSetup { symbols: vec!["BTCUSDT".into(), "ETHUSDT".into()], bitcoin: Decimal::from(50_000) };
        let sources = PriceSources::default()
            .with(Symbol::new("BTCUSDT").unwrap(), PriceSource::Script(Script::still(Decimal::from(50_000))))
            .with_history(3_600_000_000_000);
        let markets = Markets::new(listings(&setup, start).unwrap(), &sources, start, 7).unwrap();
        let money = |amount, coin| Money::new(Decimal::from(amount), Currency::new(coin));
        let funding = vec![
            (Wallet::Spot, money(1_000_000, "USDT")),
            (Wallet::Spot, money(10, "BTC")),
            (Wallet::Cross, money(30_000, "USDT")),
        ];
        let accounts = vec![NewAccount { name: "trader".into(), funding, tariff: Tariff::standard("BNB") }];
        let mut world = World::new(WorldSetup { markets, start, accounts });
        let now = start.saturating_add_nanos(1_000_000_000);
        world.advance(now);
        let key = ApiKey { key: KEY.into(), account: AccountId(0), secret: KeySecret::Hmac(SECRET.into()) };
        let binance = Binance::new(BinanceSetup { keys: vec![key], limits }).unwrap();
        Self { world, binance, now, host: "api.binance.com" }
    }

    fn at(&self) -> Moment {
        Moment { clock: self.now, market: self.now }
    }

    /// Sends a call as it stands.
    fn send(&mut self, method: Method, path: &str, query: &str, body: &str, key: Option<&str>) -> Reply {
        let mut headers = HeaderMap::new();
        if let Some(key) = key {
            headers.insert("x-mbx-apikey", HeaderValue::from_str(key).unwrap());
        }
        let request = Request {
            host: self.host.into(),
            method,
            path: path.into(),
            query: query.into(),
            headers,
            body: Bytes::copy_from_slice(body.as_bytes()),
            peer: std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST),
        };
        let at = self.at();
        self.binance.call(&mut self.world, &request, at)
    }

    /// The same signed: in the body where there may be one, as ccxt does.
    fn signed(&mut self, method: Method, path: &str, params: &str) -> Reply {
        let joint = if params.is_empty() { "" } else { "&" };
        let text = format!("{params}{joint}timestamp={}&recvWindow=10000", self.now.as_nanos() / 1_000_000);
        let signature = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, SECRET.as_bytes()), text.as_bytes());
        let text = format!("{text}&signature={}", data_encoding::HEXLOWER.encode(signature.as_ref()));
        if matches!(method, Method::POST | Method::PUT) {
            self.send(method, path, "", &text, Some(KEY))
        } else {
            self.send(method, path, &text, "", Some(KEY))
        }
    }

    #[track_caller]
    fn get(&mut self, path: &str, params: &str) -> Value {
        done(&self.signed(Method::GET, path, params))
    }

    #[track_caller]
    fn post(&mut self, path: &str, params: &str) -> Value {
        done(&self.signed(Method::POST, path, params))
    }

    #[track_caller]
    fn put(&mut self, path: &str, params: &str) -> Value {
        done(&self.signed(Method::PUT, path, params))
    }

    #[track_caller]
    fn delete(&mut self, path: &str, params: &str) -> Value {
        done(&self.signed(Method::DELETE, path, params))
    }

    #[track_caller]
    fn open(&mut self, path: &str, query: &str) -> Value {
        done(&self.send(Method::GET, path, query, "", None))
    }

    /// What a signed call is refused with.
    #[track_caller]
    fn refused(&mut self, method: Method, path: &str, params: &str) -> (i64, String) {
        error(&self.signed(method, path, params))
    }
}

fn json(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

#[track_caller]
fn done(reply: &Reply) -> Value {
    assert_eq!(reply.status.as_u16(), 200, "{}", String::from_utf8_lossy(&reply.body));
    json(reply)
}

#[track_caller]
fn error(reply: &Reply) -> (i64, String) {
    assert_ne!(reply.status.as_u16(), 200, "{}", String::from_utf8_lossy(&reply.body));
    let body = json(reply);
    (body["code"].as_i64().unwrap(), body["msg"].as_str().unwrap().to_owned())
}

/// The names of an object's fields, in alphabetical order.
#[track_caller]
fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<_> = value.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

/// The same of a list of words.
fn sorted(words: &str) -> Vec<&str> {
    let mut words: Vec<_> = words.split_whitespace().collect();
    words.sort_unstable();
    words
}

/// A number that an answer has as a text.
#[track_caller]
fn number(value: &Value) -> Decimal {
    value.as_str().unwrap().parse().unwrap()
}
