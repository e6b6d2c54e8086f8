//! Frames of the WebSocket API, as another client sends them and as the documentation has them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use metaexpert_binance::{
    Product,
    orders::{ws_api::*, *},
};
use metaexpert_connect::{
    Endpoint, Lane, Params,
    signing::{Credentials, Signer},
};
use metaexpert_core::Side;
use serde_json::Value;

use super::{
    captures::{captures, stored},
    operations::{NOW, amendment, base, future, future_limit, limit, spot},
    requests::SECRET,
};

/// Carries nothing, and remembers what it was to carry.
#[derive(Default)]
struct Noted(Mutex<Vec<(&'static Endpoint, Params)>>);

impl Via for Noted {
    async fn send(&self, _: Product, _: Lane, endpoint: &'static Endpoint, params: Params) -> Reports {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((endpoint, params));
        Ok(Vec::new())
    }
}

/// Files and calls of the other client, in the order in which [`noted`] makes them.
const THEIRS: [(&str, &str); 13] = [
    ("binance", "create_order_ws limit [BTC/USDT]"),
    ("binance", "create_order_ws market [BTC/USDT]"),
    ("binance", "edit_order_ws limit [BTC/USDT]"),
    ("binance", "cancel_order_ws [BTC/USDT]"),
    ("binance", "cancel_all_orders_ws [BTC/USDT]"),
    ("binanceusdm", "create_order_ws limit [BTC/USDT:USDT]"),
    ("binanceusdm", "create_order_ws market [BTC/USDT:USDT]"),
    ("binanceusdm", "edit_order_ws limit [BTC/USDT:USDT]"),
    ("binanceusdm", "cancel_order_ws [BTC/USDT:USDT]"),
    ("binancecoinm", "create_order_ws limit [BTC/USD:BTC]"),
    ("binancecoinm", "create_order_ws market [BTC/USD:BTC]"),
    ("binancecoinm", "edit_order_ws limit [BTC/USD:BTC]"),
    ("binancecoinm", "cancel_order_ws [BTC/USD:BTC]"),
];

async fn noted() -> Vec<(&'static Endpoint, Params)> {
    let via = Noted::default();
    let target = Target::Venue(123_456);
    let first = spot(Side::Buy, base("0.01"), limit("50000", SpotTimeInForce::GoodTillCancelled));
    place(&via, &OrderRequest::Spot(first), NOW).await.unwrap();
    place(&via, &OrderRequest::Spot(spot(Side::Buy, base("0.01"), SpotKind::Market)), NOW).await.unwrap();
    let new = spot(Side::Buy, base("0.01"), limit("50100", SpotTimeInForce::GoodTillCancelled));
    let replacement = Replacement { target: target.clone(), order: new, when_cancel_fails: WhenCancelFails::Stop };
    replace_spot(&via, &replacement).await.unwrap();
    cancel(&via, Desk::Spot, "BTCUSDT", &target).await.unwrap();
    cancel_all(&via, Desk::Spot, "BTCUSDT").await.unwrap();
    for (product, symbol, amount) in [(FuturesProduct::UsdM, "BTCUSDT", "0.01"), (FuturesProduct::CoinM, "BTCUSD_PERP", "1")] {
        for kind in [future_limit("50000", FuturesTimeInForce::GoodTillCancelled), FuturesKind::Market] {
            let order = future(symbol, Side::Buy, Leg::Net { reduce_only: false }, amount, kind);
            place(&via, &OrderRequest::Futures(product, order), NOW).await.unwrap();
        }
        amend_future(&via, product, &amendment(symbol, amount)).await.unwrap();
        cancel(&via, Desk::Futures(product), symbol, &target).await.unwrap();
    }
    via.0.into_inner().unwrap()
}

#[tokio::test]
async fn frames_are_those_of_another_client() {
    let Some(folder) = captures() else { return };
    let signer = std::sync::Arc::new(Signer::from_secret(SECRET).unwrap());
    let credentials = Credentials { key: "testkey".into(), signer, passphrase: None };
    let plain = |frame: &Value| -> BTreeMap<String, String> {
        // Names of orders are random. `returnRateLimits` is theirs, for this side wants the limits; `side` is ours where an order
        // is changed, for the documentation has it mandatory.
        let is_change = frame["method"] == "order.modify";
        let left_out = ["newClientOrderId", "timestamp", "recvWindow", "signature", "returnRateLimits"];
        let is_compared = |name: &str| !(left_out.contains(&name) || is_change && name == "side");
        let params = frame["params"].as_object().unwrap().iter().filter(|(name, _)| is_compared(name));
        params.map(|(name, value)| (name.clone(), value.as_str().map_or_else(|| value.to_string(), str::to_owned))).collect()
    };
    let noted = noted().await;
    assert_eq!(noted.len(), THEIRS.len());
    for ((file, call), (endpoint, params)) in THEIRS.into_iter().zip(noted) {
        let recorded = stored(&folder.join(format!("ccxt-requests/{file}.json")));
        let entry = recorded["ws"].as_array().unwrap().iter().find(|entry| entry["call"] == call);
        let sent = entry.unwrap_or_else(|| panic!("{call}"))["requests"].as_array().unwrap();
        let sent = sent.iter().find(|request| request["kind"] == "ws_send").unwrap();
        let frame = frame("1", endpoint, &params, &credentials, NOW, Duration::from_secs(5)).unwrap().unwrap();
        let frame: Value = serde_json::from_str(&frame).unwrap();
        assert_eq!(frame["method"], sent["message"]["method"], "{call}");
        assert_eq!(plain(&frame), plain(&sent["message"]), "{call}");
    }
}

/// Pages of the documentation of the WebSocket API of futures.
const PAGES: [(&str, Product, &Endpoint); 10] = [
    ("usds-margined-futures/trade/websocket-api", Product::UsdM, &endpoints::futures::usdm::PLACE),
    ("usds-margined-futures/trade/websocket-api/Modify-Order", Product::UsdM, &endpoints::futures::usdm::AMEND),
    ("usds-margined-futures/trade/websocket-api/Cancel-Order", Product::UsdM, &endpoints::futures::usdm::CANCEL),
    ("usds-margined-futures/trade/websocket-api/Query-Order", Product::UsdM, &endpoints::futures::usdm::QUERY),
    ("usds-margined-futures/trade/websocket-api/New-Algo-Order", Product::UsdM, &endpoints::futures::usdm::PLACE_ALGO),
    ("usds-margined-futures/trade/websocket-api/Cancel-Algo-Order", Product::UsdM, &endpoints::futures::usdm::CANCEL_ALGO),
    ("coin-margined-futures/trade/websocket-api", Product::CoinM, &endpoints::futures::coinm::PLACE),
    ("coin-margined-futures/trade/websocket-api/Modify-Order", Product::CoinM, &endpoints::futures::coinm::AMEND),
    ("coin-margined-futures/trade/websocket-api/Cancel-Order", Product::CoinM, &endpoints::futures::coinm::CANCEL),
    ("coin-margined-futures/trade/websocket-api/Query-Order", Product::CoinM, &endpoints::futures::coinm::QUERY),
];

#[test]
fn methods_and_replies_of_futures_are_those_of_the_documentation() {
    let Some(folder) = captures() else { return };
    for (page, product, endpoint) in PAGES {
        let page_read = stored(&folder.join(format!("exchange-docs-crawl/binance/derivatives/{page}.json")));
        let frames: Vec<&Value> = page_read["blocks"].as_array().unwrap().iter().map(|block| &block["json"]).collect();
        assert_eq!(frames[0]["method"].as_str(), method(endpoint), "{page}");
        let reports = read(product, endpoint, frames[1].to_string().as_bytes());
        assert!(!reports.unwrap_or_else(|why| panic!("{page}: {why}")).is_empty(), "{page}");
    }
}
