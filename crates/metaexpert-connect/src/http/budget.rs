//! How many requests an exchange allows, spent before sending, so that it never has to refuse one.
//!
//! The one decision: it is a thing of its own, and shared by cloning it. An exchange counts by address and by account, not by
//! our connections: two clients of one host, or a client and a WebSocket session, that did not share a budget would spend it
//! twice.
//!
//! The arithmetic is in `ledger` and knows neither tasks nor clocks; here are the lock and the waiting.

mod ledger; // what is spent and who waits   <- read first
mod pool; // one limit of an exchange
#[cfg(test)]
mod simulation;
#[cfg(test)]
mod tests;

use std::{fmt, sync::Arc, time::Duration};

use metaexpert_core::UnixNanos;
use parking_lot::Mutex;
use tokio::{sync::Notify, time::Instant};

use self::ledger::{Grant, Ledger, Turn};
use super::{Clock, PoolLimit};
use crate::{
    endpoint::{Lane, Pool},
    failure::Failure,
};

pub use self::ledger::Count;

/// The requests that an exchange allows in a time. Cheap to clone; clones are the same budget.
#[derive(Clone)]
pub struct Budget(Arc<Shared>);

struct Shared {
    ledger: Mutex<Ledger>,
    changed: Notify,
}

/// What is spent of one limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spent {
    /// The limit.
    pub limit: PoolLimit,
    /// How much of it, what is under way included.
    pub spent: u32,
}

/// Why a request may not go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Short {
    /// The exchange wants none for now.
    #[error("the exchange wants no requests for {again_in:?}")]
    Closed {
        /// How long still.
        again_in: Duration,
        /// Whether it refuses them unread.
        is_banned: bool,
    },
    /// It waited as long as it had patience.
    #[error("no budget of `{}` within {waited:?}", pool.0)]
    Spent {
        /// The pool that was short.
        pool: Pool,
        /// How long it waited.
        waited: Duration,
    },
    /// It costs more than the pool ever holds.
    #[error("it costs {cost} of `{}`, which holds {limit}", pool.0)]
    TooCostly {
        /// Which pool.
        pool: Pool,
        /// What the request costs.
        cost: u32,
        /// What the pool holds.
        limit: u32,
    },
    /// Too many of its lane wait already.
    #[error("{} requests wait before it already", ledger::WAITERS_MAX)]
    Crowded,
}

impl Short {
    /// The same as the failure of a call.
    pub fn of(self, endpoint: &'static str) -> Failure {
        match self {
            Self::Closed { again_in, is_banned } => Failure::RateLimited { endpoint, retry_after: Some(again_in), is_banned },
            short => Failure::NotSent { endpoint, why: short.to_string() },
        }
    }
}

impl Budget {
    /// A budget without limits yet, but for `rate_limit`: most requests in any second. The seed is that of the pauses which it
    /// makes where the exchange says "too many" and not for how long.
    pub fn new(rate_limit: Option<u32>, seed: u64) -> Self {
        Self(Arc::new(Shared { ledger: Mutex::new(Ledger::new(rate_limit, seed)), changed: Notify::new() }))
    }

    /// Sets the limits of the pools that are named; other pools keep theirs. What is spent stays spent.
    pub fn set_limits(&self, limits: &[PoolLimit]) {
        self.0.ledger.lock().set_limits(limits);
        self.0.changed.notify_waiters();
    }

    /// Takes what a request costs, from all its pools or from none. It waits behind those of earlier lanes and those who came
    /// before it; dropped while it waits, it has taken nothing.
    ///
    /// # Errors
    /// See [`Short`]. Where the exchange wants no requests for longer than there is patience, that is said at once.
    pub async fn take(&self, lane: Lane, costs: Vec<(Pool, u32)>, clock: &Clock, patience: Duration) -> Result<Permit, Short> {
        let number = self.0.ledger.lock().queue(lane, costs).ok_or(Short::Crowded)?;
        let _place = Place { budget: self, number };
        let began = Instant::now();
        loop {
            // Asked for before the ledger is looked at, so that nothing given back in between is missed.
            let mut changed = std::pin::pin!(self.0.changed.notified());
            changed.as_mut().enable();
            let turn = self.0.ledger.lock().turn(number, clock.moment());
            let left = patience.saturating_sub(began.elapsed());
            let (wait, short) = match turn {
                Turn::Go(grant) => {
                    self.0.changed.notify_waiters();
                    return Ok(Permit { budget: self.clone(), clock: clock.clone(), grant: Some(grant), is_sent: false });
                }
                Turn::Never(pool, cost, limit) => return Err(Short::TooCostly { pool, cost, limit }),
                Turn::Closed(again_in, is_banned) if again_in > left => return Err(Short::Closed { again_in, is_banned }),
                Turn::Closed(again_in, is_banned) => (again_in, Short::Closed { again_in, is_banned }),
                Turn::Wait(wait, pool) => (wait, Short::Spent { pool, waited: began.elapsed() }),
            };
            if left.is_zero() {
                return Err(short);
            }
            // A timer's step at least: a window that ends this very moment must not make a busy loop.
            let wait = wait.max(Duration::from_millis(1)).min(left);
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = changed => {}
            }
        }
    }

    /// Sends nothing for as long as the exchange asks, or for a time that grows where it names none. Says how long.
    pub fn close(&self, retry_after: Option<Duration>, is_banned: bool) -> Duration {
        let wait = self.0.ledger.lock().close(retry_after, is_banned, Instant::now());
        // Those who have less patience than that are told now.
        self.0.changed.notify_waiters();
        wait
    }

    /// A count by which nothing is left of a pool in its shortest window: what is known where the exchange says that there were too
    /// many, and not in which window. Whatever costs nothing of the pool goes on.
    pub fn all_of(&self, pool: Pool) -> Option<Count> {
        self.0.ledger.lock().all_of(pool)
    }

    /// For how long nothing is sent, where that is so.
    pub fn closed_for(&self) -> Option<Duration> {
        self.0.ledger.lock().closed_for(Instant::now()).map(|(left, _)| left)
    }

    /// What is spent of each limit, for logs and metrics.
    pub fn spent(&self, now: UnixNanos) -> Vec<Spent> {
        self.0.ledger.lock().spent(now).into_iter().map(|(limit, spent)| Spent { limit, spent }).collect()
    }
}

impl fmt::Debug for Budget {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Budget").field("closed_for", &self.closed_for()).finish_non_exhaustive()
    }
}

/// A place in the queue, given up when dropped.
struct Place<'a> {
    budget: &'a Budget,
    number: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.budget.0.ledger.lock().leave(self.number);
        self.budget.0.changed.notify_waiters();
    }
}

/// What was taken for one request. Dropped before it was [sent](Self::sent), it is given back; dropped after that without an
/// [answer](Self::answered), it stays spent.
#[must_use]
pub struct Permit {
    budget: Budget,
    clock: Clock,
    grant: Option<Grant>,
    is_sent: bool,
}

impl Permit {
    /// The request goes out now: from here on the exchange may count it.
    pub const fn sent(&mut self) {
        self.is_sent = true;
    }

    /// The connection was never made: it was not sent after all.
    pub fn not_sent(mut self) {
        self.is_sent = false;
    }

    /// It was answered, with these counts of the exchange. `is_well`: the answer did not ask for fewer requests.
    pub fn answered(mut self, counts: &[Count], is_well: bool) {
        self.end(counts, is_well);
    }

    fn end(&mut self, counts: &[Count], is_well: bool) {
        let Some(grant) = self.grant.take() else { return };
        let mut ledger = self.budget.0.ledger.lock();
        if self.is_sent {
            ledger.end(&grant, counts, self.clock.moment());
        } else {
            ledger.give_back(&grant);
        }
        if is_well {
            ledger.is_well();
        }
        drop(ledger);
        self.budget.0.changed.notify_waiters();
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.end(&[], false);
    }
}

impl fmt::Debug for Permit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Permit").field("is_sent", &self.is_sent).finish_non_exhaustive()
    }
}
