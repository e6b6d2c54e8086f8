//! `metaexpert config`: the defaults of the command's own options.

use crate::{User, said};

#[test]
fn a_default_that_was_set_is_got_shown_with_its_place_and_put_back() {
    let user = User::new();
    assert_eq!(user.runs(&["config", "get", "exchange"]), said(0, "binance\n", ""));
    assert_eq!(
        user.runs(&["config", "set", "exchange", "okx"]),
        said(0, "", "exchange is `okx` from now on, in ~/config/metaexpert/defaults.toml\n")
    );
    assert_eq!(user.runs(&["config", "get", "exchange"]), said(0, "okx\n", ""));
    let shown = user.runs(&["config", "show"]).out;
    let rows: Vec<Vec<_>> = shown.lines().map(|line| line.split_whitespace().take(3).collect()).collect();
    assert_eq!(rows[0], ["KEY", "VALUE", "FROM"]);
    assert_eq!(rows[1], ["exchange", "okx", "~/config/metaexpert/defaults.toml:1"]);
    assert_eq!(rows[2], ["strategy", "ema", "default"]);
    assert_eq!(user.runs(&["config", "reset", "exchange"]), said(0, "", "exchange is the built-in `binance` again\n"));
    assert_eq!(user.runs(&["config", "reset", "exchange"]), said(0, "", "exchange is the built-in `binance` already\n"));
    assert_eq!(user.runs(&["config", "get", "exchange"]), said(0, "binance\n", ""));
}

#[test]
fn all_defaults_are_put_back_at_once() {
    let user = User::new();
    user.has_defaults("exchange = 'okx'\nlog_lines = 7\n");
    assert_eq!(user.runs(&["config", "get", "log_lines"]), said(0, "7\n", ""));
    assert_eq!(
        user.runs(&["config", "reset"]),
        said(0, "", "every default is the built-in one again; ~/config/metaexpert/defaults.toml is gone\n")
    );
    assert_eq!(
        user.runs(&["config", "reset"]),
        said(0, "", "every default is the built-in one already; there is no ~/config/metaexpert/defaults.toml\n")
    );
}

#[test]
fn a_program_reads_each_default_with_value_place_and_choices() {
    let user = User::new();
    user.has_defaults("\nstop_timeout = 90\n");
    let rows = user.runs(&["config", "show", "--format", "json"]).json();
    assert_eq!(rows.as_array().unwrap().len(), 7);
    let timeout = rows.as_array().unwrap().iter().find(|row| row["key"] == "stop_timeout").unwrap();
    assert_eq!(
        *timeout,
        serde_json::json!({
            "key": "stop_timeout", "value": "90", "place": "~/config/metaexpert/defaults.toml:2", "built_in": "30",
            "values": "1 to 86400", "meaning": "Seconds that `stop` waits for the end of an expert."
        })
    );
    assert_eq!(rows[0]["place"], serde_json::Value::Null);
}

#[test]
fn the_format_that_the_user_likes_holds_until_a_flag_says_otherwise() {
    let user = User::new();
    user.runs(&["config", "set", "format", "json"]);
    assert!(user.runs(&["config", "show"]).json().is_array());
    assert!(user.runs(&["version"]).json().is_array());
    assert!(user.runs(&["version", "--format", "table"]).out.starts_with("PART"));
}

#[test]
fn a_broken_file_is_an_error_for_whoever_needs_a_default_and_reset_mends_it() {
    let user = User::new();
    user.has_defaults("exchange = 'okx'\nlog_lines =\n");
    let broken = "error: ~/config/metaexpert/defaults.toml:2: this is not TOML: string values must be quoted, expected literal string\n  \
                  mend it with an editor, or take all defaults out: `metaexpert config reset`\n";
    for arguments in [
        &["config", "show"][..],
        &["config", "get", "exchange"],
        &["config", "set", "exchange", "okx"],
        &["config", "reset", "exchange"],
        &["version"],
        &["doctor", "--offline"],
    ] {
        assert_eq!(user.runs(arguments), said(3, "", broken), "{arguments:?}");
    }
    assert_eq!(user.runs(&["version", "--format", "table"]).code, 0);
    assert_eq!(user.runs(&["config", "reset"]).code, 0);
    assert_eq!(user.runs(&["config", "show"]).code, 0);
}

#[test]
fn a_name_that_is_none_is_taken_out_by_reset() {
    let user = User::new();
    user.has_defaults("exchnge = 'okx'\nlog_lines = 7\n");
    let wrong = user.runs(&["config", "get", "log_lines"]);
    assert_eq!(
        wrong.err,
        "error: ~/config/metaexpert/defaults.toml:1: `exchnge`: is not a default of this command; did you mean `exchange`?\n  \
         `metaexpert config reset exchnge` takes it out, `metaexpert config reset` takes all of them out\n"
    );
    let mended = user.runs(&["config", "reset", "exchnge"]);
    assert_eq!(mended, said(0, "", "`exchnge` is out of ~/config/metaexpert/defaults.toml\n"));
    assert_eq!(user.runs(&["config", "get", "log_lines"]), said(0, "7\n", ""));
}
