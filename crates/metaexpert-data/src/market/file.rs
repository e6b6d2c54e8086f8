//! The reader of the project's own files of ticks and books: a batch of rows at a time, each held against the rules.

use std::{
    fs::File,
    io::Read,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

use metaexpert_core::UnixNanos;
use parquet::{
    column::reader::{ColumnReader, ColumnReaderImpl},
    data_type::{DataType, Int32Type, Int64Type},
    errors::ParquetError,
    file::{
        reader::{FileReader, RowGroupReader},
        serialized_reader::SerializedFileReader,
    },
};

use super::{
    MarketInfo, MarketRow, MarketRows, RowKind, flag,
    write::{FORMAT, SCALE_MAX},
};
use crate::{
    DataError,
    error::{BadRow, Place, Rule},
};

/// Rows read at a time: 40 bytes each, so that they stay in the second-level cache.
const BATCH: usize = 4096;
const COLUMNS: [&str; 6] = ["time", "local_time", "price", "quantity", "kind", "flags"];

/// A file of ticks and books that is being read. Memory does not grow with the file.
pub struct MarketFile {
    reader: SerializedFileReader<File>,
    info: MarketInfo,
    group: Option<Group>,
    next_group: usize,
    rows_read: u64,
    last: UnixNanos,
}

/// The columns of one row group, read side by side.
struct Group {
    long: [Column<Int64Type>; 4],
    short: [Column<Int32Type>; 2],
    left: i64,
}

struct Column<T: DataType> {
    reader: ColumnReaderImpl<T>,
    values: Vec<T::T>,
}

impl std::fmt::Debug for MarketFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MarketFile").field("info", &self.info).field("rows_read", &self.rows_read).finish_non_exhaustive()
    }
}

impl MarketFile {
    /// Opens a file that [`MarketWriter`](super::MarketWriter) has written, and reads what it says of itself.
    ///
    /// # Errors
    /// When it cannot be opened, and when it is no such file.
    pub fn open(path: &Path) -> Result<Self, DataError> {
        let name = path.display().to_string();
        if path.is_dir() {
            return Err(DataError::Io { file: name, reason: "is a directory, not a file".to_owned() });
        }
        let mut file = File::open(path).map_err(|error| DataError::io(&name, &error))?;
        let mut magic = [0; 4];
        if file.read_exact(&mut magic).is_err() || magic != *b"PAR1" {
            let reason = "it is not Parquet; `metaexpert data convert` makes such a file from a recording".to_owned();
            return Err(DataError::NotMarket { file: name, reason });
        }
        let (reader, info) = guarded(&name, || {
            let reader = SerializedFileReader::new(file).map_err(|error| bad(&name, error))?;
            let info = info_of(&reader, &name)?;
            Ok((reader, info))
        })?;
        Ok(Self { reader, info, group: None, next_group: 0, rows_read: 0, last: UnixNanos::MIN })
    }

    fn read_batch(&mut self, rows: &mut Vec<MarketRow>) -> Result<(), DataError> {
        rows.clear();
        while rows.is_empty() {
            let Some(group) = &mut self.group else {
                if self.next_group == self.reader.num_row_groups() {
                    return Ok(());
                }
                let group = self.reader.get_row_group(self.next_group).and_then(|group| Group::open(group.as_ref()));
                self.group = Some(group.map_err(|error| bad(&self.info.source, error))?);
                self.next_group += 1;
                continue;
            };
            let count = group.read().map_err(|error| bad(&self.info.source, error))?;
            if count == 0 {
                if group.left != 0 {
                    return Err(DataError::format(&self.info.source, "parquet", "it has fewer rows than it says"));
                }
                self.group = None;
                continue;
            }
            let checked = group.rows(&mut self.last, rows);
            checked.map_err(|(column, value, rule)| {
                let row = self.rows_read + u64::try_from(rows.len()).unwrap_or(u64::MAX) + 1;
                let (file, column) = (self.info.source.clone(), column.to_owned());
                DataError::from(Box::new(BadRow { file, place: Place::Row(row), column, value, rule }))
            })?;
            self.rows_read += u64::try_from(count).unwrap_or(u64::MAX);
        }
        Ok(())
    }
}

impl MarketRows for MarketFile {
    fn info(&self) -> &MarketInfo {
        &self.info
    }

    fn read(&mut self, rows: &mut Vec<MarketRow>) -> Result<(), DataError> {
        let name = self.info.source.clone();
        guarded(&name, || self.read_batch(rows))
    }
}

/// The `parquet` crate checks much, but a damaged file can still make it panic. To a user that is a damaged file like any other.
fn guarded<T>(file: &str, read: impl FnOnce() -> Result<T, DataError>) -> Result<T, DataError> {
    catch_unwind(AssertUnwindSafe(read)).unwrap_or_else(|_| Err(DataError::format(file, "parquet", "the file is damaged")))
}

fn bad(file: &str, error: ParquetError) -> DataError {
    let reason = match error {
        ParquetError::General(reason) | ParquetError::NYI(reason) | ParquetError::EOF(reason) => reason,
        other => other.to_string(),
    };
    DataError::format(file, "parquet", reason)
}

impl Group {
    fn open(group: &dyn RowGroupReader) -> Result<Self, ParquetError> {
        let long = |index: usize| match group.get_column_reader(index)? {
            ColumnReader::Int64ColumnReader(reader) => Ok(Column { reader, values: Vec::with_capacity(BATCH) }),
            _ => Err(unfit(index)),
        };
        let short = |index: usize| match group.get_column_reader(index)? {
            ColumnReader::Int32ColumnReader(reader) => Ok(Column { reader, values: Vec::with_capacity(BATCH) }),
            _ => Err(unfit(index)),
        };
        Ok(Self {
            long: [long(0)?, long(1)?, long(2)?, long(3)?],
            short: [short(4)?, short(5)?],
            left: group.metadata().num_rows(),
        })
    }

    /// Reads the next rows of every column; how many.
    fn read(&mut self) -> Result<usize, ParquetError> {
        let mut counts = [0; COLUMNS.len()];
        let (long, short) = (&mut self.long, &mut self.short);
        for (count, column) in counts.iter_mut().zip(long) {
            *count = column.read()?;
        }
        for (count, column) in counts.iter_mut().skip(4).zip(short) {
            *count = column.read()?;
        }
        let [count, others @ ..] = counts;
        if others.iter().any(|other| *other != count) {
            return Err(ParquetError::General("its columns are of different lengths".to_owned()));
        }
        self.left -= i64::try_from(count).unwrap_or(i64::MAX);
        Ok(count)
    }

    /// The rows that were read, each held against the rules: the column, the value and the rule of the first that breaks one.
    fn rows(&self, last: &mut UnixNanos, rows: &mut Vec<MarketRow>) -> Result<(), (&'static str, String, Rule)> {
        let [times, local, prices, quantities] = &self.long;
        let [kinds, flags] = &self.short;
        let numbers = times.values.iter().zip(&local.values).zip(&prices.values).zip(&quantities.values);
        for ((((time, local), price), quantity), (kind, flags)) in numbers.zip(kinds.values.iter().zip(&flags.values)) {
            let time = UnixNanos::from_nanos(*time);
            let kind = *usize::try_from(*kind)
                .ok()
                .and_then(|kind| RowKind::ALL.get(kind))
                .ok_or_else(|| ("kind", kind.to_string(), Rule::NoKind))?;
            if time < *last {
                return Err(("time", time.to_string(), Rule::Earlier { previous: *last }));
            }
            if *flags & !(flag::CLEARS | flag::ENDS) != 0 {
                return Err(("flags", flags.to_string(), Rule::NoFlags));
            }
            let clears = flags & flag::CLEARS != 0;
            // A book that is lost or empty is told of by a level without a price.
            if *price <= 0 && !(clears && *quantity == 0) {
                return Err(("price", price.to_string(), Rule::NotPositive));
            }
            if *quantity < 0 {
                return Err(("quantity", quantity.to_string(), Rule::Negative));
            }
            if kind.is_print() && *quantity == 0 {
                return Err(("quantity", quantity.to_string(), Rule::NotPositive));
            }
            *last = time;
            rows.push(MarketRow {
                time,
                local_time: UnixNanos::from_nanos(*local),
                kind,
                price: *price,
                quantity: *quantity,
                clears,
                ends: flags & flag::ENDS != 0,
            });
        }
        Ok(())
    }
}

impl<T: DataType> Column<T> {
    fn read(&mut self) -> Result<usize, ParquetError> {
        self.values.clear();
        let (_, count, _) = self.reader.read_records(BATCH, None, None, &mut self.values)?;
        Ok(count)
    }
}

fn unfit(index: usize) -> ParquetError {
    let name = COLUMNS.get(index).copied().unwrap_or_default();
    ParquetError::General(format!("column `{name}` is not of the type that a file of ticks and books has"))
}

/// What a file says of itself, by key: the same list for writer and reader.
pub(super) fn facts(info: &MarketInfo) -> Vec<(&'static str, String)> {
    vec![
        (FORMAT.0, FORMAT.1.to_owned()),
        ("metaexpert.price_step", info.price_step.to_string()),
        ("metaexpert.quantity_step", info.quantity_step.to_string()),
        ("metaexpert.levels", info.levels.to_string()),
        ("metaexpert.quotes", info.quotes.to_string()),
        ("metaexpert.prints", info.prints.to_string()),
        ("metaexpert.first", info.first.as_nanos().to_string()),
        ("metaexpert.last", info.last.as_nanos().to_string()),
    ]
}

fn info_of(reader: &SerializedFileReader<File>, file: &str) -> Result<MarketInfo, DataError> {
    let metadata = reader.metadata().file_metadata();
    let columns = metadata.schema_descr().columns();
    let names: Vec<String> = columns.iter().map(|column| column.path().string()).collect();
    let said = metadata.key_value_metadata().map(Vec::as_slice).unwrap_or_default();
    let value = |key: &str| said.iter().find(|said| said.key == key).and_then(|said| said.value.as_deref());
    let version = value(FORMAT.0);
    if version.is_none() {
        let reason = "it does not say that it holds ticks and books; `metaexpert data convert` makes such a file";
        return Err(DataError::NotMarket { file: file.to_owned(), reason: reason.to_owned() });
    }
    if version != Some(FORMAT.1) || names != COLUMNS {
        let reason = format!("its version is `{}`, and this build reads `{}`", version.unwrap_or_default(), FORMAT.1);
        return Err(DataError::NotMarket { file: file.to_owned(), reason });
    }
    let missing = |key: &str| DataError::format(file, "parquet", format!("it does not say its `{key}`"));
    let number = |key| value(key).and_then(|text| text.parse().ok()).ok_or_else(|| missing(key));
    let step = |key| value(key).and_then(|text| text.parse().ok()).ok_or_else(|| missing(key));
    let time = |key| value(key).and_then(|text| text.parse().ok()).map(UnixNanos::from_nanos).ok_or_else(|| missing(key));
    let scale = |index: usize| {
        let scale = columns.get(index).and_then(|column| u32::try_from(column.type_scale()).ok());
        scale.filter(|scale| *scale <= SCALE_MAX).ok_or_else(|| bad(file, unfit(index)))
    };
    Ok(MarketInfo {
        source: file.to_owned(),
        price_scale: scale(2)?,
        quantity_scale: scale(3)?,
        price_step: step("metaexpert.price_step")?,
        quantity_step: step("metaexpert.quantity_step")?,
        levels: number("metaexpert.levels")?,
        quotes: number("metaexpert.quotes")?,
        prints: number("metaexpert.prints")?,
        first: time("metaexpert.first")?,
        last: time("metaexpert.last")?,
    })
}
