//! A real file system that fills up, a real limit to the size of files: what the operating system says, not what a test does.
#![cfg(target_os = "linux")]

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Output},
};

use super::{testing::*, *};

/// Where a test that is run in a process of its own finds its folder.
const FOLDER: &str = "METAEXPERT_LOG_TEST_FOLDER";
/// What the shell answers if it could not prepare the ground.
const UNPREPARED: i32 = 77;

/// Runs a test of this file in a process of its own, for which `prefix` and the shell have prepared the ground.
fn run(prefix: &[&str], preparation: &str, test: &str) -> Option<Output> {
    let folder = tempfile::tempdir().unwrap();
    let script = format!("{preparation} || exit {UNPREPARED}; exec \"$1\" --exact file::full_disk_tests::{test} --nocapture");
    let words: Vec<&str> = prefix.iter().copied().chain(["sh", "-c", &script, "sh"]).collect();
    let mut process = Command::new(words[0]);
    process.args(&words[1..]).arg(env::current_exe().unwrap()).env(FOLDER, folder.path());
    let output = process.output().ok()?;
    (output.status.code() != Some(UNPREPARED) && !output.stderr.starts_with(b"unshare:")).then_some(output)
}

/// On a file system of 256 KiB in a name space of its own: nothing has to be unmounted.
fn run_on_a_small_disk(test: &str) {
    let mount = format!("mount -t tmpfs -o size=256k tmpfs \"${FOLDER}\"");
    let prefixes: [&[&str]; 2] = [&["unshare", "--user", "--map-root-user", "--mount"], &["unshare", "--mount"]];
    match prefixes.iter().find_map(|prefix| run(prefix, &mount, test)) {
        Some(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
        None => println!("skipped: this user may not mount a file system of his own"),
    }
}

fn now(seconds: u64) -> Moment {
    // Any instant will do: only the distance between two matters.
    static START: std::sync::OnceLock<Instant> = std::sync::OnceLock::new();
    Moment { instant: *START.get_or_init(Instant::now) + std::time::Duration::from_secs(seconds), day: today() }
}

/// Pushes lines of changing length and level until the file is in trouble, and some more. How many.
fn push_until_trouble(file: &mut LogFile) -> usize {
    let (mut number, mut after) = (0, 0);
    while after < 100 {
        let level = Level::ALL[number % Level::ALL.len()];
        file.push(&line(level.name(), number, 100 + number * 37 % 400), level, now(0));
        if number.is_multiple_of(5) {
            file.flush(now(0));
        }
        after += usize::from(file.is_in_trouble());
        number += 1;
    }
    number
}

/// All that is TRADE or above is there, in order and once; of the rest, what the account says.
fn assert_nothing_that_matters_is_lost(account: &Account, path: &Path, pushed: usize) {
    let lines: Vec<String> = lines_of(path).iter().map(|line| name_of(line)).collect();
    let important = |name: &String| !name.starts_with("DEBUG") && !name.starts_with("INFO");
    let all = (0..pushed).map(|number| format!("{} {number:06}", Level::ALL[number % Level::ALL.len()]));
    let (found, expected): (Vec<&String>, Vec<String>) =
        (lines.iter().filter(|name| important(name)).collect(), all.filter(important).collect());
    assert_eq!(found.len(), expected.len());
    assert!(found.iter().copied().eq(&expected), "in order, each once, none torn");
    assert_eq!((lines.len() as u64, account.taken.total()), (account.written.total(), pushed as u64));
    assert_balanced(account);
}

#[test]
fn a_disk_that_is_full_costs_no_line_that_matters_and_tears_none() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return run_on_a_small_disk("a_disk_that_is_full_costs_no_line_that_matters_and_tears_none");
    };
    for (max_size, compress) in [(1_000_000, false), (10_000, false), (10_000, true)] {
        let (path, ballast) = (folder.join("expert.log"), folder.join("ballast"));
        fs::write(&ballast, vec![1; 100_000]).unwrap();
        let mut file = LogFile::open(path.clone(), Rotation { compress, ..rotation(max_size, 100) }, LONG_PATIENCE, now(0));
        let mut pushed = push_until_trouble(&mut file);
        assert!(causes_of(&mut file).contains(&Some(Cause::Full)));
        if !compress {
            assert_eq!(lines_of(&path).len() as u64, file.account().written.total(), "cut back to the last whole line");
        }
        file.tick(now(1));
        assert!(file.is_in_trouble() || compress, "nothing made room, unless something was compressed");
        fs::remove_file(&ballast).unwrap();
        file.tick(now(3));
        assert!(!file.is_in_trouble() && news_of(&mut file).iter().any(|what| matches!(what, What::Resumed { .. })));
        let level = Level::ALL[pushed % Level::ALL.len()];
        file.push(&line(level.name(), pushed, 100), level, now(3));
        pushed += 1;
        file.close(now(3));
        let account = *file.account();
        drop(file); // nothing is compressed any more
        assert_nothing_that_matters_is_lost(&account, &path, pushed);
        for entry in fs::read_dir(&folder).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    }
}

#[test]
fn a_disk_that_is_read_only_is_waited_for() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        return run_on_a_small_disk("a_disk_that_is_read_only_is_waited_for");
    };
    let remount = |how: &str| Command::new("mount").args(["-o", how]).arg(&folder).status().unwrap().success();
    assert!(remount("remount,ro"));
    let mut file = LogFile::open(folder.join("logs/expert.log"), rotation(10_000, 3), PATIENCE, now(0));
    assert_eq!(causes_of(&mut file), [Some(Cause::Refused)]);
    file.push(b"a trade\n", Level::Trade, now(0));
    assert!(remount("remount,rw"));
    file.tick(now(1));
    assert_eq!(lines_of(&folder.join("logs/expert.log")), ["a trade"]);
}

#[test]
fn a_limit_to_the_size_of_files_is_trouble_and_not_the_end() {
    let Some(folder) = env::var_os(FOLDER).map(PathBuf::from) else {
        // Twenty blocks of 512 bytes; a process that does not ignore the signal is ended by it.
        let output = run(&[], "trap '' XFSZ && ulimit -f 20", "a_limit_to_the_size_of_files_is_trouble_and_not_the_end");
        let output = output.expect("a shell that can set limits");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        return;
    };
    let path = folder.join("expert.log");
    let mut file = LogFile::open(path.clone(), rotation(1_000_000, 3), PATIENCE, now(0));
    let pushed = push_until_trouble(&mut file);
    assert_eq!(causes_of(&mut file), [Some(Cause::Full)]);
    assert_eq!(lines_of(&path).len() as u64, file.account().written.total(), "cut back to the last whole line");
    fs::rename(&path, folder.join("expert.log.1")).unwrap();
    file.tick(now(1));
    assert!(file.is_in_trouble(), "what was kept is longer than the limit");
    fs::rename(&path, folder.join("expert.log.2")).unwrap();
    fs::rename(folder.join("expert.log.1"), folder.join("expert.log.3")).unwrap();
    file.tick(now(3));
    assert_nothing_that_matters_is_lost(file.account(), &path, pushed);
}
