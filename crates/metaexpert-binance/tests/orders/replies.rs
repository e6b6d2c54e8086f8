//! Replies of our own making, one of each kind, field by field; then every one of them cut at every byte.

mod derivatives;
mod spot;

use expect_test::Expect;
use metaexpert_binance::{
    Product,
    decode::{Kind, decode},
};
use metaexpert_connect::Method;

use super::shown::{read, shown};

/// Name, product, method and path of each fixture.
const FIXTURES: [(&str, Product, Method, &str); 38] = [
    ("spot_ack", Product::Spot, Method::Post, "/api/v3/order"),
    ("spot_result", Product::Spot, Method::Post, "/api/v3/order"),
    ("spot_full", Product::Spot, Method::Post, "/api/v3/order"),
    ("spot_expired", Product::Spot, Method::Post, "/api/v3/order"),
    ("spot_cancel", Product::Spot, Method::Delete, "/api/v3/order"),
    ("spot_query_stop", Product::Spot, Method::Get, "/api/v3/order"),
    ("spot_query_trailing", Product::Spot, Method::Get, "/api/v3/order"),
    ("spot_unknown_words", Product::Spot, Method::Post, "/api/v3/order"),
    ("spot_amend", Product::Spot, Method::Put, "/api/v3/order/amend/keepPriority"),
    ("spot_amend_in_list", Product::Spot, Method::Put, "/api/v3/order/amend/keepPriority"),
    ("spot_replace", Product::Spot, Method::Post, "/api/v3/order/cancelReplace"),
    ("spot_replace_none_done", Product::Spot, Method::Post, "/api/v3/order/cancelReplace"),
    ("spot_replace_only_cancelled", Product::Spot, Method::Post, "/api/v3/order/cancelReplace"),
    ("spot_replace_only_placed", Product::Spot, Method::Post, "/api/v3/order/cancelReplace"),
    ("spot_oco", Product::Spot, Method::Post, "/api/v3/orderList/oco"),
    ("spot_lists", Product::Spot, Method::Get, "/api/v3/allOrderList"),
    ("spot_cancel_all", Product::Spot, Method::Delete, "/api/v3/openOrders"),
    ("spot_test_rates", Product::Spot, Method::Post, "/api/v3/order/test"),
    ("spot_amendments", Product::Spot, Method::Get, "/api/v3/order/amendments"),
    ("spot_sor", Product::Spot, Method::Post, "/api/v3/sor/order"),
    ("margin_cancel", Product::Margin, Method::Delete, "/sapi/v1/margin/order"),
    ("usdm_order", Product::UsdM, Method::Get, "/fapi/v1/order"),
    ("usdm_ack", Product::UsdM, Method::Post, "/fapi/v1/order"),
    ("usdm_trailing", Product::UsdM, Method::Get, "/fapi/v1/openOrder"),
    ("usdm_batch", Product::UsdM, Method::Post, "/fapi/v1/batchOrders"),
    ("usdm_forced", Product::UsdM, Method::Get, "/fapi/v1/forceOrders"),
    ("usdm_amendments", Product::UsdM, Method::Get, "/fapi/v1/orderAmendment"),
    ("usdm_algo", Product::UsdM, Method::Post, "/fapi/v1/algoOrder"),
    ("usdm_algos", Product::UsdM, Method::Get, "/fapi/v1/allAlgoOrders"),
    ("usdm_algo_cancelled", Product::UsdM, Method::Delete, "/fapi/v1/algoOrder"),
    ("usdm_done", Product::UsdM, Method::Delete, "/fapi/v1/allOpenOrders"),
    ("usdm_countdown", Product::UsdM, Method::Post, "/fapi/v1/countdownCancelAll"),
    ("coinm_order", Product::CoinM, Method::Get, "/dapi/v1/order"),
    ("option_order", Product::Options, Method::Post, "/eapi/v1/order"),
    ("option_cancel", Product::Options, Method::Delete, "/eapi/v1/order"),
    ("option_batch", Product::Options, Method::Post, "/eapi/v1/batchOrders"),
    ("option_done", Product::Options, Method::Delete, "/eapi/v1/allOpenOrders"),
    ("option_exercise", Product::Options, Method::Get, "/eapi/v1/exerciseRecord"),
];

fn payload(name: &str) -> Vec<u8> {
    std::fs::read(format!("{}/testdata/orders/{name}.json", env!("CARGO_MANIFEST_DIR"))).unwrap()
}

#[track_caller]
#[expect(clippy::needless_pass_by_value, reason = "so that rows are short")]
fn check(name: &str, expected: Expect) {
    let (_, product, method, path) = FIXTURES.into_iter().find(|(known, ..)| *known == name).unwrap();
    let payload = payload(name);
    expected.assert_eq(&shown(&read(product, method, path, &payload).unwrap()));
}

#[test]
fn every_fixture_is_used() {
    let folder = format!("{}/testdata/orders", env!("CARGO_MANIFEST_DIR"));
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap().trim_end_matches(".json").to_owned())
        .collect();
    let mut known: Vec<&str> = FIXTURES.iter().map(|(name, ..)| *name).collect();
    files.sort();
    known.sort_unstable();
    assert_eq!(files, known);
}

#[test]
fn cut_anywhere_a_reply_is_malformed_and_never_a_panic() {
    for (name, product, method, path) in FIXTURES {
        let payload = payload(name);
        let payload = payload.trim_ascii_end();
        for end in 0..payload.len() {
            assert!(read(product, method, path, &payload[..end]).is_err(), "{name} cut at {end}");
        }
    }
}

#[test]
fn with_any_byte_changed_a_reply_is_never_a_panic() {
    for (name, product, method, path) in FIXTURES {
        let payload = payload(name);
        for at in 0..payload.len() {
            for byte in [b'"', 0xff] {
                let mut broken = payload.clone();
                broken[at] = byte;
                drop(read(product, method, path, &broken));
            }
        }
    }
}

#[test]
fn a_half_done_replacement_is_told_half_by_half_also_by_the_debugging_tool() {
    let kind = Kind::Rest { method: Method::Post, path: "/api/v3/order/cancelReplace".into() };
    let payload = payload("spot_replace_only_cancelled");
    assert_eq!(decode(Product::Spot, &kind, &payload).unwrap().len(), 2);
}

#[test]
fn a_test_on_futures_is_no_order() {
    let payload = payload("usdm_order");
    let reports = read(Product::UsdM, Method::Post, "/fapi/v1/order/test", &payload).unwrap();
    assert_eq!(shown(&reports), "service done\n");
    let reports = read(Product::Spot, Method::Post, "/api/v3/order/test", b"{}").unwrap();
    assert_eq!(shown(&reports), "service done\n");
}

#[test]
fn an_empty_list_is_nothing() {
    for (product, path) in [
        (Product::Spot, "/api/v3/openOrders"),
        (Product::UsdM, "/fapi/v1/openAlgoOrders"),
        (Product::Options, "/eapi/v1/openOrders"),
    ] {
        assert_eq!(read(product, Method::Get, path, b"[]").unwrap(), [], "{path}");
    }
}
