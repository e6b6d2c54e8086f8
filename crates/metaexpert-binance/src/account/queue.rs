//! Where positions stand in the queue of auto-deleveraging. Binance reckons it anew every 30 seconds.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, report::QueueReport};
use metaexpert_core::PositionSide;
use serde::Deserialize;

use super::{Call, ask, reply};
use crate::Product;

/// Where the positions of an account stand in the queue, of one instrument or of all (USD-M, COIN-M).
///
/// # Errors
/// See [`Failure`].
pub async fn deleveraging_queue(client: &Client, product: Product, symbol: Option<&str>) -> Result<Vec<QueueReport>, Failure> {
    let params = Params::new().with_some("symbol", symbol);
    let body = ask(client, product, Call::Queue, &params).await?;
    Ok(rows(product, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Queue).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<QueueReport>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Queue, payload)?;
    Ok(rows.iter().flat_map(Wire::legs).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    adl_quantile: Quantiles,
}

/// By leg. `HEDGE` is a mark of crossed hedge positions and bears no value, so that it is not read.
#[derive(Deserialize)]
#[serde(rename_all = "UPPERCASE")]
struct Quantiles {
    #[serde(default)]
    long: Option<u32>,
    #[serde(default)]
    short: Option<u32>,
    #[serde(default)]
    both: Option<u32>,
}

impl Wire<'_> {
    fn legs(&self) -> impl Iterator<Item = QueueReport> {
        let Quantiles { long, short, both } = self.adl_quantile;
        let legs = [(both, None), (long, Some(PositionSide::Long)), (short, Some(PositionSide::Short))];
        let report = |(quantile, leg): (Option<u32>, _)| {
            quantile.map(|quantile| QueueReport { symbol: self.symbol.clone().into_owned(), leg, quantile })
        };
        legs.into_iter().filter_map(report)
    }
}
