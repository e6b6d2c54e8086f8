//! `executionReport`: an order of spot or margin, and what was executed of it (Spot, "User Data Streams", "Order Update").

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, Word, number, read_json,
    report::{Conditional, FillReport, OrderReport, OrderState, Origin},
};
use metaexpert_core::UnixNanos;
use rust_decimal::{Decimal, dec};
use serde::Deserialize;

use super::words::{Text, id, liquidity, named, nonzero};
use crate::{
    Product,
    words::{origin_of, read_side, read_state, read_time_in_force, read_type},
};

/// The event as Binance writes it. Fields that most orders do not have are `None`.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct Execution<'a> {
    /// When the message was made.
    #[serde(rename = "E", deserialize_with = "number::millis")]
    pub event_time: UnixNanos,
    /// Of what.
    #[serde(borrow, rename = "s")]
    pub symbol: Cow<'a, str>,
    /// The order's name; of a cancellation, the cancellation's own.
    #[serde(borrow, rename = "c")]
    pub client_id: Cow<'a, str>,
    /// `BUY`, `SELL`.
    #[serde(borrow, rename = "S")]
    pub side: Cow<'a, str>,
    /// `LIMIT`, `STOP_LOSS_LIMIT`.
    #[serde(borrow, rename = "o")]
    pub order_type: Cow<'a, str>,
    /// `GTC`.
    #[serde(borrow, rename = "f")]
    pub time_in_force: Cow<'a, str>,
    /// How much is wanted.
    #[serde(rename = "q", deserialize_with = "number::decimal")]
    pub quantity: Decimal,
    /// Its limit; zero of market orders.
    #[serde(rename = "p", deserialize_with = "number::decimal")]
    pub price: Decimal,
    /// Its trigger; of a trailing stop the price at which it begins to follow.
    #[serde(default, rename = "P", deserialize_with = "number::optional_decimal")]
    pub stop_price: Option<Decimal>,
    /// Of a trailing stop: its distance in hundredths of a percent.
    #[serde(default, rename = "d", deserialize_with = "number::optional_decimal")]
    pub trailing_delta: Option<Decimal>,
    /// Of a trailing stop: since when it follows.
    #[serde(default, rename = "D", deserialize_with = "number::optional_millis")]
    pub trailing_time: Option<UnixNanos>,
    /// How much of it the book shows.
    #[serde(default, rename = "F", deserialize_with = "number::optional_decimal")]
    pub iceberg_quantity: Option<Decimal>,
    /// The list that it belongs to.
    #[serde(default, rename = "g", deserialize_with = "id")]
    pub list_id: Option<String>,
    /// Of a cancellation: the name of the order.
    #[serde(borrow, default, rename = "C")]
    pub original_client_id: Cow<'a, str>,
    /// What happened: `NEW`, `CANCELED`, `REPLACED`, `REJECTED`, `TRADE`, `EXPIRED`, `TRADE_PREVENTION`.
    #[serde(borrow, rename = "x")]
    pub execution_type: Cow<'a, str>,
    /// Where the order stands.
    #[serde(borrow, rename = "X")]
    pub status: Cow<'a, str>,
    /// Why it was refused, or `NONE`.
    #[serde(borrow, default, rename = "r")]
    pub reject_reason: Cow<'a, str>,
    /// Why it expired.
    #[serde(borrow, default, rename = "eR")]
    pub expiry_reason: Option<Text<'a>>,
    /// The exchange's number of the order.
    #[serde(rename = "i", deserialize_with = "id")]
    pub order_id: Option<String>,
    /// How much was executed now.
    #[serde(rename = "l", deserialize_with = "number::decimal")]
    pub last_quantity: Decimal,
    /// How much was executed in all.
    #[serde(rename = "z", deserialize_with = "number::decimal")]
    pub filled: Decimal,
    /// At which price it was executed now.
    #[serde(rename = "L", deserialize_with = "number::decimal")]
    pub last_price: Decimal,
    /// Fee of this execution; negative where it was received.
    #[serde(default, rename = "n", deserialize_with = "number::optional_decimal")]
    pub fee: Option<Decimal>,
    /// Its asset.
    #[serde(borrow, default, rename = "N")]
    pub fee_asset: Option<Text<'a>>,
    /// When it happened.
    #[serde(rename = "T", deserialize_with = "number::millis")]
    pub time: UnixNanos,
    /// Number of the execution; none where nothing was executed, or without an other side (`allocation_id`).
    #[serde(default, rename = "t", deserialize_with = "id")]
    pub trade_id: Option<String>,
    /// Number of the match that was prevented.
    #[serde(default, rename = "v", deserialize_with = "id")]
    pub prevented_match_id: Option<String>,
    /// How much was prevented in all.
    #[serde(default, rename = "A", deserialize_with = "number::optional_decimal")]
    pub prevented_quantity: Option<Decimal>,
    /// How much was prevented now.
    #[serde(default, rename = "B", deserialize_with = "number::optional_decimal")]
    pub last_prevented_quantity: Option<Decimal>,
    /// Accounts that do not trade with each other.
    #[serde(default, rename = "u", deserialize_with = "id")]
    pub trade_group_id: Option<String>,
    /// The order that it would have traded with.
    #[serde(default, rename = "U", deserialize_with = "id")]
    pub counter_order_id: Option<String>,
    /// The symbol of that order.
    #[serde(borrow, default, rename = "Cs")]
    pub counter_symbol: Option<Text<'a>>,
    /// What would have been executed.
    #[serde(default, rename = "pl", deserialize_with = "number::optional_decimal")]
    pub prevented_execution_quantity: Option<Decimal>,
    /// At which price.
    #[serde(default, rename = "pL", deserialize_with = "number::optional_decimal")]
    pub prevented_execution_price: Option<Decimal>,
    /// For how much.
    #[serde(default, rename = "pY", deserialize_with = "number::optional_decimal")]
    pub prevented_execution_value: Option<Decimal>,
    /// Whether it stands in the book.
    #[serde(default, rename = "w")]
    pub is_working: bool,
    /// Whether this execution rested.
    #[serde(default, rename = "m")]
    pub is_maker: bool,
    /// When it was placed.
    #[serde(default, rename = "O", deserialize_with = "number::optional_millis")]
    pub created: Option<UnixNanos>,
    /// What was paid in all, in quote currency.
    #[serde(default, rename = "Z", deserialize_with = "number::optional_decimal")]
    pub filled_value: Option<Decimal>,
    /// What was paid now.
    #[serde(default, rename = "Y", deserialize_with = "number::optional_decimal")]
    pub last_value: Option<Decimal>,
    /// How much is wanted in quote currency, of a market order that is sized so.
    #[serde(default, rename = "Q", deserialize_with = "number::optional_decimal")]
    pub quote_quantity: Option<Decimal>,
    /// Since when it stands in the book.
    #[serde(default, rename = "W", deserialize_with = "number::optional_millis")]
    pub working_time: Option<UnixNanos>,
    /// What is done to prevent a trade with oneself: `EXPIRE_MAKER`.
    #[serde(borrow, default, rename = "V")]
    pub self_trade_prevention: Option<Text<'a>>,
    /// How it was matched, where not in the book: `ONE_PARTY_TRADE_REPORT`.
    #[serde(borrow, default, rename = "b")]
    pub match_type: Option<Text<'a>>,
    /// Number of such an execution.
    #[serde(default, rename = "a", deserialize_with = "id")]
    pub allocation_id: Option<String>,
    /// Where it stands: `EXCHANGE`, `SOR`.
    #[serde(borrow, default, rename = "k")]
    pub working_floor: Option<Text<'a>>,
    /// Whether the smart order router executed it.
    #[serde(default, rename = "uS")]
    pub used_sor: Option<bool>,
    /// Of a pegged order: the price that it follows.
    #[serde(default, rename = "gp", deserialize_with = "number::optional_decimal")]
    pub pegged_price: Option<Decimal>,
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let execution = Execution::read(payload)?;
    let mut reports = vec![Report::Order(Box::new(execution.order(product)))];
    if execution.is_fill() {
        let fill = execution
            .fill()
            .ok_or_else(|| Malformed::new("executionReport", "an execution whose side or number is not known", payload))?;
        reports.push(Report::Fill(Box::new(fill)));
    }
    Ok(reports)
}

impl<'a> Execution<'a> {
    /// Reads the event, without what stands around it.
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(payload: &'a [u8]) -> Result<Self, Malformed> {
        read_json("executionReport", payload)
    }

    /// The order and where it stands.
    pub fn order(&self, product: Product) -> OrderReport {
        let filled_value = self.filled_value.filter(|_| !self.filled.is_zero());
        OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_id),
            venue_id: self.order_id.clone(),
            original_client_id: named(&self.original_client_id),
            list_id: self.list_id.clone(),
            side: read_side(&self.side),
            position_side: None,
            order_type: read_type(product, &self.order_type),
            time_in_force: Some(read_time_in_force(&self.time_in_force)),
            good_till: None,
            state: self.state(),
            quantity: Some(self.quantity),
            quote_quantity: nonzero(self.quote_quantity),
            price: nonzero(self.pegged_price).or_else(|| nonzero(Some(self.price))),
            conditional: self.conditional(),
            filled: Some(self.filled),
            filled_value,
            // "Average price can be found by doing Z divided by z."
            average_price: nonzero(filled_value).and_then(|value| value.checked_div(self.filled)),
            reduce_only: None,
            close_position: None,
            origin: self.origin(),
            why: self.why(),
            created: self.created,
            updated: Some(self.time),
        }
    }

    /// Whether something was executed. A price of zero is no execution that could be booked; the order tells of the quantity, and
    /// the list of trades of the rest.
    pub fn is_fill(&self) -> bool {
        let is_execution = matches!(self.execution_type.as_ref(), "TRADE" | "CALCULATED");
        is_execution && self.last_quantity > Decimal::ZERO && self.last_price > Decimal::ZERO
    }

    fn fill(&self) -> Option<FillReport> {
        // Allocations are numbered apart from trades (FAQ "Smart Order Routing").
        let allocation = || self.allocation_id.as_ref().map(|id| format!("allocation:{id}"));
        Some(FillReport {
            symbol: self.symbol.as_ref().to_owned(),
            trade_id: self.trade_id.clone().or_else(allocation)?,
            client_id: named(&self.client_id),
            venue_id: self.order_id.clone(),
            side: read_side(&self.side)?,
            position_side: None,
            price: self.last_price,
            quantity: self.last_quantity,
            fee: self.fee,
            fee_asset: self.fee_asset.as_deref().and_then(named),
            liquidity: Some(liquidity(self.is_maker)),
            realised: None,
            origin: self.origin(),
            time: self.time,
            is_early: false,
        })
    }

    fn state(&self) -> Word<OrderState> {
        let state = read_state(&self.status);
        match (self.execution_type.as_ref(), &state) {
            // An amendment leaves the status as it was (FAQ "Order Amend Keep Priority").
            ("REPLACED", Word::Known(OrderState::New | OrderState::PartiallyFilled)) => Word::Known(OrderState::Amended),
            _ => state,
        }
    }

    fn conditional(&self) -> Option<Conditional> {
        let (stop, delta) = (nonzero(self.stop_price), nonzero(self.trailing_delta));
        (stop.is_some() || delta.is_some()).then(|| Conditional {
            trigger: if delta.is_none() { stop } else { None },
            by: None,
            callback_pct: delta.map(|points| points * dec!(0.01)),
            activation: if delta.is_some() { stop } else { None },
        })
    }

    fn origin(&self) -> Origin {
        match origin_of(&self.client_id) {
            Origin::Own if self.execution_type == "CALCULATED" => Origin::Liquidation,
            origin => origin,
        }
    }

    fn why(&self) -> Option<String> {
        let expired = self.expiry_reason.as_deref().and_then(named);
        let refused = || named(&self.reject_reason).filter(|reason| reason != "NONE");
        let prevented = || (self.execution_type == "TRADE_PREVENTION").then(|| self.execution_type.as_ref().to_owned());
        expired.or_else(refused).or_else(prevented)
    }
}
