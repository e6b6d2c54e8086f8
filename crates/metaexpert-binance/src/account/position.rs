//! What is held: positions of futures, with their prices of entry, break-even and liquidation.

use std::borrow::Cow;

use metaexpert_connect::{
    Failure, Malformed, Params, Report,
    http::Client,
    number,
    report::{LegReport, PositionReport},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Call, ask, fields, options, reply};
use crate::Product;

/// Which positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionsOf<'a> {
    /// All of the account.
    All,
    /// Of one instrument (USD-M, options).
    Symbol(&'a str),
    /// Of one pair (COIN-M): `BTCUSD`.
    Pair(&'a str),
}

/// What is held. USD-M tells only of instruments with a position or an open order; the others of all that trade.
///
/// # Errors
/// See [`Failure`].
pub async fn positions(client: &Client, product: Product, of: PositionsOf<'_>) -> Result<Vec<PositionReport>, Failure> {
    let not_sent = |why: &str| Failure::NotSent { endpoint: Call::Positions.as_str(), why: why.to_owned() };
    let params = match (product, of) {
        (_, PositionsOf::All) => Params::new(),
        (Product::CoinM, PositionsOf::Pair(pair)) => Params::new().with("pair", pair),
        (Product::CoinM, PositionsOf::Symbol(_)) => return Err(not_sent("coinm takes a pair, not a symbol")),
        (_, PositionsOf::Pair(_)) => return Err(not_sent("only coinm takes a pair")),
        (_, PositionsOf::Symbol(symbol)) => Params::new().with("symbol", symbol),
    };
    let body = ask(client, product, Call::Positions, &params).await?;
    Ok(if product == Product::Options { options::positions(product, &body)? } else { rows(product, &body)? })
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(rows(product, payload)?.into_iter().map(|row| Report::Position(Box::new(row))).collect())
}

fn rows(product: Product, payload: &[u8]) -> Result<Vec<PositionReport>, Malformed> {
    let rows: Vec<Wire<'_>> = reply(product, Call::Positions, payload)?;
    Ok(rows.into_iter().map(PositionReport::from).collect())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire<'a> {
    #[serde(borrow)]
    symbol: Cow<'a, str>,
    #[serde(deserialize_with = "fields::leg")]
    position_side: LegReport,
    #[serde(deserialize_with = "number::decimal")]
    position_amt: Decimal,
    #[serde(deserialize_with = "fields::nonzero")]
    entry_price: Option<Decimal>,
    #[serde(default, deserialize_with = "fields::nonzero")]
    break_even_price: Option<Decimal>,
    #[serde(deserialize_with = "fields::nonzero")]
    mark_price: Option<Decimal>,
    #[serde(deserialize_with = "fields::nonzero")]
    liquidation_price: Option<Decimal>,
    #[serde(rename = "unRealizedProfit", deserialize_with = "number::decimal")]
    unrealized_profit: Decimal,
    // `/fapi/v3` leaves leverage and margin type to `/fapi/v1/symbolConfig`.
    #[serde(default, deserialize_with = "fields::optional_whole")]
    leverage: Option<u32>,
    #[serde(default, deserialize_with = "fields::isolated")]
    margin_type: Option<bool>,
    #[serde(default, deserialize_with = "fields::nonzero")]
    isolated_margin: Option<Decimal>,
    #[serde(default, borrow)]
    margin_asset: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
}

impl From<Wire<'_>> for PositionReport {
    fn from(wire: Wire<'_>) -> Self {
        Self {
            symbol: wire.symbol.into_owned(),
            leg: wire.position_side,
            quantity: wire.position_amt,
            entry_price: wire.entry_price,
            breakeven_price: wire.break_even_price,
            mark_price: wire.mark_price,
            liquidation_price: wire.liquidation_price,
            unrealised: Some(wire.unrealized_profit),
            realised: None,
            leverage: wire.leverage,
            isolated: wire.margin_type.or_else(|| wire.isolated_margin.map(|_| true)),
            isolated_margin: wire.isolated_margin,
            margin_asset: wire.margin_asset.map(Cow::into_owned),
            time: wire.update_time,
        }
    }
}
