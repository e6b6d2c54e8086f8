//! Leverage and maintenance margin by value: of USD-M in quote currency, of COIN-M in coins.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::BracketReport};
use metaexpert_core::{Bracket, Percent};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, fields, reply};
use crate::Product;

/// Leverage and maintenance margin by value, of one instrument or of all (USD-M, COIN-M).
///
/// # Errors
/// See [`Failure`].
pub async fn brackets(client: &Client, product: Product, symbol: Option<&str>) -> Result<Vec<BracketReport>, Failure> {
    let params = Params::new().with_some("symbol", symbol);
    let body = ask(client, product, Call::Brackets, &params).await?;
    Ok(rows(product, &body)?)
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(Report::Bracket).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<BracketReport>, Malformed> {
    // USD-M answers with one instrument, and not a list, where one is asked for.
    if payload.trim_ascii_start().starts_with(b"{") {
        let row: Wire<'_> = reply(product, Call::Brackets, payload)?;
        return Ok(vec![row.into()]);
    }
    let rows: Vec<Wire<'_>> = reply(product, Call::Brackets, payload)?;
    Ok(rows.into_iter().map(BracketReport::from).collect())
}

#[derive(Deserialize)]
struct Wire<'a> {
    // The first version of COIN-M's call names pairs.
    #[serde(borrow, alias = "pair")]
    symbol: Cow<'a, str>,
    brackets: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Row {
    #[serde(deserialize_with = "fields::whole")]
    initial_leverage: u32,
    #[serde(alias = "qtyCap", deserialize_with = "number::decimal")]
    notional_cap: Decimal,
    #[serde(deserialize_with = "fields::percent")]
    maint_margin_ratio: Percent,
    #[serde(deserialize_with = "number::decimal")]
    cum: Decimal,
}

impl From<Wire<'_>> for BracketReport {
    fn from(wire: Wire<'_>) -> Self {
        let bracket = |row: Row| Bracket {
            up_to: row.notional_cap,
            max_leverage: row.initial_leverage,
            maintenance_margin: row.maint_margin_ratio,
            deduction: row.cum,
        };
        let mut brackets: Vec<Bracket> = wire.brackets.into_iter().map(bracket).collect();
        brackets.sort_by_key(|bracket| bracket.up_to);
        Self { symbol: wire.symbol.into_owned(), brackets }
    }
}
