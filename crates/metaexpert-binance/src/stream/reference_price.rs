//! `referencePrice`: what the percent filters go by in place of the average, where a symbol has one (spot, since 2026-05-08).

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::ReferenceReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// Spot API, "Reference Price Streams".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "t", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    /// `null` while there is none.
    #[serde(rename = "r", deserialize_with = "number::optional_decimal")]
    price: Option<Decimal>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Reference(ReferenceReport { symbol: Some(wire.symbol), time: wire.time, price: wire.price, minutes: None }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_reference_price_is_one_that_rules_go_by() {
        check(
            Product::Spot,
            "spot_reference_price",
            &expect![[
                r#"{"report":"reference","symbol":"SOLUSDT","time":"2026-09-21T14:14:13.917Z","price":"187.31","minutes":null}"#
            ]],
        );
    }

    #[test]
    fn there_may_be_none_for_now() {
        check(
            Product::Spot,
            "spot_no_reference_price",
            &expect![[
                r#"{"report":"reference","symbol":"SOLUSDT","time":"2026-09-21T14:14:14.917Z","price":null,"minutes":null}"#
            ]],
        );
    }
}
