//! USD-M and COIN-M futures: orders, batches and the algo service, where conditional orders live.
//!
//! Sources: USD-M and COIN-M, "Trade", "REST API" (2026-01); the algo service of COIN-M is that of USD-M since the integration of
//! both (2026-06-30), and so are the pools of orders. Placing costs orders and no weight.

/// USD-M futures.
pub mod usdm {
    use metaexpert_connect::Cost;

    use super::super::{by_symbol, endpoints, orders, weight};
    use crate::pools::WEIGHT;

    endpoints! {
        PLACE           "usdm_place"           Post   "/fapi/v1/order"              [orders(1)] Entry Unknown;
        TEST            "usdm_test"            Post   "/fapi/v1/order/test"         [weight(1)] Account Retry;
        AMEND           "usdm_amend"           Put    "/fapi/v1/order"              [orders(1)] Entry Unknown;
        CANCEL          "usdm_cancel"          Delete "/fapi/v1/order"              [weight(1)] Safety Retry;
        PLACE_BATCH     "usdm_place_batch"     Post   "/fapi/v1/batchOrders"        [weight(5), orders(5)] Entry Unknown;
        AMEND_BATCH     "usdm_amend_batch"     Put    "/fapi/v1/batchOrders"        [weight(5), orders(5)] Entry Unknown;
        CANCEL_BATCH    "usdm_cancel_batch"    Delete "/fapi/v1/batchOrders"        [weight(1)] Safety Retry;
        CANCEL_ALL      "usdm_cancel_all"      Delete "/fapi/v1/allOpenOrders"      [weight(1)] Safety Unknown;
        COUNTDOWN       "usdm_countdown"       Post   "/fapi/v1/countdownCancelAll" [weight(10)] Safety Retry;
        QUERY           "usdm_query"           Get    "/fapi/v1/order"              [weight(1)] Account Retry;
        QUERY_OPEN      "usdm_query_open"      Get    "/fapi/v1/openOrder"          [weight(1)] Account Retry;
        OPEN            "usdm_open"            Get    "/fapi/v1/openOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 1, 40))] Account Retry;
        HISTORY         "usdm_history"         Get    "/fapi/v1/allOrders"          [weight(5)] Account Retry;
        AMENDMENTS      "usdm_amendments"      Get    "/fapi/v1/orderAmendment"     [weight(1)] Account Retry;
        FORCED          "usdm_forced"          Get    "/fapi/v1/forceOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 20, 50))] Account Retry;
        PLACE_ALGO      "usdm_place_algo"      Post   "/fapi/v1/algoOrder"          [orders(1)] Entry Unknown;
        CANCEL_ALGO     "usdm_cancel_algo"     Delete "/fapi/v1/algoOrder"          [weight(1)] Safety Retry;
        CANCEL_ALL_ALGO "usdm_cancel_all_algo" Delete "/fapi/v1/algoOpenOrders"     [weight(1)] Safety Unknown;
        QUERY_ALGO      "usdm_query_algo"      Get    "/fapi/v1/algoOrder"          [weight(1)] Account Retry;
        OPEN_ALGO       "usdm_open_algo"       Get    "/fapi/v1/openAlgoOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 1, 40))] Account Retry;
        HISTORY_ALGO    "usdm_history_algo"    Get    "/fapi/v1/allAlgoOrders"      [weight(5)] Account Retry;
    }
}

/// COIN-M futures.
pub mod coinm {
    use metaexpert_connect::Cost;

    use super::super::{by_symbol, endpoints, orders, weight};
    use crate::pools::WEIGHT;

    endpoints! {
        PLACE           "coinm_place"           Post   "/dapi/v1/order"              [orders(1)] Entry Unknown;
        AMEND           "coinm_amend"           Put    "/dapi/v1/order"              [weight(1), orders(1)] Entry Unknown;
        CANCEL          "coinm_cancel"          Delete "/dapi/v1/order"              [weight(1)] Safety Retry;
        PLACE_BATCH     "coinm_place_batch"     Post   "/dapi/v1/batchOrders"        [weight(5), orders(5)] Entry Unknown;
        AMEND_BATCH     "coinm_amend_batch"     Put    "/dapi/v1/batchOrders"        [weight(5), orders(5)] Entry Unknown;
        CANCEL_BATCH    "coinm_cancel_batch"    Delete "/dapi/v1/batchOrders"        [weight(1)] Safety Retry;
        CANCEL_ALL      "coinm_cancel_all"      Delete "/dapi/v1/allOpenOrders"      [weight(1)] Safety Unknown;
        COUNTDOWN       "coinm_countdown"       Post   "/dapi/v1/countdownCancelAll" [weight(10)] Safety Retry;
        QUERY           "coinm_query"           Get    "/dapi/v1/order"              [weight(1)] Account Retry;
        QUERY_OPEN      "coinm_query_open"      Get    "/dapi/v1/openOrder"          [weight(1)] Account Retry;
        OPEN            "coinm_open"            Get    "/dapi/v1/openOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 1, 40))] Account Retry;
        HISTORY         "coinm_history"         Get    "/dapi/v1/allOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 20, 40))] Account Retry;
        AMENDMENTS      "coinm_amendments"      Get    "/dapi/v1/orderAmendment"     [weight(1)] Account Retry;
        FORCED          "coinm_forced"          Get    "/dapi/v1/forceOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 20, 50))] Account Retry;
        PLACE_ALGO      "coinm_place_algo"      Post   "/dapi/v1/algoOrder"          [orders(1)] Entry Unknown;
        CANCEL_ALGO     "coinm_cancel_algo"     Delete "/dapi/v1/algoOrder"          [weight(1)] Safety Retry;
        CANCEL_ALL_ALGO "coinm_cancel_all_algo" Delete "/dapi/v1/algoOpenOrders"     [weight(1)] Safety Unknown;
        QUERY_ALGO      "coinm_query_algo"      Get    "/dapi/v1/algoOrder"          [weight(1)] Account Retry;
        OPEN_ALGO       "coinm_open_algo"       Get    "/dapi/v1/openAlgoOrders"
                        [Cost::By(WEIGHT, |params| by_symbol(params, 1, 40))] Account Retry;
        HISTORY_ALGO    "coinm_history_algo"    Get    "/dapi/v1/allAlgoOrders"      [weight(5)] Account Retry;
    }
}

use metaexpert_connect::Endpoint;

/// The rows that both have, so that a call is written once.
#[derive(Debug, Clone, Copy)]
pub(in crate::orders) struct Rows {
    pub place: &'static Endpoint,
    pub amend: &'static Endpoint,
    pub cancel: &'static Endpoint,
    pub place_batch: &'static Endpoint,
    pub amend_batch: &'static Endpoint,
    pub cancel_batch: &'static Endpoint,
    pub cancel_all: &'static Endpoint,
    pub countdown: &'static Endpoint,
    pub query: &'static Endpoint,
    pub query_open: &'static Endpoint,
    pub open: &'static Endpoint,
    pub history: &'static Endpoint,
    pub amendments: &'static Endpoint,
    pub forced: &'static Endpoint,
    pub place_algo: &'static Endpoint,
    pub cancel_algo: &'static Endpoint,
    pub cancel_all_algo: &'static Endpoint,
    pub query_algo: &'static Endpoint,
    pub open_algo: &'static Endpoint,
    pub history_algo: &'static Endpoint,
}

macro_rules! rows {
    ($table:ident) => {
        Rows {
            place: &$table::PLACE,
            amend: &$table::AMEND,
            cancel: &$table::CANCEL,
            place_batch: &$table::PLACE_BATCH,
            amend_batch: &$table::AMEND_BATCH,
            cancel_batch: &$table::CANCEL_BATCH,
            cancel_all: &$table::CANCEL_ALL,
            countdown: &$table::COUNTDOWN,
            query: &$table::QUERY,
            query_open: &$table::QUERY_OPEN,
            open: &$table::OPEN,
            history: &$table::HISTORY,
            amendments: &$table::AMENDMENTS,
            forced: &$table::FORCED,
            place_algo: &$table::PLACE_ALGO,
            cancel_algo: &$table::CANCEL_ALGO,
            cancel_all_algo: &$table::CANCEL_ALL_ALGO,
            query_algo: &$table::QUERY_ALGO,
            open_algo: &$table::OPEN_ALGO,
            history_algo: &$table::HISTORY_ALGO,
        }
    };
}

pub(in crate::orders) static USDM_ROWS: Rows = rows!(usdm);
pub(in crate::orders) static COINM_ROWS: Rows = rows!(coinm);
