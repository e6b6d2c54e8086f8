//! The lengths of bars that exchanges publish, months included.

use metaexpert_core::{Timeframe, UnixNanos};

/// A length of published bars.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interval {
    Of(Timeframe),
    /// From the first of a month on.
    Month,
}

const DAY: i64 = 86_400_000_000_000;

impl Interval {
    pub(super) fn parse(text: &str) -> Option<Self> {
        if text == "1M" { Some(Self::Month) } else { Timeframe::parse(text).map(Self::Of) }
    }

    /// When the bar begins that a time falls into.
    pub(super) fn open_of(self, time: UnixNanos) -> UnixNanos {
        match self {
            Self::Of(timeframe) => timeframe.open_of(time),
            Self::Month => {
                let day = time.utc_day();
                UnixNanos::from_nanos((day - day_of_month(day)) * DAY)
            }
        }
    }

    /// When the bar after this one begins.
    pub(super) fn next(self, open: UnixNanos) -> UnixNanos {
        match self {
            Self::Of(timeframe) => open.saturating_add_nanos(timeframe.nanos()),
            // Every month is over 32 days after its first, and no month is shorter than four weeks.
            Self::Month => self.open_of(open.saturating_add_nanos(32 * DAY)),
        }
    }

    /// The longest that one may be, in nanoseconds.
    pub(super) const fn at_most(self) -> i64 {
        match self {
            Self::Of(timeframe) => timeframe.nanos(),
            Self::Month => 31 * DAY,
        }
    }
}

/// The day of its month, from 0, of a day since 1970: counted in years that begin in March, so that the leap day is the last
/// (H. Hinnant, "chrono-compatible low-level date algorithms").
const fn day_of_month(day: i64) -> i64 {
    let day_of_era = (day + 719_468).rem_euclid(146_097);
    let year = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year + year / 4 - year / 100);
    let month = (5 * day_of_year + 2) / 153;
    day_of_year - (153 * month + 2) / 5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_begin_on_their_first() {
        for (time, open, next) in [
            ("2024-02-29T23:59:59Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
            ("2023-01-01T00:00:00Z", "2023-01-01T00:00:00Z", "2023-02-01T00:00:00Z"),
            ("2026-12-31T12:00:00Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("2100-02-28T12:00:00Z", "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z"),
        ] {
            let month = Interval::parse("1M").unwrap();
            let begin = month.open_of(UnixNanos::parse(time).unwrap());
            assert_eq!((begin.to_string(), month.next(begin).to_string()), (open.to_owned(), next.to_owned()), "{time}");
        }
        assert_eq!(Interval::parse("1m"), Some(Interval::Of(Timeframe::M1)));
        assert_eq!(Interval::parse("7m"), None);
    }
}
