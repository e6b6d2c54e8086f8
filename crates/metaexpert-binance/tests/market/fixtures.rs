//! A fixture for each row of the table of replies, with what is made of it.
//!
//! The fixtures are written from the documentation, with numbers of their own. What is expected stands beside each as
//! `*.reports.json`, one report a line; `UPDATE_EXPECT=1` writes it anew.

use std::{fmt::Write as _, fs, path::PathBuf};

use expect_test::expect_file;
use metaexpert_binance::{Product, Response, market::RESPONSES};
use metaexpert_connect::Report;
use serde_json::Value;

use super::decode_get;

/// Where the fixture of a row lies: by the first product that offers it, and the path.
fn file_of(row: &Response) -> PathBuf {
    let name = row.path.trim_start_matches('/').replace('/', ".");
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/market").join(row.products[0].as_str()).join(format!("{name}.json"))
}

fn payload_of(row: &Response) -> Vec<u8> {
    let file = file_of(row);
    fs::read(&file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))
}

fn lines(reports: &[Report<'_>]) -> String {
    reports.iter().fold(String::new(), |mut text, report| {
        writeln!(text, "{}", serde_json::to_string(report).unwrap()).unwrap();
        text
    })
}

#[test]
fn every_reply_is_read_as_its_fixture_says() {
    for row in RESPONSES {
        let payload = payload_of(row);
        for product in row.products {
            let reports = decode_get(*product, row.path, &payload).unwrap_or_else(|why| panic!("{product} {}: {why}", row.path));
            assert!(!reports.is_empty(), "{product} {}", row.path);
            expect_file![file_of(row).with_extension("reports.json")].assert_eq(&lines(&reports));
        }
    }
}

/// Every value of a document, and every field that is not there.
fn without_one(value: &Value) -> Vec<Value> {
    match value {
        Value::Object(fields) => {
            let mut all = Vec::new();
            for (name, field) in fields {
                let mut less = fields.clone();
                less.remove(name);
                all.push(Value::Object(less));
                for inner in without_one(field) {
                    let mut changed = fields.clone();
                    changed.insert(name.clone(), inner);
                    all.push(Value::Object(changed));
                }
            }
            all
        }
        Value::Array(elements) => {
            let mut all = Vec::new();
            for (at, element) in elements.iter().enumerate() {
                let mut less = elements.clone();
                less.remove(at);
                all.push(Value::Array(less));
                for inner in without_one(element) {
                    let mut changed = elements.clone();
                    changed[at] = inner;
                    all.push(Value::Array(changed));
                }
            }
            all
        }
        _ => {
            let texts = ["", "?", "-1", "79228162514264337593543950335", "1e300"].map(Value::from);
            let numbers = [Value::from(-1), Value::from(u64::MAX), Value::from(1e300), Value::Null];
            texts.into_iter().chain(numbers).collect()
        }
    }
}

#[test]
fn a_reply_that_lacks_or_garbles_one_field_is_read_or_malformed_and_never_a_panic() {
    let (mut read, mut malformed) = (0, 0);
    for row in RESPONSES {
        let document: Value = serde_json::from_slice(&payload_of(row)).unwrap();
        for broken in without_one(&document) {
            match (row.read)(row.products[0], broken.to_string().as_bytes()) {
                Ok(_) => read += 1,
                Err(why) => {
                    assert!(
                        why.what.ends_with(row.products[0].as_str())
                            || why.what.contains("listing of")
                            || why.what.contains("schedule"),
                        "{why}"
                    );
                    malformed += 1;
                }
            }
        }
    }
    assert!(read > 500 && malformed > 500, "{read} read, {malformed} malformed");
}

#[test]
fn a_reply_that_is_cut_short_is_malformed() {
    for row in RESPONSES {
        let payload = payload_of(row);
        let payload = payload.trim_ascii_end();
        // Each byte of short ones, some sixty of long ones.
        for end in (0..payload.len()).step_by(1 + payload.len() / 60) {
            assert!((row.read)(row.products[0], &payload[..end]).is_err(), "{} cut at {end}", row.path);
        }
    }
}

#[test]
fn an_empty_list_is_nothing_and_not_malformed() {
    for path in ["/api/v3/klines", "/api/v3/aggTrades", "/api/v3/trades", "/api/v3/ticker/price", "/api/v3/ticker/24hr"] {
        assert_eq!(decode_get(Product::Spot, path, b"[]").unwrap(), []);
    }
}

#[test]
fn a_reference_price_that_is_not_set_is_none() {
    let payload = br#"{"symbol":"SOLUSDT","referencePrice":null,"timestamp":1767225600055}"#;
    let reports = decode_get(Product::Spot, "/api/v3/referencePrice", payload).unwrap();
    let [Report::Reference(reference)] = reports.as_slice() else { panic!("{reports:?}") };
    assert_eq!((reference.price, reference.symbol.as_deref()), (None, Some("SOLUSDT")));
}

#[test]
fn a_filter_that_is_half_written_is_malformed_and_names_what_it_lacks() {
    let payload = br#"{"symbols":[{"symbol":"SOLUSDT","status":"TRADING","baseAsset":"SOL","quoteAsset":"USDT",
        "filters":[{"filterType":"PERCENT_PRICE","multiplierUp":"1.3"}]}]}"#;
    let why = decode_get(Product::Spot, "/api/v3/exchangeInfo", payload).unwrap_err();
    assert_eq!((why.what.as_str(), why.why.as_str()), ("listing of SOLUSDT", "filter PERCENT_PRICE has no `multiplierDown`"));
}

#[test]
fn a_future_may_say_its_status_by_either_name_or_by_both() {
    let listed = |status: &str| {
        let payload = format!(
            r#"{{"symbols":[{{"symbol":"SOLUSD_PERP","contractType":"PERPETUAL","baseAsset":"SOL","quoteAsset":"USD",
                "marginAsset":"SOL",{status}"contractSize":10}}]}}"#
        );
        let reports = decode_get(Product::CoinM, "/dapi/v1/exchangeInfo", payload.as_bytes()).map_err(|why| why.why)?;
        Ok(serde_json::to_value(&reports[0]).unwrap()["status"].clone())
    };
    for status in
        [r#""status":"TRADING","#, r#""contractStatus":"TRADING","#, r#""contractStatus":"TRADING","status":"TRADING","#]
    {
        assert_eq!(listed(status), Ok(Value::from("trading")), "{status}");
    }
    assert_eq!(listed(""), Err("neither `status` nor `contractStatus`".to_owned()));
}
