//! The ways in which files write a time, told apart once per file.
//!
//! A plain number is seconds, milliseconds, microseconds or nanoseconds since 1970, by its magnitude; everything else is
//! RFC 3339 or `2021-12-31 23:01:00`, in UTC where it names no zone. The first row decides; a row that looks otherwise is
//! an error, for a file that changes its unit in the middle was glued together.

use metaexpert_core::UnixNanos;

use crate::error::Rule;

/// One file's way to write a time; empty until the first row.
#[derive(Debug, Default)]
pub(crate) struct Times {
    kind: Option<Kind>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Seconds,
    Millis,
    Micros,
    Nanos,
    Text,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Seconds => "seconds",
            Self::Millis => "milliseconds",
            Self::Micros => "microseconds",
            Self::Nanos => "nanoseconds",
            Self::Text => "words",
        }
    }

    const fn nanos(self) -> i64 {
        match self {
            Self::Seconds => 1_000_000_000,
            Self::Millis => 1_000_000,
            Self::Micros => 1_000,
            Self::Nanos | Self::Text => 1,
        }
    }

    /// The unit in which `number` lies between 1973 and 5138 (nanoseconds: 2262); `None` below.
    const fn of(number: i64) -> Option<Self> {
        match number {
            ..100_000_000 => None, // `20240101` is a date, and so are the small numbers of spreadsheets
            100_000_000..100_000_000_000 => Some(Self::Seconds),
            100_000_000_000..100_000_000_000_000 => Some(Self::Millis),
            100_000_000_000_000..100_000_000_000_000_000 => Some(Self::Micros),
            100_000_000_000_000_000.. => Some(Self::Nanos),
        }
    }
}

impl Times {
    /// The time that a plain number means.
    pub(crate) fn of_number(&mut self, number: i64) -> Result<UnixNanos, Rule> {
        let kind = Kind::of(number).ok_or(Rule::NotATime)?;
        self.settle(kind)?;
        number.checked_mul(kind.nanos()).map(UnixNanos::from_nanos).ok_or(Rule::NotATime)
    }

    /// The time that a text means, be it a number or words.
    pub(crate) fn of_text(&mut self, text: &[u8]) -> Result<UnixNanos, Rule> {
        let text = text.trim_ascii();
        if let Some(time) = civil(text) {
            self.settle(Kind::Text)?;
            return Ok(time);
        }
        if let Some(number) = whole_number(text)
            && number >= 100_000_000
        {
            return self.of_number(number);
        }
        let time = std::str::from_utf8(text).ok().and_then(UnixNanos::parse).ok_or(Rule::NotATime)?;
        self.settle(Kind::Text)?;
        Ok(time)
    }

    fn settle(&mut self, this: Kind) -> Result<(), Rule> {
        let first = *self.kind.get_or_insert(this);
        if first == this { Ok(()) } else { Err(Rule::OtherUnit { this: this.name(), first: first.name() }) }
    }
}

/// `1640995200`, and `1640995200.0` or `1.6409952e9`, as pandas writes it.
fn whole_number(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    text.parse().ok().or_else(|| whole_float(text.parse().ok()?))
}

/// A whole number below 2^53, where `f64` holds all of them.
pub(crate) fn whole_float(value: f64) -> Option<i64> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
    (value.fract() == 0.0 && value.abs() < EXACT).then_some(value as i64)
}

/// `2021-12-31 23:01:00`, with `T` for the space, a fraction, and `Z` or `+00:00`: what nearly all files have, without the
/// detour through a general parser. `None` for all else, be it wrong or only rare.
fn civil(text: &[u8]) -> Option<UnixNanos> {
    let &[y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b' ' | b'T', h1, h2, b':', n1, n2, b':', s1, s2, ref rest @ ..] = text
    else {
        return None;
    };
    let (year, month, day) = (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
    let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
    if hour > 23 || minute > 59 || second > 59 || !(1970..2262).contains(&year) {
        return None;
    }
    let (fraction, zone) = match rest {
        [b'.', rest @ ..] => {
            let length = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
            let (digits, zone) = rest.split_at_checked(length)?;
            (fraction(digits)?, zone)
        }
        zone => (0, zone),
    };
    if !matches!(zone, b"" | b"Z" | b"+00:00" | b"+0000" | b"+00") {
        return None;
    }
    let seconds = ((days_since_epoch(year, month, day)? * 24 + hour) * 60 + minute) * 60 + second;
    Some(UnixNanos::from_nanos(seconds * 1_000_000_000 + fraction))
}

fn number(digits: &[u8]) -> Option<i64> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + i64::from(digit - b'0')))
}

/// Nanoseconds of the digits behind a decimal point.
fn fraction(digits: &[u8]) -> Option<i64> {
    let missing = 9_u32.checked_sub(u32::try_from(digits.len()).ok()?)?;
    if digits.is_empty() { None } else { Some(number(digits)? * 10_i64.pow(missing)) }
}

/// Days from 1970-01-01 to a day of the Gregorian calendar; `None` if there is no such day.
fn days_since_epoch(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) {
        return None;
    }
    // Years that begin in March end with the leap day (Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil).
    let year = if month <= 2 { year - 1 } else { year };
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    Some(era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_time_is_read_however_it_is_written() {
        let midnight = UnixNanos::parse("2022-01-01").unwrap();
        for text in [
            "1640995200",
            "1640995200000",
            "1640995200000000",
            "1640995200000000000",
            "1640995200.0",
            "1.6409952e12",
            " 1640995200 ",
            "2022-01-01T00:00:00Z",
            "2022-01-01 00:00:00.000000",
            "2022-01-01 00:00:00+00:00",
            "2022-01-01T01:00:00+01:00",
            "2022-01-01 00:00",
            "2022-01-01",
            "20220101",
        ] {
            assert_eq!(Times::default().of_text(text.as_bytes()), Ok(midnight), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "0",
            "60",
            "45000",
            "-1640995200000",
            "1640995200.5",
            "nan",
            "inf",
            "yesterday",
            "2022-02-30",
            "2022-13-01 00:00:00",
            "9300000000000000000",
        ] {
            assert_eq!(Times::default().of_text(text.as_bytes()), Err(Rule::NotATime), "{text}");
        }
    }

    #[test]
    fn the_first_row_decides_the_unit() {
        let mut times = Times::default();
        times.of_text(b"1640995200000").unwrap();
        assert_eq!(times.of_text(b"1640995260000000"), Err(Rule::OtherUnit { this: "microseconds", first: "milliseconds" }));
        assert_eq!(times.of_text(b"2022-01-01"), Err(Rule::OtherUnit { this: "words", first: "milliseconds" }));
        assert!(times.of_text(b"1640995260000").is_ok());
    }

    proptest! {
        #[test]
        fn the_quick_way_says_what_the_calendar_says(nanos in 0_i64..9_200_000_000_000_000_000, second: bool) {
            let time = UnixNanos::from_nanos(if second { nanos - nanos % 1_000_000_000 } else { nanos });
            prop_assert_eq!(civil(time.to_string().as_bytes()), Some(time));
        }

        #[test]
        fn the_quick_way_knows_no_time_that_the_calendar_does_not(text in "(19[6-9][0-9]|2[0-2][0-9]{2})-[01][0-9]-[0-3][0-9][ T][0-2][0-9]:[0-6][0-9]:[0-6][0-9](\\.[0-9]{0,10})?(Z|\\+00:00)?") {
            if let Some(time) = civil(text.as_bytes()) {
                prop_assert_eq!(UnixNanos::parse(&text), Some(time));
            }
        }
    }
}
