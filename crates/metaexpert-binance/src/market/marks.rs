//! Mark prices: of futures with the index price and the funding to come, of options with their volatility and price limits.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{Filter, MarkReport, RuleReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, Which, ask, read::one_or_many};
use crate::Product;

/// Mark prices of futures or options, of one symbol or all.
///
/// # Errors
/// See [`Failure`].
pub async fn marks(client: &Client, product: Product, which: Which<'_>) -> Result<Vec<MarkReport<'static>>, Failure> {
    let body = ask(client, product, Call::Marks, &which.params()).await?;
    if product == Product::Options {
        return Ok(read_options(product, &body)?.into_iter().map(|wire| wire.mark().into_owned()).collect());
    }
    Ok(read(product, &body)?.into_iter().map(MarkReport::into_owned).collect())
}

/// Mark prices and price limits of options, of one symbol or all.
///
/// # Errors
/// See [`Failure`].
pub async fn option_limits(client: &Client, symbol: Option<&str>) -> Result<Vec<RuleReport>, Failure> {
    let body = ask(client, Product::Options, Call::Marks, &Params::new().with_some("symbol", symbol)).await?;
    Ok(read_options(Product::Options, &body)?.iter().filter_map(OptionWire::limits).collect())
}

pub(super) fn reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read(product, payload)?.into_iter().map(Report::Mark).collect())
}

pub(super) fn option_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let mut reports = Vec::new();
    for wire in read_options(product, payload)? {
        let limits = wire.limits();
        reports.push(Report::Mark(wire.mark()));
        reports.extend(limits.map(Report::Rules));
    }
    Ok(reports)
}

fn read<'a>(product: Product, payload: &'a [u8]) -> Result<Vec<MarkReport<'a>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::decimal")]
        mark_price: Decimal,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        index_price: Option<Decimal>,
        /// Empty for contracts that are delivered.
        #[serde(default, deserialize_with = "number::optional_decimal")]
        last_funding_rate: Option<Decimal>,
        /// 0 for contracts that are delivered.
        #[serde(default, deserialize_with = "number::optional_millis")]
        next_funding_time: Option<UnixNanos>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        time: Option<UnixNanos>,
    }
    let mark = |wire: Wire<'a>| MarkReport {
        symbol: Some(wire.symbol),
        time: wire.time,
        mark: wire.mark_price,
        index: wire.index_price,
        // Of a delivered contract it is 0 too, and no funding is due.
        funding_rate: wire.last_funding_rate.filter(|_| wire.next_funding_time.is_some()),
        next_funding: wire.next_funding_time,
        implied_volatility: None,
    };
    Ok(one_or_many(product, "mark price", payload)?.into_iter().map(mark).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OptionWire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    mark_price: Decimal,
    #[serde(rename = "markIV", default, deserialize_with = "number::optional_float")]
    volatility: Option<f64>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    high_price_limit: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    low_price_limit: Option<Decimal>,
}

impl<'a> OptionWire<'a> {
    fn mark(self) -> MarkReport<'a> {
        MarkReport {
            symbol: Some(self.symbol),
            time: None,
            mark: self.mark_price,
            index: None,
            funding_rate: None,
            next_funding: None,
            implied_volatility: self.volatility,
        }
    }

    /// What an order's price must lie between for now.
    fn limits(&self) -> Option<RuleReport> {
        let (min, max) = (self.low_price_limit, self.high_price_limit);
        let limits = Filter::Price { min, max, tick: None };
        (min.is_some() || max.is_some())
            .then(|| RuleReport { symbol: Some(self.symbol.clone().into_owned()), filters: vec![limits] })
    }
}

fn read_options(product: Product, payload: &[u8]) -> Result<Vec<OptionWire<'_>>, Malformed> {
    one_or_many(product, "mark price", payload)
}
