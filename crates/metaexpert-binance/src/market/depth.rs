//! Order books as they stand: what a book is built from, before the changes of a stream are put on top.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Report,
    http::Client,
    number,
    report::{DepthReport, LevelReport},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{
    Call, Which, ask,
    read::{Level, reply},
};
use crate::Product;

/// How deep futures and option books are given (USD-M, COIN-M, options, "Order Book"). Spot takes any number up to 5,000.
const FUTURES_LIMITS: [u16; 7] = [5, 10, 20, 50, 100, 500, 1000];

/// The order book of a symbol, at least `levels` deep where the exchange gives that much.
///
/// # Errors
/// See [`Failure`].
pub async fn depth(client: &Client, product: Product, symbol: &str, levels: u16) -> Result<DepthReport<'static>, Failure> {
    let params = Which::One(symbol).params().with("limit", nearest_limit(product, levels));
    let body = ask(client, product, Call::Depth, &params).await?;
    Ok(named(read(product, &body)?, symbol))
}

/// The order book with the orders of retail price improvement, 1,000 levels deep (USD-M).
///
/// # Errors
/// See [`Failure`].
pub async fn rpi_depth(client: &Client, product: Product, symbol: &str) -> Result<DepthReport<'static>, Failure> {
    let params = Which::One(symbol).params().with("limit", 1000);
    let body = ask(client, product, Call::RpiDepth, &params).await?;
    Ok(named(read(product, &body)?, symbol))
}

/// The smallest depth that a product gives and that is not below `levels`; its largest where none is.
pub fn nearest_limit(product: Product, levels: u16) -> u16 {
    match product {
        Product::Spot | Product::Margin => levels.clamp(1, 5000),
        Product::UsdM | Product::CoinM | Product::Options => {
            // Options begin at 10 levels.
            let mut limits = FUTURES_LIMITS.iter().skip(usize::from(product == Product::Options));
            limits.find(|limit| **limit >= levels).copied().unwrap_or(1000)
        }
    }
}

fn named(depth: DepthReport<'_>, symbol: &str) -> DepthReport<'static> {
    let depth = depth.into_owned();
    DepthReport { symbol: depth.symbol.or_else(|| Some(Cow::Owned(symbol.to_owned()))), ..depth }
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Depth(read(product, payload)?)])
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    last_update_id: u64,
    #[serde(borrow)]
    symbol: Option<Cow<'a, str>>,
    /// When the matching engine made it; spot does not say.
    #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    bids: Vec<Level>,
    asks: Vec<Level>,
}

/// Reads an order book.
///
/// # Errors
/// When it is none.
pub fn read(product: Product, payload: &[u8]) -> Result<DepthReport<'_>, Malformed> {
    let Wire { last_update_id, symbol, time, bids, asks } = reply(product, "depth", payload)?;
    let levels = |levels: Vec<Level>| -> Vec<LevelReport> { levels.into_iter().map(|Level(level)| level).collect() };
    let (bids, asks) = (levels(bids), levels(asks));
    Ok(DepthReport { symbol, time, is_snapshot: true, first: None, last: last_update_id, previous: None, bids, asks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn futures_are_asked_for_a_depth_that_they_have() {
        let limits = |product| [1, 5, 6, 60, 501, 4000].map(|levels| nearest_limit(product, levels));
        assert_eq!(limits(Product::UsdM), [5, 5, 10, 100, 1000, 1000]);
        assert_eq!(limits(Product::Options), [10, 10, 10, 100, 1000, 1000]);
        assert_eq!(limits(Product::Spot), [1, 5, 6, 60, 501, 4000]);
    }
}
