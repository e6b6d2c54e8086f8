//! The best levels of a book on spot, which say neither what they are nor of what: the symbol is in the topic's name. The reply to
//! a REST request for the book has the same form, with times and a symbol on futures; recordings of streams hold it.

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

/// Spot API, "Partial Book Depth Streams".
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Wire<'a> {
    #[serde(rename = "lastUpdateId")]
    last: u64,
    #[serde(deserialize_with = "levels")]
    bids: Vec<LevelReport>,
    #[serde(deserialize_with = "levels")]
    asks: Vec<LevelReport>,
    #[serde(borrow, default)]
    symbol: Option<Cow<'a, str>>,
    #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
    time: Option<UnixNanos>,
    #[serde(rename = "E", default, deserialize_with = "number::optional_millis")]
    sent: Option<UnixNanos>,
}

pub(super) fn read<'a>(event: &Event<'a>, tell: &mut dyn FnMut(Report<'a>)) -> serde_json::Result<()> {
    let wire = match quick(event.json) {
        Some(wire) => wire,
        None => event.wire::<Wire<'a>>()?,
    };
    // Topics are written in small letters, symbols in large ones; neither has an effect on letters that come in one size.
    let of_topic = || event.topic?.split_once('@').map(|(symbol, _)| Cow::Owned(symbol.to_uppercase()));
    tell(Report::Depth(DepthReport {
        symbol: wire.symbol.or_else(of_topic),
        time: wire.time.or(wire.sent),
        is_snapshot: true,
        first: None,
        last: wire.last,
        previous: None,
        bids: wire.bids,
        asks: wire.asks,
    }));
    Ok(())
}

/// The three fields that spot writes, to the byte.
fn quick(json: &[u8]) -> Option<Wire<'_>> {
    let (last, rest) = plain::integer(json.strip_prefix(br#"{"lastUpdateId":"#)?)?;
    let (bids, rest) = levels::quick(rest.strip_prefix(br#","bids":"#)?)?;
    let (asks, rest) = levels::quick(rest.strip_prefix(br#","asks":"#)?)?;
    (rest == b"}").then_some(Wire { last, bids, asks, symbol: None, time: None, sent: None })
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{Product, stream::testing::check};

    #[test]
    fn the_best_levels_of_spot_have_their_symbol_from_the_topic() {
        check(
            Product::Spot,
            "spot_best_levels",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSDT","time":null,"is_snapshot":true,"first":null,"last":81000000026,"previous":null,"bids":[{"price":"187.34000000","quantity":55.1},{"price":"187.33000000","quantity":3.0}],"asks":[{"price":"187.35000000","quantity":8.75}]}"#
            ]],
        );
    }

    #[test]
    fn a_snapshot_in_a_recording_has_its_own_symbol_and_time() {
        check(
            Product::CoinM,
            "coinm_snapshot_in_a_recording",
            &expect![[
                r#"{"report":"depth","symbol":"SOLUSD_PERP","time":"2026-09-21T14:13:27.823Z","is_snapshot":true,"first":null,"last":1900000000351,"previous":null,"bids":[{"price":"187.301","quantity":55.0}],"asks":[{"price":"187.303","quantity":7.0}]}"#
            ]],
        );
    }

    #[test]
    fn the_quick_way_takes_what_the_exchange_writes_and_reads_what_the_parser_reads() {
        let json = br#"{"lastUpdateId":7,"bids":[["187.34","55.1"]],"asks":[]}"#;
        assert!(quick(json).is_some());
        assert_eq!(quick(json), serde_json::from_slice(json).ok());
    }
}
