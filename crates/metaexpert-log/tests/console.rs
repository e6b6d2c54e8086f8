//! The console: plain text where nobody looks, colours on a terminal unless its user wants none.

#![cfg(unix)]
#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

mod child;

use std::{
    fs,
    path::PathBuf,
    process::{Command, Stdio},
};

use metaexpert_log::{Level, LogConfig, Logging, error, info, slog::o, trade, warning};

const TEST: &str = "colours_are_for_terminals_whose_user_wants_them";
const ESCAPE: char = '\u{1b}';

fn log_something(directory: PathBuf) {
    let config = LogConfig { app_name: "tester".into(), level: Level::Trade, directory, json: true, ..LogConfig::default() };
    let logging = Logging::start(&config).unwrap();
    let log = logging.logger().new(o!("expert_name" => "ema"));
    info!(log, "not shown");
    trade!(log, "bought"; "price" => 1.5);
    warning!(log, "{}", "\u{1b}[31mred"; "value" => "\u{1b}[2J");
    error!(log, "failed");
}

/// Without the time of each line.
fn lines(shown: &str) -> Vec<&str> {
    let ours = shown.lines().filter(|line| line.contains("[ema]"));
    ours.map(|line| line.split_once("Z ").unwrap().1.trim_end()).collect()
}

const EXPECTED: [&str; 3] =
    ["TRADE [ema] bought price=1.5", "WARNING [ema] \\u{1b}[31mred value=\"\\u{1b}[2J\"", "ERROR [ema] failed"];

#[test]
fn colours_are_for_terminals_whose_user_wants_them() {
    if let Some(folder) = child::folder() {
        return log_something(folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let output = child::of(TEST, folder.path()).env("TERM", "xterm-256color").output().unwrap();
    let shown = String::from_utf8(output.stderr).unwrap();
    assert_eq!(lines(&shown), EXPECTED, "text, though the files hold JSON: {shown}");
    assert!(!shown.contains(ESCAPE) && !String::from_utf8(output.stdout).unwrap().contains("[ema]"));

    let Some(coloured) = on_a_terminal(&[("TERM", "xterm-256color"), ("NO_COLOR", "")]) else {
        return println!("skipped: `script` of util-linux, which makes a terminal, is not here");
    };
    let first = coloured.lines().find(|line| line.contains("bought")).unwrap();
    assert!(first.contains(ESCAPE), "{first:?}");
    // Nothing but the colours is different, and none of them is the message's.
    assert!(!coloured.contains("\u{1b}[31mred") && !coloured.contains("\u{1b}[2J"), "{coloured:?}");
    assert_eq!(lines(&without_colours(&coloured)), EXPECTED);

    let plain = on_a_terminal(&[("TERM", "xterm-256color"), ("NO_COLOR", "1")]).unwrap();
    assert_eq!(lines(&plain), EXPECTED);
    assert!(!plain.contains(ESCAPE), "{plain:?}");
}

#[test]
fn a_console_that_nobody_reads_stops_no_file() {
    const RECORDS: usize = 50_000;
    if let Some(folder) = child::folder() {
        let config = LogConfig { directory: folder, max_file_size: 1 << 30, ..LogConfig::default() };
        let logging = Logging::start(&config).unwrap();
        (0..RECORDS).for_each(|number| trade!(logging.logger(), "bought"; "number" => number));
        let metrics = logging.end();
        assert!(metrics.unshown > 0, "a pipe has no place for that many lines");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    // The child's standard error is a pipe whose other end is held and not read.
    let mut child = child::of("a_console_that_nobody_reads_stops_no_file", folder.path()).stdout(Stdio::null()).spawn().unwrap();
    assert!(child.wait().unwrap().success());
    let trades = fs::read_to_string(folder.path().join("trades.log")).unwrap();
    assert_eq!(trades.lines().count(), RECORDS);
    let expert = fs::read_to_string(folder.path().join("expert.log")).unwrap();
    assert!(expert.lines().any(|line| line.contains("WARNING") && line.contains("were not shown on the console")));
}

#[cfg(target_os = "linux")] // the only one with a journal
#[test]
fn the_journal_is_told_the_severity_of_each_line() {
    if let Some(folder) = child::folder() {
        return log_something(folder);
    }
    let folder = tempfile::tempdir().unwrap();
    let child = child::of("the_journal_is_told_the_severity_of_each_line", folder.path());
    // As systemd does: the variable names the file that standard error is, by device and number.
    let mut shell = Command::new("sh");
    shell.args(["-c", "JOURNAL_STREAM=$(stat --dereference --format %d:%i /dev/stderr) exec \"$@\"", "sh"]);
    shell.arg(child.get_program()).args(child.get_args());
    shell.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let log = fs::File::create(folder.path().join("journal")).unwrap();
    assert!(shell.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log).status().unwrap().success());
    let journal = fs::read_to_string(folder.path().join("journal")).unwrap();
    let prefixes: Vec<_> = journal.lines().filter(|line| line.contains("[ema]")).map(|line| &line[..3]).collect();
    assert_eq!(prefixes, ["<5>", "<4>", "<3>"], "{journal}");
}

/// What the child shows on a terminal of its own; `None` where there is no way to make one.
fn on_a_terminal(environment: &[(&str, &str)]) -> Option<String> {
    let folder = tempfile::tempdir().unwrap();
    let child = child::of(TEST, folder.path());
    let words: Vec<_> = [child.get_program()].into_iter().chain(child.get_args()).map(|word| word.to_str().unwrap()).collect();
    let mut script = Command::new("script");
    script.args(["--quiet", "--return", "--command", &words.join(" "), "/dev/null"]).stdin(Stdio::null());
    script.envs(child.get_envs().filter_map(|(name, value)| Some((name, value?)))).envs(environment.iter().copied());
    let output = script.output().ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).unwrap())
}

/// The text without the sequences that set colours: an escape character to the next letter.
fn without_colours(text: &str) -> String {
    let mut in_sequence = false;
    let visible = text.chars().filter(|c| {
        let was = in_sequence;
        in_sequence = if in_sequence { !c.is_ascii_alphabetic() } else { *c == ESCAPE };
        !was && !in_sequence
    });
    visible.collect()
}
