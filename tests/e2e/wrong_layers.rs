//! Wrong values in each layer of the configuration: what is said names where the value stands, the value, the rule and the nearest
//! right one, with an exit code that says of which kind it is.

use std::fs;

use super::expert::Expert;

const USAGE: i32 = 2;
const CONFIGURATION: i32 = 3;
const DATA: i32 = 4;

/// One wrong invocation.
#[derive(Default)]
struct Wrong {
    /// `metaexpert.toml`.
    file: &'static str,
    /// `.env`.
    dotenv: &'static str,
    /// Variables, `NAME=value` words.
    variables: &'static str,
    flags: &'static str,
}

/// Runs it, and holds the code and each line of standard error that is an error.
#[track_caller]
fn refuse(wrong: &Wrong, code: i32, errors: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    for (name, content) in [("metaexpert.toml", wrong.file), (".env", wrong.dotenv)] {
        if !content.is_empty() {
            fs::write(home.path().join(name), content).unwrap();
        }
    }
    let mut expert = Expert::in_folder(home.path()).with_words(wrong.flags);
    for (name, value) in wrong.variables.split_whitespace().filter_map(|word| word.split_once('=')) {
        expert = expert.with_variable(name, value);
    }
    let ended = expert.run();
    let all = format!("{}\n{}\n{}", expert.command_line(), ended.stdout, ended.stderr);
    assert_eq!(ended.code, Some(code), "{all}");
    let said: Vec<_> = ended.stderr.lines().filter_map(|line| line.strip_prefix("error: ")).collect();
    assert_eq!(said, errors, "{all}");
    assert_eq!(ended.stdout, "", "{all}");
    assert!(!home.path().join("reports").exists() && !home.path().join("logs").exists(), "a refused run leaves nothing: {all}");
}

fn file(file: &'static str) -> Wrong {
    Wrong { file, ..Wrong::default() }
}

fn dotenv(dotenv: &'static str) -> Wrong {
    Wrong { dotenv, ..Wrong::default() }
}

fn variables(variables: &'static str) -> Wrong {
    Wrong { variables, ..Wrong::default() }
}

fn flags(flags: &'static str) -> Wrong {
    Wrong { flags, ..Wrong::default() }
}

#[test]
fn a_wrong_value_is_said_with_the_file_and_line_that_it_stands_in() {
    for (text, error) in [
        ("leverage = 500", "metaexpert.toml:1: leverage: `500` is not in 1 to 125; the nearest is `125`"),
        ("\n# mine\ntimeframe = \"1x\"", "metaexpert.toml:3: timeframe: "),
        ("levrage = 5", "metaexpert.toml:1: levrage: unknown key; did you mean `leverage`?"),
        ("stop_loss_pct = 0", "metaexpert.toml:1: stop_loss_pct: `0` is not above 0 and below 100; to turn it off, leave it out"),
        ("[inputs]\nfast = 5000", "metaexpert.toml:2: inputs.fast: "),
        ("[inputs]\nfats = 9", "metaexpert.toml:2: inputs.fats: unknown input; did you mean `fast`?"),
        ("fast = 9", "metaexpert.toml:1: fast: "),
        ("leverage = 5\nleverage = 6", "metaexpert.toml:2:1: "),
        ("leverage = ", "metaexpert.toml:1:"),
        ("binance_api_secret = \"not-for-a-file\"", "metaexpert.toml:1: "),
    ] {
        let home = tempfile::tempdir().unwrap();
        fs::write(home.path().join("metaexpert.toml"), text).unwrap();
        let ended = Expert::in_folder(home.path()).run();
        assert_eq!(ended.code, Some(CONFIGURATION), "{text}: {}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("error: {error}")), "{text}: {}", ended.stderr);
        assert_eq!(ended.stderr.matches("error: ").count(), 1, "{text}: {}", ended.stderr);
        assert!(!ended.stderr.contains("not-for-a-file"), "{}", ended.stderr);
    }
}

#[test]
fn each_layer_is_named_in_its_own_words() {
    let rule = "`500` is not in 1 to 125; the nearest is `125`";
    refuse(&file("leverage = 500"), CONFIGURATION, &[&format!("metaexpert.toml:1: leverage: {rule}")]);
    refuse(&dotenv("METAEXPERT_LEVERAGE=500"), CONFIGURATION, &[&format!(".env:1: METAEXPERT_LEVERAGE: {rule}")]);
    refuse(&variables("METAEXPERT_LEVERAGE=500"), CONFIGURATION, &[&format!("METAEXPERT_LEVERAGE: {rule}")]);
    refuse(&flags("--leverage 500"), CONFIGURATION, &[&format!("flag --leverage: {rule}")]);
}

#[test]
fn a_wrong_value_is_wrong_also_where_a_stronger_layer_hides_it() {
    let wrong = Wrong { file: "leverage = 500", variables: "METAEXPERT_LEVERAGE=5", flags: "--leverage 7", ..Wrong::default() };
    refuse(&wrong, CONFIGURATION, &["metaexpert.toml:1: leverage: `500` is not in 1 to 125; the nearest is `125`"]);
}

#[test]
fn errors_of_all_layers_are_said_at_once() {
    let wrong = Wrong {
        file: "timeframe = \"90m\"",
        dotenv: "METAEXPERT_LEVRAGE=2",
        variables: "METAEXPERT_INPUT_FATS=9",
        flags: "--size-value nine",
    };
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("metaexpert.toml"), wrong.file).unwrap();
    fs::write(home.path().join(".env"), wrong.dotenv).unwrap();
    let expert = Expert::in_folder(home.path()).with_words(wrong.flags).with_variable("METAEXPERT_INPUT_FATS", "9");
    let ended = expert.run();
    assert_eq!(ended.code, Some(CONFIGURATION), "{}", ended.stderr);
    for place in [
        "metaexpert.toml:1: timeframe: `90m`",
        ".env:1: METAEXPERT_LEVRAGE",
        "METAEXPERT_INPUT_FATS",
        "flag --size-value: `nine`",
    ] {
        assert_eq!(ended.stderr.matches(&format!("error: {place}")).count(), 1, "{place}: {}", ended.stderr);
    }
}

#[test]
fn a_rule_over_two_keys_names_the_layers_of_both() {
    for (wrong, error) in [
        (
            Wrong { file: "leverage = 3", flags: "--market-type spot", ..Wrong::default() },
            "metaexpert.toml:1: leverage: `3` borrows, and there is nothing to borrow on `spot` (flag --market-type); the nearest is `1`",
        ),
        (
            Wrong { dotenv: "METAEXPERT_BACKTEST_START=2024-02-01", flags: "--backtest-end 2024-01-01", ..Wrong::default() },
            "flag --backtest-end: `2024-01-01T00:00:00Z` is not after the start, `2024-02-01T00:00:00Z` \
             (.env:1: METAEXPERT_BACKTEST_START); the end is not part of the backtest",
        ),
        (
            Wrong { variables: "METAEXPERT_TRAILING_ACTIVATION_PCT=1", ..Wrong::default() },
            "METAEXPERT_TRAILING_ACTIVATION_PCT: `1` needs `trailing_stop_pct`: there is nothing to activate",
        ),
        (
            Wrong { file: "testnet = true", variables: "METAEXPERT_BASE_URL=http://127.0.0.1:8900", ..Wrong::default() },
            "METAEXPERT_BASE_URL: `http://127.0.0.1:8900` is one address, and `testnet` (metaexpert.toml:1: testnet) is another; \
             leave one of them out",
        ),
        (
            Wrong { file: "comment = \"my-bot\"", flags: "--exchange okx", ..Wrong::default() },
            "metaexpert.toml:1: comment: `my-bot` does not fit an order on `okx` (flag --exchange): at most 16 letters and digits; \
             the nearest is `mybot`",
        ),
    ] {
        refuse(&wrong, CONFIGURATION, &[error]);
    }
}

#[test]
fn live_without_credentials_names_the_variables_and_where_they_belong() {
    let home = tempfile::tempdir().unwrap();
    let ended =
        Expert::in_folder(home.path()).with_words("--trade-mode=live --exchange okx").with_variable("OKX_API_KEY", "k").run();
    assert!(ended.code.is_some_and(|code| code == USAGE || code == CONFIGURATION));
    // The mode stands twice on this command line; a file says it once.
    fs::write(home.path().join("metaexpert.toml"), "trade_mode = \"live\"\nexchange = \"okx\"").unwrap();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_expert-under-test"));
    let output = command.current_dir(home.path()).env_clear().env("OKX_API_KEY", "k").output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(CONFIGURATION), "{said}");
    for variable in ["OKX_API_SECRET", "OKX_API_PASSPHRASE"] {
        assert!(said.contains(&format!("error: {variable}: is not set, and `live` (metaexpert.toml:1: trade_mode)")), "{said}");
    }
    assert!(!said.contains("OKX_API_KEY: "), "{said}");
}

#[test]
fn what_is_no_flag_or_has_no_value_is_an_error_of_usage() {
    for (words, named) in [
        ("--levrage 2", "--leverage"),
        ("--leverage", "--leverage"),
        ("--print-config yaml", "table, json"),
        ("--completions fihs", "fish"),
        ("--leverage 2 --leverage 3", "cannot be used multiple times"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let ended = Expert::in_folder(home.path()).with_words(words).run();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(USAGE), ""), "{words}: {}", ended.stderr);
        assert!(ended.stderr.starts_with("error: ") && ended.stderr.contains(named), "{words}: {}", ended.stderr);
    }
}

#[test]
fn a_named_file_must_be_there_and_data_that_is_not_is_an_error_of_data() {
    let home = tempfile::tempdir().unwrap();
    let ended = Expert::in_folder(home.path()).with_words("--config other.toml").run();
    assert_eq!(ended.code, Some(CONFIGURATION), "{}", ended.stderr);
    assert!(ended.stderr.contains("other.toml"), "{}", ended.stderr);
    fs::write(home.path().join("metaexpert.toml"), "data = \"bars.csv\"").unwrap();
    let ended = Expert::in_folder(home.path()).run();
    assert_eq!(ended.code, Some(DATA), "{}", ended.stderr);
    assert!(ended.stderr.starts_with("error: metaexpert.toml:1: data: "), "{}", ended.stderr);
}
