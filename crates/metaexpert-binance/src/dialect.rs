//! How Binance speaks HTTP: the same on all its products, but for the paths, the pools and what a 5xx means.
//!
//! The one decision: a request is written once, encoded, and signed as it is written. `GET` and `DELETE` carry their parameters
//! in the query, `POST` and `PUT` in a form body, which every product takes.
//!
//! When to send, and what to do about a refusal, is not decided here but in `metaexpert_connect::http`.

mod judge; // what an answer means
mod limits; // pools, and what headers say of them
mod write; // parameters, encoded and signed

use std::time::Duration;

use http::HeaderMap;
use metaexpert_connect::{
    Auth, Cost, Endpoint, Failure, Lane, Lost, Malformed, Method, Params, Pool,
    http::{Budget, ClientSetup, Lanes, PoolLimit, Prepared, RECV_WINDOW, RestDialect, Signing},
    number, read_json,
    signing::Credentials,
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;
use slog::Logger;

use crate::{
    Environment, Hosts, Product,
    pools::{ORDERS, WEIGHT},
};

pub use limits::limit_of;

/// How a product of Binance speaks HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dialect {
    product: Product,
}

impl Dialect {
    /// Of a product.
    pub const fn new(product: Product) -> Self {
        Self { product }
    }
}

/// What a client of a product's host is made of: where it stands, how it speaks, and patience as usual; whoever wants another
/// proxy, window or patience changes it before making the [`Client`](metaexpert_connect::http::Client).
///
/// USD-M and COIN-M draw from one pool of weight and orders, spot and margin too: give their clients clones of one `budget`.
///
/// # Examples
/// ```
/// use metaexpert_binance::{Environment, Product, dialect};
/// use metaexpert_connect::http::{Budget, Client};
/// use metaexpert_core::UnixNanos;
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let log = slog::Logger::root(slog::Discard, slog::o!());
/// let local = Environment::Custom { rest: "http://127.0.0.1:9000".into(), stream: None };
/// let setup = dialect::setup(Product::UsdM, &local, None, Budget::new(None, 7), log, || UnixNanos::from_nanos(0), 7);
/// assert_eq!(setup.base, "http://127.0.0.1:9000");
/// let client = Client::new(setup)?;
/// # Ok(())
/// # }
/// ```
pub fn setup(
    product: Product,
    environment: &Environment,
    credentials: Option<Credentials>,
    budget: Budget,
    log: Logger,
    now: fn() -> UnixNanos,
    seed: u64,
) -> ClientSetup<Dialect> {
    ClientSetup {
        base: Hosts::of(product, environment).rest,
        dialect: Dialect::new(product),
        credentials,
        proxy: None,
        budget,
        lanes: Lanes::default(),
        recv_window: RECV_WINDOW,
        log,
        now,
        seed,
    }
}

impl RestDialect for Dialect {
    fn prepare(&self, endpoint: &Endpoint, params: &Params, signing: Option<Signing<'_>>) -> Result<Prepared, Failure> {
        let not_sent = |why: String| Failure::NotSent { endpoint: endpoint.name, why };
        let (mut text, mut headers) = (write::encoded(params), Vec::new());
        match (endpoint.auth, signing) {
            (Auth::Public, _) => {}
            (Auth::Key | Auth::Signed, None) => return Err(not_sent("it needs a key, and there is none".into())),
            (Auth::Key, Some(signing)) => headers.push((KEY_HEADER, signing.credentials.key.clone())),
            (Auth::Signed, Some(signing)) => {
                write::sign(&mut text, params, signing).map_err(|why| not_sent(why.to_string()))?;
                headers.push((KEY_HEADER, signing.credentials.key.clone()));
            }
        }
        Ok(match endpoint.method {
            Method::Get | Method::Delete if text.is_empty() => {
                Prepared { path_and_query: endpoint.path.to_owned(), headers, body: None }
            }
            Method::Get | Method::Delete => Prepared { path_and_query: format!("{}?{text}", endpoint.path), headers, body: None },
            Method::Post | Method::Put => {
                Prepared { path_and_query: endpoint.path.to_owned(), headers, body: Some((FORM, text.into())) }
            }
        })
    }

    fn judge(&self, endpoint: &'static Endpoint, status: u16, headers: &HeaderMap, body: &[u8]) -> Result<(), Failure> {
        judge::judge(self.product, endpoint, status, headers, body)
    }

    fn spent(&self, headers: &HeaderMap, tell: &mut dyn FnMut(Pool, Duration, u32)) {
        limits::spent(headers, tell);
    }

    fn pools(&self) -> &[PoolLimit] {
        limits::pools(self.product)
    }

    fn orders(&self) -> Pool {
        ORDERS
    }

    fn clock(&self) -> &'static Endpoint {
        match self.product {
            Product::Spot | Product::Margin => &SPOT_TIME,
            Product::UsdM => &USDM_TIME,
            Product::CoinM => &COINM_TIME,
            Product::Options => &OPTIONS_TIME,
        }
    }

    fn read_clock(&self, body: &[u8]) -> Result<UnixNanos, Malformed> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire {
            #[serde(deserialize_with = "number::millis")]
            server_time: UnixNanos,
        }
        read_json::<Wire>("server time", body).map(|wire| wire.server_time)
    }
}

/// Bears the key (Spot API, "Request Security"; derivatives, "Endpoint Security Type").
const KEY_HEADER: &str = "X-MBX-APIKEY";

/// What a body is (Spot API, "General Information on Endpoints").
const FORM: &str = "application/x-www-form-urlencoded";

static SPOT_TIME: Endpoint = time("/api/v3/time");
static USDM_TIME: Endpoint = time("/fapi/v1/time");
static COINM_TIME: Endpoint = time("/dapi/v1/time");
static OPTIONS_TIME: Endpoint = time("/eapi/v1/time");

/// Asks the exchange's time; it costs 1 everywhere ("Check Server Time" of each product).
const fn time(path: &'static str) -> Endpoint {
    Endpoint {
        name: "server_time",
        method: Method::Get,
        path,
        auth: Auth::Public,
        cost: &[Cost::Fixed(WEIGHT, 1)],
        lane: Lane::Account,
        lost: Lost::Retry,
    }
}
