//! Time as the engine knows it: UTC nanoseconds, and the lengths of bars.
//!
//! One decision: there is one time type, [`UnixNanos`], and it carries no zone. Only `Display` (RFC 3339, always `Z`)
//! and [`UnixNanos::parse`] know a calendar. Nothing here reads a clock.

use std::{fmt, time::Duration};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Nanoseconds since 1970-01-01T00:00:00Z.
///
/// ```
/// use metaexpert_core::UnixNanos;
/// let start = UnixNanos::parse("2022-01-01T00:00:00Z").unwrap();
/// assert_eq!(start.to_string(), "2022-01-01T00:00:00Z");
/// assert_eq!(UnixNanos::from_millis(1_640_995_200_000), Some(start));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct UnixNanos(i64);

impl UnixNanos {
    /// The earliest time there is.
    pub const MIN: Self = Self(i64::MIN);
    /// The latest time there is (the year 2262).
    pub const MAX: Self = Self(i64::MAX);

    /// A time from nanoseconds since the epoch.
    pub const fn from_nanos(nanos: i64) -> Self {
        Self(nanos)
    }

    /// A time from milliseconds since the epoch; `None` outside the years 1677 to 2262.
    pub const fn from_millis(millis: i64) -> Option<Self> {
        match millis.checked_mul(1_000_000) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// A time from seconds since the epoch; `None` outside the years 1677 to 2262.
    pub const fn from_seconds(seconds: i64) -> Option<Self> {
        match seconds.checked_mul(1_000_000_000) {
            Some(nanos) => Some(Self(nanos)),
            None => None,
        }
    }

    /// Nanoseconds since the epoch.
    pub const fn as_nanos(self) -> i64 {
        self.0
    }

    /// This time moved by a number of nanoseconds, held at [`MIN`](Self::MIN) and [`MAX`](Self::MAX).
    #[must_use]
    pub const fn saturating_add_nanos(self, nanos: i64) -> Self {
        Self(self.0.saturating_add(nanos))
    }

    /// Nanoseconds from `earlier` to here; negative if `earlier` is later.
    pub const fn nanos_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The UTC day, counted from 1970-01-01.
    pub const fn utc_day(self) -> i64 {
        self.0.div_euclid(86_400_000_000_000)
    }

    /// The hour of the UTC day, 0 to 23.
    pub fn utc_hour(self) -> u8 {
        u8::try_from(self.0.div_euclid(3_600_000_000_000).rem_euclid(24)).unwrap_or(0)
    }

    /// The day of the UTC week, 0 is Monday and 6 is Sunday.
    pub fn utc_weekday(self) -> u8 {
        // 1970-01-01 was a Thursday.
        u8::try_from((self.utc_day() + 3).rem_euclid(7)).unwrap_or(0)
    }

    /// Reads an RFC 3339 time with a zone (`2022-01-01T00:00:00Z`, `2022-01-01 02:00:00+02:00`), or a date or
    /// date and time without one, which is taken as UTC (`2022-01-01`, `2022-01-01 00:00:00.5`). `None` for all else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let timestamp = text.parse::<jiff::Timestamp>().ok().or_else(|| {
            let civil: jiff::civil::DateTime = text.parse().ok()?;
            civil.to_zoned(jiff::tz::TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
        })?;
        i64::try_from(timestamp.as_nanosecond()).ok().map(Self)
    }
}

impl fmt::Display for UnixNanos {
    /// RFC 3339 in UTC, with a fraction of a second only where there is one.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_nanosecond(i128::from(self.0)) {
            Ok(timestamp) => write!(f, "{timestamp}"),
            Err(_) => write!(f, "{} ns", self.0),
        }
    }
}

impl Serialize for UnixNanos {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for UnixNanos {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| serde::de::Error::custom(format_args!("`{text}` is not a time such as 2024-03-05T00:00:00Z")))
    }
}

macro_rules! timeframes {
    ($($variant:ident $text:literal $seconds:literal),+ $(,)?) => {
        /// The length of a bar. Bars begin at multiples of it since the epoch (weeks on Mondays), in UTC.
        ///
        /// The lengths are those that Binance, Bybit and OKX share (1 second, 8 hours and 3 days not on each of them);
        /// months are left out, since they have no length.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[expect(missing_docs, reason = "the variants say it")]
        pub enum Timeframe { $($variant),+ }

        impl Timeframe {
            /// Every timeframe, shortest first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// How users write it: `1m`, `4h`, `1d`.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Its length in seconds.
            pub const fn seconds(self) -> i64 {
                match self { $(Self::$variant => $seconds),+ }
            }
        }
    };
}

timeframes! {
    S1 "1s" 1, M1 "1m" 60, M3 "3m" 180, M5 "5m" 300, M15 "15m" 900, M30 "30m" 1_800,
    H1 "1h" 3_600, H2 "2h" 7_200, H4 "4h" 14_400, H6 "6h" 21_600, H8 "8h" 28_800, H12 "12h" 43_200,
    D1 "1d" 86_400, D3 "3d" 259_200, W1 "1w" 604_800,
}

impl Timeframe {
    /// Its length in nanoseconds.
    pub const fn nanos(self) -> i64 {
        self.seconds() * 1_000_000_000
    }

    /// Its length.
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.seconds().unsigned_abs())
    }

    /// The timeframe that users write as `text`; usable in constants.
    pub const fn parse(text: &str) -> Option<Self> {
        let mut rest = Self::ALL;
        while let [first, tail @ ..] = rest {
            if same(first.as_str().as_bytes(), text.as_bytes()) {
                return Some(*first);
            }
            rest = tail;
        }
        None
    }

    /// The timeframe with exactly this length, if there is one.
    pub fn from_nanos(nanos: i64) -> Option<Self> {
        Self::ALL.iter().copied().find(|timeframe| timeframe.nanos() == nanos)
    }

    /// The opening time of the bar that `time` falls into.
    #[must_use]
    pub const fn open_of(self, time: UnixNanos) -> UnixNanos {
        // The epoch was a Thursday; weeks begin on Monday, four days later. Days and hours need no shift.
        let shift = if matches!(self, Self::W1) { 4 * 86_400_000_000_000 } else { 0 };
        UnixNanos(time.0 - (time.0 - shift).rem_euclid(self.nanos()))
    }

    /// Whether bars of this length can be built from bars of `finer` without splitting one.
    pub const fn is_multiple_of(self, finer: Self) -> bool {
        self.seconds() % finer.seconds() == 0
    }
}

const fn same(mut left: &[u8], mut right: &[u8]) -> bool {
    loop {
        match (left, right) {
            ([], []) => return true,
            ([a, left_rest @ ..], [b, right_rest @ ..]) if *a == *b => (left, right) = (left_rest, right_rest),
            _ => return false,
        }
    }
}

impl fmt::Display for Timeframe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Timeframe {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_and_without_a_zone() {
        let midnight = UnixNanos::parse("2022-01-01").unwrap();
        for text in ["2022-01-01T00:00:00Z", "2022-01-01 00:00:00", "2022-01-01T02:00:00+02:00", "2022-01-01 00:00:00.000000"] {
            assert_eq!(UnixNanos::parse(text), Some(midnight), "{text}");
        }
        assert_eq!(UnixNanos::parse("yesterday"), None);
    }

    #[test]
    fn a_fraction_is_shown_only_where_there_is_one() {
        assert_eq!(UnixNanos::from_millis(1_500).unwrap().to_string(), "1970-01-01T00:00:01.5Z");
        assert_eq!(UnixNanos::from_seconds(1).unwrap().to_string(), "1970-01-01T00:00:01Z");
    }

    #[test]
    fn weeks_begin_on_monday() {
        let sunday = UnixNanos::parse("2024-06-09T23:59:59Z").unwrap();
        assert_eq!(Timeframe::W1.open_of(sunday).to_string(), "2024-06-03T00:00:00Z");
        assert_eq!(sunday.utc_weekday(), 6);
        assert_eq!(sunday.utc_hour(), 23);
    }

    #[test]
    fn every_timeframe_reads_back() {
        for timeframe in Timeframe::ALL {
            assert_eq!(Timeframe::parse(timeframe.as_str()), Some(*timeframe));
            assert_eq!(Timeframe::from_nanos(timeframe.nanos()), Some(*timeframe));
        }
        assert_eq!(Timeframe::parse("7m"), None);
    }
}
