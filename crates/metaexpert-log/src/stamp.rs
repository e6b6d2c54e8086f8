//! When a record was made, and how that is written.

use std::{
    fmt::Write,
    time::{SystemTime, UNIX_EPOCH},
};

use jiff::Timestamp;

const NANOS_PER_SECOND: i64 = 1_000_000_000;

/// When a record was made, taken on the thread that made it. Both in nanoseconds since the Unix epoch, UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stamp {
    pub(crate) wall: i64,
    /// The engine's time, where it is not the wall clock's.
    pub(crate) simulated: Option<i64>,
}

impl Stamp {
    pub(crate) fn now(simulated: Option<i64>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self { wall: i64::try_from(since.as_nanos()).unwrap_or(i64::MAX), simulated }
    }

    /// The UTC day, counted from the epoch.
    pub(crate) const fn day(self) -> i64 {
        self.wall.div_euclid(86_400 * NANOS_PER_SECOND)
    }
}

/// Writes times in RFC 3339 with microseconds, in UTC. Remembers the second it last wrote, for most records share one.
#[derive(Debug, Clone, Default)]
pub(crate) struct TimeWriter {
    second: Option<i64>,
    text: String,
}

impl TimeWriter {
    /// `2026-01-02T03:04:05.123456Z`. A time beyond the calendar is written as the calendar's end.
    pub(crate) fn write(&mut self, nanos: i64, to: &mut String) {
        let second = nanos.div_euclid(NANOS_PER_SECOND);
        if self.second != Some(second) {
            self.second = Some(second);
            self.text.clear();
            let time = Timestamp::from_second(second).unwrap_or(if second < 0 { Timestamp::MIN } else { Timestamp::MAX });
            // Writing to a string cannot fail.
            let _ = write!(self.text, "{}", time.strftime("%Y-%m-%dT%H:%M:%S"));
        }
        to.push_str(&self.text);
        push_micros(nanos.rem_euclid(NANOS_PER_SECOND) / 1_000, to);
    }
}

/// `.000042Z`, digit by digit: this stands in every record.
fn push_micros(micros: i64, to: &mut String) {
    to.push('.');
    let mut place = 100_000;
    while place > 0 {
        let digit = u8::try_from(micros / place % 10).unwrap_or(0);
        to.push(char::from(b'0' + digit));
        place /= 10;
    }
    to.push('Z');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_has_six_digits_below_the_second_and_is_utc() {
        let mut writer = TimeWriter::default();
        for (nanos, expected) in [
            (1_767_323_045_123_456_789, "2026-01-02T03:04:05.123456Z"),
            (1_767_323_045_000_001_000, "2026-01-02T03:04:05.000001Z"),
            (1_767_323_046_000_000_000, "2026-01-02T03:04:06.000000Z"),
            (-1, "1969-12-31T23:59:59.999999Z"),
            (0, "1970-01-01T00:00:00.000000Z"),
        ] {
            let mut text = String::new();
            writer.write(nanos, &mut text);
            assert_eq!(text, expected);
        }
    }

    #[test]
    fn a_day_ends_at_midnight_utc() {
        let day = |wall| Stamp { wall, simulated: None }.day();
        assert_eq!((day(0), day(86_400 * NANOS_PER_SECOND - 1), day(86_400 * NANOS_PER_SECOND), day(-1)), (0, 0, 1, -1));
    }
}
