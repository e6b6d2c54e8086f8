//! The way back: bars to files that [`read`](fn@crate::read) reads.

use std::{
    io::{self, Write},
    path::Path,
    sync::Arc,
};

use metaexpert_core::Bar;
use parquet::{
    basic::{Compression, Encoding},
    data_type::{DoubleType, Int64Type},
    errors::ParquetError,
    file::{
        properties::{EnabledStatistics, WriterProperties},
        writer::{SerializedFileWriter, SerializedRowGroupWriter},
    },
    schema::parser::parse_message_type,
};

use crate::DataError;

/// Writes bars as CSV: a header, times in RFC 3339, numbers as short as they can be without losing a digit.
///
/// # Errors
/// [`DataError::Io`] if the file cannot be written.
pub fn write_csv(bars: &[Bar], path: &Path) -> Result<(), DataError> {
    let file = path.display().to_string();
    let text = csv_text(bars).map_err(|error| DataError::io(&file, &error))?;
    std::fs::write(path, text).map_err(|error| DataError::io(&file, &error))
}

/// Writes bars as Parquet: a third of the size of CSV, and read four times as fast.
///
/// Times are UTC microseconds (a fraction of one is cut off), numbers doubles; compressed with Snappy, which every reader
/// of Parquet has, with the least and greatest value of each column in each of its parts.
///
/// # Errors
/// [`DataError::Io`] if the file cannot be written.
///
/// ```
/// use metaexpert_core::Timeframe;
/// use metaexpert_data::{Source, read, write_parquet};
/// let bars = Source::parse("synthetic:seed=1,bars=1000").unwrap().load(Timeframe::M1).unwrap().bars;
/// let directory = tempfile::tempdir().unwrap();
/// let path = directory.path().join("bars.parquet");
/// write_parquet(&bars, &path).unwrap();
/// assert_eq!(read(&path, Timeframe::M1).unwrap().bars, bars);
/// ```
pub fn write_parquet(bars: &[Bar], path: &Path) -> Result<(), DataError> {
    let file = path.display().to_string();
    let bytes = parquet_bytes(bars).map_err(|error| DataError::format(&file, "parquet", error))?;
    std::fs::write(path, bytes).map_err(|error| DataError::io(&file, &error))
}

/// The text of [`write_csv`].
///
/// # Errors
/// None: memory takes what it is given.
pub fn csv_text(bars: &[Bar]) -> io::Result<Vec<u8>> {
    const LINE: usize = 72; // about as long as one is
    let mut text = Vec::with_capacity(bars.len() * LINE);
    writeln!(text, "timestamp,open,high,low,close,volume")?;
    for Bar { time, open, high, low, close, volume } in bars {
        writeln!(text, "{time},{open},{high},{low},{close},{volume}")?;
    }
    Ok(text)
}

const SCHEMA: &str = "message bars {
    required int64 timestamp (TIMESTAMP(MICROS, true));
    required double open; required double high; required double low; required double close; required double volume;
}";
/// Bars in a row group: the part of a file that a reader holds in memory at once, 6 MB.
const GROUP: usize = 1 << 17;

pub(crate) fn parquet_bytes(bars: &[Bar]) -> Result<Vec<u8>, ParquetError> {
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled("timestamp".into(), false)
        .set_column_encoding("timestamp".into(), Encoding::DELTA_BINARY_PACKED)
        .build();
    let mut writer = SerializedFileWriter::new(Vec::new(), Arc::new(parse_message_type(SCHEMA)?), Arc::new(properties))?;
    for bars in bars.chunks(GROUP) {
        let mut group = writer.next_row_group()?;
        let times: Vec<i64> = bars.iter().map(|bar| bar.time.as_nanos().div_euclid(1_000)).collect();
        if let Some(mut column) = group.next_column()? {
            column.typed::<Int64Type>().write_batch(&times, None, None)?;
            column.close()?;
        }
        let values: [fn(&Bar) -> f64; 5] = [|bar| bar.open, |bar| bar.high, |bar| bar.low, |bar| bar.close, |bar| bar.volume];
        for value in values {
            write_doubles(&mut group, &bars.iter().map(value).collect::<Vec<_>>())?;
        }
        group.close()?;
    }
    writer.into_inner()
}

fn write_doubles<W: Write + Send>(group: &mut SerializedRowGroupWriter<'_, W>, values: &[f64]) -> Result<(), ParquetError> {
    if let Some(mut column) = group.next_column()? {
        column.typed::<DoubleType>().write_batch(values, None, None)?;
        column.close()?;
    }
    Ok(())
}
