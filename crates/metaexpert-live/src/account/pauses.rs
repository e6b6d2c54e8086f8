//! When entries are refused because of the account: before it was compared, and while the exchange cannot be reached.
//!
//! The one decision: each cause is told once when it begins and once when it is over, whatever its reasons are and how many.

use metaexpert_core::{
    UnixNanos,
    feed::{Event, Pause, PauseCause},
};

/// What is wrong, and since when.
#[derive(Debug, Default)]
pub(super) struct Pauses {
    /// The account has not been compared since its stream came about.
    pub reconciling: bool,
    /// The account's stream is away.
    pub is_deaf: bool,
    /// Requests do not get through.
    pub is_mute: bool,
    reconciling_since: Option<UnixNanos>,
    unreachable_since: Option<UnixNanos>,
}

impl Pauses {
    /// Before anything was heard: nothing is known, and nothing can be reached.
    pub(super) fn at_start() -> Self {
        Self { reconciling: true, is_deaf: true, ..Self::default() }
    }

    /// What has begun or is over since this was asked last.
    pub(super) fn changes(&mut self, now: UnixNanos) -> Vec<Event> {
        let unreachable = change(PauseCause::Unreachable, self.is_deaf || self.is_mute, &mut self.unreachable_since, now);
        let reconciling = change(PauseCause::Reconciling, self.reconciling, &mut self.reconciling_since, now);
        [reconciling, unreachable].into_iter().flatten().collect()
    }
}

fn change(cause: PauseCause, is_so: bool, since: &mut Option<UnixNanos>, now: UnixNanos) -> Option<Event> {
    if is_so == since.is_some() {
        return None;
    }
    *since = is_so.then_some(now);
    Some(Event::Pause(Pause { instrument: None, cause, since: *since }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_once_when_it_begins_and_once_when_it_is_over() {
        let at = |nanos| UnixNanos::from_nanos(nanos);
        let pause = |cause, since| Event::Pause(Pause { instrument: None, cause, since });
        let mut pauses = Pauses::at_start();
        let both = [pause(PauseCause::Reconciling, Some(at(1))), pause(PauseCause::Unreachable, Some(at(1)))];
        assert_eq!(pauses.changes(at(1)), both);
        assert_eq!(pauses.changes(at(2)), []);
        (pauses.is_deaf, pauses.is_mute) = (false, true);
        assert_eq!(pauses.changes(at(3)), [], "another reason, the same cause");
        pauses.is_mute = false;
        assert_eq!(pauses.changes(at(4)), [pause(PauseCause::Unreachable, None)]);
        pauses.reconciling = false;
        assert_eq!(pauses.changes(at(5)), [pause(PauseCause::Reconciling, None)]);
    }
}
