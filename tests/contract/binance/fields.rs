//! Which field of a payload is which of a report.
//!
//! The one decision: the pairs are written down here a second time, from the documentation, and compared over every captured
//! payload of a kind. A reader that takes one field for another fails on all of them.

use metaexpert_binance::{Product, decode::Kind};
use metaexpert_connect::Report;
use rust_decimal::Decimal;
use serde_json::Value;

use crate::captures::Payload;

/// Fewer than these, and payloads were lost.
pub(crate) const PAYLOADS_MIN: usize = 60;

/// Pointer into the payload, kind of report, field of it.
type Pair = (&'static str, &'static str, &'static str);

/// Payloads by what marks them: a pointer and the text that stands there, then the pairs.
const EVENTS: &[(&str, &str, &[Pair])] = &[
    (
        "/e",
        "executionReport",
        &[
            ("/s", "order", "symbol"),
            ("/i", "order", "venue_id"),
            ("/q", "order", "quantity"),
            ("/z", "order", "filled"),
            ("/Z", "order", "filled_value"),
            ("/s", "fill", "symbol"),
            ("/t", "fill", "trade_id"),
            ("/L", "fill", "price"),
            ("/l", "fill", "quantity"),
            ("/n", "fill", "fee"),
            ("/N", "fill", "fee_asset"),
            ("/i", "fill", "venue_id"),
        ],
    ),
    (
        "/e",
        "ORDER_TRADE_UPDATE",
        &[
            ("/o/s", "order", "symbol"),
            ("/o/c", "order", "client_id"),
            ("/o/i", "order", "venue_id"),
            ("/o/q", "order", "quantity"),
            ("/o/z", "order", "filled"),
            ("/o/R", "order", "reduce_only"),
            ("/o/t", "fill", "trade_id"),
            ("/o/L", "fill", "price"),
            ("/o/l", "fill", "quantity"),
            ("/o/rp", "fill", "realised"),
            ("/o/n", "fill", "fee"),
            ("/o/N", "fill", "fee_asset"),
        ],
    ),
    (
        "/e",
        "TRADE_LITE",
        &[
            ("/s", "fill", "symbol"),
            ("/c", "fill", "client_id"),
            ("/L", "fill", "price"),
            ("/l", "fill", "quantity"),
            ("/t", "fill", "trade_id"),
        ],
    ),
    (
        "/e",
        "ALGO_UPDATE",
        &[
            ("/o/s", "order", "symbol"),
            ("/o/caid", "order", "client_id"),
            ("/o/aid", "order", "venue_id"),
            ("/o/q", "order", "quantity"),
        ],
    ),
    (
        "/e",
        "ACCOUNT_UPDATE",
        &[
            ("/a/B/0/a", "balance", "asset"),
            ("/a/B/0/wb", "balance", "total"),
            ("/a/B/0/bc", "balance", "change"),
            ("/a/P/0/s", "position", "symbol"),
            ("/a/P/0/pa", "position", "quantity"),
            ("/a/P/0/up", "position", "unrealised"),
        ],
    ),
    (
        "/e",
        "outboundAccountPosition",
        &[("/B/0/a", "balance", "asset"), ("/B/0/f", "balance", "free"), ("/B/0/l", "balance", "locked")],
    ),
    ("/e", "balanceUpdate", &[("/a", "balance", "asset"), ("/d", "balance", "change")]),
    (
        "/e",
        "trade",
        &[
            ("/s", "public_trade", "symbol"),
            ("/t", "public_trade", "id"),
            ("/p", "public_trade", "price"),
            ("/q", "public_trade", "quantity"),
        ],
    ),
    (
        "/e",
        "aggTrade",
        &[
            ("/s", "public_trade", "symbol"),
            ("/a", "public_trade", "id"),
            ("/p", "public_trade", "price"),
            ("/q", "public_trade", "quantity"),
        ],
    ),
    (
        "/e",
        "bookTicker",
        &[
            ("/s", "quote", "symbol"),
            ("/u", "quote", "update"),
            ("/b", "quote", "bid"),
            ("/B", "quote", "bid_quantity"),
            ("/a", "quote", "ask"),
            ("/A", "quote", "ask_quantity"),
        ],
    ),
    (
        "/e",
        "kline",
        &[
            ("/s", "bar", "symbol"),
            ("/k/o", "bar", "open"),
            ("/k/h", "bar", "high"),
            ("/k/l", "bar", "low"),
            ("/k/c", "bar", "close"),
            ("/k/v", "bar", "volume"),
            ("/k/x", "bar", "is_closed"),
            ("/k/n", "bar", "trades"),
        ],
    ),
    (
        "/e",
        "depthUpdate",
        &[
            ("/s", "depth", "symbol"),
            ("/U", "depth", "first"),
            ("/u", "depth", "last"),
            ("/b/0/0", "depth", "bids/0/price"),
            ("/b/0/1", "depth", "bids/0/quantity"),
            ("/a/0/0", "depth", "asks/0/price"),
            ("/a/0/1", "depth", "asks/0/quantity"),
        ],
    ),
    (
        "/e",
        "markPriceUpdate",
        &[("/s", "mark", "symbol"), ("/p", "mark", "mark"), ("/i", "mark", "index"), ("/r", "mark", "funding_rate")],
    ),
    (
        "/e",
        "24hrTicker",
        &[
            ("/s", "ticker", "symbol"),
            ("/c", "ticker", "last"),
            ("/o", "ticker", "open"),
            ("/h", "ticker", "high"),
            ("/l", "ticker", "low"),
            ("/P", "ticker", "change_pct"),
        ],
    ),
    (
        "/e",
        "24hrMiniTicker",
        &[
            ("/s", "ticker", "symbol"),
            ("/c", "ticker", "last"),
            ("/o", "ticker", "open"),
            ("/h", "ticker", "high"),
            ("/l", "ticker", "low"),
        ],
    ),
    ("/e", "forceOrder", &[("/o/s", "liquidation", "symbol"), ("/o/ap", "liquidation", "price")]),
];

/// Replies by product and end of the path; an array's first element is compared with the first report of a kind.
const REPLIES: &[(&str, &[Pair])] = &[
    (
        "/klines",
        &[
            ("/0/1", "bar", "open"),
            ("/0/2", "bar", "high"),
            ("/0/3", "bar", "low"),
            ("/0/4", "bar", "close"),
            ("/0/5", "bar", "volume"),
        ],
    ),
    (
        "/depth",
        &[("/bids/0/0", "depth", "bids/0/price"), ("/asks/0/1", "depth", "asks/0/quantity"), ("/lastUpdateId", "depth", "last")],
    ),
    ("/aggTrades", &[("/0/a", "public_trade", "id"), ("/0/p", "public_trade", "price"), ("/0/q", "public_trade", "quantity")]),
    ("/v3/order", ORDER),
    ("/v1/order", ORDER),
    ("/margin/order", ORDER),
    ("/openOrders", FIRST_ORDER),
    ("/allOrders", FIRST_ORDER),
    ("/userTrades", FIRST_FILL),
    ("/myTrades", FIRST_FILL),
    ("/balance", &[("/0/asset", "balance", "asset"), ("/0/balance", "balance", "total")]),
    (
        "/positionRisk",
        &[
            ("/0/symbol", "position", "symbol"),
            ("/0/positionAmt", "position", "quantity"),
            ("/0/markPrice", "position", "mark_price"),
        ],
    ),
    ("/api/v3/account", &[("/balances/0/asset", "balance", "asset"), ("/balances/0/free", "balance", "free")]),
    ("/income", &[("/0/asset", "entry", "asset"), ("/0/income", "entry", "amount")]),
    ("/fundingRate", &[("/0/symbol", "funding", "symbol"), ("/0/fundingRate", "funding", "rate")]),
    ("/openInterest", &[("/symbol", "open_interest", "symbol"), ("/openInterest", "open_interest", "quantity")]),
    (
        "/premiumIndex",
        &[("/markPrice", "mark", "mark"), ("/indexPrice", "mark", "index"), ("/lastFundingRate", "mark", "funding_rate")],
    ),
];

const ORDER: &[Pair] = &[
    ("/symbol", "order", "symbol"),
    ("/orderId", "order", "venue_id"),
    ("/origQty", "order", "quantity"),
    ("/executedQty", "order", "filled"),
];
const FIRST_ORDER: &[Pair] = &[
    ("/0/symbol", "order", "symbol"),
    ("/0/orderId", "order", "venue_id"),
    ("/0/origQty", "order", "quantity"),
    ("/0/executedQty", "order", "filled"),
];
const FIRST_FILL: &[Pair] = &[
    ("/0/symbol", "fill", "symbol"),
    ("/0/price", "fill", "price"),
    ("/0/qty", "fill", "quantity"),
    ("/0/commission", "fill", "fee"),
    ("/0/commissionAsset", "fill", "fee_asset"),
];

/// Compares what both sides have, and says how many values that were.
pub(crate) fn compare(payload: &Payload, _product: Product, kind: &Kind, reports: &[Report<'_>]) -> usize {
    let whole: Value = serde_json::from_str(&payload.text).unwrap();
    let event = whole.get("event").or_else(|| whole.get("data")).unwrap_or(&whole);
    let event = event.get(0).filter(|first| first.get("e").is_some()).unwrap_or(event);
    let pairs = match kind {
        Kind::Stream | Kind::User => EVENTS
            .iter()
            .find(|(at, marks, _)| event.pointer(at).and_then(Value::as_str) == Some(marks))
            .map(|(.., pairs)| *pairs),
        Kind::Rest { path, .. } => REPLIES.iter().find(|(end, _)| path.ends_with(end)).map(|(_, pairs)| *pairs),
    };
    // The SDK shows an order and a list of orders in one.
    let is_list = event.pointer("/0/contingencyType").is_some() && pairs == Some(FIRST_ORDER);
    let pairs = pairs.filter(|_| !is_list);
    let reports: Vec<Value> = reports.iter().map(|report| serde_json::to_value(report).unwrap()).collect();
    let mut compared = 0;
    for (pointer, kind, field) in pairs.unwrap_or_default() {
        let Some(theirs) = event.pointer(pointer).filter(|value| !value.is_null()) else { continue };
        let Some(report) = reports.iter().find(|report| report["report"] == *kind) else { continue };
        let Some(ours) = report.pointer(&format!("/{field}")).filter(|value| !value.is_null()) else { continue };
        // Conditional orders' numbers are a space of their own: a report says which one it is.
        let theirs = if pointer.ends_with("/aid") { &Value::from(format!("algo-{}", text(theirs))) } else { theirs };
        assert!(are_equal(theirs, ours), "{}: {pointer} is {theirs}, and {kind}.{field} is {ours}\n{report}", payload.source);
        compared += 1;
    }
    compared
}

/// Whether two values say the same: numbers by what they are worth, in strings or not.
fn are_equal(theirs: &Value, ours: &Value) -> bool {
    match (number(theirs), number(ours)) {
        (Some(theirs), Some(ours)) => theirs == ours,
        _ => text(theirs) == text(ours),
    }
}

fn number(value: &Value) -> Option<Decimal> {
    let text = text(value);
    text.parse().or_else(|_| Decimal::from_scientific(&text)).ok()
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
