//! Journals of live runs that are to be begun anew, or to go on with another key.

use metaexpert_core::{
    Instruments, PositionSide,
    journal::{Journal, Record},
    portfolio::Leg,
};
use rust_decimal::dec;

use super::*;
use crate::instruments::testing::perpetual;

fn config(folder: &Path, mode: TradeMode) -> Config {
    Config { state_dir: folder.display().to_string(), trade_mode: mode, ..Config::default() }
}

fn place(config: &Config, account: &str) -> Place {
    Place::new(config, "ema", "binance usdm", account.to_owned())
}

fn opened(config: &Config, account: &str) -> Result<Begun, RunError> {
    place(config, account).open(config, UnixNanos::from_nanos(5), 41)
}

fn instruments() -> Instruments {
    let mut instruments = Instruments::default();
    instruments.add(perpetual("BTCUSDT"));
    instruments
}

/// Leaves a leg open in the journal.
fn leave_open(config: &Config, account: &str) {
    let Begun { store, .. } = opened(config, account).unwrap();
    let instruments = instruments();
    let (instrument, _) = instruments.iter().next().unwrap();
    let leg = Leg { quantity: dec!(2), cost: dec!(200), leverage: 1, opened: UnixNanos::from_nanos(5), entries: 1 };
    store.journal(&instruments).record(Record::Leg(instrument, PositionSide::Long, Some(&leg))).unwrap();
    store.close().unwrap();
}

#[test]
fn a_live_journal_with_something_open_is_not_put_aside_and_one_without_is() {
    let folder = tempfile::tempdir().unwrap();
    let live = config(folder.path(), TradeMode::Live);
    let fresh = Config { fresh_state: true, ..live.clone() };
    leave_open(&live, "AKIDxx...@host");
    for account in ["AKIDxx...@host", "OTHERx...@host"] {
        let said = opened(&fresh, account).unwrap_err().to_string();
        assert!(said.contains("it has positions or orders open"), "{said}");
    }
    let kept = opened(&live, "AKIDxx...@host").unwrap().kept;
    assert_eq!(kept.legs.len(), 1, "it is where it was");
    let empty = tempfile::tempdir().unwrap();
    let (live, fresh) =
        (config(empty.path(), TradeMode::Live), Config { fresh_state: true, ..config(empty.path(), TradeMode::Live) });
    drop(opened(&live, "AKIDxx...@host").unwrap());
    assert!(opened(&fresh, "AKIDxx...@host").unwrap().put_aside.is_some());
}

#[test]
fn a_live_journal_that_cannot_be_read_is_not_put_aside() {
    let folder = tempfile::tempdir().unwrap();
    let fresh = Config { fresh_state: true, ..config(folder.path(), TradeMode::Live) };
    let file = folder.path().join("journal-live-binance-usdm.sqlite");
    fs::write(&file, "no journal").unwrap();
    let said = opened(&fresh, "AKIDxx...@host").unwrap_err().to_string();
    assert!(said.contains("nobody can say whether it has something open"), "{said}");
    assert!(file.exists());
}

#[test]
fn a_paper_journal_is_put_aside_whatever_it_has_open() {
    let folder = tempfile::tempdir().unwrap();
    let paper = config(folder.path(), TradeMode::Paper);
    leave_open(&paper, "");
    assert!(opened(&Config { fresh_state: true, ..paper }, "").unwrap().put_aside.is_some());
}

#[test]
fn a_journal_goes_on_with_a_new_key_of_the_same_host_where_somebody_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let live = config(folder.path(), TradeMode::Live);
    let with_new_key = Config { new_key: true, ..live.clone() };
    leave_open(&live, "AKIDxx...@host");
    let said = opened(&live, "NEWKEY...@host").unwrap_err().to_string();
    assert!(said.contains("say so once with `new_key`") && !said.contains("fresh_state"), "{said}");
    let elsewhere = opened(&with_new_key, "NEWKEY...@other").unwrap_err().to_string();
    assert!(elsewhere.contains("its account is `AKIDxx...@host`"), "{elsewhere}");
    let begun = opened(&with_new_key, "NEWKEY...@host").unwrap();
    assert_eq!((begun.renamed.as_deref(), begun.kept.legs.len()), (Some("AKIDxx...@host"), 1));
    drop(begun);
    assert_eq!(opened(&live, "NEWKEY...@host").unwrap().renamed, None, "it knows the new one");
}
