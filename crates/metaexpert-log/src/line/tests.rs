//! What becomes of a record when it is collected.

use std::fmt::{self, Display, Formatter};

use slog::{BorrowedKV, OwnedKVList, Record, b, o, record_static};

use super::*;
use crate::stamp::Stamp;

/// The msgid and the fields of a record, as `name=value`, in this context.
fn collected(context: &OwnedKVList, own: BorrowedKV<'_>) -> (String, Vec<String>) {
    let mut line = Line::new();
    Collector::new().collect(
        Stamp { wall: 0, simulated: None },
        &Record::new(&record_static!(slog::Level::Info, ""), &format_args!("m"), own),
        context,
        &mut line,
    );
    (line.msgid().to_owned(), line.fields().map(|(key, value)| format!("{key}={}", shown(&line, value))).collect())
}

fn shown(line: &Line, value: &Value) -> String {
    match value {
        Value::Text(range) => line.text(range).to_owned(),
        Value::Unsigned(number) => number.to_string(),
        Value::Signed(number) => number.to_string(),
        Value::Float(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::Nothing => "-".to_owned(),
    }
}

#[track_caller]
fn check(context: impl Into<OwnedKVList>, own: BorrowedKV<'_>, expected: &str) {
    let (msgid, fields) = collected(&context.into(), own);
    assert_eq!(format!("{msgid}: {}", fields.join(" ")), expected);
}

#[test]
fn fields_stand_in_their_order_and_the_nearer_of_two_counts() {
    check(o!(), b!(), "-: ");
    check(o!("a" => 1, "b" => 2), b!("c" => 3, "d" => 4), "-: a=1 b=2 c=3 d=4");
    check(o!("a" => 1, "b" => 2), b!("c" => 3, "a" => 4), "-: b=2 c=3 a=4");
}

#[test]
fn a_msgid_is_of_the_nearest_and_visible_and_short() {
    check(o!("msgid" => "outer"), b!("a" => 1), "outer: a=1");
    check(o!("msgid" => "outer"), b!("msgid" => "own"), "own: ");
    check(o!(), b!("msgid" => "a b\n\u{e9}"), "ab: ");
    check(o!(), b!("msgid" => "0123456789012345678901234567890123456789"), "01234567890123456789012345678901: ");
    check(o!(), b!("msgid" => 5), "-: msgid_=5");
}

#[test]
fn a_secret_is_masked_whatever_the_type_of_its_value() {
    check(o!("passphrase" => "x"), b!("api_key" => 5, "secret" => true), "-: passphrase=*** api_key=*** secret=true");
    check(o!(), b!("uid" => 123_456_789_u64, "uid2" => "ok"), "-: uid=***89 uid2=ok");
    check(
        o!("account_id" => "binance:main"),
        b!("url" => "?signature=abc&x=1"),
        "-: account_id=binance:main url=?signature=***&x=1",
    );
}

#[test]
fn half_a_secret_does_not_stay_where_a_msgid_is_cut() {
    crate::register_secret("uT6.secret.of.a.test.that.is.longer.than.a.msgid");
    check(o!(), b!("msgid" => "uT6.secret.of.a.test.that.is.longer.than.a.msgid"), "***: ");
}

#[test]
fn a_value_that_fails_to_show_itself_leaves_what_it_has_shown() {
    struct Fails;
    impl Display for Fails {
        fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
            f.write_str("half")?;
            Err(fmt::Error)
        }
    }
    check(o!(), b!("a" => 1, "b" => %Fails, "c" => 3), "-: a=1 b=half c=3");
}

#[test]
fn a_line_forgets_the_record_before() {
    let mut line = Line::new();
    let mut collect = |trade: bool, simulated, fields: BorrowedKV<'_>| {
        let place = slog::RecordStatic { tag: if trade { TRADE } else { "" }, ..record_static!(slog::Level::Warning, "") };
        let stamp = Stamp { wall: 0, simulated };
        Collector::new().collect(stamp, &Record::new(&place, &format_args!("m"), fields), &o!().into(), &mut line);
        (line.trade, line.msgid().to_owned(), line.simulated_time().is_some(), line.fields().count())
    };
    assert_eq!(collect(true, Some(5), b!("msgid" => "kind", "a" => 1)), (true, "kind".into(), true, 1));
    assert_eq!(collect(true, None, b!()), (true, TRADE.into(), false, 0));
    assert_eq!(collect(false, None, b!()), (false, "-".into(), false, 0));
}
