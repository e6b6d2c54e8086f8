//! Six recorded minutes of Binance's BTCUSDT, perpetual and spot: the book that is maintained from changes against the snapshot in
//! mid-stream, level by level, and against the best bid and ask that the exchange sent beside it.
//!
//! The recordings lie beside the repository; a test that does not find them says so and passes.
#![expect(clippy::print_stdout, reason = "says what was skipped and what was counted")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test or benchmark that cannot be set up has failed"
)]

use std::{collections::BTreeMap, path::PathBuf};

use metaexpert_core::{Book, LevelChange, Side, UnixNanos};
use metaexpert_data::{Converted, DepthSnapshot, DepthUpdate, KeptRows, MarketFile, Message, Quote, Recording, RowKind, convert};
use rust_decimal::{Decimal, dec};

const FUTURES: &str = "binance-usdm-btcusdt-2024-08-08.raw.gz";
const SPOT: &str = "binance-spot-btcusdt-2024-08-08.raw.gz";

fn recorded(name: &str) -> Option<PathBuf> {
    let shared = std::env::var_os("METAEXPERT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let path = shared.join("market-data").join(name);
    if !path.exists() {
        println!("skipped: there is no {}", path.display());
        return None;
    }
    Some(path)
}

/// The messages of a recording, taken apart.
struct Day {
    /// A tick in units of 10^-8.
    tick: i64,
    updates: Vec<DepthUpdate>,
    snapshot: DepthSnapshot,
    quotes: Vec<Quote>,
}

fn day(name: &str) -> Option<Day> {
    let mut recording = Recording::open(&recorded(name)?).unwrap();
    let (mut updates, mut snapshots, mut quotes) = (Vec::new(), Vec::new(), Vec::new());
    while let Some((_, _, message)) = recording.read().unwrap() {
        match message {
            Message::Depth(update) => updates.push(update),
            Message::Snapshot(snapshot) => snapshots.push(snapshot),
            Message::Quote(quote) => quotes.push(quote),
            Message::Print(_) => {}
        }
    }
    let [snapshot] = snapshots.try_into().unwrap_or_else(|_| panic!("not one snapshot"));
    Some(Day { tick: tick(name), updates, snapshot, quotes })
}

fn tick(name: &str) -> i64 {
    if name == SPOT { 1_000_000 } else { 10_000_000 }
}

/// A book, and its tick in units of 10^-8.
#[derive(Debug, PartialEq)]
struct Maintained(Book, i64);

impl Maintained {
    fn new(tick: i64) -> Self {
        Self(Book::new(Decimal::new(tick, 8)), tick)
    }

    #[expect(clippy::cast_precision_loss, reason = "recorded quantities are far below 2^53 units")]
    fn apply(&mut self, bids: &[(i64, i64)], asks: &[(i64, i64)]) {
        for (side, levels) in [(Side::Buy, bids), (Side::Sell, asks)] {
            for (price, quantity) in levels {
                assert_eq!(price % self.1, 0, "{price} lies on the tick");
                let (ticks, quantity) = (price / self.1, *quantity as f64);
                self.0.apply(&LevelChange { time: UnixNanos::MIN, side, ticks, quantity, clears: false, ends: true });
            }
        }
    }
}

/// The last quantity that changes have named, level by level; zero where they have taken it away.
fn named<'a>(updates: impl Iterator<Item = &'a DepthUpdate>) -> BTreeMap<(bool, i64), i64> {
    updates
        .flat_map(|update| {
            let bids = update.bids.iter().map(|(price, quantity)| ((true, *price), *quantity));
            bids.chain(update.asks.iter().map(|(price, quantity)| ((false, *price), *quantity)))
        })
        .collect()
}

/// At the end of the message that the snapshot falls into, the book that was maintained from changes alone and the book of the
/// snapshot agree on every level that the changes have named and that the snapshot reaches. How many those are; or the first that differs.
fn levels_as_in_snapshot(day: &Day, lose: Option<usize>) -> Result<usize, String> {
    let joint = day.updates.iter().position(|update| update.last >= day.snapshot.last).unwrap();
    let before =
        day.updates.iter().take(joint + 1).enumerate().filter(|(index, _)| Some(*index) != lose).map(|(_, update)| update);
    let before: Vec<_> = before.collect();
    let (mut maintained, mut snapshot) = (Maintained::new(day.tick), Maintained::new(day.tick));
    for update in &before {
        maintained.apply(&update.bids, &update.asks);
    }
    snapshot.apply(&day.snapshot.bids, &day.snapshot.asks);
    snapshot.apply(&day.updates[joint].bids, &day.updates[joint].asks);
    // The snapshot has the thousand best levels of each side; of deeper ones it says nothing.
    let (deepest_bid, deepest_ask) = (day.snapshot.bids.last().unwrap().0, day.snapshot.asks.last().unwrap().0);
    let reached = named(before.iter().copied())
        .into_keys()
        .filter(|(is_bid, price)| if *is_bid { *price >= deepest_bid } else { *price <= deepest_ask });
    let mut compared = 0;
    for (is_bid, price) in reached {
        let side = if is_bid { Side::Buy } else { Side::Sell };
        let [ours, theirs] = [&maintained, &snapshot].map(|book| book.0.quantity_at(side, price / day.tick));
        if ours.to_bits() != theirs.to_bits() {
            return Err(format!("{side:?} {price}: {ours}, in the snapshot {theirs}"));
        }
        compared += 1;
    }
    Ok(compared)
}

#[test]
fn the_maintained_book_equals_the_snapshot_in_mid_stream_level_by_level() {
    for (name, least) in [(FUTURES, 150), (SPOT, 15)] {
        let Some(day) = day(name) else { continue };
        let compared = levels_as_in_snapshot(&day, None).unwrap();
        println!("{name}: {compared} levels equal the snapshot's");
        assert!(compared >= least, "{name}: only {compared} levels to compare");
    }
}

#[test]
fn a_lost_message_shows_as_a_level_that_differs() {
    let Some(day) = day(FUTURES) else { return };
    let joint = day.updates.iter().position(|update| update.last >= day.snapshot.last).unwrap();
    assert!(levels_as_in_snapshot(&day, Some(joint)).is_err());
}

/// The best bid and ask of the maintained book at the end of each message, against the exchange's own quote of that moment:
/// messages that agree, and messages with a quote to compare.
fn best_as_quoted(day: &Day) -> (usize, usize) {
    let mut book = Maintained::new(day.tick);
    book.apply(&day.snapshot.bids, &day.snapshot.asks);
    let (mut equal, mut compared) = (0, 0);
    for update in day.updates.iter().filter(|update| update.last >= day.snapshot.last) {
        book.apply(&update.bids, &update.asks);
        assert!(!book.0.is_crossed(), "crossed after {}", update.last);
        // Between the last quote up to the message and the next one, nothing has changed at the best prices.
        let newer = day.quotes.partition_point(|quote| quote.update <= update.last);
        let (Some(quote), Some(_)) = (day.quotes[..newer].last(), day.quotes.get(newer)) else { continue };
        compared += 1;
        let best = (book.0.best(Side::Buy).unwrap(), book.0.best(Side::Sell).unwrap());
        #[expect(clippy::cast_precision_loss, reason = "recorded quantities are far below 2^53 units")]
        let quoted = ((quote.bid.0 / day.tick, quote.bid.1 as f64), (quote.ask.0 / day.tick, quote.ask.1 as f64));
        equal += usize::from(best == quoted);
    }
    (equal, compared)
}

#[test]
fn the_best_of_the_maintained_book_is_what_the_exchange_quoted() {
    for name in [FUTURES, SPOT] {
        let Some(day) = day(name) else { continue };
        let (equal, compared) = best_as_quoted(&day);
        println!("{name}: {equal} of {compared} messages end with the best bid and ask that were quoted");
        assert!(compared > 3_000);
        assert_eq!(equal, compared);
    }
}

fn converted(name: &str) -> Option<(Converted, KeptRows)> {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("market.parquet");
    let converted = convert(&recorded(name)?, &file).unwrap();
    Some((converted, KeptRows::from_source(MarketFile::open(&file).unwrap()).unwrap()))
}

#[test]
fn a_converted_recording_gives_the_same_book_as_the_messages() {
    for (name, step, levels) in [(FUTURES, dec!(0.1), 445_000), (SPOT, dec!(0.01), 126_000)] {
        let (Some(day), Some((converted, rows))) = (day(name), converted(name)) else { continue };
        println!("{name}: {converted:?}");
        assert_eq!((converted.info.price_step, &converted.gaps), (step, &vec![]));
        assert!(converted.info.levels.abs_diff(levels) < 2_000, "{}", converted.info.levels);
        assert_eq!(converted.info.rows(), u64::try_from(rows.rows().len()).unwrap());

        let mut of_messages = Maintained::new(tick(name));
        of_messages.apply(&day.snapshot.bids, &day.snapshot.asks);
        for update in day.updates.iter().filter(|update| update.last >= day.snapshot.last) {
            of_messages.apply(&update.bids, &update.asks);
        }
        let mut of_rows = Maintained::new(tick(name));
        for row in rows.rows().iter().filter(|row| row.kind.is_level()) {
            let level = [(row.price, row.quantity)];
            if row.kind == RowKind::Bid { of_rows.apply(&level, &[]) } else { of_rows.apply(&[], &level) }
        }
        assert_eq!(of_rows, of_messages);
        assert!(of_rows.0.bids().len() > 1_000 && of_rows.0.asks().len() > 1_000);
    }
}
