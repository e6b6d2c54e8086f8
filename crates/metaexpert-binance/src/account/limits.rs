//! How many orders an account may place in how long, and how many of them are counted.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, report::Service};
use serde::Deserialize;

use super::{Call, MarginAccount, ask, reply};
use crate::Product;

/// The order limits of an account, as `RateLimit`s. Only spot and margin say how many orders are counted; COIN-M shares the
/// limits of USD-M and has no such call, options have none either.
///
/// # Errors
/// See [`Failure`].
pub async fn order_limits(client: &Client, product: Product, account: MarginAccount<'_>) -> Result<Vec<Service>, Failure> {
    let params = if product == Product::Margin { account.flagged(Params::new()) } else { Params::new() };
    let body = ask(client, product, Call::OrderLimits, &params).await?;
    Ok(rows(product, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Service).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<Service>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::OrderLimits, payload)?;
    let limit = |row: Wire<'_>| {
        let unit = UNITS.iter().find(|(word, _)| *word == row.interval).map(|(_, seconds)| *seconds);
        let seconds = unit.and_then(|unit| row.interval_num.checked_mul(unit)).ok_or_else(|| {
            let what = format!("{} of {product}", Call::OrderLimits.as_str());
            Malformed::new(what, format_args!("{} `{}` is no interval", row.interval_num, row.interval), payload)
        })?;
        Ok(Service::RateLimit { kind: row.rate_limit_type.into_owned(), seconds, limit: row.limit, used: row.count })
    };
    rows.into_iter().map(limit).collect()
}

/// Seconds of an interval (Spot API, "Enums", "Rate limit intervals").
const UNITS: [(&str, u64); 4] = [("SECOND", 1), ("MINUTE", 60), ("HOUR", 3_600), ("DAY", 86_400)];

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    rate_limit_type: Cow<'a, str>,
    #[serde(borrow)]
    interval: Cow<'a, str>,
    interval_num: u64,
    limit: u64,
    #[serde(default)]
    count: Option<u64>,
}
