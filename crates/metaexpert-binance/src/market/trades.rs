//! Single trades, the last ones and older ones, and blocks that were traded outside of the book. Of options the taker is told by a sign, of everything else by a flag.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::PublicTradeReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Call, Which, ask, read::reply};
use crate::Product;

/// The last trades of a symbol, oldest first.
///
/// # Errors
/// See [`Failure`].
pub async fn trades(
    client: &Client,
    product: Product,
    symbol: &str,
    limit: Option<u16>,
) -> Result<Vec<PublicTradeReport<'static>>, Failure> {
    of(client, product, Call::Trades, symbol, Which::One(symbol).params().with_some("limit", limit)).await
}

/// Trades from a number on; the last ones where it is `None`. Futures want a key, and give no trade older than three months.
///
/// # Errors
/// See [`Failure`].
pub async fn historical_trades(
    client: &Client,
    product: Product,
    symbol: &str,
    from_id: Option<u64>,
    limit: Option<u16>,
) -> Result<Vec<PublicTradeReport<'static>>, Failure> {
    let params = Which::One(symbol).params().with_some("limit", limit).with_some("fromId", from_id);
    of(client, product, Call::HistoricalTrades, symbol, params).await
}

/// Block trades of spot from a number on.
///
/// # Errors
/// See [`Failure`].
pub async fn block_trades(
    client: &Client,
    symbol: &str,
    from_id: u64,
    limit: Option<u16>,
) -> Result<Vec<PublicTradeReport<'static>>, Failure> {
    let params = Which::One(symbol).params().with("fromId", from_id).with_some("limit", limit);
    of(client, Product::Spot, Call::BlockTrades, symbol, params).await
}

/// The last block trades of an option, or of all of them.
///
/// # Errors
/// See [`Failure`].
pub async fn option_block_trades(
    client: &Client,
    symbol: Option<&str>,
    limit: Option<u16>,
) -> Result<Vec<PublicTradeReport<'static>>, Failure> {
    let params = Params::new().with_some("symbol", symbol).with_some("limit", limit);
    let body = ask(client, Product::Options, Call::BlockTrades, &params).await?;
    Ok(read_options(Product::Options, &body)?.into_iter().map(PublicTradeReport::into_owned).collect())
}

async fn of(
    client: &Client,
    product: Product,
    call: Call,
    symbol: &str,
    params: Params,
) -> Result<Vec<PublicTradeReport<'static>>, Failure> {
    let body = ask(client, product, call, &params).await?;
    let trades = if product == Product::Options { read_options(product, &body)? } else { read(product, &body)? };
    let named = |trade: PublicTradeReport<'_>| {
        let trade = trade.into_owned();
        PublicTradeReport { symbol: trade.symbol.or_else(|| Some(Cow::Owned(symbol.to_owned()))), ..trade }
    };
    Ok(trades.into_iter().map(named).collect())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::PublicTrade).collect())
}

pub(super) fn option_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_options(product, payload)?.into_iter().map(Report::PublicTrade).collect())
}

pub(super) fn block_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::OffBookTrade).collect())
}

pub(super) fn option_block_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_options(product, payload)?.into_iter().map(Report::OffBookTrade).collect())
}

fn read(product: Product, payload: &[u8]) -> Result<Vec<PublicTradeReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        id: u64,
        #[serde(deserialize_with = "number::float")]
        price: f64,
        #[serde(deserialize_with = "number::float")]
        qty: f64,
        #[serde(deserialize_with = "number::millis")]
        time: UnixNanos,
        is_buyer_maker: bool,
    }
    let report = |Wire { id, price, qty, time, is_buyer_maker }| PublicTradeReport {
        symbol: None,
        id,
        trades: None,
        time,
        price,
        quantity: qty,
        buyer_is_taker: Some(!is_buyer_maker),
    };
    Ok(reply::<Vec<Wire>>(product, "trades", payload)?.into_iter().map(report).collect())
}

fn read_options(product: Product, payload: &[u8]) -> Result<Vec<PublicTradeReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        /// Of the symbol, as the streams number it; `id` is of the whole product.
        trade_id: u64,
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::float")]
        price: f64,
        /// Of block trades negative where the taker sold.
        #[serde(deserialize_with = "number::float")]
        qty: f64,
        /// 1 where the taker bought, -1 where it sold.
        side: i8,
        #[serde(deserialize_with = "number::millis")]
        time: UnixNanos,
    }
    let report = |Wire { trade_id, symbol, price, qty, side, time }| PublicTradeReport {
        symbol: Some(symbol),
        id: trade_id,
        trades: None,
        time,
        price,
        quantity: qty.abs(),
        buyer_is_taker: Some(side > 0),
    };
    Ok(reply::<Vec<Wire<'_>>>(product, "trades", payload)?.into_iter().map(report).collect())
}
