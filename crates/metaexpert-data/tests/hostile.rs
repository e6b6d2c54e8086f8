//! Nothing that a file may hold makes a reader panic, and what was written reads back as it was.
#![expect(clippy::unwrap_used, reason = "a test or benchmark that cannot be set up has failed")]

use std::io::Write;

use metaexpert_core::{Bar, Timeframe};
use metaexpert_data::{BarSeries, SyntheticSpec, read, read_bytes, write_csv, write_parquet};
use proptest::{prelude::*, sample::Index};

/// Bars on the grid of some timeframe, some of them missing, with prices of any size.
fn any_series() -> impl Strategy<Value = BarSeries> {
    let price = (1_i64..1_000_000_000, 0_i32..9).prop_map(|(mantissa, scale)| format!("{mantissa}e-{scale}").parse().unwrap());
    let row = (1_i64..4, prop::array::uniform4(price), 0_u32..1_000_000);
    (prop::sample::select(Timeframe::ALL), 0_i64..10_000, prop::collection::vec(row, 1..200)).prop_map(
        |(timeframe, start, rows)| {
            let mut time = timeframe.open_of(metaexpert_core::UnixNanos::from_nanos(1_600_000_000_000_000_000));
            time = time.saturating_add_nanos(start * timeframe.nanos());
            let bars: Vec<Bar> = rows
                .into_iter()
                .enumerate()
                .map(|(index, (skip, mut prices, volume))| {
                    // The second bar follows the first at once: the least spacing is the timeframe.
                    time = time.saturating_add_nanos(if index == 1 { 1 } else { skip } * timeframe.nanos());
                    prices.sort_by(f64::total_cmp);
                    let [low, open, close, high] = prices;
                    Bar { time, open, high, low, close, volume: f64::from(volume) / 64.0 }
                })
                .collect();
            BarSeries::new("made", &bars, timeframe).unwrap()
        },
    )
}

fn minutes() -> Vec<Bar> {
    let spec = SyntheticSpec { bars: Some(300), ..SyntheticSpec::default() };
    spec.generate(Timeframe::M1).unwrap().bars
}

/// A valid file of every format.
fn valid() -> &'static [Vec<u8>; 4] {
    static FILES: std::sync::OnceLock<[Vec<u8>; 4]> = std::sync::OnceLock::new();
    FILES.get_or_init(|| {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        write_csv(&minutes(), &path).unwrap();
        let csv = std::fs::read(&path).unwrap();
        write_parquet(&minutes(), &path).unwrap();
        let parquet = std::fs::read(&path).unwrap();
        let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        archive.start_file("bars.csv", zip::write::SimpleFileOptions::default()).unwrap();
        archive.write_all(&csv).unwrap();
        let zip = archive.finish().unwrap().into_inner();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&csv).unwrap();
        [csv, parquet, zip, gzip.finish().unwrap()]
    })
}

/// What the reader says; that it returns at all is the test.
fn load(bytes: Vec<u8>) -> Result<BarSeries, String> {
    read_bytes(bytes, "file", Timeframe::M1).map_err(|error| error.to_string())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn bars_that_were_written_are_read_as_they_were(series in any_series()) {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("file");
        for write in [write_csv, write_parquet] {
            write(&series.bars, &path).unwrap();
            let read = read(&path, series.timeframe).unwrap();
            prop_assert_eq!(&BarSeries { source: series.source.clone(), ..read }, &series);
        }
    }

    #[test]
    fn a_file_of_any_bytes_is_refused_without_a_panic(
        start in prop::sample::select(vec![&b""[..], b"PAR1", b"PK\x03\x04", b"\x1F\x8B\x08", b"timestamp,open,high,low,close,volume\n"]),
        middle in prop::collection::vec(any::<u8>(), 0..600),
        end in prop::sample::select(vec![&b""[..], b"\x10\0\0\0PAR1", b"PK\x05\x06\0\0\0\0\x01\0\x01\0\0\0\0\0\0\0\0\0\0\0"]),
    ) {
        let result = load([start, &middle, end].concat());
        prop_assert!(result.is_err());
    }

    #[test]
    fn a_line_of_any_words_is_refused_without_a_panic(text in "([0-9.,:;\"\\-eETZ\t\r\n ]|open|high|low|close|volume|timestamp){0,80}") {
        let header = "timestamp,open,high,low,close,volume\n";
        let _ = load(text.clone().into_bytes());
        let _ = load(format!("{header}{text}").into_bytes());
    }

    #[test]
    fn a_file_that_was_cut_off_is_read_without_a_panic(which in 0_usize..4, at: Index) {
        let file = &valid()[which];
        let _ = load(file[..at.index(file.len())].to_vec());
    }

    #[test]
    fn a_file_with_wrong_bytes_is_read_without_a_panic(which in 0_usize..4, changes in prop::collection::vec((any::<Index>(), any::<u8>()), 1..8)) {
        let mut file = valid()[which].clone();
        for (at, byte) in changes {
            let at = at.index(file.len());
            file[at] = byte;
        }
        if let Ok(series) = load(file) {
            // Wrong bytes may still be right prices; then they are prices that obey every rule.
            prop_assert!(BarSeries::new("again", &series.bars, series.timeframe).is_ok());
        }
    }
}
