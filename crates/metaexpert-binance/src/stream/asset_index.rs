//! `assetIndexUpdate`: what an asset is worth as margin, in dollars (USD-M futures, multi-assets mode). The buffers around it are
//! left out.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::IndexReport};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;

/// USD-M futures, "Multi-Assets Mode Asset Index".
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "i", deserialize_with = "number::decimal")]
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
    fn an_asset_is_worth_this_as_margin() {
        check(
            Product::UsdM,
            "usdm_asset_index",
            &expect![[r#"{"report":"index","symbol":"SOLUSD","time":"2026-09-21T14:14:08Z","price":"187.30110000"}"#]],
        );
    }
}
