//! Sends a request as often as it is safe to, and gives the answer or says why there is none.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use metaexpert_log::{info, warning};
use parking_lot::Mutex;
use tokio::time::Instant;

use super::{
    BreakerState, Budget, ClientSetup, Clock, Patience, PoolLimit, RestDialect, SetupError,
    host::{Host, Questions},
    retry::{self, Step},
    wire::{Connections, Wire},
};
use crate::{
    endpoint::{Endpoint, Lane, Lost, Method, Params},
    failure::Failure,
    signing::Credentials,
};

/// How many round trips make a measurement of the clock.
const ROUND_TRIPS: usize = 3;

/// A host of an exchange, and how to speak to it. Cheap to clone; clones share connections, budget, breaker and clock.
#[derive(Clone)]
pub struct Client {
    host: Arc<Host>,
    credentials: Option<Credentials>,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Client").field("base", &self.host.base).field("credentials", &self.credentials).finish_non_exhaustive()
    }
}

impl Client {
    /// A client of a host. It connects with its first request. The dialect's limits are set in the budget.
    ///
    /// # Errors
    /// Says which part of the setup is wrong.
    pub fn new<D: RestDialect>(setup: ClientSetup<D>) -> Result<Self, SetupError> {
        setup.check()?;
        let wire = Connections::new(setup.base.clone(), setup.proxy.as_ref(), setup.lanes.shortest_answer())?;
        Ok(Self::over(wire, setup))
    }

    pub(super) fn over<D: RestDialect>(wire: impl Wire, setup: ClientSetup<D>) -> Self {
        setup.budget.set_limits(setup.dialect.pools());
        let host = Host {
            base: setup.base,
            wire: Box::new(wire),
            dialect: Box::new(setup.dialect),
            budget: setup.budget,
            breaker: Mutex::default(),
            clock: Clock::new(setup.now),
            measuring: tokio::sync::Mutex::default(),
            lanes: setup.lanes,
            recv_window: setup.recv_window,
            log: setup.log,
            seed: setup.seed,
            asked: AtomicU64::new(0),
            questions: Questions::default(),
        };
        Self { host: Arc::new(host), credentials: setup.credentials }
    }

    /// The same host for another account, or for nobody: connections, budget, breaker and clock are shared. What the exchange
    /// counts by account is counted for both together here, which is too much rather than too little.
    #[must_use]
    pub fn for_account(&self, credentials: Option<Credentials>) -> Self {
        Self { host: Arc::clone(&self.host), credentials }
    }

    /// Sends a request in its endpoint's own lane and gives the body of a good answer.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn call(&self, endpoint: &'static Endpoint, params: &Params) -> Result<Bytes, Failure> {
        self.call_in(endpoint.lane, endpoint, params).await
    }

    /// The same in another lane: an order that only reduces goes before one that opens.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn call_in(&self, lane: Lane, endpoint: &'static Endpoint, params: &Params) -> Result<Bytes, Failure> {
        let host = &self.host;
        // Each request has its own jitter, and a run with one seed is the same run.
        let asked = host.asked.fetch_add(1, Ordering::Relaxed);
        let mut pauses = retry::pauses(host.seed.wrapping_add(asked));
        let mut is_synced = false;
        let mut lost = None;
        let deadline = Deadline::of(endpoint, *host.lanes.of(lane));
        loop {
            let measured = host.clock.measured();
            let attempt = match host.attempt(self.credentials.as_ref(), lane, deadline.patience(), endpoint, params).await {
                Ok(arrived) => return Ok(arrived.body),
                Err(attempt) => attempt,
            };
            let again = match retry::step(endpoint.lost, &attempt, is_synced) {
                Step::Stop => None,
                Step::Sync => {
                    is_synced = true;
                    if let Err(why) = self.measure(Some(measured)).await {
                        warning!(host.log, "the clock could not be measured"; "host" => &host.base, "why" => %why);
                        return Err(worst(lost, attempt.failure));
                    }
                    Some(Duration::ZERO)
                }
                // The budget says for how long, and it may be longer than there is patience.
                Step::Reopening => pauses.next().map(|_| Duration::ZERO),
                Step::Pause => pauses.next(),
            };
            let Some(pause) = again.filter(|pause| deadline.allows(*pause)) else { return Err(worst(lost, attempt.failure)) };
            warning!(host.log, "sent again"; "call" => endpoint.name, "in_ms" => pause.as_millis(), "why" => %attempt.failure);
            if endpoint.method != Method::Get && attempt.failure.may_have_happened() {
                lost = lost.or(Some(attempt.failure));
            }
            tokio::time::sleep(pause).await;
        }
    }

    /// Measures how far the exchange's clock is off, by several round trips.
    ///
    /// # Errors
    /// When the exchange does not say its time.
    pub async fn sync_clock(&self) -> Result<(), Failure> {
        self.measure(None).await
    }

    /// Measures the clock now and then for ever. It ends when it is dropped; whoever owns the client runs it.
    pub async fn keep_clock(&self, every: Duration) {
        loop {
            if let Err(why) = self.sync_clock().await {
                warning!(self.host.log, "the clock could not be measured"; "host" => &self.host.base, "why" => %why);
            }
            tokio::time::sleep(every).await;
        }
    }

    /// Sets limits as the exchange tells them while it runs. See [`Budget::set_limits`].
    pub fn set_limits(&self, limits: &[PoolLimit]) {
        self.host.budget.set_limits(limits);
    }

    /// The exchange's time, for whoever signs something that is not sent by this client.
    pub fn clock(&self) -> &Clock {
        &self.host.clock
    }

    /// What may be spent, for whoever sends something that the exchange counts with these requests.
    pub fn budget(&self) -> &Budget {
        &self.host.budget
    }

    /// Whether the host is taken to answer.
    pub fn breaker(&self) -> BreakerState {
        self.host.breaker.lock().state()
    }

    /// Who asks.
    pub const fn credentials(&self) -> Option<&Credentials> {
        self.credentials.as_ref()
    }

    /// Measures the clock; not if that has been done since `seen` measurements, by another request in the same trouble.
    async fn measure(&self, seen: Option<u64>) -> Result<(), Failure> {
        let host = &self.host;
        let _one_at_a_time = host.measuring.lock().await;
        if seen.is_some_and(|seen| host.clock.measured() > seen) {
            return Ok(());
        }
        let mut learnt = 0;
        let mut failed = None;
        for _ in 0..ROUND_TRIPS {
            match self.round_trip().await {
                Ok(learns) => learnt += usize::from(learns),
                Err(failure) => failed = Some(failure),
            }
        }
        match failed {
            Some(failure) if learnt == 0 => return Err(failure),
            _ => {}
        }
        if seen.is_some() && learnt > 0 {
            host.clock.keep_last(learnt);
        }
        info!(host.log, "the exchange's clock is measured"; "host" => &host.base, "ahead_us" => host.clock.offset_nanos() / 1_000);
        Ok(())
    }

    /// Asks the time once, and says whether that has taught anything. It hurries like what makes safer, whoever is in trouble: a
    /// cancel may be waiting for the same measurement.
    async fn round_trip(&self) -> Result<bool, Failure> {
        let (host, lane) = (&self.host, Lane::Safety);
        let patience = *host.lanes.of(lane);
        let arrived = host.attempt(None, lane, patience, host.dialect.clock(), &Params::new()).await;
        let arrived = arrived.map_err(|attempt| attempt.failure)?;
        Ok(host.clock.learn(arrived.sent, arrived.received, host.dialect.read_clock(&arrived.body)?))
    }
}

/// What is said of a request that was sent more than once.
fn worst(lost: Option<Failure>, last: Failure) -> Failure {
    match lost {
        Some(lost) => lost.unless_settled_by(last),
        None => last,
    }
}

/// By when a request that must not happen twice has to go out for the last time. Such a request is a decision of a moment: all its
/// attempts together have the patience of one, or an order would go out long after the price that it was decided on.
struct Deadline {
    began: Instant,
    patience: Patience,
    is_kept: bool,
}

impl Deadline {
    fn of(endpoint: &Endpoint, patience: Patience) -> Self {
        Self { began: Instant::now(), patience, is_kept: endpoint.lost == Lost::Unknown }
    }

    /// Whether it may be sent after a pause from now.
    fn allows(&self, pause: Duration) -> bool {
        !self.is_kept || self.began.elapsed() + pause <= self.patience.budget
    }

    /// What an attempt that begins now may take.
    fn patience(&self) -> Patience {
        let used = if self.is_kept { self.began.elapsed() } else { Duration::ZERO };
        Patience { budget: self.patience.budget.saturating_sub(used), ..self.patience }
    }
}
