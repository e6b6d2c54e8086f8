//! What a futures account was paid and charged: profit, funding, fees, transfers (`GET /fapi/v1/income`, `/dapi/v1/income`).

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

/// Which bookings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct IncomeOf<'a> {
    /// Of one instrument, or of all.
    pub symbol: Option<&'a str>,
    /// Of one kind, by Binance's word for it (`FUNDING_FEE`), or of all.
    pub kind: Option<&'a str>,
}

/// All bookings of a stretch of time (USD-M, COIN-M). Binance keeps three months of them on USD-M.
///
/// # Errors
/// See [`Failure`].
pub async fn income(client: &Client, product: Product, of: IncomeOf<'_>, time: Range<UnixNanos>) -> Result<Vec<Entry>, Failure> {
    let params = Params::new().with_some("symbol", of.symbol).with_some("incomeType", of.kind);
    // "Get Income History": 1,000 a page; of COIN-M a year at once. A month keeps the pages of busy accounts few.
    let history = History { client, product, call: Call::Income, limit: 1_000, widest_ms: 30 * DAY_MS };
    history.paged(&params, &time, ["page", "limit"], |page| Ok((rows(product, page)?, None))).await
}

pub(in crate::account) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Entry).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<Entry>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Income, payload)?;
    Ok(rows.into_iter().map(Entry::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(borrow)]
    income_type: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    income: Decimal,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    time: UnixNanos,
    // A number on USD-M, a text on COIN-M; one of its kind, not of all bookings.
    #[serde(deserialize_with = "fields::id")]
    tran_id: String,
}

impl From<Wire<'_>> for Entry {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            id: Some(wire.tran_id),
            symbol: named(&wire.symbol),
            asset: wire.asset.into_owned(),
            amount: wire.income,
            cause: cause(&wire.income_type),
            time: wire.time,
        }
    }
}
