//! `metaexpert data`: a recording becomes a file, the file says what it holds, and what is wrong is said with its line.
#![expect(clippy::unwrap_used, reason = "a test may fail by a panic")]

use std::{
    fs,
    path::Path,
    process::{Command, Output},
};

const GOOD: &[&str] = &[
    r#"1 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1000,"T":1000,"s":"BTCUSDT","U":1,"u":5,"pu":0,"b":[["10.1","2"]],"a":[]}}"#,
    r#"2 {"lastUpdateId":3,"E":1000,"T":999,"bids":[["10.1","1"],["10.0","4"]],"asks":[["10.3","5"]]}"#,
    r#"3 {"stream":"btcusdt@trade","data":{"e":"trade","E":1001,"T":1001,"s":"BTCUSDT","t":1,"p":"10.3","q":"0.5","X":"MARKET","m":false}}"#,
    r#"4 {"stream":"btcusdt@bookTicker","data":{"e":"bookTicker","u":6,"s":"BTCUSDT","b":"10.1","B":"2","a":"10.3","A":"4.5","T":1001,"E":1001}}"#,
];

/// What follows another number than the one before it.
const LOST: &str = r#"5 {"stream":"btcusdt@depth@0ms","data":{"e":"depthUpdate","E":1002,"T":1002,"s":"BTCUSDT","U":9,"u":9,"pu":8,"b":[],"a":[["10.3","4"]]}}"#;

/// Runs `metaexpert data` in a folder that holds these lines as `raw.txt`; the folder is its home too.
fn data(folder: &Path, lines: &[&str], args: &str) -> Output {
    fs::write(folder.join("raw.txt"), lines.join("\n")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_metaexpert"));
    command.arg("data").args(args.split_whitespace()).current_dir(folder);
    for variable in ["HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME"] {
        command.env(variable, folder);
    }
    command.output().unwrap()
}

fn texts(output: &Output) -> (Option<i32>, String, String) {
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (output.status.code(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn a_recording_becomes_a_file_that_says_what_it_holds() {
    let home = tempfile::tempdir().unwrap();
    let (code, out, err) = texts(&data(home.path(), GOOD, "convert raw.txt btc.parquet"));
    assert_eq!((code, err.as_str()), (Some(0), "4 messages read\n"));
    // The snapshot's three levels, and the message behind it once more.
    for line in
        ["btc.parquet\n", "book levels      4\n", "sides of quotes  2\n", "public trades    1\n", "price step       0.1\n"]
    {
        assert!(out.contains(line), "`{line}` is not in\n{out}");
    }
    let (code, json, _) = texts(&data(home.path(), GOOD, "info btc.parquet --format json"));
    let holds: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((code, &holds["levels"], &holds["first"]), (Some(0), &4.into(), &"1970-01-01T00:00:00.999Z".into()), "{json}");
}

#[test]
fn a_gap_is_told_of_with_its_line_and_numbers() {
    let home = tempfile::tempdir().unwrap();
    let lines = [GOOD, &[LOST]].concat();
    let (code, _, err) = texts(&data(home.path(), &lines, "convert raw.txt btc.parquet"));
    let gap = "warning: raw.txt: line 5: changes of the order book were lost between 5 and 8; the book is empty from there to the next \
               snapshot\n";
    assert_eq!(code, Some(0));
    assert!(err.starts_with(gap), "{err}");
}

#[test]
fn what_is_wrong_is_said_with_its_line_and_no_file_is_made() {
    for (lines, code, said) in [
        (&["nonsense"][..], 4, "error: raw.txt: line 1: there is no space between time and message\n"),
        (&[GOOD[0]], 4, "error: raw.txt: none of its 0 snapshots of the order book joins the 1 changes: the book cannot begin\n"),
        (&[], 4, "error: raw.txt: the file is empty\n"),
    ] {
        let home = tempfile::tempdir().unwrap();
        let output = texts(&data(home.path(), lines, "convert raw.txt btc.parquet"));
        assert_eq!(output, (Some(code), String::new(), said.to_owned()));
        let left: Vec<_> = fs::read_dir(home.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
        assert_eq!(left, ["raw.txt"]);
    }
}

#[test]
fn a_file_that_is_there_is_kept_unless_force_is_given() {
    let home = tempfile::tempdir().unwrap();
    fs::write(home.path().join("btc.parquet"), "mine").unwrap();
    let (code, _, err) = texts(&data(home.path(), GOOD, "convert raw.txt btc.parquet"));
    assert_eq!((code, err.as_str()), (Some(3), "error: btc.parquet is there already; `--force` writes over it\n"));
    assert_eq!(fs::read(home.path().join("btc.parquet")).unwrap(), b"mine");
    assert_eq!(texts(&data(home.path(), GOOD, "convert raw.txt btc.parquet --force")).0, Some(0));
    let (code, _, err) = texts(&data(home.path(), GOOD, "info raw.txt"));
    assert_eq!(code, Some(4));
    assert!(err.starts_with("error: raw.txt: not a file of ticks and books: "), "{err}");
}
