//! Every call that the adapter's tables have was made by some test, or stands here with the reason why not.
//!
//! The lists of the tests are each checked against the audit where the calls are made, so that together they say what was called.

use std::collections::BTreeSet;

use metaexpert_binance::{
    Product,
    account::endpoints::TABLE,
    market::{self, Call},
    orders::{endpoints, ws_api},
    user::endpoints as user,
};
use metaexpert_connect::Endpoint;

use crate::{
    algo_orders, exchange, futures_accounts, futures_orders, margin_accounts, margin_orders, markets, option_accounts,
    option_orders, socket_orders, spot_accounts, spot_lists, spot_orders, user_streams,
};

/// Not called, or not answered with a success.
const LEFT_OUT: &[(&str, &str)] = &[
    ("GET /fapi/v1/ticker/price", "the adapter asks version 2; version 1 is in its table for replies that were recorded"),
    ("DELETE /sapi/v1/margin/listen-key", "the adapter leaves the key of an account alone, others may use it"),
];

fn called() -> BTreeSet<String> {
    let lists = [
        markets::CALLS,
        markets::MARGIN_CALLS,
        markets::USDM_CALLS,
        markets::COINM_CALLS,
        markets::OPTION_CALLS,
        spot_orders::CALLS,
        spot_orders::CHANGING_CALLS,
        spot_lists::CALLS,
        margin_orders::CALLS,
        margin_orders::LIST_CALLS,
        margin_orders::ISOLATED_CALLS,
        futures_orders::USDM_CALLS,
        futures_orders::COINM_CALLS,
        algo_orders::USDM_CALLS,
        algo_orders::COINM_CALLS,
        option_orders::CALLS,
        spot_accounts::CALLS,
        margin_accounts::CALLS,
        margin_accounts::ISOLATED_CALLS,
        futures_accounts::USDM_CALLS,
        futures_accounts::COINM_CALLS,
        option_accounts::CALLS,
        user_streams::MARGIN_CALLS,
        user_streams::RISK_CALLS,
        user_streams::USDM_CALLS,
        user_streams::COINM_CALLS,
        user_streams::OPTION_CALLS,
        exchange::CALLS,
    ];
    lists.iter().flat_map(|list| list.iter()).map(|call| (*call).to_owned()).collect()
}

fn offered() -> BTreeSet<String> {
    let named = |endpoint: &Endpoint| format!("{} {}", endpoint.method.as_str(), endpoint.path);
    let mut all: BTreeSet<String> = TABLE.iter().map(|row| named(&row.endpoint)).collect();
    for product in Product::ALL {
        all.extend(Call::ALL.iter().filter_map(|call| market::endpoints::endpoint(product, *call)).map(named));
    }
    all.extend(endpoints::all().map(|(_, endpoint)| named(endpoint)));
    let keys = [
        &user::START_USDM,
        &user::KEEP_USDM,
        &user::STOP_USDM,
        &user::START_COINM,
        &user::KEEP_COINM,
        &user::STOP_COINM,
        &user::START_OPTIONS,
        &user::KEEP_OPTIONS,
        &user::STOP_OPTIONS,
        &user::START_MARGIN,
        &user::START_RISK,
        &user::KEEP_RISK,
        &user::STOP_RISK,
    ];
    all.extend(keys.into_iter().map(named));
    all
}

#[test]
fn every_call_of_the_adapter_is_made_by_a_test_or_left_out_for_a_reason() {
    let (called, offered) = (called(), offered());
    let left_out = LEFT_OUT.iter().chain(markets::REFUSED_CALLS).map(|(call, _)| (*call).to_owned());
    let left_out: BTreeSet<String> = left_out.collect();
    let forgotten: Vec<_> = offered.iter().filter(|call| !called.contains(*call) && !left_out.contains(*call)).collect();
    assert!(forgotten.is_empty(), "no test calls {forgotten:#?}");
    let needless: Vec<_> = left_out.iter().filter(|call| called.contains(*call) || !offered.contains(*call)).collect();
    assert!(needless.is_empty(), "called, or not there to be called: {needless:?}");
    let strange: Vec<_> = called.difference(&offered).collect();
    assert!(strange.is_empty(), "no table has {strange:?}");
}

#[test]
fn every_method_of_the_socket_is_asked_by_a_test() {
    let lists = [
        (Product::Spot, socket_orders::SPOT_METHODS),
        (Product::UsdM, socket_orders::USDM_METHODS),
        (Product::CoinM, socket_orders::COINM_METHODS),
    ];
    for (product, endpoint) in endpoints::all() {
        let Some(method) = ws_api::method(endpoint) else { continue };
        let asked = lists.iter().any(|(of, methods)| *of == product && methods.contains(&method));
        assert!(asked, "{product} {method}");
    }
}
