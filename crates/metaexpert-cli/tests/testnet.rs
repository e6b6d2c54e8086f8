//! `metaexpert testnet` through the built program: it says where it is, answers there, and ends when it is told to.

#![expect(clippy::unwrap_used, reason = "a test ends with a panic")]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Output, Stdio},
};

use serde_json::Value;

fn testnet(words: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
    command.arg("testnet").args(["--port", "0", "--symbols", "BTCUSDT"]).args(words);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Starts it and waits until it has said all that it says when it is ready.
fn start(words: &[&str]) -> (Child, String) {
    let mut child = testnet(words).spawn().unwrap();
    let mut said = String::new();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    while !said.contains("ccxt:") {
        assert_ne!(out.read_line(&mut said).unwrap(), 0, "it has ended: {said}");
    }
    (child, said)
}

fn end(child: Child) -> Output {
    child.wait_with_output().unwrap()
}

fn ready(path: &Path) -> Value {
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn ask(url: &str, verb: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(url.strip_prefix("http://").unwrap()).unwrap();
    let request = format!("{verb} {path} HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

#[test]
fn it_says_where_it_is_answers_there_and_ends_when_it_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let (file, audit) = (folder.path().join("ready.json"), folder.path().join("audit.jsonl"));
    let words = ["--ready-file", file.to_str().unwrap(), "--audit", audit.to_str().unwrap(), "--account", "alice=spot:USDT:7"];
    let (child, said) = start(&words);
    assert!(said.starts_with("binance is ready at http://127.0.0.1:"), "{said}");
    // The lines come first, then the file.
    while !file.exists() {
        std::thread::yield_now();
    }
    let ready = ready(&file);
    let url = ready["url"].as_str().unwrap();
    assert!(ask(url, "GET", "/api.binance.com/api/v3/time").contains("serverTime"));
    assert!(ask(url, "GET", "/api/v3/time").contains("serverTime"), "the bare path leads to the same host");
    assert!(ask(url, "GET", "/testnet/accounts").contains(r#""USDT":{"free":"7""#));
    assert!(ask(url, "POST", "/testnet/stop").contains("200 OK"));
    let output = end(child);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let audit = std::fs::read_to_string(audit).unwrap();
    assert!(audit.lines().any(|line| line.contains(r#""kind":"request""#) && line.contains("/api/v3/time")), "{audit}");
}

#[cfg(unix)]
#[test]
fn a_signal_to_end_is_a_good_end() {
    let (child, _) = start(&[]);
    let told = Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap();
    assert!(told.success());
    assert_eq!(end(child).status.code(), Some(0));
}

#[test]
fn what_is_asked_wrongly_is_said_before_anything_is_opened() {
    for (words, code, wrong) in [
        (["--exchange", "binace"], 3, "--exchange: `binace`: no such exchange; did you mean `binance`?"),
        (["--fault", "429 pth=/"], 3, "--fault `429 pth=/`: `pth`: no such key of a fault; did you mean `path`?"),
        (["--account", "a=spt:USDT:1"], 3, "--account: `spt`: no such wallet; did you mean `spot`?"),
        (["--speed", "0"], 3, "--speed: `0`: must be above 0"),
        (["--ports", "api.binance.com"], 3, "--ports: `api.binance.com`: must be `every`, or `HOST=PORT,..`"),
        (["--listen", "0.0.0.0"], 3, "--listen: `0.0.0.0` is not loopback"),
        (["--accounts", "/none/there.toml"], 4, "/none/there.toml: No such file"),
    ] {
        let output = testnet(&words).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(code), "{said}");
        assert!(said.starts_with(&format!("error: {wrong}")), "{said}");
    }
}
