//! The same calls as another client makes them: ccxt 4.5.90, recorded request by request in `../shared/captures`.
//!
//! Method, path, names and values are the same, but for names of orders and what is said here.

use std::collections::BTreeMap;

use metaexpert_binance::Product;
use serde_json::Value;

use super::{
    captures::{captures, stored},
    operations::operations,
};

/// Where this side sends something else, with the reason: call, parameter, theirs, ours.
const DIFFERENCES: [(&str, &str, Option<&str>, Option<&str>); 6] = [
    // The documentation has no symbol for these, and the number is that of one order.
    ("cancel_order trigger=True [BTC/USDT:USDT]", "symbol", Some("BTCUSDT"), None),
    ("fetch_order trigger=True [BTC/USDT:USDT]", "symbol", Some("BTCUSDT"), None),
    ("cancel_order trigger=True [BTC/USD:BTC]", "symbol", Some("BTCUSD_PERP"), None),
    ("fetch_order trigger=True [BTC/USD:BTC]", "symbol", Some("BTCUSD_PERP"), None),
    // The default, said aloud.
    ("create_order trigger limit triggerPrice [BTC/USDT:USDT]", "timeInForce", None, Some("GTC")),
    ("create_order trigger limit triggerPrice [BTC/USD:BTC]", "timeInForce", None, Some("GTC")),
];

/// Random, or of the moment.
const NOT_COMPARED: [&str; 5] = ["newClientOrderId", "clientAlgoId", "timestamp", "recvWindow", "signature"];

const FILES: [(Product, &str); 3] =
    [(Product::Spot, "binance"), (Product::UsdM, "binanceusdm"), (Product::CoinM, "binancecoinm")];

type Pairs = BTreeMap<String, String>;

fn theirs(request: &Value) -> Pairs {
    let pairs = ["query", "body"].into_iter().filter_map(|part| request[part].as_array()).flatten();
    pairs.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].as_str().unwrap().to_owned())).collect()
}

fn ours(params: &str) -> Pairs {
    params.split('&').map(|pair| pair.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

#[test]
fn calls_are_those_of_another_client() {
    let Some(folder) = captures() else { return };
    let mut compared = 0;
    for (product, file) in FILES {
        let recorded = stored(&folder.join(format!("ccxt-requests/{file}.json")));
        for operation in operations().filter(|operation| operation.product == product) {
            let Some(call) = operation.theirs else { continue };
            let entry = recorded["rest"].as_array().unwrap().iter().find(|entry| entry["call"] == call);
            let request = &entry.unwrap_or_else(|| panic!("{call}"))["requests"][0];
            let mut words = operation.sent.splitn(3, ' ');
            let (method, path, params) = (words.next().unwrap(), words.next().unwrap(), words.next().unwrap_or_default());
            assert_eq!((request["method"].as_str(), request["path"].as_str()), (Some(method), Some(path)), "{call}");
            let (theirs, ours) = (theirs(request), ours(params));
            for name in theirs.keys().chain(ours.keys()) {
                let pair = (theirs.get(name).map(String::as_str), ours.get(name).map(String::as_str));
                let is_known = DIFFERENCES.contains(&(call, name, pair.0, pair.1));
                assert!(pair.0 == pair.1 || is_known || NOT_COMPARED.contains(&name.as_str()), "{call}: {name} {pair:?}");
            }
            compared += 1;
        }
    }
    eprintln!("{compared} calls are the same");
    assert!(compared >= 45, "{compared}");
}
