//! What the journal costs the thread that trades, and how much it takes:
//!
//! ```text
//! cargo bench -p metaexpert-store --bench journal
//! ```
//!
//! A trading thread wants to know its worst hundredth, so the percentiles are taken here. The journals are made where the system
//! keeps its temporary files; `TMPDIR` says another disk.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a benchmark prints, and stops where it cannot go on"
)]

#[path = "../tests/store/scene.rs"]
#[expect(dead_code, reason = "the tests write more")]
mod scene;

use std::time::{Duration, Instant};

use metaexpert_core::{
    PositionSide, Trade,
    journal::{Journal, KeptState, Record},
};
use metaexpert_store::{Durability, Store, StoreJournal};
use rust_decimal::dec;
use scene::*;

fn main() {
    for (name, durability, count) in [("process", Durability::Process, 20_000), ("power", Durability::Power, 2_000)] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("journal.sqlite");
        let (store, kept) = Store::open(&path, &identity(), durability, at(0), 0).unwrap();
        let mut journal = store.journal(&instruments());
        let mut sequence = 0;
        let mut append = |journal: &mut StoreJournal| {
            sequence += 1;
            let order = order(kept.run, sequence);
            let begun = Instant::now();
            journal.append(&order).unwrap();
            begun.elapsed()
        };
        report(&format!("append, {name}, one after another"), (0..count).map(|_| append(&mut journal)).collect());
        // An order comes when the thread that writes has long been asleep.
        let rested = (0..count / 10).map(|_| {
            std::thread::sleep(Duration::from_millis(1));
            append(&mut journal)
        });
        report(&format!("append, {name}, after a rest of 1 ms"), rested.collect());
        let begun = Instant::now();
        let units: u32 = 50_000;
        for number in 1..=units {
            tell(&mut journal, number);
        }
        store.close().unwrap();
        let records = f64::from(units) * 4.0;
        println!("records, {name}: {:.0} a second, four to a unit", records / begun.elapsed().as_secs_f64());
    }
    start();
}

/// What a start takes when there is a lot: a million executions of a hundred thousand orders, and a thousand more that stand.
fn start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let open = || Store::open(&path, &identity(), Durability::Process, at(0), 0).unwrap();
    let (store, kept) = open();
    let mut journal = store.journal(&instruments());
    for number in 1..=1_000_000_u64 {
        let name = id(kept.run, number.div_ceil(10));
        if number % 10 == 1 {
            journal.append(&order(kept.run, name.sequence)).unwrap();
        }
        // One every five minutes.
        let time = at(i64::try_from(number).unwrap() * 300);
        journal.record(Record::Trade(&Trade { time, ..trade(number, Some(name)) })).unwrap();
        if number.is_multiple_of(1_000) {
            journal.append(&order(kept.run, 1_000_000 + number)).unwrap();
        }
        journal.settle().unwrap();
    }
    store.close().unwrap();
    let size = std::fs::metadata(&path).unwrap().len() >> 20;
    let begun = Instant::now();
    let (store, kept) = open();
    let (orders, trades) = (kept.orders.len(), kept.trades.len());
    println!("start with a million executions ({size} MiB): {:?}; {orders} orders and {trades} executions read", begun.elapsed());
    drop(store);
}

/// An execution, and what came of it.
fn tell(journal: &mut StoreJournal, number: u32) {
    journal.record(Record::Trade(&trade(number.into(), None))).unwrap();
    journal.record(Record::Leg(place("BTCUSDT"), PositionSide::Long, Some(&leg(number.into())))).unwrap();
    journal.record(Record::Balance(&usdt(dec!(1000)))).unwrap();
    journal.state(&KeptState { json: format!("{{\"seen\":{number}}}"), time: at(1) }).unwrap();
    journal.settle().unwrap();
}

fn report(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |thousandth: usize| times[(times.len() - 1) * thousandth / 1_000].as_secs_f64() * 1e6;
    println!("{what}: p50 {:.1} us, p99 {:.1} us, p99.9 {:.1} us", at(500), at(990), at(999));
}
