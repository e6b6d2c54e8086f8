//! The calls that give, keep and end what opens a stream of account events, and their replies.
//!
//! All of them want the key and no signature (`USER_STREAM`). A lost answer does no harm: the calls may be repeated. They go before what
//! is asked about orders: the stream says most of that by itself once it is there, and entries wait for it.

use metaexpert_connect::{
    Auth, Cost, Endpoint, Lane, Lost, Malformed, Method, Params, Pool, Report, number, read_json,
    report::{Credential, Service},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;

use crate::{
    Product, Response,
    pools::{SAPI_IP, SAPI_UID, WEIGHT},
};

const fn call(name: &'static str, method: Method, path: &'static str, cost: &'static [Cost]) -> Endpoint {
    Endpoint { name, method, path, auth: Auth::Key, cost, lane: Lane::Safety, lost: Lost::Retry }
}

const fn one(pool: Pool) -> Cost {
    Cost::Fixed(pool, 1)
}

const IP_ONE: &[Cost] = &[one(SAPI_IP)];
const WEIGHT_ONE: &[Cost] = &[one(WEIGHT)];
const UID_ONE: &[Cost] = &[one(SAPI_UID)];

/// USD-M, "Start User Data Stream": the key that is there, or a new one.
pub static START_USDM: Endpoint = call("start_user_stream", Method::Post, "/fapi/v1/listenKey", WEIGHT_ONE);
/// USD-M, "Keepalive User Data Stream": another hour for it.
pub static KEEP_USDM: Endpoint = call("keep_user_stream", Method::Put, "/fapi/v1/listenKey", WEIGHT_ONE);
/// USD-M, "Close User Data Stream".
pub static STOP_USDM: Endpoint = call("stop_user_stream", Method::Delete, "/fapi/v1/listenKey", WEIGHT_ONE);
/// COIN-M, "Start User Data Stream".
pub static START_COINM: Endpoint = call("start_user_stream", Method::Post, "/dapi/v1/listenKey", WEIGHT_ONE);
/// COIN-M, "Keepalive User Data Stream".
pub static KEEP_COINM: Endpoint = call("keep_user_stream", Method::Put, "/dapi/v1/listenKey", WEIGHT_ONE);
/// COIN-M, "Close User Data Stream".
pub static STOP_COINM: Endpoint = call("stop_user_stream", Method::Delete, "/dapi/v1/listenKey", WEIGHT_ONE);
/// Options, "Start User Data Stream".
pub static START_OPTIONS: Endpoint = call("start_user_stream", Method::Post, "/eapi/v1/listenKey", WEIGHT_ONE);
/// Options, "Keepalive User Data Stream".
pub static KEEP_OPTIONS: Endpoint = call("keep_user_stream", Method::Put, "/eapi/v1/listenKey", WEIGHT_ONE);
/// Options, "Close User Data Stream".
pub static STOP_OPTIONS: Endpoint = call("stop_user_stream", Method::Delete, "/eapi/v1/listenKey", WEIGHT_ONE);
/// Margin, "Create Margin Account listenToken": a token for up to 24 hours. A new one takes the place of the old.
pub static START_MARGIN: Endpoint = call("user_listen_token", Method::Post, "/sapi/v1/userListenToken", UID_ONE);

/// Margin, "Risk Data Stream", "Start User Data Stream": the listen key of loans and margin calls of the cross account.
pub static START_RISK: Endpoint = call("start_risk_stream", Method::Post, "/sapi/v1/margin/listen-key", IP_ONE);
/// Margin, "Risk Data Stream", "Keepalive User Data Stream".
pub static KEEP_RISK: Endpoint = call("keep_risk_stream", Method::Put, "/sapi/v1/margin/listen-key", IP_ONE);
/// Margin, "Risk Data Stream", "Close User Data Stream".
pub static STOP_RISK: Endpoint = call("stop_risk_stream", Method::Delete, "/sapi/v1/margin/listen-key", IP_ONE);

/// What [`START_MARGIN`] is asked for: the cross account, or the isolated one of a symbol.
pub fn token_params(isolated: Option<&str>) -> Params {
    match isolated {
        Some(symbol) => Params::new().with("isIsolated", true).with("symbol", symbol),
        None => Params::new(),
    }
}

/// What keeping or stopping a key is told: most calls know the key by the account, and some want it named.
pub fn key_params(endpoint: &Endpoint, key: &Credential) -> Params {
    let names_key = [&KEEP_OPTIONS, &STOP_OPTIONS, &KEEP_RISK].into_iter().any(|known| std::ptr::eq(known, endpoint));
    if names_key { Params::new().with("listenKey", key.expose()) } else { Params::new() }
}

const USDM: &[Product] = &[Product::UsdM];
const COINM: &[Product] = &[Product::CoinM];
const OPTIONS: &[Product] = &[Product::Options];
const MARGIN: &[Product] = &[Product::Margin];

const fn reply(
    products: &'static [Product],
    endpoint: &Endpoint,
    read: fn(Product, &[u8]) -> Result<Vec<Report<'_>>, Malformed>,
) -> Response {
    Response { products, method: endpoint.method, path: endpoint.path, read }
}

/// How the replies are read.
pub(crate) const RESPONSES: &[Response] = &[
    reply(USDM, &START_USDM, credential),
    reply(USDM, &KEEP_USDM, kept),
    reply(USDM, &STOP_USDM, kept),
    reply(COINM, &START_COINM, credential),
    reply(COINM, &KEEP_COINM, kept),
    reply(COINM, &STOP_COINM, kept),
    reply(OPTIONS, &START_OPTIONS, credential),
    reply(OPTIONS, &KEEP_OPTIONS, kept),
    reply(OPTIONS, &STOP_OPTIONS, kept),
    reply(MARGIN, &START_MARGIN, credential),
    reply(MARGIN, &START_RISK, credential),
    reply(MARGIN, &KEEP_RISK, kept),
    reply(MARGIN, &STOP_RISK, kept),
];

#[derive(Deserialize)]
struct Wire {
    #[serde(alias = "token", rename = "listenKey")]
    credential: Option<String>,
    #[serde(default, alias = "expirationTime", rename = "expiration", deserialize_with = "number::optional_millis")]
    expires: Option<UnixNanos>,
}

impl Wire {
    fn report(self) -> Option<Report<'static>> {
        let credential = Credential::new(self.credential.filter(|credential| !credential.is_empty())?);
        Some(Report::Service(Service::Credential { credential, expires: self.expires }))
    }
}

pub(super) fn credential(_product: Product, body: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire = read_json("listen key or token", body)?;
    let report = wire.report().ok_or_else(|| Malformed::new("listen key or token", "it is not there", body))?;
    Ok(vec![report])
}

/// Some products answer with the key, some with nothing.
pub(super) fn kept(_product: Product, body: &[u8]) -> Result<Vec<Report<'_>>, Malformed> {
    let wire: Wire = read_json("reply for a listen key", body)?;
    Ok(vec![wire.report().unwrap_or(Report::Service(Service::Done))])
}
