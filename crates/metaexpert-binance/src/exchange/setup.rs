//! What an account at Binance is made of, and what is different about each product.
//!
//! The one decision: an address that is not known is taken for one of real money. Only the demo's hosts and those of this machine are
//! not.

use std::{fmt, net::IpAddr, time::Duration};

use metaexpert_connect::{
    exchange::Profile,
    http::{Budget, NoCertificates, RECV_WINDOW, SetupError},
    signing::Credentials,
    ws::BadProxy,
};
use metaexpert_core::{UnixNanos, config::ProxyUrl};
use slog::Logger;

use crate::{Environment, Hosts, Product, orders::COMMENT};

/// What an account and its markets are made of.
#[derive(Debug, Clone)]
pub struct ExchangeSetup {
    /// What is traded.
    pub product: Product,
    /// Where.
    pub environment: Environment,
    /// By whom; without them only what everybody may ask is asked.
    pub credentials: Option<Credentials>,
    /// What may be spent. USD-M and COIN-M draw from one pool, spot and margin too: give both clones of one.
    pub budget: Budget,
    /// What all connections go through.
    pub proxy: Option<ProxyUrl>,
    /// Margin: the pair of the isolated account, as Binance spells it; the cross account where it is `None`.
    pub isolated: Option<String>,
    /// Where pauses, retries and states are told.
    pub log: Logger,
    /// Our own time.
    pub now: fn() -> UnixNanos,
    /// Of the chance in waits. Two processes with one seed would knock at the same moments.
    pub seed: u64,
}

impl ExchangeSetup {
    /// Of a product somewhere, for nobody and through no proxy, with a budget of its own.
    pub fn new(product: Product, environment: Environment, log: Logger, now: fn() -> UnixNanos, seed: u64) -> Self {
        let budget = Budget::new(None, seed);
        Self { product, environment, credentials: None, budget, proxy: None, isolated: None, log, now, seed }
    }
}

/// Why there is no such account.
#[derive(Debug, thiserror::Error)]
pub enum CannotStart {
    /// Requests cannot be sent.
    #[error(transparent)]
    Http(#[from] SetupError),
    /// Streams cannot go through the proxy.
    #[error(transparent)]
    Proxy(#[from] BadProxy),
    /// No host can be known by its certificate.
    #[error(transparent)]
    Certificates(#[from] NoCertificates),
    /// There is no such product there.
    #[error("{product} is not offered with play money; spot, usdm, coinm and options are")]
    NoHost {
        /// Which.
        product: Product,
    },
}

/// For how long a request is good after it was signed.
pub(super) const WINDOW: Duration = RECV_WINDOW;

/// What is different about a product.
///
/// Stops: orders of spot and margin hold their coins back, so that a stop and a take-profit of the same coins need a list, which is one
/// order to Binance (Spot API, "New Order list - OCO"); orders of futures that close a position hold nothing back. Options have neither
/// (Options Trading, "New Order"). Changes: of spot the quantity alone, and only down ("Order Amend Keep Priority").
pub(super) fn profile(product: Product, environment: &Environment, hosts: &Hosts) -> Profile {
    let has_positions = !matches!(product, Product::Spot | Product::Margin);
    Profile {
        exchange: "binance",
        product: product.as_str(),
        host: host_of(&hosts.rest).to_owned(),
        is_real: is_real(environment, &hosts.rest),
        has_positions,
        amends: matches!(product, Product::Spot | Product::UsdM | Product::CoinM),
        has_stops: product != Product::Options,
        has_both_exits: matches!(product, Product::UsdM | Product::CoinM),
        window: WINDOW,
        comment: COMMENT,
    }
}

fn is_real(environment: &Environment, address: &str) -> bool {
    match environment {
        Environment::Live => true,
        Environment::Demo => false,
        Environment::Custom { .. } => !is_this_machine(host_of(address)),
    }
}

/// The host of an address, with its port: `127.0.0.1:9000` of `http://127.0.0.1:9000/x`.
fn host_of(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |(_, rest)| rest);
    let host = rest.split(['/', '?']).next().unwrap_or_default();
    host.rsplit_once('@').map_or(host, |(_, host)| host)
}

fn is_this_machine(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(six) => six.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    let is_loopback = name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    is_loopback || name.eq_ignore_ascii_case("localhost") || name.to_ascii_lowercase().ends_with(".localhost")
}

/// A host in logs: `binance usdm at fapi.binance.com`.
pub(super) struct Named<'a>(pub(super) &'a Profile);

impl fmt::Display for Named<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} at {}", self.0.exchange, self.0.product, self.0.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rest: &str) -> Profile {
        let environment = Environment::Custom { rest: rest.into(), stream: None };
        profile(Product::UsdM, &environment, &Hosts::of(Product::UsdM, &environment))
    }

    #[test]
    fn only_the_demo_and_this_machine_are_no_real_money() {
        let of = |environment| profile(Product::UsdM, &environment, &Hosts::of(Product::UsdM, &environment)).is_real;
        assert!(of(Environment::Live) && !of(Environment::Demo));
        for (address, is_real) in [
            ("http://127.0.0.1:9000", false),
            ("http://127.8.0.1", false),
            ("http://[::1]:9000/x", false),
            ("http://localhost:9000", false),
            ("http://api.binance.localhost:9000", false),
            ("https://proxy.example", true),
            ("https://127.0.0.1.example", true),
            ("https://localhost@fapi.binance.com", true),
            ("http://10.0.0.7", true),
        ] {
            assert_eq!(at(address).is_real, is_real, "{address}");
        }
        assert_eq!(Named(&at("http://127.0.0.1:9000")).to_string(), "binance usdm at 127.0.0.1:9000");
    }

    #[test]
    fn what_holds_coins_back_has_no_two_exits() {
        for product in Product::ALL {
            let profile = profile(product, &Environment::Live, &Hosts::of(product, &Environment::Live));
            assert!(!profile.has_both_exits || (profile.has_stops && profile.has_positions), "{product}");
        }
    }
}
