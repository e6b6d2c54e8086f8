//! A call, from its path to its answer.
//!
//! The one decision: it is judged in Binance's order (path, address, key, times, signature, orders, then its own parameters), and what
//! it weighs is counted whatever becomes of it, but for the few calls that weigh nothing when they succeed.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    door::{ApiError, Call, Credentials, Door, Failed, Json, Product, Route, Security, Sent, Table, Verb},
    futures, margin, options, spot,
    streams::Streams,
};
use crate::{
    order::AccountId,
    protocol::{Failure, Moment, Reply, Request},
    world::World,
};

/// Calls that weigh nothing when they succeed (spot change log, 2026-03-27). An amendment keeps its weight (2026-04-02).
pub(super) const FREE_WHEN_DONE: &[(Verb, &str)] = &[
    (Verb::Post, "/api/v3/order"),
    (Verb::Delete, "/api/v3/order"),
    (Verb::Delete, "/api/v3/openOrders"),
    (Verb::Post, "/api/v3/order/cancelReplace"),
    (Verb::Post, "/api/v3/order/oco"),
    (Verb::Post, "/api/v3/orderList/oco"),
    (Verb::Post, "/api/v3/orderList/oto"),
    (Verb::Post, "/api/v3/orderList/otoco"),
    (Verb::Post, "/api/v3/orderList/opo"),
    (Verb::Post, "/api/v3/orderList/opoco"),
    (Verb::Delete, "/api/v3/orderList"),
];

/// Every row there is.
pub(super) fn table() -> Table {
    Table::of(&[spot::ROUTES, margin::ROUTES, futures::USDM_ROUTES, futures::COINM_ROUTES, options::ROUTES])
}

/// The host that is meant. The statistics of both futures have one path: where no host is named, a pair of coins (`BTCUSD`) is of
/// COIN-M.
fn host(request: &Request) -> &str {
    let is_shared = request.host.is_empty() && request.path.starts_with("/futures/data/");
    let of_coins = |part: &str| part.strip_prefix("pair=").is_some_and(|pair| pair.ends_with("USD"));
    if is_shared && request.query.split('&').any(of_coins) { "dapi.binance.com" } else { &request.host }
}

/// Answers a call.
pub(super) fn answer(
    door: &mut Door,
    table: &Table,
    streams: &mut Streams,
    world: &mut World,
    request: &Request,
    at: Moment,
) -> Reply {
    let Some(route) = table.find(host(request), &request.method, &request.path) else { return not_found(request, at) };
    let mut visit = Visit { route, request, at, account: None };
    let result = visit.run(door, streams, world);
    let (status, body) = match result {
        Ok(json) => (StatusCode::OK, json.0),
        Err(error) => (error.status, error.json()),
    };
    let mut reply = reply(status, body);
    reply.account = visit.account;
    let counted = visit.account.filter(|_| status == StatusCode::OK && visit.places_orders());
    for (name, value) in door.limits.headers(request.peer, counted, route.product, at) {
        if let Ok(name) = HeaderName::try_from(name) {
            reply.headers.insert(name, value.into());
        }
    }
    if matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::IM_A_TEAPOT) {
        let seconds = door.limits.retry_after(request.peer, route.product, status, at);
        reply.headers.insert(http::header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    reply
}

/// One call on its way through the door.
struct Visit<'a> {
    route: &'static Route,
    request: &'a Request,
    at: Moment,
    account: Option<AccountId>,
}

impl Visit<'_> {
    fn run(&mut self, door: &mut Door, streams: &mut Streams, world: &mut World) -> Result<Json, ApiError> {
        let (route, request, at, peer) = (self.route, self.request, self.at, self.request.peer);
        let sent = self.sent();
        let weight = sent.as_ref().map_or(1, |sent| route.weight.of(&sent.params));
        door.limits.spend(peer, route.product, weight, at)?;
        let sent = sent?;
        let key = header(request, "x-mbx-apikey").unwrap_or_default();
        let account = self.let_in(door, &sent, key)?;
        let orders = (route.orders)(&sent.params);
        if orders > 0 {
            door.limits.may_order(account, route.product, orders, at)?;
        }
        let mut call = Call { world, streams, door, product: route.product, params: &sent.params, account, key, at };
        let result = (route.handler)(&mut call);
        if result.is_ok() && route.product == Product::Spot && route.method == Verb::Get {
            sent.params.all_read()?;
        }
        if result.is_ok() {
            door.limits.count_orders(account, route.product, orders, at);
            if FREE_WHEN_DONE.contains(&(route.method, route.path)) {
                door.limits.give_back(peer, route.product, weight, at);
            }
        }
        result
    }

    /// What was sent: query and body, of reading calls the query alone.
    fn sent(&self) -> Result<Sent, ApiError> {
        let body = if self.route.method == Verb::Get { &[] } else { self.request.body.as_ref() };
        let illegal = |_| ApiError::new(-1100, "Illegal characters found in a parameter.");
        let mut sent = Sent::read(&self.request.query, std::str::from_utf8(body).map_err(illegal)?)?;
        if self.route.product == Product::Spot {
            sent.params.none_empty()?;
        }
        let in_micros = match header(self.request, "x-mbx-time-unit").map(str::to_ascii_uppercase).as_deref() {
            None | Some("MILLISECOND") => false,
            Some("MICROSECOND") => true,
            Some(_) => {
                let text = "Invalid value for time unit; expected either MICROSECOND or MILLISECOND.";
                return Err(ApiError::new(-1194, text));
            }
        };
        sent.params = sent.params.in_micros(in_micros);
        Ok(sent)
    }

    fn let_in(&mut self, door: &Door, sent: &Sent, key: &str) -> Result<AccountId, ApiError> {
        let account = match self.route.security {
            Security::Open => return Ok(AccountId(0)),
            Security::Key => door.owner(key)?,
            Security::Signed => door.check(
                Credentials {
                    key,
                    signed: &sent.signed,
                    signature: sent.signature.as_deref(),
                    timestamp: sent.params.text("timestamp"),
                    recv_window: sent.params.text("recvWindow"),
                },
                self.at,
            )?,
        };
        self.account = Some(account);
        Ok(account)
    }

    /// Whether answers say how many orders were placed: those of calls that place some.
    fn places_orders(&self) -> bool {
        self.route.security == Security::Signed && self.route.method != Verb::Get && self.request.path.contains("rder")
    }
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.get(name).and_then(|value| value.to_str().ok())
}

/// An answer in JSON.
pub(super) fn reply(status: StatusCode, body: String) -> Reply {
    Reply { status, headers: HeaderMap::new(), body: Bytes::from(body), account: None }
}

/// The answer to a path that there is not.
fn not_found(request: &Request, at: Moment) -> Reply {
    #[derive(Serialize)]
    struct Missing<'a> {
        timestamp: metaexpert_core::UnixNanos,
        status: u16,
        error: &'a str,
        message: &'a str,
        path: &'a str,
    }
    let status = StatusCode::NOT_FOUND;
    if Table::product(&request.host, &request.path) == Product::Margin {
        // SAPI is served by another framework, whose shape this is.
        let (message, path) = ("No message available", request.path.as_str());
        let missing = Missing { timestamp: at.clock, status: 404, error: "Not Found", message, path };
        return reply(status, Json::of(&missing).0);
    }
    let text = format!("Path {}, Method {} is invalid", request.path, request.method);
    reply(status, ApiError::new(-5000, text).json())
}

/// What a frame of a client asks for, as far as a failure must know.
#[derive(Debug, Deserialize)]
struct Asked<'a> {
    method: String,
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
}

/// An answer of the WebSocket API that tells of an error.
#[derive(Debug, Serialize)]
struct Refused<'a> {
    id: Option<&'a RawValue>,
    status: u16,
    error: &'a RawValue,
}

/// An answer of a market stream that tells of an error ("WebSocket Streams", "Error Messages").
#[derive(Debug, Serialize)]
struct Unheard<'a> {
    code: i32,
    msg: &'a str,
    id: Option<&'a RawValue>,
}

/// The answer, on a socket, to a request that is to fail.
pub(super) fn failed_on_socket(text: &str, failure: Failure, product: Product, at: Moment) -> Option<String> {
    let asked: Asked<'_> = serde_json::from_str(text).ok()?;
    let Failed { error, retry_after } = Failed::of(failure, product, at);
    let is_of_streams = asked.method.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    if is_of_streams {
        return Some(Json::of(&Unheard { code: error.code, msg: &error.message, id: asked.id }).0);
    }
    let error = match retry_after {
        Some(seconds) => error.with_retry(at.clock, seconds.into()),
        None => error,
    };
    let status = error.status.as_u16();
    let error = RawValue::from_string(error.json()).ok()?;
    Some(Json::of(&Refused { id: asked.id, status, error: &error }).0)
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use metaexpert_core::UnixNanos;

    use super::*;

    #[test]
    fn a_stream_and_a_call_that_fail_are_each_answered_in_their_own_shape() {
        let at = Moment { clock: UnixNanos::MIN, market: UnixNanos::MIN };
        let failed = |text: &str| failed_on_socket(text, Failure::Disconnected, Product::Spot, at).unwrap();
        let stream = failed(r#"{"method":"SUBSCRIBE","params":["btcusdt@trade"],"id":7}"#);
        assert!(stream.starts_with(r#"{"code":-1001,"msg":""#) && stream.ends_with(r#","id":7}"#), "{stream}");
        let call = failed(r#"{"method":"order.place","params":{},"id":"a"}"#);
        assert!(call.starts_with(r#"{"id":"a","status":"#) && call.contains(r#""error":{"code":-1001"#), "{call}");
    }

    #[test]
    fn statistics_of_futures_are_found_by_the_pair_where_no_host_is_named() {
        let asked = |named: &str, path: &str, query: &str| {
            let request = Request {
                host: named.into(),
                method: http::Method::GET,
                path: path.into(),
                query: query.into(),
                headers: HeaderMap::new(),
                body: Bytes::new(),
                peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
            };
            host(&request).to_owned()
        };
        let interest = "/futures/data/openInterestHist";
        assert_eq!(asked("", interest, "pair=BTCUSD&contractType=PERPETUAL&period=5m"), "dapi.binance.com");
        assert_eq!(asked("", interest, "symbol=BTCUSDT&period=5m"), "");
        assert_eq!(asked("", "/futures/data/delivery-price", "pair=BTCUSDT"), "");
        assert_eq!(asked("fapi.binance.com", "/futures/data/delivery-price", "pair=BTCUSD"), "fapi.binance.com");
        assert_eq!(asked("", "/fapi/v1/time", "pair=BTCUSD"), "");
    }
}
