//! Trades of one taker at one price, and their whole history between two times.
//!
//! The one decision: the history is found by time and then followed by number. Many trades share a millisecond, and a page that ends
//! within one would lose some of them to the next page's start time; numbers have no such edge.

use std::{
    borrow::Cow,
    ops::{ControlFlow, Range},
};

use metaexpert_connect::{Failure, Malformed, Report, http::Client, number, report::PublicTradeReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{
    Call, Which, ask,
    paging::{IdWalk, TRADE_PAGES, TradeAsk},
    read::{millis, reply},
};
use crate::Product;

/// A request for aggregate trades.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AggTrades<'a> {
    /// The native symbol.
    pub symbol: &'a str,
    /// From which number on. It is not sent together with times, which may time out.
    pub from_id: Option<u64>,
    /// From when on.
    pub from: Option<UnixNanos>,
    /// Until when; futures allow less than an hour from `from` on.
    pub to: Option<UnixNanos>,
    /// How many at most.
    pub limit: Option<u16>,
}

/// Aggregate trades, oldest first; the last ones where neither number nor time is given.
///
/// # Errors
/// See [`Failure`].
pub async fn agg_trades(
    client: &Client,
    product: Product,
    request: &AggTrades<'_>,
) -> Result<Vec<PublicTradeReport<'static>>, Failure> {
    let times = if request.from_id.is_some() { (None, None) } else { (request.from, request.to) };
    let params = Which::One(request.symbol)
        .params()
        .with_some("fromId", request.from_id)
        .with_some("startTime", times.0.map(millis))
        .with_some("endTime", times.1.map(millis))
        .with_some("limit", request.limit);
    let body = ask(client, product, Call::AggTrades, &params).await?;
    let named = |trade: PublicTradeReport<'_>| PublicTradeReport {
        symbol: Some(Cow::Owned(request.symbol.to_owned())),
        ..trade.into_owned()
    };
    Ok(read(product, &body)?.into_iter().map(named).collect())
}

/// All aggregate trades from the start of `span` on and before its end, page by page, oldest first: none twice, none left out.
/// `take` ends it early with `Break`.
///
/// # Errors
/// See [`Failure`]. What was taken before stays right.
pub async fn history(
    client: &Client,
    product: Product,
    symbol: &str,
    span: Range<UnixNanos>,
    take: &mut (dyn FnMut(Vec<PublicTradeReport<'static>>) -> ControlFlow<()> + Send),
) -> Result<(), Failure> {
    let rule = TRADE_PAGES.of(product);
    let mut walk = IdWalk::new(span, rule);
    while let Some(next) = walk.ask() {
        let (from_id, from, to) = match next {
            TradeAsk::Times(from, to) => (None, Some(from), Some(to)),
            TradeAsk::From(id) => (Some(id), None, None),
        };
        let request = AggTrades { symbol, from_id, from, to, limit: Some(rule.limit) };
        let page = agg_trades(client, product, &request).await?;
        let page =
            walk.take(page, |trade| trade.id, |trade| trade.time).map_err(|stuck| stuck.of(product, "aggregate trades"))?;
        if !page.is_empty() && take(page).is_break() {
            break;
        }
    }
    Ok(())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::PublicTrade).collect())
}

fn read(product: Product, payload: &[u8]) -> Result<Vec<PublicTradeReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(rename = "a")]
        id: u64,
        #[serde(rename = "p", deserialize_with = "number::float")]
        price: f64,
        #[serde(rename = "q", deserialize_with = "number::float")]
        quantity: f64,
        /// -1 where the aggregate's trades were taken back.
        #[serde(rename = "f")]
        first: i64,
        #[serde(rename = "l")]
        last: i64,
        #[serde(rename = "T", deserialize_with = "number::millis")]
        time: UnixNanos,
        #[serde(rename = "m")]
        is_buyer_maker: bool,
    }
    let report = |wire: Wire| PublicTradeReport {
        symbol: None,
        id: wire.id,
        trades: u64::try_from(wire.first).ok().zip(u64::try_from(wire.last).ok()),
        time: wire.time,
        price: wire.price,
        quantity: wire.quantity,
        buyer_is_taker: Some(!wire.is_buyer_maker),
    };
    Ok(reply::<Vec<Wire>>(product, "aggregate trades", payload)?.into_iter().map(report).collect())
}
