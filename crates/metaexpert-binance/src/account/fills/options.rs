//! Executions of options: `GET /eapi/v1/userTrades`. Their fee is what the account is charged: negative where it pays.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number,
    report::{FillReport, Origin},
};
use metaexpert_core::{Liquidity, Side, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    super::{fields, reply},
    Call, Numbered, reports,
};
use crate::Product;

pub(in crate::account) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    numbered(product, payload).map(reports)
}

pub(super) fn numbered(product: Product, payload: &[u8]) -> Result<Vec<Numbered>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Fills, payload)?;
    Ok(rows.into_iter().map(|row| Numbered { number: row.id, fill: row.into() }).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    /// Of the record; pages go by it.
    id: u64,
    trade_id: u64,
    order_id: u64,
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "fields::side")]
    side: Side,
    #[serde(deserialize_with = "number::decimal")]
    price: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    fee: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    realized_profit: Decimal,
    #[serde(borrow)]
    liquidity: Cow<'a, str>,
    #[serde(borrow)]
    quote_asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    time: UnixNanos,
}

impl From<Wire<'_>> for FillReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            trade_id: wire.trade_id.to_string(),
            client_id: None,
            venue_id: Some(wire.order_id.to_string()),
            side: wire.side,
            position_side: None,
            price: wire.price,
            quantity: wire.quantity,
            fee: Some(-wire.fee),
            fee_asset: Some(wire.quote_asset.into_owned()),
            liquidity: match wire.liquidity.as_ref() {
                "MAKER" => Some(Liquidity::Maker),
                "TAKER" => Some(Liquidity::Taker),
                _ => None,
            },
            realised: Some(wire.realized_profit),
            origin: Origin::Own,
            time: wire.time,
            is_early: false,
        }
    }
}
