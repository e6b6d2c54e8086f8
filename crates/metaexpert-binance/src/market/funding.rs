//! Funding: what was settled, and how it is reckoned where it is not as usual.

use std::{
    borrow::Cow,
    ops::{ControlFlow, Range},
};

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{FundingReport, FundingTermsReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, ask,
    paging::{FUNDING_PAGES, ForwardWalk},
    read::{millis, reply},
};
use crate::Product;

/// A request for funding as it was settled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FundingHistory<'a> {
    /// The native symbol; `None` for all (USD-M).
    pub symbol: Option<&'a str>,
    /// From when on.
    pub from: Option<UnixNanos>,
    /// Until when.
    pub to: Option<UnixNanos>,
    /// How many at most.
    pub limit: Option<u16>,
}

/// Funding as it was settled, oldest first.
///
/// # Errors
/// See [`Failure`].
pub async fn funding(
    client: &Client,
    product: Product,
    request: &FundingHistory<'_>,
) -> Result<Vec<FundingReport<'static>>, Failure> {
    let params = Params::new()
        .with_some("symbol", request.symbol)
        .with_some("startTime", request.from.map(millis))
        .with_some("endTime", request.to.map(millis))
        .with_some("limit", request.limit);
    let body = ask(client, product, Call::FundingHistory, &params).await?;
    Ok(read(product, &body)?.into_iter().map(FundingReport::into_owned).collect())
}

/// All funding of a symbol from the start of `span` on and before its end, page by page, oldest first: none twice, none left out.
/// `take` ends it early with `Break`.
///
/// # Errors
/// See [`Failure`]. What was taken before stays right.
pub async fn history(
    client: &Client,
    product: Product,
    symbol: &str,
    span: Range<UnixNanos>,
    take: &mut (dyn FnMut(Vec<FundingReport<'static>>) -> ControlFlow<()> + Send),
) -> Result<(), Failure> {
    let rule = FUNDING_PAGES.of(product);
    let mut walk = ForwardWalk::new(span, 1, rule);
    while let Some((from, to)) = walk.ask() {
        let request = FundingHistory { symbol: Some(symbol), from: Some(from), to: Some(to), limit: Some(rule.limit) };
        let page = funding(client, product, &request).await?;
        let page = walk.take(page, |funding| funding.time).map_err(|stuck| stuck.of(product, "funding"))?;
        if !page.is_empty() && take(page).is_break() {
            break;
        }
    }
    Ok(())
}

/// How funding is reckoned, of the symbols where cap, floor or interval are not as usual.
///
/// # Errors
/// See [`Failure`].
pub async fn funding_terms(client: &Client, product: Product) -> Result<Vec<FundingTermsReport<'static>>, Failure> {
    let body = ask(client, product, Call::FundingInfo, &Params::new()).await?;
    let owned = |terms: FundingTermsReport<'_>| FundingTermsReport {
        symbol: Cow::Owned(terms.symbol.into_owned()),
        interval_hours: terms.interval_hours,
        cap: terms.cap,
        floor: terms.floor,
    };
    Ok(read_terms(product, &body)?.into_iter().map(owned).collect())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::Funding).collect())
}

pub(super) fn terms_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_terms(product, payload)?.into_iter().map(Report::FundingTerms).collect())
}

fn read(product: Product, payload: &[u8]) -> Result<Vec<FundingReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::millis")]
        funding_time: UnixNanos,
        #[serde(deserialize_with = "number::decimal")]
        funding_rate: Decimal,
        /// Empty before 2023.
        #[serde(default, deserialize_with = "number::optional_decimal")]
        mark_price: Option<Decimal>,
    }
    let funding = |Wire { symbol, funding_time, funding_rate, mark_price }| FundingReport {
        symbol: Some(symbol),
        time: funding_time,
        rate: funding_rate,
        mark: mark_price,
    };
    Ok(reply::<Vec<Wire<'_>>>(product, "funding", payload)?.into_iter().map(funding).collect())
}

fn read_terms(product: Product, payload: &[u8]) -> Result<Vec<FundingTermsReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        adjusted_funding_rate_cap: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        adjusted_funding_rate_floor: Option<Decimal>,
        funding_interval_hours: u32,
    }
    let terms =
        |Wire { symbol, adjusted_funding_rate_cap, adjusted_funding_rate_floor, funding_interval_hours }| FundingTermsReport {
            symbol,
            interval_hours: funding_interval_hours,
            cap: adjusted_funding_rate_cap,
            floor: adjusted_funding_rate_floor,
        };
    Ok(reply::<Vec<Wire<'_>>>(product, "terms of funding", payload)?.into_iter().map(terms).collect())
}
