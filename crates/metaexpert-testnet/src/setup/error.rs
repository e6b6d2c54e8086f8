//! What can be wrong with what was asked for.

use std::{io, net::SocketAddr, path::PathBuf};

use crate::faults::FaultError;

/// Why a testnet cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A value cannot be.
    #[error("{place}: `{value}`: {rule}")]
    Value {
        /// Which flag, or where in which file.
        place: String,
        /// What was written.
        value: String,
        /// What it must be.
        rule: String,
    },
    /// A file cannot be read or written.
    #[error("{path}: {error}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        error: io::Error,
    },
    /// A file cannot be understood.
    #[error("{path}: {what}", path = path.display())]
    Syntax {
        /// Which.
        path: PathBuf,
        /// Why.
        what: String,
    },
    /// A fault is spelled wrongly.
    #[error(transparent)]
    Fault(#[from] FaultError),
    /// The prices cannot be had.
    #[error("{0}")]
    Prices(String),
    /// Others than this machine could come in, and nobody has said that they may.
    #[error("--listen: `{0}` is not loopback, so that others could come in; `--expose` says that they may")]
    Exposed(std::net::IpAddr),
    /// A port cannot be opened.
    #[error("{0}: cannot be listened on: {1}")]
    Port(SocketAddr, #[source] io::Error),
    /// A certificate cannot be made.
    #[error("--tls: {0}")]
    Tls(String),
}

impl SetupError {
    pub(crate) fn value(place: impl Into<String>, value: impl Into<String>, rule: impl Into<String>) -> Self {
        Self::Value { place: place.into(), value: value.into(), rule: rule.into() }
    }
}
