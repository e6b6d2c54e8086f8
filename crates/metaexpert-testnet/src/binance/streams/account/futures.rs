//! Events of futures, both kinds ("User Data Streams" of USD-M and COIN-M).

mod money; // balances, positions, margin calls

use metaexpert_core::{Distance, OrderKind, Price, TimeInForce, UnixNanos};
use rust_decimal::Decimal;

use super::{Event, Teller, words};
use crate::{
    binance::streams::wire::{Digits, Object, Unit},
    listing::{Class, Listing},
    news::{AccountNews, OrderChange},
    order::{Algo, Execution, Order, OrderRequest, Origin, Size},
};

/// What an account is called in events of COIN-M (`i`); any account has one name there.
const ALIAS: &str = "SfsR";

/// What is told of it.
pub(super) fn events(teller: &Teller<'_>, news: &AccountNews) -> Vec<Event> {
    match news {
        AccountNews::Order { order, change } => orders(teller, order, change),
        AccountNews::Algo(algo) => vec![("ALGO_UPDATE", algo_update(teller, algo))],
        AccountNews::Wallet { time, cause, balances, positions, .. } => {
            money::account_update(teller, *time, *cause, balances, positions).into_iter().collect()
        }
        AccountNews::Leverage { time, market, leverage } => {
            let setting = Object::new(Unit::Millis).text("s", &teller.board.listing(*market).symbol).number("l", leverage).end();
            let event = Object::event(Unit::Millis, "ACCOUNT_CONFIG_UPDATE", teller.now).time("T", *time);
            vec![("ACCOUNT_CONFIG_UPDATE", event.raw("ac", &setting).end())]
        }
        AccountNews::MarginCall { positions, .. } => vec![("MARGIN_CALL", money::margin_call(teller, positions))],
        AccountNews::List(_) | AccountNews::Debt { .. } => Vec::new(),
    }
}

fn orders(teller: &Teller<'_>, order: &Order, change: &OrderChange) -> Vec<Event> {
    let mut events = Vec::new();
    // Documented of USD-M alone ("Event: Trade Lite").
    if let OrderChange::Trade(execution) = change
        && order.origin != Origin::Liquidation
        && teller.board.listing(order.request.market).class == Class::Linear
    {
        events.push(("TRADE_LITE", trade_lite(teller, order, execution)));
    }
    events.push(("ORDER_TRADE_UPDATE", order_trade_update(teller, order, change)));
    events
}

fn trade_lite(teller: &Teller<'_>, order: &Order, execution: &Execution) -> String {
    let listing = teller.board.listing(order.request.market);
    let digits = Digits::of(listing);
    Object::event(Unit::Millis, "TRADE_LITE", teller.now)
        .time("T", execution.time)
        .text("s", &listing.symbol)
        .fixed("q", order.quantity, digits.quantity)
        .fixed("p", limit(&order.request), digits.price)
        .flag("m", execution.is_maker)
        .text("c", &order.request.client_id)
        .text("S", words::side_word(order.request.side))
        .fixed("L", execution.price, digits.price)
        .fixed("l", execution.quantity, digits.quantity)
        .number("t", execution.trade_id)
        .number("i", order.id.0)
        .end()
}

fn order_trade_update(teller: &Teller<'_>, order: &Order, change: &OrderChange) -> String {
    let request = &order.request;
    let listing = teller.board.listing(request.market);
    let digits = Digits::of(listing);
    let execution = match change {
        OrderChange::Trade(execution) => Some(execution),
        _ => None,
    };
    let (last, price) = execution.map(|execution| (execution.quantity, execution.price)).unwrap_or_default();
    let inner = Object::new(Unit::Millis)
        .text("s", &listing.symbol)
        .text("c", &request.client_id)
        .text("S", words::side_word(request.side))
        .text("o", &kind(order, listing))
        .text("f", &words::time_in_force(request, listing.class))
        .fixed("q", order.quantity, digits.quantity)
        .fixed("p", limit(request), digits.price)
        .fixed("ap", average(order, listing), digits.price)
        .fixed("sp", stop(request), digits.price)
        .text("x", execution_type(order, change))
        .text("X", words::status(order.state))
        .number("i", order.id.0)
        .fixed("l", last, digits.quantity)
        .fixed("z", order.executed, digits.quantity)
        .fixed("L", price, digits.price);
    let inner = fee(inner, listing, execution);
    let inner = inner
        .time("T", execution.map_or(order.updated, |execution| execution.time))
        .number("t", execution.map_or(0, |execution| execution.trade_id));
    let inner = match listing.class {
        Class::Inverse => inner.fixed("rp", execution.map_or(Decimal::ZERO, |execution| execution.realized), digits.amount),
        Class::Spot | Class::Linear | Class::Options => inner,
    };
    let inner = inner
        .text("b", "0")
        .text("a", "0")
        .flag("m", execution.is_some_and(|execution| execution.is_maker))
        .flag("R", request.reduce_only);
    let inner = waiting(inner, request, listing).flag("pP", is_said(request, "priceProtect"));
    let inner = match listing.class {
        Class::Inverse => inner,
        Class::Spot | Class::Linear | Class::Options => inner.number("si", 0).number("ss", 0).fixed(
            "rp",
            execution.map_or(Decimal::ZERO, |execution| execution.realized),
            digits.amount,
        ),
    };
    let inner = inner
        .text("V", words::self_trade_word(request.self_trade))
        .text("pm", words::echoed(&request.echo, "priceMatch").unwrap_or("NONE"))
        .time("gtd", good_till(request))
        .text("er", words::expiry_number(order))
        .end();
    let head = Object::event(Unit::Millis, "ORDER_TRADE_UPDATE", teller.now).time("T", order.updated);
    aliased(head, listing).raw("o", &inner).end()
}

/// `o`: what a conditional order has become, or what was asked for.
fn kind(order: &Order, listing: &Listing) -> String {
    match order.origin {
        Origin::Algo(_) => working_kind(order).to_owned(),
        Origin::Liquidation => LIQUIDATION.to_owned(),
        Origin::Client | Origin::Delivery => words::kind(&order.request, listing.class),
    }
}

/// "Order Type": what takes positions over has a type of its own here, and none at all in replies ("Event: Order Update").
const LIQUIDATION: &str = "LIQUIDATION";

const fn working_kind(order: &Order) -> &'static str {
    if order.request.kind.limit_price().is_some() { "LIMIT" } else { "MARKET" }
}

/// `N` and `n`: only what was executed has a fee; `ma` of COIN-M is what margin is posted in.
fn fee(object: Object, listing: &Listing, execution: Option<&Execution>) -> Object {
    let object = match listing.class {
        Class::Inverse => object.text("ma", listing.instrument.settlement.as_str()),
        Class::Spot | Class::Linear | Class::Options => object,
    };
    match execution {
        Some(execution) => object.text("N", execution.fee.currency.as_str()).fixed("n", execution.fee.amount, 8),
        None => object.text("N", listing.instrument.settlement.as_str()).text("n", "0"),
    }
}

/// What an order waits, or waited, for.
fn waiting(object: Object, request: &OrderRequest, listing: &Listing) -> Object {
    let original = words::echoed(&request.echo, "origType").map_or_else(|| words::kind(request, listing.class), str::to_owned);
    let object = object
        .text("wt", words::price_word(request.kind))
        .text("ot", &original)
        .text("ps", words::leg_word(request.leg))
        .flag("cp", request.size == Size::WholePosition);
    match request.kind {
        OrderKind::TrailingStop { distance, activation, .. } => {
            let rate = match distance {
                Distance::Percent(percent) => percent.get(),
                Distance::Absolute(price) => price.get(),
            };
            let activation = activation.map_or(Decimal::ZERO, Price::get);
            object.fixed("AP", activation, Digits::of(listing).price).short("cr", rate)
        }
        _ => object,
    }
}

const fn execution_type(order: &Order, change: &OrderChange) -> &'static str {
    match change {
        OrderChange::Trade(_) if matches!(order.origin, Origin::Liquidation) => "CALCULATED",
        OrderChange::Trade(_) => "TRADE",
        OrderChange::New | OrderChange::Triggered => "NEW",
        OrderChange::Cancelled(_) | OrderChange::Replaced(_) => "CANCELED",
        OrderChange::Amended => "AMENDMENT",
        OrderChange::Expired | OrderChange::Prevented(_) | OrderChange::Rejected => "EXPIRED",
    }
}

fn algo_update(teller: &Teller<'_>, algo: &Algo) -> String {
    let request = &algo.request;
    let listing = teller.board.listing(request.market);
    let digits = Digits::of(listing);
    let order = algo.order.and_then(|id| teller.board.order(teller.account, request.wallet, request.market, id));
    let quantity = match request.size {
        Size::Quantity(quantity) => quantity,
        Size::Quote(_) | Size::WholePosition => Decimal::ZERO,
    };
    let id = algo.order.map(|order| order.0.to_string()).unwrap_or_default();
    let inner = Object::new(Unit::Millis)
        .text("caid", &request.client_id)
        .number("aid", algo.id.0)
        .text("at", "CONDITIONAL")
        .text("o", &words::kind(request, listing.class))
        .text("s", &listing.symbol)
        .text("S", words::side_word(request.side))
        .text("ps", words::leg_word(request.leg))
        .text("f", &words::time_in_force(request, listing.class))
        .fixed("q", quantity, digits.quantity)
        .text("X", words::algo_status(algo.state))
        .text("ai", &id);
    let inner = match order {
        Some(order) => inner
            .fixed("ap", average(order, listing), digits.price)
            .fixed("aq", order.executed, digits.quantity)
            .text("act", working_kind(order)),
        None => inner.text("ap", "0.00000").text("aq", "0.00000").text("act", "0"),
    };
    let trigger = algo.level.unwrap_or_else(|| stop(request));
    let inner = inner
        .fixed("tp", trigger, digits.price)
        .fixed("p", limit(request), digits.price)
        .text("V", words::self_trade_word(request.self_trade))
        .text("wt", words::price_word(request.kind))
        .text("pm", words::echoed(&request.echo, "priceMatch").unwrap_or("NONE"))
        .flag("cp", request.size == Size::WholePosition)
        .flag("pP", is_said(request, "priceProtect"))
        .flag("R", request.reduce_only)
        .time("tt", algo.triggered.unwrap_or_default())
        .time("gtd", good_till(request))
        .text("rm", &algo.refused.as_ref().map(reason).unwrap_or_default());
    Object::new(Unit::Millis).text("e", "ALGO_UPDATE").time("T", algo.updated).time("E", teller.now).raw("o", &inner.end()).end()
}

/// Why no order came of it, in the words of the error that a client would have been shown.
fn reason(refusal: &crate::order::Refusal) -> String {
    crate::binance::door::ApiError::of(refusal, crate::binance::door::Product::UsdM).message
}

fn aliased(head: Object, listing: &Listing) -> Object {
    if listing.class == Class::Inverse { head.text("i", ALIAS) } else { head }
}

fn average(order: &Order, listing: &Listing) -> Decimal {
    let size = listing.instrument.rules.contract_size;
    order.average_price(listing.instrument.kind.is_inverse().then_some(size))
}

fn limit(request: &OrderRequest) -> Decimal {
    request.kind.limit_price().map_or(Decimal::ZERO, Price::get)
}

fn stop(request: &OrderRequest) -> Decimal {
    request.kind.trigger().map_or(Decimal::ZERO, |trigger| trigger.price.get())
}

/// Zero where an order stands until it is taken back.
fn good_till(request: &OrderRequest) -> UnixNanos {
    match request.time_in_force {
        TimeInForce::GoodTillDate(time) => time,
        _ => UnixNanos::from_nanos(0),
    }
}

fn is_said(request: &OrderRequest, parameter: &str) -> bool {
    words::echoed(&request.echo, parameter).is_some_and(|said| said.eq_ignore_ascii_case("true"))
}
