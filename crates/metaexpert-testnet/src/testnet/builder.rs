//! What is asked for.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    path::PathBuf,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use metaexpert_core::UnixNanos;
use parking_lot::Mutex;

use super::Running;
use crate::{
    clock::{Clock, Time},
    faults::Rule,
    market::PriceSources,
    server::{Door, Exchange, Maker, Tls, serve, speed_rule},
    setup::{AccountSpec, Blueprint, ExchangeName, SetupError},
};

/// When time by hand begins where nobody says when: 2026-01-05, a Monday, 00:00 UTC.
const MONDAY: UnixNanos = UnixNanos::from_nanos(1_767_571_200_000_000_000);

/// A testnet that is not started yet.
#[must_use]
pub struct Builder {
    blueprint: Blueprint,
    maker: Option<Maker>,
    time: Time,
    start: Option<UnixNanos>,
    speed: f64,
    faults: Vec<Rule>,
    audit: Option<PathBuf>,
    listen: IpAddr,
    port: u16,
    is_exposed: bool,
    ports: Ports,
    tls: Option<PathBuf>,
}

/// Which of the exchange's hosts have a port of their own, beside the one that all share.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Ports {
    /// None.
    #[default]
    Shared,
    /// These; port 0 is any free one.
    Some(Vec<(String, u16)>),
    /// Every host has any free one.
    Every,
}

impl Ports {
    /// As a flag has it: `every`, or `HOST=PORT,..`.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(text: &str) -> Result<Self, SetupError> {
        if text == "every" {
            return Ok(Self::Every);
        }
        let wrong = |part: &str| SetupError::value("--ports", part, "must be `every`, or `HOST=PORT,..`");
        let one = |part: &str| {
            let (host, port) = part.split_once('=').ok_or_else(|| wrong(part))?;
            Ok((host.to_owned(), port.parse().map_err(|_| wrong(part))?))
        };
        text.split(',').map(one).collect::<Result<_, _>>().map(Self::Some)
    }
}

impl std::fmt::Debug for Builder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder").field("blueprint", &self.blueprint).field("time", &self.time).finish_non_exhaustive()
    }
}

impl Default for Builder {
    fn default() -> Self {
        let blueprint = Blueprint {
            exchange: ExchangeName::default(),
            accounts: Vec::new(),
            symbols: Vec::new(),
            prices: PriceSources::default(),
            limits: 1,
            seed: 1,
        };
        Self {
            blueprint,
            maker: None,
            time: Time::default(),
            start: None,
            speed: 1.0,
            faults: Vec::new(),
            audit: None,
            listen: IpAddr::V4(Ipv4Addr::LOCALHOST),
            port: 0,
            is_exposed: false,
            ports: Ports::default(),
            tls: None,
        }
    }
}

impl Builder {
    /// Which exchange it is.
    pub fn exchange_name(mut self, exchange: ExchangeName) -> Self {
        self.blueprint.exchange = exchange;
        self
    }

    /// One more account. Where none is named, a rich `trader` is there.
    pub fn account(mut self, account: AccountSpec) -> Self {
        self.blueprint.accounts.push(account);
        self
    }

    /// What is listed, as the exchange spells it; all of its table where none is named.
    pub fn symbols(mut self, symbols: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.blueprint.symbols = symbols.into_iter().map(Into::into).collect();
        self
    }

    /// Where prices come from.
    pub fn prices(mut self, prices: PriceSources) -> Self {
        self.blueprint.prices = prices;
        self
    }

    /// How many times wider than documented the limits of requests are.
    pub const fn limits(mut self, times: u32) -> Self {
        self.blueprint.limits = times;
        self
    }

    /// Of prices, keys and faults: the same seed is the same testnet.
    pub const fn seed(mut self, seed: u64) -> Self {
        self.blueprint.seed = seed;
        self
    }

    /// What makes time pass.
    pub const fn time(mut self, time: Time) -> Self {
        self.time = time;
        self
    }

    /// When it begins. By the wall that is now; by hand, a Monday of 2026.
    pub const fn start_at(mut self, start: UnixNanos) -> Self {
        self.start = Some(start);
        self
    }

    /// How much faster the markets' time passes than the exchange's.
    pub const fn speed(mut self, speed: f64) -> Self {
        self.speed = speed;
        self
    }

    /// One more thing that goes wrong.
    pub fn fault(mut self, rule: Rule) -> Self {
        self.faults.push(rule);
        self
    }

    /// The file that the audit is written to as well.
    pub fn audit_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.audit = Some(path.into());
        self
    }

    /// The address that it listens on. Others than loopback must be [exposed](Self::exposed).
    pub const fn listen(mut self, address: IpAddr) -> Self {
        self.listen = address;
        self
    }

    /// Lets others than this machine come in.
    pub const fn exposed(mut self) -> Self {
        self.is_exposed = true;
        self
    }

    /// The port that all hosts share; 0 is any free one.
    pub const fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Which hosts have a port of their own.
    pub fn ports(mut self, ports: Ports) -> Self {
        self.ports = ports;
        self
    }

    /// Speaks TLS, with a certificate of its own that is put into this folder.
    pub fn tls(mut self, folder: impl Into<PathBuf>) -> Self {
        self.tls = Some(folder.into());
        self
    }

    #[cfg(test)]
    pub(crate) fn maker(mut self, maker: Maker) -> Self {
        self.maker = Some(maker);
        self
    }

    /// The exchange alone, without a socket: called directly, with time by hand unless it was told otherwise.
    ///
    /// # Errors
    /// Why it cannot be set up.
    pub fn exchange(mut self) -> Result<Exchange, SetupError> {
        speed_rule(self.speed).map_err(|rule| SetupError::value("--speed", self.speed.to_string(), rule))?;
        if self.blueprint.accounts.is_empty() {
            self.blueprint.accounts.push(AccountSpec::usual());
        }
        let start = self.start.unwrap_or_else(|| match self.time {
            Time::Manual => MONDAY,
            Time::Wall => wall_clock(),
        });
        let seed = self.blueprint.seed;
        let maker = self.maker.unwrap_or_else(|| self.blueprint.maker());
        let mut exchange = Exchange::new(maker, Clock::new(self.time), start, self.speed, seed)?;
        if let Some(path) = self.audit {
            exchange.audit_mut().write_to(&path).map_err(|error| SetupError::File { path, error })?;
        }
        for fault in self.faults {
            exchange.add_fault(fault);
        }
        Ok(exchange)
    }

    /// Opens its ports and serves.
    ///
    /// # Errors
    /// Why it cannot be set up.
    pub async fn start(self) -> Result<Running, SetupError> {
        if !self.listen.is_loopback() && !self.is_exposed {
            return Err(SetupError::Exposed(self.listen));
        }
        let (listen, port, ports, tls, name) =
            (self.listen, self.port, self.ports.clone(), self.tls.clone(), self.blueprint.exchange);
        let exchange = self.exchange()?;
        let hosts = exchange.hosts();
        let doors = doors(listen, port, &ports, hosts)?;
        let tls = tls.map(|folder| Tls::new(&folder, listen, hosts).map_err(SetupError::Tls)).transpose()?;
        let (tls, certificate) = tls.map_or((None, None), |(tls, path)| (Some(tls), Some(path)));
        let exchange = Arc::new(Mutex::new(exchange));
        let served = serve(&doors, exchange.clone(), name.addressing(hosts), tls).await;
        let served = served.map_err(|(address, error)| SetupError::Port(address, error))?;
        Ok(Running::new(exchange, served, name, certificate))
    }
}

fn doors(listen: IpAddr, port: u16, ports: &Ports, hosts: &[&str]) -> Result<Vec<Door>, SetupError> {
    let own: Vec<(String, u16)> = match ports {
        Ports::Shared => Vec::new(),
        Ports::Some(ports) => ports.clone(),
        Ports::Every => hosts.iter().map(|host| ((*host).to_owned(), 0)).collect(),
    };
    if let Some((host, _)) = own.iter().find(|(host, _)| !hosts.contains(&host.as_str())) {
        let hint = crate::faults::spelling::value::hint(host, hosts);
        return Err(SetupError::value("--ports", host, format!("no such host{hint}")));
    }
    let shared = Door { address: SocketAddr::new(listen, port), host: None };
    let own = own.into_iter().map(|(host, port)| Door { address: SocketAddr::new(listen, port), host: Some(host) });
    Ok([shared].into_iter().chain(own).collect())
}

fn wall_clock() -> UnixNanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}
