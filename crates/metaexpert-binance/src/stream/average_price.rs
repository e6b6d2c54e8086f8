//! `avgPrice`: the price averaged over some minutes (spot), which the percent filters of market orders go by.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::ReferenceReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::{Deserialize, de::Error};

use super::Event;

/// Spot API, "Average Price".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    /// Of the last trade in it.
    #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    /// Over how long: `5m`.
    #[serde(borrow, rename = "i")]
    interval: Cow<'a, str>,
    #[serde(rename = "w", deserialize_with = "number::decimal")]
    price: Decimal,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    let minutes = wire.interval.strip_suffix('m').and_then(|minutes| minutes.parse().ok());
    let minutes = minutes.ok_or_else(|| Error::custom(format_args!("`{}` is no number of minutes", wire.interval)))?;
    tell(Report::Reference(ReferenceReport {
        symbol: Some(wire.symbol),
        time: wire.time,
        price: Some(wire.price),
        minutes: Some(minutes),
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn the_average_is_a_price_that_rules_go_by() {
        check(
            Product::Spot,
            "spot_average_price",
            &expect![[
                r#"{"report":"reference","symbol":"SOLUSDT","time":"2026-09-21T14:14:11.987Z","price":"187.30118204","minutes":5}"#
            ]],
        );
    }
}
