//! Replies that say little: that something was done, that a test passed, how an order was changed.

use std::borrow::Cow;

use metaexpert_connect::{
    Malformed, Report, Word, number, read_json,
    report::{FeeReport, OrderReport, OrderState, OrderType, Origin, Service},
};
use metaexpert_core::{Percent, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::{Read, RefusalWire, named, number_text};
use crate::Product;

/// `{"code": 200, "msg": "..."}`; options write 0, and the code now and then in a string.
pub(in crate::orders) fn done(product: Product, payload: &[u8]) -> Read {
    let wire: RefusalWire = read_json("answer", payload)?;
    if wire.code.is_none() {
        return Err(Malformed::new("answer", "no code", payload));
    }
    Ok(vec![Report::Service(wire.refused(product).map_or(Service::Done, Service::Refused))])
}

/// The countdown after which all of a symbol is cancelled.
pub(in crate::orders) fn countdown(_: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Countdown {
        #[serde(rename = "countdownTime", deserialize_with = "number::decimal")]
        _countdown_time: Decimal,
    }
    read_json::<Countdown>("countdown", payload)?;
    Ok(vec![Report::Service(Service::Done)])
}

/// A test that passed: nothing, or what the order would cost (Spot API, "Test new order"). Rates are added up without the
/// discount for paying in BNB.
pub(in crate::orders) fn spot_test(_: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    struct Tested {
        #[serde(rename = "standardCommissionForOrder")]
        standard: Option<Rates>,
        #[serde(rename = "specialCommissionForOrder")]
        special: Option<Rates>,
        #[serde(rename = "taxCommissionForOrder")]
        tax: Option<Rates>,
    }
    #[derive(Deserialize, Clone, Copy)]
    struct Rates {
        #[serde(deserialize_with = "number::decimal")]
        maker: Decimal,
        #[serde(deserialize_with = "number::decimal")]
        taker: Decimal,
    }
    let wire: Tested = read_json("tested order", payload)?;
    let Some(standard) = wire.standard else {
        return Ok(vec![Report::Service(Service::Done)]);
    };
    let others = [wire.special, wire.tax];
    let all = || std::iter::once(standard).chain(others.into_iter().flatten());
    let percent = |rate: Decimal| Percent::new(rate * Decimal::ONE_HUNDRED);
    let (maker, taker) = (all().map(|rates| rates.maker).sum(), all().map(|rates| rates.taker).sum());
    Ok(vec![Report::Fee(FeeReport { symbol: None, maker: percent(maker), taker: percent(taker) })])
}

/// A test that passed on USD-M. It is answered with an order that does not exist, and is not told as one.
pub(in crate::orders) fn futures_test(_: Product, payload: &[u8]) -> Read {
    read_json::<serde_json::Map<String, serde_json::Value>>("tested order", payload)?;
    Ok(vec![Report::Service(Service::Done)])
}

/// How orders of futures were changed (USD-M, "Get Order Modify History"). Only limits can be.
pub(in crate::orders) fn futures_amendments(_: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Amended<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number_text")]
        order_id: String,
        #[serde(borrow)]
        client_order_id: Cow<'a, str>,
        #[serde(deserialize_with = "number::millis")]
        time: UnixNanos,
        amendment: Changes,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Changes {
        price: Option<Change>,
        orig_qty: Option<Change>,
    }
    let wires: Vec<Amended<'_>> = read_json("amendments", payload)?;
    let report = |wire: &Amended<'_>| {
        Report::Order(Box::new(OrderReport {
            order_type: Word::Known(OrderType::Limit),
            quantity: wire.amendment.orig_qty.as_ref().map(|change| change.after),
            price: wire.amendment.price.as_ref().map(|change| change.after),
            ..changed(&wire.symbol, &wire.client_order_id, wire.order_id.clone(), wire.time)
        }))
    };
    Ok(wires.iter().map(report).collect())
}

#[derive(Deserialize)]
struct Change {
    #[serde(deserialize_with = "number::decimal")]
    after: Decimal,
}

/// How an order of spot was made smaller (Spot API, "Query Order Amendments").
pub(in crate::orders) fn spot_amendments(_: Product, payload: &[u8]) -> Read {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Amended<'a> {
        #[serde(borrow)]
        symbol: Cow<'a, str>,
        #[serde(deserialize_with = "number_text")]
        order_id: String,
        #[serde(borrow)]
        orig_client_order_id: Cow<'a, str>,
        #[serde(borrow)]
        new_client_order_id: Cow<'a, str>,
        #[serde(deserialize_with = "number::decimal")]
        new_qty: Decimal,
        #[serde(deserialize_with = "number::millis")]
        time: UnixNanos,
    }
    let wires: Vec<Amended<'_>> = read_json("amendments", payload)?;
    let report = |wire: &Amended<'_>| {
        Report::Order(Box::new(OrderReport {
            original_client_id: named(&wire.orig_client_order_id),
            quantity: Some(wire.new_qty),
            ..changed(&wire.symbol, &wire.new_client_order_id, wire.order_id.clone(), wire.time)
        }))
    };
    Ok(wires.iter().map(report).collect())
}

/// An order of which only a change is known. Its type is an empty word, for the payload does not say it.
fn changed(symbol: &str, client_id: &str, venue_id: String, time: UnixNanos) -> OrderReport {
    OrderReport {
        symbol: symbol.to_owned(),
        client_id: named(client_id),
        venue_id: Some(venue_id),
        original_client_id: None,
        list_id: None,
        side: None,
        position_side: None,
        order_type: Word::Other("".into()),
        time_in_force: None,
        good_till: None,
        state: Word::Known(OrderState::Amended),
        quantity: None,
        quote_quantity: None,
        price: None,
        conditional: None,
        filled: None,
        filled_value: None,
        average_price: None,
        reduce_only: None,
        close_position: None,
        origin: Origin::Own,
        why: None,
        created: None,
        updated: Some(time),
    }
}
