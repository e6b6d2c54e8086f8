//! What time it is for the engine. `core` reads no clock: a live run brings one, a test takes the time of its events.

use crate::UnixNanos;

/// Tells the engine's time.
pub trait Clock {
    /// The time now, given that an event of time `event` is being handled; never earlier than the last answer.
    fn at(&mut self, event: UnixNanos) -> UnixNanos;
}

/// The time of the newest event.
#[derive(Debug, Clone, Copy)]
pub struct SimulatedClock(UnixNanos);

impl Default for SimulatedClock {
    fn default() -> Self {
        Self(UnixNanos::MIN)
    }
}

impl Clock for SimulatedClock {
    #[inline]
    fn at(&mut self, event: UnixNanos) -> UnixNanos {
        self.0 = self.0.max(event);
        self.0
    }
}
