//! An exchange that is asked from the shell: the way to it, who asks, and its words for an instrument.
//!
//! The one decision: what an exchange answers is shown as the adapter reads it, so that what is seen here is what an expert would see.

use std::{
    future::Future,
    path::Path,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use metaexpert_binance::{Environment, Hosts, Product, dialect, symbols};
use metaexpert_connect::{
    Failure,
    http::{Budget, Client, ClientSetup, Lanes, Patience},
    signing::{Credentials, Signer},
};
use metaexpert_core::{
    Symbol, UnixNanos,
    config::{BaseUrl, KeyValue as _, ProxyUrl},
};
use tokio::runtime::Runtime;

use slog::{Discard, Logger, o};

use crate::{
    command_line::{AskArgs, Exchange},
    doctor::{EnvFile, credentials_of},
    exit::CommandError,
    user_defaults,
};

/// An exchange's product, ready to be asked.
pub(crate) struct Asked {
    runtime: Runtime,
    pub(crate) client: Client,
    pub(crate) product: Product,
}

/// Of the jitter in pauses between retries. A person who asks by hand does not come in a crowd.
const SEED: u64 = 1;

/// Whether the question needs a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key {
    Needed,
    NotNeeded,
}

impl Asked {
    pub(crate) fn new(args: &AskArgs, key: Key) -> Result<Self, CommandError> {
        let exchange = user_defaults::given_or(args.exchange, |defaults| defaults.exchange)?;
        if exchange != Exchange::Binance {
            let why = "of the exchanges only `binance` can be asked in this version";
            return Err(CommandError::Configuration(format!("--exchange: {why}")));
        }
        let product = Product::from(args.product);
        let credentials = if key == Key::Needed { Some(credentials(exchange)?) } else { None };
        let environment = match (&args.base_url, args.testnet) {
            (Some(base), _) => {
                BaseUrl::parse(base).map_err(|wrong| CommandError::Configuration(wrong.at("--base-url").to_string()))?;
                Environment::Custom { rest: base.clone(), stream: None }
            }
            (None, true) => Environment::Demo,
            (None, false) => Environment::Live,
        };
        if Hosts::of(product, &environment).rest.is_empty() {
            let why = format!("binance has no demo of {product}\nleave `--testnet` away to ask the real exchange");
            return Err(CommandError::Configuration(format!("--testnet: {why}")));
        }
        let proxy = args.proxy.as_deref().map(proxy).transpose()?;
        let patience = Patience { answer: Duration::from_secs(args.timeout), budget: Duration::from_secs(args.timeout) };
        let setup = ClientSetup {
            proxy,
            lanes: Lanes { safety: patience, entry: patience, account: patience, market: patience },
            // One question after another: nobody else spends of this budget, and nobody reads a log.
            ..dialect::setup(product, &environment, credentials, Budget::new(None, SEED), Logger::root(Discard, o!()), now, SEED)
        };
        let client = Client::new(setup).map_err(|why| CommandError::Configuration(why.to_string()))?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|why| CommandError::Failed(format!("no runtime for the network: {why}")))?;
        Ok(Self { runtime, client, product })
    }

    /// Waits for an answer.
    pub(crate) fn wait_for<T>(&self, answer: impl Future<Output = Result<T, Failure>>) -> Result<T, CommandError> {
        self.runtime.block_on(answer).map_err(|why| CommandError::Failed(format!("{}: {why}", self.product)))
    }

    /// The exchange's own spelling of an instrument.
    pub(crate) fn native(&self, symbol: &str) -> Result<String, CommandError> {
        let unified = Symbol::new(symbol);
        let native = unified.as_ref().and_then(|symbol| symbols::native(self.product, symbol));
        native.ok_or_else(|| {
            let product = self.product;
            CommandError::Configuration(format!("`{symbol}` names nothing that {product} trades\n{}", example(product)))
        })
    }
}

fn example(product: Product) -> &'static str {
    match product {
        Product::Spot | Product::Margin => "write it as `BTCUSDT` or `BTC/USDT`",
        Product::UsdM => "write it as `BTCUSDT`, or `BTCUSDT_260327` for a dated one",
        Product::CoinM => "write it as `BTCUSD`, or `BTCUSD_260327` for a dated one",
        Product::Options => "write it as `BTC-260327-100000-C`",
    }
}

/// What an account is opened with: from the environment, or else from `.env` in the current folder.
fn credentials(exchange: Exchange) -> Result<Credentials, CommandError> {
    let file = EnvFile::read(Path::new(".env"));
    let value = |name: &str| {
        let given = std::env::var(name).ok().or_else(|| file.variable(name).map(|(value, _)| value));
        given
            .filter(|value| !value.is_empty())
            .ok_or_else(|| CommandError::Configuration(format!("{name}: is not set\nput it into the environment or into `.env`")))
    };
    let names = credentials_of(exchange);
    let mut values = names.iter().map(|name| value(name));
    let (Some(key), Some(secret)) = (values.next().transpose()?, values.next().transpose()?) else {
        return Err(CommandError::Configuration("this exchange has no credentials".to_owned()));
    };
    let name = names.get(1).copied().unwrap_or_default();
    let signer = Signer::from_secret(&secret).map_err(|why| CommandError::Configuration(format!("{name}: {why}")))?;
    metaexpert_log::register_secret(&secret);
    Ok(Credentials { key, signer: signer.into(), passphrase: None })
}

fn proxy(text: &str) -> Result<ProxyUrl, CommandError> {
    ProxyUrl::parse(text).map_err(|wrong| CommandError::Configuration(wrong.at("--proxy").to_string()))
}

/// The time by this machine's clock.
pub(crate) fn now() -> UnixNanos {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    UnixNanos::from_nanos(i64::try_from(since.as_nanos()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_product_has_an_example_that_it_understands() {
        for product in Product::ALL {
            let example = example(product).split('`').nth(1).unwrap();
            assert!(symbols::native(product, &Symbol::new(example).unwrap()).is_some(), "{product}: {example}");
        }
    }
}
