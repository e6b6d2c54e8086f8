//! `BALANCE_POSITION_UPDATE` of options: balances and positions that something changed (options, "Event: Balance and Position
//! Update").

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, number, read_json,
    report::{BalanceReport, LegReport, PositionReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::nonzero;
use crate::Product;

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, default, rename = "B")]
    balances: Vec<Balance<'a>>,
    #[serde(borrow, default, rename = "P")]
    positions: Vec<Position<'a>>,
}

#[derive(Deserialize)]
struct Balance<'a> {
    #[serde(borrow, rename = "a")]
    asset: Cow<'a, str>,
    #[serde(rename = "b", deserialize_with = "number::decimal")]
    total: Decimal,
    #[serde(default, rename = "bc", deserialize_with = "number::optional_decimal")]
    change: Option<Decimal>,
}

#[derive(Deserialize)]
struct Position<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "c", deserialize_with = "number::decimal")]
    quantity: Decimal,
    // `p` is what the position cost, `a` that by contract.
    #[serde(default, rename = "a", deserialize_with = "number::optional_decimal")]
    entry_price: Option<Decimal>,
}

pub(super) fn read(_product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("BALANCE_POSITION_UPDATE", payload)?;
    let time = Some(wire.time);
    let balance = |balance: Balance<'_>| {
        Report::Balance(BalanceReport {
            asset: balance.asset.into_owned(),
            symbol: None,
            total: Some(balance.total),
            free: None,
            locked: None,
            borrowed: None,
            interest: None,
            unrealised: None,
            change: nonzero(balance.change),
            time,
        })
    };
    let position = |position: Position<'_>| {
        Report::Position(Box::new(PositionReport {
            symbol: position.symbol.into_owned(),
            leg: LegReport::Net,
            quantity: position.quantity,
            entry_price: nonzero(position.entry_price).filter(|_| !position.quantity.is_zero()),
            breakeven_price: None,
            mark_price: None,
            liquidation_price: None,
            unrealised: None,
            realised: None,
            leverage: None,
            isolated: None,
            isolated_margin: None,
            margin_asset: None,
            time,
        }))
    };
    Ok(wire.balances.into_iter().map(balance).chain(wire.positions.into_iter().map(position)).collect())
}
