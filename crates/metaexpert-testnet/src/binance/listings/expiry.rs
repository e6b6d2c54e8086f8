//! When contracts end: Fridays at 08:00 UTC.

use metaexpert_core::UnixNanos;

const HOUR: i64 = 3_600 * 1_000_000_000;
const DAY: i64 = 24 * HOUR;
const WEEK: i64 = 7 * DAY;
/// Days are counted from Monday.
const FRIDAY: i64 = 4;
/// How long a contract is traded at least before it ends.
const SHORTEST: i64 = DAY;

/// The first Friday that is more than a day after `start`.
pub(super) fn friday_after(start: UnixNanos) -> UnixNanos {
    let day = start.utc_day();
    let to_friday = (FRIDAY - i64::from(start.utc_weekday())).rem_euclid(7);
    let friday = UnixNanos::from_nanos((day + to_friday) * DAY + 8 * HOUR);
    if friday.nanos_since(start) > SHORTEST { friday } else { friday.saturating_add_nanos(WEEK) }
}

/// The last Friday of a month, more than a day after `start`, that is not `other`.
pub(super) fn month_after(start: UnixNanos, other: UnixNanos) -> UnixNanos {
    fridays(start).find(|friday| is_last_of_month(*friday) && *friday != other).unwrap_or(other)
}

/// The last Friday of March, June, September or December, more than a day after `start`.
pub(super) fn quarter_after(start: UnixNanos) -> UnixNanos {
    let is_last_of_quarter =
        |friday: &UnixNanos| is_last_of_month(*friday) && matches!(month(*friday).as_str(), "03" | "06" | "09" | "12");
    fridays(start).find(is_last_of_quarter).unwrap_or_else(|| friday_after(start))
}

/// As symbols have it: `261225`.
pub(super) fn written(time: UnixNanos) -> String {
    time.to_string().chars().take(10).filter(char::is_ascii_digit).skip(2).collect()
}

/// The Fridays after `start`: of one year, in which there is every kind.
fn fridays(start: UnixNanos) -> impl Iterator<Item = UnixNanos> {
    let first = friday_after(start);
    (0..53).map(move |week| first.saturating_add_nanos(week * WEEK))
}

fn is_last_of_month(friday: UnixNanos) -> bool {
    month(friday) != month(friday.saturating_add_nanos(WEEK))
}

/// The month as two digits, out of `2026-12-25T08:00:00Z`.
fn month(time: UnixNanos) -> String {
    time.to_string().chars().skip(5).take(2).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> UnixNanos {
        UnixNanos::parse(text).unwrap()
    }

    #[test]
    fn a_week_ends_on_friday_at_eight() {
        let saturday = time("2026-11-21T12:00:00Z");
        assert_eq!(friday_after(saturday), time("2026-11-27T08:00:00Z"));
        assert_eq!(friday_after(time("2026-11-26T07:00:00Z")), time("2026-11-27T08:00:00Z"));
        assert_eq!(friday_after(time("2026-11-26T09:00:00Z")), time("2026-12-04T08:00:00Z"));
    }

    #[test]
    fn a_quarter_ends_on_its_last_friday() {
        assert_eq!(quarter_after(time("2026-11-21T12:00:00Z")), time("2026-12-25T08:00:00Z"));
        assert_eq!(quarter_after(time("2026-12-25T00:00:00Z")), time("2027-03-26T08:00:00Z"));
        assert_eq!(written(time("2026-12-25T08:00:00Z")), "261225");
    }

    #[test]
    fn the_chains_second_expiry_is_another_than_its_first() {
        let start = time("2026-12-19T00:00:00Z");
        let first = friday_after(start);
        assert_eq!(first, time("2026-12-25T08:00:00Z"));
        assert_eq!(month_after(start, first), time("2027-01-29T08:00:00Z"));
    }
}
