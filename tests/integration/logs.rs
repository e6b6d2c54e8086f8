//! What several experts of one program log, what they keep secret, and what a signal leaves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

const SEVERAL: &str = env!("CARGO_BIN_EXE_several-experts");
const LOGGING: &str = env!("CARGO_BIN_EXE_logging-experts");

/// As only an attacker would choose it: escaping tears it into pieces, each of which would still be told.
const SECRET: &str = "q7Lw2\"Vn8d9\\Zk3R5";
const PIECES: [&str; 3] = ["q7Lw2", "Vn8d9", "Zk3R5"];

/// A backtest with a home of its own and nothing in its environment.
fn backtest(program: &str, words: &str) -> (Command, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(program);
    command.args("--trade-mode backtest --report out".split(' ')).args(words.split_whitespace());
    command.current_dir(home.path()).env_clear();
    (command, home)
}

fn run(program: &str, words: &str) -> (Output, TempDir) {
    let (mut command, home) = backtest(program, words);
    (command.output().unwrap(), home)
}

fn records(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"))).collect()
}

/// The kinds of the records of each expert, in their order; those of no expert are the program's, `-`.
fn kinds_by_expert(records: &[Value]) -> BTreeMap<&str, Vec<&str>> {
    let mut kinds = BTreeMap::<_, Vec<_>>::new();
    for record in records {
        kinds.entry(record["expert_name"].as_str().unwrap_or("-")).or_default().push(record["msgid"].as_str().unwrap());
    }
    kinds
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files.extend(files_below(&path)) } else { files.push(path) }
    }
    files
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn experts_share_their_files_and_each_record_says_whose_it_is() {
    let (output, home) = run(SEVERAL, "--data synthetic:seed=7,bars=240 --log-level debug --json-logging");
    assert_eq!(output.status.code(), Some(1), "one of them panics");
    assert_eq!(names_in(&home.path().join("logs")), ["errors.log", "expert.log", "trades.log"].map(str::to_owned).into());
    let all = records(&home.path().join("logs/expert.log"));
    for (name, id) in [("Pairs", 7), ("reckless", 8), ("steady", 9)] {
        let own: Vec<_> = all.iter().filter(|record| record["expert_name"] == name).collect();
        assert!(own.iter().all(|record| record["strategy_id"] == id && record["account_id"] == "okx:simulated"), "{name}");
    }
    let kinds = kinds_by_expert(&all);
    assert_eq!(kinds.keys().copied().collect::<Vec<_>>(), ["-", "Pairs", "reckless", "steady"]);
    assert_eq!(kinds["-"], ["panic"]);
    assert_eq!(kinds["reckless"], ["expert.started", "handler.panicked", "expert.ended"]);
    for name in ["Pairs", "steady"] {
        let kinds = &kinds[name];
        assert_eq!((kinds.first(), kinds.last()), (Some(&"expert.started"), Some(&"expert.ended")), "{name}");
        assert!(kinds.contains(&"execution"), "{name}");
    }
    let traded = records(&home.path().join("logs/trades.log"));
    assert_eq!(kinds_by_expert(&traded).into_keys().collect::<Vec<_>>(), ["Pairs", "steady"]);
}

#[test]
fn a_panic_is_in_errors_log_with_its_place_and_the_log_of_the_others_goes_on() {
    let (_, home) = run(SEVERAL, "--data synthetic:seed=7,bars=240 --log-level info --json-logging");
    let errors = records(&home.path().join("logs/errors.log"));
    assert_eq!(kinds_by_expert(&errors), BTreeMap::from([("-", vec!["panic"]), ("reckless", vec!["handler.panicked"])]));
    assert!(errors.iter().all(|record| record["level"] == "CRITICAL" && record["severity"] == 2));
    let place = errors[0]["location"].as_str().unwrap();
    assert!(place.contains("several_experts.rs:"), "{place}");
    assert_eq!(errors[0]["message"], "a panic in the thread main: a hundred bars are too many");
    assert_eq!((&errors[1]["handler"], &errors[1]["symbol"]), (&"on_bar".into(), &"BTCUSDT".into()));
    assert_eq!(errors[1]["error"], "a hundred bars are too many");
    // The hundredth bar closes a hundred hours after the first one opened.
    assert_eq!(errors[1]["simulated_time"], "2024-01-05T04:00:00.000000Z");

    let all = records(&home.path().join("logs/expert.log"));
    let at = all.iter().position(|record| record["msgid"] == "handler.panicked").unwrap();
    let after = kinds_by_expert(&all[at + 1..]);
    assert_eq!(after["reckless"], ["expert.ended"]);
    assert!(!after.contains_key("Pairs"), "it had ended before");
    assert_eq!(after["steady"].first(), Some(&"expert.started"));
    assert_eq!(after["steady"].last(), Some(&"expert.ended"));
}

#[test]
fn each_expert_has_a_folder_of_its_own_where_log_dir_names_it() {
    let (_, home) = run(SEVERAL, "--data synthetic:seed=7,bars=240 --log-level info --json-logging --log-dir logs/{expert}");
    let logs = home.path().join("logs");
    assert_eq!(names_in(&logs), ["pairs", "reckless", "steady"].map(str::to_owned).into());
    for (folder, name) in [("pairs", "Pairs"), ("reckless", "reckless"), ("steady", "steady")] {
        let all = records(&logs.join(folder).join("expert.log"));
        let kinds = kinds_by_expert(&all);
        assert!(kinds.keys().all(|of| *of == name || *of == "-"), "{folder}: {:?}", kinds.keys());
        assert_eq!(kinds[name].first(), Some(&"expert.started"));
        // A panic is the program's, and stands in every log that is open then; whose it was, in one.
        let errors: Vec<_> = records(&logs.join(folder).join("errors.log"));
        let kinds: Vec<_> = errors.iter().map(|record| record["msgid"].as_str().unwrap()).collect();
        let expected: &[&str] = match folder {
            "pairs" => &["panic"],
            "reckless" => &["panic", "handler.panicked"],
            _ => &[],
        };
        assert_eq!(kinds, expected, "{folder}");
    }
}

#[test]
fn the_folder_and_the_level_are_the_attributes_else_the_codes_and_a_flag_beats_both() {
    let (output, home) = run(LOGGING, "--data synthetic:seed=7,bars=30");
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(names_in(home.path()), ["of-attribute", "of-code", "out"].map(str::to_owned).into());
    let text = |path: &str| fs::read_to_string(home.path().join(path)).unwrap();
    let by_attribute = text("of-attribute/expert.log");
    assert!(by_attribute.contains(" DEBUG [marked BTCUSDT] bar ") && !by_attribute.contains("[telling"), "{by_attribute}");
    let by_code = text("of-code/expert.log");
    assert!(by_code.contains(" TRADE [telling BTCUSDT] sent ") && !by_code.contains("[marked"), "{by_code}");
    assert!(!by_code.contains(" INFO "), "the code says `trade`: {by_code}");

    let (_, home) = run(LOGGING, "--data synthetic:seed=7,bars=30 --log-dir of-flag --log-level info");
    assert_eq!(names_in(home.path()), ["of-flag", "out"].map(str::to_owned).into());
    let text = fs::read_to_string(home.path().join("of-flag/expert.log")).unwrap();
    assert!(text.contains("[marked] started ") && text.contains("[telling] started ") && !text.contains(" DEBUG "), "{text}");
}

#[test]
fn a_secret_of_the_environment_is_told_by_nothing_that_a_run_leaves() {
    for (words, code, told) in [
        ("", 0, ["sent", "on_bar failed", "the first was: the venue does not know ***"]),
        ("--panics", 1, ["sent", "on_bar panicked", "nobody told me that *** is wrong"]),
        ("--fails-at-once", 1, ["a handler's error ends the run", "the phrase *** is refused", "error: expert telling"]),
    ] {
        for format in ["", "--json-logging"] {
            let words = format!("--data synthetic:seed=7,bars=30 --log-level debug {format} {words}");
            let (mut command, home) = backtest(LOGGING, &words);
            let output = command.env("BINANCE_API_SECRET", SECRET).output().unwrap();
            let mut said: Vec<(PathBuf, Vec<u8>)> = vec![("stdout".into(), output.stdout), ("stderr".into(), output.stderr)];
            said.extend(files_below(home.path()).into_iter().map(|path| (path.clone(), fs::read(path).unwrap())));
            assert!(said.len() > 6, "{words}: log and report are among {} files", said.len());
            let mut all = String::new();
            for (path, bytes) in said {
                let text = String::from_utf8(bytes).unwrap();
                for piece in PIECES {
                    assert!(!text.contains(piece), "{words}: `{piece}` stands in {}:\n{text}", path.display());
                }
                all.push_str(&text);
            }
            assert_eq!(output.status.code(), Some(code), "{words}");
            for part in told {
                assert!(all.contains(part), "{words}: what is no secret is told, but `{part}` is not");
            }
        }
    }
}

#[cfg(unix)]
#[test]
fn a_signal_ends_the_log_though_more_are_logged_than_can_be_written() {
    use std::{
        io::{BufRead, BufReader},
        os::unix::process::ExitStatusExt,
        process::Stdio,
    };

    // Its queue is full all the time: DEBUG and INFO have long given way.
    let words = "--data synthetic:seed=7,bars=100000 --made-up 100 --log-level debug --log-dir logs --log-max-file-size 1MiB";
    let (mut command, home) = backtest(LOGGING, words);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut shown = BufReader::new(child.stderr.take().unwrap()).lines();
    assert!(shown.by_ref().map_while(Result::ok).filter(|line| line.contains("] made up ")).nth(20_000).is_some());
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
    shown.for_each(drop);
    let status = child.wait().unwrap();
    assert_eq!(status.signal(), Some(15), "{status}");
    let text = fs::read_to_string(home.path().join("logs/expert.log")).unwrap();
    assert!(text.ends_with('\n'), "half a line: {:?}", text.lines().last());
    let behind = text.lines().rev().position(|line| line.ends_with(" INFO  [logging-experts] ended by SIGTERM"));
    // The one record that its thread was already waiting with, and no other.
    assert!(behind.is_some_and(|records| records <= 1), "{behind:?} behind it; {:?}", text.lines().last());
    records(&home.path().join("logs/trades.log"));
}
