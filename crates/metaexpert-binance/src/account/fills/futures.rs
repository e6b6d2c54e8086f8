//! Executions of futures: `GET /fapi/v1/userTrades`, `GET /dapi/v1/userTrades`. Whose order it was they do not say.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number,
    report::{FillReport, LegReport, Origin},
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
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    id: u64,
    order_id: u64,
    #[serde(deserialize_with = "fields::side")]
    side: Side,
    #[serde(deserialize_with = "fields::leg")]
    position_side: LegReport,
    #[serde(deserialize_with = "number::decimal")]
    price: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    qty: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    realized_pnl: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    commission: Decimal,
    #[serde(borrow)]
    commission_asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    time: UnixNanos,
    maker: bool,
}

impl From<Wire<'_>> for FillReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            trade_id: wire.id.to_string(),
            client_id: None,
            venue_id: Some(wire.order_id.to_string()),
            side: wire.side,
            position_side: fields::position_side(wire.position_side),
            price: wire.price,
            quantity: wire.qty,
            fee: Some(wire.commission),
            fee_asset: Some(wire.commission_asset.into_owned()),
            liquidity: Some(if wire.maker { Liquidity::Maker } else { Liquidity::Taker }),
            realised: Some(wire.realized_pnl),
            origin: Origin::Own,
            time: wire.time,
            is_early: false,
        }
    }
}
