//! `logs`: what an expert has logged, and what it logs from now on.

use std::{
    fs::{self, File},
    io::{BufRead, BufReader, Write},
    process::{Child, Stdio},
};

use rustix::process::Signal;

use crate::home::{Home, send};

const TRADE: &str = r#"{"timestamp":"2026-03-02T09:26:02.894606Z","severity":5,"appname":"fake","level":"TRADE","message":"bought","expert_name":"fake"}"#;

/// A home with an expert that has ended, and this in its logs.
fn home_with(logs: &[(&str, &str)]) -> Home {
    let home = Home::new();
    home.detach("ema", "end").check(0, &[]);
    for (name, text) in logs {
        fs::write(home.log_folder("ema").join(name), text).unwrap();
    }
    home
}

fn record(level: &str, message: &str) -> String {
    format!("2026-03-02T09:26:02.894546Z {level} [fake BTCUSDT] {message}\n")
}

#[test]
fn both_formats_are_shown_by_level_and_number() {
    let text =
        [record("DEBUG", "a"), record("ERROR", "b"), "below b\n".into(), format!("{TRADE}\n"), record("INFO ", "c")].concat();
    let home = home_with(&[("expert.log", &text), ("trades.log", &format!("{TRADE}\n")), ("errors.log", &record("ERROR", "b"))]);
    for (arguments, expected) in [
        (&[][..], text.clone()),
        (&["-n", "1"], record("INFO ", "c")),
        (&["--level", "trade"], [record("ERROR", "b"), "below b\n".into(), format!("{TRADE}\n")].concat()),
        (&["--level", "critical"], String::new()),
        (&["--category", "trades"], format!("{TRADE}\n")),
        (&["--category", "trades", "--level", "error"], String::new()),
        (&["--category", "errors"], record("ERROR", "b")),
    ] {
        let said = home.metaexpert(&[&["logs", "ema"][..], arguments].concat());
        assert_eq!((said.code, said.out), (Some(0), expected), "{arguments:?}");
    }
}

#[test]
fn a_log_that_is_not_there_is_no_error_and_one_that_is_compressed_is_named() {
    let home = home_with(&[("expert.log", "last\n"), ("expert.log.1.gz", "")]);
    home.metaexpert(&["logs", "ema", "--category", "trades"]).check(0, &["nothing is in `", "trades.log` yet"]);
    home.metaexpert(&["logs", "ema"]).check(0, &["last", "zcat ", "expert.log.1.gz"]);
    let said = home.metaexpert(&["logs", "ema", "-n", "1"]);
    assert!(said.err.is_empty(), "{said:?}");
}

/// `logs --follow`, with what it shows.
struct Following {
    process: Child,
    shown: BufReader<std::process::ChildStdout>,
}

impl Following {
    fn of(home: &Home) -> Self {
        let mut process = home.command(&["logs", "ema", "--follow"]).stderr(Stdio::null()).spawn().unwrap();
        let shown = BufReader::new(process.stdout.take().unwrap());
        Self { process, shown }
    }

    fn next(&mut self) -> String {
        let mut line = String::new();
        self.shown.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }
}

#[test]
fn what_is_logged_from_now_on_is_shown_through_rotation_until_ctrl_c() {
    let home = home_with(&[("expert.log", "before\n")]);
    let path = home.log_folder("ema").join("expert.log");
    let write = |text: &str| File::options().create(true).append(true).open(&path).unwrap().write_all(text.as_bytes()).unwrap();
    let mut following = Following::of(&home);
    assert_eq!(following.next(), "before");
    write("now\n");
    assert_eq!(following.next(), "now");
    write("last of the old\n");
    fs::rename(&path, path.with_extension("log.1")).unwrap();
    write("first of the new\n");
    assert_eq!([following.next(), following.next()], ["last of the old", "first of the new"]);
    send(following.process.id(), Signal::INT);
    assert_eq!(following.process.wait().unwrap().code(), Some(130));
}

#[test]
fn following_ends_when_nobody_reads_it_any_more() {
    let home = home_with(&[("expert.log", "before\n")]);
    let path = home.log_folder("ema").join("expert.log");
    let mut following = Following::of(&home);
    assert_eq!(following.next(), "before");
    let Following { mut process, shown } = following;
    drop(shown);
    fs::write(&path, "before\nnow\n").unwrap();
    assert_eq!(process.wait().unwrap().code(), Some(0));
}

#[test]
fn of_experts_that_share_a_log_each_has_its_own_records() {
    let home = home_with(&[]);
    home.detach("other", "end").check(0, &[]);
    let (path, other) = (home.log_folder("ema").join("expert.log"), home.log_folder("ema"));
    let run = fs::read_to_string(home.run_file("other")).unwrap();
    let run = run.replace(home.log_folder("other").to_str().unwrap(), other.to_str().unwrap());
    fs::write(home.run_file("other"), run.replace(r#""name": "fake""#, r#""name": "rsi""#)).unwrap();
    let line = |owner: &str| format!("2026-03-02T09:26:02.894546Z INFO  [{owner}] said\n");
    fs::write(&path, [line("fake BTCUSDT"), line("rsi BTCUSDT"), line("fake-expert")].concat()).unwrap();
    assert_eq!(home.metaexpert(&["logs", "ema"]).out, [line("fake BTCUSDT"), line("fake-expert")].concat());
    assert_eq!(home.metaexpert(&["logs", "other"]).out, [line("rsi BTCUSDT"), line("fake-expert")].concat());
}
