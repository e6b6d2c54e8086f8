//! Runs the demonstration program `examples/account` on a small scale, and sees whether it would notice a loss.

#![expect(clippy::unwrap_used, clippy::print_stderr, reason = "a test stops where it cannot go on, and says what it skips")]

use std::{
    env,
    path::PathBuf,
    process::{Command, Output},
};

/// The program, which stands beside the tests where cargo builds all of them. `None` where somebody built the tests alone.
fn program() -> Option<PathBuf> {
    let name = format!("account{}", env::consts::EXE_SUFFIX);
    let program = env::current_exe().ok()?.parent()?.parent()?.join("examples").join(name);
    if !program.is_file() {
        eprintln!("skipped: `{}` was not built; `cargo test` without a selection of targets builds it", program.display());
        return None;
    }
    Some(program)
}

#[track_caller]
fn check(arguments: &str, code: i32, expected: &[&str]) {
    let Some(program) = program() else { return };
    let Output { status, stdout, stderr } = Command::new(program).args(arguments.split_whitespace()).output().unwrap();
    let said = String::from_utf8(stdout).unwrap() + &String::from_utf8(stderr).unwrap();
    assert_eq!(status.code(), Some(code), "{said}");
    for expected in expected {
        assert!(said.contains(expected), "`{expected}` is not in:\n{said}");
    }
}

#[test]
fn every_trade_survives_locks_rotation_and_a_full_disk() {
    check("--records 40000 --seconds 4", 0, &["every TRADE, WARNING, ERROR and CRITICAL is accounted for"]);
}

#[test]
fn what_a_file_never_takes_stands_on_standard_error() {
    check("--records 10000 --seconds 1 --disk none", 0, &["every TRADE, WARNING, ERROR and CRITICAL is accounted for"]);
}

#[test]
fn a_trade_that_was_never_logged_is_named() {
    let expected = [
        "WRONG: 3 records are neither in trades.log nor on standard error: TRADE 3 of thread 0, TRADE 11 of thread 0, TRADE 23 of thread 0",
        "WRONG: 3 TRADE records are not in expert.log, the log counted 0",
    ];
    check("--records 10000 --seconds 1 --disk none --forget 3", 1, &expected);
}

#[test]
fn a_wrong_argument_is_named_with_what_is_known() {
    for (arguments, expected) in [
        ("--recods 5", "account: `--recods` is no argument; known are `--records N`"),
        ("--records 0", "account: `--records 0`: give a whole number from 1 to 100000000"),
        ("--disk floppy", "account: `--disk floppy`: give tmpfs, namespace, limit or none"),
        ("--seconds", "account: `--seconds` has no value; known are"),
    ] {
        check(arguments, 2, &[expected]);
    }
}
