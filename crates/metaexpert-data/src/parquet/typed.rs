//! A column of one physical type, read a batch at a time.

use parquet::{column::reader::ColumnReaderImpl, data_type::DataType};

use super::{BATCH, Trouble, null};
use crate::rows::Column;

/// A column whose values are all there; where one is not, that row is refused.
pub(super) struct Typed<T: DataType> {
    reader: ColumnReaderImpl<T>,
    levels: Vec<i16>,
    values: Vec<T::T>,
}

impl<T: DataType> Typed<T> {
    pub(super) fn new(reader: ColumnReaderImpl<T>) -> Self {
        Self { reader, levels: Vec::new(), values: Vec::new() }
    }

    /// The next values, at most [`BATCH`]; none at the end.
    pub(super) fn read(&mut self, column: Column) -> Result<&[T::T], Trouble> {
        let mut values = std::mem::take(&mut self.values);
        let result = self.read_into(column, &mut values);
        self.values = values;
        result.map(|()| self.values.as_slice())
    }

    /// The same, straight into the caller's buffer.
    pub(super) fn read_into(&mut self, column: Column, values: &mut Vec<T::T>) -> Result<(), Trouble> {
        values.clear();
        self.levels.clear();
        let (records, count, _) = self.reader.read_records(BATCH, Some(&mut self.levels), None, values)?;
        if count == records {
            return Ok(());
        }
        // A missing value has a definition level below the highest.
        let most = self.levels.iter().max().copied().unwrap_or(0).max(1);
        let ahead = self.levels.iter().position(|level| *level < most).unwrap_or(0);
        Err(null(column, ahead))
    }
}
