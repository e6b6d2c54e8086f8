//! What an exchange says of the connection, of a request, or of itself.

use std::fmt;

use metaexpert_core::UnixNanos;
use serde::{Serialize, Serializer};

/// What concerns the connection and not the market.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "service", rename_all = "snake_case")]
pub enum Service {
    /// The exchange's clock.
    Time {
        /// Its time.
        time: UnixNanos,
    },
    /// It is there, or did what was asked, and says no more.
    Done,
    /// It took a request by this number.
    Acknowledged {
        /// Our number.
        id: Option<String>,
    },
    /// It refused a request.
    Refused(Refused),
    /// Something that opens a stream of account data.
    Credential {
        /// It.
        credential: Credential,
        /// Until when it is good.
        expires: Option<UnixNanos>,
    },
    /// What opened the stream is no longer good; a new one is needed.
    CredentialExpired {
        /// When it ended.
        time: Option<UnixNanos>,
    },
    /// The server will close the connection.
    ClosesSoon {
        /// When it said so.
        time: Option<UnixNanos>,
    },
    /// A limit of requests, as the exchange reports it.
    RateLimit {
        /// The exchange's name of it: `REQUEST_WEIGHT`, `ORDERS`.
        kind: String,
        /// Of how many seconds.
        seconds: u64,
        /// How many in that time.
        limit: u64,
        /// How many of them are spent, where it says.
        used: Option<u64>,
    },
    /// A kind of event that this side does not know. It is logged once, and the session goes on.
    Strange {
        /// The exchange's name of it.
        kind: String,
    },
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Refused {
    /// Our number of the request, where it has one.
    pub id: Option<String>,
    /// The exchange's code.
    pub code: i64,
    /// The exchange's words.
    pub message: String,
    /// What the code means here.
    pub meaning: crate::Meaning,
}

/// A listen key or token. It is a secret: whoever has it reads the account. Never shown whole.
#[derive(Clone, PartialEq, Eq)]
pub struct Credential(String);

impl Credential {
    /// Holds one.
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// The secret itself, to be put into an address or a request.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Credential(***)")
    }
}

impl Serialize for Credential {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str("***")
    }
}
