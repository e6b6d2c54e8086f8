//! Processes that are killed while they write: this test runs itself as the one that writes, and kills it.

use std::{
    env,
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use metaexpert_core::{
    PositionSide,
    journal::{Journal, KeptState, Record},
};
use metaexpert_store::{History, history::Period};
use rust_decimal::Decimal;

use crate::scene::*;

const PATH: &str = "METAEXPERT_STORE_TEST_JOURNAL";

/// Writes for ever: an order, its execution, and what came of that. Says of each order that it may leave.
#[test]
fn the_one_that_is_killed() {
    let Some(path) = env::var_os(PATH) else { return };
    let (store, kept) = open(Path::new(&path));
    let mut journal = store.journal(&instruments());
    let mut number = kept.trades.len() as u64;
    for sequence in 1.. {
        number += 1;
        journal.append(&order(kept.run, sequence)).unwrap();
        println!("may leave {number}");
        let done = Decimal::from(number);
        journal.record(Record::Trade(&trade(number, Some(id(kept.run, sequence))))).unwrap();
        journal.record(Record::Leg(place("BTCUSDT"), PositionSide::Long, Some(&leg(done)))).unwrap();
        journal.record(Record::Balance(&usdt(done))).unwrap();
        journal.state(&KeptState { json: number.to_string(), time: at(1) }).unwrap();
        journal.settle().unwrap();
    }
}

#[test]
fn every_order_that_might_have_left_is_there_and_every_execution_with_all_that_came_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let mut left = 0;
    for round in 0..24_usize {
        // No two rounds are killed after as many orders; some before the journal is open.
        left = left.max(kill_after(round * round * 7 % 61, &path));
        let kept = match try_open(&path) {
            Ok((store, kept)) => {
                drop(store);
                kept
            }
            Err(error) => panic!("round {round}: {error}"),
        };
        let written = kept.trades.len() as u64;
        let done = Decimal::from(written);
        let history = History::open(&path).unwrap();
        assert_eq!(kept.state.as_ref().map(|state| state.json.clone()), history.state().unwrap());
        let state = kept.state.map_or(0, |state| state.json.parse().unwrap());
        let balance = kept.balances.first().map_or(Decimal::ZERO, |balance| balance.amount);
        let held = kept.legs.first().map_or(Decimal::ZERO, |(_, _, leg)| leg.quantity);
        assert_eq!((state, balance, held), (written, done, done), "round {round}");
        // An order that left without its execution is in the journal of the next run under the same number.
        let orders = history.orders(Period::default()).count() as u64;
        assert!(
            orders >= left && written + 1 >= left,
            "round {round}: {orders} orders, {written} executions, {left} may have left"
        );
    }
    assert!(left > 100, "{left}");
    assert_no_hole(&path);
}

/// How many orders may have left.
fn kill_after(lines: usize, path: &Path) -> u64 {
    let mut child = Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::the_one_that_is_killed", "--nocapture"])
        .env(PATH, path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let heard = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let mut said = heard.filter_map(|line| line.rsplit_once("may leave ")?.1.parse::<u64>().ok());
    let last = if lines == 0 { None } else { said.nth(lines - 1) };
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had said before it heard of its end.
    said.last().or(last).unwrap_or(0)
}

/// Of each run, every order from the first on.
fn assert_no_hole(path: &Path) {
    let history = History::open(path).unwrap();
    let mut runs = std::collections::BTreeMap::<u32, u64>::new();
    for line in history.orders(Period::default()) {
        let name: metaexpert_core::ClientOrderId = line.unwrap().order.parse().unwrap();
        let last = runs.entry(name.run).or_default();
        assert_eq!(name.sequence, *last + 1, "run {}", name.run);
        *last = name.sequence;
    }
    assert!(runs.len() > 10);
}
