//! `MARGIN_CALL` of futures: positions are close to being liquidated (USD-M and COIN-M, "Event: Margin Call").
//!
//! "Only used as risk guidance": by the time it arrives the positions may be gone.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number, read_json,
    report::{MarginCall, PositionReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::{leg_of, nonzero};
use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "E", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(default, rename = "cw", deserialize_with = "number::optional_decimal")]
    cross_balance: Option<Decimal>,
    #[serde(borrow, rename = "p")]
    positions: Vec<Position<'a>>,
}

#[derive(Deserialize)]
struct Position<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(borrow, rename = "ps")]
    leg: Cow<'a, str>,
    #[serde(rename = "pa", deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(borrow, rename = "mt")]
    margin_type: Cow<'a, str>,
    #[serde(default, rename = "iw", deserialize_with = "number::optional_decimal")]
    isolated_margin: Option<Decimal>,
    #[serde(default, rename = "mp", deserialize_with = "number::optional_decimal")]
    mark_price: Option<Decimal>,
    #[serde(default, rename = "up", deserialize_with = "number::optional_decimal")]
    unrealised: Option<Decimal>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("MARGIN_CALL", payload)?;
    let time = wire.time;
    let positions: Option<Vec<_>> = wire.positions.into_iter().map(|position| position.report(time)).collect();
    let positions = positions.ok_or_else(|| Malformed::new("MARGIN_CALL", "a position of an unknown leg", payload))?;
    Ok(vec![Report::MarginCall(MarginCall { time, cross_balance: wire.cross_balance, margin_level: None, positions })])
}

impl Position<'_> {
    fn report(self, time: UnixNanos) -> Option<PositionReport> {
        let isolated = match self.margin_type.as_ref() {
            "ISOLATED" | "isolated" => Some(true),
            "CROSSED" | "CROSS" | "cross" => Some(false),
            _ => None,
        };
        Some(PositionReport {
            symbol: self.symbol.into_owned(),
            leg: leg_of(&self.leg)?,
            quantity: self.quantity,
            entry_price: None,
            breakeven_price: None,
            mark_price: nonzero(self.mark_price),
            liquidation_price: None,
            unrealised: self.unrealised,
            realised: None,
            leverage: None,
            isolated,
            isolated_margin: self.isolated_margin.filter(|_| isolated == Some(true)),
            margin_asset: None,
            time: Some(time),
        })
    }
}
