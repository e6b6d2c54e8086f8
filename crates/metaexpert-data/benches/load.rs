//! How long a year of one-minute bars takes to be there: `cargo bench -p metaexpert-data`.
#![expect(clippy::expect_used, reason = "a test or benchmark that cannot be set up has failed")]

use divan::{Bencher, counter::BytesCount};
use metaexpert_core::Timeframe;
use metaexpert_data::{BarSeries, SyntheticSpec, read, read_bytes, write_csv, write_parquet};

fn main() {
    divan::main();
}

fn year() -> BarSeries {
    SyntheticSpec { seed: 7, ..SyntheticSpec::default() }.generate(Timeframe::M1).expect("the defaults are fine")
}

/// The year in a file, and the directory that goes away with it.
fn file(name: &str) -> (tempfile::TempDir, std::path::PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join(name);
    let bars = year().bars;
    let written = if name == "year.csv" { write_csv(&bars, &path) } else { write_parquet(&bars, &path) };
    written.expect("a writable temporary directory");
    (directory, path)
}

#[divan::bench(args = ["year.csv", "year.parquet"])]
fn read_a_year_of_minutes(bencher: Bencher<'_, '_>, name: &str) {
    let (_directory, path) = file(name);
    let size = std::fs::metadata(&path).expect("just written").len();
    bencher.counter(BytesCount::new(size)).bench(|| read(&path, Timeframe::M1));
}

#[divan::bench]
fn read_a_year_of_minutes_with_times_as_numbers(bencher: Bencher<'_, '_>) {
    use std::fmt::Write as _;
    let mut text = String::from("timestamp,open,high,low,close,volume\n");
    for bar in year().bars {
        let millis = bar.time.as_nanos() / 1_000_000;
        writeln!(text, "{millis},{},{},{},{},{}", bar.open, bar.high, bar.low, bar.close, bar.volume).expect("a string");
    }
    let text = text.into_bytes();
    bencher
        .counter(BytesCount::new(text.len()))
        .with_inputs(|| text.clone())
        .bench_values(|text| read_bytes(text, "year.csv", Timeframe::M1));
}

#[divan::bench]
fn make_a_year_of_minutes() -> BarSeries {
    year()
}

#[divan::bench]
fn write_a_year_of_minutes(bencher: Bencher<'_, '_>) {
    let bars = year().bars;
    let directory = tempfile::tempdir().expect("a temporary directory");
    bencher.bench(|| write_parquet(&bars, &directory.path().join("year.parquet")));
}
