//! Executions of spot and margin: `GET /api/v3/myTrades`, `GET /sapi/v1/margin/myTrades`.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number,
    report::{FillReport, Origin},
};
use metaexpert_core::{Liquidity, Side, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{super::reply, Call, Numbered, reports};
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
    #[serde(deserialize_with = "number::decimal")]
    price: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    qty: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    commission: Decimal,
    #[serde(borrow)]
    commission_asset: Cow<'a, str>,
    #[serde(deserialize_with = "number::millis")]
    time: UnixNanos,
    is_buyer: bool,
    is_maker: bool,
}

impl From<Wire<'_>> for FillReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            trade_id: wire.id.to_string(),
            client_id: None,
            venue_id: Some(wire.order_id.to_string()),
            side: if wire.is_buyer { Side::Buy } else { Side::Sell },
            position_side: None,
            price: wire.price,
            quantity: wire.qty,
            fee: Some(wire.commission),
            fee_asset: Some(wire.commission_asset.into_owned()),
            liquidity: Some(if wire.is_maker { Liquidity::Maker } else { Liquidity::Taker }),
            realised: None,
            origin: Origin::Own,
            time: wire.time,
            is_early: false,
        }
    }
}
