//! One connection's life: opened, logged in, subscribed, live.
//!
//! What is here is the state of one connection and the times by which something has to happen. What follows when it does not is
//! decided by the [machine](super::machine).

use std::time::Duration;

use tokio::time::Instant;

use super::{Limits, Settings, pace::Pace, topics::Subscriptions};

/// How far a connection is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// The socket is being opened; that has a time limit of its own.
    Connecting,
    /// The login was sent.
    LoggingIn { until: Instant },
    /// Topics are asked for.
    Subscribing,
    /// All topics are there.
    Live { since: Instant },
}

/// One connection.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: u64,
    pub(crate) phase: Phase,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) pace: Pace,
    /// Which credential it was opened with.
    pub(crate) generation: u64,
    /// When it is replaced.
    pub(crate) rotate_at: Option<Instant>,
    /// Whether the exchange announced that it closes it.
    pub(crate) closes_soon: bool,
    heard: Instant,
    /// When the ping was sent that is not answered yet.
    pinged: Option<Instant>,
    last_ping: Instant,
}

/// What a connection needs now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Need {
    /// Nothing.
    Nothing,
    /// A ping.
    Ping,
    /// It is broken.
    Replace(&'static str),
}

impl Connection {
    pub(crate) fn new(id: u64, generation: u64, limits: &Limits, now: Instant) -> Self {
        Self {
            id,
            phase: Phase::Connecting,
            subscriptions: Subscriptions::default(),
            pace: Pace::new(limits.requests_per_second),
            generation,
            rotate_at: None,
            closes_soon: false,
            heard: now,
            pinged: None,
            last_ping: now,
        }
    }

    /// The socket is open. `early` is by how much of its life it is replaced before the end, 0 to 1.
    pub(crate) fn opened(&mut self, limits: &Limits, early: f64, now: Instant) {
        self.heard = now;
        self.last_ping = now;
        // Between 2 and 10 percent before the cut: half an hour of a day leaves room for many attempts, and connections that were
        // opened together do not all go at once.
        self.rotate_at = limits.lifetime.map(|lifetime| now + lifetime.mul_f64(0.90 + 0.08 * early.clamp(0.0, 1.0)));
        self.phase = Phase::Subscribing;
    }

    pub(crate) fn is_open(&self) -> bool {
        self.phase != Phase::Connecting
    }

    /// Whether it is open and logged in.
    pub(crate) const fn can_ask(&self) -> bool {
        matches!(self.phase, Phase::Subscribing | Phase::Live { .. })
    }

    pub(crate) const fn live_since(&self) -> Option<Instant> {
        match self.phase {
            Phase::Live { since } => Some(since),
            Phase::Connecting | Phase::LoggingIn { .. } | Phase::Subscribing => None,
        }
    }

    /// Something came over it.
    pub(crate) fn heard(&mut self, now: Instant) {
        self.heard = now;
    }

    pub(crate) fn pinged(&mut self, now: Instant) {
        self.last_ping = now;
        self.pinged.get_or_insert(now);
    }

    /// A ping was answered; gives how long it took.
    pub(crate) fn ponged(&mut self, now: Instant) -> Option<Duration> {
        self.pinged.take().map(|pinged| now.saturating_duration_since(pinged))
    }

    /// What could be heard was not read for a while: silence begins anew.
    pub(crate) fn excuse(&mut self, settings: &Settings, now: Instant) {
        self.heard = now;
        self.subscriptions.excuse(now);
        if let Phase::LoggingIn { until } = &mut self.phase {
            *until = now + settings.answer_within;
        }
    }

    /// When a ping is due: as often as the exchange wants one; otherwise when it has been silent for half the time after which it
    /// is taken for dead, so that a quiet one that lives can say so.
    fn ping_due(&self, limits: &Limits) -> Instant {
        let quiet = (self.heard + limits.silence / 2).max(self.last_ping + limits.silence / 2);
        limits.ping_every.map_or(quiet, |every| quiet.min(self.last_ping + every))
    }

    pub(crate) fn need(&self, limits: &Limits, settings: &Settings, now: Instant) -> Need {
        if !self.is_open() {
            return Need::Nothing;
        }
        if now >= self.heard + limits.silence {
            return Need::Replace("nothing was heard of it, not even an answer to a ping");
        }
        if matches!(self.phase, Phase::LoggingIn { until } if now >= until) {
            return Need::Replace("the login was not answered");
        }
        if self.subscriptions.oldest_asked().is_some_and(|at| now >= at + settings.answer_within) {
            return Need::Replace("a subscription was not answered");
        }
        if now >= self.ping_due(limits) { Need::Ping } else { Need::Nothing }
    }

    /// When [`need`](Self::need), or the pace of requests, has to be looked at again.
    pub(crate) fn wake(&self, limits: &Limits, settings: &Settings, now: Instant) -> Option<Instant> {
        if !self.is_open() {
            return None;
        }
        let login = match self.phase {
            Phase::LoggingIn { until } => Some(until),
            Phase::Connecting | Phase::Subscribing | Phase::Live { .. } => None,
        };
        let answer = self.subscriptions.oldest_asked().map(|at| at + settings.answer_within);
        let pace = (self.can_ask() && self.subscriptions.is_waiting()).then(|| self.pace.free_at(now));
        let times = [Some(self.heard + limits.silence), Some(self.ping_due(limits)), login, answer, pace];
        times.into_iter().flatten().min()
    }
}
