//! `aggTrade`: the fills of one taker at one price (spot), or of 100 ms at one price and side (futures).
//!
//! The one decision: the quantity is all that was traded. Futures also say how much of it was not against retail orders (`nq`);
//! it is a part of this quantity, and nothing here goes by it.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::PublicTradeReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::Event;

/// "Aggregate Trade Streams" of spot, USD-M and COIN-M futures.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "a")]
    id: u64,
    #[serde(rename = "f")]
    first: u64,
    #[serde(rename = "l")]
    last: u64,
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
    tell(Report::PublicTrade(PublicTradeReport {
        symbol: Some(wire.symbol),
        id: wire.id,
        trades: Some((wire.first, wire.last)),
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
    fn an_aggregate_names_its_first_and_last_trade() {
        check(
            Product::Spot,
            "spot_agg_trade",
            &expect![[
                r#"{"report":"public_trade","symbol":"SOLBTC","id":77000121,"trades":[91000200,91000204],"time":"2026-09-21T14:13:23.138Z","price":0.002011,"quantity":31.4,"buyer_is_taker":false}"#
            ]],
        );
    }

    #[test]
    fn the_quantity_of_an_aggregate_includes_retail_orders() {
        check(
            Product::UsdM,
            "usdm_agg_trade",
            &expect![[
                r#"{"report":"public_trade","symbol":"SOLUSDT","id":55000771,"trades":[3100000030,3100000034],"time":"2026-09-21T14:13:23.238Z","price":187.36,"quantity":120.0,"buyer_is_taker":true}"#
            ]],
        );
    }

    #[test]
    fn an_aggregate_of_coin_m_counts_contracts() {
        check(
            Product::CoinM,
            "coinm_agg_trade",
            &expect![[
                r#"{"report":"public_trade","symbol":"SOLUSD_270326","id":61000,"trades":[90011,90011],"time":"2026-09-21T14:13:23.301Z","price":190.215,"quantity":42.0,"buyer_is_taker":false}"#
            ]],
        );
    }
}
