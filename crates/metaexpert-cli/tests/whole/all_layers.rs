//! A run that uses all five layers says of each value where it came from.

use std::fs;

use serde_json::Value;

use crate::sandbox::Sandbox;

#[test]
fn print_config_names_the_layer_of_each_value_in_a_run_that_uses_all_five() {
    let user = Sandbox::new();
    user.metaexpert("", "new layered --strategy ema").well();
    let folder = user.work().join("layered");
    fs::write(folder.join("metaexpert.toml"), "data = \"synthetic\"\nleverage = 4\nstop_loss_pct = 3.5\n\n[inputs]\nfast = 9\n")
        .unwrap();
    fs::write(folder.join(".env"), "METAEXPERT_TAKE_PROFIT_PCT=7\nMETAEXPERT_STOP_LOSS_PCT=9\n").unwrap();

    let variables = [("METAEXPERT_STOP_LOSS_PCT", "2.5"), ("METAEXPERT_TIMEFRAME", "4h")];
    let words = "run --release --quiet -- --timeframe 15m --print-config json";
    let ended = user.run("layered", "cargo", words, &variables).well();
    let printed: Value = serde_json::from_str(&ended.stdout).unwrap();
    let expert = &printed["experts"][0];
    let of = |list: &str, name: &str, key: &str| {
        let row = expert[list].as_array().unwrap().iter().find(|row| row[name] == key).unwrap_or_else(|| panic!("{key}"));
        ["value", "layer", "place"].map(|field| row[field].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(of("keys", "key", "timeframe"), ["15m", "flag", "flag --timeframe"]);
    assert_eq!(of("keys", "key", "stop_loss_pct"), ["2.5", "environment", "METAEXPERT_STOP_LOSS_PCT"]);
    assert_eq!(of("keys", "key", "take_profit_pct"), ["7", "environment", ".env:1: METAEXPERT_TAKE_PROFIT_PCT"]);
    assert_eq!(of("keys", "key", "leverage"), ["4", "file", "metaexpert.toml:2: leverage"]);
    assert_eq!(of("keys", "key", "exchange"), ["binance", "code", "builder .exchange()"]);
    assert_eq!(of("keys", "key", "fill_model")[..2], ["ohlc", "default"]);
    assert_eq!(of("inputs", "input", "fast")[..2], ["9", "file"]);
    assert_eq!(of("inputs", "input", "slow")[1], "default");

    // The same run trades with these values: its report says so.
    let words = "run --release --quiet -- --timeframe 15m --trade-mode backtest --data synthetic:bars=2000 --report report";
    user.run("layered", "cargo", words, &variables).well();
    let report: Value = serde_json::from_str(&fs::read_to_string(folder.join("report/report.json")).unwrap()).unwrap();
    let config = &report["config"];
    assert_eq!((config["timeframe"].as_str(), config["stop_loss_pct"].as_str()), (Some("15m"), Some("2.5")), "{config}");
    assert_eq!((config["leverage"].as_str(), config["take_profit_pct"].as_str()), (Some("4"), Some("7")), "{config}");
}
