//! What was paid for contracts when they ended: delivery prices of futures, exercise of options.

use std::borrow::Cow;

use metaexpert_connect::{Failure, Malformed, Params, Report, http::Client, number, report::SettlementReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{
    Call, ask,
    read::{millis, reply},
};
use crate::Product;

/// The delivery prices of a pair (`BTCUSDT`, COIN-M `BTCUSD`).
///
/// # Errors
/// See [`Failure`].
pub async fn delivery_prices(client: &Client, product: Product, pair: &str) -> Result<Vec<SettlementReport<'static>>, Failure> {
    let body = ask(client, product, Call::DeliveryPrices, &Params::new().with("pair", pair)).await?;
    let named = |settlement| SettlementReport { symbol: Some(Cow::Owned(pair.to_owned())), ..owned(settlement) };
    Ok(read_deliveries(product, &body)?.into_iter().map(named).collect())
}

/// A request for how options ended.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Exercises<'a> {
    /// Of which underlying (`BTCUSDT`); of all where it is `None`.
    pub underlying: Option<&'a str>,
    /// From when on.
    pub from: Option<UnixNanos>,
    /// Until when.
    pub to: Option<UnixNanos>,
    /// How many at most; 100 is the most there is.
    pub limit: Option<u16>,
}

/// How options ended.
///
/// # Errors
/// See [`Failure`].
pub async fn exercises(client: &Client, request: &Exercises<'_>) -> Result<Vec<SettlementReport<'static>>, Failure> {
    let params = Params::new()
        .with_some("underlying", request.underlying)
        .with_some("startTime", request.from.map(millis))
        .with_some("endTime", request.to.map(millis))
        .with_some("limit", request.limit);
    let body = ask(client, Product::Options, Call::Exercises, &params).await?;
    Ok(read_exercises(Product::Options, &body)?.into_iter().map(owned).collect())
}

fn owned(settlement: SettlementReport<'_>) -> SettlementReport<'static> {
    let text = |text: Cow<'_, str>| Cow::Owned(text.into_owned());
    let SettlementReport { symbol, time, price, strike, outcome } = settlement;
    SettlementReport { symbol: symbol.map(text), time, price, strike, outcome: outcome.map(text) }
}

pub(super) fn delivery_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_deliveries(product, payload)?.into_iter().map(Report::Settlement).collect())
}

pub(super) fn exercise_reports(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    Ok(read_exercises(product, payload)?.into_iter().map(Report::Settlement).collect())
}

fn read_deliveries(product: Product, payload: &[u8]) -> Result<Vec<SettlementReport<'_>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire {
        #[serde(deserialize_with = "number::millis")]
        delivery_time: UnixNanos,
        #[serde(deserialize_with = "number::decimal")]
        delivery_price: Decimal,
    }
    let settlement = |Wire { delivery_time, delivery_price }| SettlementReport {
        symbol: None,
        time: delivery_time,
        price: delivery_price,
        strike: None,
        outcome: None,
    };
    Ok(reply::<Vec<Wire>>(product, "delivery prices", payload)?.into_iter().map(settlement).collect())
}

fn read_exercises<'a>(product: Product, payload: &'a [u8]) -> Result<Vec<SettlementReport<'a>>, Malformed> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Wire<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number::decimal")]
        strike_price: Decimal,
        #[serde(deserialize_with = "number::decimal")]
        real_strike_price: Decimal,
        #[serde(deserialize_with = "number::millis")]
        expiry_date: UnixNanos,
        /// `REALISTIC_VALUE_STRICKEN` or `EXTRINSIC_VALUE_EXPIRED`.
        #[serde(borrow)]
        strike_result: Cow<'a, str>,
    }
    let settlement = |wire: Wire<'a>| SettlementReport {
        symbol: Some(wire.symbol),
        time: wire.expiry_date,
        price: wire.real_strike_price,
        strike: Some(wire.strike_price),
        outcome: Some(wire.strike_result),
    };
    Ok(reply::<Vec<Wire<'_>>>(product, "exercises", payload)?.into_iter().map(settlement).collect())
}
