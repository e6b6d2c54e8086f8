//! A path that somebody wrote down: "ten seconds from the start the price is 50,000".
//!
//! The one decision: a script is exact. Between its steps the price stands still or goes straight, mark and index are the price,
//! and the book's makers are at it, so that a test knows what triggers and what does not.

use std::path::Path;

use metaexpert_core::rounding::float_of;
use rust_decimal::Decimal;

use super::error::MarketError;

/// Steps of a price, by the time since the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Script {
    /// Nanoseconds since the start, and the price from then on; in time order, the first at zero.
    steps: Vec<(i64, Decimal)>,
    is_linear: bool,
}

impl Script {
    /// A price that stands still.
    pub fn still(price: Decimal) -> Self {
        Self { steps: vec![(0, price)], is_linear: false }
    }

    /// From `nanos` after the start on, the price is this. Steps come in time order; one that does not is moved to the last's time.
    #[must_use]
    pub fn then(mut self, nanos: i64, price: Decimal) -> Self {
        let last = self.steps.last().map_or(0, |(time, _)| *time);
        let nanos = nanos.max(last);
        self.steps.retain(|(time, _)| *time != nanos);
        self.steps.push((nanos, price));
        self
    }

    /// The same with a price that goes straight from step to step, instead of jumping.
    #[must_use]
    pub fn linear(mut self) -> Self {
        self.is_linear = true;
        self
    }

    /// From `nanos` after the start on the price is this, until its next step.
    pub(super) fn put(&mut self, nanos: i64, price: Decimal) {
        let before = self.steps.partition_point(|(time, _)| *time < nanos);
        self.steps.retain(|(time, _)| *time != nanos);
        self.steps.insert(before, (nanos, price));
    }

    /// Reads lines of `OFFSET PRICE`; an offset is a number with `ms`, `s`, `m` or `h`. A line `linear` says that the price goes straight
    /// from step to step. What stands behind `#` is for readers.
    ///
    /// # Errors
    /// The first line that is none of these, goes back in time, or has a price that is not above zero.
    pub fn parse(name: &str, text: &str) -> Result<Self, MarketError> {
        let mut steps: Vec<(i64, Decimal)> = Vec::new();
        let mut is_linear = false;
        for (index, line) in text.lines().enumerate() {
            let refuse = |reason: String| MarketError::Script { source_name: name.to_owned(), line: index + 1, reason };
            let line = line.split('#').next().unwrap_or_default().trim();
            if line == "linear" {
                is_linear = true;
                continue;
            }
            if line.is_empty() {
                continue;
            }
            let (time, price) = line.split_once(char::is_whitespace).ok_or_else(|| refuse(format!("`{line}` has no price")))?;
            let time = offset(time).ok_or_else(|| refuse(format!("`{time}` is no time such as `10s`")))?;
            let price = price.trim();
            let price = price.parse().ok().filter(|price: &Decimal| *price > Decimal::ZERO);
            let price = price.ok_or_else(|| refuse("the price is not a number above zero".to_owned()))?;
            match steps.last() {
                None if time > 0 => steps.push((0, price)),
                Some((last, _)) if *last >= time => return Err(refuse("it is not later than the one before".to_owned())),
                None | Some(_) => {}
            }
            if steps.last().is_none_or(|(last, _)| *last < time) {
                steps.push((time, price));
            }
        }
        if steps.is_empty() {
            return Err(MarketError::Script { source_name: name.to_owned(), line: 1, reason: "there is no step".to_owned() });
        }
        Ok(Self { steps, is_linear })
    }

    /// Reads a file of such lines.
    ///
    /// # Errors
    /// As [`parse`](Self::parse), and when it cannot be read.
    pub fn read(path: &Path) -> Result<Self, MarketError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| MarketError::Script {
            source_name: name.clone(),
            line: 1,
            reason: error.to_string(),
        })?;
        Self::parse(&name, &text)
    }

    /// The price so long after the start; before the start it is the first.
    pub(super) fn price_at(&self, nanos: i64) -> f64 {
        let next = self.steps.partition_point(|(time, _)| *time <= nanos);
        let Some((time, price)) = next.checked_sub(1).and_then(|last| self.steps.get(last)) else {
            return self.steps.first().map_or(1.0, |(_, price)| float_of(*price));
        };
        match self.steps.get(next).filter(|_| self.is_linear) {
            Some((end, target)) => {
                let way = super::grid::float(nanos - time) / super::grid::float(end - time);
                float_of(*price) + (float_of(*target) - float_of(*price)) * way
            }
            None => float_of(*price),
        }
    }

    /// The price just before so long after the start.
    pub(super) fn price_until(&self, nanos: i64) -> f64 {
        if self.is_linear { self.price_at(nanos) } else { self.price_at(nanos - 1) }
    }

    /// The first step after so long.
    pub(super) fn next_step(&self, nanos: i64) -> Option<i64> {
        self.steps.iter().map(|(time, _)| *time).find(|time| *time > nanos)
    }
}

/// `10s`, `1500ms`, `2m`, `1h`, `0` in nanoseconds.
fn offset(text: &str) -> Option<i64> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = match text.get(digits.len()..)? {
        "ms" => 1_000_000,
        "" | "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    digits.parse::<i64>().ok().filter(|number| *number >= 0)?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    #[test]
    fn a_script_stands_still_or_goes_straight_between_its_steps() {
        let text = "# a stop is met at ten seconds\n0s 40000\n10s 50000\n";
        let script = Script::parse("test", text).unwrap();
        assert_eq!(script, Script::still(dec!(40000)).then(10_000_000_000, dec!(50000)));
        let at = |script: &Script, seconds: [i64; 4]| {
            seconds.map(|second| script.price_at(second * 1_000_000_000).to_string()).join(" ")
        };
        assert_eq!(at(&script, [-5, 9, 10, 99]), "40000 40000 50000 50000");
        let linear = Script::parse("test", &format!("linear\n{text}")).unwrap();
        assert_eq!(at(&linear, [0, 5, 10, 99]), "40000 45000 50000 50000");
    }

    #[test]
    fn a_bad_line_is_refused_by_its_number() {
        for (text, message) in [
            ("0s 1\nsoon 2", "x: line 2: `soon` is no time such as `10s`; a line is `OFFSET PRICE`, such as `10s 50000`"),
            ("5s 1\n5s 2", "x: line 2: it is not later than the one before; a line is `OFFSET PRICE`, such as `10s 50000`"),
            ("1s 0", "x: line 1: the price is not a number above zero; a line is `OFFSET PRICE`, such as `10s 50000`"),
            ("", "x: line 1: there is no step; a line is `OFFSET PRICE`, such as `10s 50000`"),
        ] {
            assert_eq!(Script::parse("x", text).unwrap_err().to_string(), message);
        }
    }
}
