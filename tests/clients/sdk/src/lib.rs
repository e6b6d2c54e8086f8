//! A testnet of one's own for each test, and the configurations with which Binance's SDK finds it.
//!
//! The one decision: of the SDK nothing is changed but its addresses. What it cannot read is the testnet's mistake, and what its models
//! know and a reply lacks is [named](absent), so that a test says which of it the documentation lets be absent.

use std::{fmt::Debug, sync::Arc, time::Duration};

use anyhow::{Context as _, Result, bail};
use binance_sdk::{
    common::websocket::WebsocketStream,
    config::{ConfigurationRestApi, ConfigurationWebsocketApi, ConfigurationWebsocketStreams},
};
use metaexpert_testnet::{
    market::{PriceSource, PriceSources, Script},
    setup::IssuedKey,
    testnet::{Running, Testnet},
};
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

/// What a bitcoin costs, and everything that derives from it, for as long as a test lasts.
pub const PRICE: i64 = 60_000;

/// How long a message may take before it counts as lost.
const PATIENCE: Duration = Duration::from_secs(10);

/// A testnet whose prices stand still, and its rich trader.
#[derive(Debug)]
pub struct Place {
    running: Running,
    key: IssuedKey,
}

impl Place {
    /// Opens it on any free port.
    pub async fn open() -> Result<Self> {
        let prices = PriceSources::default().with_main(PriceSource::Script(Script::still(Decimal::from(PRICE))));
        let running = Testnet::builder().prices(prices).start().await?;
        let key = running.keys().into_iter().next().context("the trader has a key")?;
        Ok(Self { running, key })
    }

    /// REST, signed by the trader. The SDK puts its paths in the place of whatever path the base URL has, so that no host can be named.
    pub fn rest(&self) -> Result<ConfigurationRestApi> {
        let base = self.running.url();
        Ok(ConfigurationRestApi::builder().api_key(&self.key.key).api_secret(self.secret()?).base_path(base).build()?)
    }

    /// The WebSocket API at a path of a host, signed by the trader.
    pub fn ws_api(&self, host: &str, path: &str) -> Result<ConfigurationWebsocketApi> {
        let url = format!("{}{path}", self.running.ws_host_url(host));
        Ok(ConfigurationWebsocketApi::builder().api_key(&self.key.key).api_secret(self.secret()?).ws_url(url).build()?)
    }

    /// The streams of a host.
    pub fn streams(&self, host: &str) -> Result<ConfigurationWebsocketStreams> {
        Ok(ConfigurationWebsocketStreams::builder().ws_url(self.running.ws_host_url(host)).build()?)
    }

    /// Ends it, as a user would.
    pub async fn close(self) {
        self.running.stop().await;
    }

    fn secret(&self) -> Result<&str> {
        self.key.secret().context("the trader signs by HMAC")
    }
}

/// What a stream of the SDK hands out, one after the other.
pub struct Messages<T>(UnboundedReceiver<T>);

impl<T> Messages<T>
where
    T: DeserializeOwned + Send + Sync + 'static,
{
    /// Listens from now on.
    pub fn of(stream: &Arc<WebsocketStream<T>>) -> Self {
        let (sender, messages) = unbounded_channel();
        // Whoever has stopped listening misses nothing.
        stream.on_message(move |message| drop(sender.send(message)));
        Self(messages)
    }

    /// The next one that is wanted.
    pub async fn find<U>(&mut self, mut wanted: impl FnMut(T) -> Option<U>) -> Result<U> {
        let search = async {
            while let Some(message) = self.0.recv().await {
                if let Some(found) = wanted(message) {
                    return Ok(found);
                }
            }
            bail!("the stream has ended")
        };
        tokio::time::timeout(PATIENCE, search).await.context("no such message came")?
    }

    /// The next one.
    pub async fn next(&mut self) -> Result<T> {
        self.find(Some).await
    }
}

/// A number of a reply, exactly as it was written.
pub fn exact(number: &Option<String>) -> Result<Decimal> {
    let number = number.as_deref().context("a number is absent")?;
    number.parse().with_context(|| format!("`{number}` is no number"))
}

/// The fields that the SDK's model of a reply has and the reply has not, in order and each once. The models follow Binance's own
/// description of its API, so that only what that calls conditional may be among them. A reply that fits no model lacks `Other`.
pub fn absent(reply: &impl Debug) -> Vec<String> {
    let shown = format!("{reply:?}");
    let mut names: Vec<String> = shown.contains("Other(").then(|| "Other".to_owned()).into_iter().collect();
    for before in shown.split(": None").take(shown.matches(": None").count()) {
        let start = before.rfind(|letter: char| !(letter.is_ascii_alphanumeric() || letter == '_')).map_or(0, |end| end + 1);
        let name = &before[start..];
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    }
    names
}

/// Sends calls, and says of each whose reply lacks something what that is: the fields, or why it could not be read at all.
#[macro_export]
macro_rules! lacking {
    ($client:expr; $($call:ident($($params:expr)?)),* $(,)?) => {{
        let mut lacking: Vec<(&str, Vec<String>)> = Vec::new();
        $(
            let lacks = match $client.$call($($params)?).await {
                Ok(reply) => match reply.data().await {
                    Ok(data) => $crate::absent(&data),
                    Err(error) => vec![error.to_string()],
                },
                Err(error) => vec![error.to_string()],
            };
            if !lacks.is_empty() {
                lacking.push((stringify!($call), lacks));
            }
        )*
        lacking
    }};
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absent_fields_are_named_once() {
        #[derive(Debug)]
        #[expect(dead_code, reason = "it is only shown")]
        struct Reply {
            id: Option<i64>,
            rows: Vec<Row>,
        }
        #[derive(Debug)]
        #[expect(dead_code, reason = "it is only shown")]
        struct Row {
            price: Option<String>,
            fee: Option<String>,
        }
        let row = || Row { price: Some("1".into()), fee: None };
        assert_eq!(absent(&Reply { id: None, rows: vec![row(), row()] }), ["id", "fee"]);
        assert!(absent(&Row { price: Some("1".into()), fee: Some("2".into()) }).is_empty());
    }
}
