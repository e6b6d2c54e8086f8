//! `TRADE_LITE`: an execution of USD-M, told earlier and with less than `ORDER_TRADE_UPDATE` tells later (USD-M, "Event: Trade
//! Lite").
//!
//! It has no fee, no leg and no profit. [`FillFilter`](super::FillFilter) joins the two.

use std::borrow::Cow;

use metaexpert_connect::{Malformed, Report, number, read_json, report::FillReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::{id, liquidity, named};
use crate::{
    Product,
    words::{origin_of, read_side},
};

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(borrow, rename = "c")]
    client_id: Cow<'a, str>,
    #[serde(borrow, rename = "S")]
    side: Cow<'a, str>,
    // `q` and `p` are those of the order; `l` and `L` those of the execution.
    #[serde(rename = "l", deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(rename = "L", deserialize_with = "number::decimal")]
    price: Decimal,
    #[serde(rename = "i", deserialize_with = "id")]
    order_id: Option<String>,
    #[serde(rename = "t", deserialize_with = "id")]
    trade_id: Option<String>,
    #[serde(rename = "m")]
    is_maker: bool,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("TRADE_LITE", payload)?;
    let (Some(trade_id), Some(side)) = (wire.trade_id, read_side(&wire.side)) else {
        return Err(Malformed::new("TRADE_LITE", "an execution whose side or number is not known", payload));
    };
    if wire.quantity <= Decimal::ZERO || wire.price <= Decimal::ZERO {
        return Err(Malformed::new("TRADE_LITE", "an execution of nothing, or at no price", payload));
    }
    Ok(vec![Report::Fill(Box::new(FillReport {
        symbol: wire.symbol.into_owned(),
        trade_id,
        client_id: named(&wire.client_id),
        venue_id: wire.order_id,
        side,
        position_side: None,
        price: wire.price,
        quantity: wire.quantity,
        fee: None,
        fee_asset: None,
        liquidity: Some(liquidity(wire.is_maker)),
        realised: None,
        origin: origin_of(&wire.client_id),
        time: wire.time,
        is_early: true,
    }))])
}
