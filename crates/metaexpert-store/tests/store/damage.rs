//! Bytes that are not what they were.

use std::{
    fs,
    path::{Path, PathBuf},
};

use metaexpert_core::journal::{Journal, Record};
use metaexpert_store::{History, StoreError};
use rust_decimal::dec;

use crate::scene::*;

const PAGE: usize = 4_096;

/// A journal that has something in every table that grows, closed.
fn written(folder: &Path) -> PathBuf {
    let path = folder.join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    for number in 1..=100 {
        journal.append(&order(kept.run, number)).unwrap();
        journal.record(Record::Trade(&trade(number, Some(id(kept.run, number))))).unwrap();
        journal.settle().unwrap();
    }
    journal.record(Record::Balance(&usdt(dec!(5)))).unwrap();
    store.close().unwrap();
    path
}

fn said_of(path: &Path) -> String {
    match try_open(path) {
        Err(error @ StoreError::Damaged { .. }) => error.to_string(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_page_that_was_overwritten_is_found_wherever_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let whole = fs::read(&path).unwrap();
    let pages = whole.len() / PAGE;
    assert!(pages > 30, "{pages}");
    for page in 1..pages {
        let mut spoilt = whole.clone();
        spoilt[page * PAGE..(page + 1) * PAGE].fill(0xA5);
        fs::write(&path, &spoilt).unwrap();
        let said = said_of(&path);
        assert!(said.contains("there is no backup") && said.contains("look at the exchange"), "page {page}: {said}");
    }
    fs::write(&path, &whole).unwrap();
    open(&path);
}

#[test]
fn a_header_that_was_overwritten_an_empty_file_and_one_that_is_no_database_are_no_journals() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let mut spoilt = fs::read(&path).unwrap();
    spoilt[..20].fill(0xA5);
    fs::write(&path, &spoilt).unwrap();
    assert!(said_of(&path).contains("file is not a database"));
    fs::write(&path, b"").unwrap();
    assert!(said_of(&path).contains("the file is empty"));
    fs::write(&path, "an expert's diary\n".repeat(500)).unwrap();
    assert!(said_of(&path).contains("file is not a database"));
    assert!(matches!(History::open(&path), Err(StoreError::Damaged { .. })));
}

#[test]
fn a_file_that_is_half_gone_is_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let whole = fs::read(&path).unwrap();
    for pages in [1, 2, whole.len() / PAGE / 2, whole.len() / PAGE - 1] {
        fs::write(&path, &whole[..pages * PAGE]).unwrap();
        said_of(&path);
    }
}

#[test]
fn the_log_of_a_file_that_is_gone_is_not_taken_for_a_new_ones() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    fs::rename(&path, folder.path().join("journal.sqlite-wal")).unwrap();
    assert!(said_of(&path).contains("its write-ahead log is still there"));
}

#[test]
fn of_a_log_that_was_cut_off_whole_units_remain() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.sqlite");
    let log = folder.path().join("journal.sqlite-wal");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    for number in 1..=50_u32 {
        journal.record(Record::Trade(&trade(number.into(), None))).unwrap();
        journal.record(Record::Balance(&usdt(number.into()))).unwrap();
        journal.append(&order(kept.run, number.into())).unwrap();
    }
    let (file, whole) = (fs::read(&path).unwrap(), fs::read(&log).unwrap());
    drop(store);
    let mut last = usize::MAX;
    for part in (0..=20).rev() {
        fs::write(&path, &file).unwrap();
        fs::write(&log, &whole[..whole.len() / 20 * part]).unwrap();
        let _ = fs::remove_file(folder.path().join("journal.sqlite-shm"));
        let (store, kept) = open(&path);
        let units = kept.trades.len();
        let balance = kept.balances.first().map_or(dec!(0), |balance| balance.amount);
        assert_eq!((kept.orders.len(), balance), (units, units.into()), "{part} of 20");
        assert!(units <= last);
        last = units;
        drop(store);
    }
    assert_eq!(last, 0);
}

#[test]
fn a_database_of_another_program_and_a_journal_of_a_newer_one_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    let sql = |sql: &str| rusqlite::Connection::open(&path).unwrap().execute_batch(sql).unwrap();
    sql("PRAGMA user_version = 4711");
    let newer = try_open(&path).unwrap_err();
    assert!(matches!(newer, StoreError::Newer { version: 4711, .. }), "{newer}");
    assert!(newer.to_string().contains("has version 4711, and this program knows versions up to 1"), "{newer}");
    sql("PRAGMA application_id = 7");
    assert!(matches!(try_open(&path), Err(StoreError::Foreign { .. })));
    assert!(matches!(History::open(&path), Err(StoreError::Foreign { .. })));
}

#[test]
fn a_text_where_a_number_should_be_is_damage_and_nothing_to_begin_with() {
    let folder = tempfile::tempdir().unwrap();
    let path = written(folder.path());
    rusqlite::Connection::open(&path).unwrap().execute_batch("UPDATE balances SET amount = 'much'").unwrap();
    assert!(said_of(&path).contains("`much`"));
}
