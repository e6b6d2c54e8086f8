//! What is spent and who waits, without a clock, a lock or a task: time comes in with each call.
//!
//! The one decision: a waiter is looked at in its order, and those before it are taken to have their share already, whether
//! they can go or not. So a costly request is not starved by cheap ones behind it, a pool that is short holds up only those
//! who want of it, and it does not matter in which order the waiters are woken.

use std::{collections::VecDeque, time::Duration};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use metaexpert_core::UnixNanos;
use tokio::time::Instant;

use super::pool::{Granted, Window};
use crate::{
    endpoint::{Lane, Pool},
    http::{Moment, PoolLimit},
};

/// Most requests of a lane that wait at once. More is a fault of this side, and is said rather than kept.
pub(super) const WAITERS_MAX: usize = 1_000;

/// What it asks for where the exchange says "too many requests" and not for how long.
const PAUSE: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(1));

/// The same where it refuses requests unread: whoever goes on then is kept out for longer each time.
const BAN: (Duration, Duration) = (Duration::from_mins(2), Duration::from_hours(24));

/// The longest that a word of the exchange is believed. A wait of years is a time that was meant as one of a calendar.
const CLOSED_MAX: Duration = Duration::from_hours(7 * 24);

#[derive(Debug)]
pub(super) struct Ledger {
    windows: Vec<Window>,
    pace: Option<Pace>,
    closed: Option<Closed>,
    waiters: Vec<Waiter>,
    next_waiter: u64,
    next_grant: u64,
    seed: u64,
    pauses: [ExponentialBackoff; 2],
}

#[derive(Debug)]
struct Waiter {
    number: u64,
    lane: Lane,
    costs: Vec<(Pool, u32)>,
}

#[derive(Debug, Clone, Copy)]
struct Closed {
    until: Instant,
    is_banned: bool,
}

/// Most requests in any second, however they lie in it.
#[derive(Debug)]
struct Pace {
    most: usize,
    sent: VecDeque<Instant>,
}

/// What was taken from the pools for one request.
#[derive(Debug)]
pub(super) struct Grant {
    granted: Granted,
    costs: Vec<(Pool, u32)>,
}

/// Whether a waiter can go.
#[derive(Debug)]
pub(super) enum Turn {
    Go(Grant),
    /// Not before this long, unless something is given back.
    Wait(Duration, Pool),
    Closed(Duration, bool),
    /// It costs more than there is.
    Never(Pool, u32, u32),
}

/// A count that an exchange gives with an answer: of which pool, in which window, how much.
pub type Count = (Pool, Duration, u32);

/// The pool of `rate_limit`, for messages.
const OWN: Pool = Pool("rate_limit");

impl Ledger {
    pub(super) fn new(rate_limit: Option<u32>, seed: u64) -> Self {
        let pace = rate_limit.map(|most| Pace { most: usize::try_from(most.max(1)).unwrap_or(1), sent: VecDeque::new() });
        Self {
            windows: Vec::new(),
            pace,
            closed: None,
            waiters: Vec::new(),
            next_waiter: 0,
            next_grant: 0,
            seed,
            pauses: pauses(seed),
        }
    }

    /// Sets the limits of the pools that are named; other pools keep theirs. What is spent stays spent.
    pub(super) fn set_limits(&mut self, limits: &[PoolLimit]) {
        let is_named = |window: &Window| limits.iter().any(|limit| limit.pool == window.limit.pool);
        let old: Vec<_> = self.windows.extract_if(.., |window| is_named(window)).collect();
        for limit in limits {
            let known = old.iter().find(|window| window.limit.pool == limit.pool && window.limit.window == limit.window);
            let window = known.map_or_else(|| Window::new(*limit), |known| known.clone().limited_to(*limit));
            self.windows.push(window);
        }
    }

    /// Takes a place in the queue: behind those of its lane, before those of later lanes. `None` where too many wait.
    pub(super) fn queue(&mut self, lane: Lane, costs: Vec<(Pool, u32)>) -> Option<u64> {
        // Counted by lane: a download that fills its own is no reason to refuse a cancel.
        if self.waiters.iter().filter(|waiter| waiter.lane == lane).count() >= WAITERS_MAX {
            return None;
        }
        let number = self.next_waiter;
        self.next_waiter += 1;
        let place = self.waiters.partition_point(|waiter| waiter.lane <= lane);
        self.waiters.insert(place, Waiter { number, lane, costs });
        Some(number)
    }

    /// Gives up a place.
    pub(super) fn leave(&mut self, number: u64) {
        self.waiters.retain(|waiter| waiter.number != number);
    }

    /// Whether a waiter can go now; it has left the queue then.
    pub(super) fn turn(&mut self, number: u64, now: Moment) -> Turn {
        if let Some((left, is_banned)) = self.closed_for(now.steady) {
            return Turn::Closed(left, is_banned);
        }
        for window in &mut self.windows {
            window.roll(now.exchange);
        }
        let found = self.waiters.iter().enumerate().find(|(_, waiter)| waiter.number == number);
        // Whoever asks has a place; whoever has none does not go.
        let Some((place, waiter)) = found else { return Turn::Wait(Duration::from_secs(1), OWN) };
        let before = self.waiters.get(..place).unwrap_or_default();
        let is_safety = waiter.lane == Lane::Safety;

        let mut wait = None;
        for window in &self.windows {
            let pool = window.limit.pool;
            let cost = cost_of(&waiter.costs, pool);
            if cost == 0 {
                continue;
            }
            if cost > window.limit.limit {
                return Turn::Never(pool, cost, window.limit.limit);
            }
            let room = window.ceiling(is_safety, cost).checked_sub(window.spent().saturating_add(cost));
            // Most often the pool is simply spent, and it does not matter who else waits.
            let earlier = || before.iter().fold(0_u32, |sum, earlier| sum.saturating_add(cost_of(&earlier.costs, pool)));
            if room.is_none_or(|room| room < earlier()) {
                let left = Duration::from_nanos(u64::try_from(window.left(now.exchange)).unwrap_or(0));
                wait = wait.max(Some((left, pool.0)));
            }
        }
        if let Some(left) = self.pace.as_mut().and_then(|pace| pace.left(before.len(), is_safety, now.steady)) {
            wait = wait.max(Some((left, OWN.0)));
        }
        if let Some((left, pool)) = wait {
            return Turn::Wait(left, Pool(pool));
        }
        Turn::Go(self.grant(place, now))
    }

    /// What was granted was never sent.
    pub(super) fn give_back(&mut self, grant: &Grant) {
        for window in &mut self.windows {
            window.give_back(cost_of(&grant.costs, window.limit.pool));
        }
    }

    /// What was granted has been answered, or its answer is lost; `counts` are the exchange's own.
    pub(super) fn end(&mut self, grant: &Grant, counts: &[Count], now: Moment) {
        for window in &mut self.windows {
            window.roll(now.exchange);
            let limit = window.limit;
            let cost = cost_of(&grant.costs, limit.pool);
            let count = counts.iter().find(|(pool, length, _)| *pool == limit.pool && *length == limit.window);
            if cost > 0 || count.is_some() {
                window.end(cost, grant.granted, count.map(|(.., count)| *count), self.next_grant);
            }
        }
    }

    /// A count by which nothing is left of a pool in its shortest window.
    pub(super) fn all_of(&self, pool: Pool) -> Option<Count> {
        let limits = self.windows.iter().map(|window| window.limit).filter(|limit| limit.pool == pool);
        limits.min_by_key(|limit| limit.window).map(|limit| (pool, limit.window, limit.limit))
    }

    /// Sends nothing until the exchange's time is over, or for a time of our own that grows where it names none. Says how long.
    pub(super) fn close(&mut self, retry_after: Option<Duration>, is_banned: bool, now: Instant) -> Duration {
        // A wait of nothing is no word: whoever refuses a request wants some.
        let retry_after = retry_after.filter(|wait| !wait.is_zero());
        if let (None, Some((left, _))) = (retry_after, self.closed_for(now)) {
            // Requests that were under way when it closed are refused as well; that is not a reason to wait longer.
            return left;
        }
        let [pauses, bans] = &mut self.pauses;
        let (own, most) = if is_banned { (bans, BAN.1) } else { (pauses, PAUSE.1) };
        let wait = retry_after.unwrap_or_else(|| own.next().unwrap_or(most)).min(CLOSED_MAX);
        let until = now + wait;
        if self.closed.is_none_or(|closed| closed.until < until) {
            self.closed = Some(Closed { until, is_banned });
        }
        wait
    }

    /// The exchange answers again: the next time without a word from it begins with the shortest pause.
    pub(super) fn is_well(&mut self) {
        self.pauses = pauses(self.seed);
    }

    /// For how long nothing is sent, and whether the exchange refuses requests unread.
    pub(super) fn closed_for(&self, now: Instant) -> Option<(Duration, bool)> {
        let closed = self.closed.filter(|closed| closed.until > now)?;
        Some((closed.until.duration_since(now), closed.is_banned))
    }

    /// What is spent of each limit.
    pub(super) fn spent(&mut self, now: UnixNanos) -> Vec<(PoolLimit, u32)> {
        self.windows
            .iter_mut()
            .map(|window| {
                (window.limit, {
                    window.roll(now);
                    window.spent()
                })
            })
            .collect()
    }

    fn grant(&mut self, place: usize, now: Moment) -> Grant {
        let waiter = self.waiters.remove(place);
        for window in &mut self.windows {
            window.take(cost_of(&waiter.costs, window.limit.pool));
        }
        if let Some(pace) = &mut self.pace {
            pace.sent.push_back(now.steady);
        }
        let number = self.next_grant;
        self.next_grant += 1;
        Grant { granted: Granted { number, at: now.exchange }, costs: waiter.costs }
    }
}

impl Pace {
    /// How long until one more may go behind so many others; `None` where it may now.
    fn left(&mut self, before: usize, is_safety: bool, now: Instant) -> Option<Duration> {
        const SECOND: Duration = Duration::from_secs(1);
        while self.sent.front().is_some_and(|sent| now.duration_since(*sent) >= SECOND) {
            self.sent.pop_front();
        }
        let most = if is_safety { self.most } else { self.most - self.most / 10 };
        let over = (self.sent.len() + before + 1).checked_sub(most).filter(|over| *over > 0)?;
        // It is the `over`th of those that went which has to be a second ago; behind many others, the last of them at least.
        let frees = self.sent.get((over - 1).min(self.sent.len().saturating_sub(1)));
        Some(frees.map_or(SECOND, |sent| SECOND.saturating_sub(now.duration_since(*sent))))
    }
}

fn cost_of(costs: &[(Pool, u32)], pool: Pool) -> u32 {
    costs.iter().filter(|(known, _)| *known == pool).fold(0, |sum, (_, cost)| sum.saturating_add(*cost))
}

fn pauses(seed: u64) -> [ExponentialBackoff; 2] {
    [PAUSE, BAN].map(|(least, most)| {
        ExponentialBuilder::new()
            .with_min_delay(least)
            .with_max_delay(most)
            .without_max_times()
            .with_jitter()
            .with_jitter_seed(seed)
            .build()
    })
}
