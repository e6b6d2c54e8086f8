//! `24hrTicker`: the last 24 hours, of one symbol or of those that changed, in a list.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::TickerReport};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::Event;

/// "Individual Symbol Ticker Streams" of spot and futures; European options, "24-hour TICKER".
#[derive(Deserialize)]
pub(super) struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "P", deserialize_with = "number::float")]
    change_pct: f64,
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
    /// Spot alone has the best bid and ask in it.
    #[serde(rename = "b", default, deserialize_with = "number::optional_float")]
    bid: Option<f64>,
    #[serde(rename = "a", default, deserialize_with = "number::optional_float")]
    ask: Option<f64>,
}

impl<'a> Wire<'a> {
    pub(super) fn report(self) -> TickerReport<'a> {
        TickerReport {
            symbol: Some(self.symbol),
            time: self.time,
            last: Some(self.last),
            open: Some(self.open),
            high: Some(self.high),
            low: Some(self.low),
            change_pct: Some(self.change_pct),
            volume: Some(self.volume),
            turnover: Some(self.turnover),
            bid: self.bid,
            ask: self.ask,
        }
    }
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Ticker(Box::new(wire.report())));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_ticker_of_spot_has_quotes() {
        check(
            Product::Spot,
            "spot_ticker",
            &expect![[
                r#"{"report":"ticker","symbol":"SOLUSDT","time":"2026-09-21T14:14:10.136Z","last":187.34,"open":181.02,"high":189.99,"low":180.1,"change_pct":3.491,"volume":2400100.5,"turnover":446100200.12,"bid":187.33,"ask":187.35}"#
            ]],
        );
    }

    #[test]
    fn a_ticker_of_futures_has_none() {
        check(
            Product::UsdM,
            "usdm_ticker",
            &expect![[
                r#"{"report":"ticker","symbol":"SOLUSDT","time":"2026-09-21T14:14:10.236Z","last":187.35,"open":189.45,"high":191.0,"low":186.0,"change_pct":-1.108,"volume":81000200.0,"turnover":15100000000.5,"bid":null,"ask":null}"#
            ]],
        );
    }

    #[test]
    fn an_option_has_a_ticker() {
        check(
            Product::Options,
            "options_ticker",
            &expect![[
                r#"{"report":"ticker","symbol":"ETH-270326-4000-C","time":"2026-09-21T14:14:10.336Z","last":212.5,"open":210.0,"high":213.0,"low":209.5,"change_pct":1.19,"volume":14.25,"turnover":3011.5,"bid":null,"ask":null}"#
            ]],
        );
    }
}
