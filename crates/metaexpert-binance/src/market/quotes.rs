//! The best bid and ask.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Report, http::Client, number, report::Quote};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Call, Which, ask, read::one_or_many};
use crate::Product;

/// The best prices of one symbol, several or all.
///
/// # Errors
/// See [`Failure`].
pub async fn quotes(client: &Client, product: Product, which: Which<'_>) -> Result<Vec<Quote<'static>>, Failure> {
    let body = ask(client, product, Call::BookTicker, &which.params()).await?;
    Ok(read(product, &body)?.into_iter().map(Quote::into_owned).collect())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::Quote).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "number::float")]
    bid_price: f64,
    #[serde(deserialize_with = "number::float")]
    bid_qty: f64,
    #[serde(deserialize_with = "number::float")]
    ask_price: f64,
    #[serde(deserialize_with = "number::float")]
    ask_qty: f64,
    /// Futures.
    #[serde(default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    /// Futures.
    last_update_id: Option<u64>,
}

fn read(product: Product, payload: &[u8]) -> Result<Vec<Quote<'_>>, Malformed> {
    let quote = |wire| {
        let Wire { symbol, bid_price, bid_qty, ask_price, ask_qty, time, last_update_id } = wire;
        Quote {
            symbol: Some(symbol),
            time,
            update: last_update_id,
            bid: bid_price,
            bid_quantity: bid_qty,
            ask: ask_price,
            ask_quantity: ask_qty,
        }
    };
    Ok(one_or_many(product, "best prices", payload)?.into_iter().map(quote).collect())
}
