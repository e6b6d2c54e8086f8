//! Whose a journal is, who has it open, and how runs are numbered.

use std::fs;

use metaexpert_core::{
    Instruments, PositionSide,
    config::TradeMode,
    journal::{Journal, Record},
};
use metaexpert_store::{Durability, History, Identity, Kept, Store, StoreError};
use rust_decimal::dec;

use crate::scene::*;

#[test]
fn a_second_one_is_told_who_has_it_and_gets_it_when_that_one_ends() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("deep").join("er").join("journal.sqlite");
    let (store, _) = open(&path);
    match try_open(&path) {
        Err(error @ StoreError::Locked { .. }) => {
            let process = format!("another process has this journal open (process {})", std::process::id());
            assert!(error.to_string().ends_with(&process), "{error}");
        }
        other => panic!("{other:?}"),
    }
    drop(store);
    open(&path);
    assert!(!History::open(&path).unwrap().has_open().unwrap());
}

#[test]
fn a_journal_of_somebody_else_is_refused_by_what_differs() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    drop(open(&path));
    let mine = identity();
    for (asked, differs) in [
        (Identity { expert: "other".into(), ..mine.clone() }, "its expert is `crossover`, and that of this run is `other`"),
        (Identity { strategy: 8, ..mine.clone() }, "its strategy_id is `7`"),
        (Identity { mode: TradeMode::Paper, ..mine.clone() }, "its trade_mode is `live`, and that of this run is `paper`"),
        (Identity { venue: "binance spot".into(), ..mine.clone() }, "its exchange is `binance usdm`"),
        (Identity { account: String::new(), ..mine.clone() }, "its account is `AKIDxx @ 127.0.0.1`"),
    ] {
        let error = Store::open(&path, &asked, Durability::Process, at(0), 0).unwrap_err();
        assert!(matches!(error, StoreError::NotYours { .. }) && error.to_string().contains(differs), "{error}");
    }
    open(&path);
}

#[test]
fn runs_are_counted_on_paper_and_drawn_where_they_are_live_and_none_has_a_number_twice_whatever_the_clock_says() {
    let folder = tempfile::tempdir().unwrap();
    let run = |name: &str, seconds: i64, chance: u32| {
        let path = folder.path().join(name);
        Store::open(&path, &identity(), Durability::Process, at(seconds), chance).unwrap().1.run
    };
    assert_eq!([run("paper", 0, 0), run("paper", -3_600, 0), run("paper", 5, 0)], [1, 2, 3]);
    assert_eq!([run("live", 0, 900), run("live", -3_600, 5), run("live", 0, 5), run("live", 0, 5)], [900, 5, 6, 7]);
    assert_eq!([run("wrapped", 0, u32::MAX), run("wrapped", 0, u32::MAX)], [u32::MAX, 1]);
}

#[test]
fn a_backup_that_was_put_back_brings_no_number_of_a_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let (path, backup) = (folder.path().join("journal.sqlite"), folder.path().join("copy.sqlite"));
    let run = |chance: u32| {
        let (store, kept) = Store::open(&path, &identity(), Durability::Process, at(0), chance).unwrap();
        store.close().unwrap();
        kept
    };
    assert_eq!(run(700).run, 700);
    fs::copy(&path, &backup).unwrap();
    assert_eq!(run(20).run, 20);
    fs::copy(&backup, &path).unwrap();
    let kept = run(9);
    assert_eq!((kept.run, kept.runs), (9, vec![700]), "not 701, and not 20");
    assert_eq!(run(4).runs, [700, 9]);
}

#[test]
fn an_account_whose_key_was_changed_keeps_its_journal_where_somebody_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let renamed = Identity { account: "NEWKEY @ 127.0.0.1".into(), ..identity() };
    assert_eq!(Store::rename_account(&path, &renamed, |_| true).unwrap(), None, "there is none yet");
    assert!(!path.exists());
    let (store, _) = open(&path);
    assert!(matches!(Store::rename_account(&path, &renamed, |_| true), Err(StoreError::Locked { .. })));
    store.close().unwrap();
    let other = Identity { strategy: 8, ..renamed.clone() };
    assert!(matches!(Store::rename_account(&path, &other, |_| true), Err(StoreError::NotYours { what: "strategy_id", .. })));
    assert_eq!(Store::rename_account(&path, &renamed, |kept| kept != "AKIDxx @ 127.0.0.1").unwrap(), None, "not that one");
    assert_eq!(Store::rename_account(&path, &renamed, |_| true).unwrap().as_deref(), Some("AKIDxx @ 127.0.0.1"));
    assert_eq!(Store::rename_account(&path, &renamed, |_| true).unwrap(), None, "once");
    Store::open(&path, &renamed, Durability::Process, at(0), 0).unwrap();
    let said = try_open(&path).unwrap_err().to_string();
    assert!(said.contains("say so once with `new_key`") && !said.contains("fresh_state"), "{said}");
}

#[test]
fn a_clock_that_was_set_back_changes_nothing_of_what_is_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    journal.append(&order(kept.run, 1)).unwrap();
    store.close().unwrap();
    let (store, kept) = Store::open(&path, &identity(), Durability::Power, at(-3_600), 0).unwrap();
    assert_eq!((kept.run, kept.begun, kept.orders.len()), (2, Some(at(0)), 1));
    let mut journal = store.journal(&instruments());
    journal.append(&order(kept.run, 1)).unwrap();
    store.close().unwrap();
    let names: Vec<_> = open(&path).1.orders.iter().map(|(_, order, ..)| order.id).collect();
    assert_eq!(names, [id(1, 1), id(2, 1)]);
}

#[test]
fn two_experts_in_two_files_do_not_know_of_each_other() {
    let folder = tempfile::tempdir().unwrap();
    let (one, other) = (folder.path().join("one.sqlite"), folder.path().join("other.sqlite"));
    let ((first, kept), (second, _)) = (open(&one), open(&other));
    let (mut first_journal, mut second_journal) = (first.journal(&instruments()), second.journal(&instruments()));
    first_journal.append(&order(kept.run, 1)).unwrap();
    second_journal.record(Record::Balance(&usdt(dec!(5)))).unwrap();
    first.close().unwrap();
    second.close().unwrap();
    let (first, second) = (open(&one).1, open(&other).1);
    assert_eq!((first.orders.len(), first.balances.len(), second.orders.len(), second.balances.len()), (1, 0, 0, 1));
}

#[test]
fn what_is_open_is_found_by_symbol_and_must_be_traded_by_the_next_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    journal.append(&order(kept.run, 1)).unwrap();
    journal.record(Record::Leg(place("ETHUSDT"), PositionSide::Short, Some(&leg(dec!(3))))).unwrap();
    store.close().unwrap();
    assert!(History::open(&path).unwrap().has_open().unwrap());
    let kept = open(&path).1;
    assert!(kept.has_open() && !Kept::default().has_open());
    let of = |symbols: &[&str]| -> Result<_, StoreError> { kept.resumed(&instruments_of(symbols)) };
    let other_way = instruments_of(&["ETHUSDT", "SOLUSDT", "BTCUSDT"]);
    let resumed = kept.resumed(&other_way).unwrap();
    assert_eq!((resumed.legs[0].0, resumed.orders[0].order.instrument), (find(&other_way, 0), find(&other_way, 2)));
    let said = |symbols: &[&str]| of(symbols).unwrap_err().to_string();
    assert!(said(&["BTCUSDT"]).starts_with("ETHUSDT: the journal has something open in it"));
    assert!(said(&["ETHUSDT"]).starts_with("BTCUSDT: "));
    assert_eq!(Kept::default().resumed(&instruments_of(&[])).unwrap(), metaexpert_core::engine::Resumed::default());
}

fn find(instruments: &Instruments, index: usize) -> metaexpert_core::InstrumentId {
    instruments.iter().nth(index).unwrap().0
}
