//! One limit of an exchange and what is known to be spent of it.
//!
//! The one decision: three counts are kept apart, for they are known in different ways. What the exchange told is right; what
//! ended without its word is added to that until it speaks again; what is under way is added to both, for nobody knows yet
//! whether the exchange has counted it. So the sum is never below the exchange's own count.

use metaexpert_core::UnixNanos;

use crate::http::PoolLimit;

/// One part in this many of each pool is kept back for what makes the account safer.
const RESERVE: u32 = 10;

/// A limit and what is spent of it in the window that runs.
#[derive(Debug, Clone)]
pub(super) struct Window {
    pub(super) limit: PoolLimit,
    start: i64,
    /// The most that the exchange told in this window. Answers overtake one another, so a lower count is an older one.
    told: u32,
    /// What ended in this window without the exchange's count.
    untold: u32,
    /// Grants from this number on were made after all of `untold` had ended: their counts include it.
    untold_until: u64,
    under_way: u32,
}

impl Window {
    pub(super) const fn new(limit: PoolLimit) -> Self {
        Self { limit, start: i64::MIN, told: 0, untold: 0, untold_until: 0, under_way: 0 }
    }

    /// The same window under another limit.
    pub(super) const fn limited_to(mut self, limit: PoolLimit) -> Self {
        self.limit = limit;
        self
    }

    /// What may be spent already.
    pub(super) const fn spent(&self) -> u32 {
        self.told.saturating_add(self.untold).saturating_add(self.under_way)
    }

    /// Up to where a request may go: the limit for what makes safer, the limit less the reserve for the rest. A single request
    /// that costs more than that may have the pool when it is empty.
    pub(super) fn ceiling(&self, is_safety: bool, cost: u32) -> u32 {
        let limit = self.limit.limit;
        if is_safety { limit } else { (limit - limit / RESERVE).max(cost.min(limit)) }
    }

    /// Begins a new window where the time has come. What is under way may be counted in it.
    pub(super) fn roll(&mut self, now: UnixNanos) {
        let start = self.start_at(now);
        if start > self.start {
            (self.start, self.told, self.untold) = (start, 0, 0);
        } else if self.start.saturating_sub(start) > self.length() {
            // The clock was set back: what is spent stays spent until the window of the new time has ended.
            self.start = start;
        }
    }

    /// How long the running window lasts from now, in nanoseconds.
    pub(super) fn left(&self, now: UnixNanos) -> i64 {
        self.start_at(now).saturating_add(self.length()).saturating_sub(now.as_nanos())
    }

    pub(super) const fn take(&mut self, cost: u32) {
        self.under_way = self.under_way.saturating_add(cost);
    }

    /// What was taken was never sent.
    pub(super) const fn give_back(&mut self, cost: u32) {
        self.under_way = self.under_way.saturating_sub(cost);
    }

    /// What was taken has ended, with the exchange's count or without.
    pub(super) fn end(&mut self, cost: u32, granted: Granted, count: Option<u32>, next: u64) {
        self.under_way = self.under_way.saturating_sub(cost);
        match count {
            // A count of the window before says nothing of this one.
            Some(count) if self.start_at(granted.at) == self.start => {
                self.told = self.told.max(count);
                if granted.number >= self.untold_until {
                    self.untold = 0;
                }
            }
            _ => {
                self.untold = self.untold.saturating_add(cost);
                self.untold_until = next;
            }
        }
    }

    fn length(&self) -> i64 {
        i64::try_from(self.limit.window.as_nanos()).unwrap_or(i64::MAX).max(1)
    }

    fn start_at(&self, time: UnixNanos) -> i64 {
        time.as_nanos().saturating_sub(time.as_nanos().rem_euclid(self.length()))
    }
}

/// When a request was let go, and its place among all that were.
#[derive(Debug, Clone, Copy)]
pub(super) struct Granted {
    pub(super) number: u64,
    pub(super) at: UnixNanos,
}
