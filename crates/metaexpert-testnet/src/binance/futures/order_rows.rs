//! Orders as replies show them.
//!
//! The one decision: one function writes the fields that all replies share, in the documentation's order; what a kind of reply adds
//! is told by [`Shape`].

use metaexpert_core::{Distance, OrderKind, TimeInForce};
use rust_decimal::Decimal;

use super::{
    family::{Family, pair, price_places, quantity_places},
    row::{Row, fixed},
    words,
};
use crate::{
    binance::door::Call,
    listing::Listing,
    order::{Order, OrderRequest, Size},
};

/// What a reply shows of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Shape {
    /// That it was taken: without what it came to, since 2026-06-30.
    Ack,
    /// What became of it at once.
    Result,
    /// That it was taken back.
    Cancelled,
    /// That it was changed.
    Amended,
    /// All of it, with the time it came in: what queries answer.
    Full,
}

/// An order.
pub(crate) fn order(family: &Family, listing: &Listing, order: &Order, shape: Shape) -> Row {
    let request = &order.request;
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let average = order.average_price(family.inverse_contract(listing));
    // What an acknowledgement shows is the order as it came in: nothing of it was executed then.
    let is_ack = shape == Shape::Ack;
    let executed = if is_ack { Decimal::ZERO } else { order.executed };
    let with_value = matches!(shape, Shape::Result | Shape::Full);
    let conditional = request.kind.is_conditional();
    Row::new()
        .number("orderId", order.id.0)
        .text("symbol", &listing.symbol)
        .when(family.names_pair || shape == Shape::Amended, |row| row.text("pair", &pair(&listing.instrument)))
        .text("status", if is_ack { "NEW" } else { words::status(order.state) })
        .text("clientOrderId", &request.client_id)
        .text("price", &request.kind.limit_price().map_or_else(|| fixed(Decimal::ZERO, price), |limit| fixed(limit.get(), price)))
        .when(with_value, |row| row.average("avgPrice", average, family.average_places))
        .fixed("origQty", order.quantity, lot)
        .fixed("executedQty", executed, lot)
        .when(shape != Shape::Full, |row| row.fixed("cumQty", executed, lot))
        .when(with_value, |row| row.average(family.value, order.value, if family.is_inverse { 8 } else { 5 }))
        .text("timeInForce", words::stands_word(request.time_in_force))
        .text("type", if conditional { words::working_type_word(request.kind) } else { words::type_word(request.kind) })
        .flag("reduceOnly", request.reduce_only)
        .flag("closePosition", request.size == Size::WholePosition)
        .text("side", words::side_word(request.side))
        .text("positionSide", words::leg_word(request.leg))
        .text("stopPrice", &stop_price(request, price))
        .text("workingType", words::price_word(request.kind))
        .flag("priceProtect", request.echo.contains_key("priceProtect"))
        .text("origType", words::type_word(request.kind))
        .with(|row| trailing(request.kind, price, row))
        .text("priceMatch", request.echo.get("priceMatch").map_or("NONE", String::as_str))
        .text("selfTradePreventionMode", words::self_trade_word(request.self_trade))
        .number("goodTillDate", good_till(request.time_in_force))
        .when(shape == Shape::Full, |row| row.number("time", Call::millis(order.created)))
        .number("updateTime", Call::millis(if is_ack { order.created } else { order.updated }))
}

/// An order that would be taken: nothing of it is in the market, and its number is nothing.
pub(crate) fn tested(family: &Family, listing: &Listing, request: &OrderRequest, time: i64) -> Row {
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let quantity = match request.size {
        Size::Quantity(quantity) => quantity,
        Size::Quote(_) | Size::WholePosition => Decimal::ZERO,
    };
    Row::new()
        .number("orderId", 0)
        .text("symbol", &listing.symbol)
        .when(family.names_pair, |row| row.text("pair", &pair(&listing.instrument)))
        .text("status", "NEW")
        .text("clientOrderId", &request.client_id)
        .fixed("price", request.kind.limit_price().map(metaexpert_core::Price::get).unwrap_or_default(), price)
        .fixed("avgPrice", Decimal::ZERO, family.average_places)
        .fixed("origQty", quantity, lot)
        .fixed("executedQty", Decimal::ZERO, lot)
        .fixed("cumQty", Decimal::ZERO, lot)
        .fixed(family.value, Decimal::ZERO, if family.is_inverse { 8 } else { 5 })
        .text("timeInForce", words::stands_word(request.time_in_force))
        .text("type", words::type_word(request.kind))
        .flag("reduceOnly", request.reduce_only)
        .flag("closePosition", false)
        .text("side", words::side_word(request.side))
        .text("positionSide", words::leg_word(request.leg))
        .fixed("stopPrice", Decimal::ZERO, price)
        .text("workingType", "CONTRACT_PRICE")
        .flag("priceProtect", false)
        .text("origType", words::type_word(request.kind))
        .text("priceMatch", request.echo.get("priceMatch").map_or("NONE", String::as_str))
        .text("selfTradePreventionMode", words::self_trade_word(request.self_trade))
        .number("goodTillDate", good_till(request.time_in_force))
        .number("updateTime", time)
}

/// `stopPrice`, `triggerPrice`: where a condition is.
pub(crate) fn stop_price(request: &OrderRequest, places: u32) -> String {
    fixed(request.kind.trigger().map(|trigger| trigger.price.get()).unwrap_or_default(), places)
}

/// What a trailing stop follows by: `activatePrice`, `priceRate`.
fn trailing(kind: OrderKind, places: u32, row: Row) -> Row {
    let OrderKind::TrailingStop { distance, activation, .. } = kind else { return row };
    let activation = activation.map(|price| fixed(price.get(), places)).unwrap_or_default();
    row.text("activatePrice", &activation).text("priceRate", &rate(distance))
}

/// A distance in percent, as callback rates are.
pub(crate) fn rate(distance: Distance) -> String {
    match distance {
        Distance::Percent(percent) => percent.get().normalize().to_string(),
        Distance::Absolute(price) => price.get().normalize().to_string(),
    }
}

/// When an order ends by itself, in milliseconds; zero where it does not.
pub(crate) fn good_till(time_in_force: TimeInForce) -> i64 {
    match time_in_force {
        TimeInForce::GoodTillDate(date) => Call::millis(date),
        TimeInForce::GoodTillCancelled | TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill | TimeInForce::PostOnly => 0,
    }
}
