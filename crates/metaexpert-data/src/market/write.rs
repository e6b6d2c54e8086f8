//! The writer of the project's own files of ticks and books.

use std::{
    fs::File,
    io::BufWriter,
    path::{Path, PathBuf},
    sync::Arc,
};

use parquet::{
    basic::{Compression, Encoding},
    data_type::{Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        metadata::KeyValue,
        properties::{EnabledStatistics, WriterProperties},
        writer::SerializedFileWriter,
    },
    schema::parser::parse_message_type,
};

use super::{MarketInfo, MarketRow, Tally, flag};
use crate::DataError;

/// The most decimals of a price or a quantity: ten to the power of it fits 64 bits.
pub(crate) const SCALE_MAX: u32 = 18;
/// What a file of this kind says in its metadata, with the version of its rules.
pub(super) const FORMAT: (&str, &str) = ("metaexpert.market", "1");
/// Rows in a row group: what a writer holds in memory, 10 MB.
const GROUP: usize = 1 << 18;

/// Writes rows to a file, row group by row group. Only [`finish`](Self::finish) makes it a file that can be read: it is
/// written beside its place and moved there when it is whole.
pub struct MarketWriter {
    writer: SerializedFileWriter<BufWriter<File>>,
    path: PathBuf,
    unfinished: PathBuf,
    /// It was moved to its place.
    is_whole: bool,
    price_scale: u32,
    quantity_scale: u32,
    rows: Vec<MarketRow>,
    tally: Tally,
    column: Vec<i64>,
    small: Vec<i32>,
}

impl std::fmt::Debug for MarketWriter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketWriter").field("path", &self.path).field("tally", &self.tally).finish_non_exhaustive()
    }
}

impl MarketWriter {
    /// A new file. Prices and quantities of the rows have this many decimals, at most 18.
    ///
    /// # Errors
    /// [`DataError::Io`] if it cannot be written; [`DataError::Format`] for more decimals than that.
    pub fn create(path: &Path, price_scale: u32, quantity_scale: u32) -> Result<Self, DataError> {
        let file = path.display().to_string();
        let unfinished = path.with_extension("unfinished");
        let to = File::create(&unfinished).map_err(|error| DataError::io(&unfinished.display().to_string(), &error))?;
        let writer = open(to, price_scale, quantity_scale).map_err(|error| DataError::format(&file, "parquet", error))?;
        Ok(Self {
            writer,
            path: path.to_owned(),
            unfinished,
            is_whole: false,
            price_scale,
            quantity_scale,
            rows: Vec::with_capacity(GROUP),
            tally: Tally::default(),
            column: Vec::with_capacity(GROUP),
            small: Vec::with_capacity(GROUP),
        })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// When the disk does not take it.
    pub fn push(&mut self, row: MarketRow) -> Result<(), DataError> {
        self.tally.add(&row);
        self.rows.push(row);
        if self.rows.len() == GROUP { self.flush().map_err(|error| self.failed(error)) } else { Ok(()) }
    }

    /// Writes what is left and makes the file one that can be read; what it holds.
    ///
    /// # Errors
    /// When the disk does not take it, and when there is no row.
    pub fn finish(mut self) -> Result<MarketInfo, DataError> {
        let file = self.path.display().to_string();
        let info = self.tally.info(file.clone(), self.price_scale, self.quantity_scale);
        if info.rows() == 0 {
            return Err(DataError::Empty { file });
        }
        self.flush().map_err(|error| self.failed(error))?;
        for (key, value) in super::file::facts(&info) {
            self.writer.append_key_value_metadata(KeyValue::new(key.to_owned(), value));
        }
        self.writer.finish().map_err(|error| self.failed(error))?;
        self.writer.inner().get_ref().sync_all().map_err(|error| DataError::io(&file, &error))?;
        std::fs::rename(&self.unfinished, &self.path).map_err(|error| DataError::io(&file, &error))?;
        self.is_whole = true;
        Ok(info)
    }

    fn failed(&self, error: ParquetError) -> DataError {
        DataError::format(&self.unfinished.display().to_string(), "parquet", error)
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let Self { writer, rows, column, small, .. } = self;
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = writer.next_row_group()?;
        let values: [fn(&MarketRow) -> i64; 4] =
            [|row| row.time.as_nanos(), |row| row.local_time.as_nanos(), |row| row.price, |row| row.quantity];
        for value in values {
            column.clear();
            column.extend(rows.iter().map(value));
            if let Some(mut writer) = group.next_column()? {
                writer.typed::<Int64Type>().write_batch(column, None, None)?;
                writer.close()?;
            }
        }
        let values: [fn(&MarketRow) -> i32; 2] = [|row| row.kind.code(), flags];
        for value in values {
            small.clear();
            small.extend(rows.iter().map(value));
            if let Some(mut writer) = group.next_column()? {
                writer.typed::<Int32Type>().write_batch(small, None, None)?;
                writer.close()?;
            }
        }
        group.close()?;
        rows.clear();
        Ok(())
    }
}

impl Drop for MarketWriter {
    fn drop(&mut self) {
        if !self.is_whole {
            // What is half a file is no use to anybody, and an error is on its way already.
            drop(std::fs::remove_file(&self.unfinished));
        }
    }
}

fn flags(row: &MarketRow) -> i32 {
    (if row.clears { flag::CLEARS } else { 0 }) | (if row.ends { flag::ENDS } else { 0 })
}

fn open(to: File, price_scale: u32, quantity_scale: u32) -> Result<SerializedFileWriter<BufWriter<File>>, ParquetError> {
    let too_fine = [price_scale, quantity_scale].into_iter().find(|scale| *scale > SCALE_MAX);
    if let Some(scale) = too_fine {
        return Err(ParquetError::General(format!("{scale} decimals are more than {SCALE_MAX}")));
    }
    let schema = format!(
        "message market {{
            required int64 time (TIMESTAMP(NANOS, true)); required int64 local_time (TIMESTAMP(NANOS, true));
            required int64 price (DECIMAL(18, {price_scale})); required int64 quantity (DECIMAL(18, {quantity_scale}));
            required int32 kind; required int32 flags;
        }}"
    );
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled("time".into(), false)
        .set_column_encoding("time".into(), Encoding::DELTA_BINARY_PACKED)
        .set_column_dictionary_enabled("local_time".into(), false)
        .set_column_encoding("local_time".into(), Encoding::DELTA_BINARY_PACKED)
        .build();
    SerializedFileWriter::new(BufWriter::new(to), Arc::new(parse_message_type(&schema)?), Arc::new(properties))
}
