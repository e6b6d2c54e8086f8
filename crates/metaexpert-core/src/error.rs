//! What can go wrong, as one tree. Code asks an error questions ([`Error::is_retryable`], [`Error::is_fatal`]), not its text.

use std::time::Duration;

use crate::{
    instrument::Symbol,
    order::{ClientOrderId, Rejection},
    portfolio::Overclosed,
    risk::Refusal,
};

/// What a handler, the engine or a venue can fail with. `?` turns strings and boxed errors into it.
///
/// ```
/// use metaexpert_core::{Error, Result};
/// fn init(fast: usize, slow: usize) -> Result<()> {
///     if fast >= slow {
///         return Err(Error::input("fast", fast, format!("must be below `slow` ({slow})")));
///     }
///     Ok(())
/// }
/// assert_eq!(init(30, 26).unwrap_err().to_string(), "input `fast`: `30` must be below `slow` (26)");
/// ```
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A value of the configuration, or of the expert's inputs, is not one it can have.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The exchange does not accept the credentials.
    #[error("{exchange} refused the credentials: {message}")]
    Authentication {
        /// Which exchange.
        exchange: String,
        /// What it said.
        message: String,
    },
    /// The exchange wants fewer requests.
    #[error("rate limit reached{}", retry_after.map(|wait| format!("; again in {wait:?}")).unwrap_or_default())]
    RateLimit {
        /// How long the exchange asks to wait, if it says.
        retry_after: Option<Duration>,
    },
    /// The exchange could not be reached, or the connection broke.
    #[error("network: {0}")]
    Network(String),
    /// It was sent, and nobody knows what came of it: it may have been carried out, so that sending it again may do it twice.
    #[error("{0}; it may have been carried out")]
    Unanswered(String),
    /// The exchange answered with an error of its own.
    #[error("exchange error {code}: {message}")]
    Exchange {
        /// The exchange's code.
        code: i64,
        /// The exchange's words.
        message: String,
    },
    /// The venue did not execute an order that the risk gate had passed.
    #[error("order {order} was not executed: {rejection}")]
    Rejected {
        /// Which order.
        order: ClientOrderId,
        /// Why.
        rejection: Rejection,
    },
    /// The venue did not change or cancel an order. The order stands as it was, if it stands.
    #[error("order {order}: {request} was refused: {rejection}")]
    RequestRejected {
        /// `amend` or `cancel`.
        request: &'static str,
        /// Which order.
        order: ClientOrderId,
        /// Why.
        rejection: Rejection,
    },
    /// An order that makes no sense, before any rule of risk is asked.
    #[error("{symbol}: {field}: {rule}")]
    InvalidOrder {
        /// For which instrument.
        symbol: Symbol,
        /// Which field of the order.
        field: &'static str,
        /// The rule that it breaks, with the value.
        rule: String,
    },
    /// The venue does not know the order.
    #[error("order {0} is not known to the venue")]
    OrderNotFound(ClientOrderId),
    /// Nobody knows what became of the order; it is being asked for.
    #[error("the state of order {0} is not known; it is asked for, not sent again")]
    UnknownOrderState(ClientOrderId),
    /// Market data is missing, broken or does not fit.
    #[error("market data: {0}")]
    MarketData(String),
    /// The risk gate refused an order.
    #[error(transparent)]
    Risk(#[from] Refusal),
    /// The venue tells of a trade that cannot be, going by the trades before it.
    #[error("the venue and the account disagree: {0}")]
    Inconsistent(Overclosed),
    /// The journal could not be written or read.
    #[error("journal: {0}")]
    Storage(String),
    /// The journal does not take an order now, since its disk does not: the order is not sent. It will take orders again.
    #[error("journal: {0}; no order leaves until it can be written")]
    NotJournaled(String),
    /// A handler's own error.
    #[error(transparent)]
    Handler(#[from] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// An input of the expert that has a value it must not have. Fatal: the expert does not start.
    pub fn input(name: &str, value: impl std::fmt::Display, rule: impl Into<String>) -> Self {
        Self::Config(ConfigError {
            key: format!("input `{name}`"),
            value: Some(value.to_string()),
            rule: rule.into(),
            nearest: None,
        })
    }

    /// Whether the same request may succeed later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::RateLimit { .. } | Self::Network(_) | Self::NotJournaled(_) => true,
            Self::Config(_)
            | Self::Authentication { .. }
            | Self::Unanswered(_)
            | Self::Exchange { .. }
            | Self::Rejected { .. }
            | Self::RequestRejected { .. }
            | Self::InvalidOrder { .. }
            | Self::OrderNotFound(_)
            | Self::UnknownOrderState(_)
            | Self::MarketData(_)
            | Self::Risk(_)
            | Self::Inconsistent(_)
            | Self::Storage(_)
            | Self::Handler(_) => false,
        }
    }

    /// Whether the expert cannot go on.
    pub fn is_fatal(&self) -> bool {
        match self {
            Self::Config(_) | Self::Authentication { .. } | Self::Inconsistent(_) | Self::Storage(_) => true,
            Self::RateLimit { .. }
            | Self::Network(_)
            | Self::NotJournaled(_)
            | Self::Unanswered(_)
            | Self::Exchange { .. }
            | Self::Rejected { .. }
            | Self::RequestRejected { .. }
            | Self::InvalidOrder { .. }
            | Self::OrderNotFound(_)
            | Self::UnknownOrderState(_)
            | Self::MarketData(_)
            | Self::Risk(_)
            | Self::Handler(_) => false,
        }
    }

    /// How long the exchange asks to wait before the next request, if it does.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimit { retry_after } => *retry_after,
            _ => None,
        }
    }
}

impl From<String> for Error {
    fn from(message: String) -> Self {
        Self::Handler(message.into())
    }
}

impl From<&str> for Error {
    fn from(message: &str) -> Self {
        Self::Handler(message.into())
    }
}

/// The result of a handler.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A key that has a value it must not have, or that is not one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The key as the user wrote it, with its layer: `flag --leverage`, `METAEXPERT_LEVERAGE`, `#[on_init] leverage`.
    pub key: String,
    /// The value as the user wrote it; `None` where the key itself is wrong or missing.
    pub value: Option<String>,
    /// What is wrong, as the rest of a sentence about the value (`is not in 1 to 125`) or the key (`unknown key`).
    pub rule: String,
    /// The nearest value that would do, or the nearest key, where there is one.
    pub nearest: Option<String>,
}

impl ConfigError {
    /// An error about a key, whatever its value.
    pub fn about(key: impl Into<String>, rule: impl Into<String>) -> Self {
        Self { key: key.into(), value: None, rule: rule.into(), nearest: None }
    }

    /// The same, with the nearest value or key.
    #[must_use]
    pub fn or_nearest(self, nearest: Option<impl Into<String>>) -> Self {
        Self { nearest: nearest.map(Into::into), ..self }
    }
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { key, value, rule, nearest } = self;
        match (value, nearest) {
            (Some(value), Some(nearest)) => write!(f, "{key}: `{value}` {rule}; the nearest is `{nearest}`"),
            (Some(value), None) => write!(f, "{key}: `{value}` {rule}"),
            (None, Some(nearest)) => write!(f, "{key}: {rule}; did you mean `{nearest}`?"),
            (None, None) => write!(f, "{key}: {rule}"),
        }
    }
}

impl std::error::Error for ConfigError {}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn an_error_that_shows_another_does_not_name_it_as_its_source_too() {
        let refusal = Error::from(ConfigError {
            key: "k".into(),
            value: Some("v".into()),
            rule: "is bad".into(),
            nearest: Some("w".into()),
        });
        assert_eq!(refusal.to_string(), "k: `v` is bad; the nearest is `w`");
        assert!(refusal.source().is_none());
        let gate = Refusal::Halted { breach: "b".into(), until: "u" };
        for shown in [Error::from("out of tea"), Error::from(gate), Error::MarketData("none".into())] {
            assert!(shown.source().is_none(), "{shown}");
        }
    }
}
