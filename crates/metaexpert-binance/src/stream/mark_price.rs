//! `markPriceUpdate`: mark and index price, and the funding to come (futures), of one contract or of all in a list.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::MarkReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// "Mark Price Stream" of USD-M and COIN-M futures. The estimated settlement price (`P`) means something in the last hour of a
/// contract only, and is left out, as is the moving average (`ap`).
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "p", deserialize_with = "number::decimal")]
    mark: Decimal,
    #[serde(rename = "i", default, deserialize_with = "number::optional_decimal")]
    index: Option<Decimal>,
    /// Empty for contracts that are delivered.
    #[serde(rename = "r", default, deserialize_with = "number::optional_decimal")]
    funding_rate: Option<Decimal>,
    /// 0 for contracts that are delivered.
    #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
    next_funding: Option<UnixNanos>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Mark(MarkReport {
        symbol: Some(wire.symbol),
        time: wire.time,
        mark: wire.mark,
        index: wire.index,
        funding_rate: wire.funding_rate,
        next_funding: wire.next_funding,
        implied_volatility: None,
    }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_perpetual_has_funding_to_come() {
        check(
            Product::UsdM,
            "usdm_mark_price",
            &expect![[
                r#"{"report":"mark","symbol":"SOLUSDT","time":"2026-09-21T14:14:03Z","mark":"187.35120000","index":"187.36010000","funding_rate":"-0.00003150","next_funding":"2026-09-21T16:00:00Z","implied_volatility":null}"#
            ]],
        );
    }

    #[test]
    fn a_contract_that_is_delivered_has_none() {
        check(
            Product::UsdM,
            "usdm_all_mark_prices",
            &expect![[r#"
            {"report":"mark","symbol":"SOLUSDT","time":"2026-09-21T14:14:04Z","mark":"187.35120001","index":"187.3601","funding_rate":"0.00010000","next_funding":"2026-09-21T16:00:00Z","implied_volatility":null}
            {"report":"mark","symbol":"SOLUSD_270326","time":"2026-09-21T14:14:04Z","mark":"190.20500000","index":"187.3122","funding_rate":null,"next_funding":null,"implied_volatility":null}"#]],
        );
    }
}
