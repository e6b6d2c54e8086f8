//! Margin, cross and isolated (Margin Trading, "Trade", 2026-01). The orders go to the spot markets; the calls are their own.

use super::{endpoints, orders, sapi_ip, sapi_uid};

endpoints! {
    PLACE           "margin_place"         Post   "/sapi/v1/margin/order"         [sapi_uid(6), orders(1)] Entry Unknown;
    CANCEL          "margin_cancel"        Delete "/sapi/v1/margin/order"         [sapi_ip(10)] Safety Retry;
    CANCEL_ALL      "margin_cancel_all"    Delete "/sapi/v1/margin/openOrders"    [sapi_ip(1)] Safety Unknown;
    QUERY           "margin_query"         Get    "/sapi/v1/margin/order"         [sapi_ip(10)] Account Retry;
    OPEN            "margin_open"          Get    "/sapi/v1/margin/openOrders"    [sapi_ip(10)] Account Retry;
    HISTORY         "margin_history"       Get    "/sapi/v1/margin/allOrders"     [sapi_ip(200)] Account Retry;
    PLACE_OCO       "margin_place_oco"     Post   "/sapi/v1/margin/order/oco"     [sapi_uid(6), orders(2)] Entry Unknown;
    PLACE_OTO       "margin_place_oto"     Post   "/sapi/v1/margin/order/oto"     [sapi_uid(6), orders(2)] Entry Unknown;
    PLACE_OTOCO     "margin_place_otoco"   Post   "/sapi/v1/margin/order/otoco"   [sapi_uid(6), orders(3)] Entry Unknown;
    CANCEL_LIST     "margin_cancel_list"   Delete "/sapi/v1/margin/orderList"     [sapi_uid(1)] Safety Retry;
    QUERY_LIST      "margin_query_list"    Get    "/sapi/v1/margin/orderList"     [sapi_ip(10)] Account Retry;
    HISTORY_LISTS   "margin_history_lists" Get    "/sapi/v1/margin/allOrderList"  [sapi_ip(200)] Account Retry;
    OPEN_LISTS      "margin_open_lists"    Get    "/sapi/v1/margin/openOrderList" [sapi_ip(10)] Account Retry;
}
