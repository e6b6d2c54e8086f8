//! Which column of a table is which, by its name.

use crate::{DataError, error::List, rows::Column};

/// What the columns of the time may be called, the best first: a file may have several.
pub(crate) const TIME_NAMES: [&str; 5] = ["timestamp", "open_time", "datetime", "date", "time"];

/// Where the columns of a bar stand in a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Columns {
    pub(crate) time: usize,
    /// Open, high, low, close, volume.
    pub(crate) values: [usize; 5],
    /// What the table calls the column of the time.
    pub(crate) time_name: String,
}

impl Columns {
    /// Binance's kline files without a header: open time, open, high, low, close, volume, and six more
    /// (<https://github.com/binance/binance-public-data>, "Klines", read 2026-07).
    pub(crate) fn of_binance_klines() -> Self {
        Self { time: 0, values: [1, 2, 3, 4, 5], time_name: "open_time".to_owned() }
    }

    /// How many columns those files have.
    pub(crate) const BINANCE_KLINES: usize = 12;

    /// Finds the columns by their headers; letter case, and whether words are joined by space, `-` or `_`, do not matter.
    pub(crate) fn find(file: &str, headers: &[String]) -> Result<Self, DataError> {
        let plain: Vec<String> = headers.iter().map(|header| plain(header)).collect();
        let is = |name: &'static str| plain.iter().position(|header| header == name);
        if ["open", "high", "low", "close"].into_iter().all(|name| is(name).is_none()) {
            let reason = format!("it has no column open, high, low or close; its columns are {}", List(headers));
            return Err(DataError::not_bars(file, reason));
        }
        let find = |column: Column, names: &[&'static str]| {
            let (name, index) = names
                .iter()
                .find_map(|name| Some((*name, is(name)?)))
                .ok_or_else(|| missing(file, column, names, headers, &plain))?;
            if plain.iter().filter(|header| *header == name).count() > 1 {
                return Err(DataError::DoubleColumn { file: file.to_owned(), column: name.to_owned() });
            }
            Ok(index)
        };
        let time = find(Column::Time, &TIME_NAMES)?;
        let mut values = [0; 5];
        for (value, column) in values.iter_mut().zip(Column::VALUES) {
            *value = find(column, &[column.name()])?;
        }
        let time_name = headers.get(time).cloned().unwrap_or_default();
        Ok(Self { time, values, time_name })
    }
}

pub(crate) fn plain(header: &str) -> String {
    header.trim().to_lowercase().replace([' ', '-'], "_")
}

fn missing(file: &str, column: Column, names: &[&str], headers: &[String], plain: &[String]) -> DataError {
    // The threshold is clap's: below it two words have little in common.
    const ALIKE: f64 = 0.7;
    let likeness =
        |header: &str| names.iter().map(|name| strsim::jaro_winkler(name, header)).max_by(f64::total_cmp).unwrap_or_default();
    let nearest = headers
        .iter()
        .zip(plain)
        .filter(|(_, plain)| !Column::VALUES.iter().any(|other| other.name() == *plain))
        .map(|(header, plain)| (header, likeness(plain)))
        .filter(|(_, likeness)| *likeness > ALIKE)
        .max_by(|(_, a), (_, b)| a.total_cmp(b));
    DataError::MissingColumn {
        file: file.to_owned(),
        column: column.name(),
        nearest: nearest.map(|(header, _)| header.clone()),
        found: headers.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(headers: &str, expect: Result<(usize, [usize; 5]), &str>) {
        let headers: Vec<String> = headers.split(',').map(str::to_owned).collect();
        let found =
            Columns::find("f.csv", &headers).map(|columns| (columns.time, columns.values)).map_err(|error| error.to_string());
        assert_eq!(found, expect.map_err(str::to_owned), "{headers:?}");
    }

    #[test]
    fn columns_are_found_in_any_order_and_spelling() {
        check("timestamp,open,high,low,close,volume", Ok((0, [1, 2, 3, 4, 5])));
        check("Close,Volume,Low,High,Open,Date", Ok((5, [4, 3, 2, 0, 1])));
        check("Open time,open,high,low,close,volume,Close time,Quote asset volume", Ok((0, [1, 2, 3, 4, 5])));
        check("date,symbol,open,high,low,close,volume,timestamp", Ok((7, [2, 3, 4, 5, 6])));
    }

    #[test]
    fn a_missing_column_is_named_with_the_header_that_is_nearest() {
        check(
            "timestamp,open,high,low,close,volumes",
            Err(
                "f.csv: there is no column `volume`; the nearest is `volumes`; the columns are `timestamp`, `open`, `high`, `low`, `close`, `volumes`",
            ),
        );
        check(
            "timestmp,open,high,low,close,volume",
            Err(
                "f.csv: there is no column `timestamp`; the nearest is `timestmp`; the columns are `timestmp`, `open`, `high`, `low`, `close`, `volume`",
            ),
        );
        check("date,open,low,close", Err("f.csv: there is no column `high`; the columns are `date`, `open`, `low`, `close`"));
    }

    #[test]
    fn a_column_that_stands_there_twice_is_refused() {
        check("timestamp,open,high,low,close,volume,Open", Err("f.csv: the column `open` stands there twice"));
    }

    #[test]
    fn trades_are_not_bars() {
        check(
            "timestamp,id,side,price,amount",
            Err(
                "f.csv: not a bar file: it has no column open, high, low or close; its columns are `timestamp`, `id`, `side`, `price`, `amount`",
            ),
        );
    }
}
