//! The calls about markets that the tests make, by product.

pub(crate) const CALLS: &[&str] = &[
    "GET /api/v3/ping",
    "GET /api/v3/time",
    "GET /api/v3/exchangeInfo",
    "GET /api/v3/executionRules",
    "GET /api/v3/depth",
    "GET /api/v3/trades",
    "GET /api/v3/historicalTrades",
    "GET /api/v3/historicalBlockTrades",
    "GET /api/v3/aggTrades",
    "GET /api/v3/klines",
    "GET /api/v3/uiKlines",
    "GET /api/v3/avgPrice",
    "GET /api/v3/ticker/24hr",
    "GET /api/v3/ticker/tradingDay",
    "GET /api/v3/ticker",
    "GET /api/v3/ticker/price",
    "GET /api/v3/ticker/bookTicker",
];

/// Called, and refused as documented: there is no such thing here.
pub(crate) const REFUSED_CALLS: &[(&str, &str)] =
    &[("GET /api/v3/referencePrice", "-2043: the testnet's symbols have no reference price")];

pub(crate) const MARGIN_CALLS: &[&str] = &[
    "GET /sapi/v1/margin/allPairs",
    "GET /sapi/v1/margin/isolated/allPairs",
    "GET /sapi/v1/margin/allAssets",
    "GET /sapi/v1/margin/priceIndex",
    "GET /sapi/v1/margin/delist-schedule",
    "GET /sapi/v1/margin/list-schedule",
];

pub(crate) const USDM_CALLS: &[&str] = &[
    "GET /fapi/v1/ping",
    "GET /fapi/v1/time",
    "GET /fapi/v1/exchangeInfo",
    "GET /fapi/v1/depth",
    "GET /fapi/v1/rpiDepth",
    "GET /fapi/v1/trades",
    "GET /fapi/v1/historicalTrades",
    "GET /fapi/v1/aggTrades",
    "GET /fapi/v1/klines",
    "GET /fapi/v1/continuousKlines",
    "GET /fapi/v1/indexPriceKlines",
    "GET /fapi/v1/markPriceKlines",
    "GET /fapi/v1/premiumIndexKlines",
    "GET /fapi/v1/premiumIndex",
    "GET /fapi/v1/fundingRate",
    "GET /fapi/v1/fundingInfo",
    "GET /fapi/v1/ticker/24hr",
    "GET /fapi/v2/ticker/price",
    "GET /fapi/v1/ticker/bookTicker",
    "GET /fapi/v1/openInterest",
    "GET /futures/data/openInterestHist",
    "GET /futures/data/delivery-price",
    "GET /fapi/v1/constituents",
    "GET /fapi/v1/assetIndex",
];

pub(crate) const COINM_CALLS: &[&str] = &[
    "GET /dapi/v1/ping",
    "GET /dapi/v1/time",
    "GET /dapi/v1/exchangeInfo",
    "GET /dapi/v1/depth",
    "GET /dapi/v1/trades",
    "GET /dapi/v1/historicalTrades",
    "GET /dapi/v1/aggTrades",
    "GET /dapi/v1/klines",
    "GET /dapi/v1/continuousKlines",
    "GET /dapi/v1/indexPriceKlines",
    "GET /dapi/v1/markPriceKlines",
    "GET /dapi/v1/premiumIndexKlines",
    "GET /dapi/v1/premiumIndex",
    "GET /dapi/v1/fundingRate",
    "GET /dapi/v1/fundingInfo",
    "GET /dapi/v1/ticker/24hr",
    "GET /dapi/v1/ticker/price",
    "GET /dapi/v1/ticker/bookTicker",
    "GET /dapi/v1/openInterest",
    "GET /futures/data/openInterestHist",
    "GET /futures/data/delivery-price",
    "GET /dapi/v1/constituents",
];

pub(crate) const OPTION_CALLS: &[&str] = &[
    "GET /eapi/v1/ping",
    "GET /eapi/v1/time",
    "GET /eapi/v1/exchangeInfo",
    "GET /eapi/v1/depth",
    "GET /eapi/v1/trades",
    "GET /eapi/v1/blockTrades",
    "GET /eapi/v1/klines",
    "GET /eapi/v1/mark",
    "GET /eapi/v1/ticker",
    "GET /eapi/v1/index",
    "GET /eapi/v1/openInterest",
    "GET /eapi/v1/exerciseHistory",
];
