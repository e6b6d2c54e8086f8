//! What an exchange's protocol is to the server: calls in, replies out, sockets that are told the news.
//!
//! The one decision: a protocol does no I/O. The server hands it whole requests and whole frames, with the time, and sends what it
//! answers, after the faults have had their say. So every protocol can be tested without a socket, and every fault is the same for all
//! exchanges.

use std::{fmt, net::IpAddr};

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use metaexpert_core::UnixNanos;

use crate::{news::News, order::AccountId, world::World};

/// A call, as it came over the wire.
#[derive(Debug, Clone)]
pub struct Request {
    /// Which of the exchange's hosts it is for, lower case, without a port: `api.binance.com`.
    pub host: String,
    /// The verb.
    pub method: Method,
    /// The path below the host, as it came: `/api/v3/order`.
    pub path: String,
    /// What stands behind `?`, as it came, without it.
    pub query: String,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Who asks: what limits by address count.
    pub peer: IpAddr,
}

/// What is answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Reply {
    /// 200, 400, 429, ..
    pub status: StatusCode,
    /// Beside the content type, which is JSON.
    pub headers: HeaderMap,
    /// JSON.
    pub body: Bytes,
    /// Whose call it was, once that was known: for the audit.
    pub account: Option<AccountId>,
}

/// The times of a moment: one where nothing was sped up and no clock is skewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// What the exchange's clock shows, by which timestamps of requests are judged and keys expire.
    pub clock: UnixNanos,
    /// The time of the markets, which may pass faster.
    pub market: UnixNanos,
}

/// A WebSocket connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SocketId(pub u64);

/// What a message on a socket is, for faults that concern some.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Topic {
    /// News of markets.
    Market,
    /// News of an account.
    Account,
    /// The answer to a request that came over the socket.
    Answer,
    /// Pings and the like.
    Control,
}

/// What is to be sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A text frame. Cheap to clone: one text goes to many sockets.
    Text(Topic, tokio_tungstenite::tungstenite::Utf8Bytes),
    /// A ping, which a client must answer.
    Ping(Bytes),
    /// The end, with a code and a reason.
    Close(u16, String),
}

/// Messages on their way out, in order.
#[derive(Debug, Default)]
pub struct Outbox {
    messages: Vec<(SocketId, Message)>,
}

impl Outbox {
    /// Sends a text.
    pub fn text(&mut self, socket: SocketId, topic: Topic, text: impl Into<tokio_tungstenite::tungstenite::Utf8Bytes>) {
        self.messages.push((socket, Message::Text(topic, text.into())));
    }

    /// Sends anything.
    pub fn push(&mut self, socket: SocketId, message: Message) {
        self.messages.push((socket, message));
    }

    /// What is to be sent, in order.
    pub fn take(&mut self) -> Vec<(SocketId, Message)> {
        std::mem::take(&mut self.messages)
    }
}

/// A failure that is asked for, which each exchange words in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failure {
    /// 429, come again after so many seconds.
    TooManyRequests(u32),
    /// 418, banned for so many seconds.
    Banned(u32),
    /// Too many orders.
    TooManyOrders,
    /// A status of the 500s, with no word of what became of the request.
    Internal(u16),
    /// The exchange lost the connection within itself (Binance -1001).
    Disconnected,
    /// An answer within the exchange could not be read: what became of the request is unknown (Binance -1006).
    UnexpectedAnswer,
    /// An answer within the exchange did not come: what became of the request is unknown (Binance -1007).
    Timeout,
    /// The timestamp is outside of its window (Binance -1021).
    Timestamp,
    /// The exchange is being maintained.
    Maintenance,
}

impl Failure {
    /// Whether it says that nothing was done. No exchange says that of what it has done.
    pub const fn is_refusal(self) -> bool {
        match self {
            Self::TooManyRequests(_) | Self::Banned(_) | Self::TooManyOrders | Self::Timestamp => true,
            Self::Internal(_) | Self::Disconnected | Self::UnexpectedAnswer | Self::Timeout | Self::Maintenance => false,
        }
    }
}

/// What signs for a key, as an exchange keeps it.
#[derive(Clone, PartialEq, Eq)]
pub enum KeySecret {
    /// HMAC SHA-256 with this secret.
    Hmac(String),
    /// An Ed25519 key pair, of which this is the public half, in PEM.
    Ed25519(String),
    /// An RSA key pair (PKCS #1 v1.5, SHA-256), of which this is the public half, in PEM.
    Rsa(String),
}

impl fmt::Debug for KeySecret {
    /// The kind alone: secrets stand in no log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hmac(_) => "Hmac(..)",
            Self::Ed25519(_) => "Ed25519(..)",
            Self::Rsa(_) => "Rsa(..)",
        })
    }
}

/// The protocol of an exchange.
pub trait Protocol: Send {
    /// Its name: `binance`.
    fn name(&self) -> &'static str;

    /// The hosts that it answers for.
    fn hosts(&self) -> &'static [&'static str];

    /// Answers a call.
    fn call(&mut self, world: &mut World, request: &Request, at: Moment) -> Reply;

    /// Takes a socket, or answers why not.
    ///
    /// # Errors
    /// What is answered in its place.
    fn connect(
        &mut self,
        world: &mut World,
        socket: SocketId,
        request: &Request,
        at: Moment,
        out: &mut Outbox,
    ) -> Result<(), Box<Reply>>;

    /// A text came over a socket.
    fn receive(&mut self, world: &mut World, socket: SocketId, text: &str, at: Moment, out: &mut Outbox);

    /// The client has answered a ping.
    fn pong(&mut self, socket: SocketId, at: Moment);

    /// A socket is gone.
    fn disconnect(&mut self, socket: SocketId);

    /// Tells the sockets what has happened.
    fn tell(&mut self, world: &World, news: &[News], at: Moment, out: &mut Outbox);

    /// Time has passed: pings, keys and connections that are over.
    fn tick(&mut self, world: &mut World, at: Moment, out: &mut Outbox);

    /// The answer to a call that is to fail.
    fn fail(&self, request: &Request, failure: Failure, at: Moment) -> Reply;

    /// The answer, on a socket, to a request that is to fail; `None` where the text asks for nothing.
    fn fail_on_socket(&self, socket: SocketId, text: &str, failure: Failure, at: Moment) -> Option<String>;

    /// Whether a key could be issued.
    ///
    /// # Errors
    /// What is wrong with it: it is taken, it is no key, its public half cannot be read.
    fn check_key(&self, key: &str, secret: &KeySecret) -> Result<(), String>;

    /// Issues a key to an account.
    ///
    /// # Errors
    /// As [`check_key`](Self::check_key).
    fn add_key(&mut self, account: AccountId, key: &str, secret: &KeySecret) -> Result<(), String>;

    /// Makes every listen key of an account, or of all, stale.
    fn expire_keys(&mut self, account: Option<AccountId>, at: Moment, out: &mut Outbox);

    /// Tells the sockets that the exchange is about to be started anew, where its protocol has words for that.
    fn announce_restart(&mut self, at: Moment, out: &mut Outbox);

    /// The exchange was started anew: sockets, sessions and what was counted are gone; keys and accounts are not.
    fn restart(&mut self);
}
