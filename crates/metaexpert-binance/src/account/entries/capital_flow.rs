//! What came into and went out of a margin account (`GET /sapi/v1/margin/capital-flow`).

use std::{borrow::Cow, ops::Range};

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::Entry};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    super::{
        Call, MarginAccount, fields,
        paging::{DAY_MS, History},
        reply,
    },
    cause, named,
};
use crate::Product;

/// All bookings of a margin account of a stretch of time, no longer than 90 days ago.
///
/// # Errors
/// See [`Failure`].
pub async fn capital_flow(client: &Client, account: MarginAccount<'_>, time: Range<UnixNanos>) -> Result<Vec<Entry>, Failure> {
    let params = match account {
        MarginAccount::Cross => Params::new(),
        MarginAccount::Isolated(symbol) => Params::new().with("symbol", symbol),
    };
    // "Query Cross Isolated Margin Capital Flow": 1,000 a page, seven days at once.
    let history = History { client, product: Product::Margin, call: Call::CapitalFlow, limit: 1_000, widest_ms: 7 * DAY_MS };
    let mut entries = history.between(&params, &time, |page| rows(Product::Margin, page)).await?;
    entries.sort_by_key(|entry| entry.time);
    Ok(entries)
}

pub(in crate::account) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Entry).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<Entry>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::CapitalFlow, payload)?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(deserialize_with = "fields::id")]
    id: String,
    #[serde(deserialize_with = "number::millis")]
    timestamp: UnixNanos,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(default, borrow)]
    symbol: Option<Cow<'a, str>>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    amount: Decimal,
}

impl From<Wire<'_>> for Entry {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            id: Some(wire.id),
            symbol: wire.symbol.and_then(|symbol| named(&symbol)),
            asset: wire.asset.into_owned(),
            amount: wire.amount,
            cause: cause(&wire.kind),
            time: wire.timestamp,
        }
    }
}
