//! Times, as the many writers of Parquet store them: Parquet's own types say their unit, plain numbers and text are told
//! apart as in a text file.

use metaexpert_core::UnixNanos;
use parquet::{
    basic::{ConvertedType, LogicalType, TimeUnit},
    column::reader::ColumnReader,
    data_type::{ByteArrayType, DoubleType, Int32Type, Int64Type, Int96, Int96Type},
    schema::types::ColumnDescriptor,
};

use super::{Trouble, typed::Typed, unfit};
use crate::{
    error::{Rule, shown},
    rows::{Column, Refusal},
    timestamps::{Times, whole_float},
};

/// A column of times.
pub(super) struct Reader {
    column: Stored,
    times: Times,
}

enum Stored {
    /// Numbers of a unit that the file names, in nanoseconds.
    Unit(Typed<Int64Type>, i64),
    Days(Typed<Int32Type>),
    /// Nanoseconds of a Julian day: what Spark, Hive and Impala wrote before there was a type for it.
    Julian(Typed<Int96Type>),
    Number(Typed<Int64Type>),
    ShortNumber(Typed<Int32Type>),
    Float(Typed<DoubleType>),
    Text(Typed<ByteArrayType>),
}

const DAY: i64 = 86_400_000_000_000;

impl Reader {
    pub(super) fn new(description: &ColumnDescriptor, reader: ColumnReader) -> Result<Self, Trouble> {
        use ColumnReader as C;
        let kind = Kind::of(description);
        let column = match (reader, kind) {
            (C::Int64ColumnReader(reader), Kind::Unit(nanos)) => Stored::Unit(Typed::new(reader), nanos),
            (C::Int32ColumnReader(reader), Kind::Date) => Stored::Days(Typed::new(reader)),
            (C::Int64ColumnReader(reader), Kind::Plain) => Stored::Number(Typed::new(reader)),
            (C::Int32ColumnReader(reader), Kind::Plain) => Stored::ShortNumber(Typed::new(reader)),
            (C::DoubleColumnReader(reader), Kind::Plain) => Stored::Float(Typed::new(reader)),
            (C::ByteArrayColumnReader(reader), Kind::Plain) => Stored::Text(Typed::new(reader)),
            (C::Int96ColumnReader(reader), _) => Stored::Julian(Typed::new(reader)),
            _ => return Err(unfit(Column::Time, description.physical_type())),
        };
        Ok(Self { column, times: Times::default() })
    }

    /// The next times; none at the end.
    pub(super) fn read(&mut self, batch: &mut Vec<UnixNanos>) -> Result<(), Trouble> {
        let Self { column, times } = self;
        match column {
            Stored::Unit(reader, unit) => {
                convert(reader.read(Column::Time)?, batch, |value| nanos(*value, *unit), ToString::to_string)
            }
            Stored::Days(reader) => {
                convert(reader.read(Column::Time)?, batch, |days| nanos(i64::from(*days), DAY), ToString::to_string)
            }
            Stored::Julian(reader) => convert(reader.read(Column::Time)?, batch, julian, |value| format!("{:?}", value.data())),
            Stored::Number(reader) => {
                convert(reader.read(Column::Time)?, batch, |value| times.of_number(*value), ToString::to_string)
            }
            Stored::ShortNumber(reader) => {
                convert(reader.read(Column::Time)?, batch, |value| times.of_number(i64::from(*value)), ToString::to_string)
            }
            Stored::Float(reader) => {
                let time = |value: &f64| times.of_number(whole_float(*value).ok_or(Rule::NotATime)?);
                convert(reader.read(Column::Time)?, batch, time, ToString::to_string)
            }
            Stored::Text(reader) => {
                convert(reader.read(Column::Time)?, batch, |value| times.of_text(value.data()), |value| shown(value.data()))
            }
        }
    }
}

/// What the file says about a column of numbers.
enum Kind {
    Unit(i64),
    Date,
    /// Nothing, or that it is text.
    Plain,
    /// Something that is no time.
    Other,
}

impl Kind {
    fn of(description: &ColumnDescriptor) -> Self {
        match (description.logical_type_ref(), description.converted_type()) {
            (Some(LogicalType::Timestamp(timestamp)), _) => Self::Unit(match timestamp.unit {
                TimeUnit::MILLIS => 1_000_000,
                TimeUnit::MICROS => 1_000,
                TimeUnit::NANOS => 1,
            }),
            (None, ConvertedType::TIMESTAMP_MILLIS) => Self::Unit(1_000_000),
            (None, ConvertedType::TIMESTAMP_MICROS) => Self::Unit(1_000),
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Self::Date,
            (None, ConvertedType::TIME_MILLIS | ConvertedType::TIME_MICROS | ConvertedType::DECIMAL) => Self::Other,
            (Some(LogicalType::Integer(_) | LogicalType::String) | None, _) => Self::Plain,
            (Some(_), _) => Self::Other,
        }
    }
}

fn convert<T>(
    values: &[T],
    batch: &mut Vec<UnixNanos>,
    mut time: impl FnMut(&T) -> Result<UnixNanos, Rule>,
    text: impl Fn(&T) -> String,
) -> Result<(), Trouble> {
    batch.clear();
    for (ahead, value) in values.iter().enumerate() {
        batch.push(time(value).map_err(|rule| Trouble::Row { ahead, refusal: Refusal::new(Column::Time, &text(value), rule) })?);
    }
    Ok(())
}

fn nanos(number: i64, unit: i64) -> Result<UnixNanos, Rule> {
    number.checked_mul(unit).map(UnixNanos::from_nanos).ok_or(Rule::NotATime)
}

fn julian(value: &Int96) -> Result<UnixNanos, Rule> {
    const EPOCH: i64 = 2_440_588; // the Julian day of 1970-01-01
    let &[low, high, day] = value.data() else { return Err(Rule::NotATime) };
    let of_day = i64::try_from(u64::from(high) << 32 | u64::from(low)).map_err(|_| Rule::NotATime)?;
    let days = (i64::from(day) - EPOCH).checked_mul(DAY).ok_or(Rule::NotATime)?;
    days.checked_add(of_day).map(UnixNanos::from_nanos).ok_or(Rule::NotATime)
}
