//! The handle of a session.
//!
//! The one decision: the handle owns the task that does the work. When it goes, the task says goodbye to the exchange and ends;
//! [`Session::stop`] waits for that.

use std::{fmt, hash::Hasher, sync::Arc};

use bytes::Bytes;
use metaexpert_core::UnixNanos;
use rustc_hash::FxHasher;
use tokio::{
    sync::{mpsc, oneshot, watch},
    task::JoinHandle,
    time::Instant,
};

use super::{
    CallId, ConnectGate, Dial, SessionEvent, Settings, StreamDialect, Topic, Vitals, Written,
    calls::Call,
    links::Links,
    machine::Machine,
    outbox::Outbox,
    task::{Command, Task},
};
use crate::{Failure, credential::LeaseReader};

/// Most commands that wait for the task; it takes them as soon as it runs.
const COMMANDS: usize = 64;

/// What sessions stand on. Clones share the gate.
#[derive(Clone)]
pub struct Network {
    pub(crate) dial: Arc<dyn Dial>,
    pub(crate) gate: ConnectGate,
    pub(crate) now: fn() -> UnixNanos,
    pub(crate) seed: u64,
}

impl Network {
    /// Connections by `dial`, counted at `gate`; frames get their times from `now`, and waits their chance from `seed`.
    pub fn new(dial: impl Dial, gate: ConnectGate, now: fn() -> UnixNanos, seed: u64) -> Self {
        Self { dial: Arc::new(dial), gate, now, seed }
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Network").field("gate", &self.gate).field("seed", &self.seed).finish_non_exhaustive()
    }
}

/// The session is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the session is over")]
pub struct Stopped;

/// What is told of a session, in order.
#[derive(Debug)]
pub struct Events(mpsc::Receiver<(usize, SessionEvent)>);

impl Events {
    /// The next event; `None` when the session is over. May be given up and called again without losing one.
    pub async fn recv(&mut self) -> Option<SessionEvent> {
        self.0.recv().await.map(|(_, event)| event)
    }
}

/// A session: connections to one address, one after another, and what comes over them.
#[derive(Debug)]
pub struct Session {
    name: String,
    commands: mpsc::Sender<Command>,
    vitals: watch::Receiver<Vitals>,
    task: JoinHandle<()>,
}

impl Session {
    /// Begins a session; `credential` where its address or login needs one. It connects by itself, until it is stopped.
    pub fn start<D: StreamDialect>(
        name: &str,
        dialect: D,
        topics: Vec<Topic>,
        credential: Option<LeaseReader>,
        settings: Settings,
        network: &Network,
    ) -> (Self, Events) {
        let (events, receiver) = mpsc::channel(settings.buffer.max(1));
        let session = Self::start_into(name, dialect, topics, credential, settings, network, (0, events));
        (session, Events(receiver))
    }

    /// The same, where several sessions tell one receiver.
    pub(crate) fn start_into<D: StreamDialect>(
        name: &str,
        dialect: D,
        topics: Vec<Topic>,
        credential: Option<LeaseReader>,
        settings: Settings,
        network: &Network,
        (tag, events): (usize, mpsc::Sender<(usize, SessionEvent)>),
    ) -> Self {
        // Sessions that fail together must not come back together.
        let mut hasher = FxHasher::default();
        hasher.write(name.as_bytes());
        hasher.write_usize(tag);
        let seed = network.seed ^ hasher.finish();
        let mut machine = Machine::new(dialect, settings, topics, credential.is_some(), seed, Instant::now());
        let (commands, orders) = mpsc::channel(COMMANDS);
        let (vitals, watched) = watch::channel(machine.vitals().clone());
        let task = Task {
            machine,
            links: Links::new(settings, network.now),
            outbox: Outbox::default(),
            network: network.clone(),
            most_waiting: settings.buffer.max(1),
            is_blocked: false,
            is_heard: true,
            commands: orders,
            events,
            tag,
            vitals,
            credential,
        };
        Self { name: name.to_owned(), commands, vitals: watched, task: tokio::spawn(task.run()) }
    }

    /// Its name in logs.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Asks for topics. They are kept through every reconnect until they are [removed](Self::unsubscribe) or refused.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn subscribe(&self, topics: Vec<Topic>) -> Result<(), Stopped> {
        self.commands.send(Command::Subscribe(topics)).await.map_err(|_| Stopped)
    }

    /// Ends topics.
    ///
    /// # Errors
    /// When the session is over.
    pub async fn unsubscribe(&self, topics: Vec<String>) -> Result<(), Stopped> {
        self.commands.send(Command::Unsubscribe(topics)).await.map_err(|_| Stopped)
    }

    /// Sends a question and waits for its answer, good or bad. See [`Caller::call`].
    ///
    /// # Errors
    /// As there.
    pub async fn call(&self, endpoint: &'static str, id: CallId, text: String) -> Result<Bytes, Failure> {
        self.caller().call(endpoint, id, text).await
    }

    /// Asks questions from elsewhere. It does not keep the session alive.
    pub fn caller(&self) -> Caller {
        Caller(self.commands.downgrade())
    }

    /// How it is.
    pub fn vitals(&self) -> Vitals {
        self.vitals.borrow().clone()
    }

    /// How it is, to be waited on.
    pub fn watch(&self) -> watch::Receiver<Vitals> {
        self.vitals.clone()
    }

    /// Ends it and waits until its connections are closed.
    pub async fn stop(self) {
        let Self { commands, task, .. } = self;
        drop(commands);
        // A task that panicked has ended, too.
        drop(task.await);
    }
}

/// Asks questions over the socket of a session.
#[derive(Debug, Clone)]
pub struct Caller(mpsc::WeakSender<Command>);

impl Caller {
    /// Sends a question and waits for its answer. `id` is the number in `text`, by which the answer is known. It is sent at most
    /// once, over the connection of the moment. Whoever calls from where events are received has to go on receiving: answers come
    /// over the same socket.
    ///
    /// # Errors
    /// [`Failure::NotSent`] if it did not leave this machine, [`Failure::Unknown`] if it did and no answer came, for the time is
    /// over or the connection gone. What the exchange answered is no failure here, whatever it says.
    pub async fn call(&self, endpoint: &'static str, id: CallId, text: String) -> Result<Bytes, Failure> {
        self.call_noting(endpoint, id, text, None).await
    }

    /// The same, and says when it was handed to the socket.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    pub async fn call_noting(
        &self,
        endpoint: &'static str,
        id: CallId,
        text: String,
        noting: Option<Written>,
    ) -> Result<Bytes, Failure> {
        let over = || Failure::NotSent { endpoint, why: Stopped.to_string() };
        let (answer, answered) = oneshot::channel();
        let commands = self.0.upgrade().ok_or_else(over)?;
        commands.send(Command::Call(Call { endpoint, id, text, answer, noting })).await.map_err(|_| over())?;
        drop(commands);
        // A sender that is dropped without a word is a task that ended in the middle.
        answered.await.unwrap_or_else(|_| Err(Failure::Unknown { endpoint, why: Stopped.to_string() }))
    }
}
