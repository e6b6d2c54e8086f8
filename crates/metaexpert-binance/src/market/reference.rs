//! What orders are measured against on spot: the reference price, the average price, and the range that orders trade in.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Report,
    http::Client,
    number,
    report::{Filter, ReferenceReport, RuleReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, Which, ask, read::reply};
use crate::Product;

/// The reference price. Its `price` is `None` where none is set; where none ever was, the exchange refuses with -2043.
///
/// # Errors
/// See [`Failure`].
pub async fn reference_price(client: &Client, symbol: &str) -> Result<ReferenceReport<'static>, Failure> {
    let body = ask(client, Product::Spot, Call::ReferencePrice, &Which::One(symbol).params()).await?;
    Ok(read_reference(Product::Spot, &body)?.into_owned())
}

/// The average price of the last minutes.
///
/// # Errors
/// See [`Failure`].
pub async fn average_price(client: &Client, symbol: &str) -> Result<ReferenceReport<'static>, Failure> {
    let body = ask(client, Product::Spot, Call::AveragePrice, &Which::One(symbol).params()).await?;
    Ok(ReferenceReport { symbol: Some(Cow::Owned(symbol.to_owned())), ..read_average(Product::Spot, &body)?.into_owned() })
}

/// Rules of execution, by symbol.
///
/// # Errors
/// See [`Failure`].
pub async fn execution_rules(client: &Client, which: Which<'_>) -> Result<Vec<RuleReport>, Failure> {
    let body = ask(client, Product::Spot, Call::ExecutionRules, &which.params()).await?;
    Ok(read_rules(Product::Spot, &body)?)
}

pub(super) fn reference_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Reference(read_reference(product, payload)?)])
}

pub(super) fn average_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(vec![Report::Reference(read_average(product, payload)?)])
}

pub(super) fn rule_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_rules(product, payload)?.into_iter().map(Report::Rules).collect())
}

fn read_reference(product: Product, payload: &[u8]) -> Result<ReferenceReport<'_>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::optional_decimal")]
        reference_price: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_millis")]
        timestamp: Option<UnixNanos>,
    }
    let Wire { symbol, reference_price, timestamp } = reply(product, "reference price", payload)?;
    Ok(ReferenceReport { symbol: Some(symbol), time: timestamp, price: reference_price, minutes: None })
}

fn read_average(product: Product, payload: &[u8]) -> Result<ReferenceReport<'_>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        mins: u32,
        #[serde(deserialize_with = "number::decimal")]
        price: Decimal,
        /// When the last trade was that it counts.
        #[serde(default, deserialize_with = "number::optional_millis")]
        close_time: Option<UnixNanos>,
    }
    let Wire { mins, price, close_time } = reply(product, "average price", payload)?;
    Ok(ReferenceReport { symbol: None, time: close_time, price: Some(price), minutes: Some(mins) })
}

fn read_rules(product: Product, payload: &[u8]) -> Result<Vec<RuleReport>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol_rules: Vec<OfSymbol<'a>>,
    }
    #[derive(Deserialize)]
    struct OfSymbol<'a> {
        symbol: String,
        #[serde(borrow)]
        rules: Vec<Rule<'a>>,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Rule<'a> {
        #[serde(borrow, rename = "ruleType")]
        name: Cow<'a, str>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        bid_limit_mult_up: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        bid_limit_mult_down: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        ask_limit_mult_up: Option<Decimal>,
        #[serde(default, deserialize_with = "number::optional_decimal")]
        ask_limit_mult_down: Option<Decimal>,
    }
    let filter = |rule: Rule<'_>| match rule.name.as_ref() {
        "PRICE_RANGE" => Filter::ExecutionRange {
            bid_down: rule.bid_limit_mult_down,
            bid_up: rule.bid_limit_mult_up,
            ask_down: rule.ask_limit_mult_down,
            ask_up: rule.ask_limit_mult_up,
        },
        other => Filter::Other(other.to_owned()),
    };
    let report =
        |OfSymbol { symbol, rules }| RuleReport { symbol: Some(symbol), filters: rules.into_iter().map(filter).collect() };
    Ok(reply::<Wire<'_>>(product, "execution rules", payload)?.symbol_rules.into_iter().map(report).collect())
}
