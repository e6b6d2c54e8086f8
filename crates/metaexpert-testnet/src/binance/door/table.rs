//! Which row of which table a call is for.
//!
//! The one decision: path and verb find the row; the host is asked only where a path stands in two tables (`/futures/data`), or is
//! not that host's at all. A call without a host (one base URL for everything) finds every row.

use http::Method;
use rustc_hash::FxHashMap;

use super::{Product, Route, Verb};

/// The hosts that are answered for (spot REST, "General API Information"; WebSocket streams and API; derivatives general info; demo
/// mode, spot change log 2026-01-29), each with what it serves over REST; sockets find their way by path.
pub static HOSTS: &[&str] = &[
    "api.binance.com",
    "api-gcp.binance.com",
    "api1.binance.com",
    "api2.binance.com",
    "api3.binance.com",
    "api4.binance.com",
    "data-api.binance.vision",
    "demo-api.binance.com",
    "testnet.binance.vision",
    "fapi.binance.com",
    "demo-fapi.binance.com",
    "testnet.binancefuture.com",
    "dapi.binance.com",
    "demo-dapi.binance.com",
    "eapi.binance.com",
    "stream.binance.com",
    "data-stream.binance.vision",
    "demo-stream.binance.com",
    "fstream.binance.com",
    "demo-fstream.binance.com",
    "dstream.binance.com",
    "demo-dstream.binance.com",
    "nbstream.binance.com",
    "ws-api.binance.com",
    "demo-ws-api.binance.com",
    "ws-fapi.binance.com",
    "demo-ws-fapi.binance.com",
    "ws-dapi.binance.com",
    "demo-ws-dapi.binance.com",
];

/// What a host serves over REST; all of it where the host says nothing.
fn served(host: &str) -> &'static [Product] {
    let name = host.split('.').next().unwrap_or_default();
    match name.strip_prefix("demo-").unwrap_or(name) {
        "fapi" if name.starts_with("demo-") => &[Product::UsdM, Product::Options],
        "fapi" => &[Product::UsdM],
        "dapi" => &[Product::CoinM],
        "eapi" => &[Product::Options],
        "testnet" if host.ends_with("binancefuture.com") => &[Product::UsdM, Product::CoinM],
        "testnet" | "data-api" => &[Product::Spot],
        name if name.starts_with("api") => &[Product::Spot, Product::Margin],
        _ => &[Product::Spot, Product::Margin, Product::UsdM, Product::CoinM, Product::Options],
    }
}

/// All rows, found by verb and path.
#[derive(Debug, Default)]
pub struct Table {
    rows: FxHashMap<(Verb, &'static str), Vec<&'static Route>>,
}

impl Table {
    /// These tables as one.
    pub fn of(tables: &[&'static [Route]]) -> Self {
        let mut table = Self::default();
        for route in tables.iter().copied().flatten() {
            table.rows.entry((route.method, route.path)).or_default().push(route);
        }
        table
    }

    /// The row of a call.
    pub fn find(&self, host: &str, method: &Method, path: &str) -> Option<&'static Route> {
        let verb = Verb::of(method)?;
        let served = served(host);
        // The map's keys live forever, what is looked up does not; a path that leads to no row is not kept.
        let rows = self.rows.get(&(verb, path))?;
        rows.iter().copied().find(|route| served.contains(&route.product))
    }

    /// The product whose paths begin like this one: whose words an error is in.
    pub fn product(host: &str, path: &str) -> Product {
        let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
        match first {
            "sapi" => Product::Margin,
            "fapi" => Product::UsdM,
            "dapi" => Product::CoinM,
            "eapi" => Product::Options,
            "api" => Product::Spot,
            _ => served(host).first().copied().unwrap_or(Product::Spot),
        }
    }
}

impl Verb {
    /// A method as a verb; `None` for those that no call has.
    pub fn of(method: &Method) -> Option<Self> {
        match method.as_str() {
            "GET" => Some(Self::Get),
            "POST" => Some(Self::Post),
            "PUT" => Some(Self::Put),
            "DELETE" => Some(Self::Delete),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binance::door::{ApiError, Call, Json, Params, Security, Weight};

    #[expect(clippy::unnecessary_wraps, reason = "what answers a call has one signature")]
    fn nothing(_: &mut Call<'_>) -> Result<Json, ApiError> {
        Ok(Json("{}".into()))
    }

    const fn row(product: Product, path: &'static str) -> Route {
        let (security, weight) = (Security::Open, Weight::Fixed(1));
        Route { product, method: Verb::Get, path, security, weight, orders: no_orders, handler: nothing }
    }

    fn no_orders(_: &Params) -> u32 {
        0
    }

    static ROWS: [Route; 3] = [
        row(Product::Spot, "/api/v3/ping"),
        row(Product::UsdM, "/futures/data/delivery-price"),
        row(Product::CoinM, "/futures/data/delivery-price"),
    ];

    #[track_caller]
    fn found(host: &str, path: &str) -> Option<Product> {
        Table::of(&[&ROWS]).find(host, &Method::GET, path).map(|route| route.product)
    }

    #[test]
    fn the_host_decides_where_paths_coincide() {
        assert_eq!(found("fapi.binance.com", "/futures/data/delivery-price"), Some(Product::UsdM));
        assert_eq!(found("dapi.binance.com", "/futures/data/delivery-price"), Some(Product::CoinM));
        assert_eq!(found("", "/futures/data/delivery-price"), Some(Product::UsdM));
    }

    #[test]
    fn a_path_of_another_host_is_not_found() {
        assert_eq!(found("api3.binance.com", "/api/v3/ping"), Some(Product::Spot));
        assert_eq!(found("", "/api/v3/ping"), Some(Product::Spot));
        assert_eq!(found("fapi.binance.com", "/api/v3/ping"), None);
        assert!(Table::of(&[&ROWS]).find("", &Method::POST, "/api/v3/ping").is_none());
    }

    #[test]
    fn no_host_stands_twice() {
        for (place, host) in HOSTS.iter().enumerate() {
            assert!(!HOSTS.iter().take(place).any(|before| before == host), "{host}");
        }
    }
}
