//! `1hTicker`, `4hTicker`, `1dTicker`: statistics of the last hour, four hours or day (spot). The window begins on a minute, so it
//! may be up to a minute longer than it is called.

use metaexpert_connect::{Report, report::WindowTickerReport};
use metaexpert_core::Timeframe;
use serde::de::Error;

use super::{Event, ticker};

/// Spot API, "Individual Symbol Rolling Window Statistics Streams": the fields of a ticker without the best bid and ask.
pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: ticker::Wire<'a> = event.wire()?;
    let window = event.kind.strip_suffix("Ticker").and_then(Timeframe::parse);
    let window = window.ok_or_else(|| Error::custom(format_args!("`{}` names no window", event.kind)))?;
    tell(Report::WindowTicker(Box::new(WindowTickerReport { window, ticker: wire.report() })));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn another_window_is_told_from_the_day() {
        check(
            Product::Spot,
            "spot_window_ticker",
            &expect![[
                r#"{"report":"window_ticker","window":"4h","ticker":{"symbol":"SOLUSDT","time":"2026-09-21T14:14:11.136Z","last":187.34,"open":186.24,"high":188.0,"low":186.0,"change_pct":0.591,"volume":300100.0,"turnover":56148710.0,"bid":null,"ask":null}}"#
            ]],
        );
    }
}
