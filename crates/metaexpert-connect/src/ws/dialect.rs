//! What an exchange adds to a WebSocket session.

use std::time::Duration;

use bytes::Bytes;

/// What one connection of an exchange may do. Each number names its source where it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Most topics of one connection.
    pub topics: usize,
    /// Most topics of one request.
    pub topics_per_request: usize,
    /// Most requests (pings and pongs included, where the exchange counts them) of one connection a second.
    pub requests_per_second: u32,
    /// Most new connections in a time.
    pub connects: (u32, Duration),
    /// After how long the exchange cuts a connection; it is replaced before that.
    pub lifetime: Option<Duration>,
    /// How long a connection may be silent, pings included, before it is taken for dead.
    pub silence: Duration,
    /// How often this side has to send something, where the exchange wants it.
    pub ping_every: Option<Duration>,
}

/// What a frame is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Class {
    /// Data of a topic.
    Data(Mark),
    /// A request of this number was carried out.
    Acknowledged(u64),
    /// A request of this number was refused; `0` where the exchange does not name one.
    Refused {
        /// Of which number.
        id: u64,
        /// What the exchange says.
        why: String,
    },
    /// The answer to a call of this number, good or bad; the caller reads it.
    Reply(String),
    /// The login was accepted.
    LoggedIn,
    /// The login was refused, or is no longer good, or a request without which the connection is as good as none was refused:
    /// another connection is tried, again and again. A [`Refused`](Self::Refused) while the session waits for the login's answer
    /// means the same.
    LoginRefused(String),
    /// The credential that the connection was opened with is no longer good, and with it all has [`Ended`](Self::Ended).
    CredentialExpired,
    /// Nothing more comes over this connection, though it is open. The frame is handed on, and then, where topics are wanted, a loss
    /// is told: what happens until another connection is there comes over none.
    Ended,
    /// An answer to a ping.
    Pong,
    /// The server is about to close this connection: it is replaced now.
    ClosesSoon,
    /// Nothing that the session needs to know; handed on.
    Other,
}

/// Which stream a frame belongs to, and where in it, so that two connections of the same topics can be joined.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Mark {
    /// The stream: a number that is the same for all frames of a topic and instrument, whatever the connection.
    pub stream: u64,
    /// Its place: grows within a stream (sequence, trade number, time). Where a stream has no such number, a hash of the frame.
    pub place: u64,
    /// Whether places grow; otherwise frames are only equal or not.
    pub grows: bool,
    /// Whether a later frame of the stream makes an earlier one worthless (quotes, tickers): only such frames may be dropped
    /// under pressure.
    pub supersedes: bool,
}

/// How an exchange speaks WebSocket on one kind of connection.
pub trait StreamDialect: Send + 'static {
    /// What a connection may do.
    fn limits(&self) -> &Limits;

    /// Where to connect, by the topics that the connection begins with and the credential, where one is needed.
    fn address(&self, topics: &[String], credential: Option<&str>) -> String;

    /// What to send first, before any subscription; `None` where there is no login.
    fn login(&mut self) -> Option<String> {
        None
    }

    /// The same, where the credential goes into the login and not into the address.
    fn login_with(&mut self, _credential: Option<&str>) -> Option<String> {
        self.login()
    }

    /// Whether the address alone subscribes to the topics in it, so that they are not asked for again.
    fn address_subscribes(&self) -> bool {
        false
    }

    /// The [`Mark::stream`] of a topic's frames, where they have only one. It is needed for topics that have a heartbeat.
    fn stream_of(&self, _topic: &str) -> Option<u64> {
        None
    }

    /// A request for topics.
    fn subscribe(&self, id: u64, topics: &[String]) -> String;

    /// A request to end topics.
    fn unsubscribe(&self, id: u64, topics: &[String]) -> String;

    /// A ping as text; `None` where the protocol's own ping is used.
    fn ping(&self) -> Option<String> {
        None
    }

    /// What a frame is. It is called once for each, and must be cheap.
    fn classify(&self, frame: &Bytes) -> Class;
}
