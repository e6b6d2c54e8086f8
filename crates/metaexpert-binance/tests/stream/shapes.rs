//! Each payload in every form that it could come in: wrapped, spaced, escaped, with its fields in another order, with fields that
//! nobody knows, without one of its own, cut, and damaged.

use bytes::Bytes;
use expect_test::expect;
use metaexpert_binance::{
    Product,
    stream::{self, dialect::MarketDialect, topics::Base},
};
use metaexpert_connect::{
    Report,
    report::Service,
    ws::{Class, StreamDialect},
};
use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::{Value, json};

use crate::payloads::{self, Payload};

#[track_caller]
fn reads_the_same(payload: &Payload, other: &str) {
    let expected = stream::read(payload.product, payload.text.as_bytes()).unwrap();
    let read = stream::read(payload.product, other.as_bytes());
    assert_eq!(read.as_deref(), Ok(expected.as_slice()), "{}: {other}", payload.name);
}

/// A JSON value as text, with each object's fields in the order that `order` gives them, and more fields.
fn written(value: &Value, more: &str, reversed: bool) -> String {
    match value {
        Value::Object(fields) => {
            let mut fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", json!(name), written(value, more, reversed)))
                .chain((!more.is_empty()).then(|| more.to_owned()))
                .collect();
            if reversed {
                fields.reverse();
            }
            format!("{{{}}}", fields.join(","))
        }
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(|item| written(item, more, reversed)).collect();
            format!("[{}]", items.join(","))
        }
        other => other.to_string(),
    }
}

#[test]
fn fields_may_come_in_any_order() {
    for payload in payloads::all() {
        reads_the_same(payload, &written(&payload.value(), "", false));
        reads_the_same(payload, &written(&payload.value(), "", true));
    }
}

#[test]
fn fields_that_nobody_knows_are_passed_over() {
    for payload in payloads::all() {
        for more in [r#""new":1"#, r#""new":"}],\"{[""#, r#""new":{"e":[{"s":"]"}],"u":null}"#] {
            reads_the_same(payload, &written(&payload.value(), more, false));
            reads_the_same(payload, &written(&payload.value(), more, true));
        }
    }
}

#[test]
fn spaces_between_the_parts_of_a_frame_mean_nothing() {
    for payload in payloads::all() {
        reads_the_same(payload, &serde_json::to_string_pretty(&payload.value()).unwrap());
    }
}

#[test]
fn a_wrapped_event_says_what_it_says_without_the_wrapper() {
    for payload in payloads::all() {
        if !payload.is_answer() && payload.value().get("stream").is_none() {
            reads_the_same(payload, &format!(r#"{{"stream":"solusdt@topic","data":{}}}"#, payload.text));
            reads_the_same(payload, &format!(r#"{{"data":{},"stream":"solusdt@topic"}}"#, payload.text));
            reads_the_same(payload, &format!(r#"{{"stream":"solusdt@topic","data":{},"new":[]}}"#, payload.text));
        }
    }
}

#[test]
fn escaped_text_is_the_text() {
    for payload in payloads::all() {
        let escaped =
            payload.text.replace("SOLUSDT", r"SOL\u0055SDT").replace("TRADING", r"TR\u0041DING").replace("SELL", r"\u0053ELL");
        reads_the_same(payload, &escaped);
    }
}

#[test]
fn what_is_cut_is_malformed_wherever_it_is_cut() {
    for payload in payloads::all() {
        let text = payload.text.as_bytes();
        for end in 0..text.len() {
            let error = stream::read(payload.product, &text[..end]).expect_err(&payload.name);
            assert!(error.what.contains(payload.product.as_str()), "{error}");
        }
    }
}

#[test]
fn what_follows_a_frame_makes_it_malformed() {
    for payload in payloads::all() {
        for more in ["}", ",", "x", "{}", r#","new":1"#] {
            let text = format!("{}{more}", payload.text);
            assert!(stream::read(payload.product, text.as_bytes()).is_err(), "{text}");
        }
    }
}

/// All objects of a payload that are not in a list of parts, by the way to them.
fn objects(value: &Value, way: &str, found: &mut Vec<String>) {
    if let Value::Object(fields) = value {
        found.push(way.to_owned());
        for (name, value) in fields {
            objects(value, &format!("{way}/{name}"), found);
        }
    }
    if let Value::Array(items) = value
        && let Some(first) = items.first()
    {
        objects(first, &format!("{way}/0"), found);
    }
}

#[test]
fn a_message_needs_the_fields_that_make_it_up_and_no_others() {
    let mut needs = Vec::new();
    for payload in payloads::all() {
        let whole = payload.value();
        let (mut ways, mut required) = (Vec::new(), Vec::new());
        objects(&whole, "", &mut ways);
        for way in ways {
            let names: Vec<String> = whole.pointer(&way).and_then(Value::as_object).unwrap().keys().cloned().collect();
            for name in names {
                let mut without = whole.clone();
                without.pointer_mut(&way).and_then(Value::as_object_mut).unwrap().remove(&name);
                if stream::read(payload.product, without.to_string().as_bytes()).is_err() {
                    required.push(format!("{way}/{name}").trim_start_matches("/data").trim_start_matches("/0").to_owned());
                }
            }
        }
        required.sort();
        let required: Vec<&str> =
            required.iter().map(|name| name.trim_start_matches('/')).filter(|name| !name.is_empty()).collect();
        needs.push(format!("{}: {}", payload.name, required.join(" ")));
    }
    expect![[r#"
        coinm_agg_trade: T a e f l m p q s
        coinm_all_mini_tickers: c e h l o q s v
        coinm_book_ticker: A B a b s u
        coinm_contract_info: cs e s
        coinm_depth: U a b e s u
        coinm_index_kline: e k k/c k/h k/i k/l k/o k/t k/v k/x ps
        coinm_index_price: e i p
        coinm_liquidation: e o o/S o/T o/ap o/s o/z stream
        coinm_mark_kline: e k k/c k/h k/i k/l k/o k/s k/t k/v k/x ps
        coinm_snapshot_in_a_recording: asks bids lastUpdateId
        options_best_levels: U a b e s stream u
        options_book_ticker: A B a b s u
        options_depth: U a b e s u
        options_index: e p s
        options_kline: e k k/c k/h k/i k/l k/o k/t k/v k/x s
        options_mark: e mp s
        options_open_interest: e o s
        options_symbol: cs e s
        options_ticker: P c e h l o q s v
        options_trade: T e m p q s t
        options_trade_of_a_block: T e m p q s t
        refused_by_futures: error error/code error/msg
        refused_by_spot: code
        spot_agg_trade: T a e f l m p q s
        spot_average_price: e i s w
        spot_best_levels: asks bids lastUpdateId stream
        spot_block_trade: T e m p q s t
        spot_book_ticker: A B a b s u
        spot_depth: U a b e s u
        spot_kline: e k k/c k/h k/i k/l k/o k/t k/v k/x s
        spot_kline_of_a_month: e k k/c k/h k/i k/l k/o k/t k/v k/x s
        spot_mini_ticker: c e h l o q s v
        spot_no_reference_price: e r s
        spot_reference_price: e r s
        spot_shutdown: e stream
        spot_ticker: P c e h l o q s v
        spot_trade: T e m p q s t
        spot_trade_of_a_chinese_coin: T e m p q s stream t
        spot_window_ticker: P c e h l o q s v
        subscribed: result
        subscriptions: result
        usdm_agg_trade: T a e f l m p q s
        usdm_all_mark_prices: e p s stream
        usdm_asset_index: e i s
        usdm_best_levels: U a b e s stream u
        usdm_book_ticker: A B a b s u
        usdm_composite_index: e p s
        usdm_continuous_kline: ct e k k/c k/h k/i k/l k/o k/t k/v k/x ps
        usdm_contract_info: bks/0/bnc bks/0/cf bks/0/ma bks/0/mmr cs e s
        usdm_depth: U a b e s u
        usdm_depth_of_retail: U a b e s stream u
        usdm_kline_closed: e k k/c k/h k/i k/l k/o k/t k/v k/x s
        usdm_liquidation: e o o/S o/T o/ap o/s o/z
        usdm_mark_price: e p s
        usdm_ticker: P c e h l o q s v
        usdm_trade: T e m p q s t
        usdm_trade_of_the_insurance_fund: T e m p q s t
        usdm_trading_session: e"#]]
    .assert_eq(&needs.join("\n"));
}

#[test]
fn a_malformed_part_of_a_list_does_not_take_the_others_with_it() {
    let list = br#"[{"e":"indexPrice","E":1,"s":"ETHUSDT","p":"1"},{"e":"indexPrice","E":1,"s":"SOLUSDT"},{"e":"indexPrice","E":1,"s":"BTCUSDT","p":"2"}]"#;
    let mut told = 0;
    let result = stream::read_into(Product::Options, list, &mut |_| told += 1);
    assert_eq!((told, result.unwrap_err().why.contains("missing field `p`")), (2, true));
    assert!(stream::read(Product::Options, list).is_err());
    assert_eq!(stream::read(Product::Options, b"[]"), Ok(Vec::new()));
}

#[test]
fn an_event_of_a_new_kind_is_named_and_nothing_more() {
    for (frame, kind) in
        [(r#"{"e":"orderOfTheDay","x":1}"#, "orderOfTheDay"), (r#"{"stream":"x@y","data":{"E":1,"e":"2hTicker"}}"#, "2hTicker")]
    {
        let strange = Report::Service(Service::Strange { kind: kind.to_owned() });
        assert_eq!(stream::read(Product::Spot, frame.as_bytes()), Ok(vec![strange]));
    }
}

#[test]
fn a_value_that_makes_no_sense_is_malformed_and_named() {
    let cases = [
        (r#"{"e":"trade","s":"A","t":1,"p":"1,5","q":"1","T":1,"m":true}"#, "trade of spot", "`1,5`"),
        (r#"{"e":"trade","s":"A","t":-1,"p":"1","q":"1","T":1,"m":true}"#, "trade of spot", "`-1`"),
        (r#"{"e":"trade","s":"A","t":1,"p":"1","q":"1","T":99999999999999999,"m":true}"#, "trade of spot", "`99999999999999999`"),
        (r#"{"e":"depthUpdate","s":"A","U":1,"u":2,"b":[["1"]],"a":[]}"#, "depthUpdate of spot", "a level"),
        (r#"{"e":"forceOrder","o":{"s":"A","S":"HOLD","ap":"1","z":"1","T":1}}"#, "forceOrder of spot", "`HOLD`"),
        (r#"{"e":"avgPrice","s":"A","i":"1h","w":"1"}"#, "avgPrice of spot", "`1h`"),
        (r#"{"u":1,"s":"A","b":"1","B":"1","a":"","A":"1"}"#, "book ticker of spot", "a number"),
        (r#"{"lastUpdateId":1,"bids":[],"asks":{}}"#, "partial depth of spot", "a list of levels"),
        (r#"{"id":1,"result":null,"code":"x"}"#, "answer of spot", "i64"),
        (r#"{"s":"A"}"#, "frame of spot", "no kind of event"),
        ("7", "frame of spot", "no kind of event"),
        ("\u{feff}{}", "frame of spot", "expected value"),
        ("", "frame of spot", "EOF"),
    ];
    for (frame, what, why) in cases {
        let error = stream::read(Product::Spot, frame.as_bytes()).expect_err(frame);
        assert!(error.what == what && (error.why.contains(why.trim_matches('`'))), "{frame}: {error}");
    }
}

#[test]
fn the_topic_of_a_frame_is_known_without_reading_it() {
    assert_eq!(stream::topic(br#"{"stream":"solusdt@rpiDepth@500ms","data":{}}"#).as_deref(), Some("solusdt@rpiDepth@500ms"));
    assert_eq!(stream::topic(br#"{"result":null,"id":1}"#), None);
}

#[test]
fn every_wrapped_event_has_a_place_in_its_stream_and_a_second_of_it_has_the_same() {
    for payload in payloads::all() {
        if payload.is_answer() || payload.name == "spot_shutdown" {
            continue;
        }
        let wrapped = if payload.value().get("stream").is_some() {
            payload.text.clone()
        } else {
            format!(r#"{{"stream":"solusdt@topic","data":{}}}"#, payload.text)
        };
        let classify = |text: &str| {
            MarketDialect::new(payload.product, String::new(), Base::Only).classify(&Bytes::copy_from_slice(text.as_bytes()))
        };
        let Class::Data(mark) = classify(&wrapped) else { panic!("{}: {:?}", payload.name, classify(&wrapped)) };
        assert_eq!(classify(&wrapped), Class::Data(mark));
        let has_number = !(payload.text.starts_with('[')
            || payload.text.contains(r#""data":["#)
            || ["forceOrder", "contractInfo", "optionSymbol", "EquityUpdate"].iter().any(|kind| payload.text.contains(kind)));
        assert_eq!(mark.grows, has_number, "{}", payload.name);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_000))]

    #[test]
    fn no_damage_makes_it_panic(which in any::<prop::sample::Index>(), damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..6)) {
        let payloads = payloads::all();
        let payload = which.get(payloads);
        let mut text = payload.text.clone().into_bytes();
        for (at, byte, how) in damage {
            let at = at.index(text.len());
            match how {
                0 => text[at] = byte,
                1 => text.insert(at, byte),
                _ => drop(text.remove(at)),
            }
        }
        let spaced = [b" ", text.as_slice()].concat();
        for product in Product::ALL {
            // The space keeps events without a wrapper from being read in the quick way.
            prop_assert_eq!(stream::read(product, &text).ok(), stream::read(product, &spaced).ok());
            // A good frame is good JSON; what stands in text that is passed over is not looked at.
            if stream::read(product, &text).is_ok() {
                prop_assert!(serde_json::from_slice::<IgnoredAny>(&text).is_ok(), "{}", String::from_utf8_lossy(&text));
            }
        }
        let _ = MarketDialect::new(payload.product, String::new(), Base::Only).classify(&Bytes::from(text));
    }
}
