//! What is done after a request has failed: nothing, once more, or once more with a better clock.
//!
//! The one decision: it is a function of two words, what a lost answer of the call means and what is known of this one. What
//! may have been carried out and must not happen twice ends here, whatever else speaks for trying.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::{
    endpoint::Lost,
    failure::{Failure, Meaning, Recourse},
};

/// How often a request is sent again at most, the one with a better clock not counted.
pub(super) const AGAIN_MAX: usize = 3;

/// The first pause and the longest.
const PAUSE: (Duration, Duration) = (Duration::from_millis(250), Duration::from_secs(5));

/// A failed attempt: what is said if it was the last, and whether it is certain that nothing was carried out.
#[derive(Debug)]
pub(super) struct Attempt {
    pub(super) failure: Failure,
    pub(super) cause: Cause,
}

/// Why an attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cause {
    /// This side did not want to send it: no key, no budget, the breaker is open. It will not want to a moment later.
    Ours,
    /// There was no connection to send it on.
    Unconnected,
    /// It was sent, and its answer is lost.
    Cut,
    /// The exchange said so.
    Judged,
}

/// What comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It has failed.
    Stop,
    /// The clock's offset is measured, then it is sent once more.
    Sync,
    /// It is sent again after a pause.
    Pause,
    /// It is sent again when the exchange takes requests again.
    Reopening,
}

/// What comes after a failed attempt of a call.
pub(super) fn step(lost: Lost, attempt: &Attempt, is_synced: bool) -> Step {
    match (&attempt.failure, attempt.cause) {
        (_, Cause::Ours) => Step::Stop,
        (_, Cause::Unconnected) => Step::Pause,
        (Failure::RateLimited { .. }, _) => Step::Reopening,
        (Failure::Refused { refused, .. }, _) => match (refused.meaning.recourse(), lost) {
            (Recourse::SyncClock, _) if !is_synced => Step::Sync,
            (Recourse::BackOff, _) => Step::Pause,
            (Recourse::Query, Lost::Retry) if refused.meaning == Meaning::Unknown => Step::Pause,
            (Recourse::SyncClock | Recourse::Query | Recourse::Renew | Recourse::GiveUp, _) => Step::Stop,
        },
        (Failure::Unknown { .. }, _) => match lost {
            Lost::Retry => Step::Pause,
            Lost::Unknown => Step::Stop,
        },
        (Failure::NotSent { .. } | Failure::Malformed(_), _) => Step::Stop,
    }
}

/// The pauses of one request.
pub(super) fn pauses(seed: u64) -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(PAUSE.0)
        .with_max_delay(PAUSE.1)
        .with_max_times(AGAIN_MAX)
        .with_jitter()
        .with_jitter_seed(seed)
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Malformed, report::Refused};

    fn refused(meaning: Meaning) -> Failure {
        Failure::Refused { endpoint: "call", refused: Refused { id: None, code: -1, message: String::new(), meaning } }
    }

    fn unknown() -> Failure {
        Failure::Unknown { endpoint: "call", why: String::from("cut") }
    }

    #[test]
    fn what_is_sent_again_is_what_cannot_happen_twice() {
        let not_sent = Failure::NotSent { endpoint: "call", why: String::from("refused") };
        let limited = Failure::RateLimited { endpoint: "call", retry_after: None, is_banned: false };
        let rows = [
            // failure, cause, where the call may be repeated, where it may not
            (unknown(), Cause::Cut, Step::Pause, Step::Stop),
            (unknown(), Cause::Judged, Step::Pause, Step::Stop),
            (not_sent.clone(), Cause::Unconnected, Step::Pause, Step::Pause),
            (not_sent, Cause::Ours, Step::Stop, Step::Stop),
            (limited.clone(), Cause::Judged, Step::Reopening, Step::Reopening),
            (limited, Cause::Ours, Step::Stop, Step::Stop),
            (refused(Meaning::Unavailable), Cause::Judged, Step::Pause, Step::Pause),
            (refused(Meaning::TooManyOrders), Cause::Judged, Step::Pause, Step::Pause),
            (refused(Meaning::Unknown), Cause::Judged, Step::Pause, Step::Stop),
            (refused(Meaning::DuplicateClientId), Cause::Judged, Step::Stop, Step::Stop),
            (refused(Meaning::BadSignature), Cause::Judged, Step::Stop, Step::Stop),
            (refused(Meaning::UnknownOrder), Cause::Judged, Step::Stop, Step::Stop),
            (refused(Meaning::CredentialExpired), Cause::Judged, Step::Stop, Step::Stop),
            (Failure::Malformed(Malformed::new("call", "no JSON", b"<")), Cause::Judged, Step::Stop, Step::Stop),
        ];
        for (failure, cause, repeatable, unique) in rows {
            let attempt = Attempt { failure, cause };
            assert_eq!(step(Lost::Retry, &attempt, false), repeatable, "{attempt:?}");
            assert_eq!(step(Lost::Unknown, &attempt, false), unique, "{attempt:?}");
        }
    }

    #[test]
    fn the_clock_is_blamed_once() {
        let attempt = Attempt { failure: refused(Meaning::ClockSkew), cause: Cause::Judged };
        for lost in [Lost::Retry, Lost::Unknown] {
            assert_eq!(step(lost, &attempt, false), Step::Sync);
            assert_eq!(step(lost, &attempt, true), Step::Stop);
        }
    }

    #[test]
    fn pauses_grow_are_capped_in_number_and_follow_from_their_seed() {
        let of = |seed| pauses(seed).collect::<Vec<_>>();
        assert_eq!(of(7), of(7));
        assert_ne!(of(7), of(8));
        assert_eq!(of(7).len(), AGAIN_MAX);
        assert!(of(7).is_sorted() && of(7).iter().all(|pause| *pause >= PAUSE.0 && *pause <= PAUSE.1 * 2), "{:?}", of(7));
    }
}
