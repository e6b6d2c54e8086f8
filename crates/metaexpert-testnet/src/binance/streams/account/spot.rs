//! Events of spot and of margin ("User Data Streams for Binance").

use metaexpert_core::{OrderKind, Price, UnixNanos};
use rust_decimal::Decimal;

use super::{Event, Teller, moved, words};
use crate::{
    binance::streams::wire::{Object, Unit, fixed},
    news::{AccountNews, Balance, Cause, OrderChange},
    order::{Contingency, Execution, ListState, Order, OrderList, OrderState, Size},
};

/// Digits of everything.
const DIGITS: u32 = 8;

/// What is told of it; `report` is the number that an execution report bears.
pub(super) fn events(teller: &Teller<'_>, news: &AccountNews, report: u64) -> Vec<Event> {
    match news {
        AccountNews::Order { order, change } => vec![("executionReport", execution_report(teller, order, change, report))],
        AccountNews::List(list) => vec![("listStatus", list_status(teller, list))],
        AccountNews::Wallet { time, cause, balances, .. } => wallet(teller, *time, *cause, balances),
        AccountNews::Algo(_) | AccountNews::Leverage { .. } | AccountNews::MarginCall { .. } | AccountNews::Debt { .. } => {
            Vec::new()
        }
    }
}

fn wallet(teller: &Teller<'_>, time: UnixNanos, cause: Cause, balances: &[Balance]) -> Vec<Event> {
    let line = |balance: &Balance| {
        let coin = Object::new(Unit::Millis).text("a", balance.currency.as_str());
        coin.fixed("f", balance.free, DIGITS).fixed("l", balance.locked, DIGITS).end()
    };
    let lines: Vec<String> = balances.iter().map(line).collect();
    let head = Object::event(Unit::Millis, "outboundAccountPosition", teller.now);
    let mut events = vec![("outboundAccountPosition", head.time("u", time).list("B", &lines).end())];
    if matches!(cause, Cause::Deposit | Cause::Withdrawal | Cause::Transfer) {
        events.extend(moved(balances).map(|balance| {
            let head = Object::event(Unit::Millis, "balanceUpdate", teller.now).text("a", balance.currency.as_str());
            ("balanceUpdate", head.fixed("d", balance.change, DIGITS).time("T", time).end())
        }));
    }
    events
}

/// What is told of an execution; zeros where there is none.
struct Last {
    quantity: Decimal,
    price: Decimal,
    value: Decimal,
    fee: String,
    fee_coin: Option<String>,
    trade_id: i64,
    is_maker: bool,
}

impl Last {
    fn of(execution: Option<&Execution>) -> Self {
        let Some(execution) = execution else {
            let zero = Decimal::ZERO;
            return Self {
                quantity: zero,
                price: zero,
                value: zero,
                fee: "0".into(),
                fee_coin: None,
                trade_id: -1,
                is_maker: false,
            };
        };
        Self {
            quantity: execution.quantity,
            price: execution.price,
            value: execution.value,
            fee: fixed(execution.fee.amount, DIGITS),
            fee_coin: Some(execution.fee.currency.as_str().to_owned()),
            trade_id: i64::try_from(execution.trade_id).unwrap_or(i64::MAX),
            is_maker: execution.is_maker,
        }
    }
}

fn execution_report(teller: &Teller<'_>, order: &Order, change: &OrderChange, number: u64) -> String {
    let request = &order.request;
    let listing = teller.board.listing(request.market);
    let (client_id, original) = names(order, change);
    let last = Last::of(match change {
        OrderChange::Trade(execution) => Some(execution),
        _ => None,
    });
    let limit = request.kind.limit_price().map_or(Decimal::ZERO, Price::get);
    let stop = request.kind.trigger().map_or(Decimal::ZERO, |trigger| trigger.price.get());
    let quote = match request.size {
        Size::Quote(quote) => quote,
        Size::Quantity(_) | Size::WholePosition => Decimal::ZERO,
    };
    let list = order.list.map_or(-1, |list| i64::try_from(list.0).unwrap_or(i64::MAX));
    let is_on_book = matches!(order.state, OrderState::Working | OrderState::PartiallyFilled);
    let mut report = Object::event(Unit::Millis, "executionReport", teller.now)
        .text("s", &listing.symbol)
        .text("c", client_id)
        .text("S", words::side_word(request.side))
        .text("o", &words::kind(request, listing.class))
        .text("f", &words::time_in_force(request, listing.class))
        .fixed("q", order.quantity, DIGITS)
        .fixed("p", limit, DIGITS)
        .fixed("P", stop, DIGITS);
    if let OrderKind::TrailingStop { .. } = request.kind {
        report = trailing(report, order);
    }
    report = report
        .fixed("F", request.iceberg.unwrap_or_default(), DIGITS)
        .number("g", list)
        .text("C", original)
        .text("x", execution_type(change))
        .text("X", words::status(order.state))
        .text("r", words::reject_reason(order))
        .number("i", order.id.0)
        .fixed("l", last.quantity, DIGITS)
        .fixed("z", order.executed, DIGITS)
        .fixed("L", last.price, DIGITS)
        .text("n", &last.fee)
        .text_or_null("N", last.fee_coin.as_deref())
        .time("T", order.updated)
        .number("t", last.trade_id);
    if let OrderChange::Prevented(quantity) = change {
        // Each pair of orders that did not meet has a number; the later order's own is one that no other pair has.
        report = report.number("v", order.id.0).fixed("A", order.prevented, DIGITS).fixed("B", *quantity, DIGITS);
    }
    report = report
        .number("I", number)
        .flag("w", is_on_book)
        .flag("m", last.is_maker)
        .flag("M", false)
        .time("O", order.created)
        .fixed("Z", order.value, DIGITS)
        .fixed("Y", last.value, DIGITS)
        .fixed("Q", quote, DIGITS);
    if let Some(time) = order.working_since {
        report = report.time("W", time);
    }
    report = report.text("V", words::self_trade_word(request.self_trade));
    for (field, parameter) in [("j", "strategyId"), ("J", "strategyType")] {
        if let Some(said) = words::echoed(&request.echo, parameter) {
            report = report.raw(field, said);
        }
    }
    report.text_if("eR", words::expiry_reason(order)).end()
}

/// `d` and `D`: how far behind it trails, and since when.
fn trailing(report: Object, order: &Order) -> Object {
    let report = match words::echoed(&order.request.echo, "trailingDelta") {
        Some(delta) => report.raw("d", delta),
        None => report,
    };
    match order.level {
        Some(_) => report.time("D", order.updated),
        None => report,
    }
}

/// `c` and `C`: a request to cancel has a name of its own, and then the order's stands behind it.
fn names<'a>(order: &'a Order, change: &'a OrderChange) -> (&'a str, &'a str) {
    match change {
        OrderChange::Cancelled(name) | OrderChange::Replaced(name) => {
            (name.as_deref().unwrap_or(&order.request.client_id), &order.request.client_id)
        }
        OrderChange::New
        | OrderChange::Triggered
        | OrderChange::Trade(_)
        | OrderChange::Amended
        | OrderChange::Expired
        | OrderChange::Prevented(_)
        | OrderChange::Rejected => (&order.request.client_id, ""),
    }
}

/// `x`: what has happened.
const fn execution_type(change: &OrderChange) -> &'static str {
    match change {
        OrderChange::New | OrderChange::Triggered => "NEW",
        OrderChange::Trade(_) => "TRADE",
        OrderChange::Cancelled(_) | OrderChange::Replaced(_) => "CANCELED",
        // An order that is amended in its place is told as replaced ("Order Amend Keep Priority").
        OrderChange::Amended => "REPLACED",
        OrderChange::Expired => "EXPIRED",
        OrderChange::Prevented(_) => "TRADE_PREVENTION",
        OrderChange::Rejected => "REJECTED",
    }
}

fn list_status(teller: &Teller<'_>, list: &OrderList) -> String {
    let symbol = &teller.board.listing(list.market).symbol;
    let (kind, state) = match list.state {
        ListState::Executing => ("EXEC_STARTED", "EXECUTING"),
        ListState::Done => ("ALL_DONE", "ALL_DONE"),
        ListState::Rejected => ("RESPONSE", "REJECT"),
    };
    let contingency = match list.contingency {
        Contingency::OneCancelsOther => "OCO",
        Contingency::OneTriggersOther { .. } => "OTO",
    };
    let orders: Vec<String> = list
        .orders
        .iter()
        .map(|id| {
            let order = teller.board.order(teller.account, list.wallet, list.market, *id);
            let client_id = order.map_or("", |order| order.request.client_id.as_str());
            Object::new(Unit::Millis).text("s", symbol).number("i", id.0).text("c", client_id).end()
        })
        .collect();
    Object::event(Unit::Millis, "listStatus", teller.now)
        .text("s", symbol)
        .number("g", list.id.0)
        .text("c", contingency)
        .text("l", kind)
        .text("L", state)
        .text("r", "NONE")
        .text("C", &list.client_id)
        .time("T", teller.now)
        .list("O", &orders)
        .end()
}
