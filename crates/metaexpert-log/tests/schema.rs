//! What is written as JSON, held against the schema in `docs/api`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that goes wrong should stop there")]

mod folder;

use std::sync::{Arc, LazyLock, atomic::AtomicI64};

use folder::Folder;
use jsonschema::Validator;
use metaexpert_log::{
    Level, LogConfig, Logging, NOT_YET, TRADE, critical, debug, error, info, slog,
    slog::{Logger, o},
    trade, warning,
};
use proptest::prelude::*;
use serde_json::{Value, json};

static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/log-record.schema.json");
    let schema = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    jsonschema::draft202012::meta::validate(&schema).unwrap();
    jsonschema::draft202012::new(&schema).unwrap()
});

/// What `log` has logged, each record read back and held against the schema.
fn records_of(log: impl Fn(&Logger)) -> Vec<Value> {
    let folder = Folder::new();
    let logging = Logging::start(&LogConfig { json: true, ..folder.config() }).unwrap();
    log(&logging.logger());
    drop(logging);
    read_all(&folder)
}

fn read_all(folder: &Folder) -> Vec<Value> {
    let files = ["expert.log", "trades.log", "errors.log"].map(|name| folder.read(name));
    let [expert, ..] = files.each_ref().map(|text| text.split_terminator('\n').map(|line| read(line)).collect::<Vec<_>>());
    expert
}

#[track_caller]
fn read(line: &str) -> Value {
    let record: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
    let refusals: Vec<_> = SCHEMA.iter_errors(&record).map(|error| format!("{error} at {}", error.instance_path())).collect();
    assert!(refusals.is_empty(), "{refusals:?}: {line}");
    // A reader that takes the first of two keys and one that takes the last would see different records.
    assert_eq!(line.matches("\":").count() - quoted_colons(&record), record.as_object().unwrap().len(), "{line}");
    record
}

/// How often the texts of a record, written as JSON, hold what looks like the end of a key.
fn quoted_colons(record: &Value) -> usize {
    let texts = record.as_object().unwrap().values().filter(|value| value.is_string());
    texts.map(|value| value.to_string().matches("\":").count()).sum()
}

fn at_every_level(log: &Logger, message: &str, value: &str) {
    debug!(log, "{}", message; "value" => value);
    info!(log, "{}", message; "value" => value);
    trade!(log, "{}", message; "value" => value);
    warning!(log, "{}", message; "value" => value);
    error!(log, "{}", message; "value" => value);
    critical!(log, "{}", message; "value" => value);
    slog::log!(log, slog::Level::Warning, TRADE, "{}", message; "value" => value);
}

#[test]
fn each_level_is_written_with_its_severity_and_all_of_the_header() {
    let records = records_of(|log| at_every_level(log, "message", "value"));
    let levels: Vec<_> = records.iter().map(|r| (r["level"].as_str().unwrap(), r["severity"].as_u64().unwrap())).collect();
    let expected = [("DEBUG", 7), ("INFO", 6), ("TRADE", 5), ("WARNING", 4), ("ERROR", 3), ("CRITICAL", 2), ("WARNING", 4)];
    assert_eq!(levels, expected);
    let kinds: Vec<_> = records.iter().map(|record| record["msgid"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["-", "-", TRADE, "-", "-", "-", TRADE]);
    let first = &records[0];
    assert_eq!(
        (&first["facility"], &first["appname"], &first["procid"]),
        (&json!(1), &json!("tester"), &json!(std::process::id()))
    );
}

/// Messages that have broken somebody's log before.
fn nasty() -> Vec<String> {
    [
        "",
        " ",
        "say \"hi\"",
        "back\\slash\\",
        "two\nlines\r\n",
        "nul\0 and \u{1b}[31m and \u{7f}",
        "\u{2028}\u{2029}\u{85}\u{feff}",
        r"\ud800 \udc00 \u0000 \n \",
        "📈🇩🇪 e\u{301} \u{10ffff}\u{fffd}",
        r#"{"message":"JSON","level":"CRITICAL"}"#,
        r#"","level":"CRITICAL","forged":""#,
        "'; DROP TABLE trades; --",
        "%s %n {} {0} $(reboot)",
        "</script><!--",
    ]
    .map(String::from)
    .into_iter()
    .chain(["x".repeat(100_000), "\"\n".repeat(50_000), "📈".repeat(25_000)])
    .collect()
}

#[test]
fn any_message_comes_back_as_it_was() {
    let messages = nasty();
    let records = records_of(|log| messages.iter().for_each(|message| at_every_level(log, message, message)));
    assert_eq!(records.len(), 7 * messages.len());
    for (seven, message) in records.chunks(7).zip(&messages) {
        for record in seven {
            assert_eq!((record["message"].as_str(), record["value"].as_str()), (Some(message.as_str()), Some(message.as_str())));
        }
    }
}

#[test]
fn every_kind_of_value_is_valid_json_in_its_own_type() {
    let records = records_of(|log| {
        let log = log.new(o!("expert_name" => "ema", "strategy_id" => 7, "symbol" => "BTCUSDT", "account_id" => "binance:main"));
        let log = log.new(o!("order_id" => "x-7-1", "trade_id" => "8812345678"));
        trade!(log, "m"; "u8" => u8::MAX, "i64" => i64::MIN, "u64" => u64::MAX, "i128" => i128::MIN, "f64" => -0.5, "whole" => 2.0,
            "nan" => f64::NAN, "inf" => f64::INFINITY, "f32" => f32::NEG_INFINITY, "char" => '"', "bool" => false, "unit" => (),
            "none" => None::<u8>, "some" => Some("x"), "display" => %1.5, "debug" => ?["a"], "empty" => "", "" => "no name",
            "a \"key\"\n" => 1, "msgid" => "order.accepted");
    });
    let expected = json!({
        "expert_name": "ema", "strategy_id": 7, "symbol": "BTCUSDT", "account_id": "binance:main", "order_id": "x-7-1",
        "trade_id": "8812345678", "u8": 255, "i64": i64::MIN, "u64": u64::MAX, "i128": i128::MIN.to_string(), "f64": -0.5,
        "whole": 2.0, "nan": null, "inf": null, "f32": null, "char": "\"", "bool": false, "unit": null, "none": null, "some": "x",
        "display": "1.5", "debug": "[\"a\"]", "empty": "", "": "no name", "a \"key\"\n": 1, "msgid": "order.accepted",
    });
    for (key, value) in expected.as_object().unwrap() {
        assert_eq!(&records[0][key], value, "{key}");
    }
    assert_eq!(records[0].as_object().unwrap().len(), 8 + expected.as_object().unwrap().len());
}

#[test]
fn a_field_of_a_headers_name_leaves_the_header_alone() {
    let records = records_of(|log| {
        info!(log.new(o!("level" => "ours", "msgid" => "context")), "m"; "timestamp" => "t", "severity" => 99, "facility" => "f",
            "hostname" => "h", "appname" => "a", "procid" => -1, "message" => "other", "simulated_time" => 5);
        info!(log, "m"; "msgid" => 5, "level_" => "theirs", "level" => "ours");
        info!(log.new(o!("msgid" => "outer")).new(o!("msgid" => "inner")), "m");
        info!(log.new(o!("msgid" => "outer")), "m"; "msgid" => "a b\nc\u{e9} which is longer than thirty-two");
    });
    assert_eq!(
        (&records[0]["level"], &records[0]["level_"], &records[0]["msgid"]),
        (&json!("INFO"), &json!("ours"), &json!("context"))
    );
    assert_eq!((&records[0]["message_"], &records[0]["procid_"]), (&json!("other"), &json!(-1)));
    assert_eq!((&records[1]["msgid"], &records[1]["msgid_"]), (&json!("-"), &json!(5)));
    assert_eq!(records[2]["msgid"], "inner");
    assert_eq!(records[3]["msgid"], "abcwhichislongerthanthirty-two");
}

#[test]
fn a_simulated_time_stands_beside_the_clock_on_the_wall() {
    let folder = Folder::new();
    let logging = Logging::start(&LogConfig { json: true, ..folder.config() }).unwrap();
    for nanos in [1_767_323_045_123_456_789, 0, -1, i64::MIN + 1, i64::MAX, NOT_YET] {
        info!(logging.simulated_logger(Arc::new(AtomicI64::new(nanos))), "m");
    }
    drop(logging);
    let records = read_all(&folder);
    assert_eq!(records[0]["simulated_time"], "2026-01-02T03:04:05.123456Z");
    assert_eq!(records[2]["simulated_time"], "1969-12-31T23:59:59.999999Z");
    assert_eq!(records[5].get("simulated_time"), None);
}

#[test]
fn the_schema_refuses_what_is_no_record() {
    let good = records_of(|log| trade!(log, "m"; "symbol" => "BTCUSDT", "strategy_id" => 1)).remove(0);
    assert!(SCHEMA.is_valid(&good));
    let changed = |key: &str, value: Value| {
        let mut record = good.clone();
        record[key] = value;
        record
    };
    for (key, value) in [
        ("timestamp", json!("2026-01-02T03:04:05Z")),
        ("timestamp", json!("2026-01-02T03:04:05.123456+01:00")),
        ("timestamp", json!("2026-13-02T03:04:05.123456Z")),
        ("severity", json!(6)),
        ("severity", json!("5")),
        ("severity", json!(8)),
        ("facility", json!(16)),
        ("hostname", json!("")),
        ("hostname", json!("my machine")),
        ("appname", json!("x".repeat(49))),
        ("procid", json!("12")),
        ("procid", json!(-1)),
        ("msgid", json!("x".repeat(33))),
        ("msgid", json!(5)),
        ("level", json!("info")),
        ("level", json!("INFO")),
        ("message", json!(null)),
        ("simulated_time", json!(0)),
        ("symbol", json!(1)),
        ("strategy_id", json!("1")),
        ("strategy_id", json!(1.5)),
        ("anything", json!([1])),
        ("anything", json!({"nested": true})),
    ] {
        assert!(!SCHEMA.is_valid(&changed(key, value.clone())), "{key}: {value}");
    }
    for key in ["timestamp", "severity", "facility", "hostname", "appname", "procid", "msgid", "level", "message"] {
        let mut record = good.clone();
        record.as_object_mut().unwrap().remove(key);
        assert!(!SCHEMA.is_valid(&record), "without {key}");
    }
    for level in Level::ALL {
        for severity in 0..9 {
            let mut record = changed("level", json!(level.name()));
            record["severity"] = json!(severity);
            assert_eq!(SCHEMA.is_valid(&record), severity == level.severity(), "{level} {severity}");
        }
    }
    assert!(!SCHEMA.is_valid(&json!([good])));
}

/// Texts in which nothing looks like a secret: no sign stands between a name and a value, and no word is as long as a key.
fn harmless() -> impl Strategy<Value = String> {
    prop::collection::vec(any::<char>().prop_filter("could make a secret", |c| !matches!(c, '=' | ':' | '/' | '-' | '@')), 0..30)
        .prop_map(String::from_iter)
}

proptest! {
    // Each has files of its own.
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_record_is_one_line_that_validates_and_says_what_was_said(
        records in prop::collection::vec((harmless(), harmless(), any::<f64>(), any::<i64>()), 1..20)
    ) {
        let written = records_of(|log| {
            for (message, text, float, integer) in &records {
                error!(log, "{}", message; "text" => text, "float" => float, "integer" => integer);
            }
        });
        prop_assert_eq!(written.len(), records.len());
        for (record, (message, text, float, integer)) in written.iter().zip(&records) {
            prop_assert_eq!(record["message"].as_str(), Some(message.as_str()));
            prop_assert_eq!(record["text"].as_str(), Some(text.as_str()));
            prop_assert_eq!(record["integer"].as_i64(), Some(*integer));
            prop_assert_eq!(record["float"].is_null(), !float.is_finite());
        }
    }
}
