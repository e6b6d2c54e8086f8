//! How connections of account events, and of the WebSocket API, speak.
//!
//! The one decision: account events are marked by what they say and not by when the message was made. Two connections of one
//! account send the same event, with a time of message of their own; its cause (`T`), its ids and its numbers are the same. No
//! account event supersedes another: none may be dropped.

use std::{
    fmt,
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
    time::Duration,
};

use bytes::Bytes;
use metaexpert_connect::{
    report::Credential,
    signing::{Credentials, Signer},
    ws::{Class, Limits, Mark, StreamDialect},
};
use metaexpert_core::UnixNanos;

use super::{
    SessionCall, Way,
    api::{self, Reply},
    envelope::{Content, Envelope, Event},
    way::ACCOUNT,
};
use crate::stream::dialect::SILENCE;

/// The WebSocket API. Spot WebSocket API, "General API Information" and "IP limits" (2026-07-21); USD-M, "WebSocket API General
/// Info" (2026-01-16).
const API: Limits = Limits {
    topics: 1,
    topics_per_request: 1,
    // Requests are counted by weight, in the budget; this only keeps a loop from running away.
    requests_per_second: 50,
    connects: (300, Duration::from_mins(5)),
    lifetime: Some(Duration::from_hours(24)),
    // The exchange pings every 20 seconds (spot) or three minutes (futures), and answers the session's own pings.
    silence: SILENCE,
    ping_every: None,
};

/// Streams that a listen key opens. USD-M, "Websocket Market Streams", "Connect" (2026-01-16): ten messages a second, two of which
/// are kept back for pings and pongs; 24 hours.
const STREAM: Limits = Limits { topics: 200, topics_per_request: 80, requests_per_second: 8, ..API };

/// The number of the login among the requests of a connection.
const LOGIN: &str = "login";

/// What stands before the number of a subscription, so that no caller's own number is taken for one.
const SUBSCRIPTION: &str = "topics-";

/// A connection of account events, or of the WebSocket API.
pub struct UserStream {
    way: Way,
    host: String,
    credentials: Option<Credentials>,
    now: Arc<dyn Fn() -> UnixNanos + Send + Sync>,
}

impl fmt::Debug for UserStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UserStream").field("way", &self.way).field("host", &self.host).finish_non_exhaustive()
    }
}

impl UserStream {
    /// Account events, the way that [`way`](super::way()) gives. `host` is the one of the way: of the WebSocket API or of streams
    /// ([`Hosts`](crate::Hosts)); `now` is the exchange's time.
    pub fn new(
        way: Way,
        host: String,
        credentials: Option<Credentials>,
        now: impl Fn() -> UnixNanos + Send + Sync + 'static,
    ) -> Self {
        Self { way, host, credentials, now: Arc::new(now) }
    }

    /// Requests on the WebSocket API, without account events: a login with an Ed25519 key, and none with others, whose requests
    /// are signed one by one.
    pub fn api(host: String, credentials: Credentials, now: impl Fn() -> UnixNanos + Send + Sync + 'static) -> Self {
        let way = if matches!(*credentials.signer, Signer::Ed25519(_)) { Way::Logon } else { Way::Signature };
        Self::new(way, host, Some(credentials), now)
    }

    /// A frame that is signed; `None` without a key, or with one that cannot sign.
    fn signed<'a>(&'a self, id: &str, call: impl FnOnce(&'a Credentials) -> SessionCall<'a>) -> Option<String> {
        self.credentials.as_ref().and_then(|credentials| call(credentials).frame(id, (self.now)()).ok())
    }

    /// A frame that needs no signature.
    fn plain(&self, id: &str, call: SessionCall<'_>) -> String {
        call.frame(id, (self.now)()).unwrap_or_else(|_| api::request(id, call.method(), None))
    }
}

impl StreamDialect for UserStream {
    fn limits(&self) -> &Limits {
        if self.way.is_api() { &API } else { &STREAM }
    }

    fn address(&self, topics: &[String], credential: Option<&str>) -> String {
        let (host, key) = (&self.host, credential.unwrap_or_default());
        match self.way {
            Way::Logon | Way::Signature | Way::ListenToken => host.clone(),
            Way::KeyInQuery => {
                let events: Vec<&str> = topics.iter().map(String::as_str).filter(|topic| *topic != ACCOUNT).collect();
                let wanted = if events.is_empty() { String::new() } else { format!("&events={}", events.join("/")) };
                format!("{host}/private/ws?listenKey={key}{wanted}")
            }
            Way::KeyInPath(path) => format!("{host}{path}{key}"),
        }
    }

    fn login(&mut self) -> Option<String> {
        if self.way == Way::Logon { self.signed(LOGIN, SessionCall::Logon) } else { None }
    }

    fn login_with(&mut self, credential: Option<&str>) -> Option<String> {
        if self.way != Way::ListenToken {
            return self.login();
        }
        let token = Credential::new(credential?.to_owned());
        Some(self.plain(LOGIN, SessionCall::SubscribeToken(&token)))
    }

    fn address_subscribes(&self) -> bool {
        // A token subscribes as it logs in.
        !matches!(self.way, Way::Logon | Way::Signature)
    }

    fn subscribe(&self, id: u64, topics: &[String]) -> String {
        let api_id = format!("{SUBSCRIPTION}{id}");
        match self.way {
            Way::Logon | Way::ListenToken => self.plain(&api_id, SessionCall::Subscribe),
            // Without a signature the exchange says what is wrong.
            Way::Signature => {
                self.signed(&api_id, SessionCall::SubscribeSigned).unwrap_or_else(|| self.plain(&api_id, SessionCall::Subscribe))
            }
            Way::KeyInQuery | Way::KeyInPath(_) => stream_request("SUBSCRIBE", id, topics),
        }
    }

    fn unsubscribe(&self, id: u64, topics: &[String]) -> String {
        match self.way {
            // There is one subscription on the connection.
            Way::Logon | Way::ListenToken | Way::Signature => {
                self.plain(&format!("{SUBSCRIPTION}{id}"), SessionCall::Unsubscribe(None))
            }
            Way::KeyInQuery | Way::KeyInPath(_) => stream_request("UNSUBSCRIBE", id, topics),
        }
    }

    fn classify(&self, frame: &Bytes) -> Class {
        match Envelope::open(frame).map(|envelope| envelope.content) {
            Ok(Content::Reply) => Reply::read(frame).map_or(Class::Other, |reply| of_reply(&reply)),
            Ok(Content::Event(event)) => of_event(self.way, &event),
            // Whoever reads the frame says what is wrong with it.
            Err(_) => Class::Other,
        }
    }
}

fn stream_request(method: &str, id: u64, topics: &[String]) -> String {
    let topics = serde_json::Value::from(topics);
    format!(r#"{{"method":"{method}","params":{topics},"id":{id}}}"#)
}

fn of_reply(reply: &Reply<'_>) -> Class {
    let why = || match &reply.error {
        Some(error) => format!("{}: {}", error.code, error.message),
        None => format!("status {}", reply.status),
    };
    let Some(id) = reply.id.as_deref() else {
        return match reply.status {
            // Spoken unasked: the key was revoked, and the login with it (WebSocket API, "API key revocation").
            401 => Class::LoginRefused(why()),
            // Of which request it is, the API does not say. If it was the subscription, that is not answered in its time.
            _ => Class::Other,
        };
    };
    if id == LOGIN {
        return if reply.is_good() { Class::LoggedIn } else { Class::LoginRefused(why()) };
    }
    // Streams answer with the bare number of the request, and without a status.
    let number = id.strip_prefix(SUBSCRIPTION).or_else(|| (!reply.has_status).then_some(id));
    match number.and_then(|number| number.parse().ok()) {
        Some(number) if reply.is_good() => Class::Acknowledged(number),
        // On the WebSocket API there is one subscription, and most of what refuses it passes: a clock that is off, a limit, a
        // server that is busy. It is no topic to be given up.
        Some(_) if reply.has_status => Class::LoginRefused(why()),
        Some(number) => Class::Refused { id: number, why: why() },
        None => Class::Reply(id.to_owned()),
    }
}

fn of_event(way: Way, event: &Event<'_>) -> Class {
    match event.kind.as_ref() {
        "serverShutdown" => Class::ClosesSoon,
        // Where nothing but a signature opened the stream, there is no credential to be obtained anew.
        "eventStreamTerminated" if matches!(way, Way::Logon | Way::Signature) => Class::Ended,
        "listenKeyExpired" | "eventStreamTerminated" => Class::CredentialExpired,
        kind => Class::Data(Mark {
            stream: hash_of(|hasher| kind.hash(hasher)),
            place: place_of(event),
            grows: false,
            supersedes: false,
        }),
    }
}

/// What an event says, as a number. Where it tells the time of its cause, the time of the message (`E`) is left out; where it has
/// no other time, it is all that tells two alike apart.
fn place_of(event: &Event<'_>) -> u64 {
    const TIME: &[u8] = br#""E":"#;
    let at = event.payload.windows(TIME.len()).position(|window| window == TIME).filter(|_| event.has_cause_time);
    let (head, rest) = event.payload.split_at(at.unwrap_or(event.payload.len()));
    let tail = rest.iter().position(|byte| *byte == b',').map_or(&[][..], |end| rest.get(end..).unwrap_or_default());
    hash_of(|hasher| (head, tail).hash(hasher))
}

/// Not the fast hash of tables: two fills that have the same one would become one.
fn hash_of(what: impl FnOnce(&mut DefaultHasher)) -> u64 {
    let mut hasher = DefaultHasher::new();
    what(&mut hasher);
    hasher.finish()
}
