//! European options: `/eapi`, as it was rebuilt in 2025-11.
//!
//! The one decision: what options share with futures (books, tapes, bars, spans of time, client names, the words of orders) is asked of
//! there; here is what options alone have: chains, volatilities and greeks, premiums, exercise. Orders are limits only. Left out:
//! block trades and market makers' protection, which need an admission that nobody has here.

mod account; // money, positions, exercises
mod batches; // several orders at once
mod chain; // which options there are
mod marks; // volatilities, greeks, settlements
mod order_rows; // orders as they are shown
mod orders; // orders one at a time
mod prices; // books, tapes, the day

#[cfg(test)]
mod tests;

use super::{
    door::{Handler, Params, Product, Route, Security, Verb, Weight},
    futures::info,
    streams,
};
use Security::{Key, Open, Signed};
use Verb::{Delete, Get, Post, Put};
use Weight::{By, Fixed};

const fn call(method: Verb, path: &'static str, security: Security, weight: Weight, handler: Handler) -> Route {
    const fn none(_: &Params) -> u32 {
        0
    }
    Route { product: Product::Options, method, path, security, weight, orders: none, handler }
}

const fn counted(route: Route, orders: fn(&Params) -> u32) -> Route {
    Route { orders, ..route }
}

const fn one(_: &Params) -> u32 {
    1
}

/// 1, or 40 without a symbol.
fn one_or_forty(params: &Params) -> u32 {
    if params.text("symbol").is_some() { 1 } else { 40 }
}

/// `/eapi`.
#[rustfmt::skip]
pub(crate) const ROUTES: &[Route] = &[
    // Markets.
    call(Get,    "/eapi/v1/ping",                      Open,   Fixed(1),                 info::ping),
    call(Get,    "/eapi/v1/time",                      Open,   Fixed(1),                 info::time),
    call(Get,    "/eapi/v1/exchangeInfo",              Open,   Fixed(1),                 chain::exchange_info),
    call(Get,    "/eapi/v1/depth",                     Open,   By(prices::depth_weight), prices::depth),
    call(Get,    "/eapi/v1/trades",                    Open,   Fixed(5),                 prices::trades),
    call(Get,    "/eapi/v1/blockTrades",               Open,   Fixed(5),                 prices::block_trades),
    call(Get,    "/eapi/v1/klines",                    Open,   Fixed(1),                 prices::klines),
    call(Get,    "/eapi/v1/ticker",                    Open,   Fixed(5),                 prices::day),
    call(Get,    "/eapi/v1/mark",                      Open,   Fixed(5),                 marks::marks),
    call(Get,    "/eapi/v1/index",                     Open,   Fixed(1),                 marks::index),
    call(Get,    "/eapi/v1/openInterest",              Open,   Fixed(0),                 marks::open_interest),
    call(Get,    "/eapi/v1/exerciseHistory",           Open,   Fixed(3),                 marks::exercises),
    // Orders.
    counted(call(Post, "/eapi/v1/order",               Signed, Fixed(1),                 orders::place), one),
    call(Get,    "/eapi/v1/order",                     Signed, Fixed(1),                 orders::query),
    call(Delete, "/eapi/v1/order",                     Signed, Fixed(1),                 orders::cancel),
    counted(call(Post, "/eapi/v1/batchOrders",         Signed, Fixed(5),                 batches::place), batches::length),
    call(Delete, "/eapi/v1/batchOrders",               Signed, Fixed(1),                 batches::cancel),
    call(Delete, "/eapi/v1/allOpenOrders",             Signed, Fixed(5),                 orders::cancel_all),
    call(Delete, "/eapi/v1/allOpenOrdersByUnderlying", Signed, Fixed(1),                 orders::cancel_underlying),
    call(Get,    "/eapi/v1/openOrders",                Signed, By(one_or_forty),         orders::open),
    call(Get,    "/eapi/v1/historyOrders",             Signed, Fixed(3),                 orders::history),
    call(Post,   "/eapi/v1/countdownCancelAll",        Signed, Fixed(1),                 orders::countdown),
    // The account.
    call(Get,    "/eapi/v1/marginAccount",             Signed, Fixed(3),                 account::margin),
    call(Get,    "/eapi/v1/position",                  Signed, Fixed(5),                 account::positions),
    call(Get,    "/eapi/v1/userTrades",                Signed, Fixed(5),                 account::trades),
    call(Get,    "/eapi/v1/bill",                      Signed, Fixed(1),                 account::bill),
    call(Get,    "/eapi/v1/exerciseRecord",            Signed, Fixed(5),                 account::exercises),
    call(Get,    "/eapi/v1/commission",                Signed, Fixed(5),                 account::commission),
    // User streams.
    call(Post,   "/eapi/v1/listenKey",                 Key,    Fixed(1),                 streams::open_listen_key),
    call(Put,    "/eapi/v1/listenKey",                 Key,    Fixed(1),                 streams::keep_listen_key),
    call(Delete, "/eapi/v1/listenKey",                 Key,    Fixed(1),                 streams::close_listen_key),
];
