//! Timers on engine time.

use std::time::Duration;

use crate::UnixNanos;

/// When each `#[on_timer]` is due next. The first is due one interval after the first event.
#[derive(Debug)]
pub(super) struct Timers {
    timers: Vec<Timer>,
    /// The earliest of them, so that an event without a timer costs one comparison.
    next: UnixNanos,
}

#[derive(Debug)]
struct Timer {
    interval_nanos: i64,
    due: Option<UnixNanos>,
}

impl Timers {
    pub(super) fn new(intervals: &[Duration]) -> Self {
        let nanos = |interval: &Duration| i64::try_from(interval.as_nanos()).unwrap_or(i64::MAX).max(1);
        let timers: Vec<Timer> = intervals.iter().map(|interval| Timer { interval_nanos: nanos(interval), due: None }).collect();
        let next = if timers.is_empty() { UnixNanos::MAX } else { UnixNanos::MIN };
        Self { timers, next }
    }

    /// No timer is due until they [begin](Self::begin).
    pub(super) const fn hold(&mut self) {
        self.next = UnixNanos::MAX;
    }

    /// The first of each is due one interval after the next event.
    pub(super) const fn begin(&mut self) {
        self.next = if self.timers.is_empty() { UnixNanos::MAX } else { UnixNanos::MIN };
    }

    /// The timer that is due first, if that is before or at `time`: its place and its moment. It is then due an interval later.
    #[inline]
    pub(super) fn due_by(&mut self, time: UnixNanos) -> Option<(usize, UnixNanos)> {
        if self.next > time { None } else { self.take(time) }
    }

    fn take(&mut self, time: UnixNanos) -> Option<(usize, UnixNanos)> {
        for timer in &mut self.timers {
            timer.due.get_or_insert_with(|| time.saturating_add_nanos(timer.interval_nanos));
        }
        let earliest = self.timers.iter_mut().enumerate().filter_map(|(place, timer)| Some((timer.due?, place, timer)));
        let (due, place, timer) = earliest.min_by_key(|(due, place, _)| (*due, *place))?;
        let taken = (due <= time).then(|| {
            timer.due = Some(due.saturating_add_nanos(timer.interval_nanos));
            (place, due)
        });
        self.next = self.timers.iter().filter_map(|timer| timer.due).min().unwrap_or(UnixNanos::MAX);
        taken
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timers_are_due_in_order_from_the_first_event_on() {
        let mut timers = Timers::new(&[Duration::from_secs(2), Duration::from_secs(3)]);
        let at = |seconds| UnixNanos::from_seconds(seconds).unwrap();
        assert_eq!(timers.due_by(at(100)), None);
        let due: Vec<_> =
            std::iter::from_fn(|| timers.due_by(at(106))).map(|(place, time)| (place, time.as_nanos() / 1_000_000_000)).collect();
        assert_eq!(due, [(0, 102), (1, 103), (0, 104), (0, 106), (1, 106)]);
        assert_eq!(timers.due_by(at(107)), None);
    }

    #[test]
    fn without_timers_nothing_is_ever_due() {
        assert_eq!(Timers::new(&[]).due_by(UnixNanos::MAX), None);
    }
}
