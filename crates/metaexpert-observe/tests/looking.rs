//! Looked at from outside, over a socket: numbers, health, readiness, and whoever may not look.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    time::Duration,
};

use metaexpert_observe::{Health, Need, ObserveError, Running, Settings, measures, start};
use tokio::runtime::Runtime;

fn settings(health: &Health) -> Settings {
    Settings { address: Some((Ipv4Addr::LOCALHOST, 0).into()), is_exposed: false, health: health.clone() }
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap()
}

fn served() -> (Runtime, Running, Health) {
    let (runtime, health) = (runtime(), Health::new(Duration::from_secs(10)));
    let running = start(settings(&health), runtime.handle()).unwrap();
    (runtime, running, health)
}

/// Status line and the rest of the answer.
fn ask(address: SocketAddr, request: &str) -> (String, String) {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(format!("{request}\r\n\r\n").as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    let (status, rest) = answer.split_once("\r\n").unwrap();
    (status.to_owned(), rest.to_owned())
}

fn get(running: &Running, path: &str) -> (String, String) {
    ask(running.address().unwrap(), &format!("GET {path} HTTP/1.1\r\nHost: localhost"))
}

#[test]
fn numbers_health_and_readiness_are_served() {
    let (_runtime, running, health) = served();
    measures::reconnected("binance", "looking");
    let (status, text) = get(&running, "/metrics");
    assert_eq!(status, "HTTP/1.1 200 OK");
    assert!(text.contains("content-type: text/plain; version=0.0.4"), "{text}");
    assert!(text.contains("metaexpert_reconnects_total{exchange=\"binance\",stream=\"looking\"} 1\n"), "{text}");

    let pulse = health.expert("ema", &[Need::Journal]);
    let (status, text) = get(&running, "/ready");
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(text.ends_with("{\"ok\":false,\"reasons\":[\"ema: the journal is not open\"]}\n"), "{text}");
    health.met("ema", Need::Journal);
    assert_eq!(get(&running, "/ready").0, "HTTP/1.1 200 OK");
    assert!(get(&running, "/health").1.ends_with("{\"ok\":true,\"reasons\":[]}\n"));
    drop(pulse);
    let (status, text) = get(&running, "/health");
    assert_eq!(status, "HTTP/1.1 503 Service Unavailable");
    assert!(text.contains("ema: its thread is gone"), "{text}");
    assert!(get(&running, "/").1.contains("there are /metrics, /health and /ready"));
}

#[test]
fn nobody_can_change_anything_and_no_page_of_another_host_can_read() {
    let (_runtime, running, _) = served();
    let address = running.address().unwrap();
    let (status, rest) = ask(address, "POST /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0");
    assert!(status.contains("405") && rest.contains("allow: GET, HEAD"), "{status} {rest}");
    for (host, expected) in
        [("evil.example", "403"), ("127.0.0.1.evil.example:80", "403"), ("[::1]:9464", "200"), ("127.0.0.1", "200")]
    {
        let (status, _) = ask(address, &format!("GET /metrics HTTP/1.1\r\nHost: {host}"));
        assert!(status.contains(expected), "{host}: {status}");
    }
}

#[test]
fn nonsense_and_silence_hold_nobody_else_up() {
    let (_runtime, running, _) = served();
    let address = running.address().unwrap();
    let _silent: Vec<_> = (0..8).map(|_| TcpStream::connect(address).unwrap()).collect();
    let (status, _) = ask(address, "\u{0}nonsense");
    assert!(status.contains("400"), "{status}");
    assert_eq!(get(&running, "/metrics").0, "HTTP/1.1 200 OK");
}

#[test]
fn an_address_that_others_can_reach_is_refused_unless_it_is_meant() {
    let (runtime, health) = (runtime(), Health::new(Duration::from_secs(1)));
    let open = Settings { address: Some((Ipv4Addr::UNSPECIFIED, 0).into()), ..settings(&health) };
    let error = start(open.clone(), runtime.handle()).unwrap_err();
    assert!(matches!(error, ObserveError::Exposed { .. }), "{error}");
    assert!(error.to_string().contains("0.0.0.0:0 can be reached from outside"), "{error}");
    let running = start(Settings { is_exposed: true, ..open }, runtime.handle()).unwrap();
    let port = running.address().unwrap().port();
    let (status, _) = ask((Ipv4Addr::LOCALHOST, port).into(), "GET /health HTTP/1.1\r\nHost: bot.example.com");
    assert!(status.contains("200"), "{status}");
}

#[test]
fn a_taken_address_is_an_error_and_a_stopped_one_is_free() {
    let (runtime, running, health) = served();
    let address = running.address().unwrap();
    let again = Settings { address: Some(address), ..settings(&health) };
    let error = start(again, runtime.handle()).unwrap_err().to_string();
    assert!(error.starts_with(&format!("{address} cannot be listened at")), "{error}");
    runtime.block_on(running.stop());
    TcpListener::bind(address).unwrap();
}

#[test]
fn without_an_address_nothing_is_served() {
    let runtime = runtime();
    let nowhere = Settings { address: None, ..settings(&Health::new(Duration::from_secs(1))) };
    assert_eq!(start(nowhere, runtime.handle()).unwrap().address(), None);
}
