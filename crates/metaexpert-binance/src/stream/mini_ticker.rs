//! `24hrMiniTicker`: the last 24 hours without the best bid and ask, of one symbol or of those that changed, in a list.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::TickerReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::Event;

/// "Individual Symbol Mini Ticker Stream" of spot and futures.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "c", deserialize_with = "number::float")]
    last: f64,
    #[serde(rename = "o", deserialize_with = "number::float")]
    open: f64,
    #[serde(rename = "h", deserialize_with = "number::float")]
    high: f64,
    #[serde(rename = "l", deserialize_with = "number::float")]
    low: f64,
    #[serde(rename = "v", deserialize_with = "number::float")]
    volume: f64,
    #[serde(rename = "q", deserialize_with = "number::float")]
    turnover: f64,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Ticker(Box::new(TickerReport {
        symbol: Some(wire.symbol),
        time: wire.time,
        last: Some(wire.last),
        open: Some(wire.open),
        high: Some(wire.high),
        low: Some(wire.low),
        change_pct: None,
        volume: Some(wire.volume),
        turnover: Some(wire.turnover),
        bid: None,
        ask: None,
    })));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_short_ticker_has_no_quotes() {
        check(
            Product::Spot,
            "spot_mini_ticker",
            &expect![[
                r#"{"report":"ticker","symbol":"SOLUSDT","time":"2026-09-21T14:14:09.136Z","last":187.34,"open":181.02,"high":189.99,"low":180.1,"change_pct":null,"volume":2400100.5,"turnover":446100200.12,"bid":null,"ask":null}"#
            ]],
        );
    }

    #[test]
    fn a_list_holds_both_kinds_of_futures() {
        check(
            Product::CoinM,
            "coinm_all_mini_tickers",
            &expect![[r#"
            {"report":"ticker","symbol":"SOLUSD_PERP","time":"2026-09-21T14:14:09.204Z","last":187.301,"open":181.0,"high":190.0,"low":180.0,"change_pct":null,"volume":410200.0,"turnover":22104.5123,"bid":null,"ask":null}
            {"report":"ticker","symbol":"SOLUSDT","time":"2026-09-21T14:14:09.204Z","last":187.35,"open":181.01,"high":190.01,"low":180.01,"change_pct":null,"volume":81000200.0,"turnover":15100000000.5,"bid":null,"ask":null}"#]],
        );
    }
}
