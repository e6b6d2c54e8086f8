//! What a bad connection does to recorded messages, by a seed, and that the book survives it.

use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};

use super::*;

/// How many messages of a recording are told, and how often each is told another way.
const MESSAGES: usize = 2_000;
const SEEDS: u64 = 6;

/// The books as they truly were: after each change, by its number.
struct Truth<'a> {
    changes: Vec<&'a DepthReport<'static>>,
    /// Levels after each change, kept sparsely: the book at every hundredth, to start from.
    bases: Vec<BTreeMap<(bool, i64), f64>>,
    tick: Decimal,
}

const EVERY: usize = 100;

impl<'a> Truth<'a> {
    fn new(recording: &'a Recording, symbol: &str) -> Self {
        let tick = tick(recording, symbol);
        let of_symbol = || recording.came.iter().filter(|came| came.symbol() == symbol);
        let snapshot = of_symbol().find_map(|came| if let Came::Snapshot(report) = came { Some(report) } else { None }).unwrap();
        let changes = of_symbol().filter_map(|came| if let Came::Change(report) = came { Some(report) } else { None });
        let changes: Vec<_> = changes.skip_while(|report| report.last < snapshot.last).take(MESSAGES).collect();
        let (mut book, mut bases) = (levels(snapshot, tick), Vec::new());
        for (at, report) in changes.iter().enumerate() {
            change(&mut book, report, tick);
            if at % EVERY == 0 {
                bases.push(book.clone());
            }
        }
        Self { changes, bases, tick }
    }

    /// The book after a change.
    fn book(&self, at: usize) -> BTreeMap<(bool, i64), f64> {
        let mut book = self.bases[at / EVERY].clone();
        self.changes[at / EVERY * EVERY + 1..=at].iter().for_each(|report| change(&mut book, report, self.tick));
        book
    }

    /// What a request would have brought after a change.
    fn snapshot(&self, at: usize) -> DepthReport<'static> {
        let book = self.book(at);
        let side = |wanted: bool| {
            let of_it = book.iter().filter(|((is_ask, _), _)| *is_ask == wanted);
            of_it
                .map(|((_, ticks), quantity)| metaexpert_connect::report::LevelReport {
                    price: Decimal::from(*ticks) * self.tick,
                    quantity: *quantity,
                })
                .collect()
        };
        let report = self.changes[at];
        let (bids, asks) = (side(false), side(true));
        DepthReport { is_snapshot: true, first: None, previous: None, time: None, bids, asks, ..report.clone() }
    }

    fn is(&self, at: usize, book: &Book) -> bool {
        let truth = self.book(at);
        let sides = [(false, Side::Sell), (true, Side::Buy)];
        truth.len() == book.bids().len() + book.asks().len()
            && sides.into_iter().all(|(is_ask, opposite)| {
                book.opposite(opposite).all(|(ticks, quantity)| {
                    truth.get(&(is_ask, ticks)).is_some_and(|known| known.to_bits() == quantity.to_bits())
                })
            })
    }
}

fn change(book: &mut BTreeMap<(bool, i64), f64>, report: &DepthReport<'_>, tick: Decimal) {
    for (level, quantity) in levels(report, tick) {
        if quantity > 0.0 {
            book.insert(level, quantity)
        } else {
            book.remove(&level)
        };
    }
}

#[derive(Debug, Default)]
struct Told {
    lost: usize,
    again: usize,
    swapped: usize,
    cuts: usize,
    stale: usize,
    broken: usize,
    rebuilt: usize,
    right: usize,
    absent: usize,
}

/// Tells the changes through a connection that fails by a seed; after each event the book is that of the newest message, or none.
fn tell(product: Product, truth: &Truth<'_>, seed: u64, told: &mut Told) {
    let mut random = Xoshiro256PlusPlus::seed_from_u64(seed);
    let mut one_in = |of: u64| random.next_u64() % of == 0;
    let mut desk = Desk::new(product, truth.tick);
    let (mut newest, mut at, mut waited) = (0, 0, 0);
    let calm_from = truth.changes.len() - 200;
    while at < truth.changes.len() {
        let is_calm = at >= calm_from;
        let mut arriving = vec![at];
        if !is_calm {
            if one_in(40) {
                told.lost += 1;
                arriving.clear();
            } else if one_in(40) && at + 1 < calm_from {
                told.swapped += 1;
                at += 1;
                arriving.insert(0, at);
            } else if one_in(20) {
                told.again += 1;
                arriving.push(at.saturating_sub(usize::from(one_in(2)) * 3));
            }
            if one_in(300) {
                told.cuts += 1;
                let step = desk.sync.cut(NOW, &mut desk.out);
                desk.ask = None;
                assert!(matches!(desk.after(step), Step::Broken { .. } | Step::Waits));
            }
        }
        for index in arriving {
            let step = desk.take(truth.changes[index]);
            newest = newest.max(index);
            told.broken += usize::from(matches!(step, Step::Broken { .. }));
            check(&desk, truth, newest, told);
        }
        // An answer takes a while, and may be older than the question.
        waited = if desk.ask.is_some() { waited + 1 } else { 0 };
        if waited > 4 {
            let is_stale = !is_calm && one_in(3);
            told.stale += usize::from(is_stale);
            let of = if is_stale { at.saturating_sub(7) } else { at };
            if desk.answer(&truth.snapshot(of)) == Some(Step::Rebuilt) {
                told.rebuilt += 1;
                newest = newest.max(of);
                waited = 0;
            }
            check(&desk, truth, newest, told);
        }
        at += 1;
    }
    assert!(desk.sync.is_live(), "the book has not come back");
    assert!(truth.is(truth.changes.len() - 1, &desk.book));
}

fn check(desk: &Desk, truth: &Truth<'_>, newest: usize, told: &mut Told) {
    if desk.sync.is_live() {
        told.right += 1;
        // A whole comparison at each hundredth, the best levels and the number always.
        assert_eq!(desk.sync.last(), Some(truth.changes[newest].last));
        assert!(!told.right.is_multiple_of(EVERY) || truth.is(newest, &desk.book), "after {newest}");
        assert!(!desk.book.is_crossed());
    } else {
        told.absent += 1;
        assert_eq!((desk.book.bids().len(), desk.book.asks().len()), (0, 0));
    }
}

#[test]
fn whatever_a_connection_does_to_a_recording_the_book_is_right_or_absent_and_comes_back() {
    each(|recording| {
        let symbol = recording.symbols().remove(0);
        let truth = Truth::new(&recording, &symbol);
        if truth.changes.len() < 500 {
            return;
        }
        let mut told = Told::default();
        (0..SEEDS).for_each(|seed| tell(recording.product, &truth, seed, &mut told));
        println!("{}: {SEEDS} x {} changes: {told:?}", recording.name, truth.changes.len());
        assert!(told.broken > 50 && told.rebuilt > 50 && told.right > told.absent);
    });
}
