//! `markPrice`: mark price and implied volatility of all options of an underlying, in a list.
//!
//! Left out: greeks, and the best bid and ask, which have streams of their own.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::MarkReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// European options, "Mark Price".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "mp", deserialize_with = "number::decimal")]
    mark: Decimal,
    #[serde(rename = "i", default, deserialize_with = "number::optional_decimal")]
    index: Option<Decimal>,
    #[serde(rename = "vo", default, deserialize_with = "number::optional_float")]
    implied_volatility: Option<f64>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Mark(MarkReport {
        symbol: Some(wire.symbol),
        time: wire.time,
        mark: wire.mark,
        index: wire.index,
        funding_rate: None,
        next_funding: None,
        implied_volatility: wire.implied_volatility,
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn an_option_has_a_volatility_and_no_funding() {
        check(
            Product::Options,
            "options_mark",
            &expect![[
                r#"{"report":"mark","symbol":"ETH-270326-4000-C","time":"2026-09-21T14:14:05.321Z","mark":"212.481","index":"3811.22500000","funding_rate":null,"next_funding":null,"implied_volatility":0.62105}"#
            ]],
        );
    }
}
