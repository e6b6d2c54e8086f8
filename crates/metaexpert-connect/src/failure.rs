//! How a request can fail, and what can be done about it.
//!
//! The one decision: whether something may have happened at the exchange is part of the type. What never left this machine and
//! what the exchange refused did not happen; of what was sent without an answer nobody knows, and it is never called a refusal.

use std::time::Duration;

use metaexpert_core::{Error, Rejection};
use serde::Serialize;

use crate::{Malformed, report::Refused};

/// Why a request has no good answer.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Failure {
    /// The exchange refused it.
    #[error("{endpoint}: refused{}: {}", with_code(refused.code), refused.message)]
    Refused {
        /// Which call.
        endpoint: &'static str,
        /// What it said.
        refused: Refused,
    },
    /// The exchange wants fewer requests. It did not carry this one out.
    #[error("{endpoint}: rate limit reached{}", retry_after.map(|wait| format!("; again in {wait:?}")).unwrap_or_default())]
    RateLimited {
        /// Which call.
        endpoint: &'static str,
        /// How long it asks to wait, if it says.
        retry_after: Option<Duration>,
        /// Whether requests are refused unread for that time (418 at Binance).
        is_banned: bool,
    },
    /// It never reached the exchange: no connection, the circuit breaker is open, no budget.
    #[error("{endpoint}: not sent: {why}")]
    NotSent {
        /// Which call.
        endpoint: &'static str,
        /// Why.
        why: String,
    },
    /// It was sent, and there is no answer: it may have been carried out.
    #[error("{endpoint}: no answer: {why}")]
    Unknown {
        /// Which call.
        endpoint: &'static str,
        /// What happened instead.
        why: String,
    },
    /// The exchange answered, and nothing can be made of it.
    #[error(transparent)]
    Malformed(#[from] Malformed),
}

/// What was refused on this side has no code of the exchange's.
fn with_code(code: i64) -> String {
    if code == 0 { String::new() } else { format!(" with {code}") }
}

/// What a refusal means, whatever the exchange's code for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Meaning {
    /// The time of the request is off: the offset is measured again, and the request sent once more.
    ClockSkew,
    /// The signature is wrong. Never sent again.
    BadSignature,
    /// The key is unknown, malformed or has expired.
    BadKey,
    /// The key may not do that, or not from this address.
    NotPermitted,
    /// Too many requests.
    RateLimited,
    /// Too many orders.
    TooManyOrders,
    /// The exchange cannot do it now, and did not do it.
    Unavailable,
    /// The exchange does not know itself whether it was carried out.
    Unknown,
    /// There is an order of this name already: the first copy arrived. It is asked for.
    DuplicateClientId,
    /// There is no such order.
    UnknownOrder,
    /// The order breaks a rule.
    Rejected(Rejection),
    /// It is so already.
    Unchanged,
    /// A listen key or token is no longer good.
    CredentialExpired,
    /// The instrument does not exist, or does not trade.
    NotTrading,
    /// The call is another one now: a fault of this side.
    WrongEndpoint,
    /// A parameter is missing, malformed or out of bounds: a fault of this side, or of the user's input.
    BadRequest,
    /// A rule of the account or of the product forbids it.
    Forbidden,
    /// Documented, and nothing that this side reacts to.
    Other,
}

/// What can be done about a refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Recourse {
    /// Measure the clock's offset and send it once more.
    SyncClock,
    /// Wait, and send it again if sending twice does no harm.
    BackOff,
    /// Ask what became of it.
    Query,
    /// Get a new credential.
    Renew,
    /// Nothing: it did not happen, and will not.
    GiveUp,
}

impl Meaning {
    /// What can be done about it.
    pub const fn recourse(self) -> Recourse {
        match self {
            Self::ClockSkew => Recourse::SyncClock,
            Self::RateLimited | Self::TooManyOrders | Self::Unavailable => Recourse::BackOff,
            Self::Unknown | Self::DuplicateClientId => Recourse::Query,
            Self::CredentialExpired => Recourse::Renew,
            Self::BadSignature
            | Self::BadKey
            | Self::NotPermitted
            | Self::UnknownOrder
            | Self::Rejected(_)
            | Self::Unchanged
            | Self::NotTrading
            | Self::WrongEndpoint
            | Self::BadRequest
            | Self::Forbidden
            | Self::Other => Recourse::GiveUp,
        }
    }

    /// Whether no request of this account will do any better.
    pub const fn is_fatal(self) -> bool {
        matches!(self, Self::BadSignature | Self::BadKey | Self::WrongEndpoint)
    }
}

impl Failure {
    /// Whether it may have been carried out.
    pub const fn may_have_happened(&self) -> bool {
        match self {
            Self::Unknown { .. } | Self::Malformed(_) => true,
            Self::Refused { refused, .. } => matches!(refused.meaning, Meaning::Unknown | Meaning::DuplicateClientId),
            Self::RateLimited { .. } | Self::NotSent { .. } => false,
        }
    }

    /// What is known of a request whose answer was lost in this way, after it was sent again and `last` came of that: what became
    /// of the second copy says nothing of the first. Only that it is so already, or that its credential is no longer good, is true
    /// of both.
    #[must_use]
    pub fn unless_settled_by(self, last: Self) -> Self {
        let is_of_both = matches!(last.meaning(), Some(Meaning::Unchanged | Meaning::CredentialExpired));
        if is_of_both || last.may_have_happened() || !self.may_have_happened() { last } else { self }
    }

    /// What the exchange's refusal means, if it is one.
    pub const fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Refused { refused, .. } => Some(refused.meaning),
            Self::RateLimited { .. } => Some(Meaning::RateLimited),
            Self::NotSent { .. } | Self::Unknown { .. } | Self::Malformed(_) => None,
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused { ref refused, .. } if matches!(refused.meaning, Meaning::BadKey | Meaning::BadSignature) => {
                Self::Authentication { exchange: String::from("the exchange"), message: failure.to_string() }
            }
            Failure::Refused { ref refused, .. } if refused.meaning == Meaning::Unknown => Self::Unanswered(failure.to_string()),
            Failure::Refused { refused, .. } => Self::Exchange { code: refused.code, message: refused.message },
            Failure::RateLimited { retry_after, .. } => Self::RateLimit { retry_after },
            Failure::NotSent { .. } => Self::Network(failure.to_string()),
            Failure::Unknown { .. } => Self::Unanswered(failure.to_string()),
            Failure::Malformed(malformed) => Self::MarketData(malformed.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(meaning: Meaning) -> Failure {
        Failure::Refused { endpoint: "cancel", refused: Refused { id: None, code: -7, message: "no".into(), meaning } }
    }

    fn lost(why: &str) -> Failure {
        Failure::Unknown { endpoint: "cancel", why: why.into() }
    }

    #[test]
    fn what_may_have_been_carried_out_is_never_called_retryable() {
        let not_sent = Failure::NotSent { endpoint: "place", why: "no connection".into() };
        assert!(Error::from(not_sent).is_retryable());
        let malformed = Malformed::new("order", "no JSON", b"<").into();
        for failure in [lost("cut"), refused(Meaning::Unknown), refused(Meaning::DuplicateClientId), malformed] {
            assert!(failure.may_have_happened(), "{failure}");
            let error = Error::from(failure);
            assert!(!error.is_retryable() && !error.is_fatal(), "{error}");
        }
        let error = Error::from(lost("cut"));
        assert_eq!(error.to_string(), "cancel: no answer: cut; it may have been carried out");
    }

    #[test]
    fn what_became_of_a_second_copy_says_nothing_of_the_first() {
        let limited = Failure::RateLimited { endpoint: "cancel", retry_after: None, is_banned: false };
        let not_sent = Failure::NotSent { endpoint: "cancel", why: "no connection".into() };
        let first = lost("cut");
        for last in [limited, not_sent, refused(Meaning::UnknownOrder), refused(Meaning::Unavailable)] {
            assert_eq!(first.clone().unless_settled_by(last.clone()), first, "{last}");
        }
        for last in [lost("timed out"), refused(Meaning::Unchanged), refused(Meaning::CredentialExpired)] {
            assert_eq!(first.clone().unless_settled_by(last.clone()), last);
        }
    }
}
