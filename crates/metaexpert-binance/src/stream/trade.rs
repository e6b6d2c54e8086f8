//! `trade`: one fill of one taker (spot, futures, options).
//!
//! The one decision: what did not happen in the book is told apart. Futures print what the insurance fund took over at prices
//! that nobody could trade at, options their blocks; a bar made of such prints would be wrong.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::PublicTradeReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::Event;

/// Spot API, "Trade Streams"; European options, "Trade Streams". The one of futures is not documented.
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
    /// `MARKET` is the book; `BLOCK`, `INSURANCE_FUND`, `ADL` and `NA` are not. Spot does not have it.
    #[serde(borrow, rename = "X", default)]
    origin: Option<Cow<'a, str>>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    let trade = PublicTradeReport {
        symbol: Some(wire.symbol),
        id: wire.id,
        trades: None,
        time: wire.time,
        price: wire.price,
        quantity: wire.quantity,
        buyer_is_taker: Some(!wire.buyer_is_maker),
    };
    let is_of_the_book = wire.origin.is_none_or(|origin| origin == "MARKET");
    tell(if is_of_the_book { Report::PublicTrade(trade) } else { Report::OffBookTrade(trade) });
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_trade_of_spot_names_the_side_that_took() {
        check(
            Product::Spot,
            "spot_trade",
            &expect![[
                r#"{"report":"public_trade","symbol":"SOLUSDT","id":980000417,"trades":null,"time":"2026-09-21T14:13:20.123Z","price":187.34,"quantity":12.506,"buyer_is_taker":false}"#
            ]],
        );
    }

    #[test]
    fn a_symbol_may_be_written_in_any_script() {
        check(
            Product::Spot,
            "spot_trade_of_a_chinese_coin",
            &expect![[
                r#"{"report":"public_trade","symbol":"币安人生USDT","id":5,"trades":null,"time":"2026-09-21T14:13:20.123Z","price":0.119,"quantity":40.0,"buyer_is_taker":true}"#
            ]],
        );
    }

    #[test]
    fn a_trade_of_futures_in_the_book_is_a_public_one() {
        check(
            Product::UsdM,
            "usdm_trade",
            &expect![[
                r#"{"report":"public_trade","symbol":"SOLUSDT","id":3100000021,"trades":null,"time":"2026-09-21T14:13:20.33Z","price":187.35,"quantity":4.0,"buyer_is_taker":true}"#
            ]],
        );
    }

    #[test]
    fn what_the_insurance_fund_took_over_is_no_trade_of_the_book() {
        check(
            Product::UsdM,
            "usdm_trade_of_the_insurance_fund",
            &expect![[
                r#"{"report":"off_book_trade","symbol":"SOLUSDT","id":3100000022,"trades":null,"time":"2026-09-21T14:13:20.44Z","price":171.0,"quantity":900.0,"buyer_is_taker":false}"#
            ]],
        );
    }

    #[test]
    fn a_trade_of_options_in_the_book_is_a_public_one() {
        check(
            Product::Options,
            "options_trade",
            &expect![[
                r#"{"report":"public_trade","symbol":"ETH-270326-4000-C","id":88,"trades":null,"time":"2026-09-21T14:13:21.003Z","price":212.5,"quantity":0.75,"buyer_is_taker":false}"#
            ]],
        );
    }

    #[test]
    fn a_block_of_options_is_no_trade_of_the_book() {
        check(
            Product::Options,
            "options_trade_of_a_block",
            &expect![[
                r#"{"report":"off_book_trade","symbol":"ETH-270326-4000-C","id":89,"trades":null,"time":"2026-09-21T14:13:21.103Z","price":215.0,"quantity":250.0,"buyer_is_taker":true}"#
            ]],
        );
    }
}
