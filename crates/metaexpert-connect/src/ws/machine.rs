//! What is done when: the life of a session as inputs, a state and outputs.
//!
//! The one decision: nothing here waits, reads a clock or touches a socket. Time comes in with each input, [`wake`](Machine::wake)
//! says when to come again, and what is to be done comes out as [`Output`]s. A frame in quiet times costs a classification and
//! two look-ups; everything else is looked at only when something else happened, or is due.
//!
//! A connection is `current` once it is dialled. A `next` one is made ready beside it when it has to be replaced, and takes over
//! without a gap. One that was replaced, or over which nothing else comes, is `leaving` while answers to calls are still to come.

mod asking; // topics and calls
mod frames; // what came over a connection
mod life; // connecting, losing, keeping alive
mod rotation; // one connection replaces another

use std::{collections::VecDeque, time::Duration};

use bytes::Bytes;
use metaexpert_core::UnixNanos;
use rand_xoshiro::{
    Xoshiro256PlusPlus,
    rand_core::{Rng, SeedableRng},
};
use rustc_hash::FxHashMap;
use tokio::time::Instant;

use super::{
    SessionEvent, Settings, State, StreamDialect, Topic, Vitals,
    backoff::Waits,
    calls::{Call, CallId, Calls},
    connection::{Connection, Phase},
    join::Joiner,
};
use crate::credential::Lease;
use asking::Heartbeat;

/// What happened.
pub(crate) enum Input {
    /// Time passed.
    Tick,
    /// A link is open.
    Opened(u64),
    /// A link is gone.
    Gone { link: u64, why: String, refusal: Option<Refusal> },
    /// The exchange sent a ping, which is answered below.
    Pinged(u64),
    /// It answered one.
    Ponged(u64),
    /// It sent a message.
    Frame { link: u64, bytes: Bytes, received: UnixNanos },
    /// A call was given to the socket.
    Written(CallId),
    /// The receiver is slow: nothing is read until it is not.
    Blocked,
    /// It is no longer.
    Resumed,
    /// Topics are wanted.
    Subscribe(Vec<Topic>),
    /// Topics are no longer wanted.
    Unsubscribe(Vec<String>),
    /// A question.
    Call(Call),
    /// A credential.
    Lease(Lease),
    /// It is over.
    Stop,
}

/// What the exchange says instead of opening a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// That there is nothing at this address, or not for this credential.
    Access,
    /// That it wants to be left alone for a while.
    Later(Duration),
}

/// What is to be done.
pub(crate) enum Output {
    /// Open a link.
    Dial { link: u64, address: String },
    /// Send a text.
    Send { link: u64, text: String },
    /// Send a call, and say when it was given to the socket.
    SendCall { link: u64, id: CallId, text: String },
    /// Do not send a call after all.
    Withdraw { link: u64, id: CallId },
    /// Send a ping.
    Ping(u64),
    /// Close a link.
    Close(u64),
    /// Tell something.
    Tell(SessionEvent),
    /// The credential of this generation is no longer good.
    CredentialRefused(u64),
    /// What the credential of this generation had opened is gone without a word.
    CredentialDoubted(u64),
}

/// The state of a session.
pub(crate) struct Machine<D> {
    dialect: D,
    settings: Settings,
    chance: Xoshiro256PlusPlus,
    topics: Vec<Topic>,
    heartbeats: FxHashMap<u64, Heartbeat>,
    current: Option<Connection>,
    next: Option<Connection>,
    /// With the time at which it is closed whatever it still owes.
    leaving: Option<(Connection, Instant)>,
    joiner: Joiner,
    calls: Calls,
    /// Calls for which there is no room in this second, with the end of their time.
    queued: VecDeque<(Call, Instant)>,
    waits: Waits,
    rotation_waits: Waits,
    wait_until: Option<Instant>,
    rotate_not_before: Option<Instant>,
    access: Access,
    standing: Standing,
    is_blocked: bool,
    last_link: u64,
    last_request: u64,
    vitals: Vitals,
    /// Whether more has to be looked at than the frame that came.
    is_stale: bool,
    wake: Option<Instant>,
    pub(crate) out: VecDeque<Output>,
}

impl<D: StreamDialect> Machine<D> {
    /// A session that is not connected. With `needs_lease` it waits for a credential.
    pub(crate) fn new(dialect: D, settings: Settings, topics: Vec<Topic>, needs_lease: bool, seed: u64, now: Instant) -> Self {
        let mut chance = Xoshiro256PlusPlus::seed_from_u64(seed);
        let waits = settings.backoff.waits(chance.next_u64());
        let rotation_waits = settings.backoff.waits(chance.next_u64());
        let vitals = Vitals {
            state: State::Waiting { until: None, attempt: 0 },
            latency: None,
            epoch: 0,
            rotations: 0,
            rotations_failed: 0,
            dropped: 0,
        };
        let mut machine = Self {
            dialect,
            settings,
            chance,
            topics: Vec::new(),
            heartbeats: FxHashMap::default(),
            current: None,
            next: None,
            leaving: None,
            joiner: Joiner::new(settings.held),
            calls: Calls::default(),
            queued: VecDeque::new(),
            waits,
            rotation_waits,
            wait_until: None,
            rotate_not_before: None,
            access: if needs_lease { Access::Wanted } else { Access::Free },
            standing: Standing::Apart,
            is_blocked: false,
            last_link: 0,
            last_request: 0,
            vitals,
            is_stale: true,
            wake: None,
            out: VecDeque::new(),
        };
        machine.want(topics, now);
        machine
    }

    /// Begins.
    pub(crate) fn start(&mut self, now: Instant) {
        self.connect(now);
        self.look_around(now);
    }

    /// Something happened.
    pub(crate) fn step(&mut self, input: Input, now: Instant) {
        if self.standing == Standing::Over {
            return;
        }
        self.is_stale |= !matches!(input, Input::Frame { .. } | Input::Pinged(_) | Input::Written(_));
        match input {
            Input::Tick => {}
            Input::Opened(link) => self.on_opened(link, now),
            Input::Gone { link, why, refusal } => self.on_gone(link, &why, refusal, now),
            Input::Pinged(link) => self.on_pinged(link, now),
            Input::Ponged(link) => self.on_ponged(link, now),
            Input::Frame { link, bytes, received } => self.on_frame(link, &bytes, received, now),
            Input::Written(id) => self.calls.written(&id),
            Input::Blocked => self.is_blocked = true,
            Input::Resumed => self.on_resumed(now),
            Input::Subscribe(topics) => self.on_subscribe(topics, now),
            Input::Unsubscribe(topics) => self.on_unsubscribe(&topics),
            Input::Call(call) => self.on_call(call, now),
            Input::Lease(lease) => self.on_lease(lease, now),
            Input::Stop => self.on_stop(),
        }
        if self.is_stale && self.standing != Standing::Over {
            self.look_around(now);
        }
    }

    /// When it wants a [`Tick`](Input::Tick).
    pub(crate) const fn wake(&self) -> Option<Instant> {
        self.wake
    }

    /// How it is.
    pub(crate) fn vitals(&mut self) -> &mut Vitals {
        self.vitals.state = self.state();
        &mut self.vitals
    }

    /// What the connection may do.
    pub(crate) fn connects(&self) -> (u32, Duration) {
        self.dialect.limits().connects
    }

    fn state(&self) -> State {
        if self.standing == Standing::Over {
            return State::Closing;
        }
        match self.current.as_ref().map(|connection| connection.phase) {
            None => State::Waiting { until: self.wait_until, attempt: self.waits.attempt() },
            Some(Phase::Connecting) => State::Connecting,
            Some(Phase::LoggingIn { .. }) => State::LoggingIn,
            Some(Phase::Subscribing) => State::Subscribing,
            Some(Phase::Live { .. }) if self.next.is_some() => State::Rotating,
            Some(Phase::Live { .. }) => State::Live,
        }
    }

    /// Does whatever is due.
    fn look_around(&mut self, now: Instant) {
        if self.wait_until.is_some_and(|until| until <= now) {
            self.connect(now);
        }
        if !self.is_blocked {
            self.look_after(now);
        }
        self.joiner.tick(now);
        self.rotate(now);
        self.dismiss(now);
        self.ask(now);
        self.is_stale = false;
        self.wake = self.next_wake(now);
    }

    fn next_wake(&self, now: Instant) -> Option<Instant> {
        let limits = self.dialect.limits();
        let connections = [&self.current, &self.next].into_iter().flatten();
        let alive = connections.filter_map(|connection| connection.wake(limits, &self.settings, now));
        // While nothing is read, silence means nothing: only what this side does is due.
        let alive = alive.filter(|_| !self.is_blocked).min();
        let heartbeat = self.heartbeat_wake().filter(|_| !self.is_blocked);
        let queued = self.queued.front().map(|(_, until)| *until);
        let paced = self.current.as_ref().filter(|_| queued.is_some()).map(|connection| connection.pace.free_at(now));
        let leaving = self.leaving.as_ref().map(|(_, until)| *until);
        let others = [self.wait_until, self.calls.wake(), self.joiner.tail_until(), self.rotation_wake(now)];
        [alive, heartbeat, queued, paced, leaving].into_iter().chain(others).flatten().min()
    }

    fn tell(&mut self, event: SessionEvent) {
        self.out.push_back(Output::Tell(event));
    }

    fn role(&self, link: u64) -> Option<Role> {
        let is = |connection: &Option<Connection>| connection.as_ref().is_some_and(|connection| connection.id == link);
        if is(&self.current) {
            Some(Role::Current)
        } else if is(&self.next) {
            Some(Role::Next)
        } else {
            self.leaving.as_ref().filter(|(connection, _)| connection.id == link).map(|_| Role::Leaving)
        }
    }

    fn connection(&mut self, role: Role) -> Option<&mut Connection> {
        match role {
            Role::Current => self.current.as_mut(),
            Role::Next => self.next.as_mut(),
            Role::Leaving => self.leaving.as_mut().map(|(connection, _)| connection),
        }
    }

    /// A share of chance, 0 to 1.
    fn share(&mut self) -> f64 {
        f64::from(self.chance.next_u32()) / f64::from(u32::MAX)
    }
}

/// What a connection is opened with.
enum Access {
    /// Nothing.
    Free,
    /// A credential that is not there yet, or no longer.
    Wanted,
    /// A credential.
    Held(Lease),
}

impl Access {
    fn secret(&self) -> Option<&str> {
        match self {
            Self::Held(lease) => Some(lease.secret.expose()),
            Self::Free | Self::Wanted => None,
        }
    }

    /// Which credential it is; 0 where there is none.
    const fn generation(&self) -> u64 {
        match self {
            Self::Held(lease) => lease.generation,
            Self::Free | Self::Wanted => 0,
        }
    }
}

/// What was told of the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// That there is none, or nothing yet.
    Apart,
    /// That there is one.
    Connected,
    /// That it has all topics.
    Subscribed,
    /// The session is over.
    Over,
}

/// What a connection is for the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Role {
    Current,
    Next,
    Leaving,
}

#[cfg(test)]
mod tests;
