//! Transfers into and out of margin accounts (`GET /sapi/v1/margin/transfer`).

use std::{borrow::Cow, ops::Range};

use metaexpert_connect::{
    Failure, Malformed, Params, Report, Word,
    http::Client,
    number,
    report::{Entry, EntryCause},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::super::{
    Call, MarginAccount, fields,
    paging::{DAY_MS, History},
    reply,
};
use crate::Product;

/// All transfers into and out of a margin account of a stretch of time.
///
/// # Errors
/// See [`Failure`].
pub async fn transfers(client: &Client, account: MarginAccount<'_>, time: Range<UnixNanos>) -> Result<Vec<Entry>, Failure> {
    let params = account.named(Params::new());
    // "Get Cross Margin Transfer History": 100 a page, 30 days at once.
    let history = History { client, product: Product::Margin, call: Call::Transfers, limit: 100, widest_ms: 30 * DAY_MS };
    let page = |page: &[u8]| rows(Product::Margin, page).map(|(rows, total)| (rows, Some(total)));
    let mut entries = history.paged(&params, &time, ["current", "size"], page).await?;
    entries.sort_by_key(|entry| entry.time);
    Ok(entries)
}

pub(in crate::account) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.0.into_iter().map(Report::Entry).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<(Vec<Entry>, u64), Malformed> {
    let page: Page<'_> = reply(product, Call::Transfers, payload)?;
    Ok((page.rows.into_iter().map(Entry::from).collect(), page.total))
}

#[derive(Deserialize)]
struct Page<'a> {
    #[serde(borrow)]
    rows: Vec<Wire<'a>>,
    total: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(deserialize_with = "number::decimal")]
    amount: Decimal,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    timestamp: UnixNanos,
    #[serde(deserialize_with = "fields::id")]
    tx_id: String,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    from_symbol: Option<Cow<'a, str>>,
    #[serde(default, borrow)]
    to_symbol: Option<Cow<'a, str>>,
}

impl From<Wire<'_>> for Entry {
    fn from(wire: Wire<'_>) -> Self {
        let is_in = wire.kind == "ROLL_IN";
        let symbol = if is_in { wire.to_symbol } else { wire.from_symbol };
        Self {
            id: Some(wire.tx_id),
            symbol: symbol.map(Cow::into_owned),
            asset: wire.asset.into_owned(),
            amount: if is_in { wire.amount } else { -wire.amount },
            cause: match wire.kind.as_ref() {
                "ROLL_IN" | "ROLL_OUT" => Word::Known(EntryCause::Transfer),
                strange => Word::Other(strange.into()),
            },
            time: wire.timestamp,
        }
    }
}
