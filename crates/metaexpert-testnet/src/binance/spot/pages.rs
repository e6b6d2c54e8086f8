//! Which part of a history is asked for: within which times, how much of it.

use metaexpert_core::UnixNanos;

use crate::binance::door::{ApiError, Params};

/// The times within which something is asked for.
pub(in crate::binance) struct Stretch {
    pub(in crate::binance) since: Option<UnixNanos>,
    pub(in crate::binance) until: Option<UnixNanos>,
}

impl Stretch {
    /// Reads `startTime` and `endTime`, no further apart than a day.
    ///
    /// # Errors
    /// -1127 where they are, -1130 where they are the wrong way round.
    pub(in crate::binance) fn of_a_day(params: &Params) -> Result<Self, ApiError> {
        const DAY: i64 = 86_400 * 1_000_000_000;
        let (since, until) = (params.time("startTime")?, params.time("endTime")?);
        if let (Some(since), Some(until)) = (since, until) {
            let nanos = until.nanos_since(since);
            if nanos > DAY {
                return Err(ApiError::new(-1127, "More than 24 hours between startTime and endTime."));
            }
            if nanos < 0 {
                return Err(ApiError::invalid("startTime"));
            }
        }
        Ok(Self { since, until })
    }

    /// Whether a time lies within it.
    pub(in crate::binance) fn has(&self, time: UnixNanos) -> bool {
        self.since.is_none_or(|since| time >= since) && self.until.is_none_or(|until| time <= until)
    }
}

/// At most so many: the oldest where a beginning was asked for, else the latest; oldest first either way ("General API Information").
pub(in crate::binance) fn page<T>(mut items: Vec<T>, limit: usize, from_the_oldest: bool) -> Vec<T> {
    if from_the_oldest {
        items.truncate(limit);
        return items;
    }
    let skipped = items.len().saturating_sub(limit);
    items.split_off(skipped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_the_latest_unless_a_beginning_was_asked_for() {
        assert_eq!(page(vec![1, 2, 3], 2, false), [2, 3]);
        assert_eq!(page(vec![1, 2, 3], 2, true), [1, 2]);
        assert_eq!(page(vec![1], 2, false), [1]);
    }

    #[test]
    fn no_more_than_a_day_is_looked_at() {
        let of = |since: &str, until: &str| {
            let pairs = vec![("startTime".to_owned(), since.to_owned()), ("endTime".to_owned(), until.to_owned())];
            Stretch::of_a_day(&Params::of(pairs)).map(|_| ()).map_err(|error| (error.code, error.message))
        };
        assert_eq!(of("1700000000000", "1700086400000"), Ok(()));
        let error = (-1127, "More than 24 hours between startTime and endTime.".to_owned());
        assert_eq!(of("1700000000000", "1700086400001"), Err(error));
        assert_eq!(of("1700000000001", "1700000000000").unwrap_err().0, -1130);
    }
}
