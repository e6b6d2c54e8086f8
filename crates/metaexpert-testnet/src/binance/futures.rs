//! USD-M and COIN-M futures: one API twice, with a table of what differs.
//!
//! The one decision: a handler serves both families and asks [`Family`](family::Family) what differs; which calls a family has, and
//! what they weigh, is in its table below. Sources: the pages of "USDⓈ-M Futures" and "COIN-M Futures" (read 2026-11), as changed by
//! the algo service of 2025-12-09 and the integration of both families of 2026-06-30.

mod account; // balances and margins
mod algos; // conditional orders
mod amend; // orders that are changed
pub(super) mod asked; // what calls ask for
mod batches; // several orders at once
pub(super) mod family; // what differs   <- read first
mod history; // executions and income
pub(super) mod info; // what is listed
mod marks; // mark and index prices, funding, open interest
mod money; // the wallet of a call
mod order_rows; // orders as they are shown
pub(super) mod orders; // orders one at a time
pub(super) mod placing; // what an order asks for
mod positions; // positions as they are shown
pub(super) mod prices; // books, tapes, bars
pub(super) mod row; // JSON, field by field
mod settings; // leverage, modes
mod tickers; // last and best prices, the day
pub(super) mod words; // the words of orders

#[cfg(test)]
pub(super) mod tests;

use super::{
    door::{Handler, Params, Product, Route, Security, Verb, Weight},
    streams,
};
use Security::{Key, Open, Signed};
use Verb::{Delete, Get, Post, Put};
use Weight::{By, Fixed};

const fn usdm(method: Verb, path: &'static str, security: Security, weight: Weight, handler: Handler) -> Route {
    Route { product: Product::UsdM, method, path, security, weight, orders: none, handler }
}

const fn coinm(method: Verb, path: &'static str, security: Security, weight: Weight, handler: Handler) -> Route {
    Route { product: Product::CoinM, method, path, security, weight, orders: none, handler }
}

/// A call that counts as orders.
const fn counted(route: Route, orders: fn(&Params) -> u32) -> Route {
    Route { orders, ..route }
}

const fn none(_: &Params) -> u32 {
    0
}

const fn one(_: &Params) -> u32 {
    1
}

/// `/fapi`.
#[rustfmt::skip]
pub(crate) const USDM_ROUTES: &[Route] = &[
    // Markets.
    usdm(Get,    "/fapi/v1/ping",                 Open,   Fixed(1),                       info::ping),
    usdm(Get,    "/fapi/v1/time",                 Open,   Fixed(1),                       info::time),
    usdm(Get,    "/fapi/v1/exchangeInfo",         Open,   Fixed(1),                       info::exchange_info),
    usdm(Get,    "/fapi/v1/depth",                Open,   By(prices::depth_weight),       prices::depth),
    usdm(Get,    "/fapi/v1/rpiDepth",             Open,   Fixed(20),                      prices::rpi_depth),
    usdm(Get,    "/fapi/v1/trades",               Open,   Fixed(5),                       prices::trades),
    usdm(Get,    "/fapi/v1/historicalTrades",     Key,    Fixed(20),                      prices::historical_trades),
    usdm(Get,    "/fapi/v1/aggTrades",            Open,   Fixed(20),                      prices::aggregate_trades),
    usdm(Get,    "/fapi/v1/klines",               Open,   By(prices::klines_weight),      prices::klines),
    usdm(Get,    "/fapi/v1/continuousKlines",     Open,   By(prices::klines_weight),      prices::continuous_klines),
    usdm(Get,    "/fapi/v1/indexPriceKlines",     Open,   By(prices::klines_weight),      prices::index_klines),
    usdm(Get,    "/fapi/v1/markPriceKlines",      Open,   By(prices::klines_weight),      prices::mark_klines),
    usdm(Get,    "/fapi/v1/premiumIndexKlines",   Open,   By(prices::klines_weight),      prices::premium_klines),
    usdm(Get,    "/fapi/v1/premiumIndex",         Open,   By(tickers::one_or_ten),        marks::premium_index),
    usdm(Get,    "/fapi/v1/fundingRate",          Open,   Fixed(0),                       marks::funding_rates),
    usdm(Get,    "/fapi/v1/fundingInfo",          Open,   Fixed(0),                       marks::funding_info),
    usdm(Get,    "/fapi/v1/ticker/24hr",          Open,   By(tickers::one_or_forty),      tickers::day),
    usdm(Get,    "/fapi/v1/ticker/price",         Open,   By(tickers::one_or_two),        tickers::price),
    usdm(Get,    "/fapi/v2/ticker/price",         Open,   By(tickers::one_or_two),        tickers::price),
    usdm(Get,    "/fapi/v1/ticker/bookTicker",    Open,   By(tickers::two_or_five),       tickers::best),
    usdm(Get,    "/fapi/v1/openInterest",         Open,   Fixed(1),                       marks::open_interest),
    usdm(Get,    "/futures/data/openInterestHist", Open,  Fixed(0),                       marks::open_interest_history),
    usdm(Get,    "/futures/data/delivery-price",  Open,   Fixed(0),                       marks::delivery_prices),
    usdm(Get,    "/fapi/v1/constituents",         Open,   Fixed(2),                       info::constituents),
    usdm(Get,    "/fapi/v1/assetIndex",           Open,   By(tickers::one_or_ten),        info::asset_index),
    // Orders.
    counted(usdm(Post, "/fapi/v1/order",          Signed, Fixed(0),                       orders::place), one),
    usdm(Post,   "/fapi/v1/order/test",           Signed, Fixed(0),                       orders::test),
    counted(usdm(Put, "/fapi/v1/order",           Signed, Fixed(0),                       amend::modify), one),
    usdm(Get,    "/fapi/v1/order",                Signed, Fixed(1),                       orders::query),
    usdm(Delete, "/fapi/v1/order",                Signed, Fixed(1),                       orders::cancel),
    counted(usdm(Post, "/fapi/v1/batchOrders",    Signed, Fixed(5),                       batches::place), batches::length),
    counted(usdm(Put, "/fapi/v1/batchOrders",     Signed, Fixed(5),                       batches::modify), batches::length),
    usdm(Delete, "/fapi/v1/batchOrders",          Signed, Fixed(1),                       batches::cancel),
    usdm(Delete, "/fapi/v1/allOpenOrders",        Signed, Fixed(1),                       orders::cancel_all),
    usdm(Post,   "/fapi/v1/countdownCancelAll",   Signed, Fixed(10),                      orders::countdown),
    usdm(Get,    "/fapi/v1/openOrder",            Signed, Fixed(1),                       orders::query_open),
    usdm(Get,    "/fapi/v1/openOrders",           Signed, By(tickers::one_or_forty),      orders::open),
    usdm(Get,    "/fapi/v1/allOrders",            Signed, Fixed(5),                       orders::all),
    usdm(Get,    "/fapi/v1/orderAmendment",       Signed, Fixed(1),                       amend::history),
    usdm(Get,    "/fapi/v1/forceOrders",          Signed, By(tickers::twenty_or_fifty),   orders::forced),
    counted(usdm(Post, "/fapi/v1/algoOrder",      Signed, Fixed(0),                       algos::place), one),
    usdm(Delete, "/fapi/v1/algoOrder",            Signed, Fixed(1),                       algos::cancel),
    usdm(Get,    "/fapi/v1/algoOrder",            Signed, Fixed(1),                       algos::query),
    usdm(Delete, "/fapi/v1/algoOpenOrders",       Signed, Fixed(1),                       algos::cancel_all),
    usdm(Get,    "/fapi/v1/openAlgoOrders",       Signed, By(tickers::one_or_forty),      algos::open),
    usdm(Get,    "/fapi/v1/allAlgoOrders",        Signed, Fixed(5),                       algos::all),
    usdm(Get,    "/fapi/v1/rateLimit/order",      Signed, Fixed(1),                       info::order_limits),
    // The account.
    usdm(Get,    "/fapi/v2/account",              Signed, Fixed(5),                       account::version_2),
    usdm(Get,    "/fapi/v3/account",              Signed, Fixed(5),                       account::version_3),
    usdm(Get,    "/fapi/v2/balance",              Signed, Fixed(5),                       account::balances),
    usdm(Get,    "/fapi/v3/balance",              Signed, Fixed(5),                       account::balances),
    usdm(Get,    "/fapi/v2/positionRisk",         Signed, Fixed(5),                       positions::version_2),
    usdm(Get,    "/fapi/v3/positionRisk",         Signed, Fixed(5),                       positions::version_3),
    usdm(Get,    "/fapi/v1/accountConfig",        Signed, Fixed(5),                       account::config),
    usdm(Get,    "/fapi/v1/symbolConfig",         Signed, Fixed(5),                       settings::symbol_config),
    usdm(Post,   "/fapi/v1/leverage",             Signed, Fixed(1),                       settings::leverage),
    usdm(Post,   "/fapi/v1/marginType",           Signed, Fixed(1),                       settings::margin_type),
    usdm(Post,   "/fapi/v1/positionMargin",       Signed, Fixed(1),                       settings::position_margin),
    usdm(Get,    "/fapi/v1/positionMargin/history", Signed, Fixed(1),                     settings::margin_history),
    usdm(Get,    "/fapi/v1/positionSide/dual",    Signed, Fixed(30),                      settings::position_mode),
    usdm(Post,   "/fapi/v1/positionSide/dual",    Signed, Fixed(1),                       settings::set_position_mode),
    usdm(Get,    "/fapi/v1/multiAssetsMargin",    Signed, Fixed(30),                      settings::multi_assets),
    usdm(Post,   "/fapi/v1/multiAssetsMargin",    Signed, Fixed(1),                       settings::set_multi_assets),
    usdm(Get,    "/fapi/v1/feeBurn",              Signed, Fixed(30),                      settings::fee_burn),
    usdm(Post,   "/fapi/v1/feeBurn",              Signed, Fixed(1),                       settings::set_fee_burn),
    usdm(Get,    "/fapi/v1/leverageBracket",      Signed, Fixed(1),                       settings::brackets),
    usdm(Get,    "/fapi/v1/commissionRate",       Signed, Fixed(20),                      account::commission),
    usdm(Get,    "/fapi/v1/userTrades",           Signed, Fixed(5),                       history::trades),
    usdm(Get,    "/fapi/v1/income",               Signed, Fixed(30),                      history::income),
    usdm(Get,    "/fapi/v1/adlQuantile",          Signed, Fixed(5),                       positions::queue),
    usdm(Get,    "/fapi/v1/apiTradingStatus",     Signed, By(tickers::one_or_ten),        account::trading_status),
    // User streams.
    usdm(Post,   "/fapi/v1/listenKey",            Key,    Fixed(1),                       streams::open_listen_key),
    usdm(Put,    "/fapi/v1/listenKey",            Key,    Fixed(1),                       streams::keep_listen_key),
    usdm(Delete, "/fapi/v1/listenKey",            Key,    Fixed(1),                       streams::close_listen_key),
];

/// `/dapi`.
#[rustfmt::skip]
pub(crate) const COINM_ROUTES: &[Route] = &[
    // Markets.
    coinm(Get,    "/dapi/v1/ping",                Open,   Fixed(1),                       info::ping),
    coinm(Get,    "/dapi/v1/time",                Open,   Fixed(1),                       info::time),
    coinm(Get,    "/dapi/v1/exchangeInfo",        Open,   Fixed(1),                       info::exchange_info),
    coinm(Get,    "/dapi/v1/depth",               Open,   By(prices::depth_weight),       prices::depth),
    coinm(Get,    "/dapi/v1/trades",              Open,   Fixed(5),                       prices::trades),
    coinm(Get,    "/dapi/v1/historicalTrades",    Key,    Fixed(20),                      prices::historical_trades),
    coinm(Get,    "/dapi/v1/aggTrades",           Open,   Fixed(20),                      prices::aggregate_trades),
    coinm(Get,    "/dapi/v1/klines",              Open,   By(prices::klines_weight),      prices::klines),
    coinm(Get,    "/dapi/v1/continuousKlines",    Open,   By(prices::klines_weight),      prices::continuous_klines),
    coinm(Get,    "/dapi/v1/indexPriceKlines",    Open,   By(prices::klines_weight),      prices::index_klines),
    coinm(Get,    "/dapi/v1/markPriceKlines",     Open,   By(prices::klines_weight),      prices::mark_klines),
    coinm(Get,    "/dapi/v1/premiumIndexKlines",  Open,   By(prices::klines_weight),      prices::premium_klines),
    coinm(Get,    "/dapi/v1/premiumIndex",        Open,   Fixed(10),                      marks::premium_index),
    coinm(Get,    "/dapi/v1/fundingRate",         Open,   Fixed(1),                       marks::funding_rates),
    coinm(Get,    "/dapi/v1/fundingInfo",         Open,   Fixed(1),                       marks::funding_info),
    coinm(Get,    "/dapi/v1/ticker/24hr",         Open,   By(tickers::one_or_forty),      tickers::day),
    coinm(Get,    "/dapi/v1/ticker/price",        Open,   By(tickers::one_or_two),        tickers::price),
    coinm(Get,    "/dapi/v1/ticker/bookTicker",   Open,   By(tickers::two_or_five),       tickers::best),
    coinm(Get,    "/dapi/v1/openInterest",        Open,   Fixed(1),                       marks::open_interest),
    coinm(Get,    "/futures/data/openInterestHist", Open, Fixed(1),                       marks::open_interest_history),
    coinm(Get,    "/futures/data/delivery-price", Open,   Fixed(1),                       marks::delivery_prices),
    coinm(Get,    "/dapi/v1/constituents",        Open,   Fixed(1),                       info::constituents),
    // Orders.
    counted(coinm(Post, "/dapi/v1/order",         Signed, Fixed(0),                       orders::place), one),
    counted(coinm(Put, "/dapi/v1/order",          Signed, Fixed(0),                       amend::modify), one),
    coinm(Get,    "/dapi/v1/order",               Signed, Fixed(1),                       orders::query),
    coinm(Delete, "/dapi/v1/order",               Signed, Fixed(1),                       orders::cancel),
    counted(coinm(Post, "/dapi/v1/batchOrders",   Signed, Fixed(5),                       batches::place), batches::length),
    counted(coinm(Put, "/dapi/v1/batchOrders",    Signed, Fixed(5),                       batches::modify), batches::length),
    coinm(Delete, "/dapi/v1/batchOrders",         Signed, Fixed(1),                       batches::cancel),
    coinm(Delete, "/dapi/v1/allOpenOrders",       Signed, Fixed(1),                       orders::cancel_all),
    coinm(Post,   "/dapi/v1/countdownCancelAll",  Signed, Fixed(10),                      orders::countdown),
    coinm(Get,    "/dapi/v1/openOrder",           Signed, Fixed(1),                       orders::query_open),
    coinm(Get,    "/dapi/v1/openOrders",          Signed, By(tickers::one_or_forty),      orders::open),
    coinm(Get,    "/dapi/v1/allOrders",           Signed, Fixed(20),                      orders::all),
    coinm(Get,    "/dapi/v1/orderAmendment",      Signed, Fixed(1),                       amend::history),
    coinm(Get,    "/dapi/v1/forceOrders",         Signed, By(tickers::twenty_or_fifty),   orders::forced),
    counted(coinm(Post, "/dapi/v1/algoOrder",     Signed, Fixed(0),                       algos::place), one),
    coinm(Delete, "/dapi/v1/algoOrder",           Signed, Fixed(1),                       algos::cancel),
    coinm(Get,    "/dapi/v1/algoOrder",           Signed, Fixed(1),                       algos::query),
    coinm(Delete, "/dapi/v1/algoOpenOrders",      Signed, Fixed(1),                       algos::cancel_all),
    coinm(Get,    "/dapi/v1/openAlgoOrders",      Signed, By(tickers::one_or_forty),      algos::open),
    coinm(Get,    "/dapi/v1/allAlgoOrders",       Signed, Fixed(5),                       algos::all),
    coinm(Get,    "/dapi/v1/rateLimit/order",     Signed, Fixed(1),                       info::order_limits),
    // The account.
    coinm(Get,    "/dapi/v1/account",             Signed, Fixed(5),                       account::coins),
    coinm(Get,    "/dapi/v1/balance",             Signed, Fixed(1),                       account::balances),
    coinm(Get,    "/dapi/v1/positionRisk",        Signed, Fixed(1),                       positions::coins),
    coinm(Post,   "/dapi/v1/leverage",            Signed, Fixed(1),                       settings::leverage),
    coinm(Post,   "/dapi/v1/marginType",          Signed, Fixed(1),                       settings::margin_type),
    coinm(Post,   "/dapi/v1/positionMargin",      Signed, Fixed(1),                       settings::position_margin),
    coinm(Get,    "/dapi/v1/positionMargin/history", Signed, Fixed(1),                    settings::margin_history),
    coinm(Get,    "/dapi/v1/positionSide/dual",   Signed, Fixed(30),                      settings::position_mode),
    coinm(Post,   "/dapi/v1/positionSide/dual",   Signed, Fixed(1),                       settings::set_position_mode),
    coinm(Get,    "/dapi/v1/leverageBracket",     Signed, Fixed(1),                       settings::pair_brackets),
    coinm(Get,    "/dapi/v2/leverageBracket",     Signed, Fixed(1),                       settings::brackets),
    coinm(Get,    "/dapi/v1/commissionRate",      Signed, Fixed(20),                      account::commission),
    coinm(Get,    "/dapi/v1/userTrades",          Signed, Fixed(20),                      history::trades),
    coinm(Get,    "/dapi/v1/income",              Signed, Fixed(20),                      history::income),
    coinm(Get,    "/dapi/v1/adlQuantile",         Signed, Fixed(5),                       positions::queue),
    // User streams.
    coinm(Post,   "/dapi/v1/listenKey",           Key,    Fixed(1),                       streams::open_listen_key),
    coinm(Put,    "/dapi/v1/listenKey",           Key,    Fixed(1),                       streams::keep_listen_key),
    coinm(Delete, "/dapi/v1/listenKey",           Key,    Fixed(1),                       streams::close_listen_key),
];
