//! What a user may get wrong: each time an exit code that says of which kind it is, and a message that
//! names the thing, the value and the way out; never a panic.
use super::expert::Expert;

/// The command line cannot be understood.
const USAGE: i32 = 2;
/// A value is none of its key, or breaks a rule.
const CONFIGURATION: i32 = 3;
/// The data cannot be read, or is not what the run asks for.
const DATA: i32 = 4;

const GOOD_FLAGS: &str = "--symbol BTCUSDT --timeframe 1m --fast 5 --slow 10 --size-type fixed_base --size-value 0.1 \
    --taker-fee-pct 0.05 --maker-fee-pct 0.02 --tick-size 0.1 --lot-size 0.001 --report out";

const HEADER: &str = "timestamp,open,high,low,close,volume";

/// Twenty good bars of January 1st, 2022.
fn good_bars() -> Vec<String> {
    let bar = |minute: i64| format!("{},100,101,99,100.5,7", 1_640_995_200 + 60 * minute);
    std::iter::once(HEADER.to_owned()).chain((0..20).map(bar)).collect()
}

/// Runs with these flags after the good ones, over these lines, and holds code and message.
#[track_caller]
fn refuse(lines: &[String], expert: impl FnOnce(Expert) -> Expert, code: i32, named: &[&str]) {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("bars.csv"), lines.join("\n")).unwrap();
    let expert = expert(Expert::in_folder(home.path()));
    let ended = expert.run();
    let all =
        format!("{}\nexit code {:?}\nstdout: {}\nstderr: {}", expert.command_line(), ended.code, ended.stdout, ended.stderr);
    assert!(!ended.stdout.contains("panicked") && !ended.stderr.contains("panicked"), "a panic: {all}");
    for fragment in named {
        assert!(ended.stderr.contains(fragment), "stderr does not name `{fragment}`: {all}");
    }
    assert_eq!(ended.code, Some(code), "{all}");
    assert!(!home.path().join("out").exists(), "a refused run leaves no report: {all}");
}

/// The good flags without those that `words` give anew, then `words`, over good bars.
#[track_caller]
fn refuse_flags(words: &str, code: i32, named: &[&str]) {
    refuse(&good_bars(), |expert| flagged(expert.with_words("--data bars.csv"), words), code, named);
}

/// The good flags over lines that are made bad.
#[track_caller]
fn refuse_data(spoil: impl FnOnce(&mut Vec<String>), named: &[&str]) {
    let mut lines = good_bars();
    spoil(&mut lines);
    refuse(&lines, |expert| flagged(expert.with_words("--data bars.csv"), ""), DATA, named);
}

fn flagged(expert: Expert, words: &str) -> Expert {
    let good: Vec<&str> = GOOD_FLAGS.split_whitespace().collect();
    let anew: Vec<&str> = words.split_whitespace().collect();
    let kept: Vec<&str> = good.chunks(2).filter(|pair| !anew.contains(&pair[0])).flatten().copied().collect();
    expert.with_words(&kept.join(" ")).with_words(words)
}

#[test]
fn the_good_flags_and_bars_of_these_tests_are_good() {
    let home = tempfile::tempdir().unwrap();
    std::fs::write(home.path().join("bars.csv"), good_bars().join("\n")).unwrap();
    let ended = flagged(Expert::in_folder(home.path()).with_words("--data bars.csv"), "").run();
    assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
}

#[test]
fn an_unknown_flag_is_answered_with_the_nearest_one() {
    refuse_flags("--stop-los-pct 1", USAGE, &["stop-los-pct", "stop-loss-pct"]);
    refuse_flags("--symbl BTCUSDT", USAGE, &["symbl", "symbol"]);
    refuse_flags("--slw 30", USAGE, &["slw", "slow"]);
    refuse_flags("surprise", USAGE, &["surprise"]);
}

#[test]
fn an_unknown_variable_is_answered_with_the_nearest_key() {
    for (variable, nearest) in [("METAEXPERT_TIMFRAME", "timeframe"), ("METAEXPERT_INPUT_FATS", "fast")] {
        let expert = |expert: Expert| flagged(expert.with_words("--data bars.csv"), "").with_variable(variable, "1m");
        refuse(&good_bars(), expert, CONFIGURATION, &[variable, nearest]);
    }
}

#[test]
fn a_bad_value_in_a_variable_names_the_variable() {
    let expert = |expert: Expert| flagged(expert.with_words("--data bars.csv"), "").with_variable("METAEXPERT_LEVERAGE", "lots");
    refuse(&good_bars(), expert, CONFIGURATION, &["METAEXPERT_LEVERAGE", "lots"]);
}

#[test]
fn a_value_that_is_none_names_the_flag_and_the_value() {
    for (words, named) in [
        ("--leverage lots", ["leverage", "lots"]),
        ("--stop-loss-pct 1%", ["stop-loss-pct", "1%"]),
        ("--fill-model close", ["fill-model", "close"]),
        ("--limit-fill always", ["limit-fill", "always"]),
        ("--size-type fixed_bse", ["size-type", "fixed_bse"]),
        ("--position-mode hedged", ["position-mode", "hedged"]),
        ("--market-type spt", ["market-type", "spt"]),
        ("--allow-short perhaps", ["allow-short", "perhaps"]),
        ("--fast 5.5", ["fast", "5.5"]),
        ("--warmup-bars -3", ["warmup-bars", "-3"]),
        ("--initial-capital 10k", ["initial-capital", "10k"]),
        ("--timeframe 1x", ["timeframe", "1x"]),
        ("--timeframe 0m", ["timeframe", "0m"]),
        ("--backtest-start yesterday", ["backtest-start", "yesterday"]),
        ("--backtest-end 2022-02-30", ["backtest-end", "2022-02-30"]),
    ] {
        refuse_flags(words, CONFIGURATION, &named);
    }
}

#[test]
fn a_choice_that_is_nearly_right_is_answered_with_the_right_one() {
    refuse_flags("--size-type fixed_bse", CONFIGURATION, &["fixed_base"]);
    refuse_flags("--market-type spt", CONFIGURATION, &["spot"]);
}

#[test]
fn a_flag_without_its_value_is_a_usage_error() {
    refuse(
        &good_bars(),
        |expert| flagged(expert.with_words("--data bars.csv"), "").with_argument("--leverage"),
        USAGE,
        &["leverage"],
    );
}

#[test]
fn a_value_out_of_range_names_the_flag_and_the_value() {
    for (words, named) in [
        ("--leverage 0", ["leverage", "0"]),
        ("--leverage 1000", ["leverage", "1000"]),
        ("--fast 0", ["fast", "0"]),
        ("--size-value 0", ["size-value", "0"]),
        ("--size-value -1", ["size-value", "-1"]),
        ("--initial-capital 0", ["initial-capital", "0"]),
        ("--tick-size 0", ["tick-size", "0"]),
        ("--lot-size -0.001", ["lot-size", "-0.001"]),
        ("--slippage-pct -1", ["slippage-pct", "-1"]),
        ("--taker-fee-pct 101", ["taker-fee-pct", "101"]),
    ] {
        refuse_flags(words, CONFIGURATION, &named);
    }
}

#[test]
fn a_protection_of_zero_is_not_off() {
    for key in ["stop-loss-pct", "take-profit-pct", "trailing-stop-pct", "breakeven-pct"] {
        refuse_flags(&format!("--{key} 0"), CONFIGURATION, &[key, "0"]);
    }
    refuse_flags("--trailing-stop-pct 1 --trailing-activation-pct 0", CONFIGURATION, &["trailing-activation-pct"]);
}

#[test]
fn rules_between_keys_name_both() {
    for (words, named) in [
        ("--size-type risk_based --size-value 1", ["risk_based", "stop_loss_pct"]),
        ("--trailing-activation-pct 1", ["trailing-activation-pct", "trailing_stop_pct"]),
        ("--market-type spot --leverage 3", ["leverage", "spot"]),
        ("--market-type spot --allow-short true", ["short", "spot"]),
        ("--fast 10 --slow 10", ["fast", "slow"]),
        ("--fast 12 --slow 10", ["fast", "slow"]),
        ("--backtest-start 2022-01-02 --backtest-end 2022-01-01", ["backtest-start", "backtest-end"]),
    ] {
        refuse_flags(words, CONFIGURATION, &named);
    }
}

#[test]
fn a_size_that_rounds_to_nothing_names_size_and_lot() {
    refuse_flags("--size-value 0.0001", CONFIGURATION, &["0.0001", "0.001"]);
}

#[test]
fn a_symbol_that_is_none_is_named() {
    refuse_flags("--symbol @@", CONFIGURATION, &["symbol", "@@"]);
    let empty = |expert: Expert| {
        let good = GOOD_FLAGS.replace("--symbol BTCUSDT", "");
        expert.with_words("--data bars.csv").with_words(&good).with_argument("--symbol").with_argument("")
    };
    refuse(&good_bars(), empty, CONFIGURATION, &["symbol"]);
}

#[test]
fn a_timeframe_finer_than_the_data_names_both() {
    refuse(&five_minute_bars(), |expert| flagged(expert.with_words("--data bars.csv"), ""), DATA, &["timeframe", "1m", "5m"]);
}

fn five_minute_bars() -> Vec<String> {
    let bar = |number: i64| format!("{},100,101,99,100.5,7", 1_640_995_200 + 300 * number);
    std::iter::once(HEADER.to_owned()).chain((0..20).map(bar)).collect()
}

#[test]
fn a_date_outside_the_data_names_what_there_is() {
    refuse_flags("--backtest-start 2023-01-01", DATA, &["backtest-start", "2023-01-01", "2022-01-01"]);
    refuse_flags("--backtest-end 2021-01-01", DATA, &["backtest-end", "2021-01-01", "2022-01-01"]);
}

#[test]
fn a_bad_synthetic_spec_names_the_part() {
    for (spec, named) in
        [("synthetic:seed=x", "seed"), ("synthetic:bars=0", "bars"), ("synthetic:bars=many", "many"), ("synthetic:sed=7", "seed")]
    {
        refuse(&good_bars(), |expert| flagged(expert.with_words(&format!("--data {spec}")), ""), DATA, &[named, "synthetic"]);
    }
}

#[test]
fn a_file_that_cannot_be_read_is_named() {
    let absent = |expert: Expert| flagged(expert.with_words("--data nowhere.csv"), "");
    refuse(&good_bars(), absent, DATA, &["nowhere.csv"]);
    let folder = |expert: Expert| flagged(expert.with_words("--data ."), "");
    refuse(&good_bars(), folder, DATA, &["."]);
    refuse_data(Vec::clear, &["bars.csv", "empty"]);
    refuse_data(|lines| lines.truncate(1), &["bars.csv"]);
}

#[test]
fn a_header_with_a_wrong_or_missing_column_is_named() {
    refuse_data(|lines| lines[0] = HEADER.replace("close", "closs"), &["bars.csv", "closs", "close"]);
    refuse_data(|lines| lines[0] = HEADER.replace("timestamp", "when"), &["bars.csv", "when"]);
    let without_low = |lines: &mut Vec<String>| {
        for line in lines {
            let cells: Vec<&str> = line.split(',').collect();
            *line = [&cells[..3], &cells[4..]].concat().join(",");
        }
    };
    refuse_data(without_low, &["bars.csv", "low"]);
    refuse_data(|lines| lines[0] = HEADER.replace("high", "open"), &["bars.csv", "open"]);
}

#[test]
fn a_bad_row_is_named_by_line_column_and_value() {
    for (row, named) in [
        ("1640995500,-1,101,99,100,7", ["open", "-1"]),
        ("1640995500,100,101,99,0,7", ["close", "0"]),
        ("1640995500,100,98,99,100,7", ["high", "98"]),
        ("1640995500,100,101,99,102,7", ["close", "102"]),
        ("1640995500,100,101,ninety,100,7", ["low", "ninety"]),
        ("1640995500,100,NaN,99,100,7", ["high", "NaN"]),
        ("1640995500,100,inf,99,100,7", ["high", "inf"]),
        ("1640995500,100,,99,100,7", ["high", "line 7"]),
        ("1640995500,100,101,99,100,-7", ["volume", "-7"]),
        ("noon,100,101,99,100,7", ["timestamp", "noon"]),
        ("1640995500,100,101,99", ["bars.csv", "line 7"]),
        ("1640995500,100,101,99,100,7,8", ["bars.csv", "line 7"]),
    ] {
        // The seventh line holds the sixth bar.
        refuse_data(|lines| row.clone_into(&mut lines[6]), &[&["bars.csv", "line 7"], &named[..]].concat());
    }
}

#[test]
fn time_that_stands_still_or_goes_back_is_named_by_its_line() {
    refuse_data(|lines| lines[8] = lines[7].clone(), &["bars.csv", "line 9"]);
    refuse_data(|lines| lines.swap(7, 8), &["bars.csv", "line 9"]);
    refuse_data(|lines| lines[8] = lines[2].clone(), &["bars.csv", "line 9"]);
}
