//! Invocations that are refused: exit code and every word on standard error, and nothing on standard output.

use crate::{User, said};

const LISTED: &str = "`metaexpert config show` lists every default with its meaning";
const CREDENTIALS: &str = "credentials belong in the environment or in the `.env` of the project, which only its owner may read: \
                           `BINANCE_API_KEY`, `BINANCE_API_SECRET`, ...";

/// Arguments, the exit code, and the lines of the error.
type Case<'a> = (&'a [&'a str], i32, &'a [&'a str]);

#[track_caller]
fn check(cases: &[Case<'_>]) {
    for (arguments, code, lines) in cases {
        let user = User::new();
        assert_eq!(user.runs(arguments), said(*code, "", &format!("error: {}\n", lines.join("\n  "))), "{arguments:?}");
        assert!(!user.defaults().exists(), "{arguments:?} has written something");
    }
}

#[test]
fn what_cannot_be_a_default_is_named_with_its_rule_and_what_is_nearest_to_it() {
    let to_the_file = "put it into the `metaexpert.toml` of the project, or give the expert the flag `--leverage`";
    let stop_loss = "put it into the `metaexpert.toml` of the project, or give the expert the flag `--stop-loss-pct`";
    check(&[
        (&["config", "get", "exchnge"], 3, &["`exchnge`: is not a default of this command; did you mean `exchange`?", LISTED]),
        (&["config", "get", "zzz"], 3, &["`zzz`: is not a default of this command", LISTED]),
        (
            &["config", "set", "stop-timeout", "5"],
            3,
            &["`stop-timeout`: is not a default of this command; did you mean `stop_timeout`?", LISTED],
        ),
        (
            &["config", "set", "exchange", "binanse"],
            3,
            &["exchange: `binanse` is not one of `binance`, `bybit`, `okx`; the nearest is `binance`"],
        ),
        (&["config", "set", "format", "yaml"], 3, &["format: `yaml` is not one of `table`, `json`"]),
        (&["config", "set", "log_lines", "0"], 3, &["log_lines: `0` is not in 1 to 1000000; the nearest is `1`"]),
        (&["config", "set", "stop_timeout", "-5"], 3, &["stop_timeout: `-5` is not in 1 to 86400; the nearest is `1`"]),
        (&["config", "set", "max_restarts", "1001"], 3, &["max_restarts: `1001` is not in 0 to 1000; the nearest is `1000`"]),
        (&["config", "set", "log_lines", "many"], 3, &["log_lines: `many` is not a whole number"]),
        (
            &["config", "set", "leverage", "10"],
            3,
            &["`leverage`: is a key of an expert, not a default of this command", to_the_file],
        ),
        (
            &["config", "get", "METAEXPERT_STOP_LOSS_PCT"],
            3,
            &["`METAEXPERT_STOP_LOSS_PCT`: is a key of an expert, not a default of this command", stop_loss],
        ),
        (
            &["config", "set", "BINANCE_API_KEY", "hush"],
            3,
            &["`BINANCE_API_KEY`: is a credential, and this command keeps none", CREDENTIALS],
        ),
        (
            &["config", "set", "api_secret", "hush"],
            3,
            &["`api_secret`: is a credential, and this command keeps none", CREDENTIALS],
        ),
        (
            &["config", "set", "strategy", "vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgw"],
            3,
            &["strategy: the value looks like a credential, and this command keeps none", CREDENTIALS],
        ),
        (&["config", "reset", "exchnge"], 3, &["`exchnge`: is not a default of this command; did you mean `exchange`?", LISTED]),
    ]);
}

#[test]
fn a_flag_that_cannot_be_is_named_with_what_could_be() {
    let for_help = "For more information, try '--help'.";
    let exchanges = "[possible values: binance, bybit, okx]";
    check(&[
        (&["doctor", "nowhere"], 3, &["nowhere: there is no such folder"]),
        (
            &["doctor", "--exchange", "okx", "--base-url", "127.0.0.1:8900"],
            3,
            &["flag --base-url: `127.0.0.1:8900` does not begin with `http://` or `https://` and a host"],
        ),
        (
            &["doctor", "--exchange", "binanse"],
            2,
            &[
                "invalid value 'binanse' for '--exchange <EXCHANGE>'",
                exchanges,
                "tip: a similar value exists: 'binance'",
                for_help,
            ],
        ),
        (
            &["doctor", "--base-url", "http://127.0.0.1:8900"],
            2,
            &[
                "the following required arguments were not provided:",
                "--exchange <EXCHANGE>",
                "Usage: metaexpert doctor --exchange <EXCHANGE> --base-url <URL> [PATH]",
                for_help,
            ],
        ),
        (&["doctor", "--timeout", "0"], 2, &["invalid value '0' for '--timeout <SECONDS>': 0 is not in 1..=300", for_help]),
        (
            &["completions", "bsh"],
            2,
            &[
                "invalid value 'bsh' for '<SHELL>'",
                "[possible values: bash, elvish, fish, powershell, zsh]",
                "tip: a similar value exists: 'bash'",
                for_help,
            ],
        ),
        (
            &["version", "--format", "yaml"],
            2,
            &["invalid value 'yaml' for '--format <FORMAT>'", "[possible values: table, json]", for_help],
        ),
        (
            &["config", "set", "exchange"],
            2,
            &[
                "the following required arguments were not provided:",
                "<VALUE>",
                "Usage: metaexpert config set <KEY> <VALUE>",
                for_help,
            ],
        ),
    ]);
}

#[test]
fn a_folder_in_the_place_of_the_file_is_said_to_be_one() {
    let user = User::new();
    std::fs::create_dir_all(user.defaults()).unwrap();
    let said = user.runs(&["config", "show"]);
    assert_eq!((said.code, said.out.as_str()), (4, ""));
    assert!(said.err.starts_with("error: ~/config/metaexpert/defaults.toml: cannot be read: "), "{}", said.err);
}
