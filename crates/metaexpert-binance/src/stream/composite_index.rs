//! `compositeIndex`: the price of an index of several coins (USD-M futures). What it is made of is left out.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::IndexReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// USD-M futures, "Composite Index Symbol Information Streams".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
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
    fn an_index_of_several_coins_has_one_price() {
        check(
            Product::UsdM,
            "usdm_composite_index",
            &expect![[r#"{"report":"index","symbol":"DEFIUSDT","time":"2026-09-21T14:14:07Z","price":"611.90210000"}"#]],
        );
    }
}
