//! European options (Options Trading, "Trade", 2026-01).
//!
//! The countdowns and protections of market makers are left out: they are for accounts that Binance has made market makers.

use metaexpert_connect::Cost;

use super::{by_symbol, endpoints, orders, weight};
use crate::pools::WEIGHT;

endpoints! {
    PLACE        "options_place"        Post   "/eapi/v1/order"          [weight(1), orders(1)] Entry Unknown;
    PLACE_BATCH  "options_place_batch"  Post   "/eapi/v1/batchOrders"    [weight(5), orders(10)] Entry Unknown;
    CANCEL       "options_cancel"       Delete "/eapi/v1/order"          [weight(1)] Safety Retry;
    CANCEL_BATCH "options_cancel_batch" Delete "/eapi/v1/batchOrders"    [weight(1)] Safety Retry;
    CANCEL_ALL   "options_cancel_all"   Delete "/eapi/v1/allOpenOrders"  [weight(5)] Safety Unknown;
    CANCEL_ALL_OF_UNDERLYING "options_cancel_underlying" Delete "/eapi/v1/allOpenOrdersByUnderlying" [weight(1)] Safety Unknown;
    QUERY        "options_query"        Get    "/eapi/v1/order"          [weight(1)] Account Retry;
    OPEN         "options_open"         Get    "/eapi/v1/openOrders"
                 [Cost::By(WEIGHT, |params| by_symbol(params, 1, 40))] Account Retry;
    HISTORY      "options_history"      Get    "/eapi/v1/historyOrders"  [weight(3)] Account Retry;
    EXERCISES    "options_exercises"    Get    "/eapi/v1/exerciseRecord" [weight(5)] Account Retry;
}
