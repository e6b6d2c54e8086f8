//! What passes by and may be struck: a request, its answer, a message.

use std::time::Duration;

use super::Stage;
use crate::protocol::Topic;

/// Over what it came, or goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// HTTP.
    Rest,
    /// A socket; its opening, too.
    Socket,
}

impl Over {
    /// Its name in rules.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rest => "rest",
            Self::Socket => "ws",
        }
    }

    pub(super) const fn is_socket(self) -> bool {
        matches!(self, Self::Socket)
    }
}

/// How long the testnet has been there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Since {
    /// By the exchange's clock, skew not counted.
    pub clock: Duration,
    /// By the time of the markets.
    pub market: Duration,
}

/// Something on its way.
#[derive(Debug, Clone, Copy)]
pub struct Passing<'a> {
    /// How far it has come.
    pub stage: Stage,
    /// Over what.
    pub over: Over,
    /// For, or from, which host.
    pub host: &'a str,
    /// The verb; `GET` of sockets.
    pub method: &'a str,
    /// Below the host.
    pub path: &'a str,
    /// Whose it is, where that is known.
    pub account: Option<&'a str>,
    /// Of a message: what it is.
    pub topic: Option<Topic>,
    /// What it says: of a request the query and the body, of a frame all of it.
    pub texts: [&'a str; 2],
    /// When.
    pub now: Since,
}
