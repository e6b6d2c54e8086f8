//! Recorded streams, where they are at hand: every message is read, and counted by what it says. Each is read twice, once in the
//! quick way and once with spaces in it, which the thorough way alone can read.
//!
//! Recorded are trades, quotes, bars and changes of books of 2021, 2022 and 2024; their forms are those of today but for fields
//! that came since. Addresses and REST replies between the messages are not of streams and are passed over by their form.
#![expect(clippy::print_stdout, reason = "says what was skipped, and what was read")]

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::Path,
};

use expect_test::{Expect, expect};
use flate2::read::GzDecoder;
use metaexpert_binance::{Product, stream};
use metaexpert_connect::Report;
use serde_json::Value;

/// The messages of a recording, without the times at which they came.
fn messages(path: &Path, separator: &str) -> Vec<String> {
    let file = std::fs::File::open(path).unwrap();
    let reader: Box<dyn BufRead> = if path.extension().is_some_and(|kind| kind == "gz") {
        Box::new(BufReader::new(GzDecoder::new(file)))
    } else {
        Box::new(BufReader::new(file))
    };
    let lines = reader.lines().map(|line| line.unwrap());
    let messages = lines.filter_map(|line| line.split_once(separator).map(|(_, message)| message.trim().to_owned()));
    messages.filter(|message| message.starts_with(['{', '['])).collect()
}

fn check(product: Product, file: &str, separator: &str, expected: &Expect) {
    let Some(path) = crate::captures().map(|captures| captures.join(file)).filter(|path| path.is_file()) else {
        println!("skipped: {file} is not at hand");
        return;
    };
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for (index, message) in messages(&path, separator).into_iter().enumerate() {
        let reports = stream::read(product, message.as_bytes()).unwrap_or_else(|error| panic!("{error}"));
        let [report] = reports.as_slice() else { panic!("{} reports of {message}", reports.len()) };
        // Comparing costs much more than reading.
        if index % 8 == 0 || index < 1_000 {
            agrees(report, &message);
        }
        let spaced = message.replacen("{\"e\"", "{ \"e\"", 1).replacen("{\"u\"", "{ \"u\"", 1).replacen("{\"last", "{ \"last", 1);
        assert_eq!(stream::read(product, spaced.as_bytes()).as_deref(), Ok(reports.as_slice()), "{message}");
        let value = serde_json::to_value(report).unwrap();
        let kind = value.get("report").and_then(Value::as_str).unwrap();
        *counts.entry(kind.to_owned()).or_default() += 1;
    }
    let counts: Vec<String> = counts.iter().map(|(kind, count)| format!("{kind} {count}")).collect();
    expected.assert_eq(&counts.join(", "));
    println!("{file}: {}", counts.join(", "));
}

/// What can be compared with the message without reading it in the same way.
#[track_caller]
fn agrees(report: &Report<'_>, message: &str) {
    let value: Value = serde_json::from_str(message).unwrap();
    let event = value.get("data").unwrap_or(&value);
    let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
    let bits = |name: &str| text(name).unwrap().parse::<f64>().unwrap().to_bits();
    let number = |name: &str| event.get(name).and_then(Value::as_u64);
    let length = |names: [&str; 2]| names.iter().find_map(|name| event.get(*name).and_then(Value::as_array)).unwrap().len();
    match report {
        Report::Quote(quote) => {
            assert_eq!((quote.symbol.as_deref(), quote.update), (text("s").as_deref(), number("u")));
            let read = [quote.bid, quote.bid_quantity, quote.ask, quote.ask_quantity];
            assert_eq!(read.map(f64::to_bits), ["b", "B", "a", "A"].map(bits));
        }
        Report::PublicTrade(trade) => {
            assert_eq!((trade.symbol.as_deref(), Some(trade.id)), (text("s").as_deref(), number("t").or(number("a"))));
            assert_eq!([trade.price, trade.quantity].map(f64::to_bits), ["p", "q"].map(bits));
        }
        Report::Depth(depth) => {
            assert_eq!(Some(depth.last), number("u").or(number("lastUpdateId")));
            assert_eq!((depth.first, depth.previous.map(i64::unsigned_abs)), (number("U"), number("pu")));
            assert_eq!((depth.bids.len(), depth.asks.len()), (length(["b", "bids"]), length(["a", "asks"])));
            for (level, name) in [(depth.bids.last(), ["b", "bids"]), (depth.asks.last(), ["a", "asks"])] {
                let last = name.iter().find_map(|name| event.get(*name)).and_then(|levels| levels.as_array()?.last());
                let last = last.map(|level| [0, 1].map(|at| level.get(at).and_then(Value::as_str).unwrap().to_owned()));
                assert_eq!(level.map(|level| level.price.to_string()), last.as_ref().map(|[price, _]| price.clone()));
                assert_eq!(level.map(|level| level.quantity), last.map(|[_, quantity]| quantity.parse().unwrap()));
            }
        }
        Report::Bar(bar) => {
            let closed = event.get("k").and_then(|bar| bar.get("x")).and_then(Value::as_bool);
            assert_eq!((bar.symbol.as_deref(), bar.is_closed), (text("s").as_deref(), closed));
        }
        other => panic!("{other:?} of {message}"),
    }
}

#[test]
fn every_message_of_spot_in_2021_is_read() {
    check(
        Product::Spot,
        "live/cryptofeed/binance/spot/BINANCE.ws.1.0.log",
        ": ",
        &expect!["bar 2, depth 177, public_trade 2, quote 84"],
    );
}

#[test]
fn every_message_of_usd_m_in_2021_is_read() {
    check(
        Product::UsdM,
        "live/cryptofeed/binance/usdm/BINANCE_FUTURES.ws.1.0.log",
        ": ",
        &expect!["bar 67, depth 764, public_trade 91, quote 613"],
    );
}

#[test]
fn every_message_of_coin_m_in_2024_is_read() {
    check(
        Product::CoinM,
        "live/hftbacktest/btcusd_perp_20240808.gz",
        " ",
        &expect!["depth 26848, public_trade 2286, quote 19136"],
    );
}

#[test]
fn every_message_of_spot_in_2024_is_read() {
    check(
        Product::Spot,
        "../market-data/binance-spot-btcusdt-2024-08-08.raw.gz",
        " ",
        &expect!["depth 3452, public_trade 9757, quote 28040"],
    );
}

#[test]
fn every_message_of_usd_m_in_2024_is_read() {
    check(
        Product::UsdM,
        "../market-data/binance-usdm-btcusdt-2024-08-08.raw.gz",
        " ",
        &expect!["depth 6552, public_trade 21313, quote 66089"],
    );
}
