//! The way to an exchange: its name found, its door open, its certificate trusted, its answer its own.

use std::{
    io,
    net::ToSocketAddrs as _,
    sync::Arc,
    time::{Duration, Instant, SystemTime},
};

use rustls::crypto::ring;
use ureq::{
    Agent, Error, Proxy, ProxyProtocol,
    http::{StatusCode, Uri},
    tls::{Certificate, RootCerts, TlsConfig},
};

use super::{Surroundings, finding::Finding, venues::Venue};

/// Far more than the answer to a question for the time; a page of a hotel's wireless network is read no further.
const ANSWER_BYTES: u64 = 64 << 10;

pub(super) fn exchange(surroundings: &Surroundings, venue: &'static Venue) -> Finding {
    let way = match Way::to(surroundings, venue) {
        Ok(way) => way,
        Err(finding) => return finding,
    };
    if let Err(why) = way.has_an_address() {
        let advice = "see that this machine is online and has a name server";
        return Finding::failed(format!("{way} is not found: {why}"), advice);
    }
    match way.ask_time(surroundings) {
        Ok(time) => Finding::ok(format!("{way} answers in {} ms", time.round_trip.as_millis())),
        Err(trouble) => trouble.finding(&way, surroundings),
    }
}

/// How an exchange is asked.
pub(super) struct Way {
    agent: Agent,
    url: String,
    host: String,
    proxy: Option<String>,
    venue: &'static Venue,
}

impl std::fmt::Display for Way {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.host)?;
        self.proxy.iter().try_for_each(|proxy| write!(f, " (by proxy {proxy})"))
    }
}

/// What the exchange says the time is.
pub(super) struct ServerTime {
    /// Milliseconds since 1970.
    pub(super) server: i64,
    /// When the question was sent, by the clock of this machine.
    pub(super) sent: SystemTime,
    pub(super) round_trip: Duration,
}

/// Why there is no time.
pub(super) enum Trouble {
    /// No answer.
    NoAnswer(Error),
    /// An answer, but not the one.
    Status(StatusCode),
    /// As if it were the one, but it holds no time.
    NoTime,
}

impl Way {
    /// The way to the exchange, or to what stands in its place.
    pub(super) fn to(surroundings: &Surroundings, venue: &'static Venue) -> Result<Self, Finding> {
        let base = surroundings.base_url.as_deref().unwrap_or(venue.host).trim_end_matches('/');
        let uri: Uri = base.parse().map_err(|error| {
            Finding::failed(format!("`{base}` is not a URL: {error}"), format!("write it as `{}`", venue.host))
        })?;
        let host = uri.authority().map(|authority| authority.host().to_owned()).unwrap_or_default();
        let proxy = proxy(surroundings)?.filter(|proxy| !proxy.is_no_proxy(&uri));
        let named = proxy.as_ref().map(|proxy| format!("{}:{}", proxy.host(), proxy.port()));
        let secure = uri.scheme_str() != Some("http");
        let agent = agent(proxy, secure)?;
        Ok(Self { agent, url: format!("{base}{}", venue.time_path), host, proxy: named, venue })
    }

    /// Asks for the host's address, for the question itself does not tell this trouble from others. A proxy asks for itself.
    fn has_an_address(&self) -> io::Result<()> {
        if self.proxy.is_some() {
            return Ok(());
        }
        // The port is of no interest here, and has to be one.
        (self.host.trim_matches(['[', ']']), 443).to_socket_addrs().map(drop)
    }

    /// One question for the time. Those that follow the first go over the same connection.
    pub(super) fn ask_time(&self, surroundings: &Surroundings) -> Result<ServerTime, Trouble> {
        let request = self.agent.get(&self.url).config().timeout_global(Some(surroundings.left())).build();
        let (sent, started) = (SystemTime::now(), Instant::now());
        let mut response = request.call().map_err(Trouble::NoAnswer)?;
        let round_trip = started.elapsed();
        if response.status() != StatusCode::OK {
            return Err(Trouble::Status(response.status()));
        }
        let body = response.body_mut().with_config().limit(ANSWER_BYTES).read_to_vec().map_err(Trouble::NoAnswer)?;
        let answer = serde_json::from_slice(&body).ok();
        let server = answer.and_then(|answer| (self.venue.time_in)(&answer)).ok_or(Trouble::NoTime)?;
        Ok(ServerTime { server, sent, round_trip })
    }
}

/// The key `proxy`, or else what the environment has for all programs (`HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`).
fn proxy(surroundings: &Surroundings) -> Result<Option<Proxy>, Finding> {
    let Some(url) = surroundings.setting("proxy") else {
        return Ok(Proxy::try_from_env());
    };
    // The address is not shown: it may hold a password.
    let no_url = |_| Finding::failed("the key `proxy` is not a URL", "write it as `http://host:port`");
    Proxy::new(&url).map(Some).map_err(no_url)
}

fn agent(proxy: Option<Proxy>, secure: bool) -> Result<Agent, Finding> {
    if proxy.as_ref().is_some_and(speaks_socks) {
        return Err(Finding::warning("not tried: the proxy speaks SOCKS", "see for yourself that it reaches the exchange"));
    }
    let config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .user_agent(concat!("metaexpert/", env!("CARGO_PKG_VERSION")))
        .proxy(proxy);
    let config = if secure { config.tls_config(trust()?) } else { config };
    Ok(config.build().into())
}

fn speaks_socks(proxy: &Proxy) -> bool {
    use ProxyProtocol::{Socks4, Socks4A, Socks5, Socks5h};
    matches!(proxy.protocol(), Socks4 | Socks4A | Socks5 | Socks5h)
}

/// Trusts whom the system trusts, so that a company's own certificates count.
fn trust() -> Result<TlsConfig, Finding> {
    let trusted = rustls_native_certs::load_native_certs().certs;
    if trusted.is_empty() {
        let advice = "install them: the package `ca-certificates`, or name a file in `SSL_CERT_FILE`";
        return Err(Finding::failed("the system has no certificates to trust", advice));
    }
    let trusted: RootCerts = trusted.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).into();
    Ok(TlsConfig::builder().root_certs(trusted).unversioned_rustls_crypto_provider(Arc::new(ring::default_provider())).build())
}

impl Trouble {
    fn finding(&self, way: &Way, surroundings: &Surroundings) -> Finding {
        let (what, advice) = match self {
            Self::NoAnswer(error) => no_answer(error, surroundings),
            Self::Status(status) => (status_in_words(*status), status_advice(*status)),
            Self::NoTime => (
                format!("answers, but not as {} does", way.venue.name),
                "something stands in between: a proxy, a login page of the network, or a wrong `--base-url`",
            ),
        };
        Finding::failed(format!("{way} {what}"), advice)
    }
}

fn no_answer(error: &Error, surroundings: &Surroundings) -> (String, &'static str) {
    let wait = surroundings.patience.as_secs();
    let reach = "see that this machine is online, and that no firewall is in between; a proxy is set by `HTTPS_PROXY`";
    match error {
        Error::Timeout(_) => (format!("has not answered in {wait} s"), reach),
        Error::Rustls(why) => not_secure(why),
        Error::ConnectProxyFailed(why) => (format!("is not reached: the proxy refuses: {why}"), "see what the proxy allows"),
        Error::Io(why) if let Some(why) = tls_in(why) => not_secure(why),
        Error::Io(why) if is_broken_off(why) => (format!("breaks the connection off: {why}"), reach),
        Error::Io(why) => (format!("is not reached: {why}"), reach),
        other => (format!("does not answer as it should: {other}"), reach),
    }
}

fn is_broken_off(error: &io::Error) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    matches!(error.kind(), BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof)
}

/// What TLS has against it, which it says through the connection.
fn tls_in(error: &io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn not_secure(why: &rustls::Error) -> (String, &'static str) {
    let advice = "see that the clock is right and that the certificates of the system are up to date; a proxy that looks inside \
                  needs its own among them";
    match why {
        rustls::Error::InvalidCertificate(_) => (format!("is not trusted: {why}"), advice),
        _ => (
            format!("does not speak TLS as it should: {why}"),
            "see what stands in between: a proxy, or a login page of the network",
        ),
    }
}

fn status_in_words(status: StatusCode) -> String {
    let what = match status.as_u16() {
        403 | 451 => "refuses whoever comes from here",
        407 => "is behind a proxy that wants a password",
        418 | 429 => "has had too many requests from here",
        500.. => "is in trouble itself",
        300..=399 => "sends us elsewhere",
        _ => "does not know the question",
    };
    format!("{what} (HTTP {})", status.as_u16())
}

fn status_advice(status: StatusCode) -> &'static str {
    match status.as_u16() {
        403 | 451 => "the exchange does not serve every country and every data centre; see its terms",
        407 => "put name and password into the address of the proxy",
        418 | 429 => "wait some minutes, and see what else asks from this address",
        500.. => "see the status page of the exchange, and try again later",
        _ => "see that no proxy and no login page is in between, and that `--base-url` is right",
    }
}
