//! Paper runs by the clock on a made-up market, ended as a person or another program ends them. No test waits for longer than it
//! takes to see what it waits for.

use std::{
    fs,
    path::Path,
    process::{Child, Command, Output, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Far more than any of it takes, on a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(1);

/// A run in `home` that closes ten bars a second.
fn begin(home: &Path) -> Child {
    let flags = "--trade-mode paper --data synthetic:seed=7 --timeframe 1m --speed 600 --fast 3 --slow 6 --log-to-console false";
    let mut command = Command::new(env!("CARGO_BIN_EXE_expert-under-test"));
    command.args(flags.split(' ')).current_dir(home).env_clear().stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Waits until a file of the log says something.
fn wait_for(child: &mut Child, log: &Path, text: &str) {
    let begun = Instant::now();
    while !fs::read_to_string(log).unwrap_or_default().contains(text) {
        assert!(begun.elapsed() < PATIENCE, "{} does not say `{text}`", log.display());
        assert!(child.try_wait().unwrap().is_none(), "the run ended before {} said `{text}`", log.display());
        thread::sleep(Duration::from_millis(20));
    }
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args(["-s", signal, &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
}

/// Sends a signal to a run and lets it end.
fn end(mut child: Child, signal: &str) -> Output {
    send(&child, signal);
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(begun.elapsed() < PATIENCE, "SIG{signal} does not end the run");
        thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap()
}

#[test]
fn a_run_trades_by_the_clock_until_it_is_told_to_stop() {
    for (signal, code) in [("TERM", 0), ("INT", 130)] {
        let home = tempfile::tempdir().unwrap();
        let mut child = begin(home.path());
        let process = child.id();
        wait_for(&mut child, &home.path().join("logs/trades.log"), r#""msgid":"execution""#);
        let Output { status, stdout, stderr } = end(child, signal);
        let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
        assert_eq!(status.code(), Some(code), "SIG{signal}: {status}\n{stdout}{stderr}");
        assert!(stderr.contains("note: binance-ema trades BTCUSDT 1m on paper"), "{stderr}");
        assert!(stderr.contains(&format!("`kill {process}`")), "{stderr}");
        for line in
            ["SYNTHETIC DATA", "bars ", "after 100 of history", "equity at the start     10000.00", "user_stop", "left open "]
        {
            assert!(stdout.contains(line), "no `{line}` in\n{stdout}");
        }
        let log = fs::read_to_string(home.path().join("logs/expert.log")).unwrap();
        let ended: Vec<_> = log.lines().filter(|line| line.contains("reason=user_stop")).collect();
        assert_eq!(ended.len(), 2, "the engine's end and the run's\n{log}");
        assert!(
            ended.iter().any(|line| line.contains("paper trading has ended") && line.contains("equity_start=10000")),
            "{log}"
        );
        assert!(log.contains("paper trading begins") && log.contains("speed=600"), "{log}");
    }
}

/// Waits until a run holds something: one that has bought more often than sold.
fn wait_for_position(child: &mut Child, home: &Path) {
    let begun = Instant::now();
    let count = |msgid: &str| {
        let trades = fs::read_to_string(home.join("logs/trades.log")).unwrap_or_default();
        trades.matches(&format!(r#""msgid":"{msgid}""#)).count()
    };
    while count("position.opened") <= count("position.closed") {
        assert!(begun.elapsed() < PATIENCE, "nothing was opened");
        assert!(child.try_wait().unwrap().is_none(), "the run ended before it held anything");
        thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn everything_is_closed_before_a_run_ends_where_that_is_wanted() {
    let home = tempfile::tempdir().unwrap();
    let mut child = begin(home.path());
    wait_for_position(&mut child, home.path());
    let Output { status, stdout, stderr } = end(child, "USR2");
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert_eq!(status.code(), Some(0), "{stdout}{stderr}");
    assert!(stdout.contains("left open               nothing") && stdout.contains("user_stop"), "{stdout}");
    let log = fs::read_to_string(home.path().join("logs/expert.log")).unwrap();
    assert!(log.contains("everything is closed, and the expert ends") && log.contains("reason=risk_halt"), "{log}");
    // It is no halt: the next run trades.
    let mut next = begin(home.path());
    wait_for_position(&mut next, home.path());
    assert!(String::from_utf8(end(next, "TERM").stderr).unwrap().lines().all(|line| !line.contains("warning")));
}

#[test]
fn a_run_that_was_halted_stays_halted_over_a_restart_until_its_file_is_gone() {
    let home = tempfile::tempdir().unwrap();
    let (log, kept) = (home.path().join("logs/expert.log"), home.path().join("state/binance-ema/risk-paper-simulated.json"));
    let mut child = begin(home.path());
    wait_for_position(&mut child, home.path());
    send(&child, "USR1");
    wait_for(&mut child, &log, "halted: new entries are refused until a person resumes: somebody had everything closed");
    // Killed, not stopped: what the next run has to know is there already.
    end(child, "KILL");
    assert!(fs::read_to_string(&kept).unwrap().contains(r#""rule": "flatten""#));
    fs::remove_file(&log).unwrap();
    let mut again = begin(home.path());
    wait_for(&mut again, &log, "order refused: halted");
    let Output { stdout, stderr, .. } = end(again, "TERM");
    let (stdout, stderr) = (String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap());
    assert!(stdout.contains("halted                  new entries are refused until a person resumes"), "{stdout}");
    let warning = "warning: binance-ema: new entries are refused until a person resumes: somebody had everything closed";
    assert!(stderr.contains(warning) && stderr.contains("deleting `state/binance-ema/risk-paper-simulated.json`"), "{stderr}");
    assert!(fs::read_to_string(&log).unwrap().contains("new entries are refused until a person resumes"));
    fs::write(&kept, "{").unwrap();
    let mut broken = Command::new(env!("CARGO_BIN_EXE_expert-under-test"));
    let output = broken.args(["--data", "synthetic"]).current_dir(home.path()).env_clear().output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(4), "{stderr}");
    assert!(stderr.contains("error: state/binance-ema/risk-paper-simulated.json: EOF"), "{stderr}");
    fs::remove_file(&kept).unwrap();
    let mut anew = begin(home.path());
    wait_for_position(&mut anew, home.path());
    end(anew, "TERM");
}

#[test]
fn a_file_refuses_entries_while_it_is_there() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("KILL"), "").unwrap();
    let (log, mut child) = (home.path().join("logs/expert.log"), begin(home.path()));
    wait_for(&mut child, &log, "order refused: kill_switch: new entries are refused: the file `KILL` is there");
    fs::remove_file(home.path().join("KILL")).unwrap();
    wait_for(&mut child, &log, "new entries are allowed again");
    wait_for_position(&mut child, home.path());
    fs::write(home.path().join("KILL"), "").unwrap();
    end(child, "TERM");
}

#[test]
fn a_run_that_has_a_last_bar_ends_by_itself() {
    let home = tempfile::tempdir().unwrap();
    let flags = "--data synthetic:seed=7,start=2024-01-01,bars=600 --timeframe 1m --speed 100000 --log-to-console false";
    let run = |more: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_expert-under-test"));
        let output =
            command.args(flags.split(' ')).args(more.split_whitespace()).current_dir(home.path()).env_clear().output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    let first = run("");
    assert!(first.contains("600, after 100 of history") && first.contains("end_of_data"), "{first}");
    let second = run("");
    assert!(second.contains("600, after 100 of history"), "{second}");
    assert!(!second.contains("equity at the start     10000.00"), "it goes on where the first has stopped: {second}");
    // What limits are measured from goes on from run to run, and is no part of the journal that is put aside.
    fs::remove_file(home.path().join("state/binance-ema/risk-paper-simulated.json")).unwrap();
    assert_eq!(run("--fresh-state true"), first, "a market with a start of its own is the same each time");
}

#[test]
fn a_paper_run_without_data_asks_the_exchange_and_one_with_a_file_that_is_not_there_says_so() {
    let home = tempfile::tempdir().unwrap();
    let nobody = "--trade-mode paper --base-url http://127.0.0.1:9";
    for (flags, code, named) in [(nobody, 5, "not sent"), ("--trade-mode paper --data bars.csv", 4, "bars.csv")] {
        let mut command = Command::new(env!("CARGO_BIN_EXE_expert-under-test"));
        let output = command.args(flags.split(' ')).current_dir(home.path()).env_clear().output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(named), "{stderr}");
    }
}
