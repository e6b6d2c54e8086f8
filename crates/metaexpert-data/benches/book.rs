//! Which structure keeps an order book: what `core` took, against those that it did not. Items are recorded changes of BTCUSDT, perpetual
//! (tick 0.1) and spot (tick 0.01), each applied, and the best of both sides looked at after each. Recorded data lies beside the
//! repository; without it there is nothing to measure. Run with `cargo bench -p metaexpert-data --bench book`.
#![expect(clippy::print_stdout, reason = "says what was skipped")]
#![expect(clippy::expect_used, reason = "a benchmark that cannot be set up has failed")]

use std::{collections::BTreeMap, path::PathBuf};

use divan::{Bencher, counter::ItemsCount};
use metaexpert_core::{Book, LevelChange, Side};
use metaexpert_data::{KeptRows, MarketFile, RowKind, convert};
use rust_decimal::Decimal;

fn main() {
    divan::main();
}

const FUTURES: &str = "binance-usdm-btcusdt-2024-08-08.raw.gz";
const SPOT: &str = "binance-spot-btcusdt-2024-08-08.raw.gz";

/// All changes of a recording, and the tick; none where it is not there.
#[expect(clippy::cast_precision_loss, reason = "recorded quantities are far below 2^53 units")]
fn changes(name: &str) -> Option<(Vec<LevelChange>, Decimal)> {
    let shared = std::env::var_os("METAEXPERT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    let recording = shared.join("market-data").join(name);
    if !recording.exists() {
        println!("skipped: there is no {}", recording.display());
        return None;
    }
    let directory = tempfile::tempdir().expect("a temporary directory");
    let file = directory.path().join("market.parquet");
    let tick = convert(&recording, &file).expect("a recording").info.price_step;
    let rows = KeptRows::from_source(MarketFile::open(&file).expect("just written")).expect("just written");
    let per_tick =
        i64::try_from((tick * Decimal::from(100_000_000)).mantissa() / 10_i128.pow(tick.scale())).expect("a small number");
    let change = |row: &metaexpert_data::MarketRow| LevelChange {
        time: row.time,
        side: if row.kind == RowKind::Bid { Side::Buy } else { Side::Sell },
        ticks: row.price / per_tick,
        quantity: row.quantity as f64 / 1e8,
        clears: row.clears,
        ends: row.ends,
    };
    Some((rows.rows().iter().filter(|row| row.kind.is_level()).map(change).collect(), tick))
}

/// What a structure must be able to do.
trait Levels {
    fn new(tick: Decimal) -> Self;
    fn apply(&mut self, change: &LevelChange);
    fn best(&self) -> [Option<(i64, f64)>; 2];
}

impl Levels for Book {
    fn new(tick: Decimal) -> Self {
        Self::new(tick)
    }

    fn apply(&mut self, change: &LevelChange) {
        self.apply(change);
    }

    fn best(&self) -> [Option<(i64, f64)>; 2] {
        [self.best(Side::Buy), self.best(Side::Sell)]
    }
}

/// Levels in a tree.
struct Tree {
    bids: BTreeMap<i64, f64>,
    asks: BTreeMap<i64, f64>,
}

impl Levels for Tree {
    fn new(_: Decimal) -> Self {
        Self { bids: BTreeMap::new(), asks: BTreeMap::new() }
    }

    fn apply(&mut self, change: &LevelChange) {
        if change.clears {
            (self.bids, self.asks) = (BTreeMap::new(), BTreeMap::new());
        }
        let side = if change.side == Side::Buy { &mut self.bids } else { &mut self.asks };
        if change.quantity > 0.0 {
            side.insert(change.ticks, change.quantity);
        } else {
            side.remove(&change.ticks);
        }
    }

    fn best(&self) -> [Option<(i64, f64)>; 2] {
        let level = |(ticks, quantity): (&i64, &f64)| (*ticks, *quantity);
        [self.bids.last_key_value().map(level), self.asks.first_key_value().map(level)]
    }
}

/// Levels in a sorted array, best last; `FROM_BEST` looks from the best on, otherwise the search halves.
struct Sorted<const FROM_BEST: bool> {
    bids: Vec<(i64, f64)>,
    asks: Vec<(i64, f64)>,
}

impl<const FROM_BEST: bool> Levels for Sorted<FROM_BEST> {
    fn new(_: Decimal) -> Self {
        Self { bids: Vec::new(), asks: Vec::new() }
    }

    fn apply(&mut self, change: &LevelChange) {
        if change.clears {
            self.bids.clear();
            self.asks.clear();
        }
        let (levels, key) = match change.side {
            Side::Buy => (&mut self.bids, change.ticks),
            Side::Sell => (&mut self.asks, -change.ticks),
        };
        let place = if FROM_BEST {
            levels.iter().rposition(|(other, _)| *other <= key).map_or(0, |place| place + 1)
        } else {
            levels.partition_point(|(other, _)| *other <= key)
        };
        match place.checked_sub(1).and_then(|at| levels.get_mut(at)).filter(|(other, _)| *other == key) {
            Some(_) if change.quantity <= 0.0 => drop(levels.remove(place - 1)),
            Some(level) => level.1 = change.quantity,
            None if change.quantity > 0.0 => levels.insert(place, (key, change.quantity)),
            None => {}
        }
    }

    fn best(&self) -> [Option<(i64, f64)>; 2] {
        [self.bids.last().copied(), self.asks.last().map(|(key, quantity)| (-key, *quantity))]
    }
}

#[divan::bench(types = [Book, Tree, Sorted<true>, Sorted<false>], args = [FUTURES, SPOT], sample_count = 20)]
fn changes_applied<T: Levels>(bencher: Bencher<'_, '_>, name: &str) {
    let Some((changes, tick)) = changes(name) else { return };
    bencher.counter(ItemsCount::new(changes.len())).bench_local(|| {
        let mut book = T::new(tick);
        for change in &changes {
            book.apply(change);
            divan::black_box(book.best());
        }
    });
}
