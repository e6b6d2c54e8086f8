//! Text files: what is read, and what a user is told about what is not.
#![expect(clippy::unwrap_used, reason = "a test or benchmark that cannot be set up has failed")]

use std::io::Write;

use metaexpert_core::{Bar, Timeframe, UnixNanos};
use metaexpert_data::{BadRow, BarSeries, DataError, Place, read, read_bytes};
use proptest::prelude::*;

fn load(text: &str) -> Result<BarSeries, DataError> {
    read_bytes(text.into(), "btc.csv", Timeframe::M1)
}

/// The same two bars, however a file spells them.
#[track_caller]
fn check(text: impl Into<Vec<u8>>) {
    let series = read_bytes(text.into(), "btc.csv", Timeframe::M1).unwrap();
    let time = |text| UnixNanos::parse(text).unwrap();
    let bars = [
        Bar { time: time("2022-01-01T00:00:00Z"), open: 100.5, high: 103.0, low: 99.0, close: 102.0, volume: 7.25 },
        Bar { time: time("2022-01-01T00:05:00Z"), open: 102.0, high: 102.0, low: 101.0, close: 101.5, volume: 0.0 },
    ];
    assert_eq!((series.timeframe, series.bars.as_slice(), series.source.as_str()), (Timeframe::M5, &bars[..], "btc.csv"));
}

/// The message for a file that is refused.
#[track_caller]
fn refuse(text: &str, message: &str) {
    assert_eq!(load(text).unwrap_err().to_string(), message, "{text}");
}

const PLAIN: &str =
    "timestamp,open,high,low,close,volume\n1640995200000,100.5,103,99,102,7.25\n1640995500000,102,102,101,101.5,0\n";
const KLINES: &str = "1640995200000,100.50,103.00,99.00,102.00,7.250,1640995499999,730.0,12,3.0,300.0,0\n\
                      1640995500000,102.00,102.00,101.00,101.50,0.000,1640995799999,0,0,0,0,0\n";

#[test]
fn bars_are_read_however_a_file_spells_them() {
    check(PLAIN);
    check(PLAIN.replace('\n', "\r\n"));
    check(PLAIN.replace('\n', "\n\n"));
    check(PLAIN.trim_end());
    check(PLAIN.replace(',', ";"));
    check(PLAIN.replace(',', "\t"));
    check(PLAIN.replace(',', " , "));
    check(PLAIN.replace("102,7.25", "\"102\",\"7.25\""));
    check(format!("\u{FEFF}{PLAIN}"));
    check(PLAIN.to_uppercase());
    check(
        "Volume,note,Low,High,Close,Open,Date\n7.25,a,99,103,102,100.5,2022-01-01 00:00:00\n0,,101,102,101.5,102,2022-01-01 00:05:00\n",
    );
    check(
        "time,open,high,low,close,volume\n2022-01-01T00:00:00Z,100.5,103,99,102,7.25\n2022-01-01T01:05:00+01:00,102,102,101,101.5,0\n",
    );
    for zeros in ["", "000000", "000000000"] {
        check(
            PLAIN
                .replace("00000,", &format!("00{zeros},"))
                .replace("64099520000,", "640995200,")
                .replace("64099550000,", "640995500,"),
        );
    }
}

#[test]
fn kline_files_of_binance_are_read_with_and_without_their_header() {
    check(KLINES);
    check(format!(
        "open_time,open,high,low,close,volume,close_time,quote_volume,count,taker_buy_volume,taker_buy_quote_volume,ignore\n{KLINES}"
    ));
    check(format!("Open time,Open,High,Low,Close,Volume,Close time,Quote asset volume,Trades,a,b,Ignore\n{KLINES}"));
}

fn zipped(files: &[(&str, &str)]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        archive.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn zipped_and_gzipped_text_is_read_whatever_it_is_called() {
    check(zipped(&[("BTCUSDT-5m-2022-01.csv", KLINES)]));
    check(zipped(&[("btc.zip", PLAIN)])); // as pandas calls the file in it
    check(zipped(&[("CHECKSUM", "abc"), ("data/BTCUSDT.CSV", KLINES), ("__MACOSX/data/._BTCUSDT.csv", "x")]));
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(PLAIN.as_bytes()).unwrap();
    check(gzip.finish().unwrap());
}

#[test]
fn an_error_inside_an_archive_names_the_file_in_it() {
    let error = |files: &[(&str, &str)]| read_bytes(zipped(files), "btc.zip", Timeframe::M1).unwrap_err().to_string();
    let broken = KLINES.replace("103.00", "98");
    assert_eq!(error(&[("klines.csv", &broken)]), "btc.zip: klines.csv: line 1: low: `99` is above high `98`");
    assert_eq!(
        error(&[("a.csv", KLINES), ("b.csv", KLINES)]),
        "btc.zip: not a bar file: the archive holds 2 .csv files, not one"
    );
    assert_eq!(error(&[]), "btc.zip: not a bar file: the archive holds no .csv file");
    assert_eq!(error(&[("a.json", "1"), ("b.json", "1")]), "btc.zip: not a bar file: the archive holds no .csv file");
}

#[test]
fn a_bad_row_is_named_by_line_column_value_and_rule() {
    for (row, message) in [
        ("1640995500000,102,102,101,,0", "close: `` is not a number"),
        ("1640995500000,102,102,n/a,101,0", "low: `n/a` is not a number"),
        ("1640995500000,102,inf,101,101,0", "high: `inf` is not finite"),
        ("1640995500000,NaN,102,101,101,0", "open: `NaN` is not a number"),
        ("1640995500000,-102,102,101,101,0", "open: `-102` is not above zero"),
        ("1640995500000,102,102,0,101,0", "low: `0` is not above zero"),
        ("1640995500000,1e14,1e14,1e14,1e14,0", "open: `100000000000000` is not a price from 1e-13 to 1e13"),
        ("1640995500000,102,102,101,101,-1", "volume: `-1` is below zero"),
        ("1640995500000,102,100,101,101,0", "low: `101` is above high `100`"),
        ("1640995500000,102,101.5,101,101,0", "high: `101.5` is below open `102`"),
        ("1640995500000,101,102,101,103,0", "high: `102` is below close `103`"),
        ("1640995500000,101,103,101.5,102,0", "low: `101.5` is above open `101`"),
        ("1640995500000,102,103,101.5,101,0", "low: `101.5` is above close `101`"),
        ("1640995200000,102,102,101,101,0", "timestamp: `2022-01-01T00:00:00Z` is the time of the bar before it too"),
        (
            "1640995140000,102,102,101,101,0",
            "timestamp: `2021-12-31T23:59:00Z` is before `2022-01-01T00:00:00Z`, the time of the bar before it",
        ),
        (
            "yesterday,102,102,101,101,0",
            "timestamp: `yesterday` is not a time: seconds, milliseconds, microseconds or nanoseconds since 1970, or RFC 3339",
        ),
        ("1640995500,102,102,101,101,0", "timestamp: `1640995500` is a time in seconds, but the file's first is in milliseconds"),
        ("1640995500000,102,102,101,101", "columns: `5` is the number of columns here, but the first line has 6"),
        ("1640995500000,102,102,101,101,0,7", "columns: `7` is the number of columns here, but the first line has 6"),
    ] {
        let text = format!("timestamp,open,high,low,close,volume\n1640995200000,100.5,103,99,102,7.25\n\n{row}\n");
        refuse(&text, &format!("btc.csv: line 4: {message}"));
        let text = text.replace('\n', "\r\n");
        refuse(&text, &format!("btc.csv: line 4: {message}"));
    }
}

#[test]
fn bars_that_lie_on_no_grid_are_refused_at_their_line() {
    let minutes = |minutes: &[&str]| {
        let rows = minutes.iter().map(|minute| format!("2022-01-01 00:{minute},1,1,1,1,1\n"));
        format!("date,open,high,low,close,volume\n{}", rows.collect::<String>())
    };
    refuse(
        &minutes(&["00:00", "07:00", "14:00"]),
        "btc.csv: line 3: this bar opens 7 min after the one before it, and 7 min is no timeframe; the nearest is `5m`",
    );
    refuse(
        &minutes(&["00:00", "01:00", "02:30", "03:30"]),
        "btc.csv: line 4: date: `2022-01-01T00:02:30Z` opens 90 s after the bar before it, while bars are 1m apart: they overlap or are off the grid",
    );
    refuse(
        &minutes(&["00:17", "01:17"]),
        "btc.csv: line 2: date: `2022-01-01T00:00:17Z` is not the opening time of a 1m bar; the one it falls into opens at `2022-01-01T00:00:00Z`",
    );
}

#[test]
fn what_is_no_file_of_bars_is_said() {
    refuse("", "btc.csv: the file is empty");
    refuse("\n\n", "btc.csv: the file is empty");
    refuse("timestamp,open,high,low,close,volume\n", "btc.csv: there is a header and no bar below it");
    refuse("a\0b", "btc.csv: not a bar file: it is neither text nor Parquet, zip or gzip");
    refuse(
        "1640995200000,100,1.5,150,1640995200001,true\n",
        "btc.csv: not a bar file: its first line is no header, and has 6 columns where a Binance kline file has 12: `1640995200000,100,1.5,150,1640995200001,true`",
    );
    refuse(
        "{\"a\": [1]}\n",
        "btc.csv: not a bar file: it has no column open, high, low or close; its columns are `{\"a\": [1]}`",
    );
    refuse(
        "timestamp,opne,high,low,close,volume\n",
        "btc.csv: there is no column `open`; the nearest is `opne`; the columns are `timestamp`, `opne`, `high`, `low`, `close`, `volume`",
    );
    let directory = tempfile::tempdir().unwrap();
    let error = read(directory.path(), Timeframe::M1).unwrap_err().to_string();
    assert_eq!(error, format!("{}: is a directory, not a file", directory.path().display()));
}

#[test]
fn gaps_are_counted_and_listed() {
    let series =
        load("date,open,high,low,close,volume\n2022-01-01,1,1,1,1,1\n2022-01-02,1,1,1,1,1\n2022-01-05,1,1,1,1,1\n").unwrap();
    assert_eq!((series.timeframe, series.missing(), series.gaps.len()), (Timeframe::D1, 2, 1));
    assert_eq!(series.gaps[0].after.to_string(), "2022-01-02T00:00:00Z");
}

#[test]
fn a_single_bar_has_the_timeframe_that_the_caller_expects() {
    let text = "date,open,high,low,close,volume\n2022-01-01,1,1,1,1,1\n";
    assert_eq!(read_bytes(text.into(), "one.csv", Timeframe::H4).unwrap().timeframe, Timeframe::H4);
}

proptest! {
    #[test]
    fn every_corrupted_row_is_refused_at_its_line(rows in 3_usize..60, at: prop::sample::Index, kind in 0_usize..12) {
        let row = |minute: usize| vec![
            (1_640_995_200 + 60 * minute).to_string(), "100".into(), "110".into(), "90".into(), "105".into(), "1".into(),
        ];
        let mut table: Vec<Vec<String>> = (0..rows).map(row).collect();
        let at = 1 + at.index(rows - 1);
        let (cells, column): (&[(usize, &str)], &str) = match kind {
            0 => (&[(1, "x")], "open"),
            1 => (&[(2, "")], "high"),
            2 => (&[(3, "-90")], "low"),
            3 => (&[(4, "inf")], "close"),
            4 => (&[(5, "nan")], "volume"),
            5 => (&[(2, "89")], "low"),
            6 => (&[(2, "104")], "high"),
            7 => (&[(3, "101")], "low"),
            8 => (&[(0, "never")], "timestamp"),
            9 => (&[(0, "1640995200000")], "timestamp"),
            10 => (&[(0, "1640995199")], "timestamp"),
            _ => (&[], "columns"),
        };
        for (index, cell) in cells {
            table[at][*index] = (*cell).to_owned();
        }
        if cells.is_empty() {
            table[at].pop();
        }
        let text: String = table.iter().map(|row| row.join(",") + "\n").collect();
        let error = load(&format!("timestamp,open,high,low,close,volume\n{text}"));
        let Err(DataError::BadRow(bad)) = error else { panic!("{error:?}") };
        let BadRow { place, column: named, .. } = *bad;
        prop_assert_eq!((place, named.as_str()), (Place::Line(at as u64 + 2), column));
    }
}
