//! A dialect of no exchange, in plain words: enough to test what is the same for all of them.
//!
//! A refusal is a status and a word: `skew`, `busy`, `slowly`, `crowded`, `unknown`, `no`. The time is `time` and milliseconds.
//! Counts are in the headers `x-weight-60s` and `x-orders-10s`.

use std::time::Duration;

use http::HeaderMap;
use metaexpert_core::UnixNanos;

use crate::{
    endpoint::{Auth, Cost, Endpoint, Lane, Lost, Method, Params, Pool},
    failure::{Failure, Meaning},
    http::{PoolLimit, Prepared, RestDialect, Signing},
    malformed::Malformed,
    report::Refused,
};

/// Of all requests: 100 in a minute.
pub const WEIGHT: Pool = Pool("weight");
/// Of orders: 10 in ten seconds.
pub const ORDERS: Pool = Pool("orders");

/// Asks the time. Costs 1.
pub static TIME: Endpoint = Endpoint {
    name: "time",
    method: Method::Get,
    path: "/time",
    auth: Auth::Public,
    cost: &[Cost::Fixed(WEIGHT, 1)],
    lane: Lane::Account,
    lost: Lost::Retry,
};
/// Asks a price. Costs 5.
pub static PRICE: Endpoint = Endpoint {
    name: "price",
    method: Method::Get,
    path: "/price",
    auth: Auth::Public,
    cost: &[Cost::Fixed(WEIGHT, 5)],
    lane: Lane::Market,
    lost: Lost::Retry,
};
/// Asks a balance. Costs 10.
pub static BALANCE: Endpoint = Endpoint {
    name: "balance",
    method: Method::Get,
    path: "/balance",
    auth: Auth::Signed,
    cost: &[Cost::Fixed(WEIGHT, 10)],
    lane: Lane::Account,
    lost: Lost::Retry,
};
/// Places an order. Costs 1 and an order; twice is twice.
pub static PLACE: Endpoint = Endpoint {
    name: "place",
    method: Method::Post,
    path: "/order",
    auth: Auth::Signed,
    cost: &[Cost::Fixed(WEIGHT, 1), Cost::Fixed(ORDERS, 1)],
    lane: Lane::Entry,
    lost: Lost::Unknown,
};
/// Cancels an order. Costs 1.
pub static CANCEL: Endpoint = Endpoint {
    name: "cancel",
    method: Method::Delete,
    path: "/order",
    auth: Auth::Signed,
    cost: &[Cost::Fixed(WEIGHT, 1)],
    lane: Lane::Safety,
    lost: Lost::Retry,
};

/// The dialect.
#[derive(Debug, Clone, Copy)]
pub struct Toy;

const MINUTE: Duration = Duration::from_mins(1);
const TEN_SECONDS: Duration = Duration::from_secs(10);

impl RestDialect for Toy {
    fn prepare(&self, endpoint: &Endpoint, params: &Params, signing: Option<Signing<'_>>) -> Result<Prepared, Failure> {
        let mut query: Vec<_> = params.iter().map(|(name, value)| format!("{name}={value}")).collect();
        let mut headers = Vec::new();
        if let Some(Signing { credentials, now, window }) = signing {
            query.push(format!("timestamp={}&window={}", now.as_nanos() / 1_000_000, window.as_millis()));
            let signed = credentials.signer.sign(query.join("&").as_bytes());
            let signed = signed.map_err(|why| Failure::NotSent { endpoint: endpoint.name, why: why.to_string() })?;
            query.push(format!("signature={}", signed.hex()));
            headers.push(("X-KEY", credentials.key.clone()));
        }
        let query = query.join("&");
        let (path, body) = match endpoint.method {
            Method::Post | Method::Put => (endpoint.path.into(), Some(("application/x-www-form-urlencoded", query.into()))),
            Method::Get | Method::Delete if query.is_empty() => (endpoint.path.into(), None),
            Method::Get | Method::Delete => (format!("{}?{query}", endpoint.path), None),
        };
        Ok(Prepared { path_and_query: path, headers, body })
    }

    fn judge(&self, endpoint: &'static Endpoint, status: u16, _headers: &HeaderMap, body: &[u8]) -> Result<(), Failure> {
        let message = String::from_utf8_lossy(body).into_owned();
        let meaning = match (status, message.as_str()) {
            // A conflict is in the body, and its reader says which one it is.
            (200..=299 | 409, _) => return Ok(()),
            (418 | 429, _) => {
                return Err(Failure::RateLimited { endpoint: endpoint.name, retry_after: None, is_banned: status == 418 });
            }
            (_, "skew") => Meaning::ClockSkew,
            (_, "busy") => Meaning::Unavailable,
            (_, "slowly") => Meaning::RateLimited,
            (_, "unknown") => Meaning::Unknown,
            (_, "crowded") => Meaning::TooManyOrders,
            (_, "no") => Meaning::Forbidden,
            _ => return Err(Malformed::new(endpoint.path, "no word of refusal", body).into()),
        };
        Err(Failure::Refused { endpoint: endpoint.name, refused: Refused { id: None, code: -1, message, meaning } })
    }

    fn spent(&self, headers: &HeaderMap, tell: &mut dyn FnMut(Pool, Duration, u32)) {
        for (name, pool, window) in [("x-weight-60s", WEIGHT, MINUTE), ("x-orders-10s", ORDERS, TEN_SECONDS)] {
            if let Some(count) = headers.get(name).and_then(|count| count.to_str().ok()?.parse().ok()) {
                tell(pool, window, count);
            }
        }
    }

    fn pools(&self) -> &[PoolLimit] {
        const POOLS: [PoolLimit; 2] =
            [PoolLimit { pool: WEIGHT, limit: 100, window: MINUTE }, PoolLimit { pool: ORDERS, limit: 10, window: TEN_SECONDS }];
        &POOLS
    }

    fn orders(&self) -> Pool {
        ORDERS
    }

    fn clock(&self) -> &'static Endpoint {
        &TIME
    }

    fn read_clock(&self, body: &[u8]) -> Result<UnixNanos, Malformed> {
        let time = std::str::from_utf8(body).ok().and_then(|text| text.strip_prefix("time ")?.parse().ok());
        time.and_then(UnixNanos::from_millis).ok_or_else(|| Malformed::new("GET /time", "no time in it", body))
    }
}
