//! Orders over the WebSocket API: the same calls, parameters and replies as by REST, in frames.
//!
//! The one decision: the socket is asked first, and REST is asked only where nothing was written to the socket: the product has
//! no such method, or there is no connection. Once a frame is written, its silence is an unknown fate and never a second order.

use std::{
    future::Future,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use bytes::Bytes;
use metaexpert_connect::{
    Endpoint, Failure, Lane, Lost, Malformed, Meaning, Method, Params, Report,
    http::{Budget, Client, Count, Lanes, Patience},
    report::{Refused, Service},
    signing::Credentials,
    ws::{Caller, Written},
};
use metaexpert_core::UnixNanos;
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{
    Reports, Via,
    endpoints::{
        futures::{coinm, usdm},
        spot,
    },
    responses::read_reply,
};
use crate::{
    Product, errors,
    pools::{ORDERS, WEIGHT},
    user::api::{self, ApiLimit, Reply},
};

/// Methods by call. Spot: Spot WebSocket API, "Trading requests" and "Account requests" (2026-07). USD-M and COIN-M: "Trade",
/// "WebSocket API" (2026-01); COIN-M has the algo service since 2026-06-30 by REST alone. Margin and options have none.
static METHODS: [(&Endpoint, &str); 29] = [
    (&spot::PLACE, "order.place"),
    (&spot::TEST, "order.test"),
    (&spot::CANCEL, "order.cancel"),
    (&spot::REPLACE, "order.cancelReplace"),
    (&spot::AMEND, "order.amend.keepPriority"),
    (&spot::CANCEL_ALL, "openOrders.cancelAll"),
    (&spot::QUERY, "order.status"),
    (&spot::OPEN, "openOrders.status"),
    (&spot::HISTORY, "allOrders"),
    (&spot::AMENDMENTS, "order.amendments"),
    (&spot::PLACE_OCO, "orderList.place.oco"),
    (&spot::PLACE_OTO, "orderList.place.oto"),
    (&spot::PLACE_OTOCO, "orderList.place.otoco"),
    (&spot::PLACE_OPO, "orderList.place.opo"),
    (&spot::PLACE_OPOCO, "orderList.place.opoco"),
    (&spot::CANCEL_LIST, "orderList.cancel"),
    (&spot::QUERY_LIST, "orderList.status"),
    (&spot::OPEN_LISTS, "openOrderLists.status"),
    (&spot::HISTORY_LISTS, "allOrderLists"),
    (&usdm::PLACE, "order.place"),
    (&usdm::AMEND, "order.modify"),
    (&usdm::CANCEL, "order.cancel"),
    (&usdm::QUERY, "order.status"),
    (&usdm::PLACE_ALGO, "algoOrder.place"),
    (&usdm::CANCEL_ALGO, "algoOrder.cancel"),
    (&coinm::PLACE, "order.place"),
    (&coinm::AMEND, "order.modify"),
    (&coinm::CANCEL, "order.cancel"),
    (&coinm::QUERY, "order.status"),
];

/// The method of a call; `None` where it goes by REST alone.
pub fn method(endpoint: &'static Endpoint) -> Option<&'static str> {
    METHODS.iter().find(|(known, _)| std::ptr::eq(*known, endpoint)).map(|(_, method)| *method)
}

/// The frame that makes a call, with its signature; `None` where the call goes by REST alone.
///
/// # Errors
/// [`Failure::NotSent`] when the signer cannot sign.
pub fn frame(
    id: &str,
    endpoint: &'static Endpoint,
    params: &Params,
    credentials: &Credentials,
    now: UnixNanos,
    window: Duration,
) -> Result<Option<String>, Failure> {
    let Some(method) = method(endpoint) else { return Ok(None) };
    let params = api::signed_params(credentials, params, now, window)
        .map_err(|why| Failure::NotSent { endpoint: endpoint.name, why: why.to_string() })?;
    Ok(Some(api::request(id, method, Some(&params))))
}

/// What the reply to a call says. A replacement of which one half was done is told half by half, though the reply is an error.
///
/// # Errors
/// A [`Failure`] when the exchange refused the call or does not know itself; [`Failure::Malformed`] when the reply is none.
pub fn read(product: Product, endpoint: &'static Endpoint, frame: &[u8]) -> Reports {
    let reply = Reply::read(frame)?;
    if let Some(halves) = halves(product, endpoint, &reply)? {
        return Ok(halves);
    }
    match (reply.refused(product), reply.result) {
        (Some(refused), _) => {
            let meaning = errors::meaning_of(product, refused.code, &refused.message);
            Err(failure(endpoint, &reply, Refused { meaning, ..refused }))
        }
        (None, Some(result)) => Ok(read_reply(product, endpoint, result.get().as_bytes())?),
        (None, None) => Err(Malformed::new(endpoint.name, "neither a result nor an error", frame).into()),
    }
}

/// Both halves of a replacement of which one was done (409). Where none was done, it is a plain refusal.
fn halves(product: Product, endpoint: &'static Endpoint, reply: &Reply<'_>) -> Result<Option<Vec<Report<'static>>>, Malformed> {
    let data = reply.error.as_ref().and_then(|error| error.data);
    match data {
        Some(data) if endpoint.path == spot::REPLACE.path && reply.status == 409 => {
            read_reply(product, endpoint, data.get().as_bytes()).map(Some)
        }
        _ => Ok(None),
    }
}

/// As of HTTP: 418 and 429 are limits, a 5xx may have been carried out. Too many orders are a refusal: nothing else is limited.
fn failure(endpoint: &'static Endpoint, reply: &Reply<'_>, refused: Refused) -> Failure {
    let endpoint = endpoint.name;
    match reply.status {
        429 if refused.meaning == Meaning::TooManyOrders => Failure::Refused { endpoint, refused },
        418 | 429 => Failure::RateLimited { endpoint, retry_after: None, is_banned: reply.status == 418 },
        500.. => Failure::Unknown { endpoint, why: format!("status {}: {} {}", reply.status, refused.code, refused.message) },
        _ => Failure::Refused { endpoint, refused },
    }
}

/// A connection to the WebSocket API that carries questions and brings their answers back.
pub trait Socket: Sync {
    /// Asks. `id` is the number that stands in the text, and will stand in the answer.
    ///
    /// # Errors
    /// [`Failure::NotSent`] if nothing was written, [`Failure::Unknown`] if it was written and there is no answer.
    fn call(&self, endpoint: &'static str, id: String, text: String) -> impl Future<Output = Result<Bytes, Failure>> + Send;

    /// The same, and says when the question was handed to the connection, where that is known.
    ///
    /// # Errors
    /// As [`call`](Self::call).
    fn call_noting(
        &self,
        endpoint: &'static str,
        id: String,
        text: String,
        written: Option<Written>,
    ) -> impl Future<Output = Result<Bytes, Failure>> + Send {
        drop(written);
        self.call(endpoint, id, text)
    }
}

/// The socket of a session that speaks [`UserStream::api`](crate::user::UserStream::api).
impl Socket for Caller {
    async fn call(&self, endpoint: &'static str, id: String, text: String) -> Result<Bytes, Failure> {
        Self::call(self, endpoint, id, text).await
    }

    async fn call_noting(
        &self,
        endpoint: &'static str,
        id: String,
        text: String,
        written: Option<Written>,
    ) -> Result<Bytes, Failure> {
        Self::call_noting(self, endpoint, id, text, written).await
    }
}

/// Carries calls over a socket, and over REST where the socket cannot.
///
/// What is sent over the socket is taken from the client's budget: the exchange counts both together.
#[derive(Debug)]
pub struct SocketFirst<S> {
    socket: S,
    rest: Client,
    credentials: Credentials,
    window: Duration,
    asked: AtomicU64,
    /// Until when it is not asked, since it has left a question unanswered.
    avoided: Mutex<Option<Instant>>,
}

/// How long a socket is left alone that has not answered. One that hangs takes question after question, and is found silent and replaced
/// within this time (`user/dialect.rs`); one that is well loses nothing but speed.
const AVOIDED: Duration = Duration::from_mins(1);
/// An answer that did not come for so long is no longer on its way; what was lost with its connection is known sooner.
const UNANSWERED: Duration = Duration::from_secs(5);

impl<S: Socket> SocketFirst<S> {
    /// Over a socket with a client of the same product behind it, by whose clock it signs; `None` where the client has no
    /// credentials. A request is good for `window`.
    pub fn new(socket: S, rest: Client, window: Duration) -> Option<Self> {
        let credentials = rest.credentials()?.clone();
        Some(Self { socket, rest, credentials, window, asked: AtomicU64::new(0), avoided: Mutex::new(None) })
    }

    /// Asks over the socket; the answer's frame.
    async fn ask(
        &self,
        product: Product,
        lane: Lane,
        endpoint: &'static Endpoint,
        params: &Params,
        written: Option<Written>,
    ) -> Result<Asked, Failure> {
        let costs = endpoint.cost.iter().map(|cost| cost.of(params)).collect();
        let taken = self.rest.budget().take(lane, costs, self.rest.clock(), patience(lane)).await;
        let mut permit = taken.map_err(|short| short.of(endpoint.name))?;
        let id = format!("o{}", self.asked.fetch_add(1, Ordering::Relaxed));
        // Signed only now: the wait must not eat up the time for which the signature is good.
        let Some(text) = frame(&id, endpoint, params, &self.credentials, self.rest.clock().now(), self.window)? else {
            return Ok(Asked::NotWritten);
        };
        permit.sent();
        let asked = self.rest.clock().moment().steady;
        match self.socket.call_noting(endpoint.name, id, text, written).await {
            Ok(reply) => {
                *self.avoided.lock() = None;
                let (counts, limit) = told(product, &reply, self.rest.budget());
                permit.answered(&counts, limit.is_none());
                let Some(Limit { is_banned, until }) = limit else { return Ok(Asked::Answered(reply)) };
                let wait = until.map(|until| until.nanos_since(self.rest.clock().now()));
                let wait = wait.and_then(|wait| u64::try_from(wait).ok()).map(Duration::from_nanos);
                let retry_after = Some(self.rest.budget().close(wait, is_banned));
                Err(Failure::RateLimited { endpoint: endpoint.name, retry_after, is_banned })
            }
            Err(Failure::NotSent { .. }) => {
                permit.not_sent();
                Ok(Asked::NotWritten)
            }
            Err(failure) => {
                if asked.elapsed() >= UNANSWERED {
                    *self.avoided.lock() = Some(self.rest.clock().moment().steady + AVOIDED);
                }
                Err(failure)
            }
        }
    }

    /// Whether it has left a question unanswered a moment ago.
    fn is_avoided(&self) -> bool {
        self.avoided.lock().is_some_and(|until| self.rest.clock().moment().steady < until)
    }

    /// Sends a call and reads its answer, and says when it was handed to the socket; by REST that is not said.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn send_noting(
        &self,
        product: Product,
        lane: Lane,
        endpoint: &'static Endpoint,
        params: Params,
        written: Option<Written>,
    ) -> Reports {
        let rest = || self.rest.send(product, lane, endpoint, params.clone());
        if method(endpoint).is_none() || self.is_avoided() {
            return rest().await;
        }
        let asked = self.rest.clock().moment().steady;
        // A session may keep a question for longer than an order that was decided on is still wanted.
        let is_late = || endpoint.lost == Lost::Unknown && asked.elapsed() > patience(lane);
        match self.ask(product, lane, endpoint, &params, written).await {
            Ok(Asked::Answered(reply)) => match read(product, endpoint, &reply) {
                // It was refused for its time alone, and so was not done: REST measures the clock and sends it once more.
                Err(failure) if failure.meaning() == Some(Meaning::ClockSkew) && !is_late() => rest().await,
                reports => reports,
            },
            Ok(Asked::NotWritten) if is_late() => {
                let why = format!("the socket did not take it within {:?}, and by now it is too late", patience(lane));
                Err(Failure::NotSent { endpoint: endpoint.name, why })
            }
            Ok(Asked::NotWritten) => rest().await,
            // What does no harm when it is done twice is asked for again, by the other way.
            Err(lost @ Failure::Unknown { .. }) if endpoint.lost == Lost::Retry => {
                let is_question = endpoint.method == Method::Get;
                rest().await.map_err(|last| if is_question { last } else { lost.unless_settled_by(last) })
            }
            Err(failure) => Err(failure),
        }
    }
}

/// For how long a request of a lane may wait before it goes out.
fn patience(lane: Lane) -> Duration {
    Lanes::<Patience>::default().of(lane).budget
}

/// What became of a question.
enum Asked {
    /// It was answered.
    Answered(Bytes),
    /// Nothing was written.
    NotWritten,
}

impl<S: Socket> Via for SocketFirst<S> {
    async fn send(&self, product: Product, lane: Lane, endpoint: &'static Endpoint, params: Params) -> Reports {
        self.send_noting(product, lane, endpoint, params, None).await
    }
}

/// The exchange wants fewer requests.
struct Limit {
    is_banned: bool,
    until: Option<UnixNanos>,
}

/// What a reply says is spent, and whether there were too many requests. Too many orders leave nothing of theirs.
fn told(product: Product, reply: &[u8], budget: &Budget) -> (Vec<Count>, Option<Limit>) {
    let Ok(reply) = Reply::read(reply) else { return (Vec::new(), None) };
    let mut counts: Vec<Count> = reply.rate_limits.iter().filter_map(count).collect();
    let is_of_orders = reply.refused(product).is_some_and(|refused| refused.meaning == Meaning::TooManyOrders);
    if is_of_orders {
        counts.extend(budget.all_of(ORDERS));
    }
    let is_limit = reply.status == 418 || (reply.status == 429 && !is_of_orders);
    (counts, is_limit.then(|| Limit { is_banned: reply.status == 418, until: reply.retry_after() }))
}

fn count(limit: &ApiLimit<'_>) -> Option<Count> {
    let pool = match limit.rate_limit_type.as_ref() {
        "REQUEST_WEIGHT" => WEIGHT,
        "ORDERS" => ORDERS,
        _ => return None,
    };
    match limit.report() {
        Service::RateLimit { seconds, used: Some(used), .. } if seconds > 0 => {
            Some((pool, Duration::from_secs(seconds), u32::try_from(used).unwrap_or(u32::MAX)))
        }
        _ => None,
    }
}
