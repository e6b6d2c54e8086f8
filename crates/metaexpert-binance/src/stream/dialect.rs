//! How a connection for market topics is spoken to.
//!
//! The one decision: topics are always asked for by a request and never written into the address. An address has a length (8,004
//! characters here, by experience) and an encoding, and a connection that is replaced would need both ways anyway. Addresses are
//! those of wrapped frames (`/stream`), so that each frame says which topic it is of.

use std::{hash::Hasher, time::Duration};

use bytes::Bytes;
use metaexpert_connect::ws::{Class, Limits, Mark, StreamDialect};
use rustc_hash::FxHasher;

use super::{
    answer::Answer,
    depth,
    fields::{Fields, number},
    frame::{self, Form},
    topics::Base,
};
use crate::Product;

/// Topics of one request. A request of more than 4,096 bytes is never answered (seen by several authors of clients since 2024),
/// and the longest names have 45.
const TOPICS_PER_REQUEST: usize = 80;

/// Binance sends a ping every 20 s (spot), 3 min (futures), 5 min (options), and counts on a pong within 1, 10 or 15 min: too long
/// to wait for when a connection hangs and positions are held. It answers pings of this side, which the session sends when half of this
/// time was silent: ten seconds are many round trips.
pub(crate) const SILENCE: Duration = Duration::from_secs(20);

/// All products: "a single connection is only valid for 24 hours".
const LIFETIME: Duration = Duration::from_hours(24);

/// Spot API, "WebSocket Limits": 300 attempts in 5 minutes by address. Derivatives name no number; theirs is not larger.
const CONNECTS: (u32, Duration) = (300, Duration::from_mins(5));

/// Spot API, "WebSocket Limits" (2026-07-17): 1,024 topics, 5 messages a second with pings and pongs, two of which are kept back
/// for those.
const SPOT: Limits = Limits {
    topics: 1_024,
    topics_per_request: TOPICS_PER_REQUEST,
    requests_per_second: 3,
    connects: CONNECTS,
    lifetime: Some(LIFETIME),
    silence: SILENCE,
    ping_every: None,
};

/// USD-M and COIN-M futures, "Websocket Market Streams" (2026-01-16): 1,024 topics, 10 messages a second, two of which are kept
/// back for pings and pongs.
const FUTURES: Limits = Limits { requests_per_second: 8, ..SPOT };

/// European options, "Connect" (2026-01-16): 200 topics, 10 messages a second.
const OPTIONS: Limits = Limits { topics: 200, ..FUTURES };

/// How a connection for market topics is spoken to.
#[derive(Debug, Clone)]
pub struct MarketDialect {
    product: Product,
    host: String,
    base: Base,
}

impl MarketDialect {
    /// For the topics of one base ([`base`](super::topics::base)) of a product; `host` is its
    /// [`Hosts::stream`](crate::Hosts::stream).
    pub const fn new(product: Product, host: String, base: Base) -> Self {
        Self { product, host, base }
    }
}

impl StreamDialect for MarketDialect {
    fn limits(&self) -> &Limits {
        match self.product {
            Product::Spot | Product::Margin => &SPOT,
            Product::UsdM | Product::CoinM => &FUTURES,
            Product::Options => &OPTIONS,
        }
    }

    fn address(&self, _topics: &[String], _credential: Option<&str>) -> String {
        format!("{}{}/stream", self.host, self.base.path())
    }

    fn stream_of(&self, topic: &str) -> Option<u64> {
        (!is_of_several(topic)).then(|| stream_of(topic, b""))
    }

    fn subscribe(&self, id: u64, topics: &[String]) -> String {
        request("SUBSCRIBE", id, topics)
    }

    fn unsubscribe(&self, id: u64, topics: &[String]) -> String {
        request("UNSUBSCRIBE", id, topics)
    }

    fn classify(&self, frame: &Bytes) -> Class {
        let opened = frame::open(frame);
        match opened.topic {
            Some(topic) => classify_event(&topic, opened.payload),
            None => classify_answer(frame),
        }
    }
}

fn request(method: &str, id: u64, topics: &[String]) -> String {
    serde_json::json!({ "method": method, "params": topics, "id": id }).to_string()
}

/// What has no topic is the answer to a request, or nothing that the session knows.
fn classify_answer(frame: &[u8]) -> Class {
    match frame::form(frame) {
        Form::Event("serverShutdown") => Class::ClosesSoon,
        Form::Answer => match Answer::of(frame) {
            Ok(Answer { id, refusal: None }) => id.and_then(|id| id.parse().ok()).map_or(Class::Other, Class::Acknowledged),
            Ok(Answer { id, refusal: Some((code, why)) }) => {
                let id = id.and_then(|id| id.parse().ok()).unwrap_or(0);
                Class::Refused { id, why: format!("{code}: {why}") }
            }
            Err(_) => Class::Other,
        },
        Form::Event(_) | Form::BookTicker | Form::PartialDepth | Form::Unknown => Class::Other,
    }
}

/// Where in its stream an event is.
enum Place {
    /// A number that is in this field.
    Field(&'static [u8]),
    /// By the opening of a bar, then by when it was sent.
    Bar,
    /// Nowhere: events are equal or not.
    Nowhere,
}

fn classify_event(topic: &str, payload: &[u8]) -> Class {
    let (place, supersedes) = match frame::form(payload) {
        Form::Event("serverShutdown") => return Class::ClosesSoon,
        Form::Event("bookTicker") | Form::BookTicker => (Place::Field(b"u"), true),
        Form::Event("depthUpdate") => (Place::Field(b"u"), depth::is_of_best_levels(topic)),
        Form::PartialDepth => (Place::Field(b"lastUpdateId"), true),
        Form::Event("trade" | "blockTrade") => (Place::Field(b"t"), false),
        Form::Event("aggTrade") => (Place::Field(b"a"), false),
        Form::Event("kline" | "continuous_kline" | "indexPrice_kline" | "markPrice_kline") => (Place::Bar, true),
        Form::Event("referencePrice") => (Place::Field(b"t"), true),
        Form::Event(
            "markPriceUpdate" | "indexPriceUpdate" | "compositeIndex" | "assetIndexUpdate" | "24hrMiniTicker" | "24hrTicker"
            | "1hTicker" | "4hTicker" | "1dTicker" | "avgPrice",
        ) => (Place::Field(b"E"), true),
        // Lists too: two of one topic may be sent at one time, each with other symbols.
        Form::Event(_) | Form::Answer | Form::Unknown => (Place::Nowhere, false),
    };
    let stream = stream_of(topic, payload);
    let found = match place {
        Place::Field(name) => place_of(payload, name).map(|place| (place, supersedes)),
        Place::Bar => place_of_bar(payload).map(|(place, is_closed)| (place, !is_closed)),
        Place::Nowhere => None,
    };
    Class::Data(match found {
        Some((place, supersedes)) => Mark { stream, place, grows: true, supersedes },
        None => Mark { stream, place: hash(payload), grows: false, supersedes: false },
    })
}

/// The topic; with the symbol where a topic is of several, for each symbol counts for itself.
fn stream_of(topic: &str, payload: &[u8]) -> u64 {
    let symbol = is_of_several(topic).then(|| field(payload, b"s")).flatten().unwrap_or_default();
    let mut hasher = FxHasher::default();
    hasher.write(topic.as_bytes());
    hasher.write(symbol);
    hasher.finish()
}

/// Topics of everything, and those of all options of an underlying. A topic of one option has but one symbol, and loses nothing.
fn is_of_several(topic: &str) -> bool {
    topic.starts_with('!') || topic.contains("@option")
}

fn place_of(payload: &[u8], name: &[u8]) -> Option<u64> {
    number(field(payload, name)?)
}

/// Seconds of the opening in the upper half, milliseconds since then in the lower (a month has 2.7 billion); and whether it is the
/// last word on the bar.
fn place_of_bar(payload: &[u8]) -> Option<(u64, bool)> {
    let sent = place_of(payload, b"E")?;
    let bar = field(payload, b"k")?;
    let opened = place_of(bar, b"t")?;
    let age = sent.saturating_sub(opened).min(u64::from(u32::MAX));
    Some((((opened / 1_000) << 32) | age, field(bar, b"x")? == b"true"))
}

fn field<'a>(object: &'a [u8], name: &[u8]) -> Option<&'a [u8]> {
    Fields::of(object).find(|(known, _)| *known == name).map(|(_, value)| value)
}

fn hash(payload: &[u8]) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(payload);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn classify(frame: &str) -> Class {
        MarketDialect::new(Product::UsdM, "wss://localhost".into(), Base::Public)
            .classify(&Bytes::copy_from_slice(frame.as_bytes()))
    }

    #[track_caller]
    fn mark(topic: &str, payload: &str) -> Mark {
        match classify(&format!(r#"{{"stream":"{topic}","data":{payload}}}"#)) {
            Class::Data(mark) => mark,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn connections_of_usd_m_and_options_have_a_path_of_their_own() {
        let address = |product, base| MarketDialect::new(product, "wss://h".into(), base).address(&["a@trade".into()], None);
        assert_eq!(address(Product::UsdM, Base::Public), "wss://h/public/stream");
        assert_eq!(address(Product::Options, Base::Market), "wss://h/market/stream");
        assert_eq!(address(Product::CoinM, Base::Only), "wss://h/stream");
    }

    #[test]
    fn requests_are_written_as_documented() {
        let dialect = MarketDialect::new(Product::Spot, String::new(), Base::Only);
        let topics = ["btcusdt@aggTrade".to_owned(), "这是测试币456@depth".to_owned()];
        let frame: serde_json::Value = serde_json::from_str(&dialect.subscribe(7, &topics)).unwrap();
        assert_eq!(
            frame,
            serde_json::json!({"method": "SUBSCRIBE", "params": ["btcusdt@aggTrade", "这是测试币456@depth"], "id": 7})
        );
        assert!(dialect.unsubscribe(8, &topics).contains(r#""UNSUBSCRIBE""#));
    }

    #[test]
    fn a_full_request_of_the_longest_names_is_answered() {
        let dialect = MarketDialect::new(Product::UsdM, String::new(), Base::Market);
        let topics =
            vec!["1000000babydogeusdt_current_quarter@continuousKline_15m".to_owned(); dialect.limits().topics_per_request];
        let sent = dialect.subscribe(u64::MAX, &topics).len();
        assert!(sent < 4_700, "{sent}");
        let usual = vec!["1000000babydogeusdt@depth20@100ms".to_owned(); dialect.limits().topics_per_request];
        assert!(dialect.subscribe(u64::MAX, &usual).len() < 4_088);
    }

    #[test]
    fn answers_are_told_from_data() {
        assert_eq!(classify(r#"{"result":null,"id":12}"#), Class::Acknowledged(12));
        assert_eq!(classify(r#"{"result":["btcusdt@depth"],"id":"13"}"#), Class::Acknowledged(13));
        let why = || "2: Invalid request".to_owned();
        assert_eq!(classify(r#"{"error":{"code":2,"msg":"Invalid request"},"id":4}"#), Class::Refused { id: 4, why: why() });
        assert_eq!(classify(r#"{"code":2,"msg":"Invalid request"}"#), Class::Refused { id: 0, why: why() });
        assert_eq!(classify(r#"{"stream":"!serverShutdown","data":{"e":"serverShutdown","E":1}}"#), Class::ClosesSoon);
        assert_eq!(classify(r#"{"e":"serverShutdown","E":1}"#), Class::ClosesSoon);
        for nothing in ["", "x", "{}", r#"{"e":"trade","t":1}"#, r#"{"result":null}"#] {
            assert_eq!(classify(nothing), Class::Other, "{nothing}");
        }
    }

    #[test]
    fn trades_and_changes_of_a_book_are_numbered_and_never_superseded() {
        for (topic, payload, place) in [
            ("ethusdt@trade", r#"{"e":"trade","E":9,"T":9,"s":"ETHUSDT","t":41}"#, 41),
            ("ethusdt@aggTrade", r#"{"e":"aggTrade","E":9,"s":"ETHUSDT","a":42}"#, 42),
            ("ethusdt@depth@100ms", r#"{"e":"depthUpdate","E":9,"s":"ETHUSDT","U":40,"u":43,"b":[["1","2"]]}"#, 43),
            ("ethusdt@rpiDepth@500ms", r#"{"e":"depthUpdate","E":9,"s":"ETHUSDT","U":40,"u":44}"#, 44),
        ] {
            let mark = mark(topic, payload);
            assert_eq!((mark.place, mark.grows, mark.supersedes), (place, true, false), "{topic}");
        }
    }

    #[test]
    fn quotes_prices_and_best_levels_supersede_the_ones_before() {
        for (topic, payload, place) in [
            ("ethusdt@bookTicker", r#"{"u":51,"s":"ETHUSDT","b":"1"}"#, 51),
            ("ethusd_perp@bookTicker", r#"{"u":52,"e":"bookTicker"}"#, 52),
            ("ethusdt@depth20", r#"{"lastUpdateId":53,"bids":[]}"#, 53),
            ("ethusdt@depth5@100ms", r#"{"e":"depthUpdate","U":1,"u":54}"#, 54),
            ("ethusdt@markPrice@1s", r#"{"e":"markPriceUpdate","E":55}"#, 55),
            ("ethusdt@ticker", r#"{"e":"24hrTicker","E":56}"#, 56),
            ("ethusdt@avgPrice", r#"{"e":"avgPrice","E":57}"#, 57),
            ("ethusdt@referencePrice", r#"{"e":"referencePrice","t":58}"#, 58),
        ] {
            let mark = mark(topic, payload);
            assert_eq!((mark.place, mark.grows, mark.supersedes), (place, true, true), "{topic}");
        }
    }

    #[test]
    fn bars_go_by_their_opening_and_then_by_when_they_were_sent() {
        let bar = |opened: u64, sent: u64, closed: bool| {
            mark("ethusdt@kline_1m", &format!(r#"{{"e":"kline","E":{sent},"k":{{"t":{opened},"x":{closed}}}}}"#))
        };
        let (early, late) = (bar(1_790_000_040_000, 1_790_000_041_000, false), bar(1_790_000_040_000, 1_790_000_099_500, false));
        let (closed, next) = (bar(1_790_000_040_000, 1_790_000_100_010, true), bar(1_790_000_100_000, 1_790_000_100_010, false));
        let places = [early, late, closed, next].map(|mark| mark.place);
        assert!(places.is_sorted_by(|a, b| a < b), "{places:?}");
        assert_eq!([early, late, closed, next].map(|mark| mark.supersedes), [true, true, false, true]);
    }

    #[test]
    fn symbols_of_one_topic_count_for_themselves_and_topics_of_one_symbol_too() {
        let quote = |topic, symbol| mark(topic, &format!(r#"{{"e":"bookTicker","u":1,"s":"{symbol}"}}"#)).stream;
        assert_ne!(quote("!bookTicker", "ETHUSDT"), quote("!bookTicker", "BTCUSDT"));
        assert_eq!(quote("!bookTicker", "ETHUSDT"), quote("!bookTicker", "ETHUSDT"));
        assert_ne!(quote("ethusdt@bookTicker", "ETHUSDT"), quote("!bookTicker", "ETHUSDT"));
        let trade = |symbol| mark("btcusdt@optionTrade", &format!(r#"{{"e":"trade","s":"{symbol}","t":1}}"#)).stream;
        assert_ne!(trade("BTC-270326-90000-C"), trade("BTC-270326-90000-P"));
    }

    #[test]
    fn the_stream_of_a_topic_of_one_symbol_is_known_before_a_frame_comes() {
        let dialect = MarketDialect::new(Product::UsdM, String::new(), Base::Public);
        let known = dialect.stream_of("ethusdt@depth@100ms");
        assert_eq!(known, Some(mark("ethusdt@depth@100ms", r#"{"e":"depthUpdate","s":"ETHUSDT","u":1}"#).stream));
        assert_eq!((dialect.stream_of("!bookTicker"), dialect.stream_of("btcusdt@optionTrade")), (None, None));
    }

    #[test]
    fn what_has_no_number_is_equal_or_not() {
        let one = mark("!miniTicker@arr", r#"[{"e":"24hrMiniTicker","E":5,"s":"ETHUSDT"}]"#);
        let same_time = mark("!miniTicker@arr", r#"[{"e":"24hrMiniTicker","E":5,"s":"BTCUSDT"}]"#);
        assert_eq!((one.stream, one.grows, one.supersedes), (same_time.stream, false, false));
        assert_ne!(one.place, same_time.place);
        assert_eq!(one, mark("!miniTicker@arr", r#"[{"e":"24hrMiniTicker","E":5,"s":"ETHUSDT"}]"#));
        assert!(!mark("!forceOrder@arr", r#"{"e":"forceOrder","E":5,"o":{}}"#).grows);
        assert!(!mark("ethusdt@trade", r#"{"e":"trade"}"#).grows);
    }
}
