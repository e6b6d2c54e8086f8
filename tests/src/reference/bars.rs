//! Bars from a CSV file with a header, in any column order.
use super::decimal::{Exact, price};
use super::refused::ReferenceError;
use super::time::parse_time;

/// One bar; prices are the decimals of their 15 significant digits.
#[derive(Debug, Clone, PartialEq)]
pub struct Bar {
    /// Opening time, nanoseconds since 1970.
    pub time: i64,
    /// First price.
    pub open: Exact,
    /// Highest price.
    pub high: Exact,
    /// Lowest price.
    pub low: Exact,
    /// Last price.
    pub close: Exact,
    /// Last price as the indicators see it.
    pub close_read: f64,
}

/// The bars of a CSV text.
///
/// # Errors
/// [`ReferenceError::Data`] with the line: a missing column, a value that is no number, disorder in time.
pub fn read_csv(text: &str) -> Result<Vec<Bar>, ReferenceError> {
    let mut lines = text.lines().zip(1_usize..).filter(|(line, _)| !line.trim().is_empty());
    let (header, line) = lines.next().ok_or(ReferenceError::Data { line: 1, rule: "a header was expected" })?;
    let names: Vec<&str> = header.split(',').map(str::trim).collect();
    let place = |wanted: &[&str]| {
        let found = names.iter().position(|name| wanted.contains(name));
        found.ok_or(ReferenceError::Data { line, rule: "a column is missing" })
    };
    let time = place(&["timestamp", "open_time", "date"])?;
    let prices = [place(&["open"])?, place(&["high"])?, place(&["low"])?, place(&["close"])?];
    let mut bars: Vec<Bar> = Vec::new();
    for (row, line) in lines {
        let cells: Vec<&str> = row.split(',').map(str::trim).collect();
        let bar = read_bar(&cells, time, prices).ok_or(ReferenceError::Data { line, rule: "not a bar" })?;
        if bars.last().is_some_and(|last| last.time >= bar.time) {
            return Err(ReferenceError::Data { line, rule: "times must rise" });
        }
        bars.push(bar);
    }
    Ok(bars)
}

fn read_bar(cells: &[&str], time: usize, prices: [usize; 4]) -> Option<Bar> {
    let read = |place: usize| cells.get(place)?.parse::<f64>().ok();
    let [open, high, low, close] = prices;
    let close_read = read(close)?;
    let decimal = |place| price(read(place)?).ok();
    Some(Bar {
        time: parse_time(cells.get(time)?).ok()?,
        open: decimal(open)?,
        high: decimal(high)?,
        low: decimal(low)?,
        close: decimal(close)?,
        close_read,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_may_stand_in_any_order_and_others_are_skipped() {
        let bars = read_csv("close,x,open_time,low,high,open\n2,9,60,1,3,1.5\n").unwrap();
        let one = read_csv("timestamp,open,high,low,close,volume\n1970-01-01 00:01:00,1.5,3,1,2,7\n").unwrap();
        assert_eq!(bars, one);
    }

    #[test]
    fn a_bad_line_is_named() {
        let refused = |text| read_csv(text).map(|_| ());
        let at = |line, rule| Err(ReferenceError::Data { line, rule });
        assert_eq!(refused("timestamp,open,high,low\n"), at(1, "a column is missing"));
        assert_eq!(refused("date,open,high,low,close\n60,1,1,1,x\n"), at(2, "not a bar"));
        assert_eq!(refused("date,open,high,low,close\n60,1,1,1,1\n60,1,1,1,1\n"), at(3, "times must rise"));
    }
}
