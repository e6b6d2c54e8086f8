//! Spot: REST of `/api/v3`.
//!
//! The one decision: the table says everything of a call but what it does, and what it does is one small function in the file of its
//! kind. Spot REST API, read 2026-11.

mod account; // balances, commissions, trades
mod amended; // orders made smaller in their place
mod filters; // rules of a market
mod general; // time, symbols
pub(in crate::binance) mod lists; // orders that belong together
mod market_data; // books, trades, bars
pub(in crate::binance) mod old_oco; // the old call for two of them
pub(in crate::binance) mod orders; // orders   <- read first
mod pages; // which part of a history
mod peg; // limits taken from the book
pub(in crate::binance) mod reply; // orders as answers show them
pub(in crate::binance) mod request; // orders as they are asked for
mod symbols; // one, some, or all
mod tickers; // tickers
pub(in crate::binance) mod words; // Binance's words for the world's

pub(in crate::binance) use account::{fees, my_prevented_matches, order_counts, trades};

use super::door::{Handler, Params, Product, Route, Security, Verb, Weight};
use Security::{Open, Signed};
use Verb::{Delete, Get, Post, Put};
use Weight::{By, Fixed};

/// A call that places no order.
const fn row(method: Verb, path: &'static str, security: Security, weight: Weight, handler: Handler) -> Route {
    Route { product: Product::Spot, method, path, security, weight, orders: none, handler }
}

/// A call that places as many orders as `orders` says.
const fn placing(path: &'static str, orders: fn(&Params) -> u32, handler: Handler) -> Route {
    Route { orders, ..row(Post, path, Signed, Fixed(1), handler) }
}

pub(in crate::binance) const fn none(_: &Params) -> u32 {
    0
}

pub(in crate::binance) const fn one(_: &Params) -> u32 {
    1
}

/// Every call of spot.
pub(super) static ROUTES: &[Route] = &[
    row(Get, "/api/v3/ping", Open, Fixed(1), general::ping),
    row(Get, "/api/v3/time", Open, Fixed(1), general::time),
    row(Get, "/api/v3/exchangeInfo", Open, Fixed(20), general::exchange_info),
    row(Get, "/api/v3/executionRules", Open, By(rules_weight), general::execution_rules),
    row(Get, "/api/v3/referencePrice", Open, Fixed(2), general::reference_price),
    row(Get, "/api/v3/referencePrice/calculation", Open, Fixed(2), general::reference_price),
    // Market data.
    row(Get, "/api/v3/depth", Open, By(market_data::depth_weight), market_data::depth),
    row(Get, "/api/v3/trades", Open, Fixed(25), market_data::trades),
    row(Get, "/api/v3/historicalTrades", Open, Fixed(25), market_data::historical_trades),
    row(Get, "/api/v3/historicalBlockTrades", Open, Fixed(25), market_data::block_trades),
    row(Get, "/api/v3/aggTrades", Open, Fixed(4), market_data::aggregate_trades),
    row(Get, "/api/v3/klines", Open, Fixed(2), market_data::klines),
    row(Get, "/api/v3/uiKlines", Open, Fixed(2), market_data::klines),
    row(Get, "/api/v3/avgPrice", Open, Fixed(2), market_data::average_price),
    row(Get, "/api/v3/ticker/24hr", Open, By(tickers::day_weight), tickers::day),
    row(Get, "/api/v3/ticker/tradingDay", Open, By(tickers::window_weight), tickers::trading_day),
    row(Get, "/api/v3/ticker", Open, By(tickers::window_weight), tickers::window),
    row(Get, "/api/v3/ticker/price", Open, By(tickers::price_weight), tickers::price),
    row(Get, "/api/v3/ticker/bookTicker", Open, By(tickers::price_weight), tickers::book),
    // Orders.
    placing("/api/v3/order", one, orders::new_order),
    row(Post, "/api/v3/order/test", Signed, By(test_weight), orders::test_order),
    row(Delete, "/api/v3/order", Signed, Fixed(1), orders::cancel_order),
    row(Get, "/api/v3/order", Signed, Fixed(4), orders::query_order),
    row(Get, "/api/v3/openOrders", Signed, By(open_weight), orders::open_orders),
    row(Delete, "/api/v3/openOrders", Signed, Fixed(1), lists::cancel_open_orders),
    row(Get, "/api/v3/allOrders", Signed, Fixed(20), orders::all_orders),
    placing("/api/v3/order/cancelReplace", one, orders::cancel_replace),
    row(Put, "/api/v3/order/amend/keepPriority", Signed, Fixed(4), amended::amend),
    row(Get, "/api/v3/order/amendments", Signed, Fixed(4), amended::amendments),
    // Lists.
    placing("/api/v3/order/oco", lists::two, old_oco::deprecated),
    placing("/api/v3/orderList/oco", lists::two, lists::oco),
    placing("/api/v3/orderList/oto", lists::two, lists::oto),
    placing("/api/v3/orderList/otoco", lists::three, lists::otoco),
    placing("/api/v3/orderList/opo", lists::two, lists::opo),
    placing("/api/v3/orderList/opoco", lists::three, lists::opoco),
    row(Get, "/api/v3/orderList", Signed, Fixed(4), lists::query_list),
    row(Delete, "/api/v3/orderList", Signed, Fixed(1), lists::cancel_list),
    row(Get, "/api/v3/allOrderList", Signed, Fixed(20), lists::all_lists),
    row(Get, "/api/v3/openOrderList", Signed, Fixed(6), lists::open_lists),
    row(Post, "/api/v3/sor/order", Signed, Fixed(1), general::no_routing),
    row(Post, "/api/v3/sor/order/test", Signed, Fixed(1), general::no_routing),
    // The account.
    row(Get, "/api/v3/account", Signed, Fixed(20), account::account),
    row(Get, "/api/v3/account/commission", Signed, Fixed(20), account::commission),
    row(Get, "/api/v3/myTrades", Signed, By(trades_weight), account::my_trades),
    row(Get, "/api/v3/rateLimit/order", Signed, Fixed(40), order_counts),
    row(Get, "/api/v3/myPreventedMatches", Signed, By(prevented_weight), my_prevented_matches),
    row(Get, "/api/v3/myAllocations", Signed, Fixed(20), account::my_allocations),
    row(Get, "/api/v3/myFilters", Signed, Fixed(40), account::my_filters),
];

fn rules_weight(params: &Params) -> u32 {
    symbols::count(params).map_or(40, |count| count.saturating_mul(2).min(40))
}

fn test_weight(params: &Params) -> u32 {
    if matches!(params.flag("computeCommissionRates"), Ok(Some(true))) { 20 } else { 1 }
}

fn open_weight(params: &Params) -> u32 {
    if params.text("symbol").is_some() { 6 } else { 80 }
}

fn trades_weight(params: &Params) -> u32 {
    if params.text("orderId").is_some() { 5 } else { 20 }
}

fn prevented_weight(params: &Params) -> u32 {
    if params.text("preventedMatchId").is_some() { 2 } else { 20 }
}

#[cfg(test)]
mod tests;
