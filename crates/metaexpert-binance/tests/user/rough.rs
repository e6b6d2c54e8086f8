//! Payloads that are cut, escaped, extended or say what nobody knows yet.

use std::path::Path;

use metaexpert_binance::{Product, user};
use metaexpert_connect::Report;
use proptest::prelude::*;
use serde_json::Value;

use super::fixture;

/// Every payload of the crate's own, with the product that it is of.
fn fixtures() -> Vec<(Product, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/user");
    let mut all = Vec::new();
    for (folder, product) in [
        ("spot", Product::Spot),
        ("margin", Product::Margin),
        ("usdm", Product::UsdM),
        ("coinm", Product::CoinM),
        ("options", Product::Options),
        ("api", Product::Spot),
    ] {
        for entry in std::fs::read_dir(root.join(folder)).unwrap() {
            let name = entry.unwrap().path();
            all.push((product, format!("{folder}/{}", name.file_stem().unwrap().to_str().unwrap())));
        }
    }
    assert!(all.len() > 50, "only {} payloads", all.len());
    all
}

#[test]
fn a_payload_that_is_cut_is_malformed_and_never_a_panic() {
    for (product, name) in fixtures() {
        let whole = fixture(&name).trim_ascii_end();
        assert!(user::read(product, whole).is_ok(), "{name}");
        for end in 0..whole.len() {
            assert!(user::read(product, &whole[..end]).is_err(), "{name} cut at {end}");
        }
    }
}

#[test]
fn a_payload_of_any_product_panics_in_no_other() {
    for (_, name) in fixtures() {
        for product in Product::ALL {
            let _ = user::read(product, fixture(&name));
        }
    }
}

/// JSON with every letter of every key and text escaped.
fn escaped(value: &Value) -> String {
    let text = |text: &str| {
        let units: Vec<_> = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
        format!("\"{}\"", units.concat())
    };
    match value {
        Value::String(string) => text(string),
        Value::Array(items) => format!("[{}]", items.iter().map(escaped).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{}:{}", text(key), escaped(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        plain => plain.to_string(),
    }
}

#[test]
fn an_escaped_payload_says_the_same() {
    for (product, name) in fixtures() {
        let value: Value = serde_json::from_slice(fixture(&name)).unwrap();
        let escaped = escaped(&value);
        assert_eq!(user::read(product, escaped.as_bytes()).unwrap(), user::read(product, fixture(&name)).unwrap(), "{name}");
    }
}

/// Adds a field that nobody knows to every object.
fn extended(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(extended),
        Value::Object(fields) => {
            fields.values_mut().for_each(extended);
            fields.insert("zz9".into(), serde_json::json!({"since": [2027, null, {"e": "executionReport"}]}));
        }
        _ => {}
    }
}

#[test]
fn a_field_that_nobody_knows_changes_nothing() {
    for (product, name) in fixtures() {
        let mut value: Value = serde_json::from_slice(fixture(&name)).unwrap();
        extended(&mut value);
        let frame = serde_json::to_vec(&value).unwrap();
        assert_eq!(user::read(product, &frame).unwrap(), user::read(product, fixture(&name)).unwrap(), "{name}");
    }
}

/// Every place in a payload, as a JSON pointer.
fn places(value: &Value, at: &str, into: &mut Vec<String>) {
    let mut go = |key: String, value: &Value| {
        let place = format!("{at}/{key}");
        places(value, &place, into);
        into.push(place);
    };
    match value {
        Value::Array(items) => items.iter().enumerate().for_each(|(at, value)| go(at.to_string(), value)),
        Value::Object(fields) => fields.iter().for_each(|(key, value)| go(key.clone(), value)),
        _ => {}
    }
}

#[test]
fn whatever_stands_in_a_field_is_read_or_malformed_and_never_a_panic() {
    let others = [
        Value::Null,
        Value::Bool(true),
        Value::from(""),
        Value::from("NEVER_SEEN"),
        Value::from(i64::MIN),
        Value::from(u64::MAX),
        Value::from(-1.5e300),
        Value::from("79228162514264337593543950336"),
        Value::from("0"),
        serde_json::json!([]),
        serde_json::json!({}),
    ];
    for (product, name) in fixtures() {
        let value: Value = serde_json::from_slice(fixture(&name)).unwrap();
        let mut all = Vec::new();
        places(&value, "", &mut all);
        for place in all {
            for other in &others {
                let mut changed = value.clone();
                *changed.pointer_mut(&place).unwrap() = other.clone();
                let _ = user::read(product, &serde_json::to_vec(&changed).unwrap());
            }
        }
    }
}

#[test]
fn a_word_that_nobody_knows_is_kept_as_it_was_written() {
    for (product, name, places) in [
        (Product::Spot, "spot/execution_new", &["/event/X", "/event/o", "/event/f"][..]),
        (Product::UsdM, "usdm/order_new", &["/o/X", "/o/o", "/o/f"]),
        (Product::CoinM, "coinm/order_trade", &["/o/X", "/o/o", "/o/f"]),
        (Product::Options, "options/order_trade", &["/data/o/X", "/data/o/o", "/data/o/f"]),
        (Product::UsdM, "usdm/algo_new", &["/o/X", "/o/o", "/o/f"]),
    ] {
        let mut value: Value = serde_json::from_slice(fixture(name)).unwrap();
        for place in places {
            *value.pointer_mut(place).unwrap() = Value::from("NEVER_SEEN");
        }
        let frame = serde_json::to_vec(&value).unwrap();
        let reports = user::read(product, &frame).unwrap();
        let Report::Order(order) = &reports[0] else { panic!("{name}: {reports:?}") };
        assert_eq!(order.state.strange(), Some("NEVER_SEEN"), "{name}");
        assert_eq!(order.order_type.strange(), Some("NEVER_SEEN"), "{name}");
        assert_eq!(order.time_in_force.as_ref().and_then(|word| word.strange()), Some("NEVER_SEEN"), "{name}");
    }
}

#[test]
fn what_has_no_known_side_or_leg_is_malformed_and_not_booked() {
    let side = "an execution whose side or number is not known";
    let leg = "an execution whose side, leg or number is not known";
    let position = "a position of an unknown leg";
    for (product, name, place, why) in [
        (Product::Spot, "spot/execution_trade", "/event/S", side),
        (Product::UsdM, "usdm/order_trade", "/o/S", leg),
        (Product::UsdM, "usdm/order_trade", "/o/ps", leg),
        (Product::UsdM, "usdm/trade_lite", "/S", side),
        (Product::UsdM, "usdm/trade_lite", "/L", "an execution of nothing, or at no price"),
        (Product::UsdM, "usdm/account_update", "/a/P/1/ps", position),
        (Product::UsdM, "usdm/margin_call", "/p/0/ps", position),
    ] {
        let mut value: Value = serde_json::from_slice(fixture(name)).unwrap();
        *value.pointer_mut(place).unwrap() = Value::from(if place == "/L" { "0" } else { "LEND" });
        let malformed = user::read(product, &serde_json::to_vec(&value).unwrap()).unwrap_err();
        assert_eq!(malformed.why, why, "{name} {place}");
    }
}

#[test]
fn an_execution_at_no_price_is_told_by_the_order_alone() {
    for (product, name, place) in
        [(Product::Spot, "spot/execution_trade", "/event/L"), (Product::UsdM, "usdm/order_trade", "/o/L")]
    {
        let mut value: Value = serde_json::from_slice(fixture(name)).unwrap();
        *value.pointer_mut(place).unwrap() = Value::from("0.00");
        let frame = serde_json::to_vec(&value).unwrap();
        assert!(matches!(&user::read(product, &frame).unwrap()[..], [Report::Order(_)]), "{name}");
    }
}

#[test]
fn an_event_is_the_same_however_it_is_wrapped() {
    let bare = fixture("usdm/order_trade");
    let text = std::str::from_utf8(bare).unwrap();
    let reports = user::read(Product::UsdM, bare).unwrap();
    for frame in [
        format!(r#"{{"stream":"key","data":{text}}}"#),
        format!(r#"{{"data":{text},"stream":"key"}}"#),
        format!(r#"{{"event":{text}}}"#),
    ] {
        assert_eq!(user::read(Product::UsdM, frame.as_bytes()).unwrap(), reports);
    }
}

#[test]
fn a_subscription_tells_its_number() {
    assert_eq!(user::subscription(fixture("spot/execution_new")).unwrap(), Some(3));
    assert_eq!(user::subscription(fixture("usdm/order_trade")).unwrap(), None);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for product in Product::ALL {
            let _ = user::read(product, &bytes);
        }
    }

    #[test]
    fn no_change_of_a_byte_makes_it_panic(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let fixtures = fixtures();
        let (product, name) = which.get(&fixtures);
        let mut frame = fixture(name).to_vec();
        let at = at.index(frame.len());
        frame[at] = byte;
        let _ = user::read(*product, &frame);
    }
}
