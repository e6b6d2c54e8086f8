//! The same requests at the same times are answered the same: two testnets of one seed, byte for byte, on every product.
//!
//! The one decision: nothing is said here of what is right, only that it is the same. Whatever is not fixed by seed, requests and time (an
//! order of hashing, a clock that somebody read) shows up as a difference somewhere in a long and random run.

#![expect(clippy::unwrap_used, reason = "a test may fail loudly")]

use std::{fmt::Write as _, time::Duration};

use bytes::Bytes;
use http::{HeaderMap, Method};
use metaexpert_testnet::{
    clock::Time,
    listing::Class,
    market::PriceSources,
    protocol::{Message, Request},
    server::{Exchange, Line},
    setup::AccountSpec,
    testnet::Testnet,
};
use proptest::prelude::*;
use ring::hmac;
use rust_decimal::Decimal;

const HOUR: i64 = 3_600_000_000_000;

/// One thing that is done, with what chance has to say of it.
#[derive(Debug, Clone)]
struct Deed {
    /// Milliseconds that pass before it.
    pause: u64,
    account: usize,
    what: usize,
    dice: [u8; 4],
}

fn any_deed() -> impl Strategy<Value = Deed> {
    let pause = prop_oneof![40 => 0..300_u64, 6 => 300..2_000_u64, 1 => Just(5_000_u64)];
    (pause, 0..2_usize, 0..24_usize, any::<[u8; 4]>()).prop_map(|(pause, account, what, dice)| Deed {
        pause,
        account,
        what,
        dice,
    })
}

/// A testnet with its sockets, and everything that it has said.
struct Told {
    exchange: Exchange,
    lines: Vec<Line>,
    said: String,
}

impl Told {
    fn new(seed: u64) -> Self {
        let builder = Testnet::builder().time(Time::Manual).seed(seed).limits(1_000);
        let builder = builder.prices(PriceSources::default().with_history(HOUR));
        let exchange = builder.account(AccountSpec::rich("alice")).account(AccountSpec::rich("bob")).exchange().unwrap();
        let mut told = Self { exchange, lines: Vec::new(), said: String::new() };
        for (host, path) in [
            ("stream.binance.com", "/stream?streams=btcusdt@trade/btcusdt@depth@100ms/ethusdt@bookTicker/btcusdt@kline_1m"),
            ("stream.binance.com", "/stream?streams=!miniTicker@arr/btcusdt@aggTrade/btcusdt@depth5/btcusdt@avgPrice"),
            ("fstream.binance.com", "/market/stream?streams=btcusdt@aggTrade/btcusdt@markPrice/!ticker@arr/!forceOrder@arr"),
            ("fstream.binance.com", "/public/stream?streams=btcusdt@depth/ethusdt@bookTicker"),
            ("dstream.binance.com", "/stream?streams=btcusd_perp@aggTrade/btcusd@indexPrice/btcusd_perp@depth10"),
            ("ws-api.binance.com", "/ws-api/v3"),
            ("ws-api.binance.com", "/ws-api/v3"),
        ] {
            let request = told.request(Method::GET, host, path, None);
            told.lines.push(told.exchange.connect(&request).unwrap());
        }
        for account in 0..2 {
            let text = told.frame(account, "userDataStream.subscribe.signature", &[]);
            told.speak(account, &text);
            for (host, path, wanted) in [
                ("fapi.binance.com", "/fapi/v1/listenKey", ("fstream.binance.com", "/private/ws/")),
                ("dapi.binance.com", "/dapi/v1/listenKey", ("dstream.binance.com", "/ws/")),
            ] {
                let reply = told.ask(account, Method::POST, host, path, &[]);
                let key = reply.split('"').nth(3).unwrap().to_owned();
                let request = told.request(Method::GET, wanted.0, &format!("{}{key}", wanted.1), None);
                told.lines.push(told.exchange.connect(&request).unwrap());
            }
        }
        told
    }

    fn request(&self, method: Method, host: &str, path: &str, account: Option<usize>) -> Request {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let mut headers = HeaderMap::new();
        if let Some(key) = account.and_then(|account| self.exchange.keys().get(account)) {
            headers.insert("x-mbx-apikey", key.key.parse().unwrap());
        }
        let peer = [127, 0, 0, 1].into();
        Request { host: host.into(), method, path: path.into(), query: query.into(), headers, body: Bytes::new(), peer }
    }

    fn sign(&self, account: usize, payload: &str) -> String {
        let secret = self.exchange.keys().get(account).and_then(|key| key.secret()).unwrap();
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
        data_encoding::HEXLOWER.encode(hmac::sign(&key, payload.as_bytes()).as_ref())
    }

    fn millis(&mut self) -> i64 {
        self.exchange.now().clock.as_nanos() / 1_000_000
    }

    /// Asks, with a signature, and notes what is answered.
    fn ask(&mut self, account: usize, method: Method, host: &str, path: &str, params: &[(&str, String)]) -> String {
        let time = self.millis();
        let mut query = joined(params);
        query.push_str(if query.is_empty() { "" } else { "&" });
        write!(query, "timestamp={time}").unwrap();
        let signature = self.sign(account, &query);
        let request = self.request(method, host, &format!("{path}?{query}&signature={signature}"), Some(account));
        let answer = self.exchange.call(&request);
        let body = String::from_utf8(answer.reply.body.to_vec()).unwrap();
        writeln!(self.said, "{host}{path} {} {:?} {body}", answer.reply.status, answer.reply.headers).unwrap();
        body
    }

    fn frame(&mut self, account: usize, method: &str, params: &[(&str, String)]) -> String {
        let mut all = params.to_vec();
        let key = self.exchange.keys().get(account).unwrap().key.clone();
        all.extend([("apiKey", key), ("timestamp", self.millis().to_string())]);
        all.sort_unstable();
        let signature = self.sign(account, &joined(&all));
        all.push(("signature", signature));
        let params = all.iter().map(|(name, value)| format!(r#""{name}":"{value}""#)).collect::<Vec<_>>().join(",");
        format!(r#"{{"id":"x","method":"{method}","params":{{{params}}}}}"#)
    }

    /// Says something on an account's socket of the WebSocket API.
    fn speak(&mut self, account: usize, text: &str) {
        let socket = self.lines.get(5 + account).unwrap().id;
        self.exchange.receive(socket, text);
    }

    /// Notes what every socket was sent.
    fn listen(&mut self) {
        for line in &mut self.lines {
            while let Ok(message) = line.messages.try_recv() {
                match message {
                    Message::Text(topic, text) => writeln!(self.said, "{} {topic:?} {text}", line.id.0).unwrap(),
                    other => writeln!(self.said, "{} {other:?}", line.id.0).unwrap(),
                }
            }
        }
    }

    /// A price near the market's, in its ticks.
    fn price(&mut self, class: Class, symbol: &str, percent: i64) -> String {
        let markets = self.exchange.world().markets();
        let market = markets.get(markets.find(class, symbol).unwrap());
        let quote = market.quote().map_or(Decimal::ONE, |quote| quote.bid.0.max(quote.ask.0));
        let tick = market.listing().instrument.rules.tick_size;
        let price = quote * Decimal::from(100 + percent) / Decimal::ONE_HUNDRED;
        ((price / tick).floor().max(Decimal::ONE) * tick).normalize().to_string()
    }

    /// The first option that is listed.
    fn option(&mut self) -> String {
        let markets = self.exchange.world().markets();
        let mut options = markets.iter().filter(|(_, market)| market.listing().class == Class::Options);
        options.next().map(|(_, market)| market.listing().symbol.clone()).unwrap()
    }

    fn perform(&mut self, deed: &Deed) {
        self.exchange.advance(Duration::from_millis(deed.pause));
        let [one, two, three, _] = deed.dice;
        let thrown = Thrown {
            account: deed.account,
            side: if one.is_multiple_of(2) { "BUY" } else { "SELL" },
            symbol: if one % 4 < 2 { "BTCUSDT" } else { "ETHUSDT" },
            percent: i64::from(two % 9) - 4,
            whole: u32::from(three % 5) + 1,
        };
        match deed.what {
            0..=7 => self.on_spot(deed.what, thrown),
            8..=10 => self.on_margin(deed.what, thrown),
            11..=17 => self.on_linear(deed.what, thrown),
            _ => self.on_others(deed.what, thrown),
        }
        self.listen();
    }

    fn on_spot(&mut self, what: usize, thrown: Thrown) {
        const HOST: &str = "api.binance.com";
        let Thrown { account, side, symbol, percent, .. } = thrown;
        let of = [("symbol", symbol.to_owned())];
        match what {
            0 | 1 => {
                let price = self.price(Class::Spot, symbol, percent);
                self.ask(account, Method::POST, HOST, "/api/v3/order", &limit(thrown.order(symbol, "LIMIT"), price));
            }
            2 => _ = self.ask(account, Method::POST, HOST, "/api/v3/order", &thrown.order(symbol, "MARKET")),
            3 => {
                let params = limit(thrown.order(symbol, "LIMIT"), self.price(Class::Spot, symbol, percent));
                let text = self.frame(account, "order.place", &params);
                self.speak(account, &text);
            }
            4 => _ = self.ask(account, Method::DELETE, HOST, "/api/v3/openOrders", &of),
            5 => _ = self.ask(account, Method::GET, HOST, "/api/v3/account", &[]),
            6 => _ = self.ask(account, Method::GET, HOST, "/api/v3/allOrders", &of),
            _ => {
                let stop = self.price(Class::Spot, symbol, if side == "BUY" { 1 } else { -1 });
                let mut params = limit(thrown.order(symbol, "STOP_LOSS_LIMIT"), stop.clone());
                params.push(("stopPrice", stop));
                self.ask(account, Method::POST, HOST, "/api/v3/order", &params);
            }
        }
    }

    fn on_margin(&mut self, what: usize, thrown: Thrown) {
        const HOST: &str = "api.binance.com";
        let Thrown { account, side, symbol, whole, .. } = thrown;
        match what {
            8 => {
                let mut params = thrown.order(symbol, "MARKET");
                params.push(("sideEffectType", "AUTO_BORROW_REPAY".to_owned()));
                self.ask(account, Method::POST, HOST, "/sapi/v1/margin/order", &params);
            }
            9 => _ = self.ask(account, Method::GET, HOST, "/sapi/v1/margin/account", &[]),
            _ => {
                let kind = if whole.is_multiple_of(3) { "REPAY" } else { "BORROW" };
                let coin = if side == "BUY" { "BTC" } else { "USDT" };
                let words = [("asset", coin), ("isIsolated", "FALSE"), ("type", kind), ("amount", "1")];
                let params = words.map(|(name, value)| (name, value.to_owned()));
                self.ask(account, Method::POST, HOST, "/sapi/v1/margin/borrow-repay", &params);
            }
        }
    }

    fn on_linear(&mut self, what: usize, thrown: Thrown) {
        const HOST: &str = "fapi.binance.com";
        let Thrown { account, side, symbol, percent, whole } = thrown;
        let of = ("symbol", symbol.to_owned());
        match what {
            11 | 12 => {
                let price = self.price(Class::Linear, symbol, percent);
                self.ask(account, Method::POST, HOST, "/fapi/v1/order", &limit(thrown.order(symbol, "LIMIT"), price));
            }
            13 => _ = self.ask(account, Method::POST, HOST, "/fapi/v1/order", &thrown.order(symbol, "MARKET")),
            14 => {
                let mut params = thrown.order(symbol, "STOP_MARKET");
                let trigger = self.price(Class::Linear, symbol, if side == "BUY" { 1 } else { -1 });
                params.extend([("algoType", "CONDITIONAL".to_owned()), ("triggerPrice", trigger)]);
                self.ask(account, Method::POST, HOST, "/fapi/v1/algoOrder", &params);
            }
            15 => _ = self.ask(account, Method::GET, HOST, "/fapi/v3/account", &[]),
            16 => {
                let params = [of, ("leverage", (whole * 5).to_string())];
                self.ask(account, Method::POST, HOST, "/fapi/v1/leverage", &params);
            }
            _ => _ = self.ask(account, Method::DELETE, HOST, "/fapi/v1/allOpenOrders", &[of]),
        }
    }

    fn on_others(&mut self, what: usize, thrown: Thrown) {
        const COINM: &str = "dapi.binance.com";
        const OPTIONS: &str = "eapi.binance.com";
        const PERPETUAL: &str = "BTCUSD_PERP";
        let Thrown { account, percent, whole, .. } = thrown;
        // Contracts of COIN-M are whole.
        let contracts = |kind: &str| {
            let mut params = thrown.order(PERPETUAL, kind);
            params.retain(|(name, _)| *name != "quantity");
            params.push(("quantity", whole.to_string()));
            params
        };
        match what {
            18 => {
                let price = self.price(Class::Inverse, PERPETUAL, percent);
                self.ask(account, Method::POST, COINM, "/dapi/v1/order", &limit(contracts("LIMIT"), price));
            }
            19 => _ = self.ask(account, Method::POST, COINM, "/dapi/v1/order", &contracts("MARKET")),
            20 => _ = self.ask(account, Method::GET, COINM, "/dapi/v1/account", &[]),
            21 | 22 => {
                let option = self.option();
                let price = self.price(Class::Options, &option, percent);
                self.ask(account, Method::POST, OPTIONS, "/eapi/v1/order", &limit(thrown.order(&option, "LIMIT"), price));
            }
            _ => _ = self.ask(account, Method::GET, OPTIONS, "/eapi/v1/marginAccount", &[]),
        }
    }
}

/// What chance has to say of a deed.
#[derive(Debug, Clone, Copy)]
struct Thrown {
    account: usize,
    side: &'static str,
    symbol: &'static str,
    /// From well below the market to well above it: some rest, some trade.
    percent: i64,
    whole: u32,
}

impl Thrown {
    fn order(self, symbol: &str, kind: &str) -> Vec<(&'static str, String)> {
        let words = [("symbol", symbol), ("side", self.side), ("type", kind)];
        let words = words.map(|(name, value)| (name, value.to_owned()));
        words.into_iter().chain([("quantity", format!("0.0{}", self.whole))]).collect()
    }
}

fn limit(mut params: Vec<(&'static str, String)>, price: String) -> Vec<(&'static str, String)> {
    params.extend([("price", price), ("timeInForce", "GTC".to_owned())]);
    params
}

fn joined(params: &[(&str, String)]) -> String {
    params.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

/// Where two texts part, with what stands there.
fn difference<'a>(one: &'a str, other: &'a str) -> Option<(&'a str, &'a str)> {
    if one == other {
        return None;
    }
    let mut lines = one.lines().zip(other.lines());
    Some(lines.find(|(one, other)| one != other).unwrap_or(("one", "has more lines than the other")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2, max_shrink_iters: 20, ..ProptestConfig::default() })]

    #[test]
    fn two_testnets_of_one_seed_that_are_asked_the_same_say_the_same(deeds in prop::collection::vec(any_deed(), 250)) {
        let (mut one, mut other) = (Told::new(7), Told::new(7));
        for deed in &deeds {
            one.perform(deed);
            other.perform(deed);
            prop_assert_eq!(difference(&one.said, &other.said), None, "at {:?}", deed);
            one.said.clear();
            other.said.clear();
        }
        let audit = |told: &Told| {
            let lines = told.exchange.audit().lines().map(|line| format!("{line:?}"));
            lines.collect::<Vec<_>>().join("\n")
        };
        let (one, other) = (audit(&one), audit(&other));
        prop_assert_eq!(difference(&one, &other), None, "in the audit");
    }
}

#[test]
fn every_product_takes_its_orders_and_another_seed_is_another_world() {
    let (mut one, mut other) = (Told::new(7), Told::new(8));
    for what in 0..24 {
        let deed = Deed { pause: 1_000, account: 0, what, dice: [2, 4, 1, 0] };
        one.perform(&deed);
        other.perform(&deed);
    }
    for taken in [
        "api.binance.com/api/v3/order 200",
        "api.binance.com/sapi/v1/margin/order 200",
        "api.binance.com/sapi/v1/margin/borrow-repay 200",
        "fapi.binance.com/fapi/v1/order 200",
        "fapi.binance.com/fapi/v1/algoOrder 200",
        "dapi.binance.com/dapi/v1/order 200",
        "eapi.binance.com/eapi/v1/order 200",
        r#""e":"executionReport""#,
        r#""e":"ORDER_TRADE_UPDATE""#,
        r#""e":"depthUpdate""#,
    ] {
        assert!(one.said.contains(taken), "{taken} in {}", one.said);
    }
    assert!(difference(&one.said, &other.said).is_some());
}
