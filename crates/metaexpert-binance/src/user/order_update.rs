//! `ORDER_TRADE_UPDATE`: an order of futures or options, and what was executed of it (USD-M, COIN-M and options, "Event: Order
//! Update").
//!
//! The one decision: futures and options share one wire type, for options write a part of the same fields. What they do not share
//! is the sign of the fee. The form that options had until 2025, with a list of orders, is in [`option_orders`](super::option_orders).

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, Word, number, read_json,
    report::{Conditional, FillReport, LegReport, OrderReport, OrderState, OrderType, Origin},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::{
    option_orders,
    words::{Text, id, leg_of, liquidity, named, nonzero},
};
use crate::{
    Product,
    words::{origin_of, read_leg, read_side, read_state, read_time_in_force, read_trigger_by, read_type},
};

/// Why an order expired, by number (`er`; USD-M and COIN-M, "Event: Order Update", "Expiry Reason").
const EXPIRY_REASONS: [(&str, &str); 11] = [
    ("1", "self-trade prevention"),
    ("2", "the rest of an IOC order"),
    ("3", "the rest of an IOC order, by self-trade prevention"),
    ("4", "another reduce-only order goes first, or the position would be reversed"),
    ("5", "the account was liquidated"),
    ("6", "the position that it protects is closed (GTE)"),
    ("7", "the symbol is delisted"),
    ("8", "its condition was met, and another order took its place"),
    ("9", "the rest of a market order"),
    ("10", "a FOK order that could not be filled at once"),
    ("11", "a post-only order that would have taken"),
];

/// The order of the event, as Binance writes it.
#[derive(Debug, Clone, Deserialize)]
#[non_exhaustive]
pub struct OrderUpdate<'a> {
    /// Of what.
    #[serde(borrow, rename = "s")]
    pub symbol: Cow<'a, str>,
    /// Its name; the exchange's own orders have names of their own (`autoclose-`, `adl_autoclose`, `settlement_autoclose-`).
    #[serde(borrow, rename = "c")]
    pub client_id: Cow<'a, str>,
    /// `BUY`, `SELL`.
    #[serde(borrow, rename = "S")]
    pub side: Cow<'a, str>,
    /// What it is now.
    #[serde(borrow, rename = "o")]
    pub order_type: Cow<'a, str>,
    /// What it was before its condition was met.
    #[serde(borrow, default, rename = "ot")]
    pub original_type: Option<Text<'a>>,
    /// `GTC`.
    #[serde(borrow, rename = "f")]
    pub time_in_force: Cow<'a, str>,
    /// Until when, of `GTD`.
    #[serde(default, rename = "gtd", deserialize_with = "number::optional_millis")]
    pub good_till: Option<UnixNanos>,
    /// How much is wanted.
    #[serde(rename = "q", deserialize_with = "number::decimal")]
    pub quantity: Decimal,
    /// Its limit; zero of market orders.
    #[serde(default, rename = "p", deserialize_with = "number::optional_decimal")]
    pub price: Option<Decimal>,
    /// Average price of its executions.
    #[serde(default, rename = "ap", deserialize_with = "number::optional_decimal")]
    pub average_price: Option<Decimal>,
    /// Its trigger.
    #[serde(default, rename = "sp", deserialize_with = "number::optional_decimal")]
    pub stop_price: Option<Decimal>,
    /// Which price the trigger watches.
    #[serde(borrow, default, rename = "wt")]
    pub trigger_by: Option<Text<'a>>,
    /// Of a trailing stop: at which price it begins to follow.
    #[serde(default, rename = "AP", deserialize_with = "number::optional_decimal")]
    pub activation_price: Option<Decimal>,
    /// Of a trailing stop: its distance in percent.
    #[serde(default, rename = "cr", deserialize_with = "number::optional_decimal")]
    pub callback_rate: Option<Decimal>,
    /// What happened: `NEW`, `CANCELED`, `CALCULATED` (a liquidation), `EXPIRED`, `TRADE`, `AMENDMENT`.
    #[serde(borrow, rename = "x")]
    pub execution_type: Cow<'a, str>,
    /// Where the order stands.
    #[serde(borrow, rename = "X")]
    pub status: Cow<'a, str>,
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
    /// Asset of the margin (COIN-M).
    #[serde(borrow, default, rename = "ma")]
    pub margin_asset: Option<Text<'a>>,
    /// Fee of this execution. On futures positive where it was paid, on options negative.
    #[serde(default, rename = "n", deserialize_with = "number::optional_decimal")]
    pub fee: Option<Decimal>,
    /// Its asset.
    #[serde(borrow, default, rename = "N")]
    pub fee_asset: Option<Text<'a>>,
    /// When it happened.
    #[serde(rename = "T", deserialize_with = "number::millis")]
    pub time: UnixNanos,
    /// Number of the execution; zero where nothing was executed.
    #[serde(default, rename = "t", deserialize_with = "id")]
    pub trade_id: Option<String>,
    /// Whether this execution rested.
    #[serde(default, rename = "m")]
    pub is_maker: bool,
    /// Whether it may only reduce a position.
    #[serde(default, rename = "R")]
    pub reduce_only: Option<bool>,
    /// `BOTH`, `LONG`, `SHORT`; options have none.
    #[serde(borrow, default, rename = "ps")]
    pub position_side: Option<Text<'a>>,
    /// Whether it closes the whole position.
    #[serde(default, rename = "cp")]
    pub close_position: Option<bool>,
    /// Profit or loss that this execution realised.
    #[serde(default, rename = "rp", deserialize_with = "number::optional_decimal")]
    pub realised: Option<Decimal>,
    /// What is done to prevent a trade with oneself.
    #[serde(borrow, default, rename = "V")]
    pub self_trade_prevention: Option<Text<'a>>,
    /// Which side of the book its price follows: `OPPONENT_5`, `NONE`.
    #[serde(borrow, default, rename = "pm")]
    pub price_match: Option<Text<'a>>,
    /// Why it expired, by number; `0` where it did not.
    #[serde(default, rename = "er", deserialize_with = "id")]
    pub expiry_reason: Option<String>,
}

#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "o")]
    order: &'a RawValue,
}

pub(super) fn read(product: Product, payload: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire<'_> = read_json("ORDER_TRADE_UPDATE", payload)?;
    let order = wire.order.get().as_bytes();
    if order.first() == Some(&b'[') {
        return option_orders::read(order);
    }
    let update = OrderUpdate::read(order)?;
    let mut reports = vec![Report::Order(Box::new(update.order(product)))];
    if update.is_fill() {
        let fill = update.fill(product).ok_or_else(|| {
            Malformed::new("ORDER_TRADE_UPDATE", "an execution whose side, leg or number is not known", payload)
        })?;
        reports.push(Report::Fill(Box::new(fill)));
    }
    Ok(reports)
}

impl<'a> OrderUpdate<'a> {
    /// Reads the order of an event (its field `o`).
    ///
    /// # Errors
    /// When it is not one.
    pub fn read(order: &'a [u8]) -> Result<Self, Malformed> {
        read_json("order of ORDER_TRADE_UPDATE", order)
    }

    /// The order and where it stands.
    pub fn order(&self, product: Product) -> OrderReport {
        OrderReport {
            symbol: self.symbol.as_ref().to_owned(),
            client_id: named(&self.client_id),
            venue_id: self.order_id.clone(),
            original_client_id: None,
            list_id: None,
            side: read_side(&self.side),
            position_side: self.position_side.as_deref().and_then(read_leg),
            order_type: read_type(product, &self.order_type),
            time_in_force: Some(read_time_in_force(&self.time_in_force)),
            good_till: self.good_till,
            state: self.state(),
            quantity: Some(self.quantity),
            quote_quantity: None,
            price: nonzero(self.price),
            conditional: self.conditional(product),
            filled: Some(self.filled),
            filled_value: None,
            average_price: nonzero(self.average_price),
            reduce_only: self.reduce_only,
            close_position: self.close_position,
            origin: self.origin(),
            why: self.why(),
            created: None,
            updated: Some(self.time),
        }
    }

    /// Whether something was executed. A liquidation reports its executions as `CALCULATED`.
    pub fn is_fill(&self) -> bool {
        let is_execution = matches!(self.execution_type.as_ref(), "TRADE" | "CALCULATED");
        is_execution && self.last_quantity > Decimal::ZERO && self.last_price > Decimal::ZERO
    }

    fn fill(&self, product: Product) -> Option<FillReport> {
        // Options, "Event: Order Update": "Commission, negative means fee charge".
        let leg = leg_of(self.position_side.as_deref().unwrap_or_default())?;
        let fee = if product == Product::Options { self.fee.map(|fee| -fee) } else { self.fee };
        Some(FillReport {
            symbol: self.symbol.as_ref().to_owned(),
            trade_id: self.trade_id.clone()?,
            client_id: named(&self.client_id),
            venue_id: self.order_id.clone(),
            side: read_side(&self.side)?,
            position_side: match leg {
                LegReport::Net => None,
                LegReport::Leg(leg) => Some(leg),
            },
            price: self.last_price,
            quantity: self.last_quantity,
            fee,
            fee_asset: self.fee_asset.as_deref().and_then(named),
            liquidity: Some(liquidity(self.is_maker)),
            realised: self.realised,
            origin: self.origin(),
            time: self.time,
            is_early: false,
        })
    }

    fn state(&self) -> Word<OrderState> {
        let state = match self.status.as_ref() {
            // What the exchange takes over, in a liquidation or a deleveraging, is done or about to be.
            "NEW_INSURANCE" | "NEW_ADL" if self.filled >= self.quantity => Word::Known(OrderState::Filled),
            "NEW_INSURANCE" | "NEW_ADL" => Word::Known(OrderState::New),
            status => read_state(status),
        };
        match (self.execution_type.as_ref(), &state) {
            // An amendment leaves the status as it was.
            ("AMENDMENT", Word::Known(OrderState::New | OrderState::PartiallyFilled)) => Word::Known(OrderState::Amended),
            _ => state,
        }
    }

    fn conditional(&self, product: Product) -> Option<Conditional> {
        let (trigger, callback_pct) = (nonzero(self.stop_price), nonzero(self.callback_rate));
        let by = || self.trigger_by.as_deref().map(read_trigger_by);
        let original = self.original_type.as_deref().unwrap_or(&self.order_type);
        let is_trailing = read_type(product, original) == Word::Known(OrderType::TrailingStop);
        (trigger.is_some() || callback_pct.is_some() || is_trailing).then(|| Conditional {
            // "Stop Price. Please ignore with TRAILING_STOP_MARKET order."
            trigger: if is_trailing { None } else { trigger },
            by: by(),
            callback_pct,
            activation: nonzero(self.activation_price),
        })
    }

    fn origin(&self) -> Origin {
        match origin_of(&self.client_id) {
            Origin::Own => match (self.status.as_ref(), self.execution_type.as_ref(), self.order_type.as_ref()) {
                ("NEW_ADL", ..) => Origin::AutoDeleveraging,
                ("NEW_INSURANCE", ..) | (_, "CALCULATED", _) | (.., "LIQUIDATION") => Origin::Liquidation,
                _ => Origin::Own,
            },
            origin => origin,
        }
    }

    fn why(&self) -> Option<String> {
        let reason = self.expiry_reason.as_deref().filter(|reason| *reason != "0")?;
        let known = EXPIRY_REASONS.iter().find(|(number, _)| *number == reason);
        Some(known.map_or_else(|| reason.to_owned(), |(number, words)| format!("{number}: {words}")))
    }
}
