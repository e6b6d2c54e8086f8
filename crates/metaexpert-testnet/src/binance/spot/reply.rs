//! Orders as answers show them: placed, cancelled, asked for; alone or in a list.
//!
//! The one decision: one struct has every field that an order can have, in the order in which the documentation shows them, and what
//! an answer does not have is left out (spot REST, "Conditional fields in Order Responses"; margin, "Margin Account New Order").

use metaexpert_core::{OrderKind, Price, Side};
use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{
    request::Detail,
    words::{self, eight},
};
use crate::{
    binance::door::Call,
    order::{Execution, Order, OrderList, OrderState, Size},
    wallet::Wallet,
    world::Placed,
};

/// An order.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::binance) struct Shown {
    symbol: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    orig_client_order_id: Option<String>,
    order_id: OrderNumber,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_list_id: Option<i64>,
    client_order_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    transact_time: Option<i64>,
    #[serde(flatten)]
    result: Option<Outcome>,
    #[serde(flatten)]
    asked: Option<Asked>,
    // A number, where other amounts are texts ("Margin Account New Order").
    #[serde(skip_serializing_if = "Option::is_none")]
    margin_buy_borrow_amount: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    margin_buy_borrow_asset: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_isolated: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fills: Option<Vec<Part>>,
}

/// The number of an order: a number, but in one answer of margin's.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
enum OrderNumber {
    Number(u64),
    Text(String),
}

impl Default for OrderNumber {
    fn default() -> Self {
        Self::Number(0)
    }
}

/// What has become of an order: of `RESULT` and `FULL`, and of every order that is asked for.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome {
    price: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    orig_qty: Option<String>,
    executed_qty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    orig_quote_order_qty: Option<String>,
    cummulative_quote_qty: String,
    status: &'static str,
    time_in_force: &'static str,
    #[serde(rename = "type")]
    order_type: String,
    side: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    iceberg_qty: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    working_time: Option<i64>,
    #[serde(flatten)]
    rare: Rare,
    self_trade_prevention_mode: &'static str,
}

/// What few orders have.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Rare {
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy_id: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strategy_type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trailing_delta: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trailing_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prevented_match_id: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prevented_quantity: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peg_price_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peg_offset_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    peg_offset_value: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pegged_price: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiry_reason: Option<&'static str>,
}

/// What only orders that are asked for have.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Asked {
    time: i64,
    update_time: i64,
    is_working: bool,
}

/// One of the fills of `FULL`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Part {
    price: String,
    qty: String,
    commission: String,
    commission_asset: String,
    trade_id: u64,
}

impl Shown {
    /// An order that was placed.
    pub(in crate::binance) fn placed(call: &Call<'_>, placed: &Placed, detail: Detail) -> Self {
        let order = &placed.order;
        let mut shown = Self::names(call, order);
        shown.transact_time = Some(call.stamp(order.updated));
        if detail != Detail::Ack {
            shown.result = Some(Outcome::of(call, order));
        }
        if detail == Detail::Full {
            shown.fills = Some(placed.executions.iter().map(Part::of).collect());
        }
        shown
    }

    /// An order that was cancelled by a request of this name.
    pub(in crate::binance) fn cancelled(call: &Call<'_>, order: &Order, request: &str) -> Self {
        let mut outcome = Outcome::of(call, order);
        outcome.working_time = None;
        Self {
            orig_client_order_id: Some(order.request.client_id.clone()),
            client_order_id: request.to_owned(),
            transact_time: Some(call.stamp(order.updated)).filter(|_| order.request.wallet == Wallet::Spot),
            result: Some(outcome),
            ..Self::names(call, order)
        }
    }

    /// An order that was asked for.
    pub(in crate::binance) fn asked(call: &Call<'_>, order: &Order) -> Self {
        let mut outcome = Outcome::of(call, order);
        // Such answers have both, whatever the order is.
        outcome.stop_price.get_or_insert_with(|| eight(Decimal::ZERO));
        outcome.iceberg_qty.get_or_insert_with(|| eight(Decimal::ZERO));
        let is_working = !matches!(order.state, OrderState::Waiting | OrderState::Pending);
        let (time, update_time) = (call.stamp(order.created), call.stamp(order.updated));
        Self { result: Some(outcome), asked: Some(Asked { time, update_time, is_working }), ..Self::names(call, order) }
    }

    /// The same with its number as a text ("Margin Account Cancel Order": `"orderId": "28"`).
    pub(in crate::binance) fn numbered_in_text(mut self, order: &Order) -> Self {
        self.order_id = OrderNumber::Text(order.id.0.to_string());
        self
    }

    /// What was borrowed for it.
    pub(in crate::binance) fn borrowed(mut self, amount: Decimal, asset: &str) -> Self {
        self.margin_buy_borrow_amount = RawValue::from_string(amount.normalize().to_string()).ok();
        self.margin_buy_borrow_asset = Some(asset.to_owned());
        self
    }

    fn names(call: &Call<'_>, order: &Order) -> Self {
        let wallet = order.request.wallet;
        Self {
            symbol: call.world.markets().get(order.request.market).listing().symbol.clone(),
            order_id: OrderNumber::Number(order.id.0),
            order_list_id: (wallet == Wallet::Spot || order.list.is_some()).then(|| list_number(order)),
            client_order_id: order.request.client_id.clone(),
            is_isolated: is_isolated(wallet),
            ..Self::default()
        }
    }
}

impl Outcome {
    fn of(call: &Call<'_>, order: &Order) -> Self {
        let request = &order.request;
        let is_pegged = request.echo.contains_key("pegPriceType");
        let limit = request.kind.limit_price().map(Price::get).filter(|_| !is_pegged);
        let quote = match request.size {
            Size::Quote(value) => value,
            Size::Quantity(_) | Size::WholePosition => Decimal::ZERO,
        };
        let is_spot = request.wallet == Wallet::Spot;
        // What a pending order will be for is not known before the first has brought it (OPO).
        let is_open = order.state != OrderState::Pending || order.quantity > Decimal::ZERO;
        Self {
            price: eight(limit.unwrap_or_default()),
            orig_qty: is_open.then(|| eight(order.quantity)),
            executed_qty: eight(order.executed),
            orig_quote_order_qty: is_spot.then(|| eight(quote)),
            cummulative_quote_qty: eight(order.value),
            status: words::status(order.state),
            time_in_force: words::time_in_force_word(request.time_in_force),
            order_type: words::type_word(order).to_owned(),
            side: words::side_word(request.side),
            stop_price: stop_price(order).map(eight),
            iceberg_qty: request.iceberg.map(eight),
            working_time: is_spot.then(|| order.working_since.map_or(-1, |time| call.stamp(time))),
            rare: Rare::of(call, order),
            self_trade_prevention_mode: words::self_trade_word(request.self_trade),
        }
    }
}

impl Rare {
    pub(super) fn of(call: &Call<'_>, order: &Order) -> Self {
        let echo = |name: &str| order.request.echo.get(name);
        let number = |name: &str| echo(name).and_then(|text| text.parse().ok());
        let is_prevented = order.prevented > Decimal::ZERO;
        let trailing = matches!(order.request.kind, OrderKind::TrailingStop { .. });
        let follows_since = order.level.map_or(-1, |_| call.stamp(order.created));
        Self {
            strategy_id: number("strategyId"),
            strategy_type: number("strategyType"),
            trailing_delta: number("trailingDelta"),
            trailing_time: trailing.then_some(follows_since),
            prevented_match_id: is_prevented.then_some(order.id.0),
            prevented_quantity: is_prevented.then(|| eight(order.prevented)),
            peg_price_type: echo("pegPriceType").cloned(),
            peg_offset_type: echo("pegOffsetType").cloned(),
            peg_offset_value: number("pegOffsetValue"),
            pegged_price: echo("pegPriceType").and(order.request.kind.limit_price()).map(|price| eight(price.get())),
            expiry_reason: words::expiry_reason(order),
        }
    }
}

impl Part {
    fn of(execution: &Execution) -> Self {
        Self {
            price: eight(execution.price),
            qty: eight(execution.quantity),
            commission: eight(execution.fee.amount),
            commission_asset: execution.fee.currency.as_str().to_owned(),
            trade_id: execution.trade_id,
        }
    }
}

/// A list of orders.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::binance) struct ShownList {
    order_list_id: u64,
    contingency_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    list_status_type: Option<&'static str>,
    list_order_status: &'static str,
    list_client_order_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    transaction_time: Option<i64>,
    symbol: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_isolated: Option<bool>,
    orders: Vec<Member>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_reports: Option<Vec<Shown>>,
}

/// One of the orders of a list.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct Member {
    symbol: String,
    order_id: u64,
    client_order_id: String,
}

impl ShownList {
    /// A list, with nothing but the names of its orders.
    pub(in crate::binance) fn of(call: &Call<'_>, list: &OrderList) -> Self {
        let symbol = call.world.markets().get(list.market).listing().symbol.clone();
        let orders = &call.world.account(call.account).orders;
        let member = |id: &crate::order::OrderId| {
            let order = orders.get(list.wallet, list.market, &crate::order::Named::Id(id.0));
            let client_order_id = order.map(|order| order.request.client_id.clone()).unwrap_or_default();
            Member { symbol: symbol.clone(), order_id: id.0, client_order_id }
        };
        let (kind, status) = words::list_status(list.state);
        Self {
            order_list_id: list.id.0,
            contingency_type: words::contingency(list.contingency),
            list_status_type: Some(kind),
            list_order_status: status,
            list_client_order_id: list.client_id.clone(),
            transaction_time: Some(call.stamp(list.created)),
            orders: list.orders.iter().map(member).collect(),
            symbol,
            is_isolated: is_isolated(list.wallet),
            order_reports: None,
        }
    }

    /// The same with its orders, at this time.
    pub(in crate::binance) fn with(mut self, reports: Vec<Shown>, at: i64) -> Self {
        self.order_reports = Some(reports);
        self.transaction_time = Some(at);
        self
    }

    /// The same as an amendment shows it: without a kind and a time.
    pub(super) fn into_status(mut self) -> Self {
        self.list_status_type = None;
        self.transaction_time = None;
        self
    }
}

/// A trade of an account.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::binance) struct ShownTrade {
    symbol: String,
    id: u64,
    order_id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    order_list_id: Option<i64>,
    price: String,
    qty: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    quote_qty: Option<String>,
    commission: String,
    commission_asset: String,
    time: i64,
    is_buyer: bool,
    is_maker: bool,
    is_best_match: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    is_isolated: Option<bool>,
}

impl ShownTrade {
    /// A trade; `list` is the number of its order's list.
    pub(in crate::binance) fn of(call: &Call<'_>, execution: &Execution, list: i64) -> Self {
        let is_spot = execution.wallet == Wallet::Spot;
        Self {
            symbol: call.world.markets().get(execution.market).listing().symbol.clone(),
            id: execution.trade_id,
            order_id: execution.order.0,
            order_list_id: is_spot.then_some(list),
            price: eight(execution.price),
            qty: eight(execution.quantity),
            quote_qty: is_spot.then(|| eight(execution.value)),
            commission: eight(execution.fee.amount),
            commission_asset: execution.fee.currency.as_str().to_owned(),
            time: call.stamp(execution.time),
            is_buyer: execution.side == Side::Buy,
            is_maker: execution.is_maker,
            is_best_match: true,
            is_isolated: is_isolated(execution.wallet),
        }
    }
}

/// The number of an order's list, -1 where it belongs to none.
pub(in crate::binance) fn list_number(order: &Order) -> i64 {
    order.list.map_or(-1, |list| i64::try_from(list.0).unwrap_or(i64::MAX))
}

/// What margin says of every order.
const fn is_isolated(wallet: Wallet) -> Option<bool> {
    match wallet {
        Wallet::Cross => Some(false),
        Wallet::Isolated(_) => Some(true),
        Wallet::Spot | Wallet::Linear | Wallet::Inverse | Wallet::Options => None,
    }
}

/// What an order waits for, or waited for.
fn stop_price(order: &Order) -> Option<Decimal> {
    let echoed = || order.request.echo.get("stopPrice").and_then(|text| text.parse().ok());
    order.request.kind.trigger().map(|trigger| trigger.price.get()).or_else(echoed)
}
