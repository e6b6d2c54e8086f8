//! Methods of the WebSocket API: each is a call of REST under another name.
//!
//! The one decision: a method names a row of the REST tables and nothing else; what it needs, weighs and answers is that row's. So
//! nothing is written twice, and a method whose call is not there is not there either. What only sockets have (sessions,
//! user streams of spot) is in [`session`](super::session).
//!
//! Sources: spot, "Public WebSocket API for Binance"; USD-M and COIN-M, "WebSocket API" of market data, trade, account and user data
//! streams.

use crate::binance::door::{Product, Verb};

/// A method.
#[derive(Debug, Clone, Copy)]
pub(super) struct Method {
    /// Whose.
    pub product: Product,
    /// Its name.
    pub name: &'static str,
    /// The verb of the call that it is.
    pub verb: Verb,
    /// The path of that call.
    pub path: &'static str,
}

/// The method of that name.
pub(super) fn find(product: Product, name: &str) -> Option<&'static Method> {
    METHODS.iter().find(|method| method.product == product && method.name == name)
}

const fn spot(name: &'static str, verb: Verb, path: &'static str) -> Method {
    Method { product: Product::Spot, name, verb, path }
}

const fn usdm(name: &'static str, verb: Verb, path: &'static str) -> Method {
    Method { product: Product::UsdM, name, verb, path }
}

const fn coinm(name: &'static str, verb: Verb, path: &'static str) -> Method {
    Method { product: Product::CoinM, name, verb, path }
}

/// All of them.
pub(super) static METHODS: &[Method] = &[
    spot("ping", Verb::Get, "/api/v3/ping"),
    spot("time", Verb::Get, "/api/v3/time"),
    spot("exchangeInfo", Verb::Get, "/api/v3/exchangeInfo"),
    spot("executionRules", Verb::Get, "/api/v3/executionRules"),
    spot("depth", Verb::Get, "/api/v3/depth"),
    spot("trades.recent", Verb::Get, "/api/v3/trades"),
    spot("trades.historical", Verb::Get, "/api/v3/historicalTrades"),
    spot("blockTrades.historical", Verb::Get, "/api/v3/historicalBlockTrades"),
    spot("trades.aggregate", Verb::Get, "/api/v3/aggTrades"),
    spot("klines", Verb::Get, "/api/v3/klines"),
    spot("uiKlines", Verb::Get, "/api/v3/uiKlines"),
    spot("avgPrice", Verb::Get, "/api/v3/avgPrice"),
    spot("ticker.24hr", Verb::Get, "/api/v3/ticker/24hr"),
    spot("ticker.tradingDay", Verb::Get, "/api/v3/ticker/tradingDay"),
    spot("ticker", Verb::Get, "/api/v3/ticker"),
    spot("ticker.price", Verb::Get, "/api/v3/ticker/price"),
    spot("ticker.book", Verb::Get, "/api/v3/ticker/bookTicker"),
    spot("referencePrice", Verb::Get, "/api/v3/referencePrice"),
    spot("referencePrice.calculation", Verb::Get, "/api/v3/referencePrice/calculation"),
    spot("order.place", Verb::Post, "/api/v3/order"),
    spot("order.test", Verb::Post, "/api/v3/order/test"),
    spot("order.cancel", Verb::Delete, "/api/v3/order"),
    spot("order.cancelReplace", Verb::Post, "/api/v3/order/cancelReplace"),
    spot("order.amend.keepPriority", Verb::Put, "/api/v3/order/amend/keepPriority"),
    spot("order.amendments", Verb::Get, "/api/v3/order/amendments"),
    spot("order.status", Verb::Get, "/api/v3/order"),
    spot("openOrders.status", Verb::Get, "/api/v3/openOrders"),
    spot("openOrders.cancelAll", Verb::Delete, "/api/v3/openOrders"),
    spot("orderList.place", Verb::Post, "/api/v3/order/oco"),
    spot("orderList.place.oco", Verb::Post, "/api/v3/orderList/oco"),
    spot("orderList.place.oto", Verb::Post, "/api/v3/orderList/oto"),
    spot("orderList.place.otoco", Verb::Post, "/api/v3/orderList/otoco"),
    spot("orderList.place.opo", Verb::Post, "/api/v3/orderList/opo"),
    spot("orderList.place.opoco", Verb::Post, "/api/v3/orderList/opoco"),
    spot("orderList.cancel", Verb::Delete, "/api/v3/orderList"),
    spot("orderList.status", Verb::Get, "/api/v3/orderList"),
    spot("openOrderLists.status", Verb::Get, "/api/v3/openOrderList"),
    spot("allOrders", Verb::Get, "/api/v3/allOrders"),
    spot("allOrderLists", Verb::Get, "/api/v3/allOrderList"),
    spot("myTrades", Verb::Get, "/api/v3/myTrades"),
    spot("myPreventedMatches", Verb::Get, "/api/v3/myPreventedMatches"),
    spot("myAllocations", Verb::Get, "/api/v3/myAllocations"),
    spot("myFilters", Verb::Get, "/api/v3/myFilters"),
    spot("account.status", Verb::Get, "/api/v3/account"),
    spot("account.commission", Verb::Get, "/api/v3/account/commission"),
    spot("account.rateLimits.orders", Verb::Get, "/api/v3/rateLimit/order"),
    usdm("depth", Verb::Get, "/fapi/v1/depth"),
    usdm("ticker.price", Verb::Get, "/fapi/v1/ticker/price"),
    usdm("v2/ticker.price", Verb::Get, "/fapi/v2/ticker/price"),
    usdm("ticker.book", Verb::Get, "/fapi/v1/ticker/bookTicker"),
    usdm("order.place", Verb::Post, "/fapi/v1/order"),
    usdm("order.modify", Verb::Put, "/fapi/v1/order"),
    usdm("order.cancel", Verb::Delete, "/fapi/v1/order"),
    usdm("order.status", Verb::Get, "/fapi/v1/order"),
    usdm("algoOrder.place", Verb::Post, "/fapi/v1/algoOrder"),
    usdm("algoOrder.cancel", Verb::Delete, "/fapi/v1/algoOrder"),
    usdm("account.status", Verb::Get, "/fapi/v2/account"),
    usdm("v2/account.status", Verb::Get, "/fapi/v3/account"),
    usdm("account.balance", Verb::Get, "/fapi/v2/balance"),
    usdm("v2/account.balance", Verb::Get, "/fapi/v3/balance"),
    usdm("account.position", Verb::Get, "/fapi/v2/positionRisk"),
    usdm("v2/account.position", Verb::Get, "/fapi/v3/positionRisk"),
    usdm("userDataStream.start", Verb::Post, "/fapi/v1/listenKey"),
    usdm("userDataStream.ping", Verb::Put, "/fapi/v1/listenKey"),
    usdm("userDataStream.stop", Verb::Delete, "/fapi/v1/listenKey"),
    coinm("order.place", Verb::Post, "/dapi/v1/order"),
    coinm("order.modify", Verb::Put, "/dapi/v1/order"),
    coinm("order.cancel", Verb::Delete, "/dapi/v1/order"),
    coinm("order.status", Verb::Get, "/dapi/v1/order"),
    coinm("algoOrder.place", Verb::Post, "/dapi/v1/algoOrder"),
    coinm("algoOrder.cancel", Verb::Delete, "/dapi/v1/algoOrder"),
    coinm("account.status", Verb::Get, "/dapi/v1/account"),
    coinm("account.balance", Verb::Get, "/dapi/v1/balance"),
    coinm("account.position", Verb::Get, "/dapi/v1/positionRisk"),
    coinm("userDataStream.start", Verb::Post, "/dapi/v1/listenKey"),
    coinm("userDataStream.ping", Verb::Put, "/dapi/v1/listenKey"),
    coinm("userDataStream.stop", Verb::Delete, "/dapi/v1/listenKey"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::binance::rest;

    #[test]
    fn no_method_stands_twice() {
        let names: BTreeSet<_> = METHODS.iter().map(|method| (method.product, method.name)).collect();
        assert_eq!(names.len(), METHODS.len());
    }

    #[test]
    fn every_method_is_a_call_that_there_is() {
        let table = rest::table();
        let missing: Vec<_> = METHODS
            .iter()
            .filter(|method| table.find("", &verb(method.verb), method.path).is_none_or(|route| route.product != method.product))
            .map(|method| (method.name, method.path))
            .collect();
        assert_eq!(missing, []);
    }

    fn verb(verb: Verb) -> http::Method {
        match verb {
            Verb::Get => http::Method::GET,
            Verb::Post => http::Method::POST,
            Verb::Put => http::Method::PUT,
            Verb::Delete => http::Method::DELETE,
        }
    }
}
