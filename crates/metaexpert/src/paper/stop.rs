//! The wish that a run should end, from whoever may have it to whoever is waiting for a bar.
//!
//! The one decision: a wish is only taken where somebody heeds it. Where nobody does, whoever asks is told so, and ends the
//! process in the old way.

use std::{
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// What the signals of this process ask for.
pub(crate) static STOP: StopRequest = StopRequest::new();

/// Who asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asked {
    /// A person at the keyboard: Ctrl-C, SIGINT.
    Interrupt,
    /// Another program, or the end of the session: SIGTERM, SIGHUP, `metaexpert stop`.
    Terminate,
}

/// A wish to stop, and those who wait for it.
#[derive(Debug)]
pub(crate) struct StopRequest {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug)]
struct State {
    heeding: usize,
    asked: Option<Asked>,
}

impl StopRequest {
    pub(crate) const fn new() -> Self {
        Self { state: Mutex::new(State { heeding: 0, asked: None }), changed: Condvar::new() }
    }

    /// From now on somebody heeds the wish, until what is returned is dropped.
    pub(crate) fn heed(&self) -> Heeding<'_> {
        self.state().heeding += 1;
        Heeding(self)
    }

    /// Asks for the end, at once. `false` where nobody heeds it.
    #[cfg_attr(not(unix), cfg_attr(not(test), expect(dead_code, reason = "signals are watched on Unix only")))]
    pub(crate) fn ask(&self, asked: Asked) -> bool {
        let mut state = self.state();
        if state.heeding == 0 {
            return false;
        }
        state.asked.get_or_insert(asked);
        drop(state);
        self.changed.notify_all();
        true
    }

    /// Who has asked for the end, if somebody has.
    pub(crate) fn asked(&self) -> Option<Asked> {
        self.state().asked
    }

    /// Sleeps for no longer than this. Returns at once when somebody asks for the end, and says who.
    pub(crate) fn wait(&self, longest: Duration) -> Option<Asked> {
        let state = self.state();
        let waited = self.changed.wait_timeout_while(state, longest, |state| state.asked.is_none());
        waited.unwrap_or_else(PoisonError::into_inner).0.asked
    }

    /// A panic while it was held has left nothing half done.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody heeds the wish to stop.
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
        assert!(!stop.ask(Asked::Terminate));
        assert_eq!(stop.wait(Duration::ZERO), None);
    }

    #[test]
    fn the_first_wish_counts_and_wakes_all_who_wait() {
        let stop = StopRequest::new();
        let _heeding = stop.heed();
        thread::scope(|scope| {
            let waiting = [(); 3].map(|()| scope.spawn(|| stop.wait(Duration::MAX)));
            assert!(stop.ask(Asked::Interrupt) && stop.ask(Asked::Terminate));
            for waited in waiting {
                assert_eq!(waited.join().unwrap(), Some(Asked::Interrupt));
            }
        });
    }
}
