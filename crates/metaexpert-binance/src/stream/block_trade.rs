//! `blockTrade`: a trade that two parties agreed on outside of the book (spot). It has numbers of its own.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::PublicTradeReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::Event;

/// Spot API, "Block Trade Streams".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "t")]
    id: u64,
    #[serde(rename = "p", deserialize_with = "number::float")]
    price: f64,
    #[serde(rename = "q", deserialize_with = "number::float")]
    quantity: f64,
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
    #[serde(rename = "m")]
    buyer_is_maker: bool,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::OffBookTrade(PublicTradeReport {
        symbol: Some(wire.symbol),
        id: wire.id,
        trades: None,
        time: wire.time,
        price: wire.price,
        quantity: wire.quantity,
        buyer_is_taker: Some(!wire.buyer_is_maker),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_block_is_no_trade_of_the_book() {
        check(
            Product::Spot,
            "spot_block_trade",
            &expect![[
                r#"{"report":"off_book_trade","symbol":"SOLUSDT","id":31,"trades":null,"time":"2026-09-21T14:13:22.321Z","price":186.9,"quantity":15000.0,"buyer_is_taker":true}"#
            ]],
        );
    }
}
