//! Sends a request and waits for its answer.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use metaexpert_core::UnixNanos;

use super::{RestDialect, Signing};
use crate::{
    endpoint::{Auth, Endpoint, Lane, Method, Params},
    failure::Failure,
    signing::Credentials,
};

/// A host of an exchange, and how to speak to it. Cheap to clone; clones share connections, budget and clock.
#[derive(Clone)]
pub struct Client {
    shared: Arc<Shared>,
}

struct Shared {
    base: String,
    http: reqwest::Client,
    dialect: Box<dyn RestDialect>,
    credentials: Option<Credentials>,
    now: fn() -> UnixNanos,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.shared.base).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of the host at `base` (`https://api.example.com`, no slash at the end).
    pub fn new(
        base: String,
        http: reqwest::Client,
        dialect: impl RestDialect,
        credentials: Option<Credentials>,
        now: fn() -> UnixNanos,
    ) -> Self {
        Self { shared: Arc::new(Shared { base, http, dialect: Box::new(dialect), credentials, now }) }
    }

    /// Sends a request in its endpoint's own lane and gives the body of a good answer.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn call(&self, endpoint: &'static Endpoint, params: &Params) -> Result<Bytes, Failure> {
        self.call_in(endpoint.lane, endpoint, params).await
    }

    /// The same in another lane: an order that only reduces goes before one that opens.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn call_in(&self, _lane: Lane, endpoint: &'static Endpoint, params: &Params) -> Result<Bytes, Failure> {
        let not_sent = |why: String| Failure::NotSent { endpoint: endpoint.name, why };
        let shared = &self.shared;
        let signing = match (endpoint.auth, &shared.credentials) {
            (Auth::Public, _) => None,
            (_, None) => return Err(not_sent("there is no key".into())),
            (_, Some(credentials)) => Some(Signing { credentials, now: (shared.now)(), window: Duration::from_secs(5) }),
        };
        let prepared = shared.dialect.prepare(endpoint, params, signing)?;
        let method = match endpoint.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut request = shared.http.request(method, format!("{}{}", shared.base, prepared.path_and_query));
        for (name, value) in prepared.headers {
            request = request.header(name, value);
        }
        if let Some((content_type, body)) = prepared.body {
            request = request.header("Content-Type", content_type).body(body);
        }
        let unknown = |why: reqwest::Error| Failure::Unknown { endpoint: endpoint.name, why: why.to_string() };
        let answer =
            request.send().await.map_err(|why| if why.is_connect() { not_sent(why.to_string()) } else { unknown(why) })?;
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let body = answer.bytes().await.map_err(unknown)?;
        shared.dialect.judge(endpoint, status, &headers, &body)?;
        Ok(body)
    }
}
