//! The calls that everybody may make: whom each is offered to, where, for what, and who reads its reply.
//!
//! Sources: Spot API, "General endpoints" and "Market Data endpoints" (2026-07); USD-M and COIN-M futures, "Market Data", and
//! European options, "Market Data" (2026-01); margin, "Market Data" (2026-01).

use metaexpert_connect::{Auth, Cost, Endpoint, Lane, Lost, Malformed, Method, Report};

use super::{
    agg_trades, depth, exchange_info, funding, general, indices, klines, margin, marks, open_interest, quotes, reference,
    settlements, tickers, trades,
    weights::{
        EXECUTION_RULES, FREE, FUNDING_CALL, FUTURES_DEPTH, FUTURES_KLINES, FUTURES_MARKS, FUTURES_PRICES, FUTURES_QUOTES,
        FUTURES_TICKER_24H, OPTIONS_DEPTH, S1, S10, S100, SPOT_DEPTH, SPOT_PRICES, SPOT_TICKER_24H, SPOT_WINDOWS,
        STATISTICS_CALL, W1, W2, W3, W4, W5, W10, W20, W25,
    },
};
use crate::{Product, Response};

macro_rules! calls {
    ($($(#[$doc:meta])* $call:ident = $name:literal),+ $(,)?) => {
        /// What can be asked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Call { $($(#[$doc])* $call),+ }

        impl Call {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$call),+];

            /// Its name in logs and metrics.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$call => $name),+ }
            }
        }
    };
}

calls! {
    /// Whether the host answers.
    Ping = "ping",
    /// The exchange's clock.
    Time = "time",
    /// What is listed, with its rules.
    ExchangeInfo = "exchange_info",
    /// Rules of execution.
    ExecutionRules = "execution_rules",
    /// Bars.
    Klines = "klines",
    /// Bars for charts.
    UiKlines = "ui_klines",
    /// Bars of whichever contract is the current one.
    ContinuousKlines = "continuous_klines",
    /// Bars of an index.
    IndexKlines = "index_klines",
    /// Bars of the mark price.
    MarkKlines = "mark_klines",
    /// Bars of the premium index.
    PremiumKlines = "premium_klines",
    /// Trades of one taker at one price.
    AggTrades = "agg_trades",
    /// The last trades.
    Trades = "trades",
    /// Older trades.
    HistoricalTrades = "historical_trades",
    /// Block trades.
    BlockTrades = "block_trades",
    /// Order book.
    Depth = "depth",
    /// Order book with the orders of retail price improvement.
    RpiDepth = "rpi_depth",
    /// Best prices.
    BookTicker = "book_ticker",
    /// Last prices.
    PriceTicker = "price_ticker",
    /// Last prices, the second version.
    PriceTickerV2 = "price_ticker_v2",
    /// Statistics of 24 hours.
    Ticker24h = "ticker_24h",
    /// Statistics of a window.
    RollingTicker = "rolling_ticker",
    /// Statistics of a trading day.
    TradingDayTicker = "trading_day_ticker",
    /// Average price.
    AveragePrice = "average_price",
    /// Reference price.
    ReferencePrice = "reference_price",
    /// Mark and index price, funding to come.
    Marks = "marks",
    /// Funding as it was settled.
    FundingHistory = "funding_history",
    /// How funding is reckoned, where it is not as usual.
    FundingInfo = "funding_info",
    /// Open contracts.
    OpenInterest = "open_interest",
    /// Open contracts, as they were.
    OpenInterestHistory = "open_interest_history",
    /// Price of an underlying.
    IndexPrice = "index_price",
    /// What an index is made of.
    Constituents = "constituents",
    /// Prices of the assets of the multi-assets mode.
    AssetIndex = "asset_index",
    /// Delivery prices.
    DeliveryPrices = "delivery_prices",
    /// How options ended.
    Exercises = "exercises",
    /// Pairs of the cross margin account.
    MarginPairs = "margin_pairs",
    /// Pairs of isolated margin accounts.
    IsolatedPairs = "isolated_pairs",
    /// Assets of margin accounts.
    MarginAssets = "margin_assets",
    /// The price that a margin account is valued at.
    MarginPriceIndex = "margin_price_index",
    /// What will leave margin trading.
    Delistings = "margin_delistings",
    /// What will enter margin trading.
    NewListings = "margin_listings",
}

type Read = fn(Product, &[u8]) -> Result<Vec<Report<'_>>, Malformed>;

/// A call of the table.
#[derive(Debug)]
struct Row {
    call: Call,
    products: &'static [Product],
    endpoint: Endpoint,
    read: Read,
}

/// What asks for `call` at a product; `None` where the product does not offer it.
pub fn endpoint(product: Product, call: Call) -> Option<&'static Endpoint> {
    ROWS.iter().find(|row| row.call == call && row.products.contains(&product)).map(|row| &row.endpoint)
}

/// The table as `decode` reads it.
pub(super) const fn responses() -> [Response; TABLE.len()] {
    const NONE: Response = Response { products: &[], method: Method::Get, path: "", read: general::done };
    let (mut responses, mut at) = ([NONE; TABLE.len()], 0);
    while at < TABLE.len() {
        #[expect(clippy::indexing_slicing, reason = "a constant: beyond the end it would not compile")]
        let (place, row) = (&mut responses[at], &TABLE[at]);
        *place = Response { products: row.products, method: row.endpoint.method, path: row.endpoint.path, read: row.read };
        at += 1;
    }
    responses
}

const fn row(call: Call, products: &'static [Product], path: &'static str, cost: &'static [Cost], read: Read) -> Row {
    let (method, auth) = (Method::Get, Auth::Public);
    Row {
        call,
        products,
        endpoint: Endpoint { name: call.as_str(), method, path, auth, cost, lane: Lane::Market, lost: Lost::Retry },
        read,
    }
}

impl Row {
    /// For whoever has a key (`MARKET_DATA`).
    const fn with_key(mut self) -> Self {
        self.endpoint.auth = Auth::Key;
        self
    }

    /// `MARKET_DATA` too, but its parameters demand a time, and with it a signature.
    const fn signed(mut self) -> Self {
        self.endpoint.auth = Auth::Signed;
        self
    }
}

/// Margin orders go to the spot markets.
const SPOT: &[Product] = &[Product::Spot, Product::Margin];
const MARGIN: &[Product] = &[Product::Margin];
const USDM: &[Product] = &[Product::UsdM];
const COINM: &[Product] = &[Product::CoinM];
const OPTIONS: &[Product] = &[Product::Options];

static ROWS: &[Row] = TABLE;

#[rustfmt::skip] // a table reads by its columns
const TABLE: &[Row] = &[
    //  call                  offered  path                              cost                reply read by
    row(Call::Ping,                SPOT, "/api/v3/ping",                   W1,                 general::done),
    row(Call::Time,                SPOT, "/api/v3/time",                   W1,                 general::time_reports),
    row(Call::ExchangeInfo,        SPOT, "/api/v3/exchangeInfo",           W20,                exchange_info::reports),
    row(Call::ExecutionRules,      SPOT, "/api/v3/executionRules",         EXECUTION_RULES,    reference::rule_reports),
    row(Call::Depth,               SPOT, "/api/v3/depth",                  SPOT_DEPTH,         depth::reports),
    row(Call::Trades,              SPOT, "/api/v3/trades",                 W25,                trades::reports),
    row(Call::HistoricalTrades,    SPOT, "/api/v3/historicalTrades",       W25,                trades::reports),
    row(Call::BlockTrades,         SPOT, "/api/v3/historicalBlockTrades",  W25,                trades::block_reports),
    row(Call::AggTrades,           SPOT, "/api/v3/aggTrades",              W4,                 agg_trades::reports),
    row(Call::Klines,              SPOT, "/api/v3/klines",                 W2,                 klines::traded_reports),
    row(Call::UiKlines,            SPOT, "/api/v3/uiKlines",               W2,                 klines::traded_reports),
    row(Call::AveragePrice,        SPOT, "/api/v3/avgPrice",               W2,                 reference::average_reports),
    row(Call::ReferencePrice,      SPOT, "/api/v3/referencePrice",         W2,                 reference::reference_reports),
    row(Call::Ticker24h,           SPOT, "/api/v3/ticker/24hr",            SPOT_TICKER_24H,    tickers::reports),
    row(Call::TradingDayTicker,    SPOT, "/api/v3/ticker/tradingDay",      SPOT_WINDOWS,       tickers::reports),
    row(Call::RollingTicker,       SPOT, "/api/v3/ticker",                 SPOT_WINDOWS,       tickers::reports),
    row(Call::PriceTicker,         SPOT, "/api/v3/ticker/price",           SPOT_PRICES,        tickers::price_reports),
    row(Call::BookTicker,          SPOT, "/api/v3/ticker/bookTicker",      SPOT_PRICES,        quotes::reports),

    row(Call::MarginPairs,       MARGIN, "/sapi/v1/margin/allPairs",          S1,              margin::pair_reports).with_key(),
    row(Call::IsolatedPairs,     MARGIN, "/sapi/v1/margin/isolated/allPairs", S10,             margin::pair_reports).signed(),
    row(Call::MarginAssets,      MARGIN, "/sapi/v1/margin/allAssets",         S1,              margin::asset_reports).with_key(),
    row(Call::MarginPriceIndex,  MARGIN, "/sapi/v1/margin/priceIndex",        S10,             indices::margin_reports).with_key(),
    row(Call::Delistings,        MARGIN, "/sapi/v1/margin/delist-schedule",   S100,            margin::schedule_reports).signed(),
    row(Call::NewListings,       MARGIN, "/sapi/v1/margin/list-schedule",     S100,            margin::schedule_reports).signed(),

    row(Call::Ping,                USDM, "/fapi/v1/ping",                  W1,                 general::done),
    row(Call::Time,                USDM, "/fapi/v1/time",                  W1,                 general::time_reports),
    row(Call::ExchangeInfo,        USDM, "/fapi/v1/exchangeInfo",          W1,                 exchange_info::reports),
    row(Call::Depth,               USDM, "/fapi/v1/depth",                 FUTURES_DEPTH,      depth::reports),
    row(Call::RpiDepth,            USDM, "/fapi/v1/rpiDepth",              W20,                depth::reports),
    row(Call::Trades,              USDM, "/fapi/v1/trades",                W5,                 trades::reports),
    row(Call::HistoricalTrades,    USDM, "/fapi/v1/historicalTrades",      W20,                trades::reports).with_key(),
    row(Call::AggTrades,           USDM, "/fapi/v1/aggTrades",             W20,                agg_trades::reports),
    row(Call::Klines,              USDM, "/fapi/v1/klines",                FUTURES_KLINES,     klines::traded_reports),
    row(Call::ContinuousKlines,    USDM, "/fapi/v1/continuousKlines",      FUTURES_KLINES,     klines::traded_reports),
    row(Call::IndexKlines,         USDM, "/fapi/v1/indexPriceKlines",      FUTURES_KLINES,     klines::index_reports),
    row(Call::MarkKlines,          USDM, "/fapi/v1/markPriceKlines",       FUTURES_KLINES,     klines::mark_reports),
    row(Call::PremiumKlines,       USDM, "/fapi/v1/premiumIndexKlines",    FUTURES_KLINES,     klines::premium_reports),
    row(Call::Marks,               USDM, "/fapi/v1/premiumIndex",          FUTURES_MARKS,      marks::reports),
    row(Call::FundingHistory,      USDM, "/fapi/v1/fundingRate",           FUNDING_CALL,       funding::reports),
    row(Call::FundingInfo,         USDM, "/fapi/v1/fundingInfo",           FUNDING_CALL,       funding::terms_reports),
    row(Call::Ticker24h,           USDM, "/fapi/v1/ticker/24hr",           FUTURES_TICKER_24H, tickers::reports),
    row(Call::PriceTicker,         USDM, "/fapi/v1/ticker/price",          FUTURES_PRICES,     tickers::price_reports),
    row(Call::PriceTickerV2,       USDM, "/fapi/v2/ticker/price",          FUTURES_PRICES,     tickers::price_reports),
    row(Call::BookTicker,          USDM, "/fapi/v1/ticker/bookTicker",     FUTURES_QUOTES,     quotes::reports),
    row(Call::OpenInterest,        USDM, "/fapi/v1/openInterest",          W1,                 open_interest::reports),
    row(Call::OpenInterestHistory, USDM, "/futures/data/openInterestHist", STATISTICS_CALL,    open_interest::history_reports),
    row(Call::DeliveryPrices,      USDM, "/futures/data/delivery-price",   FREE,               settlements::delivery_reports),
    row(Call::Constituents,        USDM, "/fapi/v1/constituents",          W2,                 indices::constituent_reports),
    row(Call::AssetIndex,          USDM, "/fapi/v1/assetIndex",            FUTURES_MARKS,      indices::asset_reports),

    row(Call::Ping,               COINM, "/dapi/v1/ping",                  W1,                 general::done),
    row(Call::Time,               COINM, "/dapi/v1/time",                  W1,                 general::time_reports),
    row(Call::ExchangeInfo,       COINM, "/dapi/v1/exchangeInfo",          W1,                 exchange_info::reports),
    row(Call::Depth,              COINM, "/dapi/v1/depth",                 FUTURES_DEPTH,      depth::reports),
    row(Call::Trades,             COINM, "/dapi/v1/trades",                W5,                 trades::reports),
    row(Call::HistoricalTrades,   COINM, "/dapi/v1/historicalTrades",      W20,                trades::reports).with_key(),
    row(Call::AggTrades,          COINM, "/dapi/v1/aggTrades",             W20,                agg_trades::reports),
    row(Call::Klines,             COINM, "/dapi/v1/klines",                FUTURES_KLINES,     klines::traded_reports),
    row(Call::ContinuousKlines,   COINM, "/dapi/v1/continuousKlines",      FUTURES_KLINES,     klines::traded_reports),
    row(Call::IndexKlines,        COINM, "/dapi/v1/indexPriceKlines",      FUTURES_KLINES,     klines::index_reports),
    row(Call::MarkKlines,         COINM, "/dapi/v1/markPriceKlines",       FUTURES_KLINES,     klines::mark_reports),
    row(Call::PremiumKlines,      COINM, "/dapi/v1/premiumIndexKlines",    FUTURES_KLINES,     klines::premium_reports),
    row(Call::Marks,              COINM, "/dapi/v1/premiumIndex",          W10,                marks::reports),
    row(Call::FundingHistory,     COINM, "/dapi/v1/fundingRate",           W1,                 funding::reports),
    row(Call::FundingInfo,        COINM, "/dapi/v1/fundingInfo",           W1,                 funding::terms_reports),
    row(Call::Ticker24h,          COINM, "/dapi/v1/ticker/24hr",           FUTURES_TICKER_24H, tickers::reports),
    row(Call::PriceTicker,        COINM, "/dapi/v1/ticker/price",          FUTURES_PRICES,     tickers::price_reports),
    row(Call::BookTicker,         COINM, "/dapi/v1/ticker/bookTicker",     FUTURES_QUOTES,     quotes::reports),
    row(Call::OpenInterest,       COINM, "/dapi/v1/openInterest",          W1,                 open_interest::reports),
    row(Call::OpenInterestHistory, COINM, "/futures/data/openInterestHist", W1,                open_interest::history_reports),
    row(Call::DeliveryPrices,     COINM, "/futures/data/delivery-price",   FREE,               settlements::delivery_reports),
    row(Call::Constituents,       COINM, "/dapi/v1/constituents",          W1,                 indices::constituent_reports),

    row(Call::Ping,             OPTIONS, "/eapi/v1/ping",                  W1,                 general::done),
    row(Call::Time,             OPTIONS, "/eapi/v1/time",                  W1,                 general::time_reports),
    row(Call::ExchangeInfo,     OPTIONS, "/eapi/v1/exchangeInfo",          W1,                 exchange_info::reports),
    row(Call::Depth,            OPTIONS, "/eapi/v1/depth",                 OPTIONS_DEPTH,      depth::reports),
    row(Call::Trades,           OPTIONS, "/eapi/v1/trades",                W5,                 trades::option_reports),
    row(Call::BlockTrades,      OPTIONS, "/eapi/v1/blockTrades",           W5,                 trades::option_block_reports),
    row(Call::Klines,           OPTIONS, "/eapi/v1/klines",                W1,                 klines::traded_reports),
    row(Call::Marks,            OPTIONS, "/eapi/v1/mark",                  W5,                 marks::option_reports),
    row(Call::Ticker24h,        OPTIONS, "/eapi/v1/ticker",                W5,                 tickers::option_reports),
    row(Call::IndexPrice,       OPTIONS, "/eapi/v1/index",                 W1,                 indices::index_reports),
    row(Call::OpenInterest,     OPTIONS, "/eapi/v1/openInterest",          FREE,               open_interest::option_reports),
    row(Call::Exercises,        OPTIONS, "/eapi/v1/exerciseHistory",       W3,                 settlements::exercise_reports),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_product_has_a_call_or_a_path_twice() {
        for product in Product::ALL {
            let rows: Vec<_> = ROWS.iter().filter(|row| row.products.contains(&product)).collect();
            for (at, row) in rows.iter().enumerate() {
                let again = |other: &&&Row| other.call == row.call || other.endpoint.path == row.endpoint.path;
                assert_eq!(rows.iter().skip(at + 1).find(again).map(|row| row.endpoint.path), None, "{product} {:?}", row.call);
            }
        }
    }

    #[test]
    fn every_call_is_offered_by_some_product_and_every_product_can_be_pinged() {
        for call in Call::ALL {
            assert!(ROWS.iter().any(|row| row.call == *call), "{call:?}");
        }
        for product in Product::ALL {
            assert!(
                [Call::Ping, Call::Time, Call::ExchangeInfo, Call::Depth].iter().all(|call| endpoint(product, *call).is_some())
            );
        }
        assert!(endpoint(Product::Options, Call::AggTrades).is_none());
    }

    #[test]
    fn the_table_of_replies_is_the_table_of_calls() {
        let replies = super::super::RESPONSES.iter().map(|reply| (reply.products, reply.path));
        assert!(replies.eq(ROWS.iter().map(|row| (row.products, row.endpoint.path))));
    }
}
