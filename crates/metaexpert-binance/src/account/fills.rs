//! Our executions, and their history.

mod futures; // USD-M and COIN-M
mod options; // options
mod spot; // spot and margin

use std::ops::Range;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, report::FillReport};
use metaexpert_core::UnixNanos;

use super::{
    Call,
    paging::{DAY_MS, History},
};
use crate::Product;

pub(super) use {futures::read as read_futures, options::read as read_options, spot::read as read_spot};

/// Whose executions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FillsOf<'a> {
    /// Of which product.
    pub product: Product,
    /// In what.
    pub symbol: &'a str,
    /// Of margin: whether of the pair's isolated account.
    pub isolated: bool,
}

impl FillsOf<'_> {
    fn params(self) -> Params {
        let params = Params::new().with("symbol", self.symbol);
        if self.product == Product::Margin && self.isolated { params.with("isIsolated", "TRUE") } else { params }
    }

    /// Most time at once: a day of spot and margin, seven of futures; options do not say (Spot API, "Account trade list";
    /// "Account Trade List" of the others). 1,000 records a page on all.
    const fn history(self, client: &Client) -> History<'_> {
        let widest_ms = match self.product {
            Product::Spot | Product::Margin => DAY_MS,
            Product::UsdM | Product::CoinM | Product::Options => 7 * DAY_MS,
        };
        History { client, product: self.product, call: Call::Fills, limit: 1_000, widest_ms }
    }
}

/// All executions of a stretch of time, oldest first. Binance keeps six months of them on futures.
///
/// # Errors
/// See [`Failure`].
pub async fn fills_between(client: &Client, of: FillsOf<'_>, time: Range<UnixNanos>) -> Result<Vec<FillReport>, Failure> {
    let numbered = of.history(client).between(&of.params(), &time, |page| numbered(of.product, page)).await?;
    Ok(in_order(numbered))
}

/// All executions of a stretch of time that ends now, oldest first. On spot and margin, where only a day can be asked for at once, the
/// newest page is asked for first: it is all there is where it is not full, and enough where it reaches back to the beginning.
///
/// # Errors
/// See [`Failure`].
pub async fn fills_since(client: &Client, of: FillsOf<'_>, time: Range<UnixNanos>) -> Result<Vec<FillReport>, Failure> {
    if !matches!(of.product, Product::Spot | Product::Margin) {
        return fills_between(client, of, time).await;
    }
    let limit = of.history(client).limit;
    let page = super::ask(client, of.product, Call::Fills, &of.params().with("limit", limit)).await?;
    let mut newest = in_order(numbered(of.product, &page)?);
    let oldest = newest.first().map(|fill| fill.time);
    if newest.len() >= limit && oldest.is_none_or(|oldest| oldest >= time.start) {
        return fills_between(client, of, time).await;
    }
    newest.retain(|fill| time.contains(&fill.time));
    Ok(newest)
}

/// All executions from one on, oldest first. The number is that of the execution, of options that of its record (`id`).
///
/// # Errors
/// See [`Failure`].
pub async fn fills_from(client: &Client, of: FillsOf<'_>, number: u64) -> Result<Vec<FillReport>, Failure> {
    let read = |page: &[u8]| numbered(of.product, page);
    let numbered = of.history(client).from(&of.params(), "fromId", number, read, |fill| fill.number).await?;
    Ok(in_order(numbered))
}

/// All executions of an order, oldest first. Options have no such question.
///
/// # Errors
/// See [`Failure`].
pub async fn fills_of_order(client: &Client, of: FillsOf<'_>, order: &str) -> Result<Vec<FillReport>, Failure> {
    if of.product == Product::Options {
        let why = "options cannot be asked for the executions of one order".to_owned();
        return Err(Failure::NotSent { endpoint: Call::Fills.as_str(), why });
    }
    let (params, read) = (of.params().with("orderId", order), |page: &[u8]| numbered(of.product, page));
    let history = of.history(client);
    // Only a page that is full needs a number to go on from.
    let first = read(&super::ask(client, of.product, Call::Fills, &params.clone().with("limit", history.limit)).await?)?;
    let next = first.iter().map(|fill| fill.number).max().and_then(|largest| largest.checked_add(1));
    let rest = match next.filter(|_| first.len() >= history.limit) {
        Some(next) => history.from(&params, "fromId", next, read, |fill| fill.number).await?,
        None => Vec::new(),
    };
    Ok(in_order(first.into_iter().chain(rest).collect()))
}

/// An execution, and the number that pages go by.
struct Numbered {
    number: u64,
    fill: FillReport,
}

fn in_order(mut fills: Vec<Numbered>) -> Vec<FillReport> {
    fills.sort_by_key(|fill| (fill.fill.time, fill.number));
    fills.into_iter().map(|fill| fill.fill).collect()
}

fn numbered(product: Product, payload: &[u8]) -> Result<Vec<Numbered>, Malformed> {
    match product {
        Product::Spot | Product::Margin => spot::numbered(product, payload),
        Product::UsdM | Product::CoinM => futures::numbered(product, payload),
        Product::Options => options::numbered(product, payload),
    }
}

fn reports(fills: Vec<Numbered>) -> Vec<Report<'static>> {
    fills.into_iter().map(|fill| Report::Fill(Box::new(fill.fill))).collect()
}
