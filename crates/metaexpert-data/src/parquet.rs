//! Bars from Parquet: column by column out of the file, row by row through the same rules as text.
//!
//! All six columns are read side by side, a few thousand rows at a time, so that memory stays small and the rows are
//! still in the cache when they are checked.

use std::panic::{AssertUnwindSafe, catch_unwind};

use bytes::Bytes;
use metaexpert_core::{Timeframe, UnixNanos};
use parquet::{
    basic::Compression,
    errors::ParquetError,
    file::{
        metadata::ParquetMetaData,
        reader::{FileReader, RowGroupReader},
        serialized_reader::SerializedFileReader,
    },
};

use crate::{
    BarSeries, DataError,
    columns::Columns,
    error::{Place, Rule},
    rows::{Column, Origin, Refusal, Rows},
};

mod numbers; // prices and volumes, in any of their types
mod times; // and times in theirs
mod typed; // a column of one type

/// Rows read at a time: 48 bytes each, so that they fit into the second-level cache.
const BATCH: usize = 4096;

/// Reads the bars of a Parquet file that is called `file` in messages.
pub(crate) fn read(bytes: Vec<u8>, file: &str, default: Timeframe) -> Result<BarSeries, DataError> {
    // The `parquet` crate checks much, but a damaged file can still make it panic (index out of range, a length that
    // overflows). To a user that is a damaged file like any other. Nothing that is shared survives the closure.
    let result = catch_unwind(AssertUnwindSafe(|| read_unguarded(bytes, file, default)));
    result.unwrap_or_else(|_| Err(DataError::format(file, "parquet", "the file is damaged")))
}

fn read_unguarded(bytes: Vec<u8>, file: &str, default: Timeframe) -> Result<BarSeries, DataError> {
    let bad = |error: ParquetError| DataError::format(file, "parquet", reason(error));
    let size = bytes.len();
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(bad)?;
    let columns = Columns::find(file, &headers(reader.metadata()))?;
    let place = |index| Place::Row(u64::try_from(index).map_or(u64::MAX, |index| index + 1));
    let origin = Origin { name: file, time_column: &columns.time_name, place: &place };

    // What the file says about its length is not to be trusted with memory.
    let promised = usize::try_from(reader.metadata().file_metadata().num_rows()).unwrap_or(0);
    let mut rows = Rows::with_capacity(promised.min(size / 8));
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index).map_err(bad)?;
        let read: Vec<usize> = columns.values.iter().chain([&columns.time]).copied().collect();
        check_compression(group.as_ref(), &read).map_err(|reason| DataError::format(file, "parquet", reason))?;
        let first = rows.len();
        read_group(group.as_ref(), &columns, &mut rows).map_err(|trouble| match trouble {
            Trouble::Parquet(error) => bad(error),
            Trouble::Row { ahead, refusal } => origin.refuse(rows.len() + ahead, refusal),
        })?;
        if i64::try_from(rows.len() - first).ok() != Some(group.metadata().num_rows()) {
            return Err(DataError::format(file, "parquet", "it has fewer rows than it says"));
        }
    }
    rows.finish(&origin, default)
}

/// A time and some numbers.
pub(crate) type NumberRow = (UnixNanos, Vec<f64>);
/// Finds by the headers where the time stands, and where which number does.
pub(crate) type FindNumbers<'a> = dyn Fn(&[String]) -> Result<(usize, Vec<(Column, usize)>), DataError> + 'a;

/// Reads a time and some numbers of each row of a Parquet file that is called `file` in messages. `find` names the column of the
/// time, and those of the numbers; `refuse` makes an error of the row with this index.
pub(crate) fn read_numbers(
    bytes: Vec<u8>,
    file: &str,
    find: &FindNumbers<'_>,
    refuse: &dyn Fn(usize, Refusal) -> DataError,
) -> Result<Vec<NumberRow>, DataError> {
    let result = catch_unwind(AssertUnwindSafe(|| read_numbers_unguarded(bytes, file, find, refuse)));
    result.unwrap_or_else(|_| Err(DataError::format(file, "parquet", "the file is damaged")))
}

fn read_numbers_unguarded(
    bytes: Vec<u8>,
    file: &str,
    find: &FindNumbers<'_>,
    refuse: &dyn Fn(usize, Refusal) -> DataError,
) -> Result<Vec<NumberRow>, DataError> {
    let bad = |error: ParquetError| DataError::format(file, "parquet", reason(error));
    let reader = SerializedFileReader::new(Bytes::from(bytes)).map_err(bad)?;
    let (time, numbers) = find(&headers(reader.metadata()))?;
    let mut rows = Vec::new();
    for index in 0..reader.num_row_groups() {
        let group = reader.get_row_group(index).map_err(bad)?;
        let columns: Vec<usize> = numbers.iter().map(|(_, index)| *index).chain([time]).collect();
        check_compression(group.as_ref(), &columns).map_err(|reason| DataError::format(file, "parquet", reason))?;
        read_number_group(group.as_ref(), time, &numbers, &mut rows).map_err(|trouble| match trouble {
            Trouble::Parquet(error) => bad(error),
            // Rows of this batch that came before it are in already, with what was read of them.
            Trouble::Row { ahead, refusal } => refuse(whole(&rows, numbers.len()) + ahead, refusal),
        })?;
    }
    Ok(rows)
}

/// How many rows are whole.
fn whole(rows: &[NumberRow], numbers: usize) -> usize {
    rows.partition_point(|(_, row)| row.len() == numbers)
}

fn read_number_group(
    group: &dyn RowGroupReader,
    time: usize,
    numbers: &[(Column, usize)],
    rows: &mut Vec<NumberRow>,
) -> Result<(), Trouble> {
    let open = |index: usize| {
        let column = group.metadata().column(index).column_descr_ptr();
        group.get_column_reader(index).map(|reader| (column, reader))
    };
    let (description, reader) = open(time)?;
    let mut times = times::Reader::new(&description, reader)?;
    let mut readers = Vec::with_capacity(numbers.len());
    for (column, index) in numbers {
        let (description, reader) = open(*index)?;
        readers.push((*column, numbers::Reader::new(*column, &description, reader)?));
    }
    let (mut time, mut batch) = (Vec::with_capacity(BATCH), Vec::with_capacity(BATCH));
    loop {
        times.read(&mut time)?;
        if time.is_empty() {
            return Ok(());
        }
        let first = rows.len();
        rows.extend(time.iter().map(|time| (*time, Vec::with_capacity(numbers.len()))));
        for (column, reader) in &mut readers {
            reader.read(*column, &mut batch)?;
            if batch.len() != time.len() {
                return Err(Trouble::Parquet(ParquetError::General("its columns are of different lengths".to_owned())));
            }
            rows.iter_mut().skip(first).zip(&batch).for_each(|((_, row), value)| row.push(*value));
        }
    }
}

/// The names of all columns; parts of a nested one are `outer.inner`, which no column of a bar is called.
fn headers(metadata: &ParquetMetaData) -> Vec<String> {
    let columns = metadata.file_metadata().schema_descr().columns();
    columns
        .iter()
        .map(|column| if column.max_rep_level() == 0 { column.path().string() } else { format!("{}[]", column.path()) })
        .collect()
}

fn reason(error: ParquetError) -> String {
    match error {
        ParquetError::General(reason) | ParquetError::NYI(reason) | ParquetError::EOF(reason) => reason,
        other => other.to_string(),
    }
}

/// Whether this build reads what the columns are compressed with.
fn check_compression(group: &dyn RowGroupReader, columns: &[usize]) -> Result<(), String> {
    let unread =
        columns.iter().map(|index| group.metadata().column(*index).compression()).find(|compression| match compression {
            Compression::UNCOMPRESSED | Compression::SNAPPY | Compression::GZIP(_) => false,
            Compression::ZSTD(_) => cfg!(not(feature = "zstd")),
            Compression::BROTLI(_) | Compression::LZ4 | Compression::LZ4_RAW | Compression::LZO => true,
        });
    unread.map_or(Ok(()), |compression| {
        let name = compression.to_string().to_lowercase();
        let name = name.split('(').next().unwrap_or_default();
        let instead = match compression {
            Compression::ZSTD(_) => "turn on the feature `zstd` of the crate `metaexpert`, or write it with snappy or gzip",
            _ => "write it with snappy or gzip",
        };
        Err(format!("it is compressed with {name}, which this build does not read; {instead}"))
    })
}

/// Why rows could not be read.
enum Trouble {
    Parquet(ParquetError),
    /// The row so many after those that were taken already.
    Row {
        ahead: usize,
        refusal: Refusal,
    },
}

impl From<ParquetError> for Trouble {
    fn from(error: ParquetError) -> Self {
        Self::Parquet(error)
    }
}

fn read_group(group: &dyn RowGroupReader, columns: &Columns, rows: &mut Rows) -> Result<(), Trouble> {
    let open = |index: usize| {
        let column = group.metadata().column(index).column_descr_ptr();
        group.get_column_reader(index).map(|reader| (column, reader))
    };
    let (column, reader) = open(columns.time)?;
    let mut times = times::Reader::new(&column, reader)?;
    let mut values = Vec::with_capacity(columns.values.len());
    for (index, column) in columns.values.into_iter().zip(Column::VALUES) {
        let (description, reader) = open(index)?;
        values.push((column, numbers::Reader::new(column, &description, reader)?));
    }
    let mut time = Vec::with_capacity(BATCH);
    let mut batch: [Vec<f64>; 5] = std::array::from_fn(|_| Vec::with_capacity(BATCH));
    loop {
        times.read(&mut time)?;
        for ((column, reader), batch) in values.iter_mut().zip(&mut batch) {
            reader.read(*column, batch)?;
            if batch.len() != time.len() {
                return Err(Trouble::Parquet(ParquetError::General("its columns are of different lengths".to_owned())));
            }
        }
        if time.is_empty() {
            return Ok(());
        }
        push_all(&time, &batch, rows)?;
    }
}

fn push_all(time: &[UnixNanos], [open, high, low, close, volume]: &[Vec<f64>; 5], rows: &mut Rows) -> Result<(), Trouble> {
    let prices = open.iter().zip(high).zip(low).zip(close).zip(volume);
    for (time, ((((open, high), low), close), volume)) in time.iter().zip(prices) {
        rows.push(*time, [*open, *high, *low, *close, *volume]).map_err(|refusal| Trouble::Row { ahead: 0, refusal })?;
    }
    Ok(())
}

fn unfit(column: Column, kind: impl std::fmt::Display) -> Trouble {
    let what = if column == Column::Time { "times" } else { "numbers" };
    Trouble::Parquet(ParquetError::General(format!("column `{}` is of type {kind}, which holds no {what}", column.name())))
}

fn null(column: Column, ahead: usize) -> Trouble {
    Trouble::Row {
        ahead,
        refusal: Refusal::new(column, &"null", if column == Column::Time { Rule::NotATime } else { Rule::NotANumber }),
    }
}
