//! What a client is made of.
//!
//! The one decision: everything is named where a client is made, the clock and the seed included, so that a test decides all
//! that a client does.

use std::time::Duration;

use metaexpert_core::{UnixNanos, config::ProxyUrl};
use slog::Logger;

use super::{Budget, NoCertificates, RestDialect};
use crate::{endpoint::Lane, signing::Credentials};

/// For how long a signed request is good where nobody says otherwise. A request that takes longer is late for its price as well.
pub const RECV_WINDOW: Duration = Duration::from_secs(5);

/// The longest that a signed request can be good.
pub const RECV_WINDOW_MAX: Duration = Duration::from_mins(1);

/// What a client is made of.
#[derive(Debug)]
pub struct ClientSetup<D> {
    /// Address of the host, with its scheme and without a slash at the end: `https://api.example.com`.
    pub base: String,
    /// How the exchange speaks.
    pub dialect: D,
    /// Who asks; `None` where only what everybody may ask is asked.
    pub credentials: Option<Credentials>,
    /// What requests go through.
    pub proxy: Option<ProxyUrl>,
    /// What may be spent: a new one, or a clone of that of another client or session whose requests the exchange counts with
    /// these.
    pub budget: Budget,
    /// How long is waited.
    pub lanes: Lanes<Patience>,
    /// For how long a signed request is good: [`RECV_WINDOW`], at most [`RECV_WINDOW_MAX`].
    pub recv_window: Duration,
    /// Where pauses, retries and states are told.
    pub log: Logger,
    /// Our own time.
    pub now: fn() -> UnixNanos,
    /// Of the jitter in pauses. Two processes with one seed would knock at the same moments.
    pub seed: u64,
}

/// Something for each lane.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lanes<T> {
    /// Of [`Lane::Safety`].
    pub safety: T,
    /// Of [`Lane::Entry`].
    pub entry: T,
    /// Of [`Lane::Account`].
    pub account: T,
    /// Of [`Lane::Market`].
    pub market: T,
}

/// How long a request may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// From sending to the last byte of the answer.
    pub answer: Duration,
    /// Until the budget lets it go. All attempts together where a request must not happen twice, each by itself where it may.
    pub budget: Duration,
}

impl<T> Lanes<T> {
    /// That of a lane.
    pub const fn of(&self, lane: Lane) -> &T {
        match lane {
            Lane::Safety => &self.safety,
            Lane::Entry => &self.entry,
            Lane::Account => &self.account,
            Lane::Market => &self.market,
        }
    }
}

impl Lanes<Patience> {
    pub(super) fn shortest_answer(&self) -> Duration {
        let Self { safety, entry, account, market } = self;
        safety.answer.min(entry.answer).min(account.answer).min(market.answer)
    }
}

impl Default for Lanes<Patience> {
    /// An entry that had to wait for long is not the order that was decided on; a download may wait for several windows.
    fn default() -> Self {
        let patience = |answer, budget| Patience { answer: Duration::from_secs(answer), budget: Duration::from_secs(budget) };
        Self { safety: patience(10, 60), entry: patience(10, 5), account: patience(10, 60), market: patience(30, 300) }
    }
}

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The address is not one of a host.
    #[error("`{0}` is not the address of a host, such as `https://api.example.com`")]
    BadBase(String),
    /// A signed request cannot be good for so long.
    #[error("a signed request cannot be good for {0:?}: it is more than nothing and at most {RECV_WINDOW_MAX:?}")]
    BadWindow(Duration),
    /// The proxy cannot be used.
    #[error("the proxy cannot be used: {0}")]
    BadProxy(String),
    /// There are no certificates to know the host by.
    #[error(transparent)]
    NoCertificates(#[from] NoCertificates),
    /// What sends requests could not be set up.
    #[error("requests cannot be sent: {0}")]
    Http(String),
}

impl<D: RestDialect> ClientSetup<D> {
    /// Checks what a type cannot.
    ///
    /// # Errors
    /// Says which field is wrong, and why.
    pub(super) fn check(&self) -> Result<(), SetupError> {
        let bad = || SetupError::BadBase(metaexpert_log::masked(&self.base).into_owned());
        let base = url::Url::parse(&self.base).map_err(|_| bad())?;
        let is_host = matches!(base.scheme(), "http" | "https") && base.has_host() && base.query().is_none();
        if !is_host || self.base.ends_with('/') {
            return Err(bad());
        }
        if self.recv_window.is_zero() || self.recv_window > RECV_WINDOW_MAX {
            return Err(SetupError::BadWindow(self.recv_window));
        }
        Ok(())
    }
}
