//! Every call that clients make has a row.

use http::Method;

use crate::binance::{
    door::{Route, Verb},
    margin,
    rest::table,
    spot,
};

/// What ccxt and this project's own adapter call of spot and margin, beside what the documentation lists.
const CALLED: &[(&str, &str)] = &[
    ("GET", "/api/v3/ping /api/v3/time /api/v3/exchangeInfo /api/v3/depth /api/v3/trades /api/v3/historicalTrades"),
    ("GET", "/api/v3/aggTrades /api/v3/klines /api/v3/uiKlines /api/v3/avgPrice /api/v3/ticker/24hr /api/v3/ticker"),
    ("GET", "/api/v3/ticker/tradingDay /api/v3/ticker/price /api/v3/ticker/bookTicker /api/v3/executionRules"),
    ("GET", "/api/v3/referencePrice /api/v3/historicalBlockTrades /api/v3/order /api/v3/openOrders /api/v3/allOrders"),
    ("GET", "/api/v3/order/amendments /api/v3/orderList /api/v3/allOrderList /api/v3/openOrderList /api/v3/account"),
    ("GET", "/api/v3/account/commission /api/v3/myTrades /api/v3/rateLimit/order /api/v3/myPreventedMatches"),
    ("GET", "/api/v3/myAllocations /api/v3/myFilters"),
    ("POST", "/api/v3/order /api/v3/order/test /api/v3/order/cancelReplace /api/v3/order/oco /api/v3/orderList/oco"),
    ("POST", "/api/v3/orderList/oto /api/v3/orderList/otoco /api/v3/orderList/opo /api/v3/orderList/opoco"),
    ("POST", "/api/v3/sor/order /api/v3/sor/order/test"),
    ("PUT", "/api/v3/order/amend/keepPriority"),
    ("DELETE", "/api/v3/order /api/v3/openOrders /api/v3/orderList"),
    ("GET", "/sapi/v1/capital/config/getall /sapi/v1/asset/tradeFee /sapi/v1/asset/transfer /sapi/v1/margin/allPairs"),
    ("GET", "/sapi/v1/margin/isolated/allPairs /sapi/v1/margin/allAssets /sapi/v1/margin/priceIndex"),
    ("GET", "/sapi/v1/margin/delist-schedule /sapi/v1/margin/list-schedule /sapi/v1/margin/account"),
    ("GET", "/sapi/v1/margin/isolated/account /sapi/v1/margin/borrow-repay /sapi/v1/margin/maxBorrowable"),
    ("GET", "/sapi/v1/margin/maxTransferable /sapi/v1/margin/interestHistory /sapi/v1/margin/interestRateHistory"),
    ("GET", "/sapi/v1/margin/crossMarginData /sapi/v1/margin/isolatedMarginData /sapi/v1/margin/transfer"),
    ("GET", "/sapi/v1/margin/capital-flow /sapi/v1/margin/order /sapi/v1/margin/openOrders /sapi/v1/margin/allOrders"),
    ("GET", "/sapi/v1/margin/orderList /sapi/v1/margin/allOrderList /sapi/v1/margin/openOrderList /sapi/v1/margin/myTrades"),
    ("GET", "/sapi/v1/margin/myPreventedMatches /sapi/v1/margin/rateLimit/order"),
    ("POST", "/sapi/v3/asset/getUserAsset /sapi/v1/asset/transfer /sapi/v1/margin/isolated/account"),
    ("POST", "/sapi/v1/margin/borrow-repay /sapi/v1/margin/order /sapi/v1/margin/order/oco /sapi/v1/margin/order/oto"),
    ("POST", "/sapi/v1/margin/order/otoco /sapi/v1/userListenToken /sapi/v1/margin/listen-key"),
    ("PUT", "/sapi/v1/margin/listen-key"),
    ("DELETE", "/sapi/v1/margin/order /sapi/v1/margin/openOrders /sapi/v1/margin/orderList"),
    ("DELETE", "/sapi/v1/margin/isolated/account /sapi/v1/margin/listen-key"),
];

#[test]
fn every_call_that_clients_make_has_a_row() {
    let table = table();
    for (method, paths) in CALLED {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        for path in paths.split_whitespace() {
            assert!(table.find("api.binance.com", &method, path).is_some(), "{method} {path}");
            assert!(table.find("", &method, path).is_some(), "{method} {path}, without a host");
        }
    }
}

#[test]
fn no_row_stands_twice() {
    let rows: Vec<&Route> = spot::ROUTES.iter().chain(margin::ROUTES).collect();
    for (place, row) in rows.iter().enumerate() {
        let is_twice = rows.iter().take(place).any(|before| (before.method, before.path) == (row.method, row.path));
        assert!(!is_twice, "{:?} {}", row.method, row.path);
    }
}

#[test]
fn only_placing_counts_as_orders() {
    for row in spot::ROUTES.iter().chain(margin::ROUTES) {
        let orders = (row.orders)(&crate::binance::door::Params::default());
        let places = row.method == Verb::Post
            && (row.path.ends_with("/order") || row.path.contains("/orderList/") || row.path.contains("/order/o"))
            || row.path.ends_with("cancelReplace");
        assert_eq!(orders > 0, places && !row.path.contains("/sor/"), "{:?} {}", row.method, row.path);
    }
}

/// The calls of the recorded client, where the recording is there.
#[test]
fn every_recorded_call_of_ccxt_has_a_row() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    let folder = std::env::var_os("METAEXPERT_CAPTURES").map_or_else(|| root.join("shared/captures"), Into::into);
    let file = folder.join("../client-contract.md");
    let Ok(contract) = std::fs::read_to_string(&file) else {
        println!("skipped: {} is not there", file.display());
        return;
    };
    let table = table();
    let mut found = 0;
    for call in contract.split('`').filter_map(|piece| piece.split_once(" api.binance.com")) {
        let (Ok(method), Some(path)) = (Method::from_bytes(call.0.as_bytes()), call.1.split(['?', ' ']).next()) else { continue };
        assert!(table.find("api.binance.com", &method, path).is_some(), "{method} {path}");
        found += 1;
    }
    assert!(found > 50, "{found}");
}
