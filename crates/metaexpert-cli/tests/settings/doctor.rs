//! `metaexpert doctor`: what it finds of a project, of this machine, and at an exchange that is played by a server here.

use serde_json::Value;

use crate::{
    User,
    exchange::{Exchange, Manner},
};

const MANIFEST: &str = "[package]\nname = 'bot'\n[dependencies]\nmetaexpert = '0.1'\n";

/// A check's status and what it found.
#[track_caller]
fn found(rows: &Value, check: &str) -> (String, String) {
    let row = rows.as_array().unwrap().iter().find(|row| row["check"] == check).unwrap();
    (row["status"].as_str().unwrap().to_owned(), row["found"].as_str().unwrap().to_owned())
}

/// What is found at a server that is asked as if it were this exchange.
fn asks(exchange: &str, url: &str, timeout: &str) -> Value {
    User::new().runs(&["doctor", "--exchange", exchange, "--base-url", url, "--timeout", timeout, "--format", "json"]).json()
}

#[track_caller]
fn check_way(manner: Manner, expected: &str) {
    let exchange = Exchange::opens(manner);
    let rows = asks("binance", &exchange.url, "60");
    assert_eq!(found(&rows, "way to"), ("failed".to_owned(), expected.to_owned()));
    assert_eq!(found(&rows, "clock of"), ("skipped".to_owned(), "the exchange is not reached".to_owned()));
}

#[test]
fn each_exchange_is_asked_its_own_question_for_the_time() {
    let questions = [
        ("binance", "GET /api/v3/time HTTP/1.1"),
        ("bybit", "GET /v5/market/time HTTP/1.1"),
        ("okx", "GET /api/v5/public/time HTTP/1.1"),
    ];
    for (name, question) in questions {
        let exchange = Exchange::opens(Manner::As(name, 0));
        let rows = asks(name, &exchange.url, "60");
        assert_eq!(found(&rows, "way to").0, "ok", "{rows}");
        assert_ne!(found(&rows, "clock of").0, "failed", "{rows}");
        // One question for the way, five for the clock.
        assert_eq!(exchange.questions(), vec![question; 6], "{name}");
    }
}

#[test]
fn a_clock_that_is_far_from_the_exchanges_has_failed() {
    for (ahead_ms, direction) in [(600_000, "behind bybit"), (-600_000, "ahead of bybit")] {
        let exchange = Exchange::opens(Manner::As("bybit", ahead_ms));
        let rows = asks("bybit", &exchange.url, "60");
        let (status, text) = found(&rows, "clock of");
        assert!(status == "failed" && text.contains(direction) && text.contains("orders are refused"), "{text}");
    }
}

#[test]
fn a_clock_that_is_a_little_off_is_a_warning() {
    let exchange = Exchange::opens(Manner::As("okx", 700));
    let (status, text) = found(&asks("okx", &exchange.url, "60"), "clock of");
    assert!(status == "warning" && text.contains("behind okx"), "{text}");
}

#[test]
fn an_exchange_that_does_not_answer_as_it_should_has_failed() {
    check_way(Manner::With(200, "<html>please log in</html>"), "127.0.0.1 answers, but not as binance does");
    check_way(Manner::As("okx", 0), "127.0.0.1 answers, but not as binance does");
    check_way(Manner::With(503, "{}"), "127.0.0.1 is in trouble itself (HTTP 503)");
    check_way(Manner::With(451, "{}"), "127.0.0.1 refuses whoever comes from here (HTTP 451)");
    check_way(Manner::With(429, "{}"), "127.0.0.1 has had too many requests from here (HTTP 429)");
    check_way(Manner::With(302, ""), "127.0.0.1 sends us elsewhere (HTTP 302)");
    check_way(Manner::With(404, ""), "127.0.0.1 does not know the question (HTTP 404)");
}

#[test]
fn an_exchange_that_speaks_no_http_or_no_tls_has_failed() {
    let exchange = Exchange::opens(Manner::Gibberish);
    let (status, text) = found(&asks("binance", &exchange.url, "60"), "way to");
    assert!(status == "failed" && text.starts_with("127.0.0.1 does not answer as it should: "), "{text}");
    let (status, text) = found(&asks("binance", &exchange.url.replace("http:", "https:"), "60"), "way to");
    let expected = ["127.0.0.1 does not speak TLS as it should: ", "the system has no certificates to trust"];
    assert!(status == "failed" && expected.iter().any(|expected| text.starts_with(expected)), "{text}");
}

#[test]
fn an_exchange_that_is_not_there_has_failed() {
    let (status, text) = found(&asks("binance", &Exchange::closed(), "60"), "way to");
    assert!(status == "failed" && text.starts_with("127.0.0.1 is not reached: "), "{text}");
    let (status, text) = found(&asks("binance", "http://no-such-host.invalid", "60"), "way to");
    assert!(status == "failed" && text.starts_with("no-such-host.invalid is not found: "), "{text}");
}

#[test]
fn an_exchange_that_hangs_is_not_waited_for_longer_than_was_said() {
    let exchange = Exchange::opens(Manner::Silent);
    let rows = asks("binance", &exchange.url, "1");
    assert_eq!(found(&rows, "way to"), ("failed".to_owned(), "127.0.0.1 has not answered in 1 s".to_owned()));
    assert_eq!(found(&rows, "clock of").0, "skipped");
}

#[test]
fn a_proxy_is_named_without_its_password() {
    let proxy = Exchange::closed().replace("http://", "http://me:hush@");
    let user = User::new().with("HTTPS_PROXY", &proxy);
    let said = user.runs(&["doctor", "--exchange", "okx", "--format", "json"]);
    let (status, text) = found(&said.json(), "way to");
    let port = proxy.rsplit(':').next().unwrap();
    assert!(status == "failed" && text.starts_with(&format!("www.okx.com (by proxy 127.0.0.1:{port}) is not reached")), "{text}");
    assert!(!said.out.contains("hush"), "{}", said.out);
}

#[test]
fn a_project_that_names_exchange_and_host_is_looked_at_there() {
    let exchange = Exchange::opens(Manner::As("bybit", 0));
    let user = User::new();
    user.writes("Cargo.toml", MANIFEST);
    user.writes("metaexpert.toml", &format!("exchange = 'bybit'\nlog_dir = 'kept'\n[inputs]\nfast = 9\n# {}", exchange.url));
    let user = user.with("METAEXPERT_BASE_URL", &exchange.url);
    let rows = user.runs(&["doctor", "--format", "json"]).json();
    assert_eq!(found(&rows, "way to").0, "ok", "{rows}");
    let exchanges: Vec<_> = rows.as_array().unwrap().iter().filter_map(|row| row["exchange"].as_str()).collect();
    assert_eq!(exchanges, ["bybit"; 3]);
    assert_eq!(found(&rows, "log folder"), ("ok".to_owned(), "~/work/kept can be made".to_owned()));
}

#[test]
fn a_sound_project_is_found_sound_and_nothing_is_left_in_it() {
    let exchange = Exchange::opens(Manner::As("binance", 0));
    let user = User::new();
    user.writes("Cargo.toml", MANIFEST);
    user.writes("metaexpert.toml", "leverage = 10\n");
    user.writes(".gitignore", "/target\n.env\n");
    let said = user.runs(&["doctor", ".", "--exchange", "binance", "--base-url", &exchange.url, "--timeout", "60"]);
    assert_eq!(said.code, 0, "{}", said.out);
    let lines: Vec<_> = said.out.lines().collect();
    for line in [
        "ok       project              bot depends on metaexpert",
        "ok       metaexpert.toml      keys set: 1",
        "skipped  .env                 there is none",
        "ok       .gitignore           keeps `.env` out of git",
        "ok       linker               a program was compiled and linked",
        "ok       log folder           ~/work/logs can be made",
        "warning  credentials binance  none is set",
        "                              -> for live trading, put BINANCE_API_KEY, BINANCE_API_SECRET into the environment or into `.env`",
    ] {
        assert!(lines.contains(&line), "{line}\nis not in\n{}", said.out);
    }
    assert!(said.err.contains(" 0 failed, "), "{}", said.err);
    let mut left: Vec<_> = std::fs::read_dir(user.work()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, [".gitignore", "Cargo.toml", "metaexpert.toml"]);
}

#[test]
fn what_is_wrong_with_a_project_fails_and_no_secret_is_shown() {
    let user = User::new().with("OKX_API_KEY", "hush-key");
    user.writes("Cargo.toml", "[package]\nname = 'bot'\n");
    user.writes("metaexpert.toml", "leverage = 10\nOKX_API_SECRET = 'hush-secret'\n");
    user.writes(".env", "OKX_API_PASSPHRASE=hush-passphrase\n");
    let said = user.runs(&["doctor", "--offline", "--exchange", "okx", "--format", "json"]);
    let rows = said.json();
    assert_eq!(said.code, 1);
    assert_eq!(found(&rows, "project"), ("failed".to_owned(), "bot does not depend on metaexpert".to_owned()));
    assert_eq!(
        found(&rows, "metaexpert.toml"),
        (
            "failed".to_owned(),
            "~/work/metaexpert.toml:2: `OKX_API_SECRET` is a credential, and others may read this file".to_owned()
        )
    );
    assert_eq!(
        found(&rows, "credentials"),
        (
            "failed".to_owned(),
            "OKX_API_SECRET is missing, though set: OKX_API_KEY (environment), OKX_API_PASSPHRASE (.env:1)".to_owned()
        )
    );
    assert_eq!(found(&rows, ".gitignore").0, "warning");
    assert_eq!(found(&rows, "way to"), ("skipped".to_owned(), "`--offline`".to_owned()));
    assert!(!said.out.contains("hush") && !said.err.contains("hush"), "{said:?}");
}

#[test]
fn a_machine_without_rust_is_told_where_to_get_it() {
    let said = User::new().with("PATH", "").runs(&["doctor", "--offline", "--format", "json"]);
    let rows = said.json();
    assert_eq!(said.code, 1);
    assert_eq!(found(&rows, "cargo"), ("failed".to_owned(), "it is not on the PATH".to_owned()));
    assert_eq!(rows[0]["advice"], "install Rust: https://rustup.rs");
    assert_eq!(found(&rows, "linker"), ("skipped".to_owned(), "there is no rustc".to_owned()));
}
