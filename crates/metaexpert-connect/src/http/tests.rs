//! The client over a wire that plays a script, in a time that passes only while everybody waits.
//!
//! What a real socket does when it breaks is in `tests/http`; here is what the client makes of it, and when.

mod clock; // the exchange's time
mod sending; // what is sent again, and what never is
mod waiting; // budgets, pauses, the breaker

use std::{cell::Cell, collections::VecDeque, sync::Arc, time::Duration};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue};
use metaexpert_core::UnixNanos;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{
    Budget, Client, ClientSetup, Lanes, Prepared, RECV_WINDOW,
    testing::{Lines, Reply, Toy},
    wire::{Answer, Cut, Wire},
};
use crate::{
    endpoint::Method,
    signing::{Credentials, Signer},
};

const SECRET: &str = "wX9dkq3vYh7uTz2mRb5n";
const KEY: &str = "kE8sQp1LrZ4tVc6xJf0g";

/// What the wire does with a request.
#[derive(Debug, Clone)]
enum Play {
    Answer(Reply),
    /// Answered after a time on the way.
    Slow(Duration, Reply),
    /// Sent, and nothing came back.
    Cut,
    /// No connection.
    Unconnected,
    /// No request can be made of it.
    Unbuilt,
    /// Never answered, until the client loses its patience.
    Silence,
}

impl From<Reply> for Play {
    fn from(reply: Reply) -> Self {
        Self::Answer(reply)
    }
}

/// A request that went out.
#[derive(Debug, Clone)]
struct Sent {
    /// Seconds since the beginning.
    at: f64,
    /// `POST /order`.
    call: String,
    /// Query or body.
    said: String,
}

#[derive(Clone)]
struct Scripted {
    plays: Arc<Mutex<VecDeque<Play>>>,
    sent: Arc<Mutex<Vec<Sent>>>,
    began: Instant,
}

impl Wire for Scripted {
    fn send(&self, method: Method, request: Prepared, within: Duration) -> BoxFuture<'_, Result<Answer, Cut>> {
        let (path, query) = request.path_and_query.split_once('?').unwrap_or((&request.path_and_query, ""));
        let body = request.body.map(|(_, body)| String::from_utf8(body.to_vec()).unwrap()).unwrap_or_default();
        let at = self.began.elapsed().as_secs_f64();
        self.sent.lock().push(Sent { at, call: format!("{} {path}", method.as_str()), said: format!("{query}{body}") });
        let play = self.plays.lock().pop_front().unwrap_or_else(|| Reply::ok("done").into());
        Box::pin(async move {
            let reply = match play {
                Play::Answer(reply) => reply,
                Play::Slow(wait, reply) => {
                    tokio::time::sleep(wait).await;
                    reply
                }
                Play::Cut => return Err(Cut::Lost("cut".into())),
                Play::Unconnected => return Err(Cut::Unconnected("connection refused".into())),
                Play::Unbuilt => return Err(Cut::Unbuilt("bad header".into())),
                Play::Silence => {
                    tokio::time::sleep(within).await;
                    return Err(Cut::Lost("timed out".into()));
                }
            };
            let header = |(name, value): &(String, String)| {
                (HeaderName::from_bytes(name.as_bytes()).unwrap(), HeaderValue::from_str(value).unwrap())
            };
            let headers: HeaderMap = reply.headers.iter().map(header).collect();
            Ok(Answer { status: reply.status, headers, body: Bytes::from(reply.body) })
        })
    }
}

/// Where our clock stands at the beginning: at a full minute.
const BEGINNING: i64 = 1_700_000_040_000_000_000;

thread_local! { static BEGAN: Cell<Option<Instant>> = const { Cell::new(None) } }

/// Our own clock: it goes with the paused time.
fn now() -> UnixNanos {
    let began = BEGAN.get().unwrap();
    UnixNanos::from_nanos(BEGINNING + i64::try_from(began.elapsed().as_nanos()).unwrap())
}

/// A client and the wire that it speaks over.
struct Bench {
    client: Client,
    wire: Scripted,
    lines: Lines,
}

impl Bench {
    fn new(plays: impl IntoIterator<Item = impl Into<Play>>) -> Self {
        Self::with_budget(Budget::new(None, 1), plays)
    }

    fn with_budget(budget: Budget, plays: impl IntoIterator<Item = impl Into<Play>>) -> Self {
        let began = Instant::now();
        BEGAN.set(Some(began));
        let plays = plays.into_iter().map(Into::into).collect();
        let wire = Scripted { plays: Arc::new(Mutex::new(plays)), sent: Arc::default(), began };
        let lines = Lines::new();
        let signer = Arc::new(Signer::from_secret(SECRET).unwrap());
        let setup = ClientSetup {
            base: "http://toy.test".into(),
            dialect: Toy,
            credentials: Some(Credentials { key: KEY.into(), signer, passphrase: None }),
            proxy: None,
            budget,
            lanes: Lanes::default(),
            recv_window: RECV_WINDOW,
            log: lines.logger(),
            now,
            seed: 7,
        };
        setup.check().unwrap();
        Self { client: Client::over(wire.clone(), setup), wire, lines }
    }

    /// What went out, in order: `POST /order`.
    fn calls(&self) -> Vec<String> {
        self.wire.sent.lock().iter().map(|sent| sent.call.clone()).collect()
    }

    /// When it went out, in seconds since the beginning.
    fn times(&self) -> Vec<f64> {
        self.wire.sent.lock().iter().map(|sent| sent.at).collect()
    }

    fn then(&self, play: impl Into<Play>) {
        self.wire.plays.lock().push_back(play.into());
    }
}

fn refused(word: &str) -> Play {
    Reply::of(400, word).into()
}
