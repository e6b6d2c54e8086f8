//! What Binance trades, and on which hosts.

use std::fmt;

/// A product of Binance: an API of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// The coins themselves.
    Spot,
    /// The coins, with borrowed money. Orders go to the same markets as spot, by other calls of the same host.
    Margin,
    /// Futures that pay in the quote currency.
    UsdM,
    /// Futures that pay in the coin.
    CoinM,
    /// European options.
    Options,
}

impl Product {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Spot, Self::Margin, Self::UsdM, Self::CoinM, Self::Options];

    /// Its name on a command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Spot => "spot",
            Self::Margin => "margin",
            Self::UsdM => "usdm",
            Self::CoinM => "coinm",
            Self::Options => "options",
        }
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Where an account lives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Environment {
    /// Real money.
    Live,
    /// Play money: the demo trading hosts, which have the prices of the real markets.
    Demo,
    /// Anything else: the local testnet, a proxy. One base address serves REST and WebSocket unless one is given for it.
    Custom {
        /// Of REST calls: `http://127.0.0.1:8080`.
        rest: String,
        /// Of streams; `rest` with `ws` for `http` where it is `None`.
        stream: Option<String>,
    },
}

/// The addresses of a product, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hosts {
    /// REST calls.
    pub rest: String,
    /// Market streams.
    pub stream: String,
    /// The WebSocket API (order entry and account requests); `None` where the product has none.
    pub api: Option<String>,
}

/// Addresses by product: REST, streams, WebSocket API; live, then demo.
///
/// Live: "General Info" of each product's documentation (read 2026-11). Demo: Spot API, "Demo Mode" (2026-01-29); derivatives,
/// "General Info" (2026-06-27). Margin has no demo, and no host is better than the real one: whoever asked for play money shall not trade
/// with money.
const HOSTS: [(Product, [&str; 3], [&str; 3]); 5] = [
    (
        Product::Spot,
        ["https://api.binance.com", "wss://stream.binance.com:9443", "wss://ws-api.binance.com:443/ws-api/v3"],
        ["https://demo-api.binance.com", "wss://demo-stream.binance.com", "wss://demo-ws-api.binance.com/ws-api/v3"],
    ),
    (
        Product::Margin,
        ["https://api.binance.com", "wss://stream.binance.com:9443", "wss://ws-api.binance.com:443/ws-api/v3"],
        ["", "", ""],
    ),
    (
        Product::UsdM,
        ["https://fapi.binance.com", "wss://fstream.binance.com", "wss://ws-fapi.binance.com/ws-fapi/v1"],
        ["https://demo-fapi.binance.com", "wss://demo-fstream.binance.com", "wss://testnet.binancefuture.com/ws-fapi/v1"],
    ),
    (
        Product::CoinM,
        ["https://dapi.binance.com", "wss://dstream.binance.com", "wss://ws-dapi.binance.com/ws-dapi/v1"],
        ["https://demo-dapi.binance.com", "wss://demo-dstream.binance.com", "wss://testnet.binancefuture.com/ws-dapi/v1"],
    ),
    (
        Product::Options,
        ["https://eapi.binance.com", "wss://fstream.binance.com", ""],
        ["https://demo-fapi.binance.com", "wss://demo-fstream.binance.com", ""],
    ),
];

/// Where the WebSocket API of a product stands on a host that serves everything.
const API_PATHS: [(Product, &str); 4] = [
    (Product::Spot, "/ws-api/v3"),
    (Product::Margin, "/ws-api/v3"),
    (Product::UsdM, "/ws-fapi/v1"),
    (Product::CoinM, "/ws-dapi/v1"),
];

impl Hosts {
    /// The addresses of a product; empty where the environment does not have it (margin in the demo).
    ///
    /// ```
    /// use metaexpert_binance::{Environment, Hosts, Product};
    /// let local = Environment::Custom { rest: "http://127.0.0.1:9000/".into(), stream: None };
    /// let hosts = Hosts::of(Product::UsdM, &local);
    /// assert_eq!(hosts.stream, "ws://127.0.0.1:9000");
    /// assert_eq!(hosts.api.as_deref(), Some("ws://127.0.0.1:9000/ws-fapi/v1"));
    /// ```
    pub fn of(product: Product, environment: &Environment) -> Self {
        let row = HOSTS.iter().find(|(known, ..)| *known == product);
        let [rest, stream, api] = match (row, environment) {
            (Some((_, live, _)), Environment::Live) => live.map(String::from),
            (Some((_, _, demo)), Environment::Demo) => demo.map(String::from),
            (_, Environment::Custom { rest, stream }) => {
                let rest = rest.trim_end_matches('/').to_owned();
                let stream =
                    stream.as_ref().map_or_else(|| as_websocket(&rest), |stream| stream.trim_end_matches('/').to_owned());
                let path = API_PATHS.iter().find(|(known, _)| *known == product).map(|(_, path)| format!("{stream}{path}"));
                [rest, stream, path.unwrap_or_default()]
            }
            (None, _) => [const { String::new() }; 3],
        };
        Self { rest, stream, api: Some(api).filter(|api| !api.is_empty()) }
    }
}

/// `http://host` as `ws://host`, `https://host` as `wss://host`.
fn as_websocket(address: &str) -> String {
    address.strip_prefix("http").map_or_else(|| address.to_owned(), |rest| format!("ws{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_asks_for_play_money_reaches_no_live_host() {
        for product in Product::ALL {
            let (live, demo) = (Hosts::of(product, &Environment::Live), Hosts::of(product, &Environment::Demo));
            assert!(live.rest.starts_with("https://") && live.stream.starts_with("wss://"), "{product}");
            assert!(demo.rest != live.rest && demo.stream != live.stream, "{product}: {demo:?}");
            assert!(demo.api.is_none() || demo.api != live.api, "{product}: {demo:?}");
        }
    }
}
