//! `bookTicker`: the best bid and ask, each time that one of them changes. Spot does not say what it is, nor when.
//!
//! The one decision: nothing comes more often, so it is read by hand where it is written to the byte as Binance writes it; anything
//! else goes to the parser, which also says what is wrong.

use std::borrow::Cow;

use metaexpert_connect::{Report, number, report::Quote};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use super::{Event, plain};

/// "Individual Symbol Book Ticker Streams" of spot, USD-M and COIN-M futures; European options, "Bookticker".
#[derive(Debug, Clone, PartialEq, Deserialize)]
struct Wire<'a> {
    #[serde(borrow, rename = "s")]
    symbol: Cow<'a, str>,
    #[serde(rename = "u")]
    update: u64,
    #[serde(rename = "b", deserialize_with = "number::float")]
    bid: f64,
    #[serde(rename = "B", deserialize_with = "number::float")]
    bid_quantity: f64,
    #[serde(rename = "a", deserialize_with = "number::float")]
    ask: f64,
    #[serde(rename = "A", deserialize_with = "number::float")]
    ask_quantity: f64,
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
    tell(Report::Quote(Quote {
        symbol: Some(wire.symbol),
        time: wire.time.or(wire.sent),
        update: Some(wire.update),
        bid: wire.bid,
        bid_quantity: wire.bid_quantity,
        ask: wire.ask,
        ask_quantity: wire.ask_quantity,
    }));
    Ok(())
}

/// A quote without spaces and escapes, each field once, and none but those that are known.
fn quick(json: &[u8]) -> Option<Wire<'_>> {
    let (mut symbol, mut update, mut time, mut sent) = (None, None, None, None);
    let (mut bid, mut bid_quantity, mut ask, mut ask_quantity) = (None, None, None, None);
    let mut rest = json.strip_prefix(b"{")?;
    loop {
        let (name, value) = plain::name(rest)?;
        rest = match name {
            b"s" => plain::once(&mut symbol, plain::text(value))?,
            b"u" => plain::once(&mut update, plain::integer(value))?,
            b"b" => plain::once(&mut bid, plain::float(value))?,
            b"B" => plain::once(&mut bid_quantity, plain::float(value))?,
            b"a" => plain::once(&mut ask, plain::float(value))?,
            b"A" => plain::once(&mut ask_quantity, plain::float(value))?,
            b"T" => plain::once(&mut time, plain::integer(value))?,
            b"E" => plain::once(&mut sent, plain::integer(value))?,
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
    Some(Wire {
        symbol: Cow::Borrowed(symbol?),
        update: update?,
        bid: bid?,
        bid_quantity: bid_quantity?,
        ask: ask?,
        ask_quantity: ask_quantity?,
        time: plain::time(time)?,
        sent: plain::time(sent)?,
    })
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
    fn a_quote_of_spot_has_no_time() {
        check(
            Product::Spot,
            "spot_book_ticker",
            &expect![[
                r#"{"report":"quote","symbol":"SOLUSDT","time":null,"update":81000000017,"bid":187.34,"bid_quantity":61.2,"ask":187.35,"ask_quantity":8.75}"#
            ]],
        );
    }

    #[test]
    fn a_quote_of_futures_has_the_time_of_the_matching_engine() {
        check(
            Product::UsdM,
            "usdm_book_ticker",
            &expect![[
                r#"{"report":"quote","symbol":"SOLUSDT","time":"2026-09-21T14:13:24.891Z","update":9100000000044,"bid":187.35,"bid_quantity":412.0,"ask":187.36,"ask_quantity":39.0}"#
            ]],
        );
    }

    #[test]
    fn the_order_of_fields_does_not_matter() {
        check(
            Product::CoinM,
            "coinm_book_ticker",
            &expect![[
                r#"{"report":"quote","symbol":"SOLUSD_PERP","time":"2026-09-21T14:13:24.991Z","update":1900000000302,"bid":187.301,"bid_quantity":55.0,"ask":187.302,"ask_quantity":1102.0}"#
            ]],
        );
    }

    #[test]
    fn options_are_quoted_too() {
        check(
            Product::Options,
            "options_book_ticker",
            &expect![[
                r#"{"report":"quote","symbol":"ETH-270326-4000-P","time":"2026-09-21T14:13:25.042Z","update":2472001,"bid":401.5,"bid_quantity":3.2,"ask":409.0,"ask_quantity":1.1}"#
            ]],
        );
    }

    #[test]
    fn the_quick_way_takes_what_the_exchange_writes_and_reads_what_the_parser_reads() {
        for name in ["spot_book_ticker", "usdm_book_ticker", "coinm_book_ticker", "options_book_ticker"] {
            let json = testing::payload(name);
            let quick = quick(json.trim_ascii());
            assert!(quick.is_some(), "{name}");
            assert_eq!(quick, serde_json::from_slice(&json).ok(), "{name}");
        }
    }
}
