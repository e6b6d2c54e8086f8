//! Times as nanoseconds since 1970 in UTC, in the few spellings that data and reports use.
use super::refused::ReferenceError;

const NANOS: i64 = 1_000_000_000;
const DAY: i64 = 86_400;

/// Reads seconds, milliseconds, microseconds or nanoseconds (told apart by their size), or a date with a time.
///
/// # Errors
/// [`ReferenceError::NotATime`].
pub fn parse_time(text: &str) -> Result<i64, ReferenceError> {
    let refuse = || ReferenceError::NotATime(text.to_owned());
    if let Ok(number) = text.parse::<i64>() {
        let unit = match number.unsigned_abs() {
            0..100_000_000_000 => NANOS,
            100_000_000_000..100_000_000_000_000 => 1_000_000,
            100_000_000_000_000..100_000_000_000_000_000 => 1_000,
            _ => 1,
        };
        return number.checked_mul(unit).ok_or_else(refuse);
    }
    civil(text).ok_or_else(refuse)
}

/// `2022-01-01T00:00:00Z`; a fraction only where there is one.
pub fn rfc3339(nanos: i64) -> String {
    let (seconds, fraction) = (nanos.div_euclid(NANOS), nanos.rem_euclid(NANOS));
    let (days, clock) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let (year, month, day) = date_of(days);
    let (hour, minute, second) = (clock / 3600, clock / 60 % 60, clock % 60);
    let fraction = match fraction {
        0 => String::new(),
        some => format!(".{some:09}").trim_end_matches('0').to_owned(),
    };
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}{fraction}Z")
}

/// `1m`, `4h`, `1d` in nanoseconds.
pub(super) fn timeframe(text: &str) -> Option<i64> {
    let unit = text.chars().last()?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => DAY,
        'w' => 7 * DAY,
        _ => return None,
    };
    let count: i64 = text.strip_suffix(unit)?.parse().ok()?;
    (count > 0).then_some(count * seconds * NANOS)
}

fn civil(text: &str) -> Option<i64> {
    let text = text.strip_suffix('Z').or_else(|| text.strip_suffix("+00:00")).unwrap_or(text);
    let (date, clock) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let mut date = date.splitn(3, '-').map(str::parse::<i64>);
    let (year, month, day) = (date.next()?.ok()?, date.next()?.ok()?, date.next()?.ok()?);
    let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
    let mut clock = clock.splitn(3, ':').map(str::parse::<i64>);
    let (hour, minute, second) = (clock.next()?.ok()?, clock.next()?.ok()?, clock.next()?.ok()?);
    let fraction: i64 = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let days = days_of(year, month, day);
    (date_of(days) == (year, month, day)).then_some((days * DAY + hour * 3600 + minute * 60 + second) * NANOS + fraction)
}

/// Days since 1970-01-01 of a date: whole 400-year eras of 146,097 days, and years that start in March,
/// so that the leap day is the last one.
fn days_of(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

/// The inverse of [`days_of`], found by stepping down from a year that is surely late enough.
fn date_of(days: i64) -> (i64, i64, i64) {
    let mut year = 1970 + days.div_euclid(365) + 1;
    while days_of(year, 1, 1) > days {
        year -= 1;
    }
    let mut month = 12;
    while days_of(year, month, 1) > days {
        month -= 1;
    }
    (year, month, days - days_of(year, month, 1) + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_a_moment_is_that_moment() {
        let moment = 1_640_991_660 * NANOS;
        for text in [
            "1640991660",
            "1640991660000",
            "1640991660000000",
            "1640991660000000000",
            "2021-12-31 23:01:00.000000",
            "2021-12-31T23:01:00Z",
            "2021-12-31T23:01:00+00:00",
        ] {
            assert_eq!(parse_time(text), Ok(moment), "{text}");
        }
        assert_eq!(rfc3339(moment), "2021-12-31T23:01:00Z");
        assert_eq!(rfc3339(moment + 250_000_000), "2021-12-31T23:01:00.25Z");
    }

    #[test]
    fn every_day_of_five_centuries_has_one_date_and_comes_back() {
        let mut last = date_of(days_of(1899, 12, 31));
        for days in days_of(1900, 1, 1)..days_of(2400, 1, 1) {
            let date = date_of(days);
            assert!(date > last, "{date:?} after {last:?}");
            assert_eq!(days_of(date.0, date.1, date.2), days);
            last = date;
        }
        assert_eq!(days_of(2000, 2, 29) + 1, days_of(2000, 3, 1));
        assert_eq!(days_of(1970, 1, 1), 0);
    }

    #[test]
    fn a_day_that_does_not_exist_is_not_a_time() {
        for text in ["2021-02-29", "2021-13-01", "yesterday", "2021-01-01 aa:00:00"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }
}
