//! Account events of every product, the ways to hear them, and the frames of the WebSocket API: the crate's own payloads field by
//! field, and every captured one that is at hand.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it did not expect")]
#![expect(clippy::print_stderr, reason = "a test says what it skipped and what it counted")]

mod algo;
mod api;
mod captures;
mod coinm;
mod dialect;
mod fills;
mod margin;
mod options;
mod replies;
mod rough;
mod spot;
mod usdm;
mod ways;

use std::path::PathBuf;

use metaexpert_binance::{Product, user};
use metaexpert_connect::{
    Report, Word,
    report::{FillReport, OrderReport, OrderState, OrderType, Origin},
};
use metaexpert_core::UnixNanos;

/// A payload of the crate's own, by its path in `testdata/user`.
fn fixture(name: &str) -> &'static [u8] {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("testdata/user").join(name).with_extension("json");
    let bytes = std::fs::read(&path).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    Box::leak(bytes.into_boxed_slice())
}

/// What is made of it.
#[track_caller]
fn read(product: Product, name: &str) -> Vec<Report<'static>> {
    user::read(product, fixture(name)).unwrap_or_else(|why| panic!("{why}"))
}

/// The order that it reports, and nothing else.
#[track_caller]
fn order(product: Product, name: &str) -> OrderReport {
    match &read(product, name)[..] {
        [Report::Order(order)] => (**order).clone(),
        other => panic!("{other:?}"),
    }
}

/// The order and its execution.
#[track_caller]
fn executed(product: Product, name: &str) -> (OrderReport, FillReport) {
    match &read(product, name)[..] {
        [Report::Order(order), Report::Fill(fill)] => ((**order).clone(), (**fill).clone()),
        other => panic!("{other:?}"),
    }
}

fn at(millis: i64) -> UnixNanos {
    UnixNanos::from_millis(millis).unwrap()
}

#[expect(clippy::unnecessary_wraps, reason = "names of reports are optional, and tests compare them whole")]
fn text(text: &str) -> Option<String> {
    Some(text.to_owned())
}

/// An order of which nothing is known but its symbol, type and state: tests name the rest.
fn bare_order(symbol: &str, order_type: OrderType, state: OrderState) -> OrderReport {
    OrderReport {
        symbol: symbol.to_owned(),
        client_id: None,
        venue_id: None,
        original_client_id: None,
        list_id: None,
        side: None,
        position_side: None,
        order_type: Word::Known(order_type),
        time_in_force: None,
        good_till: None,
        state: Word::Known(state),
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
        updated: None,
    }
}

/// A payload of the crate's own with something else in it.
#[track_caller]
fn changed(product: Product, name: &str, changes: &[(&str, &str)]) -> Vec<Report<'static>> {
    let mut text = std::str::from_utf8(fixture(name)).unwrap().to_owned();
    for (from, to) in changes {
        assert!(text.contains(from), "{name} has no {from}");
        text = text.replacen(from, to, 1);
    }
    user::read(product, text.leak().as_bytes()).unwrap()
}
