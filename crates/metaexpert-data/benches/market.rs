//! How fast ticks and books are read: a recording, the project's own file of it, and plain records of the same rows, which is what
//! Parquet was chosen over. Recorded data lies beside the repository; without it, a made-up market of the same size is taken.
//! Run with `cargo bench -p metaexpert-data --bench market`.
#![expect(clippy::print_stdout, reason = "says what was skipped and how large the files are")]
#![expect(clippy::expect_used, reason = "a test or benchmark that cannot be set up has failed")]

use std::path::{Path, PathBuf};

use divan::{Bencher, counter::ItemsCount};
use metaexpert_core::UnixNanos;
use metaexpert_data::{KeptRows, MarketFile, MarketRow, MarketRows, MarketWriter, Recording, RowKind, convert};

fn main() {
    divan::main();
}

fn recording() -> Option<PathBuf> {
    let shared = std::env::var_os("METAEXPERT_SHARED")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"), PathBuf::from);
    Some(shared.join("market-data/binance-usdm-btcusdt-2024-08-08.raw.gz")).filter(|path| path.exists())
}

/// The file that the benchmarks read, in a directory that goes away with it.
fn file() -> (tempfile::TempDir, PathBuf) {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let path = directory.path().join("market.parquet");
    match recording() {
        Some(recording) => drop(convert(&recording, &path).expect("a recording")),
        None => made_up(&path),
    }
    (directory, path)
}

fn made_up(path: &Path) {
    let mut writer = MarketWriter::create(path, 8, 8).expect("a writable temporary directory");
    for index in 0..500_000_i64 {
        let time = UnixNanos::from_nanos(1_723_161_256_000_000_000 + index * 700_000);
        let (kind, price) = if index % 2 == 0 { (RowKind::Bid, 618_000) } else { (RowKind::Ask, 618_001) };
        let price = (price + (index * 7_919 % 1_000 - 500)) * 10_000_000;
        let row =
            MarketRow { time, local_time: time, kind, price, quantity: index % 97 * 100_000, clears: index == 0, ends: true };
        writer.push(row).expect("a writable temporary directory");
    }
    writer.finish().expect("a writable temporary directory");
}

fn count(mut rows: impl MarketRows) -> (u64, i64) {
    let (mut batch, mut count, mut sum) = (Vec::new(), 0, 0_i64);
    loop {
        rows.read(&mut batch).expect("a good file");
        if batch.is_empty() {
            return (count, sum);
        }
        count += batch.len() as u64;
        sum = batch.iter().fold(sum, |sum, row| sum.wrapping_add(row.price ^ row.quantity));
    }
}

#[divan::bench]
fn rows_from_parquet(bencher: Bencher<'_, '_>) {
    let (_directory, path) = file();
    let rows = MarketFile::open(&path).expect("just written").info().rows();
    bencher.counter(ItemsCount::new(rows)).bench(|| count(MarketFile::open(&path).expect("just written")));
}

#[divan::bench]
fn rows_from_memory(bencher: Bencher<'_, '_>) {
    let (_directory, path) = file();
    let rows = KeptRows::from_source(MarketFile::open(&path).expect("just written")).expect("just written");
    bencher.counter(ItemsCount::new(rows.info().rows())).bench(|| count(rows.clone()));
}

/// 34 bytes a row, as they would stand in a file of plain records; with the same checks.
#[divan::bench]
fn rows_from_plain_records(bencher: Bencher<'_, '_>) {
    use std::io::{BufReader, Read};
    let (directory, path) = file();
    let rows = KeptRows::from_source(MarketFile::open(&path).expect("just written")).expect("just written");
    let mut bytes = Vec::new();
    for row in rows.rows() {
        for number in [row.time.as_nanos(), row.local_time.as_nanos(), row.price, row.quantity] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend([row.kind as u8, u8::from(row.clears) | u8::from(row.ends) << 1]);
    }
    let plain = directory.path().join("market.bin");
    std::fs::write(&plain, &bytes).expect("a writable temporary directory");
    println!("plain {} bytes, parquet {} bytes", bytes.len(), std::fs::metadata(&path).expect("just written").len());
    bencher.counter(ItemsCount::new(rows.rows().len())).bench(|| {
        let mut file = BufReader::with_capacity(1 << 16, std::fs::File::open(&plain).expect("just written"));
        let (mut record, mut count, mut sum, mut last) = ([0; 34], 0_u64, 0_i64, i64::MIN);
        while file.read_exact(&mut record).is_ok() {
            let number = |at: usize| {
                let bytes = record.get(at..at + 8).and_then(|bytes| bytes.try_into().ok());
                i64::from_le_bytes(bytes.expect("eight bytes"))
            };
            let (time, price, quantity) = (number(0), number(16), number(24));
            assert!(time >= last && price >= 0 && quantity >= 0 && record.get(32).is_some_and(|kind| *kind < 6));
            last = time;
            count += 1;
            sum = sum.wrapping_add(price ^ quantity);
        }
        (count, sum)
    });
}

#[divan::bench(sample_count = 10)]
fn messages_of_a_recording(bencher: Bencher<'_, '_>) {
    let Some(path) = recording() else {
        println!("skipped: there is no recording");
        return;
    };
    let messages = || {
        let mut recording = Recording::open(&path).expect("a recording");
        std::iter::from_fn(|| recording.read().expect("a recording")).count()
    };
    bencher.counter(ItemsCount::new(messages())).bench(messages);
}
