//! `depthUpdate`: what changed in a book; on futures and options also its best levels, which only the topic tells apart.
//!
//! The one decision: it is the largest of the messages that come often, and is read by hand where it is written to the byte as
//! Binance writes it; anything else goes to the parser, which also says what is wrong.
//!
//! Changes that include retail orders (`@rpiDepth`) have this form too. They are of another book, and are told apart by
//! [`topic`](super::topic).

use std::borrow::Cow;

use metaexpert_connect::{
    Report, number,
    report::{DepthReport, LevelReport},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{
    Event,
    levels::{self, levels},
    plain,
};

/// Spot API, "Diff. Depth Stream"; "Diff. Book Depth Streams" and "Partial Book Depth Streams" of futures and options.
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "U")]
    first: u64,
    #[serde(rename = "u")]
    last: u64,
    /// Not on spot, whose updates follow each other by `U`.
    #[serde(rename = "pu", default)]
    previous: Option<i64>,
    #[serde(rename = "b", deserialize_with = "levels")]
    bids: Vec<LevelReport>,
    #[serde(rename = "a", deserialize_with = "levels")]
    asks: Vec<LevelReport>,
    /// When the matching engine made the change.
    #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    /// When it was sent.
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    sent: Option<UnixNanos>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire = match quick(event.json) {
        Some(wire) => wire,
        None => event.wire::<Wire<'a>>()?,
    };
    let is_snapshot = event.topic.is_some_and(is_of_best_levels);
    tell(Report::Depth(DepthReport {
        symbol: Some(wire.symbol),
        time: wire.time.or(wire.sent),
        is_snapshot,
        first: (!is_snapshot).then_some(wire.first),
        last: wire.last,
        previous: wire.previous.filter(|_| !is_snapshot),
        bids: wire.bids,
        asks: wire.asks,
    }));
    Ok(())
}

/// An update without spaces and escapes, each field once, and none but those that are known.
fn quick(json: &[u8]) -> Option<Wire<'_>> {
    let (mut symbol, mut first, mut last, mut previous, mut time, mut sent) = (None, None, None, None, None, None);
    let (mut bids, mut asks) = (None, None);
    let mut rest = json.strip_prefix(b"{")?;
    loop {
        let (name, value) = plain::name(rest)?;
        rest = match name {
            b"s" => plain::once(&mut symbol, plain::text(value))?,
            b"U" => plain::once(&mut first, plain::integer(value))?,
            b"u" => plain::once(&mut last, plain::integer(value))?,
            b"pu" => plain::once(&mut previous, plain::integer(value))?,
            b"T" => plain::once(&mut time, plain::integer(value))?,
            b"E" => plain::once(&mut sent, plain::integer(value))?,
            b"b" => plain::once(&mut bids, levels::quick(value))?,
            b"a" => plain::once(&mut asks, levels::quick(value))?,
            b"e" | b"ps" => plain::text(value)?.1,
            b"st" => plain::integer(value)?.1,
            _ => return None,
        };
        match rest {
            [b',', behind @ ..] => rest = behind,
            [b'}'] => break,
            _ => return None,
        }
    }
    let previous = match previous {
        Some(previous) => Some(i64::try_from(previous).ok()?),
        None => None,
    };
    let (time, sent) = (plain::time(time)?, plain::time(sent)?);
    Some(Wire { symbol: Cow::Borrowed(symbol?), first: first?, last: last?, previous, bids: bids?, asks: asks?, time, sent })
}

/// Whether a topic is `<symbol>@depth5`, `@depth10` or `@depth20`, at any speed.
pub(super) fn is_of_best_levels(topic: &str) -> bool {
    let levels = topic.split('@').nth(1).and_then(|name| name.strip_prefix("depth"));
    levels.is_some_and(|levels| !levels.is_empty())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        Product,
        stream::testing::{self, check},
    };

    #[test]
    fn a_change_of_spot_follows_by_its_first_number() {
        check(
            Product::Spot,
            "spot_depth",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSDT","time":"2026-09-21T14:13:26.208Z","is_snapshot":false,"first":81000000018,"last":81000000025,"previous":null,"bids":[{"price":"187.34000000","quantity":55.1},{"price":"180.00000000","quantity":0.0}],"asks":[{"price":"187.41000000","quantity":7.0}]}"#
            ]],
        );
    }

    #[test]
    fn a_change_of_futures_names_the_one_before() {
        check(
            Product::UsdM,
            "usdm_depth",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSDT","time":"2026-09-21T14:13:26.298Z","is_snapshot":false,"first":9100000000045,"last":9100000000101,"previous":9100000000044,"bids":[{"price":"187.3500","quantity":0.0}],"asks":[{"price":"187.3600","quantity":91.0},{"price":"187.3700","quantity":12.0}]}"#
            ]],
        );
    }

    #[test]
    fn a_side_without_changes_is_empty() {
        check(
            Product::CoinM,
            "coinm_depth",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSD_PERP","time":"2026-09-21T14:13:26.391Z","is_snapshot":false,"first":1900000000303,"last":1900000000350,"previous":1900000000302,"bids":[],"asks":[{"price":"187.302","quantity":0.0}]}"#
            ]],
        );
    }

    #[test]
    fn a_change_of_an_option() {
        check(
            Product::Options,
            "options_depth",
            &expect![[
                r#"{"report":"depth","symbol":"ETH-270326-4000-P","time":"2026-09-21T14:13:26.358Z","is_snapshot":false,"first":2472002,"last":2472002,"previous":2472001,"bids":[{"price":"401.500","quantity":2.2}],"asks":[]}"#
            ]],
        );
    }

    #[test]
    fn a_change_with_retail_orders_is_a_change() {
        check(
            Product::UsdM,
            "usdm_depth_of_retail",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSDT","time":"2026-09-21T14:13:26.548Z","is_snapshot":false,"first":9100000000102,"last":9100000000160,"previous":9100000000101,"bids":[{"price":"187.3550","quantity":21.0}],"asks":[]}"#
            ]],
        );
    }

    #[test]
    fn the_best_levels_of_futures_are_told_by_their_topic() {
        check(
            Product::UsdM,
            "usdm_best_levels",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSDT","time":"2026-09-21T14:13:27.276Z","is_snapshot":true,"first":null,"last":9100000000170,"previous":null,"bids":[{"price":"187.3500","quantity":412.0},{"price":"187.3400","quantity":80.0}],"asks":[{"price":"187.3600","quantity":39.0}]}"#
            ]],
        );
    }

    #[test]
    fn the_best_levels_of_options_are_told_by_their_topic() {
        check(
            Product::Options,
            "options_best_levels",
            &expect![[
                r#"{"report":"depth","symbol":"ETH-270326-4000-P","time":"2026-09-21T14:13:27.358Z","is_snapshot":true,"first":null,"last":2472009,"previous":null,"bids":[{"price":"402.000","quantity":1.0}],"asks":[{"price":"408.500","quantity":4.0}]}"#
            ]],
        );
    }

    #[test]
    fn the_quick_way_takes_what_the_exchange_writes_and_reads_what_the_parser_reads() {
        for name in ["spot_depth", "usdm_depth", "coinm_depth", "options_depth"] {
            let json = testing::payload(name);
            let quick = quick(json.trim_ascii());
            assert!(quick.is_some(), "{name}");
            assert_eq!(quick, serde_json::from_slice(&json).ok(), "{name}");
        }
    }
}
