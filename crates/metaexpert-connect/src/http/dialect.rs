//! What an exchange adds to a request and reads out of an answer.

use std::{fmt, time::Duration};

use bytes::Bytes;
use http::HeaderMap;
use metaexpert_core::UnixNanos;

use crate::{
    endpoint::{Endpoint, Params, Pool},
    failure::Failure,
    signing::Credentials,
};

/// A request, ready to be sent. It holds key and signature: its `Debug` shows neither.
#[derive(Clone, PartialEq, Eq)]
pub struct Prepared {
    /// Path with the query, from the slash on, encoded.
    pub path_and_query: String,
    /// Headers with their values.
    pub headers: Vec<(&'static str, String)>,
    /// Body and its content type.
    pub body: Option<(&'static str, Bytes)>,
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.path_and_query.split('?').next().unwrap_or_default();
        let headers: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("Prepared")
            .field("path", &path)
            .field("headers", &headers)
            .field("body_bytes", &self.body.as_ref().map(|(_, body)| body.len()))
            .finish_non_exhaustive()
    }
}

/// What a signature is made with.
#[derive(Debug, Clone, Copy)]
pub struct Signing<'a> {
    /// By whom.
    pub credentials: &'a Credentials,
    /// The exchange's time by our clock and its measured offset.
    pub now: UnixNanos,
    /// For how long the request is good.
    pub window: Duration,
}

/// How much a pool gives in how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolLimit {
    /// Which pool.
    pub pool: Pool,
    /// How much.
    pub limit: u32,
    /// In how long. Windows begin at multiples of it (exchanges count by the clock's minute).
    pub window: Duration,
}

/// How an exchange speaks HTTP.
pub trait RestDialect: Send + Sync + 'static {
    /// Puts a request together, with key and signature where the endpoint wants them.
    ///
    /// # Errors
    /// When it wants a key, and there is none.
    fn prepare(&self, endpoint: &Endpoint, params: &Params, signing: Option<Signing<'_>>) -> Result<Prepared, Failure>;

    /// What an answer means, where it is not the one that was hoped for.
    ///
    /// # Errors
    /// When the exchange refused the request, or says that it does not know.
    fn judge(&self, endpoint: &'static Endpoint, status: u16, headers: &HeaderMap, body: &[u8]) -> Result<(), Failure>;

    /// How much of each pool is spent, as the answer's headers say it: the exchange's count goes before our own.
    fn spent(&self, headers: &HeaderMap, tell: &mut dyn FnMut(Pool, Duration, u32));

    /// What the pools hold until the exchange says otherwise.
    fn pools(&self) -> &[PoolLimit];

    /// The pool that orders are counted in: it is empty where an order was one too many.
    fn orders(&self) -> Pool;

    /// What asks the exchange's time.
    fn clock(&self) -> &'static Endpoint;

    /// Reads the answer to [`clock`](Self::clock).
    ///
    /// # Errors
    /// When there is no time in it.
    fn read_clock(&self, body: &[u8]) -> Result<UnixNanos, crate::Malformed>;
}
