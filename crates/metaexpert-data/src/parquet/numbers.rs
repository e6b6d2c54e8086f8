//! Prices and volumes, as the many writers of Parquet store them.

use metaexpert_core::rounding::float_of;
use parquet::{
    basic::{ConvertedType, LogicalType},
    column::reader::ColumnReader,
    data_type::{ByteArrayType, DoubleType, FixedLenByteArrayType, FloatType, Int32Type, Int64Type},
    schema::types::ColumnDescriptor,
};
use rust_decimal::Decimal;

use super::{Trouble, typed::Typed, unfit};
use crate::{
    error::{Rule, shown},
    rows::{Column, Refusal},
};

/// A column of numbers.
pub(super) enum Reader {
    Double(Typed<DoubleType>),
    Float(Typed<FloatType>),
    /// Whole numbers, in units of 10^-scale.
    Int32(Typed<Int32Type>, u32),
    Int64(Typed<Int64Type>, u32),
    /// Whole numbers as bytes, the highest first, in units of 10^-scale.
    Bytes(Typed<ByteArrayType>, u32),
    Fixed(Typed<FixedLenByteArrayType>, u32),
    /// Numbers as text, as exchanges send them.
    Text(Typed<ByteArrayType>),
}

impl Reader {
    pub(super) fn new(column: Column, description: &ColumnDescriptor, reader: ColumnReader) -> Result<Self, Trouble> {
        let scale = decimal_scale(description);
        match (reader, scale) {
            _ if !holds_numbers(description) => {}
            (ColumnReader::DoubleColumnReader(reader), _) => return Ok(Self::Double(Typed::new(reader))),
            (ColumnReader::FloatColumnReader(reader), _) => return Ok(Self::Float(Typed::new(reader))),
            (ColumnReader::Int32ColumnReader(reader), scale) => return Ok(Self::Int32(Typed::new(reader), scale.unwrap_or(0))),
            (ColumnReader::Int64ColumnReader(reader), scale) => return Ok(Self::Int64(Typed::new(reader), scale.unwrap_or(0))),
            (ColumnReader::ByteArrayColumnReader(reader), Some(scale)) => return Ok(Self::Bytes(Typed::new(reader), scale)),
            (ColumnReader::ByteArrayColumnReader(reader), None) => return Ok(Self::Text(Typed::new(reader))),
            (ColumnReader::FixedLenByteArrayColumnReader(reader), Some(scale)) => {
                return Ok(Self::Fixed(Typed::new(reader), scale));
            }
            (
                ColumnReader::FixedLenByteArrayColumnReader(_)
                | ColumnReader::BoolColumnReader(_)
                | ColumnReader::Int96ColumnReader(_),
                _,
            ) => {}
        }
        Err(unfit(column, description.physical_type()))
    }

    /// The next numbers; none at the end.
    pub(super) fn read(&mut self, column: Column, batch: &mut Vec<f64>) -> Result<(), Trouble> {
        match self {
            Self::Double(reader) => reader.read_into(column, batch),
            // The shortest decimal that gives this float is what was meant: 0.1, not 0.100000001490116.
            Self::Float(reader) => convert(column, reader.read(column)?, batch, |value| value.to_string().parse().ok()),
            Self::Int32(reader, scale) => {
                convert(column, reader.read(column)?, batch, |value| scaled(i128::from(*value), *scale))
            }
            Self::Int64(reader, scale) => {
                convert(column, reader.read(column)?, batch, |value| scaled(i128::from(*value), *scale))
            }
            Self::Bytes(reader, scale) => {
                convert(column, reader.read(column)?, batch, |value| scaled(big_endian(value.data())?, *scale))
            }
            Self::Fixed(reader, scale) => {
                convert(column, reader.read(column)?, batch, |value| scaled(big_endian(value.data())?, *scale))
            }
            Self::Text(reader) => {
                let values = reader.read(column)?;
                batch.clear();
                for (ahead, value) in values.iter().enumerate() {
                    let text = value.data();
                    let number = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok());
                    batch.push(number.ok_or_else(|| not_a_number(column, ahead, &shown(text)))?);
                }
                Ok(())
            }
        }
    }
}

fn convert<T: std::fmt::Debug>(
    column: Column,
    values: &[T],
    batch: &mut Vec<f64>,
    number: impl Fn(&T) -> Option<f64>,
) -> Result<(), Trouble> {
    batch.clear();
    for (ahead, value) in values.iter().enumerate() {
        batch.push(number(value).ok_or_else(|| not_a_number(column, ahead, &format!("{value:?}")))?);
    }
    Ok(())
}

fn not_a_number(column: Column, ahead: usize, value: &str) -> Trouble {
    Trouble::Row { ahead, refusal: Refusal::new(column, &value, Rule::NotANumber) }
}

/// The `f64` nearest to `mantissa` * 10^-`scale`; `None` beyond 28 digits.
fn scaled(mantissa: i128, scale: u32) -> Option<f64> {
    Decimal::try_from_i128_with_scale(mantissa, scale).ok().map(float_of)
}

/// A number of at most 16 bytes in two's complement.
fn big_endian(bytes: &[u8]) -> Option<i128> {
    let first = *bytes.first()?;
    let mut wide = [if first >= 0x80 { 0xFF } else { 0 }; 16];
    let start = wide.len().checked_sub(bytes.len())?;
    wide.get_mut(start..)?.copy_from_slice(bytes);
    Some(i128::from_be_bytes(wide))
}

/// The decimals of a column of decimals.
fn decimal_scale(description: &ColumnDescriptor) -> Option<u32> {
    let scale = match (description.logical_type_ref(), description.converted_type()) {
        (Some(LogicalType::Decimal(decimal)), _) => decimal.scale,
        (None, ConvertedType::DECIMAL) => description.type_scale(),
        _ => return None,
    };
    u32::try_from(scale).ok()
}

/// Times, dates and the like are stored as numbers too, and are none.
fn holds_numbers(description: &ColumnDescriptor) -> bool {
    match description.logical_type_ref() {
        Some(LogicalType::Integer(_) | LogicalType::Decimal(_) | LogicalType::String) => true,
        Some(_) => false,
        None => !matches!(
            description.converted_type(),
            ConvertedType::DATE
                | ConvertedType::TIME_MILLIS
                | ConvertedType::TIME_MICROS
                | ConvertedType::TIMESTAMP_MILLIS
                | ConvertedType::TIMESTAMP_MICROS
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_in_bytes_are_read_with_their_sign() {
        for (bytes, scale, expect) in [
            (&[0x01, 0x2C][..], 1, Some(30.0)),
            (&[0xFF], 2, Some(-0.01)),
            (&[0; 16], 0, Some(0.0)),
            (&[0x0F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF], 0, None),
            (&[0; 17], 0, None),
            (&[], 0, None),
        ] {
            assert_eq!(big_endian(bytes).and_then(|mantissa| scaled(mantissa, scale)), expect, "{bytes:?}");
        }
    }
}
