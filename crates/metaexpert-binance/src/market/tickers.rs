//! Statistics of a day or of a window, and last prices.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Report, http::Client, number, report::TickerReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Call, Which, ask, read::one_or_many};
use crate::Product;

/// How much of a ticker is wanted (spot).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Detail {
    /// Everything.
    #[default]
    Full,
    /// Without best prices, change and average.
    Mini,
}

impl Detail {
    /// As requests write it; what is said without asking need not be asked for.
    const fn param(self) -> Option<&'static str> {
        match self {
            Self::Full => None,
            Self::Mini => Some("MINI"),
        }
    }
}

/// Statistics of the last 24 hours. `detail` is heeded on spot only.
///
/// # Errors
/// See [`Failure`].
pub async fn tickers_24h(
    client: &Client,
    product: Product,
    which: Which<'_>,
    detail: Detail,
) -> Result<Vec<TickerReport<'static>>, Failure> {
    let detail = detail.param().filter(|_| matches!(product, Product::Spot | Product::Margin));
    let body = ask(client, product, Call::Ticker24h, &which.params().with_some("type", detail)).await?;
    let tickers = if product == Product::Options { read_options(product, &body)? } else { read(product, &body)? };
    Ok(tickers.into_iter().map(TickerReport::into_owned).collect())
}

/// Statistics of a window that ends now: `1m` to `59m`, `1h` to `23h`, `1d` to `7d` (spot).
///
/// # Errors
/// See [`Failure`].
pub async fn rolling_tickers(
    client: &Client,
    which: Which<'_>,
    window: &str,
    detail: Detail,
) -> Result<Vec<TickerReport<'static>>, Failure> {
    let params = which.params().with("windowSize", window).with_some("type", detail.param());
    let body = ask(client, Product::Spot, Call::RollingTicker, &params).await?;
    Ok(read(Product::Spot, &body)?.into_iter().map(TickerReport::into_owned).collect())
}

/// Statistics of the trading day (spot), which begins at midnight of `time_zone` (`0` for UTC, `-1:00`, `5:45`).
///
/// # Errors
/// See [`Failure`].
pub async fn trading_day_tickers(
    client: &Client,
    which: Which<'_>,
    time_zone: Option<&str>,
    detail: Detail,
) -> Result<Vec<TickerReport<'static>>, Failure> {
    let params = which.params().with_some("timeZone", time_zone).with_some("type", detail.param());
    let body = ask(client, Product::Spot, Call::TradingDayTicker, &params).await?;
    Ok(read(Product::Spot, &body)?.into_iter().map(TickerReport::into_owned).collect())
}

/// Last prices, by the newest version of the call that the product has.
///
/// # Errors
/// See [`Failure`].
pub async fn prices(client: &Client, product: Product, which: Which<'_>) -> Result<Vec<TickerReport<'static>>, Failure> {
    let call = if product == Product::UsdM { Call::PriceTickerV2 } else { Call::PriceTicker };
    let body = ask(client, product, call, &which.params()).await?;
    Ok(read_prices(product, &body)?.into_iter().map(TickerReport::into_owned).collect())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(of(read(product, payload)?))
}

pub(super) fn option_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(of(read_options(product, payload)?))
}

pub(super) fn price_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(of(read_prices(product, payload)?))
}

fn of(tickers: Vec<TickerReport<'_>>) -> Vec<Report<'_>> {
    tickers.into_iter().map(|ticker| Report::Ticker(Box::new(ticker))).collect()
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(default, deserialize_with = "number::optional_float")]
    price_change_percent: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_float")]
    last_price: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_float")]
    open_price: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_float")]
    high_price: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_float")]
    low_price: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_float")]
    bid_price: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_float")]
    ask_price: Option<f64>,
    #[serde(deserialize_with = "number::float")]
    volume: f64,
    /// Spot and USD-M.
    #[serde(default, deserialize_with = "number::optional_float")]
    quote_volume: Option<f64>,
    /// COIN-M.
    #[serde(default, deserialize_with = "number::optional_float")]
    base_volume: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    close_time: Option<UnixNanos>,
}

fn read<'a>(product: Product, payload: &'a [u8]) -> Result<Vec<TickerReport<'a>>, Malformed> {
    let ticker = |wire: Wire<'a>| TickerReport {
        symbol: Some(wire.symbol),
        time: wire.close_time,
        last: wire.last_price,
        open: wire.open_price,
        high: wire.high_price,
        low: wire.low_price,
        change_pct: wire.price_change_percent,
        volume: Some(wire.volume),
        turnover: wire.quote_volume.or(wire.base_volume),
        bid: wire.bid_price,
        ask: wire.ask_price,
    };
    Ok(one_or_many(product, "ticker", payload)?.into_iter().map(ticker).collect())
}

fn read_options<'a>(product: Product, payload: &'a [u8]) -> Result<Vec<TickerReport<'a>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        /// A fraction, not percent.
        #[serde(default, deserialize_with = "number::optional_float")]
        price_change_percent: Option<f64>,
        #[serde(deserialize_with = "number::float")]
        last_price: f64,
        #[serde(deserialize_with = "number::float")]
        open: f64,
        #[serde(deserialize_with = "number::float")]
        high: f64,
        #[serde(deserialize_with = "number::float")]
        low: f64,
        #[serde(deserialize_with = "number::float")]
        volume: f64,
        #[serde(default, deserialize_with = "number::optional_float")]
        amount: Option<f64>,
        #[serde(default, deserialize_with = "number::optional_float")]
        bid_price: Option<f64>,
        #[serde(default, deserialize_with = "number::optional_float")]
        ask_price: Option<f64>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        close_time: Option<UnixNanos>,
    }
    let ticker = |wire: Wire<'a>| TickerReport {
        symbol: Some(wire.symbol),
        time: wire.close_time,
        last: Some(wire.last_price),
        open: Some(wire.open),
        high: Some(wire.high),
        low: Some(wire.low),
        change_pct: wire.price_change_percent.map(|fraction| fraction * 100.0),
        volume: Some(wire.volume),
        turnover: wire.amount,
        bid: wire.bid_price,
        ask: wire.ask_price,
    };
    Ok(one_or_many(product, "ticker", payload)?.into_iter().map(ticker).collect())
}

fn read_prices(product: Product, payload: &[u8]) -> Result<Vec<TickerReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::float")]
        price: f64,
        #[serde(default, deserialize_with = "number::optional_millis")]
        time: Option<UnixNanos>,
    }
    let ticker = |Wire { symbol, price, time }| TickerReport {
        symbol: Some(symbol),
        time,
        last: Some(price),
        open: None,
        high: None,
        low: None,
        change_pct: None,
        volume: None,
        turnover: None,
        bid: None,
        ask: None,
    };
    Ok(one_or_many(product, "last price", payload)?.into_iter().map(ticker).collect())
}
