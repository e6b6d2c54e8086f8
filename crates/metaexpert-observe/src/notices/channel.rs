//! What a channel makes of a message, and of the answer to it.
//!
//! The one decision: a channel does no I/O. It writes a request and judges an answer, so that all of it can be tested without either.

use std::time::Duration;

use super::Notice;

/// A way to people.
pub trait Channel: Send + Sync + 'static {
    /// Its name in logs and numbers.
    fn name(&self) -> &'static str;

    /// What is sent for a message.
    fn post(&self, notice: &Notice) -> Post;

    /// What came of it. `retry_after` is what the header of that name says.
    fn judge(&self, status: u16, retry_after: Option<Duration>, body: &[u8]) -> Judgement;
}

/// A request: JSON, sent with the method POST. It has no `Debug`, for addresses hold secrets.
#[expect(missing_debug_implementations, reason = "the address holds a secret")]
pub struct Post {
    /// Where to.
    pub url: String,
    /// What.
    pub json: String,
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// It was taken.
    Delivered,
    /// It may be taken later: why, and when at the earliest, where that was said.
    Later(String, Option<Duration>),
    /// It never will be, and why.
    Refused(String),
}

/// Why there is no such channel.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BadChannel {
    /// An address is none. It is not shown, since it holds a secret.
    #[error("{what}: not the address of a web host, such as `https://hooks.example.com/..`")]
    NotAnAddress {
        /// Which.
        what: &'static str,
    },
    /// Something has no text, or one that cannot be sent.
    #[error("{what}: {rule}")]
    BadValue {
        /// Which.
        what: &'static str,
        /// What it has to be.
        rule: &'static str,
    },
    /// No connection can be prepared.
    #[error("no connection for notices can be prepared: {0}")]
    NoClient(String),
}

/// An address that can be posted to.
pub(crate) fn address(what: &'static str, url: &str) -> Result<reqwest::Url, BadChannel> {
    let not_one = || BadChannel::NotAnAddress { what };
    let url = reqwest::Url::parse(url.trim()).map_err(|_| not_one())?;
    if !matches!(url.scheme(), "https" | "http") || url.host_str().is_none_or(str::is_empty) { Err(not_one()) } else { Ok(url) }
}

/// What a status alone says. Those of a host that is busy or away may change; the others say that the request is wrong
/// (RFC 9110, sections 15.5 and 15.6).
pub(super) fn by_status(status: u16, retry_after: Option<Duration>, said: &str) -> Judgement {
    match status {
        200..=299 => Judgement::Delivered,
        408 | 425 | 429 | 500..=599 => Judgement::Later(format!("status {status}{said}"), retry_after),
        _ => Judgement::Refused(format!("status {status}{said}")),
    }
}
