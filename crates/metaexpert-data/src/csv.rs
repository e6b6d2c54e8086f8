//! Bars from text: a header and its columns in any order, or Binance's kline files without one.

use csv::{ByteRecord, ReaderBuilder};
use metaexpert_core::Timeframe;

use crate::{
    BarSeries, DataError,
    columns::Columns,
    error::{Place, Rule, shown},
    rows::{Column, Origin, Refusal, Rows, Values},
    timestamps::Times,
};

/// Reads the bars of a text that is called `file` in messages.
pub(crate) fn read(text: &[u8], file: &str, default: Timeframe) -> Result<BarSeries, DataError> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let start = text.get(..4096).unwrap_or(text);
    if start.contains(&0) {
        return Err(DataError::not_bars(file, "it is neither text nor Parquet, zip or gzip"));
    }
    let delimiter = delimiter(start);
    let mut reader = reader(text, delimiter);
    let mut record = ByteRecord::new();
    if !next(&mut reader, &mut record) {
        return Err(DataError::Empty { file: file.to_owned() });
    }
    let head = Head::of(&record, file)?;
    let line = |index: usize| line_of(text, delimiter, index + usize::from(head.is_header));
    let place = |index| Place::Line(line(index));
    let origin = Origin { name: file, time_column: &head.columns.time_name, place: &place };

    let mut rows = Rows::with_capacity(text.len() / 64);
    let mut times = Times::default();
    // Without a header, the record that was taken for one is the first row.
    let mut is_row = !head.is_header;
    while is_row || next(&mut reader, &mut record) {
        is_row = false;
        row(&record, &head, &mut times, &mut rows).map_err(|refusal| match refusal.rule {
            Rule::ColumnCount { .. } => {
                let origin = Origin { time_column: "columns", ..origin };
                origin.refuse(rows.len(), refusal)
            }
            _ => origin.refuse(rows.len(), refusal),
        })?;
    }
    rows.finish(&origin, default)
}

/// What the first line says.
struct Head {
    columns: Columns,
    /// How many columns every row has.
    count: usize,
    is_header: bool,
}

impl Head {
    fn of(first: &ByteRecord, file: &str) -> Result<Self, DataError> {
        let count = first.len();
        if first.iter().any(is_number) {
            if count != Columns::BINANCE_KLINES {
                let reason = format!(
                    "its first line is no header, and has {count} columns where a Binance kline file has {}: `{}`",
                    Columns::BINANCE_KLINES,
                    shown(&first.iter().collect::<Vec<_>>().join(&b','))
                );
                return Err(DataError::not_bars(file, reason));
            }
            return Ok(Self { columns: Columns::of_binance_klines(), count, is_header: false });
        }
        let headers: Vec<String> = first.iter().map(shown).collect();
        Ok(Self { columns: Columns::find(file, &headers)?, count, is_header: true })
    }
}

/// Whether a field holds a number, as no header does.
fn is_number(field: &[u8]) -> bool {
    field.iter().any(u8::is_ascii_digit) && float(field).is_some()
}

pub(crate) fn float(field: &[u8]) -> Option<f64> {
    std::str::from_utf8(field.trim_ascii()).ok()?.parse().ok()
}

fn row(record: &ByteRecord, head: &Head, times: &mut Times, rows: &mut Rows) -> Result<(), Refusal> {
    if record.len() != head.count {
        return Err(Refusal::new(Column::Time, &record.len(), Rule::ColumnCount { expected: head.count }));
    }
    let field = |index: usize| record.get(index).unwrap_or_default();
    let time = field(head.columns.time);
    let time = times.of_text(time).map_err(|rule| Refusal::new(Column::Time, &shown(time), rule))?;
    let mut values: Values = [0.0; 5];
    for ((value, index), column) in values.iter_mut().zip(head.columns.values).zip(Column::VALUES) {
        let text = field(index);
        *value = float(text).ok_or_else(|| Refusal::new(column, &shown(text), Rule::NotANumber))?;
    }
    rows.push(time, values)
}

pub(crate) fn reader(text: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    // Rows of another length are refused by us, with their line.
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text)
}

/// Reads on; `false` at the end. From memory, and with rows of any length allowed, there is nothing to go wrong.
pub(crate) fn next(reader: &mut csv::Reader<&[u8]>, record: &mut ByteRecord) -> bool {
    reader.read_byte_record(record).unwrap_or(false)
}

/// What stands between the columns: of comma, semicolon and tab, whichever the first line has most of.
pub(crate) fn delimiter(text: &[u8]) -> u8 {
    let line = text.trim_ascii_start().split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let columns = |delimiter: &u8| line.split(|byte| byte == delimiter).count();
    b"\t;,".iter().copied().max_by_key(columns).unwrap_or(b',')
}

/// The line of the record with this index, from 1. Only a message asks for it, so the text is read once more for it.
pub(crate) fn line_of(text: &[u8], delimiter: u8, index: usize) -> u64 {
    let mut reader = reader(text, delimiter);
    let mut record = ByteRecord::new();
    for _ in 0..=index {
        next(&mut reader, &mut record);
    }
    let start = record.position().and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(text.len());
    let (before, rest) = text.split_at_checked(start).unwrap_or((text, &[]));
    // Empty lines are skipped by the reader after it has noted where it stands.
    let skipped = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r')).count();
    let lines = |bytes: &[u8]| {
        let after = bytes.iter().skip(1).copied().chain([b' ']);
        bytes.iter().copied().zip(after).filter(|(byte, after)| *byte == b'\n' || *byte == b'\r' && *after != b'\n').count()
    };
    let end = before.len() + skipped;
    u64::try_from(lines(text.get(..end).unwrap_or(text))).map_or(u64::MAX, |lines| lines + 1)
}
