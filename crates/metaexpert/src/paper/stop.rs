//! What people want of a run that goes on: that it ends, or that everything is closed. It comes from whoever may want it, and goes to
//! whoever is waiting for a bar.
//!
//! The one decision: a wish is only taken where somebody heeds it. Where nobody does, whoever asks is told so, and ends the
//! process in the old way.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use metaexpert_core::feed::Then;

/// What the signals of this process ask for.
pub(crate) static STOP: StopRequest = StopRequest::new();

/// Who asked for the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A person at the keyboard: Ctrl-C, SIGINT.
    Interrupt,
    /// Another program, or the end of the session: SIGTERM, SIGHUP, `metaexpert stop`.
    Terminate,
}

/// What somebody who waits is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    /// That the run end.
    Stop(Asked),
    /// That everything be closed.
    Flatten(Then),
}

/// The wishes, and those who wait for them.
#[derive(Debug)]
pub(crate) struct StopRequest {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    heeding: usize,
    asked: Option<Asked>,
    flatten: Option<Then>,
}

impl State {
    /// What is new to somebody who has heard of this wish to have everything closed.
    fn news(&self, heard: Option<Then>) -> Option<Wish> {
        let flatten = self.flatten.filter(|then| Some(*then) > heard).map(Wish::Flatten);
        self.asked.map(Wish::Stop).or(flatten)
    }
}

impl StopRequest {
    pub(crate) const fn new() -> Self {
        Self { state: Mutex::new(State { heeding: 0, asked: None, flatten: None }), changed: Condvar::new() }
    }

    /// From now on somebody heeds wishes, until what is returned is dropped.
    pub(crate) fn heed(&self) -> Heeding<'_> {
        self.state().heeding += 1;
        Heeding(self)
    }

    /// Asks for the end, at once. `false` where nobody heeds it.
    #[cfg_attr(not(unix), cfg_attr(not(test), expect(dead_code, reason = "signals are watched on Unix only")))]
    pub(crate) fn ask(&self, asked: Asked) -> bool {
        self.wish(|state| {
            state.asked.get_or_insert(asked);
        })
    }

    /// Asks for everything to be closed. `false` where nobody heeds it.
    #[cfg_attr(not(unix), cfg_attr(not(test), expect(dead_code, reason = "signals are watched on Unix only")))]
    pub(crate) fn flatten(&self, then: Then) -> bool {
        self.wish(|state| state.flatten = state.flatten.max(Some(then)))
    }

    fn wish(&self, wish: impl FnOnce(&mut State)) -> bool {
        let mut state = self.state();
        if state.heeding == 0 {
            return false;
        }
        wish(&mut state);
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Who has asked for the end, if somebody has.
    pub(crate) fn asked(&self) -> Option<Asked> {
        self.state().asked
    }

    /// Sleeps for no longer than this. Returns at once where there is a wish, and says which; one to have everything closed only
    /// where it is a stronger one than was heard.
    pub(crate) fn wait(&self, longest: Duration, heard: Option<Then>) -> Option<Wish> {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, longest, |state| state.news(heard).is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.news(heard)
    }

    /// A panic while it was held has left nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody heeds wishes.
#[derive(Debug)]
#[must_use]
pub(crate) struct Heeding<'a>(&'a StopRequest);

impl Drop for Heeding<'_> {
    fn drop(&mut self) {
        self.0.state().heeding -= 1;
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn a_wish_that_nobody_heeds_is_refused() {
        let stop = StopRequest::new();
        assert!(!stop.ask(Asked::Terminate));
        drop(stop.heed());
        assert!(!stop.ask(Asked::Terminate) && !stop.flatten(Then::Halt));
        assert_eq!(stop.wait(Duration::ZERO, None), None);
    }

    #[test]
    fn the_first_wish_counts_and_wakes_all_who_wait() {
        let stop = StopRequest::new();
        let _heeding = stop.heed();
        thread::scope(|scope| {
            let waiting = [(); 3].map(|()| scope.spawn(|| stop.wait(Duration::MAX, None)));
            assert!(stop.ask(Asked::Interrupt) && stop.ask(Asked::Terminate));
            for waited in waiting {
                assert_eq!(waited.join().unwrap(), Some(Wish::Stop(Asked::Interrupt)));
            }
        });
    }

    #[test]
    fn a_wish_to_have_everything_closed_is_told_once_and_a_stronger_one_after_it() {
        let stop = StopRequest::new();
        let _heeding = stop.heed();
        let heard = |heard| stop.wait(Duration::ZERO, heard);
        assert!(stop.flatten(Then::Halt));
        assert_eq!((heard(None), heard(Some(Then::Halt))), (Some(Wish::Flatten(Then::Halt)), None));
        assert!(stop.flatten(Then::Stop) && stop.flatten(Then::Halt));
        assert_eq!((heard(Some(Then::Halt)), heard(Some(Then::Stop))), (Some(Wish::Flatten(Then::Stop)), None));
        assert!(stop.ask(Asked::Terminate));
        assert_eq!(heard(None), Some(Wish::Stop(Asked::Terminate)), "the end comes first");
    }
}
