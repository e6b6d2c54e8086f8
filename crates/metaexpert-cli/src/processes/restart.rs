//! When an expert is started again, and after how long.
//!
//! The one decision: only what a second try may mend is tried again. A wrong flag stays wrong, and an expert that was told to
//! stop has stopped.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::How;

const FIRST_WAIT: Duration = Duration::from_secs(1);
const LONGEST_WAIT: Duration = Duration::from_mins(1);
/// A run of this length was a good one: the failures before it no longer count.
const GOOD_RUN: Duration = Duration::from_mins(10);

/// What the user wants done when an expert fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RestartRule {
    pub(crate) on_error: bool,
    /// Most restarts without a good run between them.
    pub(crate) max: u32,
}

/// The restarts of one expert so far.
#[derive(Debug)]
pub(crate) struct Restarts {
    rule: RestartRule,
    in_a_row: u32,
}

/// What is to be done about an expert that has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    StartAgain {
        after: Duration,
    },
    /// Ended as it should, or in a way that a restart does not mend.
    LeaveIt,
    /// It failed once too often.
    GiveUp,
}

impl Restarts {
    pub(crate) const fn new(rule: RestartRule) -> Self {
        Self { rule, in_a_row: 0 }
    }

    /// Decides about a run that was not asked to end and took that long.
    pub(crate) fn after(&mut self, how: &How, lasted: Duration) -> Next {
        if !self.rule.on_error || !may_be_mended(how) {
            return Next::LeaveIt;
        }
        if lasted >= GOOD_RUN {
            self.in_a_row = 0;
        }
        if self.in_a_row >= self.rule.max {
            return Next::GiveUp;
        }
        let factor = 1_u32.checked_shl(self.in_a_row).unwrap_or(u32::MAX);
        self.in_a_row += 1;
        Next::StartAgain { after: FIRST_WAIT.saturating_mul(factor).min(LONGEST_WAIT) }
    }
}

fn may_be_mended(how: &How) -> bool {
    match how {
        // Good; usage and configuration, which stay as they are; interrupted.
        How::Code(0 | 2 | 3 | 130) | How::NotStarted(_) | How::Unseen => false,
        How::Code(_) | How::Signal(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Duration = Duration::from_secs(1);

    #[test]
    fn only_what_a_second_try_may_mend_is_tried_again() {
        for (how, again) in [
            (How::Code(0), false),
            (How::Code(1), true),
            (How::Code(2), false),
            (How::Code(3), false),
            (How::Code(4), true),
            (How::Code(101), true),
            (How::Code(130), false),
            (How::Signal(9), true),
            (How::Signal(11), true),
            (How::NotStarted("no such file".into()), false),
            (How::Unseen, false),
        ] {
            let next = Restarts::new(RestartRule { on_error: true, max: 5 }).after(&how, SHORT);
            assert_eq!(matches!(next, Next::StartAgain { .. }), again, "{how:?}");
            let next = Restarts::new(RestartRule { on_error: false, max: 5 }).after(&how, SHORT);
            assert_eq!(next, Next::LeaveIt, "{how:?}: nobody wants it");
        }
    }

    #[test]
    fn each_wait_is_twice_the_last_one_up_to_a_minute() {
        let mut restarts = Restarts::new(RestartRule { on_error: true, max: 40 });
        let mut wait = || match restarts.after(&How::Code(1), SHORT) {
            Next::StartAgain { after } => after.as_secs(),
            other => panic!("{other:?}"),
        };
        assert_eq!([wait(), wait(), wait(), wait(), wait(), wait(), wait()], [1, 2, 4, 8, 16, 32, 60]);
        assert!((7..40).all(|_| wait() == 60));
    }

    #[test]
    fn failing_once_too_often_is_the_end_unless_a_good_run_was_between() {
        let mut restarts = Restarts::new(RestartRule { on_error: true, max: 2 });
        let first = Next::StartAgain { after: FIRST_WAIT };
        assert_eq!(restarts.after(&How::Code(1), SHORT), first);
        assert_ne!(restarts.after(&How::Code(1), SHORT), first);
        assert_eq!(restarts.after(&How::Code(1), GOOD_RUN), first, "ten good minutes");
        assert_ne!(restarts.after(&How::Code(1), SHORT), first);
        assert_eq!(restarts.after(&How::Signal(9), SHORT), Next::GiveUp);
        assert_eq!(Restarts::new(RestartRule { on_error: true, max: 0 }).after(&How::Code(1), SHORT), Next::GiveUp);
    }
}
