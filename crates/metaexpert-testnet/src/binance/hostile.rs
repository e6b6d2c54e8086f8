//! Nobody who sends nonsense ends the testnet, or gets anything but an answer in Binance's shape: every call and every socket is sent
//! words that it knows with values that it does not expect, signed as they should be, from a seed.

mod words; // names and values

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use http::{HeaderMap, HeaderValue, Method};
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng as _, SeedableRng as _},
};
use ring::hmac;
use rust_decimal::Decimal;
use words::{NAMES, VALUES};

use super::{door::Route, futures, margin, options, spot};
use crate::{
    clock::Time,
    market::{Pace, PriceSources},
    protocol::{KeySecret, Message, Request},
    server::{Exchange, Line},
    setup::{AccountSpec, KeySpec},
    testnet::Testnet,
};

struct Stranger {
    exchange: Exchange,
    chance: Xoshiro256PlusPlus,
    routes: Vec<&'static Route>,
}

impl Stranger {
    fn new(seed: u64) -> Self {
        let key = KeySpec { key: Some("key".into()), secret: KeySecret::Hmac("secret".into()) };
        let account = AccountSpec { keys: vec![key], ..AccountSpec::rich("trader") };
        let prices =
            PriceSources::default().with_pace(Pace { changes: 0.5, prints: 0.5, levels: 20 }).with_history(3_600 * 1_000_000_000);
        let builder = Testnet::builder().time(Time::Manual).limits(1_000_000).seed(seed).prices(prices).account(account);
        let tables = [spot::ROUTES, margin::ROUTES, futures::USDM_ROUTES, futures::COINM_ROUTES, options::ROUTES];
        Self {
            exchange: builder.exchange().unwrap(),
            chance: Xoshiro256PlusPlus::seed_from_u64(seed),
            routes: tables.into_iter().flatten().collect(),
        }
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.chance.next_u64() % u64::try_from(end).unwrap()).unwrap()
    }

    fn noise(&mut self) -> String {
        let length = self.below(40);
        (0..length).map(|_| char::from_u32(self.chance.next_u32() % 0x3_0000).unwrap_or('\u{fffd}')).collect()
    }

    fn value(&mut self) -> String {
        match self.below(40) {
            0 => self.noise(),
            1 => "9".repeat(5_000),
            2 => self.below(200_000).to_string(),
            3 => self.below(20).to_string(),
            _ => VALUES[self.below(VALUES.len())].to_owned(),
        }
    }

    /// Some parameters; those that most calls need are right more often than not.
    fn pairs(&mut self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mostly: [(&str, &[&str]); 6] = [
            ("symbol", &["BTCUSDT", "BTCUSDT", "BTCUSD_PERP", "ETHUSDT"]),
            ("side", &["BUY", "SELL"]),
            ("type", &["LIMIT", "MARKET", "STOP_LOSS", "STOP_MARKET"]),
            ("quantity", &["0.01", "1", "0.5", "5"]),
            ("price", &["80000", "79000", "81000"]),
            ("timeInForce", &["GTC", "IOC"]),
        ];
        for (name, values) in mostly {
            if self.below(3) != 0 {
                let value = if self.below(8) == 0 { self.value() } else { values[self.below(values.len())].to_owned() };
                pairs.push((name.to_owned(), value));
            }
        }
        for _ in 0..self.below(6) {
            let name = NAMES[self.below(NAMES.len())].to_owned();
            let value = self.value();
            if pairs.iter().all(|(known, _)| *known != name) || self.below(20) == 0 {
                pairs.push((name, value));
            }
        }
        pairs
    }

    fn request(&mut self) -> Request {
        let place = self.below(self.routes.len());
        let route = self.routes[place];
        let verbs = [Method::GET, Method::POST, Method::PUT, Method::DELETE, Method::HEAD, Method::PATCH];
        let method = match self.below(12) {
            0 => verbs[self.below(verbs.len())].clone(),
            _ => match route.method {
                super::door::Verb::Get => Method::GET,
                super::door::Verb::Post => Method::POST,
                super::door::Verb::Put => Method::PUT,
                super::door::Verb::Delete => Method::DELETE,
            },
        };
        let path = match self.below(20) {
            0 => self.noise(),
            1 => format!("{}/{}", route.path, self.below(10)),
            _ => route.path.to_owned(),
        };
        let mut pairs = self.pairs();
        if self.below(15) != 0 {
            let now = self.exchange.now().clock.as_nanos() / 1_000_000;
            pairs.push(("timestamp".into(), now.to_string()));
        }
        let encoded = |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let mut query: Vec<String> = pairs.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
        if self.below(25) == 0 {
            query.push(self.noise());
        }
        let mut query = query.join("&");
        if self.below(12) != 0 {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"secret"), query.as_bytes());
            query = format!("{query}&signature={}", HEXLOWER.encode(tag.as_ref()));
        }
        let (query, body) = match self.below(4) {
            0 => (String::new(), Bytes::from(query)),
            1 => (query, Bytes::from((0..self.below(60)).map(|_| self.chance.next_u32().to_le_bytes()[0]).collect::<Vec<_>>())),
            _ => (query, Bytes::new()),
        };
        let mut headers = HeaderMap::new();
        let key = if self.below(15) == 0 { self.noise() } else { "key".to_owned() };
        headers
            .extend(HeaderValue::from_bytes(key.as_bytes()).ok().map(|key| (http::HeaderName::from_static("x-mbx-apikey"), key)));
        if self.below(10) == 0 {
            let unit = self.noise();
            let unit = HeaderValue::from_bytes(unit.as_bytes()).ok();
            headers.extend(unit.map(|unit| (http::HeaderName::from_static("x-mbx-time-unit"), unit)));
        }
        Request { host: String::new(), method, path, query, headers, body, peer: [127, 0, 0, 1].into() }
    }

    fn frame(&mut self) -> String {
        let methods = [
            "SUBSCRIBE",
            "UNSUBSCRIBE",
            "LIST_SUBSCRIPTIONS",
            "SET_PROPERTY",
            "GET_PROPERTY",
            "REQUEST",
            "order.place",
            "order.test",
            "order.cancel",
            "order.cancelReplace",
            "orderList.place.oco",
            "orderList.place.otoco",
            "session.logon",
            "session.status",
            "session.logout",
            "userDataStream.subscribe",
            "userDataStream.subscribe.signature",
            "userDataStream.unsubscribe",
            "userDataStream.start",
            "account.status",
            "depth",
            "klines",
            "ticker",
            "exchangeInfo",
            "v2/account.balance",
            "order.modify",
            "algoOrder.place",
            "nothing",
        ];
        let method = methods[self.below(methods.len())];
        let streams = [
            "btcusdt@trade",
            "btcusdt@depth20@100ms",
            "!miniTicker@arr",
            "btcusdt@kline_1m",
            "btcusdt@kline_",
            "@",
            "@@@",
            "!@arr",
            "btcusdt@depth99999@1ms",
            "btcusd@markPrice@1s",
            "btcusdt@ticker_1h",
            "ß@trade",
            "btc@optionTicker@",
        ];
        let id = ["1", "\"a\"", "null", "-1", "1.5", "[]", "{}", "\"\\u0000\"", "99999999999999999999999", "true"];
        let id = id[self.below(id.len())];
        match self.below(8) {
            0 => self.noise(),
            1 => "[".repeat(self.below(4_000)),
            2 | 3 => {
                let streams: Vec<_> = (0..self.below(4)).map(|_| format!("\"{}\"", streams[self.below(streams.len())])).collect();
                format!(r#"{{"method":"{method}","params":[{}],"id":{id}}}"#, streams.join(","))
            }
            _ => {
                let mut pairs = self.pairs();
                let now = self.exchange.now().clock.as_nanos() / 1_000_000;
                pairs.extend([("timestamp".to_owned(), now.to_string()), ("apiKey".to_owned(), "key".to_owned())]);
                pairs.sort();
                pairs.dedup_by(|one, other| one.0 == other.0);
                let signed: Vec<_> = pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
                let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, b"secret"), signed.join("&").as_bytes());
                pairs.push(("signature".into(), HEXLOWER.encode(tag.as_ref())));
                let params: serde_json::Map<_, _> =
                    pairs.into_iter().map(|(name, value)| (name, serde_json::Value::String(value))).collect();
                format!(r#"{{"id":{id},"method":"{method}","params":{}}}"#, serde_json::Value::Object(params))
            }
        }
    }

    fn call(&mut self) {
        let request = self.request();
        let told = format!("{} {}?{} {:?}", request.method, request.path, request.query, request.body);
        let answer = catch_unwind(AssertUnwindSafe(|| self.exchange.call(&request))).unwrap_or_else(|_| panic!("panics: {told}"));
        let (status, body) = (answer.reply.status.as_u16(), String::from_utf8(answer.reply.body.to_vec()).unwrap());
        let json: serde_json::Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}: {told}"));
        assert!(status < 500, "{status} {body}: {told}");
        if status != 200 && !(status == 404 && request.path.starts_with("/sapi")) {
            assert!(json["code"].as_i64().is_some_and(|code| code < 0), "{status} {body}: {told}");
            assert!(json["msg"].as_str().is_some_and(|text| !text.is_empty()), "{status} {body}: {told}");
        }
    }

    fn speak(&mut self, line: &mut Line) -> bool {
        let frame = self.frame();
        let done = catch_unwind(AssertUnwindSafe(|| self.exchange.receive(line.id, &frame)));
        assert!(done.is_ok(), "panics: {frame}");
        while let Ok(message) = line.messages.try_recv() {
            match message {
                Message::Text(_, text) => {
                    let json: Result<serde_json::Value, _> = serde_json::from_str(&text);
                    assert!(json.is_ok(), "{text}: {frame}");
                }
                Message::Ping(_) => {}
                Message::Close(..) => return false,
            }
        }
        !line.messages.is_closed()
    }

    fn connect(&mut self) -> Option<Line> {
        let paths = [
            "/ws",
            "/stream",
            "/ws/btcusdt@trade",
            "/ws/!@!",
            "/ws-api/v3",
            "/ws-fapi/v1",
            "/ws-dapi/v1",
            "/public/ws",
            "/market/stream",
            "/private/ws",
            "/private/ws/nokey",
            "/ws-api/",
            "/",
        ];
        let hosts = ["", "stream.binance.com", "fstream.binance.com", "dstream.binance.com", "ws-api.binance.com"];
        let path = if self.below(10) == 0 { self.noise() } else { paths[self.below(paths.len())].to_owned() };
        let query =
            ["", "streams=btcusdt@trade/ethusdt@depth", "streams=", "timeUnit=microsecond", "listenKey=x&events=y", "&&=%"];
        let query = query[self.below(query.len())].to_owned();
        let host = hosts[self.below(hosts.len())].to_owned();
        let headers = HeaderMap::new();
        let request =
            Request { host, method: Method::GET, path, query, headers, body: Bytes::new(), peer: [127, 0, 0, 1].into() };
        catch_unwind(AssertUnwindSafe(|| self.exchange.connect(&request).ok())).unwrap_or_else(|_| panic!("panics: {request:?}"))
    }

    fn is_sound(&mut self) {
        for (wallet, balances) in self.exchange.balances("trader").unwrap() {
            for balance in balances {
                assert!(balance.free >= Decimal::ZERO && balance.locked >= Decimal::ZERO, "{wallet:?} {balance:?}");
            }
        }
    }
}

#[test]
fn nonsense_is_answered_and_harms_nobody() {
    // More by hand: `METAEXPERT_SEEDS=1000`.
    let seeds: u64 = std::env::var("METAEXPERT_SEEDS").ok().and_then(|seeds| seeds.parse().ok()).unwrap_or(3);
    for seed in 1..=seeds {
        let mut stranger = Stranger::new(seed);
        let mut lines = Vec::new();
        for round in 0..400 {
            stranger.call();
            if lines.len() < 8 {
                lines.extend(stranger.connect());
            }
            for place in (0..lines.len()).rev() {
                if !stranger.speak(&mut lines[place]) {
                    lines.remove(place);
                }
            }
            if round % 40 == 0 {
                stranger.exchange.advance(std::time::Duration::from_millis(700));
                stranger.is_sound();
            }
        }
    }
}
