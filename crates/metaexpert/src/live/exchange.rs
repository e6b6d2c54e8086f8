//! From a configuration to an exchange that can be asked and listened to.
//!
//! The one decision: this is the only place of the facade that names an exchange's own types.

use std::sync::Arc;

use metaexpert_connect::{
    Exchange,
    signing::{Credentials, Signer},
};
use metaexpert_core::{
    ConfigError, UnixNanos,
    config::{Config, Resolved},
};
use metaexpert_log::slog::Logger;
use metaexpert_store::Claim;

use crate::{exit::RunError, paper::wall_clock, secrets::Secrets};

/// An exchange, and the first letters of the key that it is asked with; empty where there is none.
pub(super) struct Connected {
    pub(super) exchange: Arc<dyn Exchange>,
    pub(super) key: String,
    /// What no other process trades on its account meanwhile.
    pub(super) claims: Vec<Claim>,
}

impl Connected {
    /// What journals and limits call it: `binance usdm`.
    pub(super) fn venue(&self) -> String {
        let profile = self.exchange.profile();
        format!("{} {}", profile.exchange, profile.product)
    }

    /// What time it is by the exchange's clock, which is measured when it is asked what is listed. What is kept and compared with what the
    /// exchange tells goes by it: whoever sets this machine's clock changes nothing.
    pub(super) fn now(&self) -> UnixNanos {
        self.exchange.clock().now()
    }
}

/// The exchange that a configuration names. Nothing is sent yet.
///
/// # Errors
/// Where credentials are no credentials, and where this machine can reach nobody.
pub(super) fn connect(resolved: &Resolved, secrets: &Secrets, log: &Logger) -> Result<Connected, RunError> {
    let config = &resolved.config;
    let credentials = credentials(config, secrets)?;
    // Only as much as tells two accounts apart.
    let key = credentials.as_ref().map(|credentials| credentials.key.chars().take(6).collect()).unwrap_or_default();
    let Some(exchange) = adapter(config, credentials, log)? else {
        let rule = format!("`{}` cannot be talked to in this version", config.exchange);
        return Err(ConfigError::about(resolved.place_of("exchange"), rule).into());
    };
    Ok(Connected { exchange, key, claims: Vec::new() })
}

/// The adapter of the exchange that is named, if this program has it.
#[cfg(feature = "binance")]
fn adapter(config: &Config, credentials: Option<Credentials>, log: &Logger) -> Result<Option<Arc<dyn Exchange>>, RunError> {
    if config.exchange == "binance" { binance(config, credentials, log).map(Some) } else { Ok(None) }
}

/// This program has none.
#[cfg(not(feature = "binance"))]
#[expect(clippy::unnecessary_wraps, reason = "as with an adapter")]
fn adapter(_: &Config, _: Option<Credentials>, _: &Logger) -> Result<Option<Arc<dyn Exchange>>, RunError> {
    Ok(None)
}

/// What signs for the account; `None` where nothing is set.
fn credentials(config: &Config, secrets: &Secrets) -> Result<Option<Credentials>, RunError> {
    let prefix = config.exchange.to_uppercase();
    let (key, secret) = (format!("{prefix}_API_KEY"), format!("{prefix}_API_SECRET"));
    let (Some(key), Some(text)) = (secrets.get(&key), secrets.get(&secret)) else { return Ok(None) };
    // What it says of the secret holds none of it.
    let signer = Signer::from_secret(text).map_err(|bad| ConfigError::about(secret, format!("is no secret: {bad}")))?;
    let passphrase = secrets.get(&format!("{prefix}_API_PASSPHRASE")).map(|text| text.to_owned().into());
    Ok(Some(Credentials { key: key.to_owned(), signer: Arc::new(signer), passphrase }))
}

/// The venue of a configuration, as [`Connected::venue`] will say, without connecting; `None` where this program has no adapter for it.
#[cfg(feature = "binance")]
pub(crate) fn venue_of(config: &Config) -> Option<String> {
    (config.exchange == "binance").then(|| format!("binance {}", product(config)))
}

/// This program has no adapter.
#[cfg(not(feature = "binance"))]
pub(crate) const fn venue_of(_: &Config) -> Option<String> {
    None
}

#[cfg(feature = "binance")]
fn product(config: &Config) -> metaexpert_binance::Product {
    use metaexpert_binance::Product;
    use metaexpert_core::config::{ContractType, MarketType};

    match (config.market_type, config.contract_type) {
        (MarketType::Spot, _) => Product::Spot,
        (MarketType::Margin, _) => Product::Margin,
        (MarketType::Futures, ContractType::Linear) => Product::UsdM,
        (MarketType::Futures, ContractType::Inverse) => Product::CoinM,
        (MarketType::Options, _) => Product::Options,
    }
}

#[cfg(feature = "binance")]
fn binance(config: &Config, credentials: Option<Credentials>, log: &Logger) -> Result<Arc<dyn Exchange>, RunError> {
    use metaexpert_binance::{
        Environment,
        exchange::{BinanceExchange, ExchangeSetup},
    };
    use metaexpert_connect::http::Budget;

    let environment = match (&config.base_url, config.testnet) {
        (Some(base), _) => Environment::Custom { rest: base.as_str().trim_end_matches('/').to_owned(), stream: None },
        (None, true) => Environment::Demo,
        (None, false) => Environment::Live,
    };
    let seed = chance();
    let setup = ExchangeSetup {
        credentials,
        budget: Budget::new(config.rate_limit, seed),
        proxy: config.proxy.clone(),
        ..ExchangeSetup::new(product(config), environment, log.clone(), wall_clock, seed)
    };
    let exchange = BinanceExchange::new(setup).map_err(|error| RunError::Exchange(error.to_string()))?;
    Ok(Arc::new(exchange))
}

/// A number that nobody has had before; the clock's, where this machine has no chance to give.
pub(super) fn chance() -> u64 {
    getrandom::u64().unwrap_or_else(|_| wall_clock().as_nanos().unsigned_abs())
}

#[cfg(all(test, feature = "binance"))]
mod tests {
    use metaexpert_core::{Symbol, config::Origin};
    use metaexpert_log::slog::{Discard, o};
    use metaexpert_testnet::{clock::Time, testnet::Testnet};

    use super::*;

    #[test]
    fn the_venue_is_known_before_anybody_connects_and_is_what_the_exchange_says_then() {
        for (flags, venue) in [
            (&[("market_type", "spot")][..], "binance spot"),
            (&[("market_type", "margin")], "binance margin"),
            (&[("market_type", "futures")], "binance usdm"),
            (&[("market_type", "futures"), ("contract_type", "inverse")], "binance coinm"),
        ] {
            // A host of this machine, that nothing is asked of.
            let flags = flags.iter().copied().chain([("exchange", "binance"), ("base_url", "http://127.0.0.1:1")]);
            let resolved = Resolved::of(flags.map(|(key, text)| (key, text, Origin::Flag))).unwrap();
            assert_eq!(venue_of(&resolved.config).as_deref(), Some(venue));
            let exchange = adapter(&resolved.config, None, &Logger::root(Discard, o!())).unwrap().unwrap();
            assert_eq!(Connected { exchange, key: String::new(), claims: Vec::new() }.venue(), venue);
        }
        assert_eq!(venue_of(&Config { exchange: "okx".to_owned(), ..Config::default() }), None);
    }

    #[test]
    fn the_time_is_the_exchanges_however_far_this_machines_clock_is_off() {
        // 2026-01-05, on a clock that stands still.
        let monday = UnixNanos::from_nanos(1_767_571_200_000_000_000);
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let net = Testnet::builder().time(Time::Manual).start_at(monday).start().await.unwrap();
            let resolved = Resolved::of([("exchange", "binance", Origin::Flag), ("base_url", net.url(), Origin::Flag)]).unwrap();
            let connected = connect(&resolved, &Secrets::default(), &Logger::root(Discard, o!())).unwrap();
            connected.exchange.listed(&[Symbol::new("BTCUSDT").unwrap()]).await.unwrap();
            let off = connected.now().nanos_since(monday);
            assert!((0..60_000_000_000).contains(&off), "{off} ns after it, and this machine's time is {}", wall_clock());
        });
    }
}
