//! Recorded Binance streams: every frame is read, and the book that comes of them is the exchange's.
//!
//! Each book is held against two things that were recorded beside it: the snapshot in mid-stream, level by level, and the best bid
//! and ask that the exchange sent with the numbers of their updates. Then the same messages are lost, repeated, reordered and cut.
//!
//! The recordings lie beside the repository; a test that does not find them says so and passes.
#![expect(clippy::print_stdout, reason = "says what was skipped and what was counted")]
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that cannot be set up has failed")]

mod faults; // what a bad connection does to them
mod recording; // files to messages   <- read first

use std::collections::BTreeMap;

use metaexpert_binance::{Product, book_rules::book_rule};
use metaexpert_connect::{
    BookSync,
    book_sync::{Ask, Remedy, Step},
    report::{DepthReport, Quote},
};
use metaexpert_core::{Book, LevelChange, Side, UnixNanos, book::ticks_of};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use self::recording::{Came, Recording, of_lines, of_logs, tick};

const NOW: UnixNanos = UnixNanos::from_nanos(0);

/// How each is opened.
const RECORDINGS: [fn() -> Option<Recording>; 5] = [spot, usdm, coinm, spot_2021, usdm_2021];

fn spot() -> Option<Recording> {
    of_lines("spot 2024", Product::Spot, "market-data/binance-spot-btcusdt-2024-08-08.raw.gz", "BTCUSDT")
}

fn usdm() -> Option<Recording> {
    of_lines("USD-M 2024", Product::UsdM, "market-data/binance-usdm-btcusdt-2024-08-08.raw.gz", "BTCUSDT")
}

fn coinm() -> Option<Recording> {
    of_lines("COIN-M 2024", Product::CoinM, "captures/live/hftbacktest/btcusd_perp_20240808.gz", "BTCUSD_PERP")
}

fn spot_2021() -> Option<Recording> {
    let folder = "captures/live/cryptofeed/binance/spot";
    of_logs("spot 2021", Product::Spot, &format!("{folder}/BINANCE.http.0.0.log"), &format!("{folder}/BINANCE.ws.1.0.log"))
}

fn usdm_2021() -> Option<Recording> {
    let [replies, frames] =
        ["http.0.0", "ws.1.0"].map(|of| format!("captures/live/cryptofeed/binance/usdm/BINANCE_FUTURES.{of}.log"));
    of_logs("USD-M 2021", Product::UsdM, &replies, &frames)
}

/// All recordings, one at a time: they are large.
fn each(look: impl FnMut(Recording)) {
    RECORDINGS.iter().filter_map(|open| open()).for_each(look);
}

/// One instrument's book.
struct Desk {
    sync: BookSync,
    book: Book,
    out: Vec<LevelChange>,
    ask: Option<Ask>,
}

impl Desk {
    fn new(product: Product, tick: Decimal) -> Self {
        Self { sync: BookSync::new(book_rule(product), tick), book: Book::new(tick), out: Vec::new(), ask: None }
    }

    fn take(&mut self, report: &DepthReport<'_>) -> Step {
        let step = self.sync.take(report, NOW, &mut self.out);
        self.after(step)
    }

    /// Answers an open question; where there is none, nobody asked.
    fn answer(&mut self, report: &DepthReport<'_>) -> Option<Step> {
        let step = self.sync.answer(self.ask?, report, NOW, &mut self.out);
        Some(self.after(step))
    }

    fn after(&mut self, step: Step) -> Step {
        self.out.drain(..).for_each(|change| self.book.apply(&change));
        match &step {
            Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } => self.ask = Some(*ask),
            Step::Rebuilt => self.ask = None,
            _ => {}
        }
        step
    }
}

/// A report's levels in ticks, by side and tick.
fn levels(report: &DepthReport<'_>, tick: Decimal) -> BTreeMap<(bool, i64), f64> {
    let of = |is_ask: bool| {
        let side = if is_ask { &report.asks } else { &report.bids };
        side.iter().map(move |level| ((is_ask, (level.price / tick).to_i64().unwrap()), level.quantity))
    };
    of(false).chain(of(true)).collect()
}

/// Best bid and ask of a book and of a quote, to compare.
fn best(book: &Book) -> Option<[(i64, u64); 2]> {
    let of = |side| book.best(side).map(|(ticks, quantity)| (ticks, quantity.to_bits()));
    Some([of(Side::Buy)?, of(Side::Sell)?])
}

fn quoted(quote: &Quote<'_>, tick: Decimal) -> [(i64, u64); 2] {
    [(quote.bid, quote.bid_quantity), (quote.ask, quote.ask_quantity)]
        .map(|(price, quantity)| (ticks_of(price, tick).unwrap(), quantity.to_bits()))
}

/// What can be said of one instrument's book at the end of a recording.
#[derive(Debug, Default)]
struct Seen {
    changes: usize,
    rebuilt: usize,
    applied: usize,
    compared: usize,
    crossed: usize,
}

/// Maintains a book through a recording, and holds each state against the quotes of that moment.
fn maintain(recording: &Recording, symbol: &str) -> (Seen, Book) {
    let tick = tick(recording, symbol);
    let (mut desk, mut seen) = (Desk::new(recording.product, tick), Seen::default());
    let came: Vec<_> = recording.came.iter().filter(|came| came.symbol() == symbol).collect();
    let mut quotes: Vec<_> =
        came.iter().filter_map(|came| if let Came::Quote(quote) = came { Some(quote) } else { None }).collect();
    quotes.sort_by_key(|quote| quote.update);
    for came in &came {
        let step = match came {
            Came::Change(report) => {
                seen.changes += 1;
                desk.take(report)
            }
            Came::Snapshot(report) => match desk.answer(report) {
                Some(step) => step,
                None => continue,
            },
            Came::Quote(_) => continue,
        };
        match step {
            Step::Rebuilt => seen.rebuilt += 1,
            Step::Applied => seen.applied += 1,
            Step::Older | Step::Waits | Step::AskSnapshot(_) => continue,
            Step::Broken { why, .. } => panic!("{} {symbol}: {why}", recording.name),
        }
        seen.crossed += usize::from(desk.book.is_crossed());
        // Between the last quote up to the book's update and the next one, nothing has changed at the best prices.
        let newer = quotes.partition_point(|quote| quote.update <= desk.sync.last());
        if newer == 0 || newer == quotes.len() {
            continue;
        }
        let (ours, theirs) = (best(&desk.book).unwrap(), quoted(quotes[newer - 1], tick));
        assert_eq!(ours, theirs, "{} {symbol} at {:?}", recording.name, desk.sync.last());
        seen.compared += 1;
    }
    (seen, desk.book)
}

#[test]
fn every_frame_is_read_and_each_book_has_the_best_prices_that_were_quoted() {
    each(|recording| {
        println!("{}: {} frames read, {} reports", recording.name, recording.frames, recording.reports);
        for symbol in recording.symbols() {
            let (seen, book) = maintain(&recording, &symbol);
            let (bids, asks) = (book.bids().len(), book.asks().len());
            println!("  {symbol}: {seen:?}, {bids} bids and {asks} asks at the end");
            assert_eq!((seen.rebuilt, seen.crossed), (1, 0));
            assert!(recording.name.ends_with("2021") || seen.compared > 3_000);
            assert!(seen.changes - seen.applied < 30 && bids > 100 && asks > 100);
        }
    });
}

/// From an empty book, by the changes alone, to the moment of the snapshot: each level that a change has named is as the snapshot
/// has it. How many those are.
fn levels_as_in_snapshot(recording: &Recording, symbol: &str, lose: Option<usize>) -> Result<usize, String> {
    let tick = tick(recording, symbol);
    let of_symbol = || recording.came.iter().filter(|came| came.symbol() == symbol);
    let changes: Vec<_> =
        of_symbol().filter_map(|came| if let Came::Change(report) = came { Some(report) } else { None }).collect();
    let snapshot = of_symbol().find_map(|came| if let Came::Snapshot(report) = came { Some(report) } else { None }).unwrap();
    let Some(joint) = changes.iter().position(|report| report.last >= snapshot.last) else { return Ok(0) };

    // What the synchronizer makes of the first change as if it had come behind an empty book, and of the rest.
    let mut desk = Desk::new(recording.product, tick);
    let first = changes[0];
    let before = first.previous.map_or_else(|| first.first.unwrap() - 1, |previous| u64::try_from(previous).unwrap());
    let empty = DepthReport { last: before, bids: vec![], asks: vec![], time: None, ..snapshot.clone() };
    assert!(matches!(desk.take(first), Step::AskSnapshot(_)));
    assert_eq!(desk.answer(&empty), Some(Step::Rebuilt));
    let mut named = levels(first, tick);
    for (at, report) in changes.iter().enumerate().take(joint + 1).skip(1) {
        if lose == Some(at) {
            continue;
        }
        let step = desk.take(report);
        if step != Step::Applied {
            return Err(format!("{step:?}"));
        }
        named.extend(levels(report, tick));
    }
    // The snapshot, and what the change that it falls into says: levels of it may have changed behind the snapshot.
    let mut theirs = levels(snapshot, tick);
    let overlapping = levels(changes[joint], tick);
    let deepest = [snapshot.bids.last(), snapshot.asks.last()].map(|level| (level.unwrap().price / tick).to_i64().unwrap());
    theirs.extend(overlapping);
    let mut compared = 0;
    for (is_ask, ticks) in named.into_keys() {
        if if is_ask { ticks > deepest[1] } else { ticks < deepest[0] } {
            continue; // the snapshot does not reach so deep
        }
        let side = if is_ask { Side::Sell } else { Side::Buy };
        let (ours, theirs) = (desk.book.quantity_at(side, ticks), theirs.get(&(is_ask, ticks)).copied().unwrap_or(0.0));
        if ours.to_bits() != theirs.to_bits() {
            return Err(format!("{side:?} {ticks}: {ours}, in the snapshot {theirs}"));
        }
        compared += 1;
    }
    Ok(compared)
}

#[test]
fn the_book_of_changes_alone_equals_the_later_snapshot_level_by_level() {
    let (mut all, mut books) = (0, 0);
    each(|recording| {
        for symbol in recording.symbols() {
            let compared = levels_as_in_snapshot(&recording, &symbol, None)
                .unwrap_or_else(|why| panic!("{} {symbol}: {why}", recording.name));
            println!("{} {symbol}: {compared} levels equal the snapshot's", recording.name);
            (all, books) = (all + compared, books + 1);
        }
    });
    assert!(books == 0 || all > 300, "only {all} levels to compare");
}

#[test]
fn a_lost_message_is_a_gap_at_once() {
    let Some(recording) = usdm() else { return };
    let lost = levels_as_in_snapshot(&recording, "BTCUSDT", Some(1)).unwrap_err();
    assert!(lost.contains("Gap"), "{lost}");
}
