//! One request out, one answer in.
//!
//! The one decision: a request without an answer says whether it can have reached the host. Only a connection that was never
//! made is proof that it has not. There are no addresses in what is said: they hold signatures.

use std::{error::Error, fmt::Write, time::Duration};

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use http::HeaderMap;
use metaexpert_core::config::ProxyUrl;
use metaexpert_log::masked;

use super::{Prepared, SetupError, tls};
use crate::endpoint::Method;

/// How long a connection may take at most, proxy and TLS included.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// How long a connection is kept for the next request. Load balancers cut idle ones after a minute; a request that meets the cut
/// would be lost, and it is not known whether it was carried out.
const IDLE_MAX: Duration = Duration::from_secs(30);

/// So many connections are kept. Each costs some 28 KB, and more of them are only needed at once where a host has hung and hundreds of
/// orders are asked for.
const KEPT: usize = 32;

/// The longest answer, in bytes. The longest that is known, a full list of instruments, has some 20 MB.
const ANSWER_MAX: usize = 128 << 20;

const USER_AGENT: &str = concat!("metaexpert/", env!("CARGO_PKG_VERSION"));

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// There is no answer, and why.
#[derive(Debug)]
pub(super) enum Cut {
    /// No request can be made of it: a fault of this side.
    Unbuilt(String),
    /// There was no connection: the host has nothing of it.
    Unconnected(String),
    /// The host may have it.
    Lost(String),
}

/// What sends requests.
pub(super) trait Wire: Send + Sync + 'static {
    /// Sends a request and waits for the whole answer, so long at most.
    fn send(&self, method: Method, request: Prepared, within: Duration) -> BoxFuture<'_, Result<Answer, Cut>>;
}

/// Connections to a host, kept for the next request.
pub(super) struct Connections {
    base: String,
    http: reqwest::Client,
}

impl Connections {
    /// Connections to `base`. None takes longer than half of the shortest time that an answer may take, so that a host which is
    /// away is known to be, and an order to it known not to have been sent.
    pub(super) fn new(base: String, proxy: Option<&ProxyUrl>, shortest: Duration) -> Result<Self, SetupError> {
        let is_secret = base.starts_with("https") || proxy.is_some_and(|proxy| proxy.with_password().starts_with("https"));
        let tls = if is_secret { tls::tls_config()? } else { tls::untrusting()? };
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(tls.as_ref().clone())
            // No proxy of the environment: where requests go is what the configuration says.
            .no_proxy()
            // A redirect would carry key and signature to another host.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .user_agent(USER_AGENT)
            .connect_timeout(CONNECT_WITHIN.min(shortest / 2))
            .pool_idle_timeout(IDLE_MAX)
            .pool_max_idle_per_host(KEPT)
            .tcp_nodelay(true);
        if let Some(proxy) = proxy {
            let proxy = reqwest::Proxy::all(proxy.with_password()).map_err(|why| SetupError::BadProxy(told(why)))?;
            builder = builder.proxy(proxy);
        }
        let http = builder.build().map_err(|why| SetupError::Http(told(why)))?;
        Ok(Self { base, http })
    }

    async fn ask(&self, method: Method, request: Prepared, within: Duration) -> Result<Answer, Cut> {
        let method = match method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut builder = self.http.request(method, format!("{}{}", self.base, request.path_and_query)).timeout(within);
        for (name, value) in request.headers {
            builder = builder.header(name, value);
        }
        if let Some((content_type, body)) = request.body {
            builder = builder.header(http::header::CONTENT_TYPE, content_type).body(body);
        }
        let cut = |why: reqwest::Error| match (why.is_builder(), why.is_connect()) {
            (true, _) => Cut::Unbuilt(told(why)),
            (false, true) => Cut::Unconnected(told(why)),
            (false, false) => Cut::Lost(told(why)),
        };
        let mut answer = builder.send().await.map_err(cut)?;
        let (status, headers) = (answer.status().as_u16(), std::mem::take(answer.headers_mut()));
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|why| Cut::Lost(told(why)))? {
            if body.len() + chunk.len() > ANSWER_MAX {
                return Err(Cut::Lost(format!("the answer is longer than {ANSWER_MAX} bytes")));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Answer { status, headers, body: body.freeze() })
    }
}

impl Wire for Connections {
    fn send(&self, method: Method, request: Prepared, within: Duration) -> BoxFuture<'_, Result<Answer, Cut>> {
        Box::pin(self.ask(method, request, within))
    }
}

/// An error with its causes and without its address.
fn told(error: reqwest::Error) -> String {
    let error = error.without_url();
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let _ = write!(text, ": {cause}");
        source = cause.source();
    }
    masked(&text).into_owned()
}
