//! `continuous_kline`: a bar of whatever contract is the perpetual, this quarter's or the next quarter's of a pair (futures).
//!
//! The one decision: its symbol is the pair and the contract as the topic names them, `BTCUSD_NEXT_QUARTER`. It is no symbol that
//! can be traded, and is the only one that does not change when a contract is delivered.

use std::borrow::Cow;

use metaexpert_connect::Report;
use serde::Deserialize;

use super::{Event, kline::Candle};

/// "Continuous Contract Kline/Candlestick Streams" of USD-M and COIN-M futures.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "ps")]
    pair: Cow<'a, str>,
    #[serde(borrow, rename = "ct")]
    contract: Cow<'a, str>,
    #[serde(borrow, rename = "k")]
    candle: Candle<'a>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Bar(wire.candle.bar(Cow::Owned(format!("{}_{}", wire.pair, wire.contract)))));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn a_continuous_bar_is_named_by_pair_and_role() {
        check(
            Product::UsdM,
            "usdm_continuous_kline",
            &expect![[
                r#"{"report":"bar","symbol":"SOLUSDT_PERPETUAL","timeframe":"1m","open_time":"2026-09-21T14:14:00Z","close_time":"2026-09-21T14:14:59.999Z","open":187.37,"high":187.39,"low":187.36,"close":187.39,"volume":912.0,"turnover":170880.11,"trades":12,"is_closed":false}"#
            ]],
        );
    }
}
