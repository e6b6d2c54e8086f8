//! What each payload is: which product, and the reply to which call or the frame of which stream.

use std::collections::BTreeMap;

use metaexpert_binance::{Product, decode::Kind};
use metaexpert_connect::Method;

use crate::captures::Payload;

/// Folder of a product in each of the sources.
const PRODUCTS: &[(&str, Product)] = &[
    ("derivatives_trading_usds_futures", Product::UsdM),
    ("usds-margined-futures", Product::UsdM),
    ("derivatives_trading_coin_futures", Product::CoinM),
    ("coin-margined-futures", Product::CoinM),
    ("derivatives_trading_options", Product::Options),
    ("options-trading", Product::Options),
    ("margin_trading", Product::Margin),
    ("binance/spot", Product::Spot),
    ("binance-spot-docs", Product::Spot),
    ("rust/spot", Product::Spot),
    ("rust/futures", Product::UsdM),
    ("http_spot_", Product::Spot),
    ("ws_spot_", Product::Spot),
    ("http_futures_", Product::UsdM),
    ("ws_futures_", Product::UsdM),
    ("http_wallet_", Product::Margin),
    ("cryptofeed/binance/usdm", Product::UsdM),
    ("hftbacktest/btcusd_perp", Product::CoinM),
];

/// Calls of files and pages that do not name theirs: part of the source, method, path.
const CALLS: &[(&str, &str, &str)] = &[
    ("margin_trading/trade-data-stream.json#0", "POST", "/sapi/v1/userListenToken"),
    ("usds-margined-futures/market-data/rest-api.json", "GET", "/fapi/v1/ping"),
    ("usds-margined-futures/market-data/rest-api/24hr-Ticker", "GET", "/fapi/v1/ticker/24hr"),
    ("usds-margined-futures/market-data/rest-api/Continuous-Contract-Kline", "GET", "/fapi/v1/continuousKlines"),
    ("usds-margined-futures/market-data/rest-api/Get-Funding-Info", "GET", "/fapi/v1/fundingInfo"),
    ("usds-margined-futures/market-data/rest-api/Index-Constituents", "GET", "/fapi/v1/constituents"),
    ("usds-margined-futures/market-data/rest-api/Index-Price-Kline", "GET", "/fapi/v1/indexPriceKlines"),
    ("usds-margined-futures/market-data/rest-api/Mark-Price-Kline", "GET", "/fapi/v1/markPriceKlines"),
    ("usds-margined-futures/market-data/rest-api/Premium-Index-Kline", "GET", "/fapi/v1/premiumIndexKlines"),
    ("usds-margined-futures/market-data/rest-api/Kline-Candlestick", "GET", "/fapi/v1/klines"),
    ("usds-margined-futures/market-data/rest-api/Order-Book-RPI", "GET", "/fapi/v1/rpiDepth"),
    ("usds-margined-futures/market-data/rest-api/Order-Book.json", "GET", "/fapi/v1/depth"),
    ("usds-margined-futures/market-data/rest-api/Symbol-Order-Book-Ticker", "GET", "/fapi/v1/ticker/bookTicker"),
    ("usds-margined-futures/market-data/rest-api/Symbol-Price-Ticker", "GET", "/fapi/v1/ticker/price"),
    ("usds-margined-futures/market-data/rest-api/Multi-Assets-Mode-Asset-Index", "GET", "/fapi/v1/assetIndex"),
    ("usds-margined-futures/market-data/rest-api/Insurance-Fund-Balance", "GET", "/fapi/v1/insuranceBalance"),
    ("usds-margined-futures/account/rest-api/Account-Config", "GET", "/fapi/v1/accountConfig"),
    ("usds-margined-futures/account/rest-api/Symbol-Config", "GET", "/fapi/v1/symbolConfig"),
    ("usds-margined-futures/account/rest-api/Query-Rate-Limit", "GET", "/fapi/v1/rateLimit/order"),
    ("usds-margined-futures/account/rest-api/Account-Information-V2", "GET", "/fapi/v2/account"),
    ("usds-margined-futures/account/rest-api/Futures-Account-Balance-V2", "GET", "/fapi/v2/balance"),
    ("usds-margined-futures/user-data-streams/Close-User-Data-Stream.json", "DELETE", "/fapi/v1/listenKey"),
    ("usds-margined-futures/user-data-streams/Keepalive-User-Data-Stream.json", "PUT", "/fapi/v1/listenKey"),
    ("usds-margined-futures/user-data-streams/Start-User-Data-Stream.json", "POST", "/fapi/v1/listenKey"),
    ("coin-margined-futures/market-data/rest-api.json", "GET", "/dapi/v1/ping"),
    ("coin-margined-futures/market-data/rest-api/24hr-Ticker", "GET", "/dapi/v1/ticker/24hr"),
    ("coin-margined-futures/market-data/rest-api/Continuous-Contract-Kline", "GET", "/dapi/v1/continuousKlines"),
    ("coin-margined-futures/market-data/rest-api/Get-Funding-Info", "GET", "/dapi/v1/fundingInfo"),
    ("coin-margined-futures/market-data/rest-api/Index-Constituents", "GET", "/dapi/v1/constituents"),
    ("coin-margined-futures/market-data/rest-api/Index-Price-Kline", "GET", "/dapi/v1/indexPriceKlines"),
    ("coin-margined-futures/market-data/rest-api/Mark-Price-Kline", "GET", "/dapi/v1/markPriceKlines"),
    ("coin-margined-futures/market-data/rest-api/Premium-Index-Kline", "GET", "/dapi/v1/premiumIndexKlines"),
    ("coin-margined-futures/market-data/rest-api/Kline-Candlestick", "GET", "/dapi/v1/klines"),
    ("coin-margined-futures/market-data/rest-api/Order-Book-RPI", "GET", "/dapi/v1/rpiDepth"),
    ("coin-margined-futures/market-data/rest-api/Order-Book.json", "GET", "/dapi/v1/depth"),
    ("coin-margined-futures/market-data/rest-api/Symbol-Order-Book-Ticker", "GET", "/dapi/v1/ticker/bookTicker"),
    ("coin-margined-futures/market-data/rest-api/Symbol-Price-Ticker", "GET", "/dapi/v1/ticker/price"),
    ("coin-margined-futures/market-data/rest-api/Multi-Assets-Mode-Asset-Index", "GET", "/dapi/v1/assetIndex"),
    ("coin-margined-futures/market-data/rest-api/Insurance-Fund-Balance", "GET", "/dapi/v1/insuranceBalance"),
    ("coin-margined-futures/account/rest-api/Account-Information", "GET", "/dapi/v1/account"),
    ("coin-margined-futures/account/rest-api/Futures-Account-Balance", "GET", "/dapi/v1/balance"),
    ("coin-margined-futures/user-data-streams/Close-User-Data-Stream.json", "DELETE", "/dapi/v1/listenKey"),
    ("coin-margined-futures/user-data-streams/Keepalive-User-Data-Stream.json", "PUT", "/dapi/v1/listenKey"),
    ("coin-margined-futures/user-data-streams/Start-User-Data-Stream.json", "POST", "/dapi/v1/listenKey"),
    ("usds-margined-futures/trade/rest-api.json", "POST", "/fapi/v1/order"),
    ("usds-margined-futures/trade/rest-api/Position-Information-V2", "GET", "/fapi/v2/positionRisk"),
    ("usds-margined-futures/trade/rest-api/Cancel-Algo-Order", "DELETE", "/fapi/v1/algoOrder"),
    ("usds-margined-futures/trade/rest-api/Cancel-Order", "DELETE", "/fapi/v1/order"),
    ("usds-margined-futures/trade/rest-api/Modify-Order", "PUT", "/fapi/v1/order"),
    ("usds-margined-futures/trade/rest-api/Query-Order", "GET", "/fapi/v1/order"),
    ("options-trading/account.json", "GET", "/eapi/v1/marginAccount"),
    ("options-trading/error-code", "GET", "/eapi/v1/time"),
    ("options-trading/market-data.json", "GET", "/eapi/v1/time"),
    ("options-trading/trade.json", "POST", "/eapi/v1/order"),
    ("options-trading/market-data/24hr", "GET", "/eapi/v1/ticker"),
    ("options-trading/market-data/Kline", "GET", "/eapi/v1/klines"),
    ("options-trading/market-data/Recent-Block", "GET", "/eapi/v1/blockTrades"),
    ("options-trading/market-data/Symbol-Price", "GET", "/eapi/v1/index"),
    ("options-trading/market-data/Test-Conn", "GET", "/eapi/v1/ping"),
    ("options-trading/user-data-streams/Close-User-Data-Stream", "DELETE", "/eapi/v1/listenKey"),
    ("options-trading/user-data-streams/Keepalive-User-Data-Stream", "PUT", "/eapi/v1/listenKey"),
    ("options-trading/user-data-streams/Start-User-Data-Stream", "POST", "/eapi/v1/listenKey"),
    ("margin_trading/account.json", "POST", "/sapi/v1/margin/max-leverage"),
    ("margin_trading/borrow-and-repay.json", "GET", "/sapi/v1/margin/next-hourly-interest-rate"),
    ("margin_trading/market-data.json", "GET", "/sapi/v1/margin/crossMarginCollateralRatio"),
    ("margin_trading/market-data/Query-margin-avaliable", "GET", "/sapi/v1/margin/available-inventory"),
    ("margin_trading/trade.json", "GET", "/sapi/v1/margin/forceLiquidationRec"),
    ("margin_trading/transfer.json", "GET", "/sapi/v1/margin/transfer"),
    ("margin_trading/trade/Query-Margin-Account-All-OCO", "GET", "/sapi/v1/margin/allOrderList"),
    ("margin_trading/trade/Query-Margin-Account-All-Orders", "GET", "/sapi/v1/margin/allOrders"),
    ("margin_trading/trade/Query-Margin-Account-Open-OCO", "GET", "/sapi/v1/margin/openOrderList"),
    ("margin_trading/trade/Query-Margin-Account-Open-Orders", "GET", "/sapi/v1/margin/openOrders"),
    ("margin_trading/trade/Query-Margin-Account-OCO", "GET", "/sapi/v1/margin/orderList"),
    ("margin_trading/trade/Query-Margin-Account-Order", "GET", "/sapi/v1/margin/order"),
    ("margin_trading/trade/Query-Margin-Account-Trade-List", "GET", "/sapi/v1/margin/myTrades"),
    ("http_futures_account_orders", "GET", "/fapi/v1/allOrders"),
    ("http_futures_account_position_side_dual", "GET", "/fapi/v1/positionSide/dual"),
    ("http_futures_account_positions", "GET", "/fapi/v2/positionRisk"),
    ("http_futures_account_symbol_config", "GET", "/fapi/v1/symbolConfig"),
    ("http_futures_account_trades", "GET", "/fapi/v1/userTrades"),
    ("http_futures_market_agg_trades", "GET", "/fapi/v1/aggTrades"),
    ("http_futures_market_asset_index", "GET", "/fapi/v1/assetIndex"),
    ("http_futures_market_book_ticker", "GET", "/fapi/v1/ticker/bookTicker"),
    ("http_futures_market_continuous_klines", "GET", "/fapi/v1/continuousKlines"),
    ("http_futures_market_depth", "GET", "/fapi/v1/depth"),
    ("http_futures_market_exchange_info", "GET", "/fapi/v1/exchangeInfo"),
    ("http_futures_market_funding_rate", "GET", "/fapi/v1/fundingRate"),
    ("http_futures_market_historical_trades", "GET", "/fapi/v1/historicalTrades"),
    ("http_futures_market_index_info", "GET", "/fapi/v1/indexInfo"),
    ("http_futures_market_index_price_klines", "GET", "/fapi/v1/indexPriceKlines"),
    ("http_futures_market_klines", "GET", "/fapi/v1/klines"),
    ("http_futures_market_mark_price_klines", "GET", "/fapi/v1/markPriceKlines"),
    ("http_futures_market_open_interest_historical", "GET", "/futures/data/openInterestHist"),
    ("http_futures_market_open_interest.json", "GET", "/fapi/v1/openInterest"),
    ("http_futures_market_premium_index", "GET", "/fapi/v1/premiumIndex"),
    ("http_futures_market_ticker_24hr", "GET", "/fapi/v1/ticker/24hr"),
    ("http_futures_market_ticker_price", "GET", "/fapi/v1/ticker/price"),
    ("http_futures_market_trades", "GET", "/fapi/v1/trades"),
    ("http_futures_wallet_commission_rate", "GET", "/fapi/v1/commissionRate"),
    ("http_spot_market_agg_trades", "GET", "/api/v3/aggTrades"),
    ("http_spot_market_avg_price", "GET", "/api/v3/avgPrice"),
    ("http_spot_market_book_ticker", "GET", "/api/v3/ticker/bookTicker"),
    ("http_spot_market_depth", "GET", "/api/v3/depth"),
    ("http_spot_market_exchange_info", "GET", "/api/v3/exchangeInfo"),
    ("http_spot_market_historical_trades", "GET", "/api/v3/historicalTrades"),
    ("http_spot_market_klines", "GET", "/api/v3/klines"),
    ("http_spot_market_ping", "GET", "/api/v3/ping"),
    ("http_spot_market_ticker_price", "GET", "/api/v3/ticker/price"),
    ("http_spot_market_time", "GET", "/api/v3/time"),
    ("http_spot_market_trades", "GET", "/api/v3/trades"),
    ("http_spot_wallet_account", "GET", "/api/v3/account"),
    ("futures/http_json/order_response", "POST", "/fapi/v1/order"),
    ("futures/http_json/account_info_v2", "GET", "/fapi/v2/account"),
    ("futures/http_json/position_risk", "GET", "/fapi/v2/positionRisk"),
    ("futures/http_json/open_algo_orders", "GET", "/fapi/v1/openAlgoOrders"),
    ("futures/http_json/balance", "GET", "/fapi/v2/balance"),
    ("spot/http_json/depth_response", "GET", "/api/v3/depth"),
    ("spot/http_json/avg_price_response", "GET", "/api/v3/avgPrice"),
    ("spot/http_json/account_trades_response", "GET", "/api/v3/myTrades"),
    ("spot/http_json/order_response", "GET", "/api/v3/order"),
    ("spot/http_json/ping_response", "GET", "/api/v3/ping"),
    ("spot/http_json/exchange_info_response", "GET", "/api/v3/exchangeInfo"),
    ("spot/http_json/trades_response", "GET", "/api/v3/trades"),
    ("spot/http_json/klines_response", "GET", "/api/v3/klines"),
    ("spot/http_json/ticker_24hr_response", "GET", "/api/v3/ticker/24hr"),
    ("spot/http_json/server_time_response", "GET", "/api/v3/time"),
    ("spot/http_json/ticker_price_response", "GET", "/api/v3/ticker/price"),
    ("spot/http_json/book_ticker_response", "GET", "/api/v3/ticker/bookTicker"),
    ("spot/http_json/cancel_open_orders_response", "DELETE", "/api/v3/openOrders"),
    ("spot/http_json/open_orders_response", "GET", "/api/v3/openOrders"),
    ("spot/http_json/cancel_order_response", "DELETE", "/api/v3/order"),
    ("spot/http_json/account_response", "GET", "/api/v3/account"),
    ("spot/http_json/all_orders_response", "GET", "/api/v3/allOrders"),
    ("spot/http_json/new_order_full_response", "POST", "/api/v3/order"),
    ("http_wallet_trading_fee", "GET", "/sapi/v1/asset/tradeFee"),
    ("binance-spot-docs/binance/errors.json", "GET", "/api/v3/time"),
    ("binance-spot-docs/binance/testnet/errors.json", "GET", "/api/v3/time"),
    ("binance-spot-docs/binance/rest-api.json#0", "GET", "/api/v3/time"),
    ("binance-spot-docs/binance/testnet/rest-api.json#0", "GET", "/api/v3/time"),
    ("coin-margined-futures/trade/rest-api.json", "POST", "/dapi/v1/order"),
    ("usds-margined-futures/market-data/rest-api/Get-Funding-Rate-History", "GET", "/fapi/v1/fundingRate"),
    ("usds-margined-futures/trade/rest-api/New-Algo-Order", "POST", "/fapi/v1/algoOrder"),
    ("usds-margined-futures/trade/rest-api/New-Order-Test", "POST", "/fapi/v1/order/test"),
    ("margin_trading/borrow-and-repay/Margin-Account-Borrow-Repay", "POST", "/sapi/v1/margin/borrow-repay"),
    ("margin_trading/borrow-and-repay/Query-Borrow-Repay", "GET", "/sapi/v1/margin/borrow-repay"),
    ("margin_trading/trade/Margin-Account-New-Order", "POST", "/sapi/v1/margin/order"),
];

/// Which payload is what.
pub(crate) struct Routes {
    /// Product's folder in the SDK and name of the function, to the call.
    functions: BTreeMap<(Product, String), (String, String)>,
}

impl Routes {
    /// Learns from the SDK which function is which call: the pages of the documentation have the functions' names.
    pub(crate) fn of(payloads: &[Payload]) -> Self {
        let named = payloads.iter().filter(|payload| payload.source.starts_with("binance-sdk/"));
        let functions = named.filter_map(|payload| Some(((product(payload)?, payload.about.clone()), payload.call.clone()?)));
        Self { functions: functions.collect() }
    }

    /// What a payload is; `None` where nothing says it.
    pub(crate) fn of_payload(&self, payload: &Payload) -> Option<(Product, Kind)> {
        let product = product(payload)?;
        let rest =
            |(method, path): &(String, String)| Some((product, Kind::Rest { method: method_of(method)?, path: path.clone() }));
        if let Some((_, method, path)) = CALLS.iter().find(|(source, ..)| payload.source.contains(source)) {
            return rest(&((*method).to_owned(), (*path).to_owned()));
        }
        let has = |part: &str| payload.source.contains(part);
        if has("__websocket_api__")
            || has("websocket-api")
            || has("web-socket-api")
            || has("user_data_json")
            || has("user-data-stream.json")
        {
            return Some((product, Kind::User));
        }
        if has("__websocket_streams__") || has("websocket-market-streams") || has("web-socket-streams") || has("market_data_json")
        {
            return Some((product, Kind::Stream));
        }
        if let Some(call) = &payload.call {
            return rest(call);
        }
        if has("ws_messages") {
            let is_user =
                ["execution_report", "order_update", "algo_update", "account_update", "trade_lite"].iter().any(|part| has(part));
            return Some((product, if is_user { Kind::User } else { Kind::Stream }));
        }
        if has("-stream/Event") || has("-streams/Event") || has("-Wsp") || has("trade-data-stream.json") {
            return Some((product, Kind::User));
        }
        if has("live/") {
            return Some((product, Kind::Stream));
        }
        self.functions.get(&(product, slug(&payload.source))).and_then(rest)
    }
}

/// The name of a page as a function's: `Check-Server-Time` is `check_server_time`.
fn slug(source: &str) -> String {
    let page = source.split('#').next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
    page.trim_end_matches(".json").to_lowercase().replace(|c: char| !c.is_ascii_alphanumeric(), "_")
}

fn product(payload: &Payload) -> Option<Product> {
    let by_path = |path: &str| match path.split('/').nth(1)? {
        "api" => Some(Product::Spot),
        "sapi" => Some(Product::Margin),
        "fapi" => Some(Product::UsdM),
        "dapi" => Some(Product::CoinM),
        "eapi" => Some(Product::Options),
        _ => None,
    };
    let by_call = payload.call.as_ref().and_then(|(_, path)| by_path(path));
    by_call.or_else(|| PRODUCTS.iter().find(|(part, _)| payload.source.contains(part)).map(|(_, product)| *product))
}

fn method_of(text: &str) -> Option<Method> {
    [Method::Get, Method::Post, Method::Put, Method::Delete].into_iter().find(|method| method.as_str() == text)
}
