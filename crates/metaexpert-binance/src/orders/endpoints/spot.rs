//! Spot: orders, order lists and what is asked of them (Spot API, "Trading endpoints" and "Account Endpoints", 2026-07).
//!
//! Order cost is the "Unfilled Order Count". Smart order routing is left out: no market of this project needs it.

use metaexpert_connect::Cost;

use super::{by_symbol, endpoints, orders, weight};
use crate::pools::WEIGHT;

endpoints! {
    PLACE           "spot_place"           Post   "/api/v3/order"                    [weight(1), orders(1)] Entry Unknown;
    TEST            "spot_test"            Post   "/api/v3/order/test"               [weight(1)] Account Retry;
    REPLACE         "spot_replace"         Post   "/api/v3/order/cancelReplace"      [weight(1), orders(1)] Entry Unknown;
    AMEND           "spot_amend"           Put    "/api/v3/order/amend/keepPriority" [weight(4)] Entry Unknown;
    CANCEL          "spot_cancel"          Delete "/api/v3/order"                    [weight(1)] Safety Retry;
    CANCEL_ALL      "spot_cancel_all"      Delete "/api/v3/openOrders"               [weight(1)] Safety Unknown;
    QUERY           "spot_query"           Get    "/api/v3/order"                    [weight(4)] Account Retry;
    OPEN            "spot_open"            Get    "/api/v3/openOrders"
                    [Cost::By(WEIGHT, |params| by_symbol(params, 6, 80))] Account Retry;
    HISTORY         "spot_history"         Get    "/api/v3/allOrders"                [weight(20)] Account Retry;
    AMENDMENTS      "spot_amendments"      Get    "/api/v3/order/amendments"         [weight(4)] Account Retry;
    PLACE_OCO       "spot_place_oco"       Post   "/api/v3/orderList/oco"            [weight(1), orders(2)] Entry Unknown;
    PLACE_OTO       "spot_place_oto"       Post   "/api/v3/orderList/oto"            [weight(1), orders(2)] Entry Unknown;
    PLACE_OTOCO     "spot_place_otoco"     Post   "/api/v3/orderList/otoco"          [weight(1), orders(3)] Entry Unknown;
    PLACE_OPO       "spot_place_opo"       Post   "/api/v3/orderList/opo"            [weight(1), orders(2)] Entry Unknown;
    PLACE_OPOCO     "spot_place_opoco"     Post   "/api/v3/orderList/opoco"          [weight(1), orders(3)] Entry Unknown;
    CANCEL_LIST     "spot_cancel_list"     Delete "/api/v3/orderList"                [weight(1)] Safety Retry;
    QUERY_LIST      "spot_query_list"      Get    "/api/v3/orderList"                [weight(4)] Account Retry;
    HISTORY_LISTS   "spot_history_lists"   Get    "/api/v3/allOrderList"             [weight(20)] Account Retry;
    OPEN_LISTS      "spot_open_lists"      Get    "/api/v3/openOrderList"            [weight(6)] Account Retry;
}
