//! `indexPriceUpdate` (COIN-M futures) and `indexPrice` (options): the price of an underlying.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::IndexReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// COIN-M futures, "Index Price Stream", whose pair is in `i`; European options, "Index Price Streams", whose underlying is in
/// `s`.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s", alias = "i")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "p", deserialize_with = "number::decimal")]
    price: Decimal,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::Index(IndexReport { symbol: Some(wire.symbol), time: wire.time, price: wire.price }));
    Ok(())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn coin_m_names_the_pair() {
        check(
            Product::CoinM,
            "coinm_index_price",
            &expect![[r#"{"report":"index","symbol":"SOLUSD","time":"2026-09-21T14:14:06Z","price":"187.31220000"}"#]],
        );
    }

    #[test]
    fn options_name_the_underlying() {
        check(
            Product::Options,
            "options_index",
            &expect![[r#"
            {"report":"index","symbol":"ETHUSDT","time":"2026-09-21T14:14:06.229Z","price":"3811.22500000"}
            {"report":"index","symbol":"SOLUSDT","time":"2026-09-21T14:14:06.229Z","price":"187.36010000"}"#]],
        );
    }
}
