//! Orders of spot and margin: acknowledgements, results, results with executions, cancels and queries are one shape with more or
//! fewer fields (Spot API, "New order", "Cancel order", "Query order"; Margin Trading, "Trade").

use std::borrow::Cow;

use metaexpert_connect::{
    Report, Word, number, read_json,
    report::{Conditional, FillReport, OrderReport, OrderType, Origin, SubmitReport},
};
use metaexpert_core::{TriggerBy, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Read, items, lists, named, number_text, some};
use crate::{Product, words};

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Wire<'a> {
    #[serde(borrow)]
    pub symbol: Cow<'a, str>,
    #[serde(deserialize_with = "number_text")]
    order_id: String,
    #[serde(default)]
    order_list_id: Option<i64>,
    #[serde(borrow, default)]
    orig_client_order_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    client_order_id: Cow<'a, str>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    transact_time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_millis")]
    update_time: Option<UnixNanos>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
    // `qty` of an amended order.
    #[serde(default, deserialize_with = "number::optional_decimal", alias = "qty")]
    orig_qty: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    executed_qty: Option<Decimal>,
    #[serde(default, deserialize_with = "number::optional_decimal", alias = "quoteOrderQty")]
    orig_quote_order_qty: Option<Decimal>,
    // Two m in all replies but that of an amendment.
    #[serde(
        default,
        deserialize_with = "number::optional_decimal",
        rename = "cummulativeQuoteQty",
        alias = "cumulativeQuoteQty"
    )]
    cumulative_quote_qty: Option<Decimal>,
    // Absent of an acknowledgement.
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    time_in_force: Option<Cow<'a, str>>,
    #[serde(borrow, default, rename = "type")]
    kind: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    side: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    stop_price: Option<Decimal>,
    #[serde(default)]
    trailing_delta: Option<i64>,
    #[serde(borrow, default)]
    expiry_reason: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    fills: Vec<FillWire<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct FillWire<'a> {
    #[serde(deserialize_with = "number::decimal")]
    price: Decimal,
    #[serde(deserialize_with = "number::decimal")]
    qty: Decimal,
    #[serde(default, deserialize_with = "number::optional_decimal")]
    commission: Option<Decimal>,
    #[serde(borrow, default)]
    commission_asset: Option<Cow<'a, str>>,
    // -1 where the order was filled by smart routing; `allocId` is its number then.
    #[serde(default)]
    trade_id: Option<i64>,
    #[serde(default)]
    alloc_id: Option<i64>,
}

impl Wire<'_> {
    /// The order and its executions; what the exchange calls it where it says no more.
    pub(super) fn reports(&self, product: Product) -> Vec<Report<'static>> {
        let Some(status) = &self.status else {
            return vec![Report::Submitted(SubmitReport {
                symbol: Some(self.symbol.as_ref().to_owned()),
                client_id: named(&self.client_order_id),
                venue_id: Some(self.order_id.clone()),
                time: self.transact_time,
            })];
        };
        let mut reports = vec![Report::Order(Box::new(self.order(product, status)))];
        reports.extend(self.fills.iter().filter_map(|fill| self.fill(fill)).map(|fill| Report::Fill(Box::new(fill))));
        reports
    }

    fn order(&self, product: Product, status: &str) -> OrderReport {
        OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_order_id),
            venue_id: Some(self.order_id.clone()),
            original_client_id: self.orig_client_order_id.as_deref().and_then(named),
            // -1 where it is part of none.
            list_id: self.order_list_id.filter(|id| *id >= 0).map(|id| id.to_string()),
            side: self.side.as_deref().and_then(words::read_side),
            position_side: None,
            order_type: self.order_type(product),
            time_in_force: self.time_in_force.as_deref().map(words::read_time_in_force),
            good_till: None,
            state: words::read_state(status),
            quantity: self.orig_qty,
            quote_quantity: some(self.orig_quote_order_qty),
            price: some(self.price),
            conditional: self.conditional(product),
            filled: self.executed_qty,
            // Below zero where the exchange no longer knows it (Spot API, "Query order").
            filled_value: self.cumulative_quote_qty.filter(|value| !value.is_sign_negative()),
            average_price: None,
            reduce_only: None,
            close_position: None,
            origin: Origin::Own,
            why: self.expiry_reason.as_deref().and_then(named),
            created: self.time,
            updated: self.update_time.or(self.transact_time),
        }
    }

    fn trailing(&self) -> Option<i64> {
        self.trailing_delta.filter(|delta| *delta > 0)
    }

    /// A stop or a take-profit that trails is a trailing stop, whichever side of the price it begins on.
    fn order_type(&self, product: Product) -> Word<OrderType> {
        let word = self.kind.as_deref().unwrap_or_default();
        match words::read_type(product, word) {
            Word::Known(OrderType::StopMarket | OrderType::TakeProfitMarket) if self.trailing().is_some() => {
                Word::Known(OrderType::TrailingStop)
            }
            kind => kind,
        }
    }

    fn conditional(&self, product: Product) -> Option<Conditional> {
        let is_conditional = matches!(
            words::read_type(product, self.kind.as_deref()?),
            Word::Known(OrderType::StopMarket | OrderType::StopLimit | OrderType::TakeProfitMarket | OrderType::TakeProfitLimit)
        );
        let (stop, trailing) = (some(self.stop_price), self.trailing());
        (is_conditional && (stop.is_some() || trailing.is_some())).then(|| Conditional {
            trigger: stop.filter(|_| trailing.is_none()),
            by: Some(Word::Known(TriggerBy::Last)),
            // In hundredths of a percent.
            callback_pct: trailing.map(|delta| Decimal::new(delta, 2)),
            activation: stop.filter(|_| trailing.is_some()),
        })
    }

    /// `None` where the order's side or the execution's number is missing: it comes with the account's stream.
    fn fill(&self, fill: &FillWire<'_>) -> Option<FillReport> {
        let trade_id = match (fill.trade_id.filter(|id| *id >= 0), fill.alloc_id) {
            (Some(id), _) => id.to_string(),
            (None, Some(id)) => format!("allocation:{id}"),
            (None, None) => return None,
        };
        Some(FillReport {
            symbol: self.symbol.as_ref().to_owned(),
            trade_id,
            client_id: named(&self.client_order_id),
            venue_id: Some(self.order_id.clone()),
            side: self.side.as_deref().and_then(words::read_side)?,
            position_side: None,
            price: fill.price,
            quantity: fill.qty,
            fee: fill.commission,
            fee_asset: fill.commission_asset.as_deref().and_then(named),
            liquidity: None,
            realised: None,
            origin: Origin::Own,
            time: self.transact_time?,
            is_early: false,
        })
    }
}

/// One order.
pub(in crate::orders) fn order(product: Product, payload: &[u8]) -> Read {
    read_json::<Wire<'_>>("order", payload).map(|wire| wire.reports(product))
}

/// Several orders.
pub(in crate::orders) fn orders(product: Product, payload: &[u8]) -> Read {
    let wires: Vec<Wire<'_>> = read_json("orders", payload)?;
    Ok(wires.iter().flat_map(|wire| wire.reports(product)).collect())
}

/// What was cancelled: an order, or the list that it was part of, for the list is cancelled with it.
pub(in crate::orders) fn cancelled(product: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Peek<'a> {
        #[serde(borrow, default)]
        contingency_type: Option<Cow<'a, str>>,
        #[serde(borrow, default)]
        order_id: Option<&'a RawValue>,
    }
    let peek: Peek<'_> = read_json("cancelled order", payload)?;
    let mut reports = Vec::new();
    if peek.contingency_type.is_some() {
        reports.extend(lists::list(product, payload)?);
    }
    if peek.order_id.is_some() || peek.contingency_type.is_none() {
        reports.extend(order(product, payload)?);
    }
    Ok(reports)
}

/// What was cancelled with all of a symbol: orders, and lists with their orders.
pub(in crate::orders) fn cancelled_all(product: Product, payload: &[u8]) -> Read {
    let mut reports = Vec::new();
    for item in items("cancelled orders", payload)? {
        reports.extend(cancelled(product, item.get().as_bytes())?);
    }
    Ok(reports)
}
