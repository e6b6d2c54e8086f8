//! What a program shows of itself: `--help`, `--version`, `--print-config` and `--completions`.

use super::*;

const FILES: [(&str, &str); 2] = [
    ("metaexpert.toml", "leverage = 5\n[inputs]\nfast = 9\n"),
    (
        ".env",
        "METAEXPERT_WARMUP_BARS=3\nMETAEXPERT_STRATEGY_NAME='see https://me:pw-of-mine@host/'\nBINANCE_API_KEY=k3y-of-a-test\n",
    ),
];

fn printed(experts: &[Subject<'_>], args: &str, variables: &str) -> Ended {
    let folder = TempDir::new().unwrap();
    for (name, content) in FILES {
        fs::write(folder.path().join(name), content).unwrap();
    }
    planned_in(folder.path(), &program(), experts, args, variables)
}

/// The lines that are wanted.
fn lines(text: &str, is_wanted: impl Fn(&str) -> bool) -> String {
    text.split_inclusive('\n').filter(|line| is_wanted(line)).collect()
}

#[test]
fn a_table_shows_each_value_with_its_layer_and_its_place() {
    let Ended { plans, out, err } =
        printed(&[cross()], "--print-config --trade-mode backtest", "METAEXPERT_LOG_LEVEL=debug OKX_API_KEY=another-key-1");
    assert_eq!(plans.err(), Some(Exit::Good), "{err}");
    expect![[r#"
        expert cross

          key                       value                   layer        place

        Connection
          exchange                  binance                 code         builder .exchange()

        Market

        Logging
          log_level                 debug                   environment  METAEXPERT_LOG_LEVEL

        Strategy
          symbol                    BTCUSDT                 code         #[on_init] symbol
          timeframe                 4h                      code         #[on_init] timeframe
          warmup_bars               3                       environment  .env:1: METAEXPERT_WARMUP_BARS
          strategy_name             see https://***@host/   environment  .env:2: METAEXPERT_STRATEGY_NAME

        Risk and sizing
          leverage                  5                       file         metaexpert.toml:1: leverage

        Protection

        Portfolio

        Entry filters

        Run
          trade_mode                backtest                flag         flag --trade-mode
          initial_capital           500                     code         builder .initial_capital()

        Simulation

        Live

        Monitoring

        Instrument

        Inputs
          fast                      9                       file         metaexpert.toml:3: inputs.fast

        Credentials
          BINANCE_API_KEY         set  .env:3
          BINANCE_API_SECRET      -    -
          BYBIT_API_KEY           -    -
          BYBIT_API_SECRET        -    -
          OKX_API_KEY             set  environment
          OKX_API_SECRET          -    -
          OKX_API_PASSPHRASE      -    -
          METAEXPERT_WEBHOOK_URL  -    -
          TELEGRAM_BOT_TOKEN      -    -
          TELEGRAM_CHAT_ID        -    -
    "#]]
    .assert_eq(&lines(&out, |line| !line.contains("  default of ")));
    assert!(out.contains("\n  max_drawdown_pct          -      "), "{out}");
}

#[test]
fn a_program_of_several_experts_shows_a_block_for_each() {
    let Ended { out, .. } = printed(&[cross(), breakout()], "--print-config=table --trade-mode backtest --width 3", "");
    let blocks: Vec<_> = out.lines().filter(|line| line.starts_with("expert ") || line.contains("width")).collect();
    expect![[r#"
        [
            "expert cross",
            "expert breakout",
            "  width                     3                       flag         flag --width",
        ]"#]]
    .assert_eq(&format!("{blocks:#?}"));
}

#[test]
#[cfg(feature = "binance")]
fn json_says_which_venue_the_files_of_an_expert_are_named_after() {
    let keys = "BINANCE_API_SECRET=b";
    for (args, venue) in [
        ("--trade-mode backtest", None),
        ("--trade-mode paper --data synthetic", Some("simulated")),
        ("--trade-mode paper", Some("binance usdm")),
        ("--trade-mode paper --market-type spot --leverage 1", Some("binance spot")),
    ] {
        let Ended { out, err, .. } = printed(&[cross()], &format!("--print-config json {args}"), keys);
        let json: serde_json::Value = serde_json::from_str(&out).unwrap();
        assert_eq!(json["experts"][0]["venue"].as_str(), venue, "{args}: {err}");
    }
}

#[test]
fn json_has_every_key_and_input_of_every_expert_and_the_credentials() {
    let Ended { plans, out, .. } = printed(&[cross(), breakout()], "--print-config json --trade-mode backtest", "");
    assert_eq!(plans.err(), Some(Exit::Good));
    let json: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!(json["version"], env!("CARGO_PKG_VERSION"));
    for (expert, (name, inputs)) in [("cross", 2), ("breakout", 2)].into_iter().enumerate() {
        let expert = &json["experts"][expert];
        assert_eq!(expert["name"], name);
        let keys: Vec<_> = expert["keys"].as_array().unwrap().iter().map(|key| key["key"].as_str().unwrap()).collect();
        assert_eq!(keys, metaexpert_core::config::KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
        assert_eq!(expert["inputs"].as_array().unwrap().len(), inputs);
    }
    let find = |part: &str, name: &str, of: &str| {
        let all = if part == "credentials" { &json[part] } else { &json["experts"][0][part] };
        all.as_array().unwrap().iter().find(|one| one[of] == name).unwrap().to_string()
    };
    for (part, of, name, expect) in [
        (
            "keys",
            "key",
            "leverage",
            expect![[r#"{"key":"leverage","layer":"file","place":"metaexpert.toml:1: leverage","value":"5"}"#]],
        ),
        (
            "keys",
            "key",
            "symbol",
            expect![[r##"{"key":"symbol","layer":"code","place":"#[on_init] symbol","value":"BTCUSDT"}"##]],
        ),
        (
            "keys",
            "key",
            "stop_loss_pct",
            expect![[r#"{"key":"stop_loss_pct","layer":"default","place":"default of stop_loss_pct","value":null}"#]],
        ),
        (
            "keys",
            "key",
            "strategy_name",
            expect![[
                r#"{"key":"strategy_name","layer":"environment","place":".env:2: METAEXPERT_STRATEGY_NAME","value":"see https://***@host/"}"#
            ]],
        ),
        (
            "keys",
            "key",
            "warmup_bars",
            expect![[r#"{"key":"warmup_bars","layer":"environment","place":".env:1: METAEXPERT_WARMUP_BARS","value":"3"}"#]],
        ),
        (
            "keys",
            "key",
            "trade_mode",
            expect![[r#"{"key":"trade_mode","layer":"flag","place":"flag --trade-mode","value":"backtest"}"#]],
        ),
        (
            "inputs",
            "input",
            "fast",
            expect![[r#"{"input":"fast","layer":"file","place":"metaexpert.toml:3: inputs.fast","value":"9"}"#]],
        ),
        (
            "inputs",
            "input",
            "allow_short",
            expect![[r#"{"input":"allow_short","layer":"default","place":"default of allow_short","value":"false"}"#]],
        ),
        (
            "credentials",
            "variable",
            "BINANCE_API_KEY",
            expect![[r#"{"place":".env:3","set":true,"variable":"BINANCE_API_KEY"}"#]],
        ),
        (
            "credentials",
            "variable",
            "OKX_API_PASSPHRASE",
            expect![[r#"{"place":null,"set":false,"variable":"OKX_API_PASSPHRASE"}"#]],
        ),
    ] {
        expect.assert_eq(&find(part, name, of));
    }
    assert!(!out.contains("k3y-of-a-test") && !out.contains("pw-of-mine"), "{out}");
}

#[test]
fn what_could_be_resolved_is_shown_beside_what_is_wrong() {
    let Ended { plans, out, err } =
        printed(&[cross()], "--print-config --trade-mode backtest --leverage 500", "METAEXPERT_TIMEFRAME=2m METAEXPERT_X=1");
    assert_eq!(plans.err(), Some(Exit::Configuration));
    let shown = lines(&out, |line| line.starts_with("expert") || line.contains(" leverage ") || line.contains(" timeframe "));
    expect![[r#"
        expert cross
          timeframe                 4h                      code         #[on_init] timeframe
          leverage                  5                       file         metaexpert.toml:1: leverage
    "#]]
    .assert_eq(&shown);
    let errors = lines(&err, |line| line.starts_with("error"));
    expect![[r#"
        error: METAEXPERT_X: unknown key; did you mean `exchange`?
        error: METAEXPERT_TIMEFRAME: `2m` is not one of `1s`, `1m`, `3m`, `5m`, `15m`, `30m`, `1h`, `2h`, `4h`, `6h`, `8h`, `12h`, `1d`, `3d`, `1w`; the nearest is `1m`
        error: flag --leverage: `500` is not in 1 to 125; the nearest is `125`
    "#]].assert_eq(&errors);
}

#[test]
fn a_shell_completes_flags_of_keys_and_inputs_and_the_values_that_there_are() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let Ended { plans, out, err } = planned(&program(), &[cross()], &format!("--completions {shell}"), "");
        assert_eq!((plans.err(), err.as_str()), (Some(Exit::Good), ""));
        for part in ["bot", "stop-loss-pct", "allow-short", "print-config"] {
            assert!(out.contains(part), "{shell} {part}");
        }
    }
    let bash = planned(&program(), &[cross()], "--completions bash", "").out;
    assert!(bash.contains("spot margin futures options"), "{bash}");
}

#[test]
fn help_lists_every_key_and_input_under_its_heading_with_what_the_code_made_of_it() {
    let experts = [cross(), breakout()];
    let Ended { plans, out, err } = planned(&program(), &[cross()], "--help", "METAEXPERT_NONSENSE=1");
    assert_eq!((plans.err(), err.as_str()), (Some(Exit::Good), ""));
    for key in metaexpert_core::config::KEYS {
        let flag = format!("--{} ", key.name.replace('_', "-"));
        let value = [format!("<{}>", key.placeholder), format!("[<{}>]", key.placeholder)];
        assert!(value.iter().any(|value| out.contains(&format!("{flag}{value}"))), "{}", key.name);
        assert!(out.contains(&format!("{}:\n", key.group)), "{}", key.group);
    }
    let plain = out.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "Runs the expert: cross",
        "Leverage of new positions, in times; 1 borrows nothing. [1 to 125] [default: 10]",
        "Length of the bars that `#[on_bar]` gets where it names none. [1s, 1m, 3m, 5m, 15m, 30m, 1h, 2h, 4h, 6h, 8h, 12h, 1d, 3d, 1w] [default: 4h]",
        "[spot, margin, futures, options] [default: futures]",
        "--fast <integer> Fast EMA length in bars. [5 to 50] [default: 12]",
        "--allow-short [<true|false>] [default: false]",
        "--log-to-file [<true|false>] Whether the log files are written. [default: true]",
        "[1 KiB to 1 TiB] [default: 10 MiB]",
        "--config <FILE> File to read in place of `metaexpert.toml`",
        "--print-config [<FORMAT>] Show every key and input with its value and where it was set, and exit [table, json]",
        "environment or .env METAEXPERT_LEVERAGE=10 METAEXPERT_INPUT_FAST=9",
        "Exit codes: 0 good, 1 the run failed, 2 usage, 3 configuration, 4 data, 5 exchange, 130 interrupted.",
    ] {
        assert!(plain.contains(line), "{line}\n{plain}");
    }
    assert!(!out.contains('\u{1b}'));

    let several = planned(&program(), &experts, "--help", "").out.split_whitespace().collect::<Vec<_>>().join(" ");
    for line in [
        "Runs the experts: cross, breakout",
        "[default: each expert's own]",
        "Inputs of cross:",
        "Inputs of breakout:",
        " Inputs: ",
    ] {
        assert!(several.contains(line), "{line}\n{several}");
    }
}

#[test]
fn the_version_is_that_of_the_framework() {
    let Ended { plans, out, err } = planned(&program(), &[cross()], "--version", "");
    assert_eq!((plans.err(), err.as_str()), (Some(Exit::Good), ""));
    assert_eq!(out, concat!("bot on MetaExpert ", env!("CARGO_PKG_VERSION"), "\n"));
}
