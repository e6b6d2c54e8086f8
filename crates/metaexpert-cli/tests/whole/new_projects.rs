//! Each strategy, on each exchange and kind of market, makes a project that passes its own test and trades in a backtest.

use crate::sandbox::Sandbox;

/// Makes a project, runs its own test, backtests it; the numbers of its report.
#[track_caller]
fn made(strategy: &str, exchange: &str, market_type: &str) -> serde_json::Value {
    let user = Sandbox::new();
    let name = format!("{strategy}-{exchange}-{market_type}");
    let made = format!("new {name} --strategy {strategy} --exchange {exchange} --market-type {market_type}");
    user.metaexpert("", &made).well();
    for file in ["Cargo.toml", "src/main.rs", "src/signal.rs", "metaexpert.toml", ".env.example", ".gitignore", "README.md"] {
        assert!(user.work().join(&name).join(file).is_file(), "{file}");
    }
    user.cargo(&name, "test --release --quiet").well();
    let ended = user.metaexpert(&name, "backtest -- --report report").well();
    assert!(ended.stdout.contains("Final equity") || ended.stdout.contains("final equity"), "{}", ended.stdout);
    let report = std::fs::read_to_string(user.work().join(&name).join("report/report.json")).unwrap();
    serde_json::from_str(&report).unwrap()
}

#[track_caller]
fn check(strategy: &str, exchange: &str, market_type: &str) {
    let report = made(strategy, exchange, market_type);
    let round_trips = report["summary"]["round_trips"].as_u64().unwrap();
    assert_eq!(round_trips > 10, strategy != "blank", "{strategy}: {round_trips} round trips");
}

#[test]
fn ema_on_binance_futures() {
    check("ema", "binance", "futures");
}

#[test]
fn ema_on_okx_spot() {
    check("ema", "okx", "spot");
}

#[test]
fn rsi_on_bybit_futures() {
    check("rsi", "bybit", "futures");
}

#[test]
fn rsi_on_binance_spot() {
    check("rsi", "binance", "spot");
}

#[test]
fn macd_on_okx_futures() {
    check("macd", "okx", "futures");
}

#[test]
fn macd_on_bybit_spot() {
    check("macd", "bybit", "spot");
}

#[test]
fn blank_builds_and_does_nothing() {
    check("blank", "binance", "futures");
    check("blank", "bybit", "spot");
}
