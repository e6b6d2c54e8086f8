//! `openInterest`: open contracts of all options of an underlying and day, in a list, once a minute.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::OpenInterestReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// European options, "Open Interest".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "o", deserialize_with = "number::decimal")]
    contracts: Decimal,
    /// In USDT.
    #[serde(rename = "h", default, deserialize_with = "number::optional_decimal")]
    value: Option<Decimal>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::OpenInterest(OpenInterestReport {
        symbol: Some(wire.symbol),
        time: wire.time,
        quantity: wire.contracts,
        value: wire.value,
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn contracts_are_open_and_worth_this() {
        check(
            Product::Options,
            "options_open_interest",
            &expect![[
                r#"{"report":"open_interest","symbol":"ETH-270326-4000-C","time":"2026-09-21T14:14:17.045Z","quantity":"1904.25","value":"7257523.456281"}"#
            ]],
        );
    }
}
