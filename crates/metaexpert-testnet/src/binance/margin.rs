//! Margin: loans on the markets of spot, and the calls of the wallet that go with them (`/sapi`).
//!
//! The one decision: an order of margin is an order of spot from another wallet, so spot's functions place, cancel and show it; what is
//! here is which wallet a call means, loans, and what both say of an account. Margin and wallet documentation, read 2026-11.

mod account; // what a wallet holds and owes
mod capital; // coins, transfers between wallets, what keys may
mod lending; // what is lent, at which rates
mod loans; // borrowing, paying back, histories
mod orders; // orders and lists   <- read first
mod pairs; // what can be traded and held

use super::{
    door::{Handler, Params, Product, Route, Security, Verb, Weight},
    spot::{lists, my_prevented_matches, none, one, order_counts},
    streams,
};
use Security::{Key, Open, Signed};
use Verb::{Delete, Get, Post, Put};

/// A call that places no order.
const fn row(method: Verb, path: &'static str, security: Security, weight: u32, handler: Handler) -> Route {
    Route { product: Product::Margin, method, path, security, weight: Weight::Fixed(weight), orders: none, handler }
}

/// A call that places as many orders as `orders` says.
const fn placing(path: &'static str, orders: fn(&Params) -> u32, handler: Handler) -> Route {
    Route { orders, ..row(Post, path, Signed, 6, handler) }
}

/// Every call of margin and of the wallet.
pub(super) static ROUTES: &[Route] = &[
    // What there is.
    row(Get, "/sapi/v1/margin/allPairs", Key, 1, pairs::cross_pairs),
    row(Get, "/sapi/v1/margin/isolated/allPairs", Key, 1, pairs::isolated_pairs),
    row(Get, "/sapi/v1/margin/allAssets", Key, 1, pairs::assets),
    row(Get, "/sapi/v1/margin/priceIndex", Key, 10, pairs::price_index),
    row(Get, "/sapi/v1/margin/delist-schedule", Key, 100, pairs::nothing_scheduled),
    row(Get, "/sapi/v1/margin/list-schedule", Key, 100, pairs::nothing_scheduled),
    row(Get, "/sapi/v1/margin/limit-price-pairs", Key, 1, pairs::no_limited_pairs),
    row(Get, "/sapi/v1/margin/crossMarginData", Signed, 5, lending::cross_data),
    row(Get, "/sapi/v1/margin/isolatedMarginData", Signed, 10, lending::isolated_data),
    row(Get, "/sapi/v1/margin/isolatedMarginTier", Signed, 1, lending::isolated_tiers),
    row(Get, "/sapi/v1/margin/interestRateHistory", Signed, 1, lending::rate_history),
    row(Get, "/sapi/v1/margin/next-hourly-interest-rate", Signed, 100, lending::next_rates),
    // Accounts.
    row(Get, "/sapi/v1/margin/account", Signed, 10, account::cross),
    row(Get, "/sapi/v1/margin/isolated/account", Signed, 10, account::isolated),
    row(Post, "/sapi/v1/margin/isolated/account", Signed, 300, account::open_isolated),
    row(Delete, "/sapi/v1/margin/isolated/account", Signed, 300, account::close_isolated),
    row(Get, "/sapi/v1/margin/isolated/accountLimit", Signed, 1, account::isolated_limit),
    row(Get, "/sapi/v1/margin/tradeCoeff", Signed, 10, account::levels),
    row(Post, "/sapi/v1/margin/max-leverage", Signed, 3000, account::set_leverage),
    row(Get, "/sapi/v1/bnbBurn", Signed, 1, account::burns),
    row(Post, "/sapi/v1/bnbBurn", Signed, 1, account::set_burns),
    // Loans.
    row(Post, "/sapi/v1/margin/borrow-repay", Signed, 1500, loans::borrow_or_repay),
    row(Get, "/sapi/v1/margin/borrow-repay", Signed, 10, loans::records),
    row(Get, "/sapi/v1/margin/maxBorrowable", Signed, 50, loans::max_borrowable),
    row(Get, "/sapi/v1/margin/maxTransferable", Signed, 50, loans::max_transferable),
    row(Get, "/sapi/v1/margin/interestHistory", Signed, 1, loans::interest),
    row(Get, "/sapi/v1/margin/capital-flow", Signed, 100, loans::flows),
    row(Get, "/sapi/v1/margin/transfer", Signed, 1, loans::transfers),
    // Orders.
    placing("/sapi/v1/margin/order", one, orders::new_order),
    row(Delete, "/sapi/v1/margin/order", Signed, 10, orders::cancel_order),
    row(Get, "/sapi/v1/margin/order", Signed, 10, orders::query_order),
    row(Get, "/sapi/v1/margin/openOrders", Signed, 10, orders::open_orders),
    row(Delete, "/sapi/v1/margin/openOrders", Signed, 1, orders::cancel_open_orders),
    row(Get, "/sapi/v1/margin/allOrders", Signed, 200, orders::all_orders),
    placing("/sapi/v1/margin/order/oco", lists::two, orders::oco),
    placing("/sapi/v1/margin/order/oto", lists::two, orders::oto),
    placing("/sapi/v1/margin/order/otoco", lists::three, orders::otoco),
    row(Get, "/sapi/v1/margin/orderList", Signed, 10, orders::query_list),
    row(Delete, "/sapi/v1/margin/orderList", Signed, 1, orders::cancel_list),
    row(Get, "/sapi/v1/margin/allOrderList", Signed, 200, orders::all_lists),
    row(Get, "/sapi/v1/margin/openOrderList", Signed, 10, orders::open_lists),
    row(Get, "/sapi/v1/margin/myTrades", Signed, 10, orders::my_trades),
    row(Get, "/sapi/v1/margin/myPreventedMatches", Signed, 10, my_prevented_matches),
    row(Get, "/sapi/v1/margin/rateLimit/order", Signed, 20, order_counts),
    // Streams.
    row(Post, "/sapi/v1/userListenToken", Key, 1, streams::listen_token),
    row(Post, "/sapi/v1/margin/listen-key", Key, 1, streams::open_listen_key),
    row(Put, "/sapi/v1/margin/listen-key", Key, 1, streams::keep_listen_key),
    row(Delete, "/sapi/v1/margin/listen-key", Key, 3000, streams::close_listen_key),
    // The wallet.
    row(Get, "/sapi/v1/system/status", Open, 1, capital::system_status),
    row(Get, "/sapi/v1/capital/config/getall", Signed, 10, capital::coins),
    row(Get, "/sapi/v1/asset/tradeFee", Signed, 1, capital::trade_fee),
    row(Post, "/sapi/v1/asset/transfer", Signed, 900, capital::transfer),
    row(Get, "/sapi/v1/asset/transfer", Signed, 1, capital::transfers),
    row(Post, "/sapi/v3/asset/getUserAsset", Signed, 5, capital::user_assets),
    row(Post, "/sapi/v1/asset/get-funding-asset", Signed, 1, capital::no_funding_assets),
    row(Get, "/sapi/v1/asset/wallet/balance", Signed, 60, capital::wallet_balances),
    row(Get, "/sapi/v1/account/status", Signed, 1, capital::account_status),
    row(Get, "/sapi/v1/account/apiTradingStatus", Signed, 1, capital::trading_status),
    row(Get, "/sapi/v1/account/apiRestrictions", Signed, 1, capital::restrictions),
];
