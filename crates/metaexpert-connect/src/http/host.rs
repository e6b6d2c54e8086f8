//! Sends a request once: lets the budget hold it back, signs it, sends it, and finds out what its answer means.
//!
//! The one decision: in this order. What waits is not signed yet, and what is signed goes at once; whatever happens on the way,
//! what was taken from the budget is given back or stays spent by what is known of the request.
//!
//! Only so many questions are out at a time, each of them being a connection: after a hang hundreds of orders are asked for at once,
//! and their answers come no sooner for it. Orders and cancels are never held back by that; how many there are is the exchange's to limit.

use std::{sync::atomic::AtomicU64, time::Duration};

use bytes::Bytes;
use http::HeaderMap;
use metaexpert_core::UnixNanos;
use metaexpert_log::{info, warning};
use parking_lot::Mutex;
use slog::Logger;
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::Instant,
};

use super::{
    BreakerState, Budget, Clock, Lanes, Patience, RestDialect, Signing,
    breaker::{Admitted, Breaker, Reached},
    retry::{Attempt, Cause},
    wire::{Answer, Cut, Wire},
};
use crate::{
    endpoint::{Auth, Endpoint, Lane, Params},
    failure::{Failure, Meaning},
    signing::Credentials,
};

/// How many questions of one lane are out at a time. At a round trip of 50 ms they are 320 a second, several times what an exchange
/// allows.
pub(super) const QUESTIONS_MAX: usize = 16;

/// A host of an exchange and all that is kept of it.
pub(super) struct Host {
    pub(super) base: String,
    pub(super) wire: Box<dyn Wire>,
    pub(super) dialect: Box<dyn RestDialect>,
    pub(super) budget: Budget,
    pub(super) breaker: Mutex<Breaker>,
    pub(super) clock: Clock,
    pub(super) measuring: tokio::sync::Mutex<()>,
    pub(super) lanes: Lanes<Patience>,
    pub(super) recv_window: Duration,
    pub(super) log: Logger,
    pub(super) seed: u64,
    pub(super) asked: AtomicU64,
    pub(super) questions: Questions,
}

/// The questions that are out.
pub(super) struct Questions {
    account: Semaphore,
    market: Semaphore,
}

impl Default for Questions {
    fn default() -> Self {
        Self { account: Semaphore::new(QUESTIONS_MAX), market: Semaphore::new(QUESTIONS_MAX) }
    }
}

impl Questions {
    /// Waits for room for one more of a lane; `None` where none is needed.
    ///
    /// # Errors
    /// When there is none within `patience`.
    async fn enter(&self, lane: Lane, patience: Duration) -> Result<Option<SemaphorePermit<'_>>, String> {
        let room = match lane {
            Lane::Safety | Lane::Entry => return Ok(None),
            Lane::Account => &self.account,
            Lane::Market => &self.market,
        };
        match tokio::time::timeout(patience, room.acquire()).await {
            Ok(Ok(permit)) => Ok(Some(permit)),
            Ok(Err(_)) | Err(_) => Err(format!("{QUESTIONS_MAX} others were out for {patience:?}")),
        }
    }
}

/// A good answer, and when it was asked for and came: what the budget held back is no part of a round trip.
pub(super) struct Arrived {
    pub(super) body: Bytes,
    pub(super) sent: UnixNanos,
    pub(super) received: UnixNanos,
}

impl Host {
    /// Sends a request once, when the budget lets it go.
    pub(super) async fn attempt(
        &self,
        credentials: Option<&Credentials>,
        lane: Lane,
        patience: Patience,
        endpoint: &'static Endpoint,
        params: &Params,
    ) -> Result<Arrived, Attempt> {
        let ours = |failure| Attempt { failure, cause: Cause::Ours };
        let not_sent = |why: String| Failure::NotSent { endpoint: endpoint.name, why };
        let credentials = match (endpoint.auth, credentials) {
            (Auth::Public, _) => None,
            (_, None) => return Err(ours(not_sent("there is no key".into()))),
            (_, Some(credentials)) => Some(credentials),
        };

        let began = Instant::now();
        let _room = self.questions.enter(lane, patience.budget).await.map_err(|why| ours(not_sent(why)))?;
        let patience = Patience { budget: patience.budget.saturating_sub(began.elapsed()), ..patience };
        let costs = endpoint.cost.iter().map(|cost| cost.of(params)).collect();
        let mut permit =
            self.budget.take(lane, costs, &self.clock, patience.budget).await.map_err(|short| ours(short.of(endpoint.name)))?;
        let passage = self
            .admit(lane)
            .map_err(|wait| ours(not_sent(format!("the host has not answered for a while; it is tried again in {wait:?}"))))?;
        // Signed only now: the wait must not eat up the time for which the signature is good.
        let signing = credentials.map(|credentials| Signing { credentials, now: self.clock.now(), window: self.recv_window });
        let prepared = self.dialect.prepare(endpoint, params, signing).map_err(ours)?;
        permit.sent();
        let sent = self.clock.local();
        match self.wire.send(endpoint.method, prepared, patience.answer).await {
            Ok(answer) => {
                let received = self.clock.local();
                passage.ended(Reached::Yes);
                let mut counts = Vec::new();
                self.dialect.spent(&answer.headers, &mut |pool, window, count| counts.push((pool, window, count)));
                let judged = self.judge(endpoint, &answer);
                if judged.as_ref().is_err_and(|failure| failure.meaning() == Some(Meaning::TooManyOrders)) {
                    counts.extend(self.budget.all_of(self.dialect.orders()));
                }
                permit.answered(&counts, judged.is_ok());
                judged
                    .map(|()| Arrived { body: answer.body, sent, received })
                    .map_err(|failure| Attempt { failure, cause: Cause::Judged })
            }
            Err(Cut::Lost(why)) => {
                passage.ended(Reached::No);
                Err(Attempt { failure: Failure::Unknown { endpoint: endpoint.name, why }, cause: Cause::Cut })
            }
            Err(Cut::Unconnected(why)) => {
                passage.ended(Reached::No);
                permit.not_sent();
                Err(Attempt { failure: not_sent(why), cause: Cause::Unconnected })
            }
            Err(Cut::Unbuilt(why)) => {
                permit.not_sent();
                Err(ours(not_sent(why)))
            }
        }
    }

    fn admit(&self, lane: Lane) -> Result<Passage<'_>, Duration> {
        let admitted = self.breaker.lock().admit(lane, Instant::now())?;
        Ok(Passage { host: self, admitted: Some(admitted) })
    }

    /// What an answer means. The dialect knows the exchange's words; what HTTP itself says is added here.
    fn judge(&self, endpoint: &'static Endpoint, answer: &Answer) -> Result<(), Failure> {
        let judged = self.dialect.judge(endpoint, answer.status, &answer.headers, &answer.body);
        let failure = match (judged, answer.status) {
            // Something between us and the exchange has answered, or the exchange has with something else than its words.
            (Ok(()) | Err(Failure::Malformed(_)), 429) => {
                Failure::RateLimited { endpoint: endpoint.name, retry_after: None, is_banned: false }
            }
            (Ok(()) | Err(Failure::Malformed(_)), 500..) => {
                Failure::Unknown { endpoint: endpoint.name, why: format!("HTTP status {}", answer.status) }
            }
            (Ok(()), _) => return Ok(()),
            (Err(failure), _) => failure,
        };
        let (asked, is_banned) = match &failure {
            Failure::RateLimited { retry_after, is_banned, .. } => (*retry_after, *is_banned),
            Failure::Refused { refused, .. } if refused.meaning == Meaning::RateLimited => (None, false),
            _ => return Err(failure),
        };
        let wait = self.budget.close(asked.or_else(|| retry_after_of(&answer.headers)), is_banned);
        warning!(self.log, "the exchange wants no requests for now"; "host" => &self.base, "call" => endpoint.name,
            "is_banned" => is_banned, "for_ms" => wait.as_millis());
        Err(Failure::RateLimited { endpoint: endpoint.name, retry_after: Some(wait), is_banned })
    }
}

/// A request on its way past the breaker. Dropped, it was given up.
struct Passage<'a> {
    host: &'a Host,
    admitted: Option<Admitted>,
}

impl Passage<'_> {
    fn ended(mut self, reached: Reached) {
        self.end(reached);
    }

    fn end(&mut self, reached: Reached) {
        let Some(admitted) = self.admitted.take() else { return };
        let changed = self.host.breaker.lock().ended(admitted, reached, Instant::now());
        let (log, base) = (&self.host.log, &self.host.base);
        match changed {
            Some(BreakerState::Open) => warning!(log, "the host does not answer; it is left alone for a while"; "host" => base),
            Some(BreakerState::Closed) => info!(log, "the host answers again"; "host" => base),
            Some(BreakerState::HalfOpen) | None => {}
        }
    }
}

impl Drop for Passage<'_> {
    fn drop(&mut self) {
        self.end(Reached::Untold);
    }
}

/// `Retry-After` in seconds (RFC 9110, section 10.2.3). Its other form, a date, is not used by exchanges.
fn retry_after_of(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(http::header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
