//! What `metaexpert.toml` and `.env` may say, and what is said of them where they may not.

use super::*;

/// The plan, and what was said, of a run in a folder with these files.
fn with_files(files: &[(&str, &[u8])], args: &str, variables: &str) -> Ended {
    let folder = TempDir::new().unwrap();
    for (name, content) in files {
        let path = folder.path().join(name);
        fs::write(&path, content).unwrap();
        private(&path);
    }
    planned_in(folder.path(), &program(), &[cross()], &format!("--trade-mode backtest {args}"), variables)
}

#[cfg(unix)]
fn private(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).unwrap();
}

#[cfg(not(unix))]
fn private(_path: &Path) {}

/// What is said of a file that is wrong.
#[track_caller]
fn check_file(name: &str, content: &[u8], expect: &str) {
    let Ended { plans, out, err } = with_files(&[(name, content)], "", "");
    assert_eq!((plans.err(), out.as_str()), (Some(Exit::Configuration), ""), "{}", String::from_utf8_lossy(content));
    assert_eq!(err, format!("error: {expect}\n"), "{}", String::from_utf8_lossy(content));
}

/// What a key comes to with this line in the file.
fn value_of(line: &str, key: &str) -> Option<String> {
    let Ended { plans, err, .. } = with_files(&[("metaexpert.toml", line.as_bytes())], "", "");
    let plan = plans.unwrap_or_else(|exit| panic!("{line}: {exit:?}: {err}")).remove(0);
    plan.resolved.config.texts().into_iter().find(|(name, _)| *name == key).unwrap().1
}

#[test]
fn the_file_has_numbers_times_and_lists_in_its_own_types_and_all_of_them_as_text_too() {
    for (line, key, value) in [
        ("leverage = 1_2", "leverage", "12"),
        ("leverage = 0x10", "leverage", "16"),
        ("leverage = '12'", "leverage", "12"),
        ("stop_loss_pct = 0.12345678901234567891", "stop_loss_pct", "0.12345678901234567891"),
        ("stop_loss_pct = 2.50", "stop_loss_pct", "2.5"),
        ("stop_loss_pct = 1e-1", "stop_loss_pct", "0.1"),
        ("initial_capital = 123_456_789_012.000_000_1", "initial_capital", "123456789012.0000001"),
        ("maker_fee_pct = -0.01", "maker_fee_pct", "-0.01"),
        ("json_logging = true", "json_logging", "true"),
        ("json_logging = \"true\"", "json_logging", "true"),
        ("backtest_start = 2024-01-01", "backtest_start", "2024-01-01T00:00:00Z"),
        ("backtest_start = 2024-01-01 12:30:00Z", "backtest_start", "2024-01-01T12:30:00Z"),
        ("backtest_start = 2024-01-01T12:30:00+02:00", "backtest_start", "2024-01-01T10:30:00Z"),
        ("backtest_start = \"2024-01-01\"", "backtest_start", "2024-01-01T00:00:00Z"),
        ("trade_hours = [9, \"11-12\"]", "trade_hours", "9,11,12"),
        ("trade_hours = \"9-11\"", "trade_hours", "9,10,11"),
        ("trade_hours = 9", "trade_hours", "9"),
        ("allowed_days = [\n  \"mon\", # the first\n  \"fri\",\n]", "allowed_days", "mon,fri"),
        ("log_max_file_size = 2048", "log_max_file_size", "2 KiB"),
        ("comment = \"\"\"\nblue\"\"\"", "comment", "blue"),
        ("\u{feff}strategy_name = 'grün'", "strategy_name", "grün"),
        ("# nothing\r\ncomment = 'x'\r\n", "comment", "x"),
        ("", "comment", "-"),
    ] {
        assert_eq!(value_of(line, key).as_deref().unwrap_or("-"), value, "{line}");
    }
}

#[test]
fn what_is_wrong_in_the_file_is_said_with_its_line() {
    for (content, expect) in [
        // The value, in the words of its key.
        ("# mine\nleverage = 500", "metaexpert.toml:2: leverage: `500` is not in 1 to 125; the nearest is `125`"),
        ("leverage = 1.5", "metaexpert.toml:1: leverage: `1.5` is not a whole number"),
        ("leverage = true", "metaexpert.toml:1: leverage: `true` is not a whole number"),
        ("stop_loss_pct = nan", "metaexpert.toml:1: stop_loss_pct: `nan` is not a number"),
        ("log_to_file = 1", "metaexpert.toml:1: log_to_file: `1` is neither `true` nor `false`; the nearest is `true`"),
        (
            "backtest_start = 12:00:00",
            "metaexpert.toml:1: backtest_start: `12:00:00` is not a date (`2022-01-31`) or a time (`2022-01-31T12:00:00Z`)",
        ),
        (
            "trade_hours = [9, 24]",
            "metaexpert.toml:1: trade_hours: `9,24` is not a list of hours from 0 to 23, such as `9,10,11` or `9-17`",
        ),
        ("allowed_days = []", "metaexpert.toml:1: allowed_days: `` is not a list of days, such as `mon,tue` or `mon-fri`"),
        ("\n[inputs]\nfast = 4", "metaexpert.toml:3: inputs.fast: `4` is not in 5 to 50; the nearest is `5`"),
        ("[inputs]\nallow_short = 'no'", "metaexpert.toml:2: inputs.allow_short: `no` is neither `true` nor `false`"),
        // The name.
        ("levrage = 10", "metaexpert.toml:1: levrage: unknown key; did you mean `leverage`?"),
        ("stop-loss-pct = 1", "metaexpert.toml:1: stop-loss-pct: unknown key; did you mean `stop_loss_pct`?"),
        ("Leverage = 1", "metaexpert.toml:1: Leverage: unknown key; did you mean `leverage`?"),
        ("zzz = 1", "metaexpert.toml:1: zzz: unknown key"),
        ("fast = 9", "metaexpert.toml:1: fast: `fast` is an input, not a key; it is written under `[inputs]`, as `fast = ..`"),
        ("[inputs]\nfsat = 9", "metaexpert.toml:2: inputs.fsat: unknown input; did you mean `fast`?"),
        (
            "[inputs]\nleverage = 9",
            "metaexpert.toml:2: inputs.leverage: `leverage` is a key, not an input; it is written above the first table, as `leverage = ..`",
        ),
        // The shape.
        (
            "[risk]\nleverage = 9",
            "metaexpert.toml:1:2: there is no table `risk`; keys such as `leverage` stand above the first table",
        ),
        (
            "\n[input]\nfast = 9",
            "metaexpert.toml:2:2: there is no table `input`, only `[inputs]`; keys stand above it, without a table",
        ),
        ("inputs = 3", "metaexpert.toml:1:1: `inputs` is a table: `[inputs]`, and the inputs in the lines below it"),
        ("[[inputs]]\nfast = 9", "metaexpert.toml:1:3: `inputs` is a table: `[inputs]`, and the inputs in the lines below it"),
        ("[leverage]\nx = 9", "metaexpert.toml:1:2: a table stands where a value is wanted"),
        ("leverage = { x = 9 }", "metaexpert.toml:1:12: a table stands where a value is wanted"),
        ("leverage = [9]", "metaexpert.toml:1:12: a list stands where one value is wanted"),
        ("trade_hours = [9, [10]]", "metaexpert.toml:1:19: a list stands where one value is wanted"),
        ("[inputs]\nfast = [9]", "metaexpert.toml:2:8: a list stands where one value is wanted"),
        ("comment = 5", "metaexpert.toml:1:11: `5` stands where text is wanted; write `\"5\"`"),
        // What is not TOML.
        ("leverage = 5\nleverage = 6", "metaexpert.toml:2:1: is not TOML: duplicate key"),
        ("leverage = ", "metaexpert.toml:1:12: is not TOML: string values must be quoted, expected literal string"),
        ("leverage : 5", "metaexpert.toml:1:10: is not TOML: key with no value, expected `=`"),
        ("symbol = BTCUSDT", "metaexpert.toml:1:10: is not TOML: string values must be quoted, expected literal string"),
        ("comment = \"x", "metaexpert.toml:1:13: is not TOML: invalid basic string, expected `\"`"),
        ("leverage = 05", "metaexpert.toml:1:12: is not TOML: unexpected leading zero, expected nothing"),
        ("[inputs\nfast = 3", "metaexpert.toml:1:8: is not TOML: unclosed table, expected `]`"),
        ("inputs.fast = 6\n[inputs]\nfast = 9", "metaexpert.toml:2:2: is not TOML: duplicate key"),
        // What should not be in it; what it is, is not shown.
        (
            "\nbinance_api_key = 'hunter2hunter2'",
            "metaexpert.toml:2: `binance_api_key` is secret by its name, and no secret belongs in this file; set it in the environment or in `.env`",
        ),
        (
            "[inputs]\nOKX_API_PASSPHRASE = 'hunter2hunter2'",
            "metaexpert.toml:2: `OKX_API_PASSPHRASE` is secret by its name, and no secret belongs in this file; set it in the environment or in `.env`",
        ),
    ] {
        check_file("metaexpert.toml", content.as_bytes(), expect);
    }
    check_file("metaexpert.toml", b"# one\ncomment = '\xff'\n", "metaexpert.toml:2: is not UTF-8");
    check_file(
        "metaexpert.toml",
        &vec![b'\n'; (1 << 20) + 1],
        "metaexpert.toml: is longer than 1 MiB, which no configuration is",
    );
}

#[test]
fn all_that_is_wrong_in_the_sources_is_said_at_once_also_where_a_stronger_one_hides_it() {
    let Ended { plans, err, .. } = with_files(
        &[
            ("metaexpert.toml", b"leverage = 126\nlevrage = 1\n[inputs]\nfast = 51\n"),
            (".env", b"METAEXPERT_LEVERAGE=127\nMETAEXPERT_LEVRAGE=1\n"),
        ],
        "--leverage 5 --fast 7",
        "METAEXPERT_LEVERAGE=128",
    );
    assert_eq!(plans.err(), Some(Exit::Configuration));
    expect![[r#"
        error: metaexpert.toml:2: levrage: unknown key; did you mean `leverage`?
        error: .env:2: METAEXPERT_LEVRAGE: unknown key; did you mean `leverage`?
        error: metaexpert.toml:1: leverage: `126` is not in 1 to 125; the nearest is `125`
        error: metaexpert.toml:4: inputs.fast: `51` is not in 5 to 50; the nearest is `50`
        error: .env:1: METAEXPERT_LEVERAGE: `127` is not in 1 to 125; the nearest is `125`
        error: METAEXPERT_LEVERAGE: `128` is not in 1 to 125; the nearest is `125`
    "#]]
    .assert_eq(&err);
}

#[test]
fn what_is_wrong_in_the_dotenv_is_said_with_its_line_and_without_what_stands_there() {
    for (content, expect) in [
        ("METAEXPERT_LEVERAGE=500", ".env:1: METAEXPERT_LEVERAGE: `500` is not in 1 to 125; the nearest is `125`"),
        ("METAEXPERT_COMMENT=", ".env:1: METAEXPERT_COMMENT: `` is empty"),
        ("# c\n\nexport METAEXPERT_INPUT_FAST='4'", ".env:3: METAEXPERT_INPUT_FAST: `4` is not in 5 to 50; the nearest is `5`"),
        ("METAEXPERT_LEVRAGE=5", ".env:1: METAEXPERT_LEVRAGE: unknown key; did you mean `leverage`?"),
        ("METAEXPERT_INPUT_FSAT=5", ".env:1: METAEXPERT_INPUT_FSAT: unknown input; did you mean `fast`?"),
        ("METAEXPERT_FAST=5", ".env:1: METAEXPERT_FAST: `fast` is an input, not a key; it is written `METAEXPERT_INPUT_FAST`"),
        (
            "METAEXPERT_INPUT_LEVERAGE=5",
            ".env:1: METAEXPERT_INPUT_LEVERAGE: `leverage` is a key, not an input; it is written `METAEXPERT_LEVERAGE`",
        ),
        (
            "A=1\nMETAEXPERT_LEVERAGE=5\nB=2\nMETAEXPERT_LEVERAGE=6",
            ".env:4: METAEXPERT_LEVERAGE: is set twice; the first stands in line 2",
        ),
        (
            "\nOKX_API_KEY=hunter2hunter2\nOKX_API_KEY=hunter3hunter3",
            ".env:3: OKX_API_KEY: is set twice; the first stands in line 2",
        ),
        ("# c\nA=$PATH\nOKX_API_PASSPHRASE=hunter2$hunter2", &dollar_at(".env:3: OKX_API_PASSPHRASE")),
        ("OKX_API_PASSPHRASE=\"hunter2 ${HOME}\"", &dollar_at(".env:1: OKX_API_PASSPHRASE")),
        ("\nexport METAEXPERT_COMMENT=5$", &dollar_at(".env:2: METAEXPERT_COMMENT")),
        ("A='x\ny'\n# c\nMETAEXPERT_LEVERAGE=500", ".env:4: METAEXPERT_LEVERAGE: `500` is not in 1 to 125; the nearest is `125`"),
        ("A=1\nhunter2hunter2", &at_line(2)),
        ("OKX_API_SECRET=hunter2 hunter2\n", &at_line(1)),
        ("# c\n\nOKX_API_SECRET='hunter2\n\n", &at_line(3)),
        ("OKX API SECRET=hunter2", &at_line(1)),
        ("=hunter2", &at_line(1)),
    ] {
        check_file(".env", content.as_bytes(), expect);
    }
    check_file(".env", b"A=1\nB=2\n\nOKX_API_SECRET=\xff\n", ".env:4: is not UTF-8");
}

fn dollar_at(place: &str) -> String {
    let rule =
        "has a `$`, which stands for another variable here; put the value in single quotation marks, `'...'`, or write `\\$`";
    format!("{place}: {rule}")
}

fn at_line(line: usize) -> String {
    format!(".env:{line}: is not `NAME=value`; a value with blanks, quotation marks or `#` in it stands in quotation marks")
}

#[test]
fn what_is_no_file_is_an_error_and_only_the_default_file_may_be_absent() {
    let folder = TempDir::new().unwrap();
    let said = |args: &str| planned_in(folder.path(), &program(), &[cross()], &format!("--trade-mode backtest {args}"), "").err;
    assert_eq!(said(""), "");
    assert_eq!(said("--config other.toml"), "error: flag --config: other.toml: no such file\n");
    fs::write(folder.path().join("other.toml"), "leverage = 500").unwrap();
    assert_eq!(said("--config other.toml"), "error: other.toml:1: leverage: `500` is not in 1 to 125; the nearest is `125`\n");
    for name in ["metaexpert.toml", ".env"] {
        let path = folder.path().join(name);
        fs::create_dir(&path).unwrap();
        assert_eq!(said(""), format!("error: {name}: is a folder, not a file\n"));
        fs::remove_dir(&path).unwrap();
    }
}

#[test]
fn a_named_file_stands_in_for_the_default_one() {
    let files: &[(&str, &[u8])] = &[("metaexpert.toml", b"leverage = 500"), ("other.toml", b"leverage = 7")];
    let Plan { resolved, .. } = with_files(files, "--config other.toml", "").plans.unwrap().remove(0);
    assert_eq!((resolved.config.leverage, resolved.place_of("leverage").as_str()), (7, "other.toml:1: leverage"));
}

#[test]
fn a_file_is_for_all_experts_of_a_program_and_each_takes_its_own_inputs() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("metaexpert.toml"), "leverage = 7\n[inputs]\nfast = 9\nwidth = 2.0\n").unwrap();
    let plans = planned_in(folder.path(), &program(), &[cross(), breakout()], "--trade-mode backtest", "").plans.unwrap();
    assert_eq!(plans.iter().map(|plan| plan.resolved.config.leverage).collect::<Vec<_>>(), [7, 7]);
    let inputs: Vec<Vec<_>> = plans.iter().map(|plan| plan.inputs.iter().map(|said| said.text.as_str()).collect()).collect();
    assert_eq!(inputs, [vec!["9"], vec!["9", "2.0"]]);
}

#[test]
fn others_variables_of_the_dotenv_are_left_alone() {
    let dotenv = b"PATH=/bin\nDATABASE_URL=\"postgres://u:p@h/d\"\nmetaexpert_leverage=5\nLEVERAGE=9\nMETAEXPERT_COMMENT=a # b\n";
    let Ended { plans, err, .. } = with_files(&[(".env", dotenv)], "", "");
    assert_eq!(err, "");
    let Plan { resolved, .. } = plans.unwrap().remove(0);
    assert_eq!((resolved.config.leverage, resolved.config.comment.as_deref()), (10, Some("a")));
}

#[test]
fn a_dollar_that_stands_for_itself_arrives_as_it_was_written() {
    for line in [
        "METAEXPERT_STRATEGY_NAME='5$ a$HOME'",
        "METAEXPERT_STRATEGY_NAME=\"5\\$ a\\$HOME\"",
        "METAEXPERT_STRATEGY_NAME=5\\$\\ a\\$HOME # $",
    ] {
        let Ended { plans, err, .. } = with_files(&[(".env", format!("A=$HOME\n{line}\n").as_bytes())], "", "");
        assert_eq!(
            (plans.unwrap().remove(0).resolved.config.strategy_name.as_deref(), err.as_str()),
            (Some("5$ a$HOME"), ""),
            "{line}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_dotenv_with_credentials_that_others_can_read_is_warned_of_and_one_without_is_not() {
    use std::os::unix::fs::PermissionsExt;
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(".env");
    for (content, mode, is_warned_of) in [
        ("BYBIT_API_KEY=hunter2hunter2", 0o600, false),
        ("BYBIT_API_KEY=hunter2hunter2", 0o400, false),
        ("BYBIT_API_KEY=hunter2hunter2", 0o640, true),
        ("BYBIT_API_KEY=hunter2hunter2", 0o604, true),
        ("BYBIT_API_KEY=", 0o644, false),
        ("METAEXPERT_LEVERAGE=2", 0o644, false),
    ] {
        drop(fs::remove_file(&path));
        fs::write(&path, content).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let Ended { plans, err, .. } = planned_in(folder.path(), &program(), &[cross()], "--trade-mode backtest", "");
        assert!(plans.is_ok());
        let path = path.display();
        let warning = format!(
            "warning: {path}: holds credentials, and others than its owner can get at it (mode {mode:o}): `chmod 600 {path}`\n"
        );
        assert_eq!(err, if is_warned_of { warning } else { String::new() }, "{mode:o} {content}");
    }
}

#[test]
fn a_secret_of_the_dotenv_is_not_shown_from_then_on() {
    let files: &[(&str, &[u8])] = &[(".env", b"OKX_API_SECRET=d0tenv-s3cret\nMETAEXPERT_LEVERAGE=d0tenv-s3cret")];
    assert_eq!(with_files(files, "", "").err, "error: .env:2: METAEXPERT_LEVERAGE: `***` is not a whole number\n");
}
