//! From an address to a socket: TCP, through a proxy where there is one, with TLS where the address asks for it.
//!
//! The one decision: what a session needs of a network is one function, [`Dial`]. Everything above it is the same for a real
//! network and for the one in memory that tests play on.

use std::{fmt, future::poll_fn, net::IpAddr, pin::Pin, sync::Arc};

use http::Uri;
use hyper_util::{
    client::{
        legacy::connect::{
            HttpConnector,
            proxy::{SocksV5, Tunnel},
        },
        proxy::matcher::{Intercept, Matcher},
    },
    rt::TokioIo,
};
use metaexpert_core::config::{KeyValue, ProxyUrl};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
};
use tokio_rustls::TlsConnector;
use tower_service::Service;
use url::{Host, Url};

/// A socket, whatever is below it.
pub trait Socket: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Socket for T {}

/// A socket that is being opened.
pub type Dialling = Pin<Box<dyn Future<Output = Result<Box<dyn Socket>, DialError>> + Send>>;

/// Opens sockets.
pub trait Dial: Send + Sync + 'static {
    /// Opens one.
    fn dial(&self, target: &Target) -> Dialling;
}

/// Where a socket goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// Name or address of the host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// Whether TLS is spoken.
    pub is_secure: bool,
}

/// Why a socket could not be opened. It never holds a path or a query: there may be a secret in them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// The address is none.
    #[error("not the address of a WebSocket: it begins with `ws://` or `wss://` and names a host")]
    BadAddress,
    /// Nobody answers, or not as hoped.
    #[error("{host}:{port}: {why}")]
    Failed {
        /// Of which host.
        host: String,
        /// At which port.
        port: u16,
        /// Why.
        why: String,
    },
}

/// A proxy that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("proxy {0}: WebSocket connections go through `http://`, `socks5://` or `socks5h://` proxies")]
pub struct BadProxy(String);

impl Target {
    /// Of a WebSocket's address.
    ///
    /// # Errors
    /// When it is none.
    pub fn of(address: &str) -> Result<Self, DialError> {
        let url = Url::parse(address).map_err(|_| DialError::BadAddress)?;
        let is_secure = match url.scheme() {
            "ws" => false,
            "wss" => true,
            _ => return Err(DialError::BadAddress),
        };
        let host = match url.host().ok_or(DialError::BadAddress)? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        };
        let port = url.port_or_known_default().ok_or(DialError::BadAddress)?;
        Ok(Self { host, port, is_secure })
    }

    /// As connectors want it.
    fn uri(&self) -> Result<Uri, DialError> {
        let host =
            if self.host.parse::<IpAddr>().is_ok_and(|ip| ip.is_ipv6()) { format!("[{}]", self.host) } else { self.host.clone() };
        let authority = format!("{host}:{}", self.port);
        Uri::builder().scheme("http").authority(authority).path_and_query("/").build().map_err(|_| DialError::BadAddress)
    }

    fn failed(&self, why: impl fmt::Display) -> DialError {
        DialError::Failed { host: self.host.clone(), port: self.port, why: why.to_string() }
    }
}

/// A proxy.
#[derive(Clone)]
pub struct Proxy(Intercept);

impl Proxy {
    /// Reads its address, with user and password where it wants them.
    ///
    /// # Errors
    /// When it is of a kind that WebSocket connections cannot go through.
    pub fn of(proxy: &ProxyUrl) -> Result<Self, BadProxy> {
        let bad = || BadProxy(proxy.to_text());
        let somewhere = Uri::from_static("http://exchange.example/");
        let found = Matcher::builder().all(proxy.with_password()).build().intercept(&somewhere).ok_or_else(bad)?;
        match found.uri().scheme_str() {
            Some("http" | "socks5" | "socks5h") => Ok(Self(found)),
            _ => Err(bad()),
        }
    }

    /// Through it to a target.
    async fn connect(&self, tcp: HttpConnector, target: Uri) -> Result<TokioIo<TcpStream>, String> {
        let uri = self.0.uri().clone();
        if uri.scheme_str() == Some("http") {
            let tunnel = Tunnel::new(uri, tcp);
            let tunnel = match self.0.basic_auth() {
                Some(auth) => tunnel.with_auth(auth.clone()),
                None => tunnel,
            };
            return call(tunnel, target).await.map_err(chain);
        }
        let socks = SocksV5::new(with_port(uri), tcp);
        let socks = match self.0.raw_auth() {
            Some((user, password)) => socks.with_auth(user.to_owned(), password.to_owned()),
            None => socks,
        };
        call(socks, target).await.map_err(chain)
    }
}

/// RFC 1928, section 3: SOCKS is at port 1080 unless something else is said.
fn with_port(uri: Uri) -> Uri {
    let Some(host) = uri.host().filter(|_| uri.port().is_none()).map(str::to_owned) else { return uri };
    let scheme = uri.scheme_str().unwrap_or("socks5").to_owned();
    Uri::builder().scheme(scheme.as_str()).authority(format!("{host}:1080")).path_and_query("/").build().unwrap_or(uri)
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An Intercept shows its address and keeps user and password to itself.
        f.debug_tuple("Proxy").field(self.0.uri()).finish()
    }
}

/// The real network.
#[derive(Clone)]
pub struct TcpDial {
    proxy: Option<Proxy>,
    tls: Option<Arc<ClientConfig>>,
}

impl fmt::Debug for TcpDial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TcpDial").field("proxy", &self.proxy).field("tls", &self.tls.is_some()).finish()
    }
}

impl TcpDial {
    /// Connects through a proxy, if one is given, and speaks TLS as configured; without a configuration only `ws://` works.
    pub const fn new(proxy: Option<Proxy>, tls: Option<Arc<ClientConfig>>) -> Self {
        Self { proxy, tls }
    }

    async fn connect(self, target: Target) -> Result<Box<dyn Socket>, DialError> {
        let mut tcp = HttpConnector::new();
        // A proxy's scheme is not `http`.
        tcp.enforce_http(false);
        // Orders are small and must not wait for more to be sent.
        tcp.set_nodelay(true);
        let uri = target.uri()?;
        let stream = match &self.proxy {
            Some(proxy) => proxy.connect(tcp, uri).await.map_err(|why| target.failed(format!("through {proxy:?}: {why}")))?,
            None => call(tcp, uri).await.map_err(|why| target.failed(chain(why)))?,
        };
        let stream = stream.into_inner();
        if !target.is_secure {
            return Ok(Box::new(stream));
        }
        let tls = self.tls.ok_or_else(|| target.failed("TLS is not configured"))?;
        let name = ServerName::try_from(target.host.clone()).map_err(|why| target.failed(why))?;
        let stream = TlsConnector::from(tls).connect(name, stream).await.map_err(|why| target.failed(why))?;
        Ok(Box::new(stream))
    }
}

impl Dial for TcpDial {
    fn dial(&self, target: &Target) -> Dialling {
        Box::pin(self.clone().connect(target.clone()))
    }
}

async fn call<C: Service<Uri>>(mut connector: C, uri: Uri) -> Result<C::Response, C::Error> {
    poll_fn(|cx| connector.poll_ready(cx)).await?;
    connector.call(uri).await
}

/// An error with its causes: the last of them says most.
fn chain(error: impl std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_follow_from_the_scheme_unless_they_are_named() {
        let target = |address| Target::of(address).map(|target| (target.host, target.port, target.is_secure));
        assert_eq!(target("wss://stream.example.com/ws/secret"), Ok(("stream.example.com".into(), 443, true)));
        assert_eq!(target("ws://127.0.0.1:9000"), Ok(("127.0.0.1".into(), 9_000, false)));
        assert_eq!(target("ws://[::1]:9000/x"), Ok(("::1".into(), 9_000, false)));
        assert_eq!(Target::of("ws://[::1]:9000/x").unwrap().uri().unwrap(), "http://[::1]:9000/");
    }

    #[test]
    fn an_error_never_holds_the_path_for_there_may_be_a_secret_in_it() {
        for address in ["https://host/ws/secret", "stream/secret", "ws://:0/secret"] {
            assert!(!Target::of(address).unwrap_err().to_string().contains("secret"), "{address}");
        }
    }
}
