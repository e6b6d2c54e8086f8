//! Which source says where and what an expert logs: every key of the group "Logging", from each of them.

use metaexpert_core::config::KEYS;

use super::*;

/// Every key of the group "Logging": its default, and what code, attribute, variable and flag say, each unlike the one before.
const LOGGING: [(&str, [&str; 5]); 12] = [
    ("log_level", ["info", "debug", "trade", "warning", "error"]),
    ("log_file", ["expert.log", "code.log", "attribute.log", "variable.log", "flag.log"]),
    ("log_trade_file", ["trades.log", "code.jsonl", "attribute.jsonl", "variable.jsonl", "flag.jsonl"]),
    ("log_error_file", ["errors.log", "code.err", "attribute.err", "variable.err", "flag.err"]),
    ("log_dir", ["logs", "of/code", "of/attribute", "of/variable", "of/flag"]),
    ("log_to_file", ["true", "false", "true", "false", "true"]),
    ("log_to_console", ["true", "false", "true", "false", "true"]),
    ("json_logging", ["false", "true", "false", "true", "false"]),
    ("log_max_file_size", ["10 MiB", "1 MiB", "2 MiB", "3 MiB", "4 MiB"]),
    ("log_backup_count", ["5", "1", "2", "3", "4"]),
    ("log_rotate_daily", ["false", "true", "false", "true", "false"]),
    ("log_compress", ["false", "true", "false", "true", "false"]),
];

fn logging_code() -> MetaExpert {
    program()
        .log_level("debug")
        .log_file("code.log")
        .log_trade_file("code.jsonl")
        .log_error_file("code.err")
        .log_dir("of/code")
        .log_to_file(false)
        .log_to_console(false)
        .json_logging(true)
        .log_max_file_size("1 MiB")
        .log_backup_count(1)
        .log_rotate_daily(true)
        .log_compress(true)
}

fn logging_attribute() -> OnInit {
    OnInit::new()
        .symbol("BTCUSDT")
        .log_level("trade")
        .log_file("attribute.log")
        .log_trade_file("attribute.jsonl")
        .log_error_file("attribute.err")
        .log_dir("of/attribute")
        .log_to_file(true)
        .log_to_console(true)
        .json_logging(false)
        .log_max_file_size("2 MiB")
        .log_backup_count(2)
        .log_rotate_daily(false)
        .log_compress(false)
}

#[test]
fn where_and_what_to_log_is_said_by_the_flag_else_the_variable_else_the_attribute_else_the_code() {
    let keys = KEYS.iter().filter(|key| key.group == "Logging").map(|key| key.name);
    assert!(keys.eq(LOGGING.iter().map(|(key, _)| *key)), "no key of the group is left out");
    let plain = || subject::<NoInputs>("plain", &OnInit::new().symbol("BTCUSDT"));
    let attributed = || subject::<NoInputs>("attributed", &logging_attribute());
    for (key, [default, code, attribute, variable, flag]) in LOGGING {
        let variable_given = format!("METAEXPERT_{}={}", key.to_uppercase(), variable.replace(' ', ""));
        let flag_given = format!("--{}={}", key.replace('_', "-"), flag.replace(' ', ""));
        for (program, expert, variables, args, value, origin) in vec![
            (program(), plain(), "", "", default, Origin::Default),
            (logging_code(), plain(), "", "", code, Origin::Code),
            (program(), attributed(), "", "", attribute, Origin::Attribute),
            (logging_code(), attributed(), "", "", attribute, Origin::Attribute),
            (logging_code(), attributed(), variable_given.as_str(), "", variable, Origin::Environment),
            (program(), plain(), variable_given.as_str(), "", variable, Origin::Environment),
            (program(), plain(), "", flag_given.as_str(), flag, Origin::Flag),
            (logging_code(), attributed(), "", flag_given.as_str(), flag, Origin::Flag),
            (logging_code(), attributed(), variable_given.as_str(), flag_given.as_str(), flag, Origin::Flag),
        ] {
            let Ended { plans, err, .. } = planned(&program, &[expert], &format!("--trade-mode backtest {args}"), variables);
            let Plan { resolved, .. } = plans.unwrap_or_else(|exit| panic!("{exit:?}: {err}")).remove(0);
            let texts = resolved.config.texts();
            let found = texts.iter().find(|(name, _)| *name == key).and_then(|(_, text)| text.as_deref());
            assert_eq!((found, resolved.origins.of(key)), (Some(value), Some(origin)), "{key}: {variables} {args}");
        }
    }
}

#[test]
fn each_expert_logs_as_its_own_attribute_says_and_the_others_as_the_code_does() {
    let experts =
        [subject::<NoInputs>("attributed", &logging_attribute()), subject::<NoInputs>("plain", &OnInit::new().symbol("ETHUSDT"))];
    for (args, dirs) in [("", ["of/attribute", "of/code"]), ("--log-dir of/flag", ["of/flag", "of/flag"])] {
        let Ended { plans, err, .. } = planned(&logging_code(), &experts, &format!("--trade-mode backtest {args}"), "");
        assert_eq!(err, "");
        let found: Vec<_> = plans.unwrap().into_iter().map(|plan| plan.resolved.config.log_dir).collect();
        assert_eq!(found, dirs, "{args}");
    }
}
