//! `kline`: a bar as it stands, and once more when it is closed.
//!
//! The one decision: the exchange's own word for closed (`x`) is kept. A bar is not closed for the clock having passed its end.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::BarReport};
use metaexpert_core::{Timeframe, UnixNanos};
use serde::Deserialize;

use super::Event;

/// "Kline/Candlestick Streams" of each product.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(borrow, rename = "k")]
    candle: Candle<'a>,
}

/// What all bars have.
#[derive(Deserialize)]
pub(super) struct Candle<'a> {
    /// `0` of an index; not there where the contract changes.
    #[serde(borrow, rename = "s", default)]
    pub symbol: Option<Cow<'a, str>>,
    #[serde(rename = "t", deserialize_with = "number::millis")]
    open_time: UnixNanos,
    #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
    close_time: Option<UnixNanos>,
    /// `1M` is a length that is none of ours.
    #[serde(borrow, rename = "i")]
    interval: Cow<'a, str>,
    #[serde(rename = "o", deserialize_with = "number::float")]
    open: f64,
    #[serde(rename = "h", deserialize_with = "number::float")]
    high: f64,
    #[serde(rename = "l", deserialize_with = "number::float")]
    low: f64,
    #[serde(rename = "c", deserialize_with = "number::float")]
    close: f64,
    #[serde(rename = "v", deserialize_with = "number::float")]
    volume: f64,
    #[serde(rename = "q", default, deserialize_with = "number::optional_float")]
    turnover: Option<f64>,
    #[serde(rename = "n", default)]
    trades: Option<u64>,
    #[serde(rename = "x")]
    is_closed: bool,
}

impl Candle<'_> {
    /// It as a bar of a symbol.
    pub(super) fn bar<'a>(&self, symbol: Cow<'a, str>) -> BarReport<'a> {
        BarReport {
            symbol: Some(symbol),
            timeframe: Timeframe::parse(&self.interval),
            open_time: self.open_time,
            close_time: self.close_time,
            open: self.open,
            high: self.high,
            low: self.low,
            close: self.close,
            volume: self.volume,
            turnover: self.turnover,
            trades: self.trades,
            is_closed: Some(self.is_closed),
        }
    }
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Bar(wire.candle.bar(wire.symbol)));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_bar_is_open_until_the_exchange_says_otherwise() {
        check(
            Product::Spot,
            "spot_kline",
            &expect![[
                r#"{"report":"bar","symbol":"SOLUSDT","timeframe":"1m","open_time":"2026-09-21T14:13:00Z","close_time":"2026-09-21T14:13:59.999Z","open":187.3,"high":187.4,"low":187.21,"close":187.34,"volume":812.4,"turnover":152189.216,"trades":21,"is_closed":false}"#
            ]],
        );
    }

    #[test]
    fn a_month_is_none_of_our_lengths() {
        check(
            Product::Spot,
            "spot_kline_of_a_month",
            &expect![[
                r#"{"report":"bar","symbol":"SOLUSDT","timeframe":null,"open_time":"2026-09-01T00:00:00Z","close_time":"2026-09-30T23:59:59.999Z","open":160.0,"high":191.0,"low":158.5,"close":187.34,"volume":81240000.0,"turnover":14000000000.0,"trades":2100000,"is_closed":false}"#
            ]],
        );
    }

    #[test]
    fn a_closed_bar_says_so() {
        check(
            Product::UsdM,
            "usdm_kline_closed",
            &expect![[
                r#"{"report":"bar","symbol":"SOLUSDT","timeframe":"1m","open_time":"2026-09-21T14:13:00Z","close_time":"2026-09-21T14:13:59.999Z","open":187.3,"high":187.41,"low":187.2,"close":187.37,"volume":20511.0,"turnover":3842114.17,"trades":100,"is_closed":true}"#
            ]],
        );
    }

    #[test]
    fn a_bar_of_an_option() {
        check(
            Product::Options,
            "options_kline",
            &expect![[
                r#"{"report":"bar","symbol":"ETH-270326-4000-C","timeframe":"1h","open_time":"2026-09-21T14:00:00Z","close_time":"2026-09-21T14:59:59.999Z","open":210.0,"high":213.0,"low":209.5,"close":212.5,"volume":14.25,"turnover":3011.5,"trades":9,"is_closed":false}"#
            ]],
        );
    }
}
