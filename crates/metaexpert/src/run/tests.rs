//! What a program makes of its arguments, its environment and its files, through the one function that has them all.

use std::{fs, path::Path};

use expect_test::{Expect, expect};
use metaexpert_core::{
    Timeframe,
    config::{MarketType, OnInit, Origin, Resolved},
    expert::{
        InputValues, Inputs,
        inputs::{Input, InputReader},
    },
};
use tempfile::TempDir;

use super::*;

mod files; // what metaexpert.toml and .env may say, and what not
mod logging; // the keys of the group "Logging", from every source
mod precedence; // which source wins, in every combination of them
mod shown; // --help, --version, --print-config, --completions

struct Cross;

impl Inputs for Cross {
    fn read(reader: &mut InputReader<'_>) -> Self {
        reader.take(Input::<usize>::new("fast", "Fast EMA length\nin bars.").default(12_usize).min(5_usize).max(50_usize));
        reader.take(Input::<bool>::new("allow_short", "").default(false));
        Self
    }
}

struct Breakout;

impl Inputs for Breakout {
    fn read(reader: &mut InputReader<'_>) -> Self {
        reader.take(Input::<usize>::new("fast", "").default(3_usize));
        reader.take(Input::<f64>::new("width", "Width of the channel.").default(1.5).min(0.5));
        Self
    }
}

struct Clashing;

impl Inputs for Clashing {
    fn read(reader: &mut InputReader<'_>) -> Self {
        reader.take(Input::<usize>::new("stop_loss_pct", "").default(1_usize));
        reader.take(Input::<usize>::new("help", "").default(1_usize));
        reader.take(Input::<usize>::new("print_config", "").default(1_usize));
        Self
    }
}

fn subject<I: Inputs>(name: &str, settings: &OnInit) -> Subject<'static> {
    let try_inputs = Box::new(|values| I::from_values(&values).map(drop));
    Subject { name: name.to_owned(), settings: *settings, inputs: I::keys(), try_inputs }
}

struct NoInputs;

impl Inputs for NoInputs {
    fn read(_reader: &mut InputReader<'_>) -> Self {
        Self
    }
}

fn cross() -> Subject<'static> {
    subject::<Cross>("cross", &OnInit::new().symbol("BTCUSDT").timeframe("4h").leverage(10))
}

fn breakout() -> Subject<'static> {
    subject::<Breakout>("breakout", &OnInit::new().symbol("ETHUSDT"))
}

fn program() -> MetaExpert {
    MetaExpert::new("binance").leverage(3).initial_capital(500)
}

struct Ended {
    plans: Result<Vec<Plan>, Exit>,
    out: String,
    err: String,
}

/// Plans a run with arguments and variables, both written with blanks between them, in an empty folder.
fn planned(program: &MetaExpert, experts: &[Subject<'_>], args: &str, variables: &str) -> Ended {
    planned_in(TempDir::new().unwrap().path(), program, experts, args, variables)
}

/// The same in a folder.
fn planned_in(directory: &Path, program: &MetaExpert, experts: &[Subject<'_>], args: &str, variables: &str) -> Ended {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let variables = variables.split_whitespace().map(|pair| pair.split_once('=').unwrap());
    let call = Call {
        args: std::iter::once("/usr/bin/bot").chain(args.split_whitespace()).map(OsString::from).collect(),
        variables: variables.map(|(name, value)| (name.into(), value.into())).collect(),
        directory: directory.to_owned(),
    };
    let plans = plan(program, experts, call, &mut Console { out: &mut out, err: &mut err });
    Ended { plans, out: String::from_utf8(out).unwrap(), err: String::from_utf8(err).unwrap() }
}

/// The one plan of a run that must be good.
fn good(args: &str, variables: &str) -> (Resolved, InputValues) {
    let Ended { plans, out, err } = planned(&program(), &[cross()], &format!("--trade-mode backtest {args}"), variables);
    assert_eq!((out.as_str(), err.as_str()), ("", ""), "{args} {variables}");
    let plan = plans.unwrap().remove(0);
    let values = plan.input_values();
    (plan.resolved, values)
}

fn check_refused(program: &MetaExpert, experts: &[Subject<'_>], args: &str, variables: &str, exit: Exit, expect: &Expect) {
    let Ended { plans, out, err } = planned(program, experts, args, variables);
    assert_eq!((plans.err(), out.as_str()), (Some(exit), ""), "{args} {variables}");
    expect.assert_eq(&err);
}

#[test]
fn flags_win_over_variables_and_variables_over_code() {
    for (args, variables, leverage, origin) in [
        ("", "", 10, Origin::Attribute),
        ("", "METAEXPERT_LEVERAGE=20", 20, Origin::Environment),
        ("--leverage 30", "", 30, Origin::Flag),
        ("--leverage=30", "METAEXPERT_LEVERAGE=20", 30, Origin::Flag),
    ] {
        let (resolved, _) = good(args, variables);
        assert_eq!((resolved.config.leverage, resolved.origins.leverage), (leverage, origin), "{args} {variables}");
    }
    let (resolved, _) = good("--maker-fee-pct -0.01 --trade-hours 9,10", "PATH=/bin METAEXPERT_STOP_LOSS_PCT=1.5");
    assert_eq!(resolved.place_of("stop_loss_pct"), "METAEXPERT_STOP_LOSS_PCT");
    assert_eq!((resolved.config.timeframe, resolved.origins.timeframe), (Timeframe::H4, Origin::Attribute));
    assert_eq!((resolved.config.initial_capital, resolved.origins.initial_capital), (500.into(), Origin::Code));
    assert_eq!((resolved.config.market_type, resolved.origins.market_type), (MarketType::Futures, Origin::Default));
}

#[test]
fn inputs_come_from_flags_and_variables_and_say_which() {
    let (_, inputs) = good("--allow-short", "METAEXPERT_INPUT_FAST=9");
    assert_eq!(inputs.get("fast"), Some(("9", "METAEXPERT_INPUT_FAST")));
    assert_eq!(inputs.get("allow_short"), Some(("true", "flag --allow-short")));
    let Ended { plans, .. } = planned(&program(), &[cross()], "--trade-mode backtest --fast 9", "");
    let shown = [("fast".to_owned(), "9".to_owned()), ("allow_short".to_owned(), "false".to_owned())];
    assert_eq!(plans.unwrap().remove(0).shown_inputs(&cross()), shown);

    for (args, text) in [("--allow-short=false", "false"), ("--allow-short true", "true"), ("--allow-short --fast 7", "true")] {
        assert_eq!(good(args, "METAEXPERT_INPUT_ALLOW_SHORT=false").1.get("allow_short").unwrap().0, text, "{args}");
    }
}

#[test]
fn a_switch_may_stand_without_its_value_before_another_flag() {
    for (args, variables, json, to_file) in [
        ("", "", false, true),
        ("--json-logging --leverage 3", "", true, true),
        ("--leverage 3 --json-logging", "", true, true),
        ("--json-logging --log-to-file false", "", true, false),
        ("--json-logging=false --log-to-file=false", "METAEXPERT_JSON_LOGGING=true", false, false),
        ("--log-to-file", "METAEXPERT_LOG_TO_FILE=false METAEXPERT_JSON_LOGGING=true", true, true),
        ("", "METAEXPERT_LOG_TO_FILE=false", false, false),
    ] {
        let (Resolved { config, .. }, _) = good(args, variables);
        assert_eq!((config.json_logging, config.log_to_file), (json, to_file), "{args} {variables}");
    }
}

#[test]
fn experts_share_the_flags_of_inputs_with_one_name_and_each_gets_only_its_own() {
    let experts = [cross(), breakout()];
    let Ended { plans, err, .. } = planned(&program(), &experts, "--trade-mode backtest --fast 7 --width 2", "");
    assert_eq!(err, "");
    let plans = plans.unwrap();
    let names: Vec<Vec<_>> = plans.iter().map(|plan| plan.inputs.iter().map(|said| said.name).collect()).collect();
    assert_eq!(names, [vec!["fast"], vec!["fast", "width"]]);
    assert_eq!(plans.iter().map(|plan| plan.resolved.config.leverage).collect::<Vec<_>>(), [10, 3]);
}

#[test]
fn what_is_wrong_is_said_with_its_place_all_at_once() {
    let bot = program();
    for (args, variables, expect) in [
        (
            "--trade-mode live",
            "",
            expect![[r#"
                error: BINANCE_API_KEY: is not set, and `live` (flag --trade-mode) on `binance` (builder .exchange()) needs it: put it into the environment or into `.env`
                error: BINANCE_API_SECRET: is not set, and `live` (flag --trade-mode) on `binance` (builder .exchange()) needs it: put it into the environment or into `.env`
            "#]],
        ),
        (
            "--trade-mode back",
            "",
            expect![[r"
            error: flag --trade-mode: `back` is not one of `paper`, `live`, `backtest`; the nearest is `backtest`
        "]],
        ),
        (
            "--leverage 500 --timeframe 60m",
            "METAEXPERT_TIMFRAME=1h METAEXPERT_PROXY=socks METAEXPERT_STOP_LOSS_PCT=0",
            expect![[r"
                error: METAEXPERT_TIMFRAME: unknown key; did you mean `timeframe`?
                error: METAEXPERT_PROXY: `socks` is not the URL of a proxy, such as `socks5://127.0.0.1:1080`; the nearest is `http://socks`
                error: METAEXPERT_STOP_LOSS_PCT: `0` is not above 0 and below 100; to turn it off, leave it out
                error: flag --timeframe: `60m` is not one of `1s`, `1m`, `3m`, `5m`, `15m`, `30m`, `1h`, `2h`, `4h`, `6h`, `8h`, `12h`, `1d`, `3d`, `1w`; the nearest is `1h`
                error: flag --leverage: `500` is not in 1 to 125; the nearest is `125`
            "]],
        ),
        (
            "",
            "METAEXPERT_INPUT_FSAT=9 METAEXPERT_XYZ=1 METAEXPERT_leverage=2",
            expect![[r"
            error: METAEXPERT_INPUT_FSAT: unknown input; did you mean `fast`?
            error: METAEXPERT_XYZ: unknown key
            error: METAEXPERT_leverage: unknown key; did you mean `leverage`?
        "]],
        ),
        (
            "--trade-mode backtest --exchange binanse --market-type options --contract-type inverse --margin-mode cross",
            "",
            expect![[r"
            error: flag --exchange: `binanse` is not one of `binance`, `bybit`, `okx`; the nearest is `binance`
            error: #[on_init] leverage: `10` borrows, and the premium of `options` (flag --market-type) is paid in full; the nearest is `1`
        "]],
        ),
        (
            "--trade-mode backtest --leverage 2 --fast 7 --allow-short",
            "METAEXPERT_LEVERAGE=200 METAEXPERT_INPUT_FAST=4 METAEXPERT_INPUT_ALLOW_SHORT=maybe METAEXPERT_FAST=9 \
             METAEXPERT_INPUT_COMMENT=x",
            expect![[r#"
                error: METAEXPERT_FAST: `fast` is an input, not a key; it is written `METAEXPERT_INPUT_FAST`
                error: METAEXPERT_INPUT_COMMENT: `comment` is a key, not an input; it is written `METAEXPERT_COMMENT`
                error: METAEXPERT_LEVERAGE: `200` is not in 1 to 125; the nearest is `125`
                error: METAEXPERT_INPUT_ALLOW_SHORT: `maybe` is neither `true` nor `false`
                error: METAEXPERT_INPUT_FAST: `4` is not in 5 to 50; the nearest is `5`
            "#]],
        ),
        (
            "--trade-mode backtest --market-type spot",
            "",
            expect![[r"
            error: #[on_init] leverage: `10` borrows, and there is nothing to borrow on `spot` (flag --market-type); the nearest is `1`
        "]],
        ),
        (
            "--trade-mode backtest",
            "METAEXPERT_SIZE_TYPE=risk_based METAEXPERT_SIZE_VALUE=1",
            expect![[r"
            error: METAEXPERT_SIZE_TYPE: `risk_based` needs `stop_loss_pct`: what is at risk is the way to the stop
        "]],
        ),
    ] {
        check_refused(&bot, &[cross()], args, variables, Exit::Configuration, &expect);
    }
}

#[test]
fn what_is_set_for_nothing_is_said_once_for_all_experts() {
    let experts = [cross(), breakout()];
    let args = "--trade-mode backtest --testnet --speed 60 --take-profit-pct 1 --breakeven-pct 2";
    let Ended { plans, out, err } = planned(&program(), &experts, args, "METAEXPERT_PROXY=http://me:hunter2@host:3128");
    assert_eq!((plans.map(|plans| plans.len()), out.as_str()), (Ok(2), ""));
    expect![[r"
        warning: flag --testnet, METAEXPERT_PROXY: have no effect in a backtest: it does not talk to the exchange
        warning: flag --speed: has no effect in a backtest: it goes as fast as it can
        warning: flag --breakeven-pct: `2` is never reached: at a gain of `1` (flag --take-profit-pct) the position is closed
    "]]
    .assert_eq(&err);
}

#[test]
#[cfg(feature = "binance")]
fn paper_takes_live_prices_a_made_up_market_or_recorded_bars() {
    for data in ["", "--data synthetic", "--data BTCUSDT=synthetic:seed=7,ETHUSDT=synthetic", "--data btc.csv"] {
        let Ended { plans, err, .. } = planned(&program(), &[cross()], &format!("--trade-mode paper {data}"), "");
        assert!(plans.is_ok() && err.is_empty(), "{data}: {err}");
    }
    check_refused(
        &program(),
        &[cross()],
        "--trade-mode paper --fill-model ticks",
        "METAEXPERT_DATA=btc.csv",
        Exit::Configuration,
        &expect![[r"
        error: flag --fill-model: `ticks` needs ticks or books, and with `data` a paper run takes only bars in this version; live prices have them; the nearest is `ohlc`
    "]],
    );
}

#[test]
#[cfg(feature = "binance")]
fn live_trading_is_confirmed_by_the_call_and_not_for_ever() {
    let keys = "BINANCE_API_KEY=a BINANCE_API_SECRET=b";
    let confirmed = |program: &MetaExpert, args: &str, more: &str| {
        let Ended { plans, err, .. } =
            planned(program, &[cross()], &format!("--trade-mode live {args}"), &format!("{keys} {more}"));
        plans.map(|plans| plans.iter().all(|plan| plan.resolved.config.confirm_live)).map_err(|_| err)
    };
    assert_eq!(confirmed(&program(), "", ""), Ok(false), "it is asked for where there is an exchange to name");
    assert_eq!(confirmed(&program(), "--confirm-live", ""), Ok(true));
    assert_eq!(confirmed(&program(), "", "METAEXPERT_CONFIRM_LIVE=1"), Ok(true));
    let for_ever = confirmed(&program().confirm_live(true), "", "").unwrap_err();
    assert!(for_ever.contains("builder .confirm_live(): `true` confirms live trading for ever"), "{for_ever}");
    let folder = TempDir::new().unwrap();
    for (file, text) in [("metaexpert.toml", "confirm_live = true\n"), (".env", "METAEXPERT_CONFIRM_LIVE=1\n")] {
        let path = folder.path().join(file);
        fs::write(&path, text).unwrap();
        let Ended { plans, err, .. } = planned_in(folder.path(), &program(), &[cross()], "--trade-mode live", keys);
        assert_eq!(plans.err(), Some(Exit::Configuration), "{file}");
        assert!(err.contains(&format!("{file}:1")) && err.contains("confirms live trading for ever"), "{err}");
        fs::remove_file(path).unwrap();
    }
}

#[test]
fn what_an_exchange_without_an_adapter_cannot_do_is_refused() {
    let Ended { plans, err, .. } = planned(&MetaExpert::new("okx"), &[cross()], "--trade-mode paper", "");
    assert_eq!(plans.err(), Some(Exit::Configuration));
    assert!(err.contains("`okx` cannot be talked to in this version") && err.contains("`--data synthetic`"), "{err}");
}

#[test]
fn live_without_credentials_names_them_by_the_exchange() {
    let Ended { plans, err, .. } =
        planned(&MetaExpert::new("okx"), &[cross()], "--trade-mode live", "OKX_API_KEY=a OKX_API_SECRET=b OKX_API_PASSPHRASE=");
    assert_eq!(plans.err(), Some(Exit::Configuration));
    assert!(err.contains("OKX_API_PASSPHRASE: is not set") && !err.contains("OKX_API_KEY:"), "{err}");
}

#[test]
fn what_is_no_flag_is_an_error_of_usage() {
    for (args, expect) in [
        (
            "--levrage 2",
            expect![[r"
            error: unexpected argument '--levrage' found
              tip: a similar argument exists: '--leverage'
              Usage: bot --leverage <NUMBER>
              For more information, try '--help'.
        "]],
        ),
        (
            "--leverage",
            expect![[r"
            error: a value is required for '--leverage <NUMBER>' but none was supplied
              For more information, try '--help'.
        "]],
        ),
        (
            "--print-config yaml",
            expect![[r#"
            error: invalid value 'yaml' for '--print-config [<FORMAT>]'
              [possible values: table, json]
              For more information, try '--help'.
        "#]],
        ),
        (
            "--completions bsh",
            expect![[r#"
            error: invalid value 'bsh' for '--completions <SHELL>'
              [possible values: bash, zsh, fish, elvish, powershell]
              tip: a similar value exists: 'bash'
              For more information, try '--help'.
        "#]],
        ),
        (
            "--confg other.toml",
            expect![[r#"
            error: unexpected argument '--confg' found
              tip: a similar argument exists: '--config'
              Usage: bot --config <FILE>
              For more information, try '--help'.
        "#]],
        ),
        (
            "--leverage 2 --leverage 3",
            expect![[r"
            error: the argument '--leverage <NUMBER>' cannot be used multiple times
              Usage: bot [OPTIONS]
              For more information, try '--help'.
        "]],
        ),
    ] {
        check_refused(&program(), &[cross()], args, "", Exit::Usage, &expect);
    }
}

#[test]
fn what_the_code_gets_wrong_is_said_with_the_method() {
    let bot = MetaExpert::new("kraken").leverage(0).stop_loss_pct(f64::NAN);
    check_refused(
        &bot,
        &[cross()],
        "--trade-mode backtest",
        "",
        Exit::Configuration,
        &expect![[r"
        error: builder .leverage(): `0` is not in 1 to 125; the nearest is `1`
        error: builder .stop_loss_pct(): `NaN` is not a number that a decimal can hold
    "]],
    );
    check_refused(
        &MetaExpert::new("kraken"),
        &[cross(), cross()],
        "--trade-mode backtest",
        "",
        Exit::Configuration,
        &expect![[r"
        error: builder .exchange(): `kraken` is not one of `binance`, `bybit`, `okx`
    "]],
    );
}

#[test]
fn an_input_cannot_have_the_name_of_a_key() {
    let clashing = subject::<Clashing>("clash", &OnInit::new());
    check_refused(
        &program(),
        &[clashing],
        "",
        "",
        Exit::Configuration,
        &expect![[r"
        error: input `stop_loss_pct` of expert clash: has the name of the key `stop_loss_pct` (flag --stop-loss-pct); rename the field
        error: input `help` of expert clash: has the name of the flag --help of every program; rename the field
        error: input `print_config` of expert clash: has the name of the flag --print-config of every program; rename the field
    "]],
    );
}

#[test]
fn a_program_without_experts_says_so() {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut console = Console { out: &mut out, err: &mut err };
    let exit = run(&program(), Err(RegistryError::NoExperts), Call::default(), &mut console);
    assert_eq!((exit, out.len()), (Exit::Configuration, 0));
    assert!(String::from_utf8(err).unwrap().starts_with("error: there is no expert in this program"));
}
