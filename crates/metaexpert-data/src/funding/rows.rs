//! The rows of a file of funding rates, from text or Parquet through the same rules.

use csv::ByteRecord;
use metaexpert_core::{FundingRate, Price, Timeframe, UnixNanos, rounding::decimal_of};

use super::FundingFile;
use crate::{
    DataError,
    columns::{TIME_NAMES, plain},
    csv::{delimiter, float, line_of, next, reader},
    error::{List, Place, Rule, shown},
    packed, parquet,
    rows::{Column, Origin, Refusal},
    timestamps::Times,
};

/// What the column of the times may be called, besides [`TIME_NAMES`]: Binance's `GET /fapi/v1/fundingRate` and its public archive,
/// Bybit's `GET /v5/market/funding/history`, OKX's `GET /api/v5/public/funding-rate-history` (read 2026-07).
const MORE_TIME_NAMES: [&str; 4] = ["fundingtime", "funding_time", "calc_time", "fundingratetimestamp"];
/// What the column of the rates may be called there.
const RATE_NAMES: [&str; 4] = ["rate", "fundingrate", "funding_rate", "last_funding_rate"];
/// What the column of the mark prices may be called there.
const MARK_NAMES: [&str; 3] = ["mark", "markprice", "mark_price"];

/// Reads the rates of a file that is called `source` in messages.
pub(super) fn read(bytes: Vec<u8>, source: &str, file: &FundingFile) -> Result<Vec<FundingRate>, DataError> {
    match bytes.as_slice() {
        [] => Err(DataError::Empty { file: source.to_owned() }),
        [b'P', b'A', b'R', b'1', ..] => read_parquet(bytes, source, file),
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            let (name, text) = packed::unzip(&bytes, source)?;
            read_text(&text, &format!("{source}: {name}"), file)
        }
        [0x1F, 0x8B, ..] => read_text(&packed::gunzip(&bytes, source)?, source, file),
        text => read_text(text, source, file),
    }
}

fn read_text(text: &[u8], source: &str, file: &FundingFile) -> Result<Vec<FundingRate>, DataError> {
    let text = text.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(text);
    let delimiter = delimiter(text.get(..4096).unwrap_or(text));
    let mut reader = reader(text, delimiter);
    let mut record = ByteRecord::new();
    if !next(&mut reader, &mut record) {
        return Err(DataError::Empty { file: source.to_owned() });
    }
    let headers: Vec<String> = record.iter().map(shown).collect();
    let columns = Columns::find(source, &headers, file)?;
    let place = |index| Place::Line(line_of(text, delimiter, index + 1));
    let origin = Origin { name: source, time_column: &columns.time_name, place: &place };
    let (mut times, mut rates) = (Times::default(), Rates::default());
    while next(&mut reader, &mut record) {
        row(&record, &columns, &mut times, &mut rates).map_err(|refusal| match refusal.rule {
            Rule::ColumnCount { .. } => Origin { time_column: "columns", ..origin }.refuse(rates.0.len(), refusal),
            _ => origin.refuse(rates.0.len(), refusal),
        })?;
    }
    rates.finish(source)
}

fn row(record: &ByteRecord, columns: &Columns, times: &mut Times, rates: &mut Rates) -> Result<(), Refusal> {
    if record.len() != columns.count {
        return Err(Refusal::new(Column::Time, &record.len(), Rule::ColumnCount { expected: columns.count }));
    }
    let field = |index: usize| record.get(index).unwrap_or_default();
    let number = |column, index| {
        let text = field(index);
        float(text).ok_or_else(|| Refusal::new(column, &shown(text), Rule::NotANumber))
    };
    let time = field(columns.time);
    let time = times.of_text(time).map_err(|rule| Refusal::new(Column::Time, &shown(time), rule))?;
    let mark = columns.mark.map(|index| number(Column::Mark, index)).transpose()?;
    rates.push(time, number(Column::Rate, columns.rate)?, mark)
}

fn read_parquet(bytes: Vec<u8>, source: &str, file: &FundingFile) -> Result<Vec<FundingRate>, DataError> {
    let place = |index| Place::Row(u64::try_from(index).map_or(u64::MAX, |index| index + 1));
    let origin = Origin { name: source, time_column: Column::Time.name(), place: &place };
    let find = |headers: &[String]| {
        let columns = Columns::find(source, headers, file)?;
        let mark = columns.mark.map(|index| (Column::Mark, index));
        Ok((columns.time, [(Column::Rate, columns.rate)].into_iter().chain(mark).collect()))
    };
    let mut rates = Rates::default();
    for (time, numbers) in parquet::read_numbers(bytes, source, &find, &|index, refusal| origin.refuse(index, refusal))? {
        let (rate, mark) = (numbers.first().copied().unwrap_or(f64::NAN), numbers.get(1).copied());
        rates.push(time, rate, mark).map_err(|refusal| origin.refuse(rates.0.len(), refusal))?;
    }
    rates.finish(source)
}

/// Which column is which.
struct Columns {
    time: usize,
    time_name: String,
    rate: usize,
    mark: Option<usize>,
    count: usize,
}

impl Columns {
    fn find(source: &str, headers: &[String], file: &FundingFile) -> Result<Self, DataError> {
        let plain: Vec<String> = headers.iter().map(|header| plain(header)).collect();
        let missing = |what: &str, hint: &str| DataError::NotFunding {
            file: source.to_owned(),
            reason: format!("it has no column {what}{hint}; its columns are {}", List(headers)),
        };
        let known = |names: &[&str]| names.iter().find_map(|name| plain.iter().position(|plain| plain == name));
        let named = |name: &String| {
            let found = headers.iter().position(|header| header == name);
            found.ok_or_else(|| missing(&format!("`{name}`"), ""))
        };
        let time = known(&TIME_NAMES).or_else(|| known(&MORE_TIME_NAMES)).ok_or_else(|| missing("of times", ""))?;
        let rate = match &file.rate {
            Some(name) => named(name)?,
            None => known(&RATE_NAMES)
                .ok_or_else(|| missing("`rate` or `fundingRate`", " (name it, as in `funding.csv?rate=open`)"))?,
        };
        let mark = match &file.mark {
            Some(name) => Some(named(name)?),
            // The other file has them.
            None if file.marks.is_some() => None,
            None => known(&MARK_NAMES),
        };
        let time_name = headers.get(time).cloned().unwrap_or_default();
        Ok(Self { time, time_name, rate, mark, count: headers.len() })
    }
}

/// The rates of one source while they are read.
#[derive(Default)]
struct Rates(Vec<FundingRate>);

impl Rates {
    /// Takes one more row, if it is a rate that comes after the others.
    fn push(&mut self, time: UnixNanos, rate: f64, mark: Option<f64>) -> Result<(), Refusal> {
        let settled = Timeframe::M1.open_of(time);
        match self.0.last() {
            Some(last) if settled == last.time => return Err(Refusal::new(Column::Time, &time, Rule::SameMinute)),
            Some(last) if settled < last.time => {
                return Err(Refusal::new(Column::Time, &time, Rule::RateDisorder { previous: last.time }));
            }
            _ => {}
        }
        let exact = |column, value: f64| decimal_of(value).ok_or_else(|| Refusal::new(column, &value, not_finite(value)));
        let share = exact(Column::Rate, rate)?;
        if !(-1.0..=1.0).contains(&rate) {
            return Err(Refusal::new(Column::Rate, &rate, Rule::NotARate));
        }
        let price =
            |value| Price::new(exact(Column::Mark, value)?).ok_or_else(|| Refusal::new(Column::Mark, &value, Rule::NotPositive));
        let mark = mark.map(price).transpose()?;
        self.0.push(FundingRate { time: settled, rate: share, mark });
        Ok(())
    }

    fn finish(self, source: &str) -> Result<Vec<FundingRate>, DataError> {
        if self.0.is_empty() {
            let reason = "there is a header and no rate below it".to_owned();
            return Err(DataError::NotFunding { file: source.to_owned(), reason });
        }
        Ok(self.0)
    }
}

fn not_finite(value: f64) -> Rule {
    if value.is_nan() { Rule::NotANumber } else { Rule::NotFinite }
}
