//! What belongs together is found as a whole or not at all; an order that may leave is found with all before it.

use metaexpert_core::{
    Error, PositionSide, Symbol,
    journal::{Journal, KeptState, Record},
    order::{Reason, client_name},
};
use rust_decimal::dec;

use crate::scene::*;

fn state(number: u32) -> KeptState {
    KeptState { json: format!("{{\"n\":{number}}}"), time: at(i64::from(number)) }
}

#[test]
fn what_was_not_settled_never_was() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    journal.append(&order(kept.run, 1)).unwrap();
    journal.record(Record::Trade(&trade(1, Some(id(kept.run, 1))))).unwrap();
    journal.record(Record::Balance(&usdt(dec!(99)))).unwrap();
    journal.state(&state(1)).unwrap();
    journal.settle().unwrap();
    journal.record(Record::Trade(&trade(2, Some(id(kept.run, 1))))).unwrap();
    journal.record(Record::Balance(&usdt(dec!(98)))).unwrap();
    journal.state(&state(2)).unwrap();
    drop(store);

    let (_store, kept) = open(&path);
    assert_eq!((kept.balances, kept.state, kept.trades.len()), (vec![usdt(dec!(99))], Some(state(1)), 1));
    assert_eq!((kept.orders.len(), kept.orders[0].2), (1, dec!(1)));
}

#[test]
fn an_order_is_found_by_the_name_that_it_was_sent_with_whatever_the_next_run_calls_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments()).with_comment(Some("ema"));
    let first = order(kept.run, 1);
    journal.append(&first).unwrap();
    store.close().unwrap();
    let (store, kept) = open(&path);
    let name = |order: &metaexpert_core::NewOrder, comment| (order.id, client_name(order.id, comment));
    assert_eq!(kept.names, [name(&first, Some("ema"))]);
    let second = order(kept.run, 1);
    store.journal(&instruments()).append(&second).unwrap();
    store.close().unwrap();
    assert_eq!(open(&path).1.names, [name(&first, Some("ema")), name(&second, None)]);
}

#[test]
fn an_order_that_may_leave_is_there_with_all_that_was_told_before_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    journal.record(Record::Balance(&usdt(dec!(98)))).unwrap();
    journal.append(&order(kept.run, 1)).unwrap();
    journal.record(Record::Balance(&usdt(dec!(97)))).unwrap();
    drop(store);
    let (_store, kept) = open(&path);
    assert_eq!((kept.orders.len(), kept.balances), (1, vec![usdt(dec!(98))]));
    assert!(matches!(journal.append(&order(1, 2)), Err(Error::Storage(_))), "nobody writes it any more");
}

#[test]
fn an_execution_that_comes_twice_ends_the_run_and_leaves_the_journal_as_it_was_before() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    journal.record(Record::Trade(&trade(77, None))).unwrap();
    journal.record(Record::Balance(&usdt(dec!(99)))).unwrap();
    journal.settle().unwrap();
    journal.record(Record::Trade(&trade(77, None))).unwrap();
    journal.record(Record::Balance(&usdt(dec!(98)))).unwrap();
    let said = journal.append(&order(kept.run, 1)).unwrap_err().to_string();
    assert!(said.starts_with("journal: BTCUSDT: execution 77 (buy of the long leg): the journal has it already"), "{said}");
    assert!(journal.record(Record::Balance(&usdt(dec!(97)))).is_err() && journal.settle().is_err());
    assert!(store.close().unwrap_err().to_string().contains("execution 77"));
    let (_store, kept) = open(&path);
    assert_eq!((kept.balances, kept.orders.len()), (vec![usdt(dec!(99))], 0));
}

#[test]
fn two_halves_of_an_execution_that_turns_a_position_and_the_same_number_of_another_symbol_are_no_doubles() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, _) = open(&path);
    let mut journal = store.journal(&instruments());
    let mut turned = trade(5, None);
    journal.record(Record::Trade(&turned)).unwrap();
    turned.position_side = PositionSide::Short;
    journal.record(Record::Trade(&turned)).unwrap();
    (turned.instrument, turned.symbol) = (place("ETHUSDT"), Symbol::new("ETHUSDT").unwrap());
    journal.record(Record::Trade(&turned)).unwrap();
    store.close().unwrap();
    assert_eq!(open(&path).1.trades.len(), 3);
}

#[test]
fn an_order_whose_name_is_taken_does_not_leave() {
    let folder = tempfile::tempdir().unwrap();
    let (store, kept) = open(&folder.path().join("journal.sqlite"));
    let mut journal = store.journal(&instruments());
    let first = order(kept.run, 1);
    journal.append(&first).unwrap();
    let said = journal.append(&first).unwrap_err().to_string();
    assert!(said.contains("order mx7-1-1: the journal has it already"), "{said}");
}

#[test]
fn a_fill_before_the_acknowledgement_stays_a_fill_and_the_rest_of_an_order_may_never_come() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    for sequence in 1..=4 {
        journal.append(&order(kept.run, sequence)).unwrap();
        journal.record(Record::Trade(&trade(sequence, Some(id(kept.run, sequence))))).unwrap();
    }
    journal.at(at(50));
    journal.record(Record::Accepted(id(kept.run, 1))).unwrap();
    journal.record(Record::Filled(id(kept.run, 2))).unwrap();
    journal.record(Record::Trade(&trade(9, Some(id(kept.run, 3))))).unwrap();
    journal.record(Record::Unknown(id(kept.run, 4))).unwrap();
    journal.record(Record::Accepted(id(kept.run, 4))).unwrap();
    store.close().unwrap();
    let kept = open(&path).1;
    let standing: Vec<_> =
        kept.orders.iter().map(|(_, order, filled, status, _)| (order.id.sequence, *filled, status.as_str())).collect();
    assert_eq!(standing, [(1, dec!(1), "partially_filled"), (4, dec!(1), "partially_filled")]);
    assert_eq!(kept.orders[0].1.reason, Reason::Signal);
}
