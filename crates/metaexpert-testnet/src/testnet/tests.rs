//! Real sockets on this machine, time by hand.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message as Frame, protocol::frame::coding::CloseCode},
};

use super::*;
use crate::{
    audit::{Delivery, SocketState},
    clock::Time,
    faults::from_flag,
    server::tests_of_exchange::echo,
    setup::AccountSpec,
};

async fn running(faults: &[&str]) -> Running {
    let builder = Testnet::builder().maker(echo()).time(Time::Manual);
    let builder = faults.iter().fold(builder, |builder, fault| builder.fault(from_flag(fault).unwrap()));
    builder.start().await.unwrap()
}

fn address(url: &str) -> SocketAddr {
    url.split("//").nth(1).unwrap().split('/').next().unwrap().parse().unwrap()
}

/// Everything that comes back for a request, until the connection ends.
async fn raw(mut stream: impl AsyncRead + AsyncWrite + Unpin, verb: &str, path: &str, body: &str) -> String {
    let length = body.len();
    let request = format!("{verb} {path} HTTP/1.1\r\nHost: local\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    // A connection that is cut may be reset; what came before is there either way.
    let _ = stream.read_to_end(&mut answer).await;
    String::from_utf8(answer).unwrap()
}

async fn ask(running: &Running, verb: &str, path: &str, body: &str) -> (u16, String) {
    let answer = raw(TcpStream::connect(address(running.url())).await.unwrap(), verb, path, body).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_default();
    (head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), body.to_owned())
}

async fn ask_json(running: &Running, verb: &str, path: &str, body: &Value) -> (u16, Value) {
    let (status, answer) = ask(running, verb, path, &body.to_string()).await;
    (status, serde_json::from_str(&answer).unwrap())
}

type Socket = WebSocketStream<TcpStream>;

async fn socket(running: &Running, path: &str) -> Socket {
    let stream = TcpStream::connect(address(running.url())).await.unwrap();
    client_async(format!("{}{path}", running.ws_url()), stream).await.unwrap().0
}

async fn next(socket: &mut Socket) -> Option<String> {
    match socket.next().await? {
        Ok(Frame::Text(text)) => Some(text.as_str().to_owned()),
        Ok(Frame::Close(frame)) => frame.map(|frame| format!("close {} {}", u16::from(frame.code), frame.reason)),
        Ok(other) => Some(format!("{other:?}")),
        Err(_) => None,
    }
}

/// Lets the others work until something is so.
async fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn hosts_are_told_apart_by_the_path_and_sockets_open_beside_requests() {
    let running = running(&[]).await;
    let (status, body) = ask(&running, "POST", "/api.example.com/api/v3/order?symbol=X", "side=BUY").await;
    assert_eq!(status, 200);
    assert!(body.contains("POST api.example.com/api/v3/order symbol=X side=BUY"), "{body}");
    let mut socket = socket(&running, "/stream.example.com/ws/1").await;
    assert_eq!(next(&mut socket).await.unwrap(), "welcome");
    socket.send(Frame::text("hello")).await.unwrap();
    assert_eq!(next(&mut socket).await.unwrap(), "you said hello");
    assert!(running.advance(Duration::from_millis(200)));
    assert_eq!(next(&mut socket).await.unwrap(), "step 1");
    assert_eq!(next(&mut socket).await.unwrap(), "step 2");
    running.stop().await;
    assert_eq!(next(&mut socket).await.unwrap(), "about to end");
    assert_eq!(next(&mut socket).await.unwrap(), "close 1001 the testnet stops");
}

#[tokio::test]
async fn an_answer_can_be_cut_off_after_the_request_was_handled() {
    let running = running(&["cut times=1", "truncate after=0 times=1"]).await;
    let stream = TcpStream::connect(address(running.url())).await.unwrap();
    assert_eq!(raw(stream, "POST", "/api.example.com/order", "").await, "", "not a byte");
    let stream = TcpStream::connect(address(running.url())).await.unwrap();
    let whole = raw(stream, "POST", "/api.example.com/order", "").await;
    assert!(whole.contains(r#"{"call":2,"#), "{whole}");
    running.handle().with(|exchange| {
        assert!(exchange.audit().requests().all(|seen| seen.request.is_handled));
        assert_eq!(
            exchange.audit().requests().map(|seen| seen.request.delivery).collect::<Vec<_>>(),
            [Delivery::Cut, Delivery::Whole]
        );
    });
}

#[tokio::test]
async fn half_a_body_ends_with_the_connection() {
    let running = running(&["truncate"]).await;
    let stream = TcpStream::connect(address(running.url())).await.unwrap();
    let answer = raw(stream, "GET", "/api.example.com/time", "").await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let promised: usize = head.lines().find_map(|line| line.strip_prefix("content-length: ")).unwrap().parse().unwrap();
    assert_eq!(body.len(), promised / 2);
    assert!(body.starts_with(r#"{"call":1"#), "{body}");
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_the_connection_open() {
    let running = running(&["drop over=rest"]).await;
    let mut stream = TcpStream::connect(address(running.url())).await.unwrap();
    stream.write_all(b"GET /api.example.com/time HTTP/1.1\r\nHost: local\r\n\r\n").await.unwrap();
    let handle = running.handle().clone();
    until(|| handle.with(|exchange| exchange.audit().requests().count()) == 1).await;
    let mut byte = [0];
    assert_eq!(stream.try_read(&mut byte).unwrap_err().kind(), std::io::ErrorKind::WouldBlock);
    running.stop().await;
    assert!(matches!(stream.read(&mut byte).await, Ok(0) | Err(_)));
}

#[tokio::test]
async fn a_late_request_is_handled_even_where_nobody_waits_for_it_any_more() {
    let running = running(&["latency delay=5s on=request"]).await;
    let mut stream = TcpStream::connect(address(running.url())).await.unwrap();
    stream.write_all(b"POST /api.example.com/order HTTP/1.1\r\nHost: local\r\n\r\n").await.unwrap();
    let handle = running.handle().clone();
    until(|| handle.with(|exchange| exchange.audit().faults().count()) == 1).await;
    drop(stream);
    // The server is let see that.
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    running.advance(Duration::from_secs(4));
    assert_eq!(handle.with(|exchange| exchange.audit().requests().count()), 0);
    running.advance(Duration::from_secs(2));
    let delivery = || handle.with(|exchange| exchange.audit().requests().next().map(|seen| seen.request.delivery));
    until(|| delivery() == Some(Delivery::NobodyThere)).await;
    assert!(handle.with(|exchange| exchange.audit().requests().all(|seen| seen.request.is_handled)));
}

#[tokio::test]
async fn a_late_answer_comes_at_its_time() {
    let running = running(&["latency delay=1s"]).await;
    let handle = running.handle().clone();
    let url = running.url().to_owned();
    let asked =
        tokio::spawn(
            async move { raw(TcpStream::connect(address(&url)).await.unwrap(), "GET", "/api.example.com/time", "").await },
        );
    until(|| handle.with(|exchange| exchange.audit().requests().count()) == 1).await;
    assert!(!asked.is_finished());
    running.advance(Duration::from_secs(1));
    assert!(asked.await.unwrap().contains(r#""call":1"#));
}

#[tokio::test]
async fn sockets_are_cut_without_a_word_and_half_open_ones_say_nothing_more() {
    let running = running(&["cut on=message topic=answer contains=cut", "half-open topic=answer contains=dead"]).await;
    let mut cut = socket(&running, "/ws").await;
    assert_eq!(next(&mut cut).await.unwrap(), "welcome");
    cut.send(Frame::text("cut")).await.unwrap();
    assert_eq!(next(&mut cut).await, None);

    let mut dead = socket(&running, "/ws").await;
    assert_eq!(next(&mut dead).await.unwrap(), "welcome");
    dead.send(Frame::text("dead")).await.unwrap();
    dead.send(Frame::Ping(Vec::new().into())).await.unwrap();
    let handle = running.handle().clone();
    let is_dead = |state: &SocketState| *state == SocketState::HalfOpen;
    until(|| handle.with(|exchange| exchange.audit().sockets().any(|socket| is_dead(&socket.state)))).await;
    running.advance(Duration::from_secs(1));
    running.stop().await;
    assert_eq!(next(&mut dead).await, None, "no answer, no step, no pong, no goodbye");
}

#[tokio::test]
async fn what_no_client_should_send_ends_the_socket() {
    let running = running(&[]).await;
    for (frame, code) in
        [(Frame::binary(vec![1, 2, 3]), CloseCode::Unsupported), (Frame::text("x".repeat(20_000)), CloseCode::Size)]
    {
        let mut socket = socket(&running, "/ws").await;
        assert_eq!(next(&mut socket).await.unwrap(), "welcome");
        socket.send(frame).await.unwrap();
        let goodbye = next(&mut socket).await.unwrap();
        assert!(goodbye.starts_with(&format!("close {}", u16::from(code))), "{goodbye}");
    }
    let mut polite = socket(&running, "/ws").await;
    assert_eq!(next(&mut polite).await.unwrap(), "welcome");
    polite.close(None).await.unwrap();
    while next(&mut polite).await.is_some() {}
    let handle = running.handle().clone();
    until(|| handle.with(|exchange| exchange.audit().sockets().count()) == 6).await;
}

#[tokio::test]
async fn a_hundred_messages_come_whole_and_in_order() {
    let running = running(&[]).await;
    let mut sockets = Vec::new();
    for _ in 0..5 {
        sockets.push(socket(&running, "/ws").await);
    }
    running.advance(Duration::from_secs(100));
    for socket in &mut sockets {
        assert_eq!(next(socket).await.unwrap(), "welcome");
        for number in 1..=1_000 {
            assert_eq!(next(socket).await.unwrap(), format!("step {number}"));
        }
    }
}

#[tokio::test]
async fn an_improper_wish_for_a_socket_is_refused() {
    let running = running(&[]).await;
    let mut stream = TcpStream::connect(address(running.url())).await.unwrap();
    let wish = "GET /ws HTTP/1.1\r\nHost: local\r\nConnection: close\r\nUpgrade: websocket\r\n\r\n";
    stream.write_all(wish.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
}

#[tokio::test]
async fn nobody_else_comes_in_unless_that_is_said() {
    let refused = Testnet::builder().maker(echo()).listen([0, 0, 0, 0].into()).start().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "--listen: `0.0.0.0` is not loopback, so that others could come in; `--expose` says that they may"
    );
    let taken = running(&[]).await;
    let port = address(taken.url()).port();
    let refused = Testnet::builder().maker(echo()).port(port).start().await.unwrap_err().to_string();
    assert!(refused.starts_with(&format!("127.0.0.1:{port}: cannot be listened on")), "{refused}");
}

#[tokio::test]
async fn a_host_can_have_a_port_of_its_own() {
    let builder = Testnet::builder().maker(echo()).time(Time::Manual);
    let running = builder.ports(Ports::Some(vec![("stream.example.com".into(), 0)])).start().await.unwrap();
    let own = running.own_ports();
    assert_eq!(own.len(), 1);
    let answer = raw(TcpStream::connect(own[0].1).await.unwrap(), "GET", "/ws", "").await;
    assert!(answer.contains("GET stream.example.com/ws"), "{answer}");
    let unknown = Testnet::builder().maker(echo()).ports(Ports::Some(vec![("strem.example.com".into(), 0)])).start().await;
    assert_eq!(
        unknown.unwrap_err().to_string(),
        "--ports: `strem.example.com`: no such host; did you mean `stream.example.com`?"
    );
}

#[tokio::test]
async fn who_trusts_its_certificate_can_speak_tls() {
    use rustls_pki_types::{CertificateDer, ServerName, pem::PemObject as _};

    let folder = tempfile::tempdir().unwrap();
    let running = Testnet::builder().maker(echo()).time(Time::Manual).tls(folder.path()).start().await.unwrap();
    assert!(running.url().starts_with("https://127.0.0.1:"), "{}", running.url());
    let mut roots = rustls::RootCertStore::empty();
    let certificate = running.ready().certificate.clone().unwrap();
    roots.add(CertificateDer::from_pem_file(certificate).unwrap()).unwrap();
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let connector = tokio_rustls::TlsConnector::from(std::sync::Arc::new(config));
    for name in ["127.0.0.1", "localhost", "api.example.com"] {
        let stream = TcpStream::connect(address(running.url())).await.unwrap();
        let stream = connector.connect(ServerName::try_from(name).unwrap(), stream).await.unwrap();
        let answer = raw(stream, "GET", "/api.example.com/time", "").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{name}: {answer}");
    }
}

#[tokio::test]
async fn faults_are_given_read_and_ended_over_http() {
    let running = running(&[]).await;
    let rule = json!([{ "kind": "-1007", "path": "/order", "times": 1 }, { "kind": "429", "p": 0 }]);
    let (status, added) = ask_json(&running, "POST", "/testnet/faults", &rule).await;
    assert_eq!((status, &added["added"]), (200, &json!([1, 2])));
    assert_eq!(ask(&running, "GET", "/api.example.com/order", "").await.0, 408);
    let (_, faults) = ask_json(&running, "GET", "/testnet/faults", &json!({})).await;
    assert_eq!((&faults[0]["struck"], &faults[1]["struck"]), (&json!(1), &json!(0)));
    assert_eq!(ask_json(&running, "DELETE", "/testnet/faults/1", &json!({})).await.0, 200);
    assert_eq!(ask_json(&running, "DELETE", "/testnet/faults", &json!({})).await.1, json!({ "removed": 1 }));
    for (verb, path, body, wrong) in [
        (
            "POST",
            "/testnet/faults",
            json!({ "kind": "429", "pth": "/" }),
            "body: fault 1: `pth`: no such key of a fault; did you mean `path`?",
        ),
        ("DELETE", "/testnet/faults/9", json!({}), "`9`: no fault of this number holds"),
        ("POST", "/testnet/time", json!({ "advance": "10" }), "advance: `10`: must be a time with its unit"),
        ("POST", "/testnet/time", json!({ "speed": -1 }), "speed: `-1`: must be above 0"),
        ("POST", "/testnet/time", json!({ "speed": 1e6 }), "speed: `1000000`: must be at most 10000"),
        ("POST", "/testnet/time", json!({ "advance": "1000d" }), "advance: `1000d`: must be at most 31d at once"),
        ("POST", "/testnet/time", json!({ "sped": 1 }), "body: unknown field `sped`"),
        ("GET", "/testnet/audit?kind=ordr", json!({}), "kind: `ordr`: no such kind; did you mean `order`?"),
        ("GET", "/testnet/audit?sinc=1", json!({}), "`sinc`: no such key; did you mean `since`?"),
    ] {
        let (status, answer) = ask_json(&running, verb, path, &body).await;
        assert_eq!(status, 400, "{path}");
        assert!(answer["error"].as_str().unwrap().starts_with(wrong), "{answer}");
    }
    assert_eq!(ask(&running, "GET", "/testnet/nothing", "").await.0, 404);
    assert_eq!(ask(&running, "DELETE", "/testnet/audit", "").await.0, 405);
}

#[tokio::test]
async fn time_by_hand_and_the_audit_are_to_be_had_over_http() {
    let running = running(&[]).await;
    let (_, time) = ask_json(&running, "POST", "/testnet/time", &json!({ "speed": 2, "advance": "10s" })).await;
    assert_eq!(
        time,
        json!({ "clock": "2026-01-05T00:00:10Z", "market": "2026-01-05T00:00:20Z", "speed": 2.0, "passes": "by hand" })
    );
    let _ = ask(&running, "GET", "/api.example.com/time?signature=secret", "").await;
    let (_, audit) = ask_json(&running, "GET", "/testnet/audit?kind=request&since=1&limit=5", &json!({})).await;
    assert_eq!(audit["lines"][0]["query"], "signature=***");
    assert_eq!(audit["lines"].as_array().unwrap().len(), 1);
    let (_, audit) = ask_json(&running, "GET", &format!("/testnet/audit?since={}", audit["next"]), &json!({})).await;
    assert_eq!(audit["lines"], json!([]));
}

#[tokio::test]
async fn it_stops_when_somebody_asks_for_it() {
    let running = running(&[]).await;
    let (_, index) = ask_json(&running, "GET", "/testnet/", &json!({})).await;
    assert_eq!(index["exchange"], "echo");
    let handle = running.handle().clone();
    let stopped = tokio::spawn(async move { handle.stopped().await });
    assert_eq!(ask(&running, "POST", "/testnet/stop", "").await.0, 200);
    stopped.await.unwrap();
    let address = address(running.url());
    running.stop().await;
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn dropping_it_ends_it() {
    let running = running(&[]).await;
    let mut socket = socket(&running, "/ws").await;
    assert_eq!(next(&mut socket).await.unwrap(), "welcome");
    drop(running);
    assert_eq!(next(&mut socket).await.unwrap(), "about to end");
    assert_eq!(next(&mut socket).await.unwrap(), "close 1001 the testnet stops");
}

/// Binance with made-up prices and a short past, which is quickly there.
fn binance() -> Builder {
    let prices = crate::market::PriceSources::default().with_history(600_000_000_000);
    Testnet::builder().time(Time::Manual).symbols(["BTCUSDT"]).prices(prices)
}

#[tokio::test]
async fn accounts_are_opened_funded_and_read_over_http() {
    let running = binance().account(AccountSpec::rich("alice").with("spot", "USDT", 5.into())).start().await.unwrap();
    let (_, accounts) = ask_json(&running, "GET", "/testnet/accounts", &json!({})).await;
    assert_eq!(accounts[0]["wallets"]["spot"]["USDT"], json!({ "free": "5", "locked": "0" }));
    let bob = json!({ "name": "bob", "balances": { "linear": { "USDT": 100 } } });
    let (status, bob) = ask_json(&running, "POST", "/testnet/accounts", &bob).await;
    assert_eq!((status, bob["keys"][0]["key"].as_str().unwrap().len()), (200, 64), "{bob}");
    let bob_key = bob["keys"][0]["key"].clone();
    let money = json!({ "account": "bob", "wallet": "isolated:BTCUSDT", "currency": "USDT", "amount": "12.5" });
    let (status, bob) = ask_json(&running, "POST", "/testnet/fund", &money).await;
    assert_eq!(status, 200, "{bob}");
    assert_eq!(bob["wallets"]["isolated:BTCUSDT"]["USDT"]["free"], "12.5");
    let (_, audit) = ask_json(&running, "GET", "/testnet/audit?kind=wallet", &json!({})).await;
    assert_eq!(audit["lines"][0]["account"], "bob");
    for (path, body, wrong) in [
        ("/testnet/accounts", json!({ "name": "bob" }), "account: `bob`: is there already"),
        (
            "/testnet/fund",
            json!({ "account": "bo", "wallet": "spot", "currency": "USDT", "amount": 1 }),
            "account: `bo`: no such account; did you mean `bob`?",
        ),
        (
            "/testnet/fund",
            json!({ "account": "bob", "wallet": "sopt", "currency": "USDT", "amount": 1 }),
            "wallet: `sopt`: no such wallet; did you mean `spot`?",
        ),
        (
            "/testnet/fund",
            json!({ "account": "bob", "wallet": "isolated:XUSDT", "currency": "USDT", "amount": 1 }),
            "wallet: `isolated:XUSDT`: no such pair is listed",
        ),
        ("/testnet/restart", json!({ "state": "gone" }), "body: unknown variant `gone`"),
        ("/testnet/accounts", json!({ "name": "eve", "keys": [{ "key": bob_key, "secret": "s" }] }), "account `eve`: `"),
    ] {
        let (status, answer) = ask_json(&running, "POST", path, &body).await;
        assert_eq!(status, 400, "{path}");
        assert!(answer["error"].as_str().unwrap().starts_with(wrong), "{answer}");
    }
    let (_, accounts) = ask_json(&running, "GET", "/testnet/accounts", &json!({})).await;
    assert_eq!(accounts.as_array().unwrap().len(), 2, "nobody is there without a key");
    assert_eq!(ask_json(&running, "POST", "/testnet/restart", &json!({ "state": "lost" })).await.0, 200);
    let (_, accounts) = ask_json(&running, "GET", "/testnet/accounts", &json!({})).await;
    assert_eq!(accounts.as_array().unwrap().len(), 1, "what was opened on the way is gone");
    let (_, markets) = ask_json(&running, "GET", "/testnet/markets", &json!({})).await;
    assert_eq!(markets[0]["symbol"], "BTCUSDT");
}

#[tokio::test]
async fn a_scripts_price_is_moved_and_an_accounts_audit_is_read_over_http() {
    use crate::market::{PriceSource, PriceSources, Script};
    let prices = PriceSources::default()
        .with(metaexpert_core::Symbol::new("BTCUSDT").unwrap(), PriceSource::Script(Script::still(60_000.into())))
        .with_history(600_000_000_000);
    let running = Testnet::builder().time(Time::Manual).symbols(["BTCUSDT", "ETHUSDT"]).prices(prices).start().await.unwrap();
    let moved = json!({ "market": "linear:BTCUSDT", "price": "59000.5" });
    assert_eq!(ask_json(&running, "POST", "/testnet/price", &moved).await, (200, moved));
    let (_, markets) = ask_json(&running, "GET", "/testnet/markets", &json!({})).await;
    for market in markets.as_array().unwrap().iter().filter(|market| market["symbol"] == "BTCUSDT") {
        let last: f64 = market["last"].as_str().unwrap().parse().unwrap();
        assert!((last - 59_000.5).abs() < 1e-9, "{market}");
    }
    for (body, wrong) in [
        (json!({ "market": "BTCUSDT", "price": 1 }), "market: `BTCUSDT`: no such market is listed, or more than one"),
        (json!({ "market": "spot:XUSDT", "price": 1 }), "market: `spot:XUSDT`: no such market is listed"),
        (json!({ "market": "spot:ETHUSDT", "price": 1 }), "market: `spot:ETHUSDT`: spot market ETHUSDT follows no script"),
        (json!({ "market": "spot:BTCUSDT", "price": "0" }), "price: `0`: must be a number above 0"),
    ] {
        let (status, answer) = ask_json(&running, "POST", "/testnet/price", &body).await;
        assert_eq!(status, 400, "{body}");
        assert!(answer["error"].as_str().unwrap().starts_with(wrong), "{answer}");
    }
    for name in ["alice", "bob"] {
        let opened = json!({ "name": name, "balances": {} });
        assert_eq!(ask_json(&running, "POST", "/testnet/accounts", &opened).await.0, 200);
        let money = json!({ "account": name, "wallet": "spot", "currency": "USDT", "amount": 1 });
        assert_eq!(ask_json(&running, "POST", "/testnet/fund", &money).await.0, 200);
    }
    let (_, audit) = ask_json(&running, "GET", "/testnet/audit?account=bob", &json!({})).await;
    let lines = audit["lines"].as_array().unwrap();
    assert!(lines.iter().all(|line| line["account"] == "bob") && lines.len() == 1, "{audit}");
}

#[tokio::test]
async fn when_it_is_ready_it_says_where_and_who() {
    let folder = tempfile::tempdir().unwrap();
    let running = binance().ports(Ports::Every).start().await.unwrap();
    let path = folder.path().join("ready.json");
    running.ready().write(&path).unwrap();
    let ready: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(ready["exchange"], "binance");
    assert_eq!(ready["keys"][0]["account"], "trader");
    let place = |product: &str, what: &str| {
        let places = ready["places"].as_array().unwrap();
        places.iter().find(|place| place["product"] == product && place["what"] == what).unwrap()["url"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    assert!(place("spot", "rest").starts_with("http://127.0.0.1:"));
    assert!(place("usdm", "streams").ends_with("/ws"));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    let told = running.ready().to_string();
    assert!(told.starts_with("binance is ready at http://127.0.0.1:"), "{told}");
    assert_eq!(running.keys()[0].account, "trader");
    let answer = raw(TcpStream::connect(address(&place("spot", "rest"))).await.unwrap(), "GET", "/api/v3/time", "").await;
    assert!(answer.contains(r#"{"serverTime":1767571200000}"#), "{answer}");
}

#[test]
fn the_same_testnet_twice_has_the_same_keys_and_the_same_markets() {
    let told = || {
        let mut exchange = binance().speed(60.0).exchange().unwrap();
        exchange.advance(Duration::from_secs(2));
        let keys = exchange.keys().iter().map(|key| key.key.clone()).collect::<Vec<_>>();
        let market = exchange.world().markets().iter().map(|(_, market)| format!("{:?}", market.last())).collect::<Vec<_>>();
        (keys, market)
    };
    assert_eq!(told(), told());
    assert_eq!(binance().speed(0.0).exchange().unwrap_err().to_string(), "--speed: `0`: must be above 0");
}
