//! What holds for every row of the table, and what each source may get wrong.

use std::collections::BTreeSet;

use rust_decimal::dec;

use super::*;
use crate::InstrumentRules;

/// A layer of these keys, each as a user would write it.
pub(super) fn layer(keys: &[(&str, &str)]) -> Layer {
    let mut layer = Layer::default();
    for (name, text) in keys {
        layer.set(name, text).unwrap_or_else(|| panic!("{name}")).unwrap_or_else(|bad| panic!("{name}: {bad:?}"));
    }
    layer
}

/// What these keys come to, all from one source.
fn resolved(keys: &[(&str, &str)], origin: &Origin) -> Resolved {
    Resolved::of(keys.iter().map(|(name, text)| (*name, *text, origin.clone()))).unwrap()
}

/// Two values of each key that differ from its default and from each other.
const SAMPLES: &[(&str, [&str; 2])] = &[
    ("exchange", ["bybit", "okx"]),
    ("subaccount", ["grid", "x"]),
    ("base_url", ["http://127.0.0.1:8080", "https://api.example.com/v5"]),
    ("testnet", ["true", "false"]),
    ("proxy", ["socks5://127.0.0.1:1080", "http://proxy.example.com"]),
    ("rate_limit", ["10", "1000"]),
    ("market_type", ["spot", "options"]),
    ("contract_type", ["inverse", "linear"]),
    ("margin_mode", ["cross", "isolated"]),
    ("position_mode", ["oneway", "hedge"]),
    ("log_level", ["debug", "trade"]),
    ("log_file", ["all.log", "x"]),
    ("log_trade_file", ["audit.log", "x"]),
    ("log_error_file", ["bad.log", "x"]),
    ("log_dir", ["logs/{expert}", "/var/log/x"]),
    ("log_to_file", ["false", "true"]),
    ("log_to_console", ["false", "true"]),
    ("json_logging", ["true", "false"]),
    ("log_max_file_size", ["1 KiB", "20 MB"]),
    ("log_backup_count", ["0", "1000"]),
    ("log_rotate_daily", ["true", "false"]),
    ("log_compress", ["true", "false"]),
    ("symbol", ["BTCUSDT", "ETH/USDT"]),
    ("timeframe", ["4h", "1m"]),
    ("lookback_bars", ["0", "1000000"]),
    ("warmup_bars", ["26", "1"]),
    ("strategy_id", ["1001", "4294967295"]),
    ("strategy_name", ["EMA crossover", "x"]),
    ("comment", ["ema", "x"]),
    ("leverage", ["10", "125"]),
    ("max_drawdown_pct", ["100", "0.5"]),
    ("daily_loss_limit", ["250.5", "1"]),
    ("on_breach", ["halt_only", "close"]),
    ("kill_switch_file", ["KILL", "/run/stop-{expert}"]),
    ("state_dir", ["kept", "/var/lib/{expert}"]),
    ("size_type", ["risk_based", "fixed_base"]),
    ("size_value", ["1.5", "0.001"]),
    ("max_position_size_quote", ["5000", "1"]),
    ("max_order_notional", ["2500", "1"]),
    ("max_orders_per_minute", ["10", "1"]),
    ("volatility_target_pct", ["1.5", "2"]),
    ("stop_loss_pct", ["2", "99.9"]),
    ("take_profit_pct", ["4", "300"]),
    ("trailing_stop_pct", ["1.25", "3"]),
    ("trailing_activation_pct", ["2", "0.1"]),
    ("breakeven_pct", ["1", "2"]),
    ("slippage_pct", ["0.02", "1"]),
    ("max_slippage_pct", ["0.1", "99.9"]),
    ("max_spread_pct", ["0.05", "1"]),
    ("price_collar_pct", ["2", "0.5"]),
    ("stop_guard_count", ["3", "1"]),
    ("stop_guard_bars", ["24", "1"]),
    ("cooldown_bars", ["2", "1"]),
    ("circuit_breaker_pct", ["5", "120"]),
    ("circuit_breaker_minutes", ["15", "1440"]),
    ("max_open_positions", ["3", "1"]),
    ("max_positions_per_symbol", ["1", "2"]),
    ("trade_hours", ["9,10,11", "0"]),
    ("allowed_days", ["mon,tue", "sun"]),
    ("min_volume", ["12.5", "1"]),
    ("volatility_filter", ["atr_band", "atr_percentile"]),
    ("volatility_period", ["20", "1"]),
    ("volatility_min_pct", ["0.2", "1"]),
    ("volatility_max_pct", ["3", "1"]),
    ("volatility_window", ["50", "2"]),
    ("volatility_min_rank", ["20", "100"]),
    ("volatility_max_rank", ["80", "0"]),
    ("trend_filter", ["sma", "adx"]),
    ("trend_period", ["50", "1"]),
    ("trend_min_adx", ["20", "0"]),
    ("trade_mode", ["backtest", "live"]),
    ("backtest_start", ["2022-01-01T00:00:00Z", "2023-01-01T00:00:00Z"]),
    ("backtest_end", ["2022-02-01T00:00:00Z", "2023-02-01T00:00:00Z"]),
    ("initial_capital", ["2500.75", "1"]),
    ("data", ["btc.csv", "synthetic:seed=7"]),
    ("report", ["out", "x"]),
    ("fill_model", ["open", "ohlc"]),
    ("limit_fill", ["through", "touch"]),
    ("queue_model", ["power:3", "logarithm"]),
    ("latency", ["constant:5ms", "none"]),
    ("taker_fee_pct", ["0.05", "0"]),
    ("maker_fee_pct", ["-0.01", "0"]),
    ("funding", ["fixed:0.01%/8h", "rates.csv?rate=open"]),
    ("detail_timeframe", ["1m", "5m"]),
    ("detail_data", ["minutes.csv", "BTCUSDT=minutes.csv"]),
    ("liquidation_fee_pct", ["0.5", "0"]),
    ("interest_rate_pct", ["5", "1000"]),
    ("speed", ["60", "100000"]),
    ("confirm_live", ["true", "false"]),
    ("on_stop", ["keep", "flatten"]),
    ("shutdown_timeout", ["5", "3600"]),
    ("durability", ["power", "process"]),
    ("compare_every", ["5", "600"]),
    ("max_data_age", ["10", "86400"]),
    ("fresh_state", ["true", "false"]),
    ("new_key", ["true", "false"]),
    ("metrics_address", ["127.0.0.1:9464", "[::1]:80"]),
    ("metrics_exposed", ["true", "false"]),
    ("notify_on", ["error,halt", "daily"]),
    ("telegram_base_url", ["http://127.0.0.1:8081", "https://telegram.example.com"]),
    ("traces_url", ["http://127.0.0.1:4318", "https://otel.example.com/in"]),
    ("tick_size", ["0.1", "0.0000001"]),
    ("lot_size", ["0.001", "1"]),
    ("min_notional", ["0", "5"]),
    ("contract_size", ["0.01", "1"]),
    ("maintenance_margin_pct", ["0.4", "0"]),
];

fn text_of(config: &Config, name: &str) -> Option<String> {
    config.texts().into_iter().find(|(key, _)| *key == name).and_then(|(_, text)| text)
}

#[test]
fn every_key_has_its_own_name_and_a_sentence() {
    let names: BTreeSet<_> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(names.len(), KEYS.len());
    for key in KEYS {
        assert!(key.doc.ends_with('.') && !key.doc.starts_with(' '), "{}: {:?}", key.name, key.doc);
    }
    assert_eq!(SAMPLES.iter().map(|(name, _)| *name).collect::<Vec<_>>(), KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
}

#[test]
fn every_default_can_be_written_down() {
    for key in KEYS {
        let Some(text) = key.default_text() else { continue };
        let resolved = resolved(&[(key.name, &text)], &Origin::Flag);
        assert_eq!(resolved.config, Config::default(), "{}", key.name);
    }
}

#[test]
fn every_value_is_shown_as_it_was_written() {
    for (name, values) in SAMPLES {
        for value in values {
            let resolved = resolved(&[(name, value)], &Origin::Flag);
            assert_eq!(text_of(&resolved.config, name).as_deref(), Some(*value), "{name}");
        }
    }
}

#[test]
fn a_layer_shows_what_it_says_and_nothing_else() {
    for (name, [value, _]) in SAMPLES {
        assert_eq!(layer(&[(name, value)]).texts(), [(*name, (*value).to_owned())]);
    }
    assert_eq!(Layer::default().texts(), []);
}

#[test]
fn of_two_values_for_a_key_the_later_counts() {
    let both = [("leverage", "5", Origin::Code), ("timeframe", "4h", Origin::Code), ("leverage", "10", Origin::Flag)];
    let Resolved { config, origins } = Resolved::of(both).unwrap();
    assert_eq!((config.leverage, origins.of("leverage")), (10, Some(Origin::Flag)));
    assert_eq!((config.timeframe, origins.of("timeframe")), (Timeframe::H4, Some(Origin::Code)));
    assert_eq!(origins.of("exchange"), Some(Origin::Default));
}

#[test]
fn a_source_names_a_key_in_its_own_way_and_belongs_to_one_of_five_layers() {
    let line = |path: &str, number| Line { path: path.into(), number };
    for (origin, place, layer) in [
        (Origin::Default, "default of log_dir", "default"),
        (Origin::Code, "builder .log_dir()", "code"),
        (Origin::Attribute, "#[on_init] log_dir", "code"),
        (Origin::File(line("metaexpert.toml", 7)), "metaexpert.toml:7: log_dir", "file"),
        (Origin::EnvironmentFile(line(".env", 3)), ".env:3: METAEXPERT_LOG_DIR", "environment"),
        (Origin::Environment, "METAEXPERT_LOG_DIR", "environment"),
        (Origin::Flag, "flag --log-dir", "flag"),
    ] {
        assert_eq!((origin.place_of("log_dir").as_str(), origin.layer()), (place, layer));
        let refused = Resolved::of([("log_dir", " ", origin)]).unwrap_err();
        assert_eq!(refused.to_string(), format!("{place}: ` ` is empty"));
    }
    let unknown = Resolved::of([("levrage", "1", Origin::Flag)]).unwrap_err();
    assert_eq!(unknown.to_string(), "flag --levrage: unknown key");
}

#[test]
fn the_attribute_and_a_flag_make_the_same_of_a_value() {
    let in_attribute: Vec<_> = KEYS.iter().filter(|key| key.attribute).map(|key| key.name).collect();
    assert_eq!(in_attribute, on_init::SETTERS.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    for ((name, setter), [first, second]) in
        on_init::SETTERS.iter().map(|setter| (setter, SAMPLES.iter().find(|(name, _)| *name == setter.0).unwrap().1))
    {
        for value in [first, second] {
            assert_eq!(setter(OnInit::new(), value).layer().unwrap(), layer(&[(name, value)]), "{name}");
        }
    }
}

#[test]
fn a_constant_lists_the_timeframes_that_there_are() {
    let all: Vec<_> = Timeframe::ALL.iter().map(|timeframe| format!("`{timeframe}`")).collect();
    assert_eq!(Timeframe::REFUSAL, format!("is not one of {}", all.join(", ")));
}

#[test]
fn a_value_that_its_key_cannot_have_is_refused_with_the_rule_and_the_nearest() {
    for (name, text, expect) in [
        ("leverage", "500", "`500` is not in 1 to 125; the nearest is `125`"),
        ("leverage", "0", "`0` is not in 1 to 125; the nearest is `1`"),
        ("leverage", "-3", "`-3` is not in 1 to 125; the nearest is `1`"),
        ("leverage", "99999999999", "`99999999999` is not in 1 to 125; the nearest is `125`"),
        ("leverage", "ten", "`ten` is not a whole number"),
        ("leverage", "1.5", "`1.5` is not a whole number"),
        ("leverage", "", "`` is not a whole number"),
        ("strategy_id", "-1", "`-1` is not in 0 to 4294967295; the nearest is `0`"),
        ("max_open_positions", "0", "`0` is not at least 1; the nearest is `1`"),
        ("stop_loss_pct", "0", "`0` is not above 0 and below 100; to turn it off, leave it out"),
        ("stop_loss_pct", "100", "`100` is not above 0 and below 100"),
        ("stop_loss_pct", "2%", "`2%` is not a number; the nearest is `2`"),
        ("stop_loss_pct", "two", "`two` is not a number"),
        ("stop_loss_pct", "NaN", "`NaN` is not a number"),
        ("take_profit_pct", "-1", "`-1` is not above 0 and at most 1000000"),
        ("max_drawdown_pct", "120", "`120` is not above 0 and at most 100; the nearest is `100`"),
        ("slippage_pct", "-0.1", "`-0.1` is not at least 0 and below 100; the nearest is `0`"),
        ("maker_fee_pct", "-100", "`-100` is not above -100 and below 100"),
        ("initial_capital", "0", "`0` is not above 0 and at most 1000000000000000"),
        (
            "timeframe",
            "60m",
            "`60m` is not one of `1s`, `1m`, `3m`, `5m`, `15m`, `30m`, `1h`, `2h`, `4h`, `6h`, `8h`, `12h`, `1d`, `3d`, `1w`; the nearest is `1h`",
        ),
        (
            "size_type",
            "percent",
            "`percent` is not one of `fixed_base`, `fixed_quote`, `percent_equity`, `risk_based`; the nearest is `percent_equity`",
        ),
        ("market_type", "Futures", "`Futures` is not one of `spot`, `margin`, `futures`, `options`; the nearest is `futures`"),
        ("trade_hours", "24", "`24` is not a list of hours from 0 to 23, such as `9,10,11` or `9-17`"),
        ("allowed_days", "mon;tue", "`mon;tue` is not a list of days, such as `mon,tue` or `mon-fri`"),
        ("backtest_start", "31.01.2022", "`31.01.2022` is not a date (`2022-01-31`) or a time (`2022-01-31T12:00:00Z`)"),
        ("symbol", "  ", "`  ` is empty"),
        ("log_dir", "", "`` is empty"),
        (
            "log_level",
            "warn",
            "`warn` is not one of `debug`, `info`, `trade`, `warning`, `error`, `critical`; the nearest is `warning`",
        ),
        ("log_to_file", "no", "`no` is neither `true` nor `false`; the nearest is `false`"),
        ("log_to_file", "1", "`1` is neither `true` nor `false`; the nearest is `true`"),
        ("log_to_file", "maybe", "`maybe` is neither `true` nor `false`"),
        ("log_max_file_size", "512", "`512` is not in 1 KiB to 1 TiB; the nearest is `1 KiB`"),
        ("log_max_file_size", "2TiB", "`2 TiB` is not in 1 KiB to 1 TiB; the nearest is `1 TiB`"),
        ("log_max_file_size", "-1", "`-1` is not in 1 KiB to 1 TiB; the nearest is `1 KiB`"),
        (
            "log_max_file_size",
            "10M",
            "`10M` is not a whole size such as `10 MiB`, `512 KiB` or a number of bytes; the nearest is `10 MiB`",
        ),
        ("log_backup_count", "1001", "`1001` is not in 0 to 1000; the nearest is `1000`"),
        ("testnet", "yes", "`yes` is neither `true` nor `false`; the nearest is `true`"),
        (
            "base_url",
            "api.example.com",
            "`api.example.com` is not the URL of a host, such as `https://api.example.com`; the nearest is `https://api.example.com`",
        ),
        ("proxy", "socks5://me:pw@host:0", "`socks5://***@host:0` is not the URL of a proxy, such as `socks5://127.0.0.1:1080`"),
        ("rate_limit", "0", "`0` is not in 1 to 1000; the nearest is `1`"),
        ("max_spread_pct", "0", "`0` is not above 0 and below 100; to turn it off, leave it out"),
        ("trend_filter", "emma", "`emma` is not one of `ema`, `sma`, `adx`; the nearest is `ema`"),
        ("volatility_filter", "atr", "`atr` is not one of `atr_band`, `atr_percentile`; the nearest is `atr_band`"),
        ("speed", "1.5", "`1.5` is not a whole number"),
        ("speed", "0", "`0` is not in 1 to 100000; the nearest is `1`"),
    ] {
        let bad = Layer::default().set(name, text).unwrap().unwrap_err();
        assert_eq!(bad.at(Origin::Flag.place_of(name)).to_string(), format!("flag --{}: {expect}", name.replace('_', "-")));
    }
    assert!(Layer::default().set("levrage", "1").is_none());
}

#[test]
fn numbers_in_code_are_the_decimals_of_their_fifteen_digits() {
    let mut layer = Layer::default();
    layer.stop_loss_pct(0.1 + 0.2).unwrap();
    layer.size_value(5.330_000_000_000_001e-5).unwrap();
    layer.take_profit_pct(4).unwrap();
    let config = Config::from(layer);
    assert_eq!((config.stop_loss_pct, config.size_value), (Some(Percent::new(dec!(0.3))), Some(dec!(0.0000533))));
    assert_eq!(config.take_profit_pct, Some(Percent::new(dec!(4))));
    assert_eq!(Layer::default().size_value(f64::NAN).unwrap_err().rule, "is not a number that a decimal can hold");
}

#[test]
fn keys_that_contradict_each_other_are_refused_with_the_reason_and_the_layer() {
    const CODE: &[(&str, &str)] = &[("market_type", "spot"), ("size_type", "risk_based"), ("backtest_start", "2022-02-01")];
    for (code, flags, expect) in [
        (
            0..1,
            &[("leverage", "2")][..],
            &[
                "flag --leverage: `2` borrows, and there is nothing to borrow on `spot` (builder .market_type()); the nearest is `1`",
            ][..],
        ),
        (0..0, &[("leverage", "2")], &[]),
        (
            0..0,
            &[("symbol", "BTC USDT")],
            &["flag --symbol: `BTC USDT` is not a symbol such as `BTCUSDT` or `BTC/USDT`: letters and digits only"],
        ),
        (0..0, &[("size_type", "fixed_quote")], &["flag --size-type: `fixed_quote` needs `size_value`, which is not set"]),
        (0..0, &[("size_value", "1")], &["flag --size-value: `1` needs `size_type`, which is not set: a number is no size"]),
        (0..0, &[("size_type", "fixed_quote"), ("size_value", "500")], &[]),
        (
            0..0,
            &[("size_type", "percent_equity"), ("size_value", "101")],
            &[
                "flag --size-value: `101` is percent of equity for `percent_equity` (flag --size-type), and not above 0 and at most 100; the nearest is `100`",
            ],
        ),
        (
            1..2,
            &[("size_value", "1")],
            &["builder .size_type(): `risk_based` needs `stop_loss_pct`: what is at risk is the way to the stop"],
        ),
        (1..2, &[("size_value", "1"), ("stop_loss_pct", "1")], &[]),
        (
            0..0,
            &[("trailing_activation_pct", "1")],
            &["flag --trailing-activation-pct: `1` needs `trailing_stop_pct`: there is nothing to activate"],
        ),
        (
            2..3,
            &[("backtest_end", "2022-02-01")],
            &[
                "flag --backtest-end: `2022-02-01T00:00:00Z` is not after the start, `2022-02-01T00:00:00Z` (builder .backtest_start()); the end is not part of the backtest",
            ],
        ),
        (2..3, &[("backtest_end", "2022-02-02")], &[]),
        (
            0..0,
            &[("log_file", "sub/all.log")],
            &[
                "flag --log-file: `sub/all.log` is not the plain name of a file; its folder is `log_dir`; the nearest is `all.log`",
            ],
        ),
        (
            0..0,
            &[("log_trade_file", "..")],
            &["flag --log-trade-file: `..` is not the plain name of a file; its folder is `log_dir`"],
        ),
        (
            0..0,
            &[("log_error_file", "a\\b\0")],
            &["flag --log-error-file: `a\\b\0` is not the plain name of a file; its folder is `log_dir`"],
        ),
        (
            0..0,
            &[("log_error_file", "Trades.log")],
            &[
                "flag --log-error-file: `Trades.log` is the file of `log_trade_file` too (default of log_trade_file); give each its own name",
            ],
        ),
        (
            0..0,
            &[("log_trade_file", "all.log"), ("log_file", "all.log"), ("log_error_file", "all.log")],
            &["flag --log-trade-file: `all.log` is the file of `log_file` too (flag --log-file); give each its own name"],
        ),
        (
            0..2,
            &[("leverage", "2"), ("trailing_activation_pct", "1")],
            &[
                "flag --leverage: `2` borrows, and there is nothing to borrow on `spot` (builder .market_type()); the nearest is `1`",
                "builder .size_type(): `risk_based` needs `size_value`, which is not set",
                "builder .size_type(): `risk_based` needs `stop_loss_pct`: what is at risk is the way to the stop",
                "flag --trailing-activation-pct: `1` needs `trailing_stop_pct`: there is nothing to activate",
            ],
        ),
    ] {
        let resolved = {
            let code = CODE[code].iter().map(|(name, text)| (*name, *text, Origin::Code));
            Resolved::of(code.chain(flags.iter().map(|(name, text)| (*name, *text, Origin::Flag)))).unwrap()
        };
        assert_eq!(resolved.check().iter().map(ToString::to_string).collect::<Vec<_>>(), expect);
    }
}

#[test]
fn a_fixed_size_below_the_lot_is_refused_before_the_run() {
    let rules = InstrumentRules {
        tick_size: dec!(0.1),
        lot_size: dec!(0.001),
        min_notional: dec!(100),
        contract_size: dec!(1),
        maintenance_margin: Percent::ZERO,
    };
    for (size, expect) in [
        ("0.0009", Some("METAEXPERT_SIZE_VALUE: `0.0009` rounds to nothing on the lot; the nearest is `0.001`")),
        ("0.001", None),
    ] {
        let sized = resolved(&[("size_type", "fixed_base"), ("size_value", size)], &Origin::Environment);
        let refused = sized.check_instrument(&rules).err();
        assert_eq!(refused.map(|error| error.to_string()).as_deref(), expect);
    }
}

#[test]
fn a_position_that_would_be_liquidated_where_it_is_opened_is_refused() {
    let rules = InstrumentRules {
        tick_size: dec!(0.1),
        lot_size: dec!(0.001),
        min_notional: dec!(0),
        contract_size: dec!(1),
        maintenance_margin: Percent::new(dec!(1)),
    };
    for (leverage, market, expect) in [
        ("99", "futures", None),
        ("1", "spot", None),
        (
            "125",
            "futures",
            Some("flag --leverage: `125` leaves a margin of 0.8 %, and the maintenance margin is 1 %; the nearest is `99`"),
        ),
        (
            "100",
            "futures",
            Some("flag --leverage: `100` leaves a margin of 1 %, and the maintenance margin is 1 %; the nearest is `99`"),
        ),
    ] {
        let flags = resolved(&[("leverage", leverage), ("market_type", market)], &Origin::Flag);
        let refused = flags.check_instrument(&rules).err();
        assert_eq!(refused.map(|error| error.to_string()).as_deref(), expect);
    }
}
