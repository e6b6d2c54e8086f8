//! `ORDER_TRADE_UPDATE` as options wrote it until their rebuilding of 2025-11: a list of orders with their executions (options,
//! "Event: Order update" of that time). A proxy or a recording may still speak so.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, Word, number, read_json,
    report::{FillReport, OrderReport, OrderType, Origin},
};
use metaexpert_core::{Liquidity, Side, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::words::{id, named, nonzero};
use crate::{
    Product,
    words::{origin_of, read_state, read_time_in_force, read_type},
};

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(default, rename = "T", deserialize_with = "number::optional_millis")]
    created: Option<UnixNanos>,
    #[serde(default, rename = "t", deserialize_with = "number::optional_millis")]
    updated: Option<UnixNanos>,
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(borrow, default, rename = "c")]
    client_id: Cow<'a, str>,
    #[serde(rename = "oid", deserialize_with = "id")]
    number: Option<String>,
    #[serde(default, rename = "p", deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
    /// Positive buys, negative sells.
    #[serde(rename = "q", deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(default, rename = "r")]
    reduce_only: Option<bool>,
    #[serde(default, rename = "po")]
    is_post_only: bool,
    #[serde(borrow, rename = "S")]
    status: Cow<'a, str>,
    #[serde(default, rename = "e", deserialize_with = "number::optional_decimal")]
    filled: Option<Decimal>,
    #[serde(default, rename = "ec", deserialize_with = "number::optional_decimal")]
    filled_value: Option<Decimal>,
    #[serde(borrow, rename = "tif")]
    time_in_force: Cow<'a, str>,
    #[serde(borrow, rename = "oty")]
    kind: Cow<'a, str>,
    #[serde(borrow, default, rename = "fi")]
    fills: Vec<Fill<'a>>,
}

#[derive(Deserialize)]
struct Fill<'a> {
    #[serde(rename = "t", deserialize_with = "id")]
    trade_id: Option<String>,
    #[serde(rename = "p", deserialize_with = "number::decimal")]
    price: Decimal,
    #[serde(rename = "q", deserialize_with = "number::decimal")]
    quantity: Decimal,
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(borrow, rename = "m")]
    liquidity: Cow<'a, str>,
    /// Positive where it was paid: in this form the sign is as on futures.
    #[serde(default, rename = "f", deserialize_with = "number::optional_decimal")]
    fee: Option<Decimal>,
}

/// Reads the list (the field `o` of the event).
pub(super) fn read(orders: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Vec<Order<'_>> = read_json("orders of ORDER_TRADE_UPDATE", orders)?;
    let mut reports = Vec::with_capacity(wire.len());
    for order in wire {
        reports.push(Report::Order(Box::new(order.report())));
        for fill in &order.fills {
            let report = order
                .fill(fill)
                .ok_or_else(|| Malformed::new("orders of ORDER_TRADE_UPDATE", "an execution without a number", orders))?;
            reports.push(Report::Fill(Box::new(report)));
        }
    }
    Ok(reports)
}

impl Order<'_> {
    fn side(&self) -> Side {
        if self.quantity.is_sign_negative() { Side::Sell } else { Side::Buy }
    }

    fn origin(&self) -> Origin {
        origin_of(&self.client_id)
    }

    fn report(&self) -> OrderReport {
        let order_type = match read_type(Product::Options, &self.kind) {
            Word::Known(OrderType::Limit) if self.is_post_only => Word::Known(OrderType::LimitMaker),
            order_type => order_type,
        };
        let value = nonzero(self.filled_value);
        let average_price = value.zip(nonzero(self.filled)).and_then(|(value, filled)| value.checked_div(filled));
        OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_id),
            venue_id: self.number.clone(),
            original_client_id: None,
            list_id: None,
            side: Some(self.side()),
            position_side: None,
            order_type,
            time_in_force: Some(read_time_in_force(&self.time_in_force)),
            good_till: None,
            state: read_state(&self.status),
            quantity: Some(self.quantity.abs()),
            quote_quantity: None,
            price: nonzero(self.price),
            conditional: None,
            filled: self.filled,
            filled_value: value,
            average_price,
            reduce_only: self.reduce_only,
            close_position: None,
            origin: self.origin(),
            why: None,
            created: self.created,
            updated: self.updated,
        }
    }

    fn fill(&self, fill: &Fill<'_>) -> Option<FillReport> {
        Some(FillReport {
            symbol: self.symbol.as_ref().to_owned(),
            trade_id: fill.trade_id.clone()?,
            client_id: named(&self.client_id),
            venue_id: self.number.clone(),
            side: self.side(),
            position_side: None,
            price: fill.price,
            quantity: fill.quantity.abs(),
            fee: fill.fee,
            fee_asset: None,
            liquidity: match fill.liquidity.as_ref() {
                "MAKER" => Some(Liquidity::Maker),
                "TAKER" => Some(Liquidity::Taker),
                _ => None,
            },
            realised: None,
            origin: self.origin(),
            time: fill.time,
            is_early: false,
        })
    }
}
