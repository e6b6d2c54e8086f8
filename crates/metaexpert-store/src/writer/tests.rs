//! A disk that is full: what it costs those who go on, and what waits for it.

use std::path::Path;

use crossbeam_channel::bounded;
use metaexpert_core::{Currency, Money, UnixNanos, config::TradeMode, journal::KeptState};
use rust_decimal::dec;

use super::*;
use crate::{Durability, Identity, lock::Lock, opening};

/// Some time of 2023.
const NOW: UnixNanos = UnixNanos::from_nanos(1_700_000_000_000_000_000);

/// A writer whose file does not grow any more.
fn writer(folder: &Path) -> (Writer, Lock) {
    let identity = Identity {
        expert: "ema".into(),
        strategy: 7,
        mode: TradeMode::Live,
        venue: "binance usdm".into(),
        account: "AKIDxx @ 127.0.0.1".into(),
    };
    let (connection, lock, _) = opening::open(&folder.join("journal.sqlite"), &identity, Durability::Process, NOW, 0).unwrap();
    // SQLite takes the pages that there are for the least.
    limit(&connection, 1);
    (Writer::new(connection, bounded(1).1, Arc::default()).unwrap(), lock)
}

fn limit(connection: &Connection, pages: u32) {
    connection.query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(())).unwrap();
}

/// It replaces what is there, and finds room in any file. Two rows are changed by it.
fn small() -> Note {
    Note { time: NOW, told: Told::Balance(Money::new(dec!(100), Currency::new("USDT"))) }
}

/// A state that needs so many bytes more.
fn state(letter: &str, bytes: usize) -> Note {
    Note { time: NOW, told: Told::State(KeptState { json: letter.repeat(bytes), time: NOW }) }
}

/// Told so many small things, and then something that is too much.
fn stuck_after(folder: &Path, told: usize) -> (Writer, Lock) {
    let (mut writer, lock) = writer(folder);
    for _ in 0..told {
        writer.write(small());
    }
    writer.write(state("x", 100_000));
    assert!(writer.trouble.said().is_some_and(|said| said.contains("the disk is full")) && writer.stuck.is_some());
    (writer, lock)
}

#[test]
fn a_long_backlog_is_not_written_again_for_each_order_that_asks() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _lock) = stuck_after(folder.path(), 1_000);
    let changes = |writer: &Writer| writer.statements.connection().total_changes();
    let before = changes(&writer);
    for _ in 0..50 {
        assert!(writer.write_now(small()).unwrap_err().contains("the disk is full"));
    }
    // Once would be 2,000 rows; a machine that was busy elsewhere may have let seconds pass.
    let written = changes(&writer) - before;
    assert!(written < 20_000, "{written} rows");
    assert_eq!(writer.unit.len(), 1_001, "orders that do not leave are not kept");

    // There is room again, and the disk was left alone for long enough.
    limit(writer.statements.connection(), 10_000);
    writer.stuck = Instant::now().checked_sub(TRY_AGAIN);
    assert_eq!(writer.write_now(small()), Ok(()));
    assert!(writer.unit.is_empty() && writer.trouble.said().is_none());
}

#[test]
fn a_short_backlog_is_written_by_the_first_order_that_finds_room() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _lock) = stuck_after(folder.path(), 10);
    assert!(writer.write_now(small()).is_err());
    limit(writer.statements.connection(), 10_000);
    assert_eq!(writer.write_now(small()), Ok(()));
    assert!(writer.unit.is_empty() && writer.trouble.said().is_none());
}

#[test]
fn states_that_wait_for_the_disk_take_the_room_of_the_last_ones() {
    let folder = tempfile::tempdir().unwrap();
    let (mut writer, _lock) = stuck_after(folder.path(), 1);
    writer.settle(false);
    for number in 0..500_usize {
        writer.write(small());
        writer.write(state("y", 100_000 + number));
        writer.settle(false);
    }
    writer.write(state("z", 50_000));
    let of_states = |note: &Note| if let Told::State(state) = &note.told { state.json.len() } else { 0 };
    assert_eq!(writer.unit.iter().map(of_states).filter(|bytes| *bytes > 0).collect::<Vec<_>>(), [100_499, 50_000]);

    limit(writer.statements.connection(), 10_000);
    writer.abandon().unwrap();
    let kept = writer.statements.connection().query_row("SELECT length(json) FROM state", [], |row| row.get::<_, i64>(0));
    assert_eq!(kept.unwrap(), 100_499, "the last one that was settled");
}
