//! Trades of an account with itself that were prevented.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::PreventedReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, fields,
    paging::{DAY_MS, History},
    reply,
};
use crate::{Product, account::MarginAccount};

/// All trades with itself that an order was kept from (spot, margin).
///
/// # Errors
/// See [`Failure`].
pub async fn prevented_matches(
    client: &Client,
    product: Product,
    account: MarginAccount<'_>,
    symbol: &str,
    order: &str,
) -> Result<Vec<PreventedReport>, Failure> {
    let params = Params::new().with("symbol", symbol).with("orderId", order);
    let is_isolated = product == Product::Margin && account != MarginAccount::Cross;
    let params = if is_isolated { params.with("isIsolated", "TRUE") } else { params };
    // "Query Prevented Matches": 1,000 a page, by number.
    let history = History { client, product, call: Call::Prevented, limit: 1_000, widest_ms: DAY_MS };
    let read = |page: &[u8]| wires(product, page);
    let found = history.from(&params, "fromPreventedMatchId", 0, read, |(number, _)| *number).await?;
    Ok(found.into_iter().map(|(_, prevented)| prevented).collect())
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(wires(product, payload)?.into_iter().map(|(_, prevented)| Report::Prevented(prevented)).collect())
}

/// Each with the number that pages go by.
fn wires(product: Product, payload: &[u8]) -> Result<Vec<(u64, PreventedReport)>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Prevented, payload)?;
    Ok(rows.into_iter().map(|row| (row.prevented_match_id, row.into())).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    prevented_match_id: u64,
    #[serde(deserialize_with = "fields::id")]
    taker_order_id: String,
    #[serde(deserialize_with = "fields::id")]
    maker_order_id: String,
    #[serde(borrow)]
    self_trade_prevention_mode: Cow<'a, str>,
    #[serde(deserialize_with = "number::decimal")]
    price: Decimal,
    // Which of the two is there depends on the mode.
    #[serde(default, deserialize_with = "number::optional_decimal")]
    taker_prevented_quantity: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    maker_prevented_quantity: Option<Decimal>,
    #[serde(deserialize_with = "number::millis")]
    transact_time: UnixNanos,
}

impl From<Wire<'_>> for PreventedReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            id: wire.prevented_match_id.to_string(),
            taker: wire.taker_order_id,
            maker: wire.maker_order_id,
            price: wire.price,
            taker_quantity: wire.taker_prevented_quantity,
            maker_quantity: wire.maker_prevented_quantity,
            mode: wire.self_trade_prevention_mode.into_owned(),
            time: wire.transact_time,
        }
    }
}
