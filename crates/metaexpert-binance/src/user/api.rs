//! Frames of the WebSocket API: requests with their signature, and the replies to them. The API of spot, of USD-M and of COIN-M
//! speaks the same frames.
//!
//! The one decision: a reply is split once, into its number, its status and the untouched text of its result; whoever asked
//! reads that text. The same text comes as a REST body, so one reader serves both.
//!
//! It does not send anything, and does not know which calls there are.

use std::{borrow::Cow, time::Duration};

use metaexpert_connect::{
    Malformed, Params, Report, read_json,
    report::{Refused, Service},
    signing::{BadSecret, Credentials},
};
use metaexpert_core::UnixNanos;
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::{Product, errors};

/// Parameters that Binance documents as numbers or booleans; all others are sent as strings, whatever they look like (a client
/// id of digits is a string). Spot WebSocket API, "Trading requests" and "Account requests"; USD-M WebSocket API, "Trade" (read
/// 2026-11).
const BARE: [&str; 16] = [
    "algoId",
    "cancelOrderId",
    "computeCommissionRates",
    "endTime",
    "fromId",
    "goodTillDate",
    "limit",
    "orderId",
    "orderListId",
    "recvWindow",
    "returnRateLimits",
    "startTime",
    "subscriptionId",
    "timestamp",
    "trailingDelta",
    "updateTime",
];

/// Endings of such parameters in order lists, where each leg has its own (`pendingAboveTrailingDelta`).
const BARE_ENDINGS: [&str; 4] = ["TrailingDelta", "trategyId", "trategyType", "egOffsetValue"];

/// A request, ready to be sent. Without parameters where `params` is `None`; otherwise they are a JSON object, as
/// [`signed_params`] and its siblings make it.
pub fn request(id: &str, method: &str, params: Option<&str>) -> String {
    let id = quoted(id);
    match params {
        Some(params) => format!(r#"{{"id":{id},"method":"{method}","params":{params}}}"#),
        None => format!(r#"{{"id":{id},"method":"{method}"}}"#),
    }
}

/// Parameters with key, time, window and signature, as a JSON object.
///
/// What is signed is every parameter as `name=value`, sorted by name, joined with `&`, in raw UTF-8 and *not* percent-encoded
/// (Spot WebSocket API, "SIGNED request security"); a REST call signs them encoded and in the order of sending.
///
/// # Errors
/// When the signer cannot sign.
pub fn signed_params(credentials: &Credentials, params: &Params, now: UnixNanos, window: Duration) -> Result<String, BadSecret> {
    sign(credentials, params, now, Some(window))
}

/// What `session.logon` and `userDataStream.subscribe.signature` want: key, time and signature alone. The exchange's own window
/// of five seconds holds.
///
/// # Errors
/// When the signer cannot sign.
pub fn logon_params(credentials: &Credentials, now: UnixNanos) -> Result<String, BadSecret> {
    sign(credentials, &Params::new(), now, None)
}

fn sign(credentials: &Credentials, params: &Params, now: UnixNanos, window: Option<Duration>) -> Result<String, BadSecret> {
    let timed = timed(params, now, window);
    let mut sorted: Vec<(&str, &str)> = timed.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    sorted.push(("apiKey", &credentials.key));
    sorted.sort_unstable();
    let payload = sorted.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&");
    let signature = credentials.signer.sign(payload.as_bytes())?;
    let signature = if credentials.signer.is_hmac() { signature.hex() } else { signature.base64() };
    sorted.push(("signature", &signature));
    Ok(object(&sorted))
}

/// Parameters with a time and nothing else: on a connection that has logged on, key and signature are left out.
pub fn session_params(params: &Params, now: UnixNanos, window: Duration) -> String {
    let timed = timed(params, now, Some(window));
    let mut sorted: Vec<(&str, &str)> = timed.iter().map(|(name, value)| (*name, value.as_ref())).collect();
    sorted.sort_unstable();
    object(&sorted)
}

/// Parameters as they are, for calls that only want the key or not even that.
pub fn plain_params(params: &Params) -> String {
    object(&params.iter().collect::<Vec<_>>())
}

fn timed(params: &Params, now: UnixNanos, window: Option<Duration>) -> Vec<(&str, Cow<'_, str>)> {
    let mut timed: Vec<(&str, Cow<'_, str>)> = params.iter().map(|(name, value)| (name, Cow::Borrowed(value))).collect();
    timed.push(("timestamp", Cow::Owned((now.as_nanos() / 1_000_000).to_string())));
    if let Some(window) = window {
        timed.push(("recvWindow", Cow::Owned(window.as_millis().to_string())));
    }
    timed
}

/// A JSON object of the pairs, in their order.
fn object(pairs: &[(&str, &str)]) -> String {
    let fields: Vec<String> = pairs.iter().map(|(name, value)| format!("{}:{}", quoted(name), json_value(name, value))).collect();
    format!("{{{}}}", fields.join(","))
}

fn json_value<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    let is_number = value.parse::<i64>().is_ok_and(|number| number.to_string() == value);
    let is_bare = BARE.contains(&name) || BARE_ENDINGS.iter().any(|ending| name.ends_with(ending));
    if is_bare && (is_number || matches!(value, "true" | "false")) { Cow::Borrowed(value) } else { Cow::Owned(quoted(value)) }
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// The reply to a request.
#[derive(Debug, Clone)]
pub struct Reply<'a> {
    /// Our number of the request; `None` where the exchange speaks unasked (a revoked key).
    pub id: Option<Cow<'a, str>>,
    /// As of HTTP: 200 is good; 400, 401, 403, 409, 418, 429 and 5xx are not.
    pub status: u16,
    /// Whether it says its status: replies of the WebSocket API do, acknowledgements of streams do not.
    pub has_status: bool,
    /// What was asked for, as it was sent.
    pub result: Option<&'a RawValue>,
    /// What is wrong.
    pub error: Option<ApiError<'a>>,
    /// How much of which limit is spent.
    pub rate_limits: Vec<ApiLimit<'a>>,
}

/// What is wrong with a request.
#[derive(Debug, Clone, Deserialize)]
pub struct ApiError<'a> {
    /// Binance's code.
    pub code: i64,
    /// Binance's words.
    #[serde(borrow, rename = "msg")]
    pub message: Cow<'a, str>,
    /// What more there is to say: of a ban its end, of a failed cancel-and-replace both halves.
    #[serde(borrow, default)]
    pub data: Option<&'a RawValue>,
}

/// A limit, as a reply tells of it.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ApiLimit<'a> {
    /// `REQUEST_WEIGHT`, `ORDERS`, `CONNECTIONS`.
    #[serde(borrow)]
    pub rate_limit_type: Cow<'a, str>,
    /// `SECOND`, `MINUTE`, `HOUR`, `DAY`.
    #[serde(borrow)]
    pub interval: Cow<'a, str>,
    /// How many of these.
    pub interval_num: u64,
    /// How much in that time.
    pub limit: u64,
    /// How much of it is spent.
    #[serde(default)]
    pub count: Option<u64>,
}

impl ApiLimit<'_> {
    /// In our words.
    pub fn report(&self) -> Service {
        let unit = match self.interval.as_ref() {
            "SECOND" => 1,
            "MINUTE" => 60,
            "HOUR" => 3_600,
            "DAY" => 86_400,
            // A limit of no known time is told, and nothing is counted by it.
            _ => 0,
        };
        Service::RateLimit {
            kind: self.rate_limit_type.as_ref().to_owned(),
            seconds: self.interval_num.saturating_mul(unit),
            limit: self.limit,
            used: self.count,
        }
    }
}

impl<'a> Reply<'a> {
    /// Splits a reply.
    ///
    /// # Errors
    /// When the frame is none.
    pub fn read(frame: &'a [u8]) -> Result<Self, Malformed> {
        let wire: Wire<'a> = read_json("reply of the WebSocket API", frame)?;
        if wire.id.is_none() && wire.status.is_none() {
            return Err(Malformed::new("reply of the WebSocket API", "it has neither number nor status", frame));
        }
        let id = wire.id.map(|id| plain_id(id.get()));
        let status = wire.status.unwrap_or(if wire.error.is_some() { 400 } else { 200 });
        let has_status = wire.status.is_some();
        Ok(Self { id, status, has_status, result: wire.result, error: wire.error, rate_limits: wire.rate_limits })
    }

    /// Whether what was asked for was done.
    pub const fn is_good(&self) -> bool {
        self.status == 200 && self.error.is_none()
    }

    /// The refusal, if it is one.
    pub fn refused(&self, product: Product) -> Option<Refused> {
        let id = || self.id.as_deref().map(str::to_owned);
        let refused = |code, message: &str| Refused {
            id: id(),
            code,
            message: message.to_owned(),
            meaning: errors::meaning_of(product, code, message),
        };
        match &self.error {
            Some(error) => Some(refused(error.code, &error.message)),
            None if self.status != 200 => Some(refused(i64::from(self.status), "no reason given")),
            None => None,
        }
    }

    /// When a ban or a pause ends, where the reply says it (`error.data.retryAfter`, a time).
    pub fn retry_after(&self) -> Option<UnixNanos> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Data {
            retry_after: Option<i64>,
        }
        let data = self.error.as_ref()?.data?;
        let data: Data = serde_json::from_str(data.get()).ok()?;
        UnixNanos::from_millis(data.retry_after?)
    }

    /// What it says of limits, in our words.
    pub fn limits(&self) -> impl Iterator<Item = Report<'static>> {
        self.rate_limits.iter().map(|limit| Report::Service(limit.report()))
    }
}

#[derive(Deserialize)]
struct Wire<'a> {
    // A number, a string or nothing, as it was sent with the request.
    #[serde(borrow, default)]
    id: Option<&'a RawValue>,
    #[serde(default)]
    status: Option<u16>,
    #[serde(borrow, default)]
    result: Option<&'a RawValue>,
    #[serde(borrow, default)]
    error: Option<ApiError<'a>>,
    #[serde(borrow, default, rename = "rateLimits")]
    rate_limits: Vec<ApiLimit<'a>>,
}

/// An id without its quotation marks.
fn plain_id(raw: &str) -> Cow<'_, str> {
    if raw.starts_with('"') {
        serde_json::from_str(raw).map_or(Cow::Borrowed(raw), Cow::<str>::Owned)
    } else {
        Cow::Borrowed(raw)
    }
}
