//! `contractInfo`: a contract is listed, settled or delivered, or its brackets change (futures).

use std::borrow::Cow;

use metaexpert_connect::{
    Report, number,
    report::{BracketReport, ListingUpdate},
};
use metaexpert_core::{Bracket, Percent, UnixNanos};
use rust_decimal::Decimal;
use serde::Deserialize;

use super::Event;
use crate::words::read_listing_status;

/// "Contract Info Stream" of USD-M and COIN-M futures.
#[derive(Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(borrow, rename = "cs")]
    status: Cow<'a, str>,
    #[serde(rename = "ot", default, deserialize_with = "number::optional_millis")]
    listed: Option<UnixNanos>,
    #[serde(rename = "dt", default, deserialize_with = "number::optional_millis")]
    delivery: Option<UnixNanos>,
    /// There only when they change.
    #[serde(rename = "bks", default)]
    brackets: Vec<BracketWire>,
}

#[derive(Deserialize)]
struct BracketWire {
    #[serde(rename = "bnc", deserialize_with = "number::decimal")]
    up_to: Decimal,
    /// A share, not a percentage.
    #[serde(rename = "mmr", deserialize_with = "number::decimal")]
    maintenance_margin: Decimal,
    #[serde(rename = "cf", deserialize_with = "number::decimal")]
    deduction: Decimal,
    #[serde(rename = "ma")]
    max_leverage: u32,
}

/// The delivery date that perpetual contracts have: 2100-12-25, or never.
const NEVER: Option<UnixNanos> = UnixNanos::from_millis(4_133_404_800_000);

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire: Wire<'a> = event.wire()?;
    tell(Report::ListingUpdate(ListingUpdate {
        symbol: wire.symbol.clone().into_owned(),
        time: wire.time,
        status: read_listing_status(&wire.status),
        listed: wire.listed,
        delivery: delivery(wire.delivery),
    }));
    if !wire.brackets.is_empty() {
        let mut brackets: Vec<Bracket> = wire.brackets.iter().map(BracketWire::bracket).collect();
        brackets.sort_unstable_by_key(|bracket| bracket.up_to);
        tell(Report::Bracket(BracketReport { symbol: wire.symbol.into_owned(), brackets }));
    }
    Ok(())
}

impl BracketWire {
    fn bracket(&self) -> Bracket {
        Bracket {
            up_to: self.up_to,
            max_leverage: self.max_leverage,
            maintenance_margin: Percent::new((self.maintenance_margin * Decimal::ONE_HUNDRED).normalize()),
            deduction: self.deduction,
        }
    }
}

/// `None` for what is never delivered.
pub(super) fn delivery(date: Option<UnixNanos>) -> Option<UnixNanos> {
    date.filter(|date| Some(*date) != NEVER)
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use crate::{Product, stream::testing::check};

    #[test]
    fn brackets_come_in_the_order_of_their_values() {
        check(
            Product::UsdM,
            "usdm_contract_info",
            &expect![[r#"
            {"report":"listing_update","symbol":"SOLUSDT","time":"2026-09-21T14:14:18.908Z","status":"trading","listed":"2020-09-14T07:00:00Z","delivery":null}
            {"report":"bracket","symbol":"SOLUSDT","brackets":[{"up_to":"50000","max_leverage":100,"maintenance_margin_pct":"1","deduction":"0"},{"up_to":"250000","max_leverage":75,"maintenance_margin_pct":"1.25","deduction":"125.5"}]}"#]],
        );
    }

    #[test]
    fn a_contract_before_settlement_can_only_be_closed() {
        check(
            Product::CoinM,
            "coinm_contract_info",
            &expect![[
                r#"{"report":"listing_update","symbol":"SOLUSD_270326","time":"2026-09-21T14:14:19.375Z","status":"close_only","listed":"2025-12-25T08:00:00Z","delivery":"2026-03-26T08:00:00Z"}"#
            ]],
        );
    }
}
