//! Files of measured latencies: a CSV with the columns `sent`, `reached`, `answered` and, where it was measured, `feed`.
//!
//! The one decision: only the file's form is checked here. Whether a record can be true is for the model that is made of it.

use std::path::Path;

use metaexpert_core::UnixNanos;

use crate::DataError;

/// A request whose way was measured, in nanoseconds since 1970-01-01, all by one clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LatencyRow {
    /// When it left us.
    pub sent: UnixNanos,
    /// When the exchange had it.
    pub reached: UnixNanos,
    /// When we had the answer.
    pub answered: UnixNanos,
    /// How long market data took then, in nanoseconds; 0 where the file has no such column.
    pub feed: i64,
}

/// Reads a file of measured latencies.
///
/// # Errors
/// When it cannot be read, lacks a column, or has a cell that is no whole number.
pub fn read_latencies(path: &Path) -> Result<Vec<LatencyRow>, DataError> {
    let file = path.display().to_string();
    let bad = |line: u64, reason: String| DataError::BadLatencies { file: file.clone(), line, reason };
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_path(path).map_err(|why| bad(1, why.to_string()))?;
    let headings = reader.headers().map_err(|why| bad(1, why.to_string()))?.clone();
    let column = |name: &str| headings.iter().position(|heading| heading.eq_ignore_ascii_case(name));
    let needed = |name: &str| column(name).ok_or_else(|| bad(1, format!("has no column `{name}`")));
    let (sent, reached, answered, feed) = (needed("sent")?, needed("reached")?, needed("answered")?, column("feed"));
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|why| bad(why.position().map_or(0, csv::Position::line), why.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |place: usize| {
            let text = record.get(place).unwrap_or_default();
            text.parse::<i64>().map_err(|_| bad(line, format!("`{text}` is not a whole number of nanoseconds")))
        };
        rows.push(LatencyRow {
            sent: UnixNanos::from_nanos(cell(sent)?),
            reached: UnixNanos::from_nanos(cell(reached)?),
            answered: UnixNanos::from_nanos(cell(answered)?),
            feed: feed.map_or(Ok(0), cell)?,
        });
    }
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn read(text: &str) -> Result<Vec<LatencyRow>, String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        read_latencies(file.path()).map_err(|error| error.to_string().replace(&file.path().display().to_string(), "FILE"))
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let rows = read("answered,Sent,reached\n30, 10 ,20\n").unwrap();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.sent.as_nanos(), row.reached.as_nanos(), row.answered.as_nanos(), row.feed), (10, 20, 30, 0));
        assert_eq!(read("sent,reached,answered,feed\n1,2,3,4\n").unwrap()[0].feed, 4);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        assert_eq!(read("sent,reached\n1,2\n").unwrap_err(), "FILE: line 1: has no column `answered`");
        assert_eq!(
            read("sent,reached,answered\n1,2,3\n4,5,6ms\n").unwrap_err(),
            "FILE: line 3: `6ms` is not a whole number of nanoseconds"
        );
        assert!(read_latencies(Path::new("nowhere.csv")).is_err());
    }
}
