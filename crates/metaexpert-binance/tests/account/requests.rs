//! How calls are written: where parameters stand, what bears the key, and that the table asks for what others ask for.

use metaexpert_binance::{
    Environment, Hosts, Product,
    account::endpoints::{Call, TABLE},
    dialect::Dialect,
};
use metaexpert_connect::{Auth, Lost, Method, Params, http::RestDialect};
use serde_json::Value;

use crate::{
    captures::{captures, json},
    signing::{body, endpoint, prepared},
};

#[test]
fn questions_go_into_the_query_and_orders_into_a_form() {
    let params = Params::new().with("symbol", "BTCUSDT");
    for method in [Method::Get, Method::Delete] {
        let sent = prepared(&endpoint(method, Auth::Signed), &params, "secret", 1);
        assert!(sent.path_and_query.starts_with("/api/v3/order?symbol=BTCUSDT&recvWindow=5000&timestamp=1&signature="));
        assert_eq!(sent.body, None);
    }
    for method in [Method::Post, Method::Put] {
        let sent = prepared(&endpoint(method, Auth::Signed), &params, "secret", 1);
        assert_eq!(sent.path_and_query, "/api/v3/order");
        assert!(body(&sent).starts_with("symbol=BTCUSDT&recvWindow=5000&timestamp=1&signature="));
    }
}

#[test]
fn the_key_goes_with_what_needs_it_and_with_nothing_else() {
    let headers = |auth| prepared(&endpoint(Method::Post, auth), &Params::new(), "secret", 1).headers;
    assert_eq!(headers(Auth::Public), Vec::new());
    assert_eq!(headers(Auth::Key), [("X-MBX-APIKEY", "the-key".to_owned())]);
    assert_eq!(headers(Auth::Signed), [("X-MBX-APIKEY", "the-key".to_owned())]);
    assert_eq!(body(&prepared(&endpoint(Method::Post, Auth::Key), &Params::new(), "secret", 1)), "");
    for auth in [Auth::Key, Auth::Signed] {
        assert!(Dialect::new(Product::UsdM).prepare(&endpoint(Method::Get, auth), &Params::new(), None).is_err());
    }
}

#[test]
fn each_product_has_a_clock_and_reads_it() {
    for product in Product::ALL {
        let dialect = Dialect::new(product);
        let time = dialect.read_clock(br#"{"serverTime":1767225600123}"#).unwrap();
        assert_eq!(time.as_nanos(), 1_767_225_600_123_000_000);
        assert!(dialect.read_clock(b"{}").is_err());
        assert!(dialect.clock().path.ends_with("/v1/time") || dialect.clock().path == "/api/v3/time");
    }
}

#[test]
fn what_moves_money_is_never_sent_twice() {
    for row in TABLE {
        let moves_money = matches!(row.call, Call::MoveFunds | Call::BorrowOrRepay | Call::ChangePositionMargin);
        assert_eq!(row.endpoint.lost == Lost::Unknown, moves_money, "{}", row.endpoint.path);
        assert!(!row.endpoint.cost.is_empty() && row.endpoint.auth == Auth::Signed, "{}", row.endpoint.path);
    }
}

/// The calls that ccxt makes for what this table offers too.
const SAME: [(&str, &str, Product, Call); 12] = [
    ("binance", "fetch_balance [BTC/USDT]", Product::Spot, Call::Account),
    ("binance", "fetch_my_trades [BTC/USDT]", Product::Spot, Call::Fills),
    ("binanceusdm", "fetch_balance [BTC/USDT:USDT]", Product::UsdM, Call::Account),
    ("binanceusdm", "fetch_my_trades [BTC/USDT:USDT]", Product::UsdM, Call::Fills),
    ("binanceusdm", "fetch_positions([s]) [BTC/USDT:USDT]", Product::UsdM, Call::Brackets),
    ("binanceusdm", "fetch_positions([s]) [BTC/USDT:USDT]", Product::UsdM, Call::Positions),
    ("binanceusdm", "set_leverage(5) [BTC/USDT:USDT]", Product::UsdM, Call::SetLeverage),
    ("binanceusdm", "set_margin_mode('isolated') [BTC/USDT:USDT]", Product::UsdM, Call::SetMarginType),
    ("binanceusdm", "set_position_mode(True) [BTC/USDT:USDT]", Product::UsdM, Call::SetPositionMode),
    ("binancecoinm", "fetch_balance [BTC/USD:BTC]", Product::CoinM, Call::Account),
    ("binancecoinm", "fetch_my_trades [BTC/USD:BTC]", Product::CoinM, Call::Fills),
    ("binancecoinm", "set_leverage(5) [BTC/USD:BTC]", Product::CoinM, Call::SetLeverage),
];

#[test]
fn the_table_asks_where_ccxt_asks() {
    let Some(root) = captures() else { return };
    let mut compared = 0;
    for (file, call, product, ours) in SAME {
        let recorded = json(&root.join(format!("ccxt-requests/{file}.json")));
        let calls = recorded["rest"].as_array().unwrap();
        let requests: Vec<&Value> =
            calls.iter().filter(|row| row["call"] == call).flat_map(|row| row["requests"].as_array().unwrap()).collect();
        assert!(!requests.is_empty(), "{file} has no {call}");
        let row = TABLE.iter().find(|row| row.call == ours && row.products.contains(&product)).unwrap();
        let same = requests
            .iter()
            .find(|request| request["path"] == row.endpoint.path && request["method"] == row.endpoint.method.as_str());
        let same = same.unwrap_or_else(|| panic!("{call}: {} is not among {requests:?}", row.endpoint.path));
        // Both send what is signed in the same place, under the same header, to the same host.
        let place = if matches!(row.endpoint.method, Method::Get | Method::Delete) { "query" } else { "body" };
        let names: Vec<&str> = same[place].as_array().unwrap().iter().filter_map(|pair| pair[0].as_str()).collect();
        assert_eq!(names.last(), Some(&"signature"), "{call}");
        assert!(names.contains(&"timestamp") && names.contains(&"recvWindow"), "{call}");
        assert!(same["headers"]["X-MBX-APIKEY"].is_string(), "{call}");
        assert_eq!(Hosts::of(product, &Environment::Live).rest, format!("https://{}", same["host"].as_str().unwrap()));
        compared += 1;
    }
    println!("{compared} requests are asked as ccxt asks them");
}
