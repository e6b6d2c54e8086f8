//! Captured replies, value by value: what is reported holds what the reply says in its own field.
//!
//! The one decision: what is expected is taken out of the reply by a path of its own, and not written down here.

use std::fs;

use metaexpert_binance::Product;
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde_json::Value;

use super::{captures, decode_get};

/// A reply of the official client's tests: product, file, path; and by the report's field the reply's.
type Row = (Product, &'static str, &'static [(&'static str, &'static str)]);

const TICKER: &[(&str, &str)] = &[
    ("/last", "/lastPrice"),
    ("/open", "/openPrice"),
    ("/high", "/highPrice"),
    ("/low", "/lowPrice"),
    ("/change_pct", "/priceChangePercent"),
    ("/volume", "/volume"),
    ("/time", "/closeTime"),
    ("/symbol", "/symbol"),
];
const TRADE: &[(&str, &str)] = &[("/id", "/id"), ("/price", "/price"), ("/quantity", "/qty"), ("/time", "/time")];
const AGG_TRADE: &[(&str, &str)] =
    &[("/id", "/a"), ("/price", "/p"), ("/quantity", "/q"), ("/time", "/T"), ("/trades/0", "/f"), ("/trades/1", "/l")];
const DEPTH: &[(&str, &str)] = &[
    ("/last", "/lastUpdateId"),
    ("/bids/0/price", "/bids/0/0"),
    ("/bids/0/quantity", "/bids/0/1"),
    ("/asks/0/price", "/asks/0/0"),
    ("/asks/0/quantity", "/asks/0/1"),
];
const QUOTE: &[(&str, &str)] = &[
    ("/bid", "/bidPrice"),
    ("/bid_quantity", "/bidQty"),
    ("/ask", "/askPrice"),
    ("/ask_quantity", "/askQty"),
    ("/symbol", "/symbol"),
];
const MARK: &[(&str, &str)] = &[
    ("/mark", "/markPrice"),
    ("/index", "/indexPrice"),
    ("/funding_rate", "/lastFundingRate"),
    ("/next_funding", "/nextFundingTime"),
    ("/time", "/time"),
];
const FUNDING: &[(&str, &str)] = &[("/rate", "/fundingRate"), ("/time", "/fundingTime"), ("/symbol", "/symbol")];
const TERMS: &[(&str, &str)] =
    &[("/cap", "/adjustedFundingRateCap"), ("/floor", "/adjustedFundingRateFloor"), ("/interval_hours", "/fundingIntervalHours")];

const ROWS: &[Row] = &[
    (Product::Spot, "/api/v3/aggTrades", AGG_TRADE),
    (Product::Spot, "/api/v3/avgPrice", &[("/price", "/price"), ("/minutes", "/mins"), ("/time", "/closeTime")]),
    (Product::Spot, "/api/v3/depth", DEPTH),
    (Product::Spot, "/api/v3/trades", TRADE),
    (Product::Spot, "/api/v3/historicalTrades", TRADE),
    (Product::Spot, "/api/v3/historicalBlockTrades", TRADE),
    (Product::Spot, "/api/v3/referencePrice", &[("/price", "/referencePrice"), ("/time", "/timestamp"), ("/symbol", "/symbol")]),
    (Product::Spot, "/api/v3/ticker", TICKER),
    (Product::Spot, "/api/v3/ticker/24hr", TICKER),
    (Product::Spot, "/api/v3/ticker/24hr", &[("/bid", "/bidPrice"), ("/ask", "/askPrice"), ("/turnover", "/quoteVolume")]),
    (Product::Spot, "/api/v3/ticker/bookTicker", QUOTE),
    (Product::Spot, "/api/v3/ticker/price", &[("/last", "/price"), ("/symbol", "/symbol")]),
    (Product::Spot, "/api/v3/ticker/tradingDay", TICKER),
    (
        Product::Spot,
        "/api/v3/executionRules",
        &[
            ("/filters/0/value/bid_up", "/symbolRules/0/rules/0/bidLimitMultUp"),
            ("/filters/0/value/ask_down", "/symbolRules/0/rules/0/askLimitMultDown"),
        ],
    ),
    (Product::Spot, "/api/v3/exchangeInfo", &[("/limit", "/rateLimits/0/limit"), ("/used", "/rateLimits/0/count")]),
    (Product::UsdM, "/fapi/v1/aggTrades", AGG_TRADE),
    (Product::UsdM, "/fapi/v1/depth", DEPTH),
    (Product::UsdM, "/fapi/v1/rpiDepth", DEPTH),
    (Product::UsdM, "/fapi/v1/trades", TRADE),
    (Product::UsdM, "/fapi/v1/historicalTrades", TRADE),
    (Product::UsdM, "/fapi/v1/ticker/24hr", TICKER),
    (Product::UsdM, "/fapi/v1/ticker/bookTicker", QUOTE),
    (Product::UsdM, "/fapi/v2/ticker/price", &[("/last", "/price"), ("/time", "/time")]),
    (Product::UsdM, "/fapi/v1/premiumIndex", MARK),
    (Product::UsdM, "/fapi/v1/fundingRate", FUNDING),
    (Product::UsdM, "/fapi/v1/fundingRate", &[("/mark", "/markPrice")]),
    (Product::UsdM, "/fapi/v1/fundingInfo", TERMS),
    (Product::UsdM, "/fapi/v1/openInterest", &[("/quantity", "/openInterest"), ("/time", "/time"), ("/symbol", "/symbol")]),
    (Product::UsdM, "/fapi/v1/assetIndex", &[("/price", "/index"), ("/time", "/time"), ("/symbol", "/symbol")]),
    (Product::CoinM, "/dapi/v1/aggTrades", AGG_TRADE),
    (Product::CoinM, "/dapi/v1/depth", DEPTH),
    (Product::CoinM, "/dapi/v1/trades", TRADE),
    (Product::CoinM, "/dapi/v1/ticker/24hr", TICKER),
    (Product::CoinM, "/dapi/v1/ticker/24hr", &[("/turnover", "/baseVolume")]),
    (Product::CoinM, "/dapi/v1/ticker/bookTicker", QUOTE),
    (Product::CoinM, "/dapi/v1/premiumIndex", MARK),
    (Product::CoinM, "/dapi/v1/fundingRate", FUNDING),
    (Product::CoinM, "/dapi/v1/fundingInfo", TERMS),
    (Product::CoinM, "/dapi/v1/openInterest", &[("/quantity", "/openInterest"), ("/time", "/time")]),
    (
        Product::CoinM,
        "/dapi/v1/constituents",
        &[
            ("/parts/0/price", "/constituents/0/price"),
            ("/parts/0/weight", "/constituents/0/weight"),
            ("/parts/0/exchange", "/constituents/0/exchange"),
        ],
    ),
    (Product::Options, "/eapi/v1/depth", DEPTH),
    (
        Product::Options,
        "/eapi/v1/trades",
        &[("/id", "/tradeId"), ("/price", "/price"), ("/quantity", "/qty"), ("/time", "/time")],
    ),
    (Product::Options, "/eapi/v1/mark", &[("/mark", "/markPrice"), ("/implied_volatility", "/markIV"), ("/symbol", "/symbol")]),
    (
        Product::Options,
        "/eapi/v1/ticker",
        &[
            ("/last", "/lastPrice"),
            ("/open", "/open"),
            ("/high", "/high"),
            ("/low", "/low"),
            ("/volume", "/volume"),
            ("/turnover", "/amount"),
            ("/bid", "/bidPrice"),
            ("/ask", "/askPrice"),
            ("/time", "/closeTime"),
        ],
    ),
    (Product::Options, "/eapi/v1/index", &[("/price", "/indexPrice"), ("/time", "/time")]),
    (
        Product::Options,
        "/eapi/v1/openInterest",
        &[("/quantity", "/sumOpenInterest"), ("/value", "/sumOpenInterestUsd"), ("/time", "/timestamp")],
    ),
    (
        Product::Options,
        "/eapi/v1/exerciseHistory",
        &[("/price", "/realStrikePrice"), ("/strike", "/strikePrice"), ("/time", "/expiryDate"), ("/outcome", "/strikeResult")],
    ),
    (Product::Margin, "/sapi/v1/margin/allPairs", &[("/symbol", "/symbol"), ("/base", "/base"), ("/quote", "/quote")]),
    (
        Product::Margin,
        "/sapi/v1/margin/allAssets",
        &[("/asset", "/assetName"), ("/min_borrow", "/userMinBorrow"), ("/ends", "/delistTime")],
    ),
    (Product::Margin, "/sapi/v1/margin/priceIndex", &[("/price", "/price"), ("/time", "/calcTime"), ("/symbol", "/symbol")]),
    (
        Product::Margin,
        "/sapi/v1/margin/delist-schedule",
        &[("/time", "/delistTime"), ("/assets/0", "/crossMarginAssets/0"), ("/symbols/0", "/isolatedMarginSymbols/0")],
    ),
];

/// A value as both sides can be compared: a number, a time in milliseconds, or a text.
fn plain(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(time) = UnixNanos::parse(&text).filter(|_| text.ends_with('Z')) {
        return (time.as_nanos() / 1_000_000).to_string();
    }
    text.parse::<Decimal>().map_or(text, |number| number.normalize().to_string())
}

#[test]
fn every_reported_value_is_that_of_its_field() {
    let Some(folder) = captures::captures() else { return };
    let (mut replies, mut values) = (0, 0);
    for (product, path, fields) in ROWS {
        let files = captures::SDK.iter().filter(|(known, _)| known == product);
        let cases = files.flat_map(|(_, file)| {
            let text = fs::read(folder.join("binance-sdk/binance").join(file)).unwrap();
            serde_json::from_slice::<Vec<Value>>(&text).unwrap()
        });
        let reply =
            cases.into_iter().find(|case| case["http"]["path"] == *path).unwrap_or_else(|| panic!("{path}"))["json"].clone();
        let payload = reply.to_string();
        let reports = decode_get(*product, path, payload.as_bytes()).unwrap();
        let report = serde_json::to_value(&reports[0]).unwrap();
        let first = reply.get(0).unwrap_or(&reply);
        for (ours, theirs) in *fields {
            let (ours_value, theirs_value) = (report.pointer(ours), first.pointer(theirs));
            let [Some(ours_value), Some(theirs_value)] = [ours_value, theirs_value] else {
                panic!("{path}: {ours} {ours_value:?}, {theirs} {theirs_value:?}");
            };
            assert_eq!(plain(ours_value), plain(theirs_value), "{path}: {ours} and {theirs}");
            values += 1;
        }
        replies += 1;
    }
    println!("{values} values of {replies} replies");
    assert!(values >= 180, "{values}");
}
