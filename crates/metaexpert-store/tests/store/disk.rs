//! A disk without room, and one that may not be written: a real file system in a name space of its own.

use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use metaexpert_core::{
    Error,
    journal::{Journal, KeptState, Record},
};
use metaexpert_store::StoreError;
use rust_decimal::{Decimal, dec};

use crate::scene::*;

const FOLDER: &str = "METAEXPERT_STORE_TEST_FOLDER";
/// What the shell answers if it could not prepare the ground.
const UNPREPARED: i32 = 77;

/// Runs a test of this file in a process of its own, on a file system of 512 KiB that goes away with it.
fn run_on_a_small_disk(test: &str) {
    let folder = tempfile::tempdir().unwrap();
    let script = format!(
        "mount -t tmpfs -o size=512k tmpfs \"${FOLDER}\" || exit {UNPREPARED}; exec \"$1\" --exact disk::{test} --nocapture"
    );
    let prefixes: [&[&str]; 2] = [&["unshare", "--user", "--map-root-user", "--mount"], &["unshare", "--mount"]];
    let run = |prefix: &&[&str]| -> Option<Output> {
        let words: Vec<&str> = prefix.iter().copied().chain(["sh", "-c", &script, "sh"]).collect();
        let mut process = Command::new(words[0]);
        process.args(&words[1..]).arg(env::current_exe().unwrap()).env(FOLDER, folder.path());
        let output = process.output().ok()?;
        (output.status.code() != Some(UNPREPARED) && !output.stderr.starts_with(b"unshare:")).then_some(output)
    };
    match prefixes.iter().find_map(run) {
        Some(output) => assert!(
            output.status.success(),
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        ),
        None => println!("skipped: this user may not mount a file system of his own"),
    }
}

/// Where this process is the one that runs on it.
fn small_disk() -> Option<PathBuf> {
    env::var_os(FOLDER).map(Into::into)
}

#[test]
fn an_order_does_not_leave_while_the_disk_is_full_and_what_was_told_meanwhile_is_written_when_there_is_room() {
    let Some(folder) = small_disk() else {
        return run_on_a_small_disk(
            "an_order_does_not_leave_while_the_disk_is_full_and_what_was_told_meanwhile_is_written_when_there_is_room",
        );
    };
    let path = folder.join("journal.sqlite");
    let (store, kept) = open(&path);
    let mut journal = store.journal(&instruments());
    journal.append(&order(kept.run, 1)).unwrap();
    let filler = folder.join("filler");
    let mut bytes = 512 << 10;
    while bytes > 0 {
        // The largest that still fits.
        if fs::write(&filler, vec![1; bytes]).is_ok() {
            break;
        }
        bytes -= 4_096;
    }
    let mut sequence = 1;
    let said = loop {
        sequence += 1;
        assert!(sequence < 1_000, "the disk is never full");
        match journal.append(&order(kept.run, sequence)) {
            Ok(()) => {}
            Err(error) => break error,
        }
    };
    assert!(matches!(&said, Error::NotJournaled(said) if said.contains("the disk is full")), "{said}");
    assert!(store.trouble().is_some());

    // Executions go on being told, and orders being refused.
    for number in 1..=20 {
        journal.record(Record::Trade(&trade(number, Some(id(kept.run, 1))))).unwrap();
        journal.record(Record::Balance(&usdt(Decimal::from(number)))).unwrap();
        journal.state(&KeptState { json: "x".repeat(2_000), time: at(1) }).unwrap();
        journal.settle().unwrap();
        assert!(journal.append(&order(kept.run, sequence + 100 + number)).is_err());
    }
    fs::remove_file(&filler).unwrap();
    journal.append(&order(kept.run, 5_000)).unwrap();
    assert_eq!(store.trouble(), None);
    store.close().unwrap();

    let kept = open(&path).1;
    let names: Vec<u64> = kept.orders.iter().map(|(_, order, ..)| order.id.sequence).collect();
    // The first is done; of the others, those that were allowed to leave and no other.
    let allowed: Vec<u64> = (2..sequence).chain([5_000]).collect();
    assert_eq!((names, kept.trades.len(), kept.balances), (allowed, 20, vec![usdt(dec!(20))]));
}

#[test]
fn a_disk_that_may_only_be_read_is_said_so() {
    let Some(folder) = small_disk() else { return run_on_a_small_disk("a_disk_that_may_only_be_read_is_said_so") };
    let path = folder.join("journal.sqlite");
    drop(open(&path));
    let mounted = Command::new("mount").args(["-o", "remount,ro"]).arg(&folder).status();
    if !mounted.is_ok_and(|status| status.success()) {
        println!("skipped: this user may not mount a disk for reading only");
        return;
    }
    assert_unusable(&path, "locking the journal failed");
    assert_unusable(&folder.join("new").join("journal.sqlite"), "making the folder of the journal failed");
}

#[test]
fn a_folder_that_is_a_file_and_a_journal_that_is_a_folder_are_said_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), b"x").unwrap();
    assert_unusable(&folder.path().join("file").join("journal.sqlite"), "making the folder of the journal failed");
    fs::create_dir(folder.path().join("journal.sqlite")).unwrap();
    assert!(try_open(&folder.path().join("journal.sqlite")).is_err());
}

fn assert_unusable(path: &Path, doing: &str) {
    match try_open(path) {
        Err(error @ StoreError::Unusable { .. }) => assert!(error.to_string().contains(doing), "{error}"),
        other => panic!("{other:?}"),
    }
}
