//! Prices of underlyings: of options, of margin accounts, of the assets of the multi-assets mode; and what they are made of.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{Constituent, ConstituentsReport, IndexReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, Which, ask,
    read::{one_or_many, reply},
};
use crate::Product;

/// The price of an option's underlying (`BTCUSDT`).
///
/// # Errors
/// See [`Failure`].
pub async fn option_index(client: &Client, underlying: &str) -> Result<IndexReport<'static>, Failure> {
    let body = ask(client, Product::Options, Call::IndexPrice, &Params::new().with("underlying", underlying)).await?;
    Ok(IndexReport { symbol: Some(Cow::Owned(underlying.to_owned())), ..read_index(Product::Options, &body)?.into_owned() })
}

/// The price that a margin account's assets are valued at.
///
/// # Errors
/// See [`Failure`].
pub async fn margin_index(client: &Client, symbol: &str) -> Result<IndexReport<'static>, Failure> {
    let body = ask(client, Product::Margin, Call::MarginPriceIndex, &Which::One(symbol).params()).await?;
    Ok(read_margin(Product::Margin, &body)?.into_owned())
}

/// The prices that assets count at in the multi-assets mode (USD-M): of one (`BTCUSD`) or all.
///
/// # Errors
/// See [`Failure`].
pub async fn asset_indices(client: &Client, symbol: Option<&str>) -> Result<Vec<IndexReport<'static>>, Failure> {
    let params = Params::new().with_some("symbol", symbol);
    let body = ask(client, Product::UsdM, Call::AssetIndex, &params).await?;
    Ok(read_assets(Product::UsdM, &body)?.into_iter().map(IndexReport::into_owned).collect())
}

/// What an index is made of.
///
/// # Errors
/// See [`Failure`].
pub async fn constituents(client: &Client, product: Product, symbol: &str) -> Result<ConstituentsReport<'static>, Failure> {
    let body = ask(client, product, Call::Constituents, &Which::One(symbol).params()).await?;
    let owned = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    let ConstituentsReport { symbol, time, parts } = read_constituents(product, &body)?;
    let part = |Constituent { exchange, symbol, price, weight }: Constituent<'_>| Constituent {
        exchange: owned(exchange),
        symbol: owned(symbol),
        price,
        weight,
    };
    Ok(ConstituentsReport { symbol: owned(symbol), time, parts: parts.into_iter().map(part).collect() })
}

pub(super) fn index_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Index(read_index(product, payload)?)])
}

pub(super) fn margin_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Index(read_margin(product, payload)?)])
}

pub(super) fn asset_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_assets(product, payload)?.into_iter().map(Report::Index).collect())
}

pub(super) fn constituent_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Constituents(read_constituents(product, payload)?)])
}

fn read_index(product: Product, payload: &[u8]) -> Result<IndexReport<'_>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(deserialize_with = "number::millis")]
        time: UnixNanos,
        #[serde(deserialize_with = "number::decimal")]
        index_price: Decimal,
    }
    let Wire { time, index_price } = reply(product, "index price", payload)?;
    Ok(IndexReport { symbol: None, time: Some(time), price: index_price })
}

fn read_margin(product: Product, payload: &[u8]) -> Result<IndexReport<'_>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        calc_time: Option<UnixNanos>,
        #[serde(deserialize_with = "number::decimal")]
        price: Decimal,
    }
    let Wire { symbol, calc_time, price } = reply(product, "price index", payload)?;
    Ok(IndexReport { symbol: Some(symbol), time: calc_time, price })
}

fn read_assets(product: Product, payload: &[u8]) -> Result<Vec<IndexReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        time: Option<UnixNanos>,
        #[serde(deserialize_with = "number::decimal")]
        index: Decimal,
    }
    let index = |Wire { symbol, time, index }| IndexReport { symbol: Some(symbol), time, price: index };
    Ok(one_or_many(product, "asset index", payload)?.into_iter().map(index).collect())
}

fn read_constituents(product: Product, payload: &[u8]) -> Result<ConstituentsReport<'_>, Malformed> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        time: Option<UnixNanos>,
        #[serde(borrow)]
        constituents: Vec<Part<'a>>,
    }
    #[derive(Deserialize)]
    struct Part<'a> {
        #[serde(borrow)]
        exchange: Cow<'a, str>,
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        /// -1 where it is hidden.
        #[serde(default, deserialize_with = "number::optional_decimal")]
        price: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        weight: Option<Decimal>,
    }
    let part = |Part { exchange, symbol, price, weight }| Constituent {
        exchange,
        symbol,
        price: price.filter(|price: &Decimal| price.is_sign_positive()),
        weight,
    };
    let Wire { symbol, time, constituents } = reply(product, "constituents", payload)?;
    Ok(ConstituentsReport { symbol, time, parts: constituents.into_iter().map(part).collect() })
}
