//! Interest that was charged, and the rates it was charged at.

use std::{borrow::Cow, ops::Range};

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::LoanReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    super::{
        Call, MarginAccount, ask, fields,
        paging::{DAY_MS, HalvingWalk, History},
        reply,
    },
    unknown,
};
use crate::Product;

/// All interest that a margin account was charged in a stretch of time, of one asset or of all.
///
/// # Errors
/// See [`Failure`].
pub async fn interest(
    client: &Client,
    account: MarginAccount<'_>,
    asset: Option<&str>,
    time: Range<UnixNanos>,
) -> Result<Vec<LoanReport>, Failure> {
    // "Get Interest History": 100 a page, 30 days at once.
    let history = History { client, product: Product::Margin, call: Call::Interest, limit: 100, widest_ms: 30 * DAY_MS };
    let params = account.named(Params::new().with_some("asset", asset));
    let page = |page: &[u8]| rows(Product::Margin, page).map(|(rows, total)| (rows, Some(total)));
    let mut charged = history.paged(&params, &time, ["current", "size"], page).await?;
    charged.sort_by_key(|charge| charge.time);
    Ok(charged)
}

/// The daily rates of an asset in a stretch of time, at the account's own tier.
///
/// # Errors
/// See [`Failure`].
pub async fn interest_rates(client: &Client, asset: &str, time: Range<UnixNanos>) -> Result<Vec<LoanReport>, Failure> {
    // "Query Margin Interest RateOfDay History": a month at once, and no pages.
    let (mut walk, mut found) = (HalvingWalk::new(&time, 28 * DAY_MS), Vec::new());
    while let Some(span) = walk.ask() {
        let params = Params::new().with("asset", asset).with("startTime", span.from).with("endTime", span.to);
        found.extend(rates(Product::Margin, &ask(client, Product::Margin, Call::InterestRates, &params).await?)?);
    }
    found.sort_by_key(|rate| rate.time);
    Ok(found)
}

pub(in crate::account) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.0.into_iter().map(Report::Loan).collect())
}

pub(in crate::account) fn read_rates(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rates(product, payload)?.into_iter().map(Report::Loan).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<(Vec<LoanReport>, u64), Malformed> {
    #[derive(Deserialize)]
    struct Page<'a> {
        #[serde(borrow)]
        rows: Vec<Charged<'a>>,
        total: u64,
    }
    let page: Page<'_> = reply(product, Call::Interest, payload)?;
    Ok((page.rows.into_iter().map(LoanReport::from).collect(), page.total))
}

fn rates(product: Product, payload: &[u8]) -> Result<Vec<LoanReport>, Malformed> {
    let rows: Vec<RateOfDay<'_>> = reply(product, Call::InterestRates, payload)?;
    Ok(rows.into_iter().map(LoanReport::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Charged<'a> {
    #[serde(deserialize_with = "fields::id")]
    tx_id: String,
    // Binance's own spelling.
    #[serde(rename = "interestAccuredTime", deserialize_with = "number::millis")]
    accrued: UnixNanos,
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    principal: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    interest: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    interest_rate: Decimal,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(default, borrow)]
    isolated_symbol: Option<Cow<'a, str>>,
}

impl From<Charged<'_>> for LoanReport {
    fn from(wire: Charged<'_>) -> Self {
        Self {
            id: Some(wire.tx_id),
            asset: Some(wire.asset.into_owned()),
            symbol: wire.isolated_symbol.map(Cow::into_owned),
            amount: Some(wire.principal),
            interest: Some(wire.interest),
            daily_rate: Some(wire.interest_rate),
            status: Some(wire.kind.into_owned()),
            time: Some(wire.accrued),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RateOfDay<'a> {
    #[serde(borrow)]
    asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    daily_interest_rate: Decimal,
    #[serde(deserialize_with = "number::millis")]
    timestamp: UnixNanos,
}

impl From<RateOfDay<'_>> for LoanReport {
    fn from(wire: RateOfDay<'_>) -> Self {
        Self {
            asset: Some(wire.asset.into_owned()),
            daily_rate: Some(wire.daily_interest_rate),
            time: Some(wire.timestamp),
            ..unknown()
        }
    }
}
