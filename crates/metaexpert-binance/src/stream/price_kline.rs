//! `indexPrice_kline` and `markPrice_kline`: bars of prices that nobody trades at (COIN-M futures).

use std::borrow::Cow;

use metaexpert_connect::{
    Report,
    report::{PriceBarReport, PriceKind},
};
use serde::{Deserialize, de::Error};

use super::{Event, kline::Candle};

/// COIN-M futures, "Index Kline/Candlestick Streams" and "Mark Price Kline/Candlestick Streams".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "ps")]
    pair: Cow<'a, str>,
    /// The symbol stands in the bar alone.
    #[serde(borrow, rename = "k")]
    candle: Candle<'a>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let Wire { pair, mut candle } = event.wire()?;
    let (of, symbol) = if event.kind == "markPrice_kline" {
        (PriceKind::Mark, candle.symbol.take().ok_or_else(|| Error::missing_field("s"))?)
    } else {
        (PriceKind::Index, pair)
    };
    tell(Report::PriceBar(PriceBarReport { of, bar: candle.bar(symbol) }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_bar_of_an_index_is_named_by_its_pair() {
        check(
            Product::CoinM,
            "coinm_index_kline",
            &expect![[
                r#"{"report":"price_bar","of":"index","bar":{"symbol":"SOLUSD","timeframe":"1m","open_time":"2026-09-21T14:14:00Z","close_time":"2026-09-21T14:14:59.999Z","open":187.3111,"high":187.32,"low":187.31,"close":187.3122,"volume":0.0,"turnover":0.0,"trades":3,"is_closed":false}}"#
            ]],
        );
    }

    #[test]
    fn a_bar_of_a_mark_price_is_named_by_its_contract() {
        check(
            Product::CoinM,
            "coinm_mark_kline",
            &expect![[
                r#"{"report":"price_bar","of":"mark","bar":{"symbol":"SOLUSD_270326","timeframe":"1m","open_time":"2026-09-21T14:14:00Z","close_time":"2026-09-21T14:14:59.999Z","open":190.2,"high":190.22,"low":190.19,"close":190.21,"volume":0.0,"turnover":0.0,"trades":3,"is_closed":true}}"#
            ]],
        );
    }
}
