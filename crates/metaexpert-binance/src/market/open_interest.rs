//! How many contracts are open: now, and as they were.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::OpenInterestReport};
use metaexpert_core::{Timeframe, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, Which, ask,
    klines::ContractType,
    read::{millis, one_or_many, reply},
};
use crate::Product;

/// The open interest of a future.
///
/// # Errors
/// See [`Failure`].
pub async fn open_interest(client: &Client, product: Product, symbol: &str) -> Result<Vec<OpenInterestReport<'static>>, Failure> {
    let body = ask(client, product, Call::OpenInterest, &Which::One(symbol).params()).await?;
    Ok(read(product, &body)?.into_iter().map(OpenInterestReport::into_owned).collect())
}

/// The open interest of all options of an underlying asset (`BTC`) that end on a day (`260327`).
///
/// # Errors
/// See [`Failure`].
pub async fn option_open_interest(
    client: &Client,
    underlying: &str,
    expiration: &str,
) -> Result<Vec<OpenInterestReport<'static>>, Failure> {
    let params = Params::new().with("underlyingAsset", underlying).with("expiration", expiration);
    let body = ask(client, Product::Options, Call::OpenInterest, &params).await?;
    Ok(read_options(Product::Options, &body)?.into_iter().map(OpenInterestReport::into_owned).collect())
}

/// A request for the open interest of the last month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenInterestHistory<'a> {
    /// USD-M: the symbol. COIN-M: the pair.
    pub symbol: &'a str,
    /// COIN-M: which contract of the pair; all of them where it is `None`.
    pub contract: Option<ContractType>,
    /// From five minutes to a day.
    pub period: Timeframe,
    /// From when on.
    pub from: Option<UnixNanos>,
    /// Until when.
    pub to: Option<UnixNanos>,
    /// How many at most; 500 is the most there is.
    pub limit: Option<u16>,
}

/// The open interest as it was.
///
/// # Errors
/// See [`Failure`].
pub async fn open_interest_history(
    client: &Client,
    product: Product,
    request: &OpenInterestHistory<'_>,
) -> Result<Vec<OpenInterestReport<'static>>, Failure> {
    let params = match product {
        Product::CoinM => {
            let contract = request.contract.map_or("ALL", ContractType::as_str);
            Params::new().with("pair", request.symbol).with("contractType", contract)
        }
        Product::Spot | Product::Margin | Product::UsdM | Product::Options => Params::new().with("symbol", request.symbol),
    };
    let params = params
        .with("period", request.period.as_str())
        .with_some("limit", request.limit)
        .with_some("startTime", request.from.map(millis))
        .with_some("endTime", request.to.map(millis));
    let body = ask(client, product, Call::OpenInterestHistory, &params).await?;
    Ok(read_history(product, &body)?.into_iter().map(OpenInterestReport::into_owned).collect())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::OpenInterest).collect())
}

pub(super) fn history_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_history(product, payload)?.into_iter().map(Report::OpenInterest).collect())
}

pub(super) fn option_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_options(product, payload)?.into_iter().map(Report::OpenInterest).collect())
}

fn read(product: Product, payload: &[u8]) -> Result<Vec<OpenInterestReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::decimal")]
        open_interest: Decimal,
        #[serde(default, deserialize_with = "number::optional_millis")]
        time: Option<UnixNanos>,
    }
    let open = |Wire { symbol, open_interest, time }| OpenInterestReport {
        symbol: Some(symbol),
        time,
        quantity: open_interest,
        value: None,
    };
    Ok(one_or_many(product, "open interest", payload)?.into_iter().map(open).collect())
}

fn read_history(product: Product, payload: &[u8]) -> Result<Vec<OpenInterestReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        /// USD-M.
        #[serde(borrow)]
        symbol: Option<Cow<'a, str>>,
        /// COIN-M.
        #[serde(borrow)]
        pair: Option<Cow<'a, str>>,
        #[serde(deserialize_with = "number::decimal")]
        sum_open_interest: Decimal,
        /// USD-M: in quote currency. COIN-M: in base currency.
        #[serde(default, deserialize_with = "number::optional_decimal")]
        sum_open_interest_value: Option<Decimal>,
        #[serde(deserialize_with = "number::millis")]
        timestamp: UnixNanos,
    }
    let open = |Wire { symbol, pair, sum_open_interest, sum_open_interest_value, timestamp }| OpenInterestReport {
        symbol: symbol.or(pair),
        time: Some(timestamp),
        quantity: sum_open_interest,
        value: sum_open_interest_value,
    };
    Ok(reply::<Vec<Wire<'_>>>(product, "history of open interest", payload)?.into_iter().map(open).collect())
}

fn read_options(product: Product, payload: &[u8]) -> Result<Vec<OpenInterestReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::decimal")]
        sum_open_interest: Decimal,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        sum_open_interest_usd: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        timestamp: Option<UnixNanos>,
    }
    let open = |Wire { symbol, sum_open_interest, sum_open_interest_usd, timestamp }| OpenInterestReport {
        symbol: Some(symbol),
        time: timestamp,
        quantity: sum_open_interest,
        value: sum_open_interest_usd,
    };
    Ok(reply::<Vec<Wire<'_>>>(product, "open interest", payload)?.into_iter().map(open).collect())
}
