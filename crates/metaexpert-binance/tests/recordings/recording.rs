//! Recordings beside the repository, as what they were: frames of a stream and replies to requests, in the order they came.

use std::{
    fs::File,
    io::{BufRead, BufReader, Read},
    path::PathBuf,
};

use flate2::read::GzDecoder;
use metaexpert_binance::{Product, stream};
use metaexpert_connect::{
    Report, number, read_json,
    report::{DepthReport, LevelReport, Quote},
};
use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;
use serde::Deserialize;

/// What came.
#[derive(Clone)]
pub(crate) enum Came {
    /// A change of a book.
    Change(DepthReport<'static>),
    /// A whole book that was asked for.
    Snapshot(DepthReport<'static>),
    /// The best bid and ask.
    Quote(Quote<'static>),
}

impl Came {
    pub(crate) fn symbol(&self) -> &str {
        let symbol = match self {
            Self::Change(report) | Self::Snapshot(report) => &report.symbol,
            Self::Quote(quote) => &quote.symbol,
        };
        symbol.as_deref().unwrap_or_default()
    }
}

/// A recording of one connection.
pub(crate) struct Recording {
    pub name: &'static str,
    pub product: Product,
    pub came: Vec<Came>,
    /// Frames of the stream, and how many reports they made.
    pub frames: usize,
    pub reports: usize,
}

/// A file beside the repository: under `METAEXPERT_CAPTURES` for captures, `METAEXPERT_SHARED` for market data.
fn beside(path: &str) -> Option<PathBuf> {
    let shared = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared");
    let shared = std::env::var_os("METAEXPERT_SHARED").map_or(shared, PathBuf::from);
    let found = match (path.strip_prefix("captures/"), std::env::var_os("METAEXPERT_CAPTURES")) {
        (Some(rest), Some(captures)) => PathBuf::from(captures).join(rest),
        _ => shared.join(path),
    };
    if !found.exists() {
        println!("skipped: there is no {}", found.display());
        return None;
    }
    Some(found)
}

fn lines(path: &str) -> Option<Vec<String>> {
    let path = beside(path)?;
    let file = File::open(&path).unwrap();
    let bytes: Box<dyn Read> =
        if path.extension().is_some_and(|end| end == "gz") { Box::new(GzDecoder::new(file)) } else { Box::new(file) };
    Some(BufReader::new(bytes).lines().map(Result::unwrap).collect())
}

/// `nanoseconds json` a line: frames, and a depth snapshot among them.
pub(crate) fn of_lines(name: &'static str, product: Product, path: &str, symbol: &str) -> Option<Recording> {
    let mut recording = Recording { name, product, came: Vec::new(), frames: 0, reports: 0 };
    for line in lines(path)? {
        let (_, json) = line.split_once(' ').unwrap();
        if json.starts_with(r#"{"lastUpdateId""#) {
            recording.came.push(Came::Snapshot(snapshot(json, symbol)));
        } else {
            recording.frame(json);
        }
    }
    Some(recording)
}

/// `address -> seconds: json` for replies in one file and `seconds: json` for frames in another, joined by time.
pub(crate) fn of_logs(name: &'static str, product: Product, replies: &str, frames: &str) -> Option<Recording> {
    let mut recording = Recording { name, product, came: Vec::new(), frames: 0, reports: 0 };
    let mut all: Vec<(f64, String, Option<String>)> = Vec::new();
    for line in lines(replies)? {
        let Some((address, rest)) = line.split_once(" -> ") else { continue };
        let Some((_, symbol)) = address.split_once("symbol=") else { continue };
        let (time, json) = rest.split_once(": ").unwrap();
        let symbol = symbol.split('&').next().unwrap().to_owned();
        all.push((time.parse().unwrap(), json.to_owned(), Some(symbol)));
    }
    for line in lines(frames)? {
        let Some((time, json)) = line.split_once(": ") else { continue };
        let Ok(time) = time.parse() else { continue };
        all.push((time, json.to_owned(), None));
    }
    all.sort_by(|(a, ..), (b, ..)| a.total_cmp(b));
    for (_, json, symbol) in all {
        match symbol {
            Some(symbol) => recording.came.push(Came::Snapshot(snapshot(&json, &symbol))),
            None => recording.frame(&json),
        }
    }
    Some(recording)
}

impl Recording {
    /// Every frame is read, and makes at least one report.
    fn frame(&mut self, json: &str) {
        let reports = stream::read(self.product, json.as_bytes()).unwrap_or_else(|why| panic!("{}: {why}", self.name));
        assert!(!reports.is_empty(), "{}: {json}", self.name);
        self.frames += 1;
        self.reports += reports.len();
        for report in reports {
            match report {
                Report::Depth(depth) => self.came.push(Came::Change(owned(depth))),
                Report::Quote(quote) => {
                    let symbol = quote.symbol.map(|symbol| symbol.into_owned().into());
                    self.came.push(Came::Quote(Quote { symbol, ..quote }));
                }
                Report::Service(strange) => panic!("{}: {strange:?} of {json}", self.name),
                _ => {}
            }
        }
    }

    /// The instruments in it.
    pub(crate) fn symbols(&self) -> Vec<String> {
        let mut symbols: Vec<_> = self.came.iter().map(|came| came.symbol().to_owned()).collect();
        symbols.sort();
        symbols.dedup();
        symbols
    }
}

fn owned(report: DepthReport<'_>) -> DepthReport<'static> {
    let symbol = report.symbol.map(|symbol| symbol.into_owned().into());
    DepthReport { symbol, ..report }
}

/// The reply to `depth`, which does not name its instrument.
fn snapshot(json: &str, symbol: &str) -> DepthReport<'static> {
    #[derive(Deserialize)]
    struct Wire {
        #[serde(rename = "lastUpdateId")]
        last: u64,
        #[serde(rename = "T", default, deserialize_with = "number::optional_millis")]
        time: Option<UnixNanos>,
        bids: Vec<Level>,
        asks: Vec<Level>,
    }
    #[derive(Deserialize)]
    struct Level(#[serde(deserialize_with = "number::decimal")] Decimal, #[serde(deserialize_with = "number::float")] f64);
    let Wire { last, time, bids, asks } = read_json("depth", json.as_bytes()).unwrap();
    let levels = |side: Vec<Level>| side.into_iter().map(|Level(price, quantity)| LevelReport { price, quantity }).collect();
    let (bids, asks) = (levels(bids), levels(asks));
    let symbol = Some(symbol.to_owned().into());
    DepthReport { symbol, time, is_snapshot: true, first: None, last, previous: None, bids, asks }
}

/// The finest step that all prices of an instrument lie on: a power of ten.
pub(crate) fn tick(recording: &Recording, symbol: &str) -> Decimal {
    let reports = recording.came.iter().filter(|came| came.symbol() == symbol).filter_map(|came| match came {
        Came::Change(report) | Came::Snapshot(report) => Some(report),
        Came::Quote(_) => None,
    });
    let scale = reports.flat_map(|report| report.bids.iter().chain(&report.asks)).map(|level| level.price.normalize().scale());
    Decimal::new(1, scale.max().unwrap_or(0))
}
