//! `forceOrder`: the order that took a position away (futures). Of several within a second, the last one of a symbol is sent.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::LiquidationReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::{Deserialize, de::Error};

use super::Event;
use crate::words::read_side;

/// "Liquidation Order Streams" and "All Market Liquidation Order Streams" of futures.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "o")]
    order: Order<'a>,
}

#[derive(Deserialize)]
struct Order<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(borrow, rename = "S")]
    side: Cow<'a, str>,
    #[serde(rename = "ap", deserialize_with = "number::decimal")]
    average_price: Decimal,
    #[serde(rename = "z", deserialize_with = "number::decimal")]
    filled: Decimal,
    #[serde(rename = "T", deserialize_with = "number::millis")]
    time: UnixNanos,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let Wire { order } = event.wire()?;
    let side = read_side(&order.side).ok_or_else(|| Error::custom(format_args!("`{}` is no side of an order", order.side)))?;
    tell(Report::Liquidation(LiquidationReport {
        symbol: Some(order.symbol),
        time: order.time,
        side,
        price: order.average_price,
        quantity: order.filled,
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_liquidation_names_what_was_paid_on_the_average() {
        check(
            Product::UsdM,
            "usdm_liquidation",
            &expect![[
                r#"{"report":"liquidation","symbol":"SOLUSDT","time":"2026-09-21T14:14:15.891Z","side":"sell","price":"186.0210","quantity":"31"}"#
            ]],
        );
    }

    #[test]
    fn what_was_not_filled_is_not_counted() {
        check(
            Product::CoinM,
            "coinm_liquidation",
            &expect![[
                r#"{"report":"liquidation","symbol":"SOLUSD_PERP","time":"2026-09-21T14:14:16.949Z","side":"buy","price":"188.515","quantity":"25"}"#
            ]],
        );
    }
}
