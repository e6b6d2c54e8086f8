//! The shapes of the known rules: three that ask for a snapshot and two that are sent one.

mod broken; // what takes a book away, and brings it back

use metaexpert_core::Level;
use proptest::prelude::*;
use rust_decimal::dec;

use super::*;

/// The first and the last update are named, and each begins behind the last of the one before.
const FIRST_AND_LAST: SequenceRule = SequenceRule {
    whole: Whole::Asked,
    since: Since::First,
    overlap: Overlap::Always,
    steps_back: false,
    whole_at: None,
    checksum: None,
};
/// The previous update is named too, and numbers are left out.
const WITH_PREVIOUS: SequenceRule = SequenceRule { since: Since::Previous, overlap: Overlap::AfterSnapshot, ..FIRST_AND_LAST };
/// The stream begins with the book, counts by one, and says `1` where the service began again.
const COUNTED: SequenceRule =
    SequenceRule { whole: Whole::Streamed, since: Since::One, overlap: Overlap::Never, whole_at: Some(1), ..FIRST_AND_LAST };
/// The stream begins with the book and names the previous message; numbers may step back, and there may be a checksum.
const CHAINED: SequenceRule = SequenceRule {
    since: Since::Previous,
    steps_back: true,
    whole_at: None,
    checksum: Some(Checksum { none: Some(0), of: best_25 }),
    ..COUNTED
};

/// CRC-32 of the 25 best levels, bids and asks in turn: `price:quantity:price:quantity`.
fn best_25(book: &Book) -> u32 {
    let (mut bids, mut asks) = (book.bids().take(25), book.asks().take(25));
    let mut words = Vec::new();
    loop {
        let pair = [bids.next(), asks.next()];
        if pair == [None, None] {
            break;
        }
        words.extend(pair.into_iter().flatten().map(|Level { price, quantity }| format!("{price}:{quantity}")));
    }
    let mut crc = flate2::Crc::new();
    crc.update(words.join(":").as_bytes());
    crc.sum()
}

fn nanos(time: i64) -> UnixNanos {
    UnixNanos::from_nanos(time)
}

fn level(price: Decimal, quantity: f64) -> LevelReport {
    LevelReport { price, quantity }
}

/// A change of bids at 100 less a tick for each; the time is the last number, in which no two differ.
fn change(first: u64, last: u64, previous: i64) -> DepthReport<'static> {
    DepthReport {
        symbol: None,
        time: Some(nanos(last.cast_signed())),
        is_snapshot: false,
        first: Some(first),
        last,
        previous: Some(previous),
        bids: vec![level(dec!(100), f64::from(u32::try_from(last).unwrap()))],
        asks: vec![],
    }
}

fn later(report: DepthReport<'static>, time: i64) -> DepthReport<'static> {
    DepthReport { time: Some(nanos(time)), ..report }
}

fn snapshot(last: u64) -> DepthReport<'static> {
    DepthReport { is_snapshot: true, asks: vec![level(dec!(100.5), 7.0)], ..change(0, last, -1) }
}

/// A synchronizer with the book that its changes make.
struct Desk {
    sync: BookSync,
    book: Book,
    out: Vec<LevelChange>,
}

impl Desk {
    fn new(rule: &'static SequenceRule) -> Self {
        Self { sync: BookSync::new(rule, dec!(0.5)), book: Book::new(dec!(0.5)), out: Vec::new() }
    }

    fn take(&mut self, report: &DepthReport<'_>) -> Step {
        let step = self.sync.take(report, nanos(0), &mut self.out);
        self.after(step)
    }

    fn answer(&mut self, ask: Ask, report: &DepthReport<'_>) -> Step {
        let step = self.sync.answer(ask, report, nanos(0), &mut self.out);
        self.after(step)
    }

    fn after(&mut self, step: Step) -> Step {
        assert_eq!(self.out.iter().filter(|change| change.ends).count(), usize::from(!self.out.is_empty()), "one message");
        self.out.drain(..).for_each(|change| self.book.apply(&change));
        step
    }

    /// What rests at the best bid, which is the number of the change that put it there; 0 where there is none.
    #[expect(clippy::cast_possible_truncation, reason = "small whole numbers")]
    fn bid(&self) -> i64 {
        self.book.best_bid().map_or(0, |level| level.quantity as i64)
    }

    /// Takes a change that makes it ask.
    #[track_caller]
    fn asks(&mut self, report: &DepthReport<'_>) -> Ask {
        match self.take(report) {
            Step::AskSnapshot(ask) | Step::Broken { then: Remedy::AskSnapshot(ask), .. } => ask,
            step => panic!("asks for nothing: {step:?}"),
        }
    }
}

#[test]
fn changes_wait_for_the_snapshot_that_falls_among_them() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(desk.take(&change(8, 9, 0)), Step::Waits);
    assert_eq!(desk.take(&change(10, 12, 0)), Step::Waits);
    assert!(!desk.sync.is_live());
    assert_eq!(desk.answer(ask, &snapshot(8)), Step::Rebuilt);
    assert_eq!((desk.sync.last(), desk.bid(), desk.book.asks().len()), (Some(12), 12, 1));
    assert_eq!(desk.book.time(), nanos(12), "nobody sees the book as it was at the snapshot");
    assert_eq!(desk.take(&change(13, 13, 0)), Step::Applied);
    assert_eq!(desk.bid(), 13);
}

#[test]
fn a_snapshot_older_than_what_waits_is_asked_for_again() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(ask.in_a_row, 1);
    let Step::AskSnapshot(again) = desk.answer(ask, &snapshot(3)) else { panic!("a stale snapshot was taken") };
    assert_eq!((again.in_a_row, desk.out.len()), (2, 0));
    assert_eq!(desk.answer(ask, &snapshot(6)), Step::Older, "the answer to an older question");
    assert_eq!(desk.answer(again, &snapshot(4)), Step::Rebuilt, "update 5 begins right behind it");
    assert_eq!(desk.answer(again, &snapshot(5)), Step::Older, "it is answered");
    assert_eq!(desk.bid(), 7);
}

#[test]
fn a_snapshot_newer_than_all_that_waits_is_the_book_until_a_change_joins() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(desk.answer(ask, &DepthReport { time: None, ..snapshot(20) }), Step::Rebuilt);
    assert_eq!((desk.bid(), desk.book.time()), (20, nanos(7)), "the exchange's time goes before ours");
    for last in 8..=20 {
        assert_eq!(desk.take(&change(last, last, 0)), Step::Older);
    }
    assert_eq!(desk.take(&change(19, 22, 0)), Step::Applied);
    assert_eq!(desk.bid(), 22);
}

#[test]
fn what_waits_is_put_in_order_and_copies_are_dropped() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    for (first, last) in [(10, 12), (8, 9), (10, 12), (8, 9), (13, 13)] {
        assert_eq!(desk.take(&change(first, last, 0)), Step::Waits);
    }
    assert_eq!(desk.answer(ask, &snapshot(6)), Step::Rebuilt);
    assert_eq!((desk.sync.last(), desk.bid()), (Some(13), 13));
}

#[test]
fn what_is_missing_among_what_waits_needs_a_newer_snapshot() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(5, 7, 0));
    assert_eq!(desk.take(&change(10, 12, 0)), Step::Waits);
    let Step::AskSnapshot(ask) = desk.answer(ask, &snapshot(6)) else { panic!("8 and 9 are missing") };
    assert_eq!(desk.answer(ask, &snapshot(9)), Step::Rebuilt);
    assert_eq!(desk.bid(), 12);
}

#[test]
fn with_previous_numbers_each_begins_where_the_last_ended_whatever_was_left_out() {
    let mut desk = Desk::new(&WITH_PREVIOUS);
    let ask = desk.asks(&change(103, 110, 100));
    assert_eq!(desk.take(&change(140, 150, 110)), Step::Waits);
    assert_eq!(desk.answer(ask, &snapshot(105)), Step::Rebuilt);
    assert_eq!(desk.take(&change(171, 180, 150)), Step::Applied);
    assert_eq!(desk.bid(), 180);
    let step = desk.take(&change(180, 190, 170));
    assert!(
        matches!(step, Step::Broken { why: Break::Gap { expected: 180, got: 170 }, .. }),
        "only the first overlaps: {step:?}"
    );
}

#[test]
fn a_snapshot_between_two_changes_joins_the_later_one_by_its_previous_number() {
    // 111 to 139 are numbers of other instruments: `first` alone would say that something is missing.
    let mut desk = Desk::new(&WITH_PREVIOUS);
    let ask = desk.asks(&change(140, 150, 110));
    assert_eq!(desk.answer(ask, &snapshot(110)), Step::Rebuilt);
    assert_eq!(desk.bid(), 150);
}

#[test]
fn a_stream_that_begins_with_the_book_counts_by_one() {
    let mut desk = Desk::new(&COUNTED);
    assert_eq!(desk.take(&change(0, 4, 0)), Step::Waits, "of no use without the book");
    assert_eq!(desk.take(&snapshot(6)), Step::Rebuilt);
    assert_eq!(desk.take(&change(0, 7, 0)), Step::Applied);
    assert_eq!(desk.take(&change(0, 7, 0)), Step::Older);
    assert_eq!(desk.take(&snapshot(6)), Step::Older, "a copy of what began the stream");
    assert_eq!(desk.bid(), 7);
    let step = desk.take(&change(0, 9, 0));
    assert_eq!(step, Step::Broken { why: Break::Gap { expected: 7, got: 8 }, then: Remedy::Subscribe });
    assert_eq!((desk.bid(), desk.take(&change(0, 10, 0))), (0, Step::Waits));
    assert_eq!(desk.take(&snapshot(11)), Step::Rebuilt);
    assert_eq!(desk.take(&later(snapshot(3), 12)), Step::Rebuilt, "a new book goes before any number");
}

#[test]
fn a_message_of_the_number_one_is_a_whole_book() {
    let mut desk = Desk::new(&COUNTED);
    assert_eq!(desk.take(&snapshot(600)), Step::Rebuilt);
    assert_eq!(desk.take(&later(change(0, 1, 0), 700)), Step::Rebuilt);
    assert_eq!((desk.sync.last(), desk.bid(), desk.book.asks().len()), (Some(1), 1, 0));
    assert_eq!(desk.take(&later(change(0, 2, 0), 701)), Step::Applied);
}

#[test]
fn a_chain_goes_on_where_nothing_changed_and_where_numbers_step_back() {
    let mut desk = Desk::new(&CHAINED);
    assert_eq!(desk.take(&snapshot(10)), Step::Rebuilt);
    assert_eq!(desk.take(&later(change(0, 15, 10), 15)), Step::Applied);
    assert_eq!(desk.take(&DepthReport { bids: vec![], ..later(change(0, 15, 15), 16) }), Step::Applied, "nothing has changed");
    assert_eq!(desk.take(&later(change(0, 3, 15), 17)), Step::Applied, "numbers begin again");
    assert_eq!(desk.take(&later(change(0, 5, 3), 18)), Step::Applied);
    assert_eq!((desk.sync.last(), desk.bid()), (Some(5), 5));
    assert_eq!(desk.take(&later(change(0, 3, 15), 17)), Step::Older, "a copy");
    let step = desk.take(&later(change(0, 4, 2), 19));
    assert!(matches!(step, Step::Broken { why: Break::Restarted { have: 5, got: 4 }, then: Remedy::Subscribe }), "{step:?}");
}

#[test]
fn an_empty_book_is_a_book() {
    let mut desk = Desk::new(&COUNTED);
    assert_eq!(desk.take(&snapshot(1)), Step::Rebuilt);
    assert_eq!(desk.take(&later(DepthReport { bids: vec![], asks: vec![], ..snapshot(2) }, 3)), Step::Rebuilt);
    assert_eq!((desk.sync.is_live(), desk.book.bids().len(), desk.book.asks().len()), (true, 0, 0));
}

#[test]
fn what_waits_is_bounded_and_the_oldest_goes() {
    let mut desk = Desk::new(&FIRST_AND_LAST);
    let ask = desk.asks(&change(1, 1, 0));
    for last in 2..10_000 {
        assert_eq!(desk.take(&change(last, last, 0)), Step::Waits);
    }
    let Step::AskSnapshot(ask) = desk.answer(ask, &snapshot(5_000)) else { panic!("5,001 is no longer there") };
    assert_eq!(desk.answer(ask, &snapshot(6_000)), Step::Rebuilt);
    assert_eq!(desk.bid(), 9_999);
    let many = DepthReport { bids: (1..=70_000).map(|at| level(Decimal::from(at), 1.0)).collect(), ..change(1, 1, 0) };
    let ask = desk.asks(&later(many.clone(), 20_000));
    assert_eq!(desk.take(&later(DepthReport { first: Some(2), last: 2, ..many }, 20_001)), Step::Waits);
    assert!(matches!(desk.answer(ask, &snapshot(0)), Step::AskSnapshot(_)), "the first of two large messages had to go");
}

#[test]
fn the_best_levels_are_gone_with_the_connection() {
    let (mut top, mut book, mut out) = (PartialBook::new(dec!(0.5)), Book::new(dec!(0.5)), Vec::new());
    top.cut(nanos(3), &mut out);
    assert_eq!(out, [], "there was none");
    assert_eq!(top.take(&snapshot(9), nanos(4), &mut out), Ok(true));
    out.drain(..).for_each(|change| book.apply(&change));
    top.cut(nanos(5), &mut out);
    assert_eq!(out.iter().map(|change| (change.time, change.clears, change.ends)).collect::<Vec<_>>(), [(nanos(9), true, true)]);
    out.drain(..).for_each(|change| book.apply(&change));
    assert_eq!((book.bids().len(), book.asks().len()), (0, 0));
    assert_eq!(top.take(&snapshot(2), nanos(6), &mut out), Ok(true), "numbers begin again");
    out.drain(..).for_each(|change| book.apply(&change));
    assert_eq!((book.bids().len(), book.asks().len(), book.time()), (1, 1, nanos(9)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]
    #[test]
    fn the_best_levels_are_those_of_the_last_message(
        messages in prop::collection::vec((prop::collection::btree_map(80_i64..100, 1_u8..4, 0..6), prop::collection::btree_map(100_i64..120, 1_u8..4, 0..6)), 1..12),
    ) {
        let (mut top, mut book, mut out) = (PartialBook::new(dec!(1)), Book::new(dec!(1)), Vec::new());
        for ((bids, asks), last) in messages.iter().zip(1..) {
            let side = |levels: &std::collections::BTreeMap<i64, u8>| {
                levels.iter().map(|(price, quantity)| level(Decimal::from(*price), f64::from(*quantity))).collect::<Vec<_>>()
            };
            let report = DepthReport { bids: side(bids), asks: side(asks), ..snapshot(last) };
            prop_assert_eq!(top.take(&report, nanos(0), &mut out), Ok(true));
            prop_assert_eq!(out.iter().filter(|change| change.ends).count(), usize::from(!out.is_empty()));
            out.drain(..).for_each(|change| book.apply(&change));
            let ours = |levels: Vec<Level>| levels.into_iter().map(|level| level.price).collect::<Vec<_>>();
            prop_assert!(ours(book.bids().collect()).into_iter().eq(bids.keys().rev().copied().map(price)));
            prop_assert!(ours(book.asks().collect()).into_iter().eq(asks.keys().copied().map(price)));
            for (side, levels) in [(Side::Buy, bids), (Side::Sell, asks)] {
                let is_told = |(at, quantity): (&i64, &u8)| book.quantity_at(side, *at).to_bits() == f64::from(*quantity).to_bits();
                prop_assert!(levels.iter().all(is_told));
            }
            prop_assert_eq!(top.take(&DepthReport { last: last - 1, ..report }, nanos(0), &mut out), Ok(false));
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "small")]
fn price(ticks: i64) -> f64 {
    ticks as f64
}
