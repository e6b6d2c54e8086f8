//! A file of bars, of any format: recognised by its content, whatever it is called.

use std::path::Path;

use metaexpert_core::Timeframe;

use crate::{BarSeries, DataError, csv, packed, parquet};

/// Reads the bars of a file: CSV, Parquet, or CSV in a zip archive or in gzip. `default` is the timeframe if there is one
/// bar only; of more, the spacing tells.
///
/// CSV needs a header with `timestamp` (or `open_time`, `datetime`, `date`, `time`), `open`, `high`, `low`, `close` and
/// `volume` in any order and letter case, further columns are passed over; or it is a Binance kline file of 12 columns
/// without a header. Columns are parted by comma, semicolon or tab. Times are seconds, milliseconds, microseconds or
/// nanoseconds since 1970, RFC 3339, or `2021-12-31 23:01:00` in UTC: one of them in the whole file. Parquet has the same
/// column names; its times may also be of Parquet's own types, its prices doubles, floats, integers, decimals or text.
///
/// # Errors
/// [`DataError`], for a file that cannot be opened, that holds no bars, and for the first row that breaks a rule.
///
/// ```
/// use metaexpert_core::Timeframe;
/// let error = metaexpert_data::read("no/such.csv".as_ref(), Timeframe::M1).unwrap_err();
/// assert_eq!(error.to_string(), "no/such.csv: no such file");
/// ```
pub fn read(path: &Path, default: Timeframe) -> Result<BarSeries, DataError> {
    let file = path.display().to_string();
    if path.is_dir() {
        return Err(DataError::Io { file, reason: "is a directory, not a file".to_owned() });
    }
    let bytes = std::fs::read(path).map_err(|error| DataError::io(&file, &error))?;
    read_bytes(bytes, &file, default)
}

/// Reads the bars of a file that is in memory already, and is called `file` in messages.
///
/// # Errors
/// As [`read`].
///
/// ```
/// use metaexpert_core::Timeframe;
/// let text = "date,open,high,low,close,volume\n2024-01-01,1,3,1,2,10\n2024-01-02,2,2.5,1.5,2,7\n";
/// let series = metaexpert_data::read_bytes(text.into(), "daily.csv", Timeframe::M1).unwrap();
/// assert_eq!(series.timeframe, Timeframe::D1);
/// assert_eq!(series.bars[1].high, 2.5);
/// ```
pub fn read_bytes(bytes: Vec<u8>, file: &str, default: Timeframe) -> Result<BarSeries, DataError> {
    let series = match bytes.as_slice() {
        [] => return Err(DataError::Empty { file: file.to_owned() }),
        [b'P', b'A', b'R', b'1', ..] => parquet::read(bytes, file, default)?,
        [b'P', b'K', 3 | 5, 4 | 6, ..] => {
            let (name, text) = packed::unzip(&bytes, file)?;
            csv::read(&text, &format!("{file}: {name}"), default)?
        }
        [0x1F, 0x8B, ..] => csv::read(&packed::gunzip(&bytes, file)?, file, default)?,
        text => csv::read(text, file, default)?,
    };
    Ok(BarSeries { source: file.to_owned(), ..series })
}
