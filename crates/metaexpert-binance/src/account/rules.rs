//! Rules that hold for an account: those of the exchange, of a symbol, and of assets, the last of which only this call tells
//! (`GET /api/v3/myFilters`).

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    report::{Filter, RuleReport},
};
use serde::Deserialize;

use super::{Call, ask, reply};
use crate::{Product, market::rules::FilterWire};

/// The rules that an account has to keep on a symbol (spot, margin).
///
/// # Errors
/// See [`Failure`].
pub async fn account_rules(client: &Client, product: Product, symbol: &str) -> Result<RuleReport, Failure> {
    let body = ask(client, product, Call::Rules, &Params::new().with("symbol", symbol)).await?;
    Ok(RuleReport { symbol: Some(symbol.to_owned()), filters: filters(product, &body)? })
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    // The reply does not say which symbol was asked about.
    Ok(vec![Report::Rules(RuleReport { symbol: None, filters: filters(product, payload)? })])
}

fn filters(product: Product, payload: &[u8]) -> Result<Vec<Filter>, Malformed> {
    #[derive(Deserialize)]
    struct Wire<'a> {
        #[serde(borrow, rename = "exchangeFilters")]
        exchange: Vec<FilterWire<'a>>,
        #[serde(borrow, rename = "symbolFilters")]
        symbol: Vec<FilterWire<'a>>,
        #[serde(borrow, rename = "assetFilters")]
        asset: Vec<FilterWire<'a>>,
    }
    let wire: Wire<'_> = reply(product, Call::Rules, payload)?;
    let all = wire.exchange.iter().chain(&wire.symbol).chain(&wire.asset);
    let malformed = |why| Malformed::new(format!("{} of {product}", Call::Rules.as_str()), why, payload);
    all.map(|filter| filter.read().map_err(malformed)).collect()
}
