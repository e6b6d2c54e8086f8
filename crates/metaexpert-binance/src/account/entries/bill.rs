//! What an options account was paid and charged (`GET /eapi/v1/bill`).

use std::{borrow::Cow, ops::Range};

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::Entry};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    super::{
        Call, fields,
        paging::{DAY_MS, History},
        reply,
    },
    cause, named,
};
use crate::Product;

/// All bookings of an options account in an asset, of a stretch of time.
///
/// # Errors
/// See [`Failure`].
pub async fn option_bill(client: &Client, asset: &str, time: Range<UnixNanos>) -> Result<Vec<Entry>, Failure> {
    // "Account Funding Flow": 1,000 a page, any time at once; a month keeps a full page rare.
    let history = History { client, product: Product::Options, call: Call::Bill, limit: 1_000, widest_ms: 30 * DAY_MS };
    let params = Params::new().with("currency", asset);
    let mut entries = history.between(&params, &time, |page| rows(Product::Options, page)).await?;
    entries.sort_by_key(|entry| entry.time);
    Ok(entries)
}

pub(in crate::account) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Entry).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<Entry>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Bill, payload)?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(deserialize_with = "fields::id")]
    id: String,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    amount: Decimal,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    symbol: Option<Cow<'a, str>>,
    #[serde(deserialize_with = "number::millis")]
    create_date: UnixNanos,
}

impl From<Wire<'_>> for Entry {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            id: Some(wire.id),
            symbol: wire.symbol.and_then(|symbol| named(&symbol)),
            asset: wire.asset.into_owned(),
            amount: wire.amount,
            cause: cause(&wire.kind),
            time: wire.create_date,
        }
    }
}
