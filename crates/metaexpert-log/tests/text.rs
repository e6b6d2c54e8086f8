//! How a record looks to people, and that it is one line of harmless characters whatever it is made of.

#![expect(clippy::unwrap_used, reason = "a test that goes wrong should stop there")]

mod folder;

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering::Relaxed},
};

use folder::Folder;
use metaexpert_log::{
    Logging, critical, debug, error, info,
    slog::{Logger, o},
    trade, warning,
};

const TIME: usize = "2026-01-02T03:04:05.123456Z ".len();

/// What is logged by `log`, without the time before it.
fn lines_of(log: impl Fn(&Logger)) -> Vec<String> {
    let folder = Folder::new();
    let logging = Logging::start(&folder.config()).unwrap();
    log(&logging.logger());
    drop(logging);
    folder.read("expert.log").split_terminator('\n').map(|line| line[TIME..].to_owned()).collect()
}

#[track_caller]
fn check(log: impl Fn(&Logger), expected: &str) {
    assert_eq!(lines_of(log), [expected]);
}

#[test]
fn a_line_has_the_time_the_level_whose_it_is_the_message_and_the_fields() {
    let ema = |log: &Logger| log.new(o!("expert_name" => "ema", "strategy_id" => 7)).new(o!("symbol" => "BTCUSDT"));
    check(|log| info!(ema(log), "message"; "key" => "value"), "INFO  [ema BTCUSDT] message strategy_id=7 key=value");
    check(|log| debug!(ema(log), "crossed {}", 1.5; "up" => true), "DEBUG [ema BTCUSDT] crossed 1.5 strategy_id=7 up=true");
    check(
        |log| trade!(log, "bought"; "price" => 64_000.5, "quantity" => "0.5"),
        "TRADE [tester] bought price=64000.5 quantity=0.5",
    );
    check(|log| warning!(log, "slow"; "ms" => -3), "WARNING [tester] slow ms=-3");
    check(|log| error!(log.new(o!("symbol" => "ETHUSDT")), "failed"; "code" => None::<i32>), "ERROR [ETHUSDT] failed code=-");
    check(|log| critical!(log.new(o!("expert_name" => "a b")), "halted"; "unit" => ()), "CRITICAL [a b] halted unit=-");
}

#[test]
fn the_time_is_rfc_3339_with_microseconds_in_utc() {
    let folder = Folder::new();
    let logging = Logging::start(&folder.config()).unwrap();
    let clock = Arc::new(AtomicI64::new(1_767_323_045_123_456_789));
    let log = logging.simulated_logger(Arc::clone(&clock));
    info!(log, "a"; "b" => 1);
    clock.store(1_767_323_045_999_999_999, Relaxed);
    info!(log, "a"; "b" => 1);
    drop(logging);
    let text = folder.read("expert.log");
    let (times, lines): (Vec<_>, Vec<_>) = text.lines().map(|line| line.split_at(TIME)).unzip();
    for time in times {
        let shape: String = time.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect();
        assert_eq!(shape, "0000-00-00T00:00:00.000000Z ");
    }
    assert_eq!(
        lines,
        [
            "INFO  [tester] a simulated_time=2026-01-02T03:04:05.123456Z b=1",
            "INFO  [tester] a simulated_time=2026-01-02T03:04:05.999999Z b=1"
        ]
    );
}

#[test]
fn a_value_that_is_not_one_word_stands_in_quotes() {
    for (value, expected) in [
        ("word", "word"),
        ("", r#""""#),
        ("two words", r#""two words""#),
        ("a=b", r#""a=b""#),
        ("say \"hi\"", r#""say \"hi\"""#),
        ("C:\\logs", "C:\\logs"),
        ("C:\\my logs", r#""C:\\my logs""#),
        ("two\nlines\r\n", r#""two\nlines\r\n""#),
        ("tab\there", r#""tab\there""#),
        ("\u{1b}[31mred\u{1b}[0m", r#""\u{1b}[31mred\u{1b}[0m""#),
        ("nul\0", r#""nul\0""#),
        ("\u{9b}31m", r#""\u{9b}31m""#),
        ("\u{85}\u{2028}\u{2029}", r#""\u{85}\u{2028}\u{2029}""#),
        ("\u{202e}kcab", r#""\u{202e}kcab""#),
        ("größer 📈", r#""größer 📈""#),
        ("größer📈", "größer📈"),
    ] {
        check(|log| info!(log, "m"; "v" => value), &format!("INFO  [tester] m v={expected}"));
        check(|log| info!(log, "m"; "v" => %value), &format!("INFO  [tester] m v={expected}"));
    }
}

#[test]
fn a_message_stays_on_its_line_and_cannot_steer_a_terminal() {
    for (message, expected) in [
        ("", ""),
        ("as \"it\" is = 5", "as \"it\" is = 5"),
        ("two\nlines", "two\\nlines"),
        ("\r2026-01-02T03:04:05.123456Z TRADE [ema] forged", "\\r2026-01-02T03:04:05.123456Z TRADE [ema] forged"),
        ("\u{1b}]0;title\u{7}\u{1b}[2J", "\\u{1b}]0;title\\u{7}\\u{1b}[2J"),
        ("a\u{2028}b\u{2029}c\u{85}d\u{b}e\u{c}f", "a\\u{2028}b\\u{2029}c\\u{85}d\\u{b}e\\u{c}f"),
        ("\u{202e}3.1 thguob\u{202c}", "\\u{202e}3.1 thguob\\u{202c}"),
        ("{\"a\": [1, 2]}", "{\"a\": [1, 2]}"),
        ("größer 📈", "größer 📈"),
    ] {
        check(|log| info!(log, "{}", message), &format!("INFO  [tester] {expected}"));
        let ours = log_with_context(message);
        check(|log| info!(ours(log), "m"), &format!("INFO  [{expected}] m"));
    }
    check(|log| info!(log, "m"; "a\nkey\u{1b}" => 1), "INFO  [tester] m a\\nkey\\u{1b}=1");
}

fn log_with_context(name: &'static str) -> impl Fn(&Logger) -> Logger {
    move |log| log.new(o!("expert_name" => name))
}

#[test]
fn fields_stand_in_the_order_they_were_given_the_context_first() {
    let log_of = |log: &Logger| log.new(o!("a" => 1, "b" => 2)).new(o!("c" => 3, "d" => 4));
    check(|log| info!(log_of(log), "m"; "e" => 5, "f" => 6), "INFO  [tester] m a=1 b=2 c=3 d=4 e=5 f=6");
}

#[test]
fn of_two_fields_of_one_name_the_nearer_one_counts() {
    let log_of = |log: &Logger| log.new(o!("a" => 1, "symbol" => "BTCUSDT")).new(o!("a" => 2));
    check(|log| info!(log_of(log), "m"), "INFO  [BTCUSDT] m a=2");
    check(|log| info!(log_of(log), "m"; "a" => 3, "symbol" => "ETHUSDT"), "INFO  [ETHUSDT] m a=3");
    check(|log| info!(log, "m"; "a" => 4, "b" => 0, "a" => 5), "INFO  [tester] m b=0 a=5");
}

#[test]
fn a_field_of_a_headers_name_gets_an_underscore() {
    check(
        |log| {
            info!(log, "m"; "timestamp" => 1, "severity" => 2, "facility" => 3, "hostname" => 4, "appname" => 5, "procid" => 6,
                "msgid" => 7, "level" => 8, "message" => 9, "simulated_time" => 10, "timestamp_x" => 11);
        },
        "INFO  [tester] m timestamp_=1 severity_=2 facility_=3 hostname_=4 appname_=5 procid_=6 msgid_=7 level_=8 message_=9 \
         simulated_time_=10 timestamp_x=11",
    );
    check(|log| info!(log, "m"; "msgid" => "kind.of.record"), "INFO  [tester] m");
}

#[test]
fn what_is_not_a_text_does_not_get_lost_where_a_text_is_usual() {
    check(|log| info!(log, "m"; "symbol" => 1, "expert_name" => 'x'), "INFO  [x] m symbol=1");
}

#[test]
fn every_kind_of_value_can_be_read() {
    check(
        |log| {
            info!(log, "m"; "u8" => u8::MAX, "i64" => i64::MIN, "u64" => u64::MAX, "i128" => i128::MIN, "f32" => 0.25_f32,
                "nan" => f64::NAN, "inf" => f64::NEG_INFINITY, "char" => 'c', "string" => String::from("s"), "some" => Some(1),
                "args" => format_args!("{}-{}", 1, 2), "debug" => ?Some("x"), "usize" => 3_usize);
        },
        "INFO  [tester] m u8=255 i64=-9223372036854775808 u64=18446744073709551615 i128=-170141183460469231731687303715884105728 \
         f32=0.25 nan=NaN inf=-inf char=c string=s some=1 args=1-2 debug=\"Some(\\\"x\\\")\" usize=3",
    );
}
