//! What is listed: the exchange information of each product, read into listings, limits of requests, and rules of the whole exchange.
//!
//! The one decision: three replies of one name are three wire types and one result. What a contract type means is a row, and
//! what a status means is one of a table that streams read, too.

mod futures; // USD-M and COIN-M
mod options;
mod spot;

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    report::{Filter, Listing, RuleReport, Service},
};
use metaexpert_core::Percent;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, Which, ask, rules::FilterWire};
use crate::Product;

/// What an exchange says of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct ExchangeInfo {
    /// How many requests and orders it takes.
    pub limits: Vec<Service>,
    /// Rules of all symbols together.
    pub rules: Vec<Filter>,
    /// What is listed.
    pub listings: Vec<Listing>,
}

/// What is listed at a product. Only spot can be asked for some of its symbols.
///
/// # Errors
/// See [`Failure`].
pub async fn exchange_info(client: &Client, product: Product, which: Which<'_>) -> Result<ExchangeInfo, Failure> {
    let params = if matches!(product, Product::Spot | Product::Margin) { which.params() } else { Params::new() };
    let body = ask(client, product, Call::ExchangeInfo, &params).await?;
    let mut info = read(product, &body)?;
    info.listings.retain(|listing| match which {
        Which::All => true,
        Which::One(symbol) => listing.symbol == symbol,
        Which::Several(symbols) => symbols.contains(&listing.symbol.as_str()),
    });
    Ok(info)
}

/// Reads the exchange information of a product.
///
/// # Errors
/// When it is none, or a filter is half written.
pub fn read(product: Product, payload: &[u8]) -> Result<ExchangeInfo, Malformed> {
    match product {
        Product::Spot | Product::Margin => spot::read(product, payload),
        Product::UsdM | Product::CoinM => futures::read(product, payload),
        Product::Options => options::read(product, payload),
    }
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let ExchangeInfo { limits, rules, listings } = read(product, payload)?;
    let mut reports: Vec<_> = limits.into_iter().map(Report::Service).collect();
    if !rules.is_empty() {
        reports.push(Report::Rules(RuleReport { symbol: None, filters: rules }));
    }
    reports.extend(listings.into_iter().map(|listing| Report::Listing(Box::new(listing))));
    Ok(reports)
}

/// A fraction in percent.
fn percent(fraction: Decimal) -> Option<Percent> {
    fraction.checked_mul(Decimal::ONE_HUNDRED).map(Percent::new)
}

/// A limit of requests as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LimitWire<'a> {
    #[serde(borrow)]
    rate_limit_type: Cow<'a, str>,
    #[serde(borrow)]
    interval: Cow<'a, str>,
    interval_num: u64,
    limit: u64,
    count: Option<u64>,
}

impl LimitWire<'_> {
    fn read(self) -> Service {
        let unit = match self.interval.as_ref() {
            "SECOND" => 1,
            "MINUTE" => 60,
            "HOUR" => 3_600,
            "DAY" => 86_400,
            other => return Service::Strange { kind: format!("{} by {other}", self.rate_limit_type) },
        };
        Service::RateLimit {
            kind: self.rate_limit_type.into_owned(),
            seconds: self.interval_num.saturating_mul(unit),
            limit: self.limit,
            used: self.count,
        }
    }
}

fn filters(what: &str, wires: &[FilterWire<'_>], payload: &[u8]) -> Result<Vec<Filter>, Malformed> {
    let read = |wire: &FilterWire<'_>| wire.read().map_err(|half| Malformed::new(format!("listing of {what}"), half, payload));
    wires.iter().map(read).collect()
}
