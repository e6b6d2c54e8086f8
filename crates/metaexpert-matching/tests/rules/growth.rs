//! What an event costs does not grow with what stands: it is counted in allocations and in queues that are asked.

use std::cell::Cell;

use metaexpert_core::{
    Book, LevelChange, Side, Tick, UnixNanos,
    broker::{Broker, Market},
};
use metaexpert_matching::{NoLatency, QueueModel, Venue};
use rust_decimal::dec;

use crate::rehearsal::Rehearsal;

thread_local! {
    static ASKED: Cell<u64> = const { Cell::new(0) };
}

/// Counts how often it is asked anything of a level.
#[derive(Debug, Clone, Copy)]
struct Counting;

impl QueueModel for Counting {
    type Position = ();

    fn joined(&self, _: f64) {}

    fn traded(&self, (): &mut (), _: f64) {
        ASKED.set(ASKED.get() + 1);
    }

    fn changed(&self, (): &mut (), _: f64, _: f64) {
        ASKED.set(ASKED.get() + 1);
    }

    fn executable(&self, (): &mut ()) -> f64 {
        0.0
    }
}

/// A venue with so many limits a tick apart on each side, from 90 down and from 110 up, that have seen their levels.
fn crowded(orders: u32) -> (Venue<Counting, NoLatency>, Rehearsal) {
    let mut rehearsal = Rehearsal::new();
    rehearsal.play("tick 0.0001");
    rehearsal.setup.account.capital.amount = dec!(1_000_000_000);
    let mut venue = Venue::with_models(rehearsal.setup.clone(), Counting, NoLatency).unwrap();
    let mut answers = Vec::new();
    for number in 0..orders {
        let away = rust_decimal::Decimal::new(number.into(), 4);
        for (side, price) in [("buy", dec!(90) - away), ("sell", dec!(110) + away)] {
            let order = rehearsal.made(&format!("{side} 0.001 @ {price}"));
            venue.submit(order, &mut answers).unwrap();
        }
    }
    venue.observe(Market::Tick(rehearsal.instrument, &quote(99.0)), &mut answers);
    assert_eq!(venue.standing(), 2 * orders as usize);
    (venue, rehearsal)
}

fn quote(bid: f64) -> Tick {
    Tick { time: UnixNanos::from_seconds(9).unwrap(), bid, bid_quantity: 1.0, ask: bid + 1.0, ask_quantity: 1.0, last: None }
}

#[test]
fn events_that_meet_no_order_allocate_nothing_however_many_stand() {
    let (mut venue, rehearsal) = crowded(10_000);
    let mut answers = Vec::new();
    ASKED.set(0);
    let counted = allocation_counter::measure(|| {
        for bid in 0..10_000 {
            venue.observe(Market::Tick(rehearsal.instrument, &quote(95.0 + f64::from(bid % 100) / 10.0)), &mut answers);
        }
    });
    assert_eq!((counted.count_total, ASKED.get(), answers.len()), (0, 0, 0));
}

#[test]
fn a_change_of_a_level_asks_the_queues_of_that_level_alone() {
    let (mut venue, rehearsal) = crowded(10_000);
    let mut book = Book::new(dec!(0.0001));
    let mut answers = Vec::new();
    ASKED.set(0);
    // The first change of a level is when an order there learns what is ahead of it; from the second on it moves.
    for ticks in [899_000, 899_000, 889_000, 950_000, 899_001, 899_001] {
        let time = UnixNanos::from_seconds(10).unwrap();
        let change = LevelChange { time, side: Side::Buy, ticks, quantity: 5.0, clears: false, ends: true };
        book.apply(&change);
        venue.observe(Market::Book(rehearsal.instrument, &book, &change), &mut answers);
    }
    assert_eq!((ASKED.get(), answers.len()), (2, 0));
}

#[test]
fn an_order_allocates_as_little_among_many_as_among_few() {
    let allocations = |standing: u32| {
        let (mut venue, mut rehearsal) = crowded(standing);
        let mut answers = Vec::with_capacity(16);
        let orders: Vec<_> = (0..100).map(|_| rehearsal.made("buy 0.001 @ 89.95")).collect();
        let ids: Vec<_> = orders.iter().map(|order| order.get().id).collect();
        let counted = allocation_counter::measure(|| {
            for (order, id) in orders.into_iter().zip(ids) {
                venue.submit(order, &mut answers).unwrap();
                venue.observe(Market::Tick(rehearsal.instrument, &quote(99.0)), &mut answers);
                venue.cancel(id, &mut answers).unwrap();
                answers.clear();
            }
        });
        assert_eq!(venue.standing(), 2 * standing as usize);
        counted.count_total
    };
    let (few, many) = (allocations(10), allocations(20_000));
    assert!(few <= 200 && many <= 200, "100 orders: {few} allocations among 20, {many} among 40,000");
}
