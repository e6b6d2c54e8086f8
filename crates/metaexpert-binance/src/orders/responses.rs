//! Which reply about orders is read by what.

use metaexpert_connect::{
    Endpoint, Malformed, Method,
    Method::{Delete, Get, Post, Put},
};

use super::replies::{self as read, Read};
use crate::{
    Product,
    Product::{CoinM, Margin, Options, Spot, UsdM},
    Response,
};

/// Writes the table twice: as every part of this crate does, and with readers whose reports outlive the reply.
macro_rules! responses {
    ($(#[$doc:meta])* $($product:ident $method:ident $path:literal $read:ident;)*) => {
        $(#[$doc])*
        pub const RESPONSES: &[Response] = &[$(Response {
            products: &[$product],
            method: $method,
            path: $path,
            read: |product, payload| read::$read(product, payload),
        }),*];

        const READERS: &[Reader] =
            &[$(($product, $method, $path, read::$read)),*];
    };
}

/// A call, and what reads its reply.
type Reader = (Product, Method, &'static str, fn(Product, &[u8]) -> Read);

/// What a reply to a call says.
pub(super) fn read_reply(product: Product, endpoint: &Endpoint, reply: &[u8]) -> Read {
    let is_it = |row: &&Reader| row.0 == product && row.1 == endpoint.method && row.2 == endpoint.path;
    match READERS.iter().find(is_it) {
        Some((.., read)) => read(product, reply),
        None => Err(Malformed::new(endpoint.name, "no reader", reply)),
    }
}

responses! {
    /// How the replies are read. Each row of the endpoints has its reader here; smart order routing and margin's list of
    /// orders that wait for others, which are not asked for, are read all the same.
    Spot    Post   "/api/v3/order"                    order;
    Spot    Post   "/api/v3/order/test"               spot_test;
    Spot    Post   "/api/v3/order/cancelReplace"      replaced;
    Spot    Put    "/api/v3/order/amend/keepPriority" amended;
    Spot    Delete "/api/v3/order"                    cancelled;
    Spot    Delete "/api/v3/openOrders"               cancelled_all;
    Spot    Get    "/api/v3/order"                    order;
    Spot    Get    "/api/v3/openOrders"               orders;
    Spot    Get    "/api/v3/allOrders"                orders;
    Spot    Get    "/api/v3/order/amendments"         spot_amendments;
    Spot    Post   "/api/v3/order/oco"                list;
    Spot    Post   "/api/v3/orderList/oco"            list;
    Spot    Post   "/api/v3/orderList/oto"            list;
    Spot    Post   "/api/v3/orderList/otoco"          list;
    Spot    Post   "/api/v3/orderList/opo"            list;
    Spot    Post   "/api/v3/orderList/opoco"          list;
    Spot    Delete "/api/v3/orderList"                list;
    Spot    Get    "/api/v3/orderList"                list;
    Spot    Get    "/api/v3/allOrderList"             lists;
    Spot    Get    "/api/v3/openOrderList"            lists;
    Spot    Post   "/api/v3/sor/order"                order;
    Spot    Post   "/api/v3/sor/order/test"           spot_test;

    Margin  Post   "/sapi/v1/margin/order"            order;
    Margin  Delete "/sapi/v1/margin/order"            cancelled;
    Margin  Delete "/sapi/v1/margin/openOrders"       cancelled_all;
    Margin  Get    "/sapi/v1/margin/order"            order;
    Margin  Get    "/sapi/v1/margin/openOrders"       orders;
    Margin  Get    "/sapi/v1/margin/allOrders"        orders;
    Margin  Post   "/sapi/v1/margin/order/oco"        list;
    Margin  Post   "/sapi/v1/margin/order/oto"        list;
    Margin  Post   "/sapi/v1/margin/order/otoco"      list;
    Margin  Delete "/sapi/v1/margin/orderList"        list;
    Margin  Get    "/sapi/v1/margin/orderList"        list;
    Margin  Get    "/sapi/v1/margin/allOrderList"     lists;
    Margin  Get    "/sapi/v1/margin/openOrderList"    lists;
    Margin  Get    "/sapi/v1/margin/oto/openOrderList" lists;

    UsdM    Post   "/fapi/v1/order"                   future;
    UsdM    Post   "/fapi/v1/order/test"              futures_test;
    UsdM    Put    "/fapi/v1/order"                   future;
    UsdM    Delete "/fapi/v1/order"                   future;
    UsdM    Post   "/fapi/v1/batchOrders"             futures_batch;
    UsdM    Put    "/fapi/v1/batchOrders"             futures_batch;
    UsdM    Delete "/fapi/v1/batchOrders"             futures_batch;
    UsdM    Delete "/fapi/v1/allOpenOrders"           done;
    UsdM    Post   "/fapi/v1/countdownCancelAll"      countdown;
    UsdM    Get    "/fapi/v1/order"                   future;
    UsdM    Get    "/fapi/v1/openOrder"               future;
    UsdM    Get    "/fapi/v1/openOrders"              futures;
    UsdM    Get    "/fapi/v1/allOrders"               futures;
    UsdM    Get    "/fapi/v1/orderAmendment"          futures_amendments;
    UsdM    Get    "/fapi/v1/forceOrders"             futures;
    UsdM    Post   "/fapi/v1/algoOrder"               algo;
    UsdM    Delete "/fapi/v1/algoOrder"               algo_cancelled;
    UsdM    Delete "/fapi/v1/algoOpenOrders"          done;
    UsdM    Get    "/fapi/v1/algoOrder"               algo;
    UsdM    Get    "/fapi/v1/openAlgoOrders"          algos;
    UsdM    Get    "/fapi/v1/allAlgoOrders"           algos;

    CoinM   Post   "/dapi/v1/order"                   future;
    CoinM   Put    "/dapi/v1/order"                   future;
    CoinM   Delete "/dapi/v1/order"                   future;
    CoinM   Post   "/dapi/v1/batchOrders"             futures_batch;
    CoinM   Put    "/dapi/v1/batchOrders"             futures_batch;
    CoinM   Delete "/dapi/v1/batchOrders"             futures_batch;
    CoinM   Delete "/dapi/v1/allOpenOrders"           done;
    CoinM   Post   "/dapi/v1/countdownCancelAll"      countdown;
    CoinM   Get    "/dapi/v1/order"                   future;
    CoinM   Get    "/dapi/v1/openOrder"               future;
    CoinM   Get    "/dapi/v1/openOrders"              futures;
    CoinM   Get    "/dapi/v1/allOrders"               futures;
    CoinM   Get    "/dapi/v1/orderAmendment"          futures_amendments;
    CoinM   Get    "/dapi/v1/forceOrders"             futures;
    CoinM   Post   "/dapi/v1/algoOrder"               algo;
    CoinM   Delete "/dapi/v1/algoOrder"               algo_cancelled;
    CoinM   Delete "/dapi/v1/algoOpenOrders"          done;
    CoinM   Get    "/dapi/v1/algoOrder"               algo;
    CoinM   Get    "/dapi/v1/openAlgoOrders"          algos;
    CoinM   Get    "/dapi/v1/allAlgoOrders"           algos;

    Options Post   "/eapi/v1/order"                   option;
    Options Post   "/eapi/v1/batchOrders"             options_batch;
    Options Delete "/eapi/v1/order"                   option;
    Options Delete "/eapi/v1/batchOrders"             options_batch;
    Options Delete "/eapi/v1/allOpenOrders"           done;
    Options Delete "/eapi/v1/allOpenOrdersByUnderlying" done;
    Options Get    "/eapi/v1/order"                   option;
    Options Get    "/eapi/v1/openOrders"              options;
    Options Get    "/eapi/v1/historyOrders"           options;
    Options Get    "/eapi/v1/exerciseRecord"          exercises;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::orders::endpoints;

    #[test]
    fn every_call_has_a_reader() {
        for (product, endpoint) in endpoints::all() {
            let reads = |row: &&Response| row.products == [product] && row.method == endpoint.method && row.path == endpoint.path;
            assert_eq!(RESPONSES.iter().filter(reads).count(), 1, "{product} {} {}", endpoint.method.as_str(), endpoint.path);
        }
    }
}
