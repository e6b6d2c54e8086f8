//! Replies that others have recorded or documented, read from `../shared/captures` where it is there. Each of them is read, and
//! those that are not about orders are named.

use std::path::{Path, PathBuf};

use metaexpert_binance::{
    Product,
    orders::{RESPONSES, endpoints, ws_api},
};
use metaexpert_connect::{Endpoint, Failure, Method};
use serde_json::{Value, json};

use super::shown::read;

/// Where the captures are; `None` where they are not.
pub(crate) fn captures() -> Option<PathBuf> {
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let folder = std::env::var_os("METAEXPERT_CAPTURES").map_or_else(beside, PathBuf::from);
    if !folder.is_dir() {
        eprintln!("skipped: there are no captures at {}", folder.display());
        return None;
    }
    Some(folder)
}

pub(crate) fn stored(path: &Path) -> Value {
    let text = std::fs::read(path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    serde_json::from_slice(&text).unwrap()
}

fn method(word: &str) -> Method {
    match word {
        "GET" => Method::Get,
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "DELETE" => Method::Delete,
        other => panic!("{other}"),
    }
}

/// Whether a call is about orders.
fn is_ours(product: Product, method: Method, path: &str) -> bool {
    RESPONSES.iter().any(|row| row.products == [product] && row.method == method && row.path == path)
}

/// Reads one; it says something, unless it is an empty list.
fn check(product: Product, method: Method, path: &str, payload: &Value, from: &str) -> usize {
    let bytes = payload.to_string();
    let reports = read(product, method, path, bytes.as_bytes()).unwrap_or_else(|why| panic!("{from}: {why}"));
    assert!(!reports.is_empty() || payload.as_array().is_some_and(Vec::is_empty), "{from}: nothing made of {bytes}");
    reports.len()
}

const SDK: [(Product, &str); 6] = [
    (Product::Spot, "spot/spot__rest_api__apis__trade_api.json"),
    (Product::Spot, "spot/spot__rest_api__apis__account_api.json"),
    (Product::Margin, "margin_trading/margin_trading__rest_api__apis__trade_api.json"),
    (Product::UsdM, "derivatives_trading_usds_futures/derivatives_trading_usds_futures__rest_api__apis__trade_api.json"),
    (Product::CoinM, "derivatives_trading_coin_futures/derivatives_trading_coin_futures__rest_api__apis__trade_api.json"),
    (Product::Options, "derivatives_trading_options/derivatives_trading_options__rest_api__apis__trade_api.json"),
];

/// Calls in these files that are not about orders but about the account: another part of this crate reads them, or they are out
/// of scope (keys of low-latency trading, small liabilities, contracts on stocks).
const NOT_ORDERS: [&str; 42] = [
    "/api/v3/account/commission",
    "/api/v3/account",
    "/api/v3/myAllocations",
    "/api/v3/myFilters",
    "/api/v3/myPreventedMatches",
    "/api/v3/myTrades",
    "/api/v3/rateLimit/order",
    "/sapi/v1/margin/apiKey",
    "/sapi/v1/margin/forceLiquidationRec",
    "/sapi/v1/margin/exchange-small-liability",
    "/sapi/v1/margin/exchange-small-liability-history",
    "/sapi/v1/margin/liquidation-loan/repay",
    "/sapi/v1/margin/manual-liquidation",
    "/sapi/v1/margin/rateLimit/order",
    "/sapi/v1/margin/liquidation-loan",
    "/sapi/v1/margin/liquidation-loan/repay-history",
    "/sapi/v1/margin/myTrades",
    "/sapi/v1/margin/myPreventedMatches",
    "/sapi/v1/margin/api-key-list",
    "/fapi/v1/userTrades",
    "/fapi/v1/leverage",
    "/fapi/v1/marginType",
    "/fapi/v1/multiAssetsMargin",
    "/fapi/v1/positionSide/dual",
    "/fapi/v1/stock/contract",
    "/fapi/v1/positionMargin/history",
    "/fapi/v1/positionMargin",
    "/fapi/v1/adlQuantile",
    "/fapi/v2/positionRisk",
    "/fapi/v3/positionRisk",
    "/dapi/v1/userTrades",
    "/dapi/v1/leverage",
    "/dapi/v1/marginType",
    "/dapi/v1/positionSide/dual",
    "/dapi/v1/positionMargin/history",
    "/dapi/v1/positionMargin",
    "/dapi/v1/adlQuantile",
    "/dapi/v1/positionRisk",
    "/eapi/v1/userTrades",
    "/eapi/v1/position",
    "/eapi/v1/stock/contract",
    "/eapi/v1/commission",
];

#[test]
fn replies_that_the_official_library_is_tested_with_are_read() {
    let Some(folder) = captures() else { return };
    let (mut payloads, mut reports, mut others) = (0, 0, 0);
    for (product, file) in SDK {
        for entry in stored(&folder.join("binance-sdk/binance").join(file)).as_array().unwrap() {
            let (word, path) = (entry["http"]["method"].as_str().unwrap(), entry["http"]["path"].as_str().unwrap());
            if is_ours(product, method(word), path) {
                reports += check(product, method(word), path, &entry["json"], &format!("{file}: {word} {path}"));
                payloads += 1;
            } else {
                assert!(NOT_ORDERS.contains(&path), "{word} {path} is neither read nor named");
                others += 1;
            }
        }
    }
    eprintln!("library: {payloads} payloads, {reports} reports; {others} payloads are not about orders");
    assert!(payloads >= 81, "{payloads}");
}

/// A file of frames: product, name, and the call of each of the library's functions.
type Frames = (Product, &'static str, &'static [(&'static str, &'static Endpoint)]);

/// Frames of the WebSocket API in the same library.
const SDK_FRAMES: [Frames; 3] = [
    (
        Product::Spot,
        "spot/spot__websocket_api__apis__trade_api.json",
        &[
            ("order_place", &endpoints::spot::PLACE),
            ("order_test", &endpoints::spot::TEST),
            ("order_cancel", &endpoints::spot::CANCEL),
            ("order_cancel_replace", &endpoints::spot::REPLACE),
            ("order_amend_keep_priority", &endpoints::spot::AMEND),
            ("open_orders_cancel_all", &endpoints::spot::CANCEL_ALL),
            ("order_list_cancel", &endpoints::spot::CANCEL_LIST),
            ("order_list_place_oco", &endpoints::spot::PLACE_OCO),
            ("order_list_place_oto", &endpoints::spot::PLACE_OTO),
            ("order_list_place_otoco", &endpoints::spot::PLACE_OTOCO),
            ("order_list_place_opo", &endpoints::spot::PLACE_OPO),
            ("order_list_place_opoco", &endpoints::spot::PLACE_OPOCO),
        ],
    ),
    (
        Product::UsdM,
        "derivatives_trading_usds_futures/derivatives_trading_usds_futures__websocket_api__apis__trade_api.json",
        &[
            ("new_order", &endpoints::futures::usdm::PLACE),
            ("modify_order", &endpoints::futures::usdm::AMEND),
            ("cancel_order", &endpoints::futures::usdm::CANCEL),
            ("query_order", &endpoints::futures::usdm::QUERY),
            ("new_algo_order", &endpoints::futures::usdm::PLACE_ALGO),
            ("cancel_algo_order", &endpoints::futures::usdm::CANCEL_ALGO),
        ],
    ),
    (
        Product::CoinM,
        "derivatives_trading_coin_futures/derivatives_trading_coin_futures__websocket_api__apis__trade_api.json",
        &[
            ("new_order", &endpoints::futures::coinm::PLACE),
            ("modify_order", &endpoints::futures::coinm::AMEND),
            ("cancel_order", &endpoints::futures::coinm::CANCEL),
            ("query_order", &endpoints::futures::coinm::QUERY),
        ],
    ),
];

#[test]
fn frames_that_the_official_library_is_tested_with_are_read() {
    let Some(folder) = captures() else { return };
    let (mut frames, mut others) = (0, Vec::new());
    for (product, file, calls) in SDK_FRAMES {
        for entry in stored(&folder.join("binance-sdk/binance").join(file)).as_array().unwrap() {
            let name = entry["fn"].as_str().unwrap();
            match calls.iter().find(|(known, _)| *known == name) {
                Some((_, endpoint)) => {
                    let reports = ws_api::read(product, endpoint, entry["json"].to_string().as_bytes());
                    assert!(!reports.unwrap_or_else(|why| panic!("{name}: {why}")).is_empty(), "{name}");
                    frames += 1;
                }
                None => others.push(name.to_owned()),
            }
        }
    }
    eprintln!("library: {frames} frames; not read: {others:?}");
    assert!(frames >= 20, "{frames}");
    // The old pair and smart routing are not asked for; positions are not orders.
    let known = ["order_list_place", "sor_order_place", "sor_order_test", "position_information", "position_information_v2"];
    assert!(others.iter().all(|name| known.contains(&name.as_str())), "{others:?}");
}

#[test]
fn replies_in_the_documentation_of_spot_are_read() {
    let Some(folder) = captures() else { return };
    let (mut payloads, mut refusals) = (0, 0);
    let page = stored(&folder.join("binance-spot-docs/binance/rest-api.json"));
    let mut call: Option<(Method, String)> = None;
    for block in page["blocks"].as_array().unwrap() {
        if let Some(raw) = block["raw"].as_str() {
            let mut words = raw.split_whitespace();
            call = match (words.next(), words.next()) {
                (Some(word @ ("GET" | "POST" | "PUT" | "DELETE")), Some(path)) if path.starts_with('/') => {
                    Some((method(word), path.to_owned()))
                }
                _ => None,
            };
            continue;
        }
        let Some((method, path)) = call.as_ref().filter(|(method, path)| is_ours(Product::Spot, *method, path)) else { continue };
        let payload = &block["json"];
        // Errors of calls are told by the client, before the reader; replacements have theirs read.
        if payload["code"].is_i64() && payload["data"].is_null() && !path.ends_with("cancelReplace") {
            refusals += 1;
            continue;
        }
        check(Product::Spot, *method, path, payload, &format!("{} {path}", method.as_str()));
        payloads += 1;
    }
    eprintln!("documentation of spot: {payloads} replies, {refusals} errors");
    assert!(payloads >= 33, "{payloads}");
}

#[test]
fn frames_in_the_documentation_of_spot_are_read() {
    let Some(folder) = captures() else { return };
    let (mut good, mut refused) = (0, 0);
    let page = stored(&folder.join("binance-spot-docs/binance/web-socket-api.json"));
    let (mut asked, mut is_past_login): (Option<&'static Endpoint>, _) = (None, false);
    for block in page["blocks"].as_array().unwrap() {
        let frame = &block["json"];
        if let Some(name) = frame["method"].as_str() {
            let is_it = |endpoint: &&'static Endpoint| ws_api::method(endpoint) == Some(name);
            // Before the login, examples of requests and replies do not belong together.
            is_past_login |= name == "session.logout";
            asked = endpoints::spot::ALL.iter().copied().find(is_it).filter(|_| is_past_login);
            continue;
        }
        let (Some(endpoint), true) = (asked, frame["status"].is_u64()) else { continue };
        match ws_api::read(Product::Spot, endpoint, frame.to_string().as_bytes()) {
            Ok(reports) => {
                assert!(!reports.is_empty() || frame["result"] == json!([]), "{}: {frame}", endpoint.name);
                good += 1;
            }
            Err(Failure::Refused { .. } | Failure::RateLimited { .. }) if frame["status"] != 200 => refused += 1,
            Err(why) => panic!("{}: {why}", endpoint.name),
        }
    }
    eprintln!("documentation of spot: {good} good frames, {refused} refusals");
    assert!(good >= 25 && refused >= 3, "{good} {refused}");
}

/// Pages of the documentation, with the call that they are about.
const PAGES: &str = "
usdm POST /fapi/v1/order derivatives/usds-margined-futures/trade/rest-api
usdm GET /fapi/v1/allOrders derivatives/usds-margined-futures/trade/rest-api/All-Orders
usdm POST /fapi/v1/countdownCancelAll derivatives/usds-margined-futures/trade/rest-api/Auto-Cancel-All-Open-Orders
usdm DELETE /fapi/v1/algoOrder derivatives/usds-margined-futures/trade/rest-api/Cancel-Algo-Order
usdm DELETE /fapi/v1/algoOpenOrders derivatives/usds-margined-futures/trade/rest-api/Cancel-All-Algo-Open-Orders
usdm DELETE /fapi/v1/allOpenOrders derivatives/usds-margined-futures/trade/rest-api/Cancel-All-Open-Orders
usdm DELETE /fapi/v1/batchOrders derivatives/usds-margined-futures/trade/rest-api/Cancel-Multiple-Orders
usdm DELETE /fapi/v1/order derivatives/usds-margined-futures/trade/rest-api/Cancel-Order
usdm GET /fapi/v1/openAlgoOrders derivatives/usds-margined-futures/trade/rest-api/Current-All-Algo-Open-Orders
usdm GET /fapi/v1/openOrders derivatives/usds-margined-futures/trade/rest-api/Current-All-Open-Orders
usdm GET /fapi/v1/orderAmendment derivatives/usds-margined-futures/trade/rest-api/Get-Order-Modify-History
usdm PUT /fapi/v1/batchOrders derivatives/usds-margined-futures/trade/rest-api/Modify-Multiple-Orders
usdm PUT /fapi/v1/order derivatives/usds-margined-futures/trade/rest-api/Modify-Order
usdm POST /fapi/v1/algoOrder derivatives/usds-margined-futures/trade/rest-api/New-Algo-Order
usdm POST /fapi/v1/order/test derivatives/usds-margined-futures/trade/rest-api/New-Order-Test
usdm POST /fapi/v1/batchOrders derivatives/usds-margined-futures/trade/rest-api/Place-Multiple-Orders
usdm GET /fapi/v1/algoOrder derivatives/usds-margined-futures/trade/rest-api/Query-Algo-Order
usdm GET /fapi/v1/allAlgoOrders derivatives/usds-margined-futures/trade/rest-api/Query-All-Algo-Orders
usdm GET /fapi/v1/openOrder derivatives/usds-margined-futures/trade/rest-api/Query-Current-Open-Order
usdm GET /fapi/v1/order derivatives/usds-margined-futures/trade/rest-api/Query-Order
usdm GET /fapi/v1/forceOrders derivatives/usds-margined-futures/trade/rest-api/Users-Force-Orders
coinm POST /dapi/v1/order derivatives/coin-margined-futures/trade/rest-api
coinm GET /dapi/v1/allOrders derivatives/coin-margined-futures/trade/rest-api/All-Orders
coinm POST /dapi/v1/countdownCancelAll derivatives/coin-margined-futures/trade/rest-api/Auto-Cancel-All-Open-Orders
coinm DELETE /dapi/v1/allOpenOrders derivatives/coin-margined-futures/trade/rest-api/Cancel-All-Open-Orders
coinm DELETE /dapi/v1/batchOrders derivatives/coin-margined-futures/trade/rest-api/Cancel-Multiple-Orders
coinm DELETE /dapi/v1/order derivatives/coin-margined-futures/trade/rest-api/Cancel-Order
coinm GET /dapi/v1/openOrders derivatives/coin-margined-futures/trade/rest-api/Current-All-Open-Orders
coinm GET /dapi/v1/orderAmendment derivatives/coin-margined-futures/trade/rest-api/Get-Order-Modify-History
coinm PUT /dapi/v1/batchOrders derivatives/coin-margined-futures/trade/rest-api/Modify-Multiple-Orders
coinm PUT /dapi/v1/order derivatives/coin-margined-futures/trade/rest-api/Modify-Order
coinm POST /dapi/v1/batchOrders derivatives/coin-margined-futures/trade/rest-api/Place-Multiple-Orders
coinm GET /dapi/v1/order derivatives/coin-margined-futures/trade/rest-api/Query-Order
coinm GET /dapi/v1/forceOrders derivatives/coin-margined-futures/trade/rest-api/Users-Force-Orders
options DELETE /eapi/v1/allOpenOrdersByUnderlying derivatives/options-trading/trade/Cancel-All-Option-Orders-By-Underlying
options DELETE /eapi/v1/batchOrders derivatives/options-trading/trade/Cancel-Multiple-Option-Orders
options DELETE /eapi/v1/order derivatives/options-trading/trade/Cancel-Option-Order
options DELETE /eapi/v1/allOpenOrders derivatives/options-trading/trade/Cancel-all-Option-orders-on-specific-symbol
options POST /eapi/v1/batchOrders derivatives/options-trading/trade/Place-Multiple-Orders
options GET /eapi/v1/openOrders derivatives/options-trading/trade/Query-Current-Open-Option-Orders
options GET /eapi/v1/historyOrders derivatives/options-trading/trade/Query-Option-Order-History
options GET /eapi/v1/order derivatives/options-trading/trade/Query-Single-Order
options GET /eapi/v1/exerciseRecord derivatives/options-trading/trade/User-Exercise-Record
margin DELETE /sapi/v1/margin/openOrders margin_trading/trade/Margin-Account-Cancel-All-Open-Orders
margin DELETE /sapi/v1/margin/orderList margin_trading/trade/Margin-Account-Cancel-OCO
margin DELETE /sapi/v1/margin/order margin_trading/trade/Margin-Account-Cancel-Order
margin POST /sapi/v1/margin/order/oco margin_trading/trade/Margin-Account-New-OCO
margin POST /sapi/v1/margin/order/oto margin_trading/trade/Margin-Account-New-OTO
margin POST /sapi/v1/margin/order margin_trading/trade/Margin-Account-New-Order
margin GET /sapi/v1/margin/allOrderList margin_trading/trade/Query-Margin-Account-All-OCO
margin GET /sapi/v1/margin/allOrders margin_trading/trade/Query-Margin-Account-All-Orders
margin GET /sapi/v1/margin/order margin_trading/trade/Query-Margin-Account-Order
";

#[test]
fn replies_in_the_documentation_of_derivatives_and_margin_are_read() {
    let Some(folder) = captures() else { return };
    let mut payloads = 0;
    for line in PAGES.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split(' ').collect();
        let [product, word, path, page] = words[..] else { panic!("{line}") };
        let product = Product::ALL.into_iter().find(|known| known.as_str() == product).unwrap();
        let path_of_page = folder.join(format!("exchange-docs-crawl/binance/{page}.json"));
        for block in stored(&path_of_page)["blocks"].as_array().unwrap() {
            let payload = &block["json"];
            if payload.is_null() || payload["code"].as_i64().is_some_and(|code| code < 0) {
                continue;
            }
            // Its list was taken apart where it was stored.
            let payload = if page.ends_with("Users-Force-Orders") && payload.is_object() { &json!([payload]) } else { payload };
            check(product, method(word), path, payload, page);
            payloads += 1;
        }
    }
    eprintln!("documentation of derivatives and margin: {payloads} replies");
    assert!(payloads >= 50, "{payloads}");
}

const OTHERS: [(&str, Product, Method, &str); 9] = [
    ("rust/futures/http_json/order_response.json", Product::UsdM, Method::Post, "/fapi/v1/order"),
    ("rust/futures/http_json/open_algo_orders.json", Product::UsdM, Method::Get, "/fapi/v1/openAlgoOrders"),
    ("py_integration/http_responses/http_futures_account_orders.json", Product::UsdM, Method::Get, "/fapi/v1/allOrders"),
    ("rust/spot/http_json/all_orders_response.json", Product::Spot, Method::Get, "/api/v3/allOrders"),
    ("rust/spot/http_json/cancel_open_orders_response.json", Product::Spot, Method::Delete, "/api/v3/openOrders"),
    ("rust/spot/http_json/cancel_order_response.json", Product::Spot, Method::Delete, "/api/v3/order"),
    ("rust/spot/http_json/new_order_full_response.json", Product::Spot, Method::Post, "/api/v3/order"),
    ("rust/spot/http_json/open_orders_response.json", Product::Spot, Method::Get, "/api/v3/openOrders"),
    ("rust/spot/http_json/order_response.json", Product::Spot, Method::Get, "/api/v3/order"),
];

#[test]
fn replies_that_another_adapter_has_recorded_are_read() {
    let Some(folder) = captures() else { return };
    for (file, product, method, path) in OTHERS {
        check(product, method, path, &stored(&folder.join("nautilus/binance").join(file)), file);
    }
}
