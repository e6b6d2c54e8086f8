//! What a session tells, and how it is.

use std::time::Duration;

use bytes::Bytes;
use metaexpert_core::UnixNanos;
use tokio::time::Instant;

use super::Mark;

/// What a session tells, in the order in which it happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SessionEvent {
    /// It is connected and logged in; frames of topics follow. Within an epoch no stream whose places grow has a gap or a double.
    Connected {
        /// Grows with each.
        epoch: u64,
    },
    /// All topics are there that were wanted when it connected, but for those that were refused: from here on nothing of them is
    /// missed until it is lost. Told once after each [`Connected`](Self::Connected); at once where no topic is wanted.
    Subscribed,
    /// What the exchange sent.
    Frame {
        /// All of it.
        bytes: Bytes,
        /// When it was read from the socket, by the clock that the session was given.
        received: UnixNanos,
        /// Over which connection.
        connection: u64,
        /// Where it belongs; `None` where it is not data of a topic.
        mark: Option<Mark>,
    },
    /// The connection is gone, or nothing more comes over it, and something may have been missed: whatever is built from changes is
    /// built anew. What comes after it is handed on as it comes, even where it repeats what was before: it may be a snapshot.
    Lost {
        /// What happened.
        why: String,
    },
    /// An attempt to connect failed; there will be another.
    NotConnected {
        /// Which one in a row.
        attempt: u32,
        /// Why.
        why: String,
    },
    /// The exchange does not give a topic. It is not asked for again.
    Refused {
        /// Which.
        topic: String,
        /// What the exchange says.
        why: String,
    },
    /// The exchange did not accept the login. Another attempt follows, with a new credential where there is a source of them.
    LoginRefused {
        /// What the exchange says.
        why: String,
    },
    /// Another connection took over; nothing was missed.
    Rotated {
        /// Which one frames come over now.
        connection: u64,
    },
    /// The receiver was slow: frames were dropped that later ones of their streams make worthless.
    Dropped {
        /// How many since it was told last.
        count: u64,
    },
}

/// Where a session stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// The socket is being opened.
    Connecting,
    /// The login is sent.
    LoggingIn,
    /// Topics are asked for.
    Subscribing,
    /// All topics are there.
    Live,
    /// All topics are there, and another connection is made ready to take over.
    Rotating,
    /// It was told to stop.
    Closing,
    /// There is no connection.
    Waiting {
        /// Until when; `None` while there is no credential.
        until: Option<Instant>,
        /// How many attempts failed in a row.
        attempt: u32,
    },
}

/// How a session is. Read at any time, without the session being asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vitals {
    /// Where it stands.
    pub state: State,
    /// How long the last ping took to be answered.
    pub latency: Option<Duration>,
    /// How often it was connected.
    pub epoch: u64,
    /// How often another connection took over.
    pub rotations: u64,
    /// How often that was tried without success. Nothing is lost by it.
    pub rotations_failed: u64,
    /// Frames that were dropped for a slow receiver.
    pub dropped: u64,
}
