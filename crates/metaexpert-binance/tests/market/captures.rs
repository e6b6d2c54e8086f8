//! Replies that others have recorded or documented: each of the public market calls that they hold is read, or its being left out is
//! a row here.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use metaexpert_binance::{Product, market::RESPONSES, symbols};
use metaexpert_connect::{
    Report,
    report::{Filter, ListingStatus},
};
use serde_json::{Value, json};

use super::decode_get;

/// Where the captures lie; `None` where they are absent.
pub(crate) fn captures() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/captures");
    let folder = std::env::var_os("METAEXPERT_CAPTURES").map_or(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: there are no captures at {}", folder.display());
    None
}

/// Calls that are left out on purpose, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("/api/v3/referencePrice/calculation", "says how, not what"),
    ("/fapi/v1/symbolAdlRisk", "nothing here trades by it"),
    ("/fapi/v1/indexInfo", "nothing here trades by it"),
    ("/fapi/v1/insuranceBalance", "nothing here trades by it"),
    ("/fapi/v1/tradingSchedule", "nothing here trades by it"),
    ("/sapi/v1/margin/crossMarginCollateralRatio", "of accounts"),
    ("/sapi/v1/margin/limit-price-pairs", "nothing here trades by it"),
    ("/sapi/v1/margin/risk-based-liquidation-ratio", "of accounts"),
    ("/sapi/v1/margin/restricted-asset", "nothing here trades by it"),
    ("/sapi/v1/margin/isolatedMarginTier", "of accounts"),
    ("/sapi/v1/margin/leverageBracket", "of accounts"),
    ("/sapi/v1/margin/available-inventory", "of accounts"),
];

/// The files of the official client's tests: product, file.
pub(crate) const SDK: &[(Product, &str)] = &[
    (Product::Spot, "spot/spot__rest_api__apis__market_api.json"),
    (Product::Spot, "spot/spot__rest_api__apis__general_api.json"),
    (Product::Margin, "margin_trading/margin_trading__rest_api__apis__market_data_api.json"),
    (Product::UsdM, "derivatives_trading_usds_futures/derivatives_trading_usds_futures__rest_api__apis__market_data_api.json"),
    (Product::CoinM, "derivatives_trading_coin_futures/derivatives_trading_coin_futures__rest_api__apis__market_data_api.json"),
    (Product::Options, "derivatives_trading_options/derivatives_trading_options__rest_api__apis__market_data_api.json"),
];

/// What the official client calls a reply whose path its tests do not say.
const UNSAID: &[(&str, &str)] = &[
    ("open_interest_statistics", "/futures/data/openInterestHist"),
    ("quarterly_contract_settlement_price", "/futures/data/delivery-price"),
];

/// The official client calls these, nothing here trades by them, and their paths are not said.
const UNSAID_LEFT_OUT: &[&str] = &[
    "basis",
    "long_short_ratio",
    "taker_buy_sell_volume",
    "top_trader_long_short_ratio_accounts",
    "top_trader_long_short_ratio_positions",
];

fn document(file: &Path) -> Value {
    serde_json::from_slice(&fs::read(file).unwrap_or_else(|why| panic!("{}: {why}", file.display()))).unwrap()
}

#[test]
fn replies_that_the_official_client_is_tested_with_are_read() {
    let Some(captures) = captures() else { return };
    let (mut read, mut left_out) = (0, 0);
    for (product, file) in SDK {
        for case in document(&captures.join("binance-sdk/binance").join(file)).as_array().unwrap() {
            let name = case["fn"].as_str().unwrap();
            let unsaid = || UNSAID.iter().find(|(known, _)| *known == name).map(|(_, path)| *path);
            let Some(path) = case["http"]["path"].as_str().or_else(unsaid) else {
                assert!(UNSAID_LEFT_OUT.contains(&name), "{name}");
                left_out += 1;
                continue;
            };
            if LEFT_OUT.iter().any(|(known, _)| *known == path) {
                left_out += 1;
                continue;
            }
            let payload = case["json"].to_string();
            let reports = decode_get(*product, path, payload.as_bytes()).unwrap_or_else(|why| panic!("{product} {path}: {why}"));
            assert!(!reports.is_empty(), "{product} {path}");
            read += 1;
        }
    }
    println!("{read} read, {left_out} left out");
    assert!(read >= 60, "{read}");
}

/// All values of a documentation page.
fn pages(folder: &Path) -> Vec<(PathBuf, Value)> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            all.extend(pages(&path));
        } else if path.extension().is_some_and(|end| end == "json") {
            all.push((path.clone(), document(&path)));
        }
    }
    all.sort_by(|one, other| one.0.cmp(&other.0));
    all
}

/// Product, folder, and by page the path of its reply.
type Pages = (Product, &'static str, &'static [(&'static str, &'static str)]);

/// Which reply a page of the documentation shows; the paths that the crawl found on them are often of another page.
const DOCUMENTED: &[Pages] = &[
    (
        Product::UsdM,
        "derivatives/usds-margined-futures/market-data/rest-api",
        &[
            ("24hr-Ticker-Price-Change-Statistics", "/fapi/v1/ticker/24hr"),
            ("Check-Server-Time", "/fapi/v1/time"),
            ("Compressed-Aggregate-Trades-List", "/fapi/v1/aggTrades"),
            ("Continuous-Contract-Kline-Candlestick-Data", "/fapi/v1/continuousKlines"),
            ("Delivery-Price", "/futures/data/delivery-price"),
            ("Exchange-Information", "/fapi/v1/exchangeInfo"),
            ("Get-Funding-Rate-History", "/fapi/v1/fundingRate"),
            ("Get-Funding-Rate-Info", "/fapi/v1/fundingInfo"),
            ("Index-Constituents", "/fapi/v1/constituents"),
            ("Index-Price-Kline-Candlestick-Data", "/fapi/v1/indexPriceKlines"),
            ("Kline-Candlestick-Data", "/fapi/v1/klines"),
            ("Mark-Price-Kline-Candlestick-Data", "/fapi/v1/markPriceKlines"),
            ("Mark-Price", "/fapi/v1/premiumIndex"),
            ("Multi-Assets-Mode-Asset-Index", "/fapi/v1/assetIndex"),
            ("Old-Trades-Lookup", "/fapi/v1/historicalTrades"),
            ("Open-Interest-Statistics", "/futures/data/openInterestHist"),
            ("Open-Interest", "/fapi/v1/openInterest"),
            ("Order-Book-RPI", "/fapi/v1/rpiDepth"),
            ("Order-Book", "/fapi/v1/depth"),
            ("Premium-Index-Kline-Data", "/fapi/v1/premiumIndexKlines"),
            ("Recent-Trades-List", "/fapi/v1/trades"),
            ("Symbol-Order-Book-Ticker", "/fapi/v1/ticker/bookTicker"),
            ("Symbol-Price-Ticker-v2", "/fapi/v2/ticker/price"),
            ("Symbol-Price-Ticker", "/fapi/v1/ticker/price"),
        ],
    ),
    (
        Product::CoinM,
        "derivatives/coin-margined-futures/market-data/rest-api",
        &[
            ("24hr-Ticker-Price-Change-Statistics", "/dapi/v1/ticker/24hr"),
            ("Check-Server-time", "/dapi/v1/time"),
            ("Compressed-Aggregate-Trades-List", "/dapi/v1/aggTrades"),
            ("Continuous-Contract-Kline-Candlestick-Data", "/dapi/v1/continuousKlines"),
            ("Exchange-Information", "/dapi/v1/exchangeInfo"),
            ("Get-Funding-Info", "/dapi/v1/fundingInfo"),
            ("Get-Funding-Rate-History-of-Perpetual-Futures", "/dapi/v1/fundingRate"),
            ("Index-Constituents", "/dapi/v1/constituents"),
            ("Index-Price-Kline-Candlestick-Data", "/dapi/v1/indexPriceKlines"),
            ("Index-Price-and-Mark-Price", "/dapi/v1/premiumIndex"),
            ("Kline-Candlestick-Data", "/dapi/v1/klines"),
            ("Mark-Price-Kline-Candlestick-Data", "/dapi/v1/markPriceKlines"),
            ("Old-Trades-Lookup", "/dapi/v1/historicalTrades"),
            ("Open-Interest-Statistics", "/futures/data/openInterestHist"),
            ("Open-Interest", "/dapi/v1/openInterest"),
            ("Order-Book", "/dapi/v1/depth"),
            ("Premium-Index-Kline-Data", "/dapi/v1/premiumIndexKlines"),
            ("Recent-Trades-List", "/dapi/v1/trades"),
            ("Symbol-Price-Ticker", "/dapi/v1/ticker/price"),
        ],
    ),
    (
        Product::Options,
        "derivatives/options-trading/market-data",
        &[
            ("24hr-Ticker-Price-Change-Statistics", "/eapi/v1/ticker"),
            ("Exchange-Information", "/eapi/v1/exchangeInfo"),
            ("Historical-Exercise-Records", "/eapi/v1/exerciseHistory"),
            ("Kline-Candlestick-Data", "/eapi/v1/klines"),
            ("Open-Interest", "/eapi/v1/openInterest"),
            ("Option-Mark-Price", "/eapi/v1/mark"),
            ("Order-Book", "/eapi/v1/depth"),
            ("Recent-Block-Trade-List", "/eapi/v1/blockTrades"),
            ("Recent-Trades-List", "/eapi/v1/trades"),
            ("Symbol-Price-Ticker", "/eapi/v1/index"),
            ("Test-Connectivity", "/eapi/v1/ping"),
        ],
    ),
    (
        Product::Margin,
        "margin_trading/market-data",
        &[
            ("Get-All-Cross-Margin-Pairs", "/sapi/v1/margin/allPairs"),
            ("Get-All-Isolated-Margin-Symbol", "/sapi/v1/margin/isolated/allPairs"),
            ("Get-All-Margin-Assets", "/sapi/v1/margin/allAssets"),
            ("Get-Delist-Schedule", "/sapi/v1/margin/delist-schedule"),
            ("Get-List-Schedule", "/sapi/v1/margin/list-schedule"),
            ("Query-Margin-PriceIndex", "/sapi/v1/margin/priceIndex"),
        ],
    ),
];

/// Pages of what nothing here trades by, and pages that the crawl holds as text with remarks in it, which is no JSON.
const PAGES_LEFT_OUT: &[&str] = &[
    "ADL-Risk",
    "Basis",
    "Composite-Index-Symbol-Information",
    "Insurance-Fund-Balance",
    "Long-Short-Ratio",
    "Taker-Buy-Sell-Volume",
    "Taker-BuySell-Volume",
    "Top-Long-Short-Account-Ratio",
    "Top-Trader-Long-Short-Ratio",
    "Trading-Schedule",
    "Get-Limit-Price-Pairs",
    "Query-Isolated-Margin-Tier-Data",
    "Query-Liability-Coin-Leverage-Bracket-in-Cross-Margin-Pro-Mode",
    "Query-margin-avaliable-inventory",
];

#[test]
fn replies_of_the_documentation_of_derivatives_and_margin_are_read() {
    let Some(captures) = captures() else { return };
    let (mut read, mut remarks, mut left_out) = (0, 0, 0);
    for (product, folder, documented) in DOCUMENTED {
        for (file, page) in pages(&captures.join("exchange-docs-crawl/binance").join(folder)) {
            let name = file.file_stem().unwrap().to_str().unwrap();
            let Some((_, path)) = documented.iter().find(|(known, _)| *known == name) else {
                assert!(PAGES_LEFT_OUT.contains(&name), "{folder}/{name}");
                left_out += 1;
                continue;
            };
            for block in page["blocks"].as_array().unwrap() {
                let Some(payload) = block.get("json") else {
                    remarks += 1;
                    continue;
                };
                let payload = payload.to_string();
                let reports =
                    decode_get(*product, path, payload.as_bytes()).unwrap_or_else(|why| panic!("{folder}/{name}: {why}"));
                assert!(!reports.is_empty(), "{folder}/{name}");
                read += 1;
            }
        }
    }
    println!("{read} read, {remarks} are no JSON, {left_out} pages left out");
    assert!(read >= 50, "{read}");
}

#[test]
fn recorded_replies_are_read() {
    let Some(captures) = captures() else { return };
    let folder = captures.join("nautilus/binance/py_integration/http_responses");
    let files = [
        (Product::UsdM, "http_futures_market_depth", "/fapi/v1/depth"),
        (Product::UsdM, "http_futures_market_funding_rate", "/fapi/v1/fundingRate"),
        (Product::UsdM, "http_futures_market_continuous_klines", "/fapi/v1/continuousKlines"),
        (Product::UsdM, "http_futures_market_ticker_24hr", "/fapi/v1/ticker/24hr"),
        (Product::UsdM, "http_futures_market_open_interest_historical", "/futures/data/openInterestHist"),
        (Product::UsdM, "http_futures_market_open_interest", "/fapi/v1/openInterest"),
        (Product::UsdM, "http_futures_market_agg_trades", "/fapi/v1/aggTrades"),
        (Product::UsdM, "http_futures_market_mark_price_klines", "/fapi/v1/markPriceKlines"),
        (Product::UsdM, "http_futures_market_index_price_klines", "/fapi/v1/indexPriceKlines"),
        (Product::UsdM, "http_futures_market_asset_index", "/fapi/v1/assetIndex"),
        (Product::UsdM, "http_futures_market_klines", "/fapi/v1/klines"),
        (Product::UsdM, "http_futures_market_book_ticker", "/fapi/v1/ticker/bookTicker"),
        (Product::UsdM, "http_futures_market_premium_index", "/fapi/v1/premiumIndex"),
        (Product::UsdM, "http_futures_market_trades", "/fapi/v1/trades"),
        (Product::UsdM, "http_futures_market_ticker_price", "/fapi/v1/ticker/price"),
        (Product::UsdM, "http_futures_market_historical_trades", "/fapi/v1/historicalTrades"),
        (Product::UsdM, "http_futures_market_exchange_info", "/fapi/v1/exchangeInfo"),
        (Product::Spot, "http_spot_market_depth", "/api/v3/depth"),
        (Product::Spot, "http_spot_market_trades", "/api/v3/trades"),
        (Product::Spot, "http_spot_market_book_ticker", "/api/v3/ticker/bookTicker"),
        (Product::Spot, "http_spot_market_agg_trades", "/api/v3/aggTrades"),
        (Product::Spot, "http_spot_market_ping", "/api/v3/ping"),
        (Product::Spot, "http_spot_market_historical_trades", "/api/v3/historicalTrades"),
        (Product::Spot, "http_spot_market_exchange_info", "/api/v3/exchangeInfo"),
        (Product::Spot, "http_spot_market_time", "/api/v3/time"),
        (Product::Spot, "http_spot_market_avg_price", "/api/v3/avgPrice"),
        (Product::Spot, "http_spot_market_klines", "/api/v3/klines"),
        (Product::Spot, "http_spot_market_ticker_price", "/api/v3/ticker/price"),
    ];
    let mut kinds = BTreeMap::new();
    for (product, file, path) in files {
        let payload = fs::read(folder.join(format!("{file}.json"))).unwrap();
        let reports = decode_get(product, path, &payload).unwrap_or_else(|why| panic!("{file}: {why}"));
        assert!(!reports.is_empty(), "{file}");
        *kinds.entry(path).or_insert(0) += reports.len();
    }
    println!("{kinds:?}");
}

#[test]
fn recorded_exchange_information_has_all_its_filters_and_names() {
    let Some(captures) = captures() else { return };
    let folder = captures.join("nautilus/binance/py_integration/http_responses");
    for (product, file, path) in [
        (Product::Spot, "http_spot_market_exchange_info.json", "/api/v3/exchangeInfo"),
        (Product::UsdM, "http_futures_market_exchange_info.json", "/fapi/v1/exchangeInfo"),
    ] {
        let payload = fs::read(folder.join(file)).unwrap();
        let reports = decode_get(product, path, &payload).unwrap();
        let mut listings = 0;
        for report in &reports {
            let Report::Listing(listing) = report else { continue };
            listings += 1;
            let unknown: Vec<_> = listing.filters.iter().filter(|filter| matches!(filter, Filter::Other(_))).collect();
            assert!(unknown.is_empty(), "{}: {unknown:?}", listing.symbol);
            assert_eq!(listing.status.known(), Some(&ListingStatus::Trading));
            let unified = listing.unified.as_ref().unwrap();
            assert_eq!(symbols::native(product, unified).as_ref(), Some(&listing.symbol));
        }
        assert!(listings >= 2, "{file}");
    }
}

/// What is made of a recorded reply, as JSON.
fn recorded(captures: &Path, product: Product, file: &str, path: &str) -> Vec<Value> {
    let file = captures.join("nautilus/binance/py_integration/http_responses").join(file);
    let payload = fs::read(file).unwrap();
    decode_get(product, path, &payload).unwrap().iter().map(|report| serde_json::to_value(report).unwrap()).collect()
}

#[test]
fn recorded_filters_have_the_values_that_they_are_written_with() {
    let Some(captures) = captures() else { return };
    let listings = recorded(&captures, Product::UsdM, "http_futures_market_exchange_info.json", "/fapi/v1/exchangeInfo");
    let listing = listings.iter().find(|report| report["symbol"] == "BTCUSDT").unwrap();
    let of = |name: &str, at: usize| {
        let mut filters = listing["filters"].as_array().unwrap().iter().filter(|filter| filter["filter"] == name);
        filters.nth(at).unwrap()["value"].clone()
    };
    assert_eq!(of("price", 0), json!({"min": "402", "max": "1246396.60", "tick": "0.10"}));
    assert_eq!(of("lot", 0), json!({"min": "0.001", "max": "1000", "step": "0.001", "market": false}));
    assert_eq!(of("lot", 1)["market"], json!(true));
    assert_eq!(of("open_orders", 0), json!(200));
    assert_eq!(of("conditional_orders", 0), json!(10));
    assert_eq!(of("notional", 0)["min"], json!("10"));
    assert_eq!((&listing["liquidation_fee"], &listing["maintenance_margin"]), (&json!("1.2"), &json!("2.5")));
}

/// The examples of the spot documentation by the reply that they show.
#[test]
fn replies_of_the_documentation_of_spot_are_read() {
    let Some(captures) = captures() else { return };
    let page = document(&captures.join("binance-spot-docs/binance/rest-api.json"));
    let sections = [
        ("Check server time", "/api/v3/time"),
        ("Exchange information", "/api/v3/exchangeInfo"),
        ("Query Execution Rules", "/api/v3/executionRules"),
        ("Order book", "/api/v3/depth"),
        ("Recent trades list", "/api/v3/trades"),
        ("Old trade lookup", "/api/v3/historicalTrades"),
        ("Historical Block Trades", "/api/v3/historicalBlockTrades"),
        ("Compressed/Aggregate trades list", "/api/v3/aggTrades"),
        ("Kline/Candlestick data", "/api/v3/klines"),
        ("UIKlines", "/api/v3/uiKlines"),
        ("Current average price", "/api/v3/avgPrice"),
        ("24hr ticker price change statistics", "/api/v3/ticker/24hr"),
        ("Trading Day Ticker", "/api/v3/ticker/tradingDay"),
        ("Symbol price ticker", "/api/v3/ticker/price"),
        ("Symbol order book ticker", "/api/v3/ticker/bookTicker"),
        ("Rolling window price change statistics", "/api/v3/ticker"),
        ("Query Reference Price", "/api/v3/referencePrice"),
    ];
    let mut read = BTreeMap::new();
    for block in page["blocks"].as_array().unwrap() {
        let (section, Some(payload)) = (block["section"].as_str().unwrap_or_default(), block.get("json")) else { continue };
        let Some((_, path)) = sections.iter().find(|(known, _)| section.split(" > ").any(|part| part == *known)) else {
            continue;
        };
        // The page shows limits and filters of the exchange information as objects with nothing in them but a remark.
        let is_outline = *path == "/api/v3/exchangeInfo";
        match decode_get(Product::Spot, path, payload.to_string().as_bytes()) {
            Ok(reports) => {
                assert!(!reports.is_empty(), "{section}");
                *read.entry(*path).or_insert(0) += 1;
            }
            Err(why) => assert!(is_outline, "{section}: {why}"),
        }
    }
    println!("{read:?}");
    assert!(read.len() >= 15, "{read:?}");
}

#[test]
fn recorded_books_are_read_level_by_level() {
    let Some(captures) = captures() else { return };
    let files = [
        (Product::Spot, "live/cryptofeed/binance/spot/BINANCE.http.0.0.log", "/api/v3/depth"),
        (Product::UsdM, "live/cryptofeed/binance/usdm/BINANCE_FUTURES.http.0.0.log", "/fapi/v1/depth"),
    ];
    let mut books = 0;
    for (product, file, path) in files {
        for line in fs::read_to_string(captures.join(file)).unwrap().lines() {
            let Some((head, body)) = line.split_once(": ") else { continue };
            if !head.contains(path) {
                continue;
            }
            let reports = decode_get(product, path, body.as_bytes()).unwrap();
            let [Report::Depth(depth)] = reports.as_slice() else { panic!("{reports:?}") };
            let value: Value = serde_json::from_str(body).unwrap();
            assert_eq!(depth.last, value["lastUpdateId"].as_u64().unwrap());
            let sides = [(&depth.bids, &value["bids"]), (&depth.asks, &value["asks"])];
            for (levels, wire) in sides {
                let written: Vec<_> =
                    wire.as_array().unwrap().iter().map(|level| level[0].as_str().unwrap().parse().unwrap()).collect();
                assert_eq!(levels.iter().map(|level| level.price).collect::<Vec<_>>(), written);
            }
            assert!(depth.bids[0].price < depth.asks[0].price);
            books += 1;
        }
    }
    println!("{books} books");
    assert!(books >= 4, "{books}");
}

#[test]
fn every_row_of_what_is_left_out_is_not_read_after_all() {
    for (path, why) in LEFT_OUT {
        assert!(RESPONSES.iter().all(|row| row.path != *path), "{path}: {why}");
    }
}
