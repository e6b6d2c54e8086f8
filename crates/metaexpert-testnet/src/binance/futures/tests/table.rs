//! The tables: every call that clients of the recorded contract make has a row, and rows fit together.

use std::collections::BTreeSet;

use crate::binance::{
    door::{Product, Route, Security, Verb},
    futures::{COINM_ROUTES, USDM_ROUTES},
};

/// What an unmodified ccxt 4.5.90 sends to USD-M, and what its options and its batch calls send there.
const USDM: &str = "GET exchangeInfo,GET time,GET ticker/24hr,GET depth,GET klines,GET aggTrades,POST order,PUT order,DELETE order,GET order,\
    POST algoOrder,DELETE algoOrder,GET algoOrder,DELETE allOpenOrders,DELETE algoOpenOrders,GET openOrders,GET openAlgoOrders,GET allOrders,\
    GET userTrades,GET leverageBracket,POST leverage,POST marginType,POST positionSide/dual,GET premiumIndex,POST batchOrders,\
    DELETE batchOrders,GET positionSide/dual,GET symbolConfig,GET income,GET fundingRate,POST positionMargin,GET commissionRate,\
    GET openInterest,POST listenKey,PUT listenKey,DELETE listenKey";

/// The same of COIN-M.
const COINM: &str = "GET exchangeInfo,GET time,GET ticker/24hr,GET depth,GET klines,GET aggTrades,GET account,POST order,PUT order,DELETE order,\
    GET order,POST algoOrder,DELETE algoOrder,GET algoOrder,DELETE allOpenOrders,DELETE algoOpenOrders,GET openOrders,GET openAlgoOrders,\
    GET allOrders,GET userTrades,GET positionRisk,POST leverage,POST marginType,POST positionSide/dual,GET premiumIndex,POST listenKey,\
    PUT listenKey";

fn has(table: &[Route], verb: &str, path: &str) -> bool {
    let verb = match verb {
        "GET" => Verb::Get,
        "POST" => Verb::Post,
        "PUT" => Verb::Put,
        _ => Verb::Delete,
    };
    table.iter().any(|route| route.method == verb && route.path == path)
}

#[test]
fn every_call_that_clients_make_has_a_row() {
    for (table, prefix, calls) in [(USDM_ROUTES, "/fapi/v1/", USDM), (COINM_ROUTES, "/dapi/v1/", COINM)] {
        for call in calls.split(',') {
            let (verb, path) = call.trim().split_once(' ').unwrap();
            assert!(has(table, verb, &format!("{prefix}{path}")), "{verb} {prefix}{path}");
        }
    }
    assert!(has(USDM_ROUTES, "GET", "/fapi/v3/account"));
    assert!(has(USDM_ROUTES, "GET", "/fapi/v3/positionRisk"));
    assert!(has(COINM_ROUTES, "GET", "/dapi/v2/leverageBracket"));
}

#[test]
fn a_call_has_one_row_and_its_family_is_in_its_path() {
    let mut seen = BTreeSet::new();
    for route in USDM_ROUTES.iter().chain(COINM_ROUTES) {
        assert!(seen.insert((route.product, route.method as u8, route.path)), "{} twice", route.path);
        let prefix = if route.product == Product::UsdM { "/fapi/" } else { "/dapi/" };
        assert!(route.path.starts_with(prefix) || route.path.starts_with("/futures/data/"), "{}", route.path);
    }
}

#[test]
fn whatever_changes_something_wants_a_signature_or_is_a_listen_key() {
    for route in USDM_ROUTES.iter().chain(COINM_ROUTES).filter(|route| route.method != Verb::Get) {
        let expect = if route.path.ends_with("/listenKey") { Security::Key } else { Security::Signed };
        assert_eq!(route.security, expect, "{}", route.path);
    }
}

#[test]
fn placing_and_changing_count_as_orders_and_asking_does_not() {
    for route in USDM_ROUTES.iter().chain(COINM_ROUTES) {
        let places = matches!(route.method, Verb::Post | Verb::Put)
            && ["/order", "/algoOrder", "/batchOrders"].iter().any(|end| route.path.ends_with(end));
        let counted = (route.orders)(&crate::binance::door::Params::default());
        assert_eq!(counted, u32::from(places), "{:?} {}", route.method, route.path);
    }
}
