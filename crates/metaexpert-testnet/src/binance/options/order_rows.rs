//! Orders of options as replies show them.
//!
//! The one decision: queries and answers show the same fields; `source` is not in those of `openOrders`, and nobody misses it.

use rust_decimal::Decimal;

use super::chain;
use crate::{
    binance::{
        door::Call,
        futures::{
            family::{price_places, quantity_places},
            row::Row,
            words,
        },
    },
    listing::Listing,
    order::Order,
};

/// An order; what an acknowledgement shows is the order as it came in.
pub(crate) fn order(listing: &Listing, order: &Order, is_ack: bool) -> Row {
    with_times(listing, order, is_ack, "createTime")
}

/// An order that was taken back by itself: `createDate` says when it came in ("Cancel Option Order").
pub(crate) fn cancelled(listing: &Listing, order: &Order) -> Row {
    with_times(listing, order, false, "createDate")
}

fn with_times(listing: &Listing, order: &Order, is_ack: bool, creation: &str) -> Row {
    let request = &order.request;
    let (price, lot) = (price_places(listing), quantity_places(listing));
    let executed = if is_ack { Decimal::ZERO } else { order.executed };
    let average = if is_ack { Decimal::ZERO } else { order.average_price(None) };
    let created = Call::millis(order.created);
    Row::new()
        .number("orderId", order.id.0)
        .text("symbol", &listing.symbol)
        .fixed("price", request.kind.limit_price().map(metaexpert_core::Price::get).unwrap_or_default(), price)
        .fixed("quantity", order.quantity, lot)
        .fixed("executedQty", executed, lot)
        .text("side", words::side_word(request.side))
        .text("type", words::type_word(request.kind))
        .text("timeInForce", words::stands_word(request.time_in_force))
        .flag("reduceOnly", request.reduce_only)
        .flag("postOnly", request.time_in_force == metaexpert_core::TimeInForce::PostOnly)
        .number(creation, created)
        .number("updateTime", if is_ack { created } else { Call::millis(order.updated) })
        .text("status", if is_ack { "NEW" } else { words::status(order.state) })
        .average("avgPrice", average, 0)
        .text("source", "API")
        .text("clientOrderId", &request.client_id)
        .number("priceScale", price)
        .number("quantityScale", lot)
        .text("optionSide", chain::right(listing))
        .text("quoteAsset", listing.instrument.quote.as_str())
        .flag("mmp", request.echo.contains_key("mmp"))
        .text("selfTradePreventionMode", words::self_trade_word(request.self_trade))
}
