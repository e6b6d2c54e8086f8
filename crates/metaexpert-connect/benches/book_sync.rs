//! What a message costs from its levels to level changes. Run with `cargo bench -p metaexpert-connect --bench book_sync`.
#![expect(clippy::panic, reason = "a benchmark that cannot be set up has failed")]

use divan::{Bencher, counter::ItemsCount};
use metaexpert_connect::{
    BookSync, PartialBook,
    book_sync::{Overlap, SequenceRule, Since, Step, Whole},
    report::{DepthReport, LevelReport},
};
use metaexpert_core::{Book, UnixNanos};
use rust_decimal::{Decimal, dec};

fn main() {
    divan::main();
}

static RULE: SequenceRule = SequenceRule {
    whole: Whole::Asked,
    since: Since::First,
    overlap: Overlap::Always,
    steps_back: false,
    whole_at: None,
    checksum: None,
};
const NOW: UnixNanos = UnixNanos::from_nanos(1);
const TICK: Decimal = dec!(0.01);

/// Prices as spot writes them, with eight decimals.
fn report(levels: i64, last: u64) -> DepthReport<'static> {
    let level = |cents: i64| LevelReport { price: Decimal::new(cents * 1_000_000, 8), quantity: 1.5 };
    let half = levels / 2;
    DepthReport {
        symbol: None,
        time: Some(NOW),
        is_snapshot: false,
        first: Some(last),
        last,
        previous: None,
        bids: (0..half).map(|at| level(6_123_450 - at)).collect(),
        asks: (0..half).map(|at| level(6_123_451 + at)).collect(),
    }
}

fn live() -> BookSync {
    let mut sync = BookSync::new(&RULE, TICK);
    let step = sync.take(&DepthReport { is_snapshot: true, ..report(2, 1) }, NOW, &mut Vec::new());
    if step == Step::Rebuilt { sync } else { panic!("{step:?}") }
}

/// Levels to level changes.
#[divan::bench(args = [20, 1_000])]
fn delta(bencher: Bencher<'_, '_>, levels: i64) {
    let (mut sync, mut report, mut out) = (live(), report(levels, 1), Vec::with_capacity(1_000));
    bencher.counter(ItemsCount::of_iter(0..levels)).bench_local(|| {
        report.last += 1;
        report.first = Some(report.last);
        out.clear();
        sync.take(&report, NOW, &mut out) == Step::Applied
    });
}

/// The same, and into the engine's book.
#[divan::bench(args = [20, 1_000])]
fn delta_into_a_book(bencher: Bencher<'_, '_>, levels: i64) {
    let (mut sync, mut report, mut out, mut book) = (live(), report(levels, 1), Vec::with_capacity(1_000), Book::new(TICK));
    bencher.counter(ItemsCount::of_iter(0..levels)).bench_local(|| {
        report.last += 1;
        report.first = Some(report.last);
        out.clear();
        let step = sync.take(&report, NOW, &mut out);
        for change in &out {
            book.apply(change);
        }
        step == Step::Applied
    });
}

/// The best 20 levels a side of which two have changed.
#[divan::bench]
fn best_levels(bencher: Bencher<'_, '_>) {
    let (mut top, mut report, mut out) = (PartialBook::new(TICK), report(40, 1), Vec::with_capacity(100));
    bencher.bench_local(|| {
        report.last += 1;
        if let (Some(bid), Some(ask)) = (report.bids.first_mut(), report.asks.first_mut()) {
            (bid.quantity, ask.quantity) = (bid.quantity + 1.0, ask.quantity + 1.0);
        }
        out.clear();
        top.take(&report, NOW, &mut out)
    });
}
