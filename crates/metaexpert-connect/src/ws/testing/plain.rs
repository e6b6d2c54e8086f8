//! A dialect as plain as can be: words with blanks between them.
//!
//! | from the session | to the session |
//! |---|---|
//! | `login CREDENTIAL` | `in`, `out WHY` |
//! | `sub ID TOPIC,TOPIC`, `unsub ID TOPIC` | `ack ID`, `no ID WHY` |
//! | `ping` | `pong` |
//! | calls, as they are | `reply ID ...` |
//! | | `g STREAM PLACE ...` data whose places grow |
//! | | `q STREAM PLACE ...` the same, and the last one counts |
//! | | `h STREAM PLACE ...` data whose places do not grow |
//! | | `bye` the connection is closed soon; `ended` nothing more comes over it; `expired` for its credential has |
//!
//! A topic's stream is the number after its last letter: the frames of `t7` are those of stream 7.

use std::time::Duration;

use bytes::Bytes;

use crate::ws::{Class, Limits, Mark, StreamDialect};

/// See the table of this module.
#[derive(Debug, Clone)]
pub struct Plain {
    /// What a connection may do.
    pub limits: Limits,
    /// Whether there is a login.
    pub has_login: bool,
    /// Whether pings are texts.
    pub pings_by_text: bool,
    /// Whether the address subscribes.
    pub address_subscribes: bool,
}

impl Default for Plain {
    fn default() -> Self {
        let limits = Limits {
            topics: 200,
            topics_per_request: 10,
            requests_per_second: 5,
            connects: (300, Duration::from_mins(5)),
            lifetime: None,
            silence: Duration::from_mins(1),
            ping_every: None,
        };
        Self { limits, has_login: false, pings_by_text: false, address_subscribes: false }
    }
}

impl StreamDialect for Plain {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    fn address(&self, topics: &[String], credential: Option<&str>) -> String {
        format!("ws://exchange.example/{}?{}", topics.join("/"), credential.unwrap_or(""))
    }

    fn login_with(&mut self, credential: Option<&str>) -> Option<String> {
        self.has_login.then(|| format!("login {}", credential.unwrap_or("")))
    }

    fn address_subscribes(&self) -> bool {
        self.address_subscribes
    }

    fn stream_of(&self, topic: &str) -> Option<u64> {
        topic.trim_start_matches(|letter: char| !letter.is_ascii_digit()).parse().ok()
    }

    fn subscribe(&self, id: u64, topics: &[String]) -> String {
        format!("sub {id} {}", topics.join(","))
    }

    fn unsubscribe(&self, id: u64, topics: &[String]) -> String {
        format!("unsub {id} {}", topics.join(","))
    }

    fn ping(&self) -> Option<String> {
        self.pings_by_text.then(|| "ping".into())
    }

    fn classify(&self, frame: &Bytes) -> Class {
        let Ok(text) = std::str::from_utf8(frame) else { return Class::Other };
        let mut words = text.splitn(3, ' ');
        let (word, first, rest) = (words.next(), words.next().unwrap_or(""), words.next().unwrap_or(""));
        let place = rest.split(' ').next().unwrap_or("").parse();
        let data = |grows, supersedes| match (first.parse(), place) {
            (Ok(stream), Ok(place)) => Class::Data(Mark { stream, place, grows, supersedes }),
            _ => Class::Other,
        };
        let id = first.parse().unwrap_or(0);
        match word {
            Some("g") => data(true, false),
            Some("q") => data(true, true),
            Some("h") => data(false, false),
            Some("ack") => Class::Acknowledged(id),
            Some("no") => Class::Refused { id, why: rest.into() },
            Some("reply") => Class::Reply(first.into()),
            Some("in") => Class::LoggedIn,
            Some("out") => Class::LoginRefused(first.into()),
            Some("pong") => Class::Pong,
            Some("bye") => Class::ClosesSoon,
            Some("ended") => Class::Ended,
            Some("expired") => Class::CredentialExpired,
            _ => Class::Other,
        }
    }
}
