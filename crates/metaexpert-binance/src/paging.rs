//! What histories share that come page by page: stretches of time in milliseconds, and how a walk fails.
//!
//! The one decision: there are two walks by time, because a page tells two different things. A market's records differ in their
//! times and a page begins at a known end: [`ForwardWalk`](crate::market::paging::ForwardWalk) goes on behind the last one, and takes a
//! page that is not full for no more than it is. An account's records may share a millisecond and a page may lack either end:
//! [`HalvingWalk`](crate::account::paging::HalvingWalk) halves what is full until nothing can be missing, and pays with requests.
//!
//! The walks themselves stand with what they ask for.

use std::ops::Range;

use metaexpert_connect::{Failure, Malformed};
use metaexpert_core::UnixNanos;

use crate::Product;

/// A day.
pub(crate) const DAY_MS: i64 = 86_400_000;

const MILLI: i64 = 1_000_000;

/// Milliseconds since the epoch, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The first.
    pub from: i64,
    /// The last.
    pub to: i64,
}

impl Span {
    /// The whole milliseconds of a stretch of time; `None` where it has none.
    pub fn of(time: &Range<UnixNanos>) -> Option<Self> {
        let span = Self { from: first_milli(time.start), to: first_milli(time.end) - 1 };
        (span.from <= span.to).then_some(span)
    }

    /// Its two halves; `None` of a single millisecond.
    pub const fn halves(self) -> Option<(Self, Self)> {
        if self.from >= self.to {
            return None;
        }
        let middle = self.from + (self.to - self.from) / 2;
        Some((Self { from: self.from, to: middle }, Self { from: middle + 1, to: self.to }))
    }
}

/// The millisecond that a time lies in, since the epoch.
pub(crate) const fn millis(time: UnixNanos) -> i64 {
    time.as_nanos().div_euclid(MILLI)
}

/// The first whole millisecond that is not before a time.
pub(crate) const fn first_milli(time: UnixNanos) -> i64 {
    if time.as_nanos().rem_euclid(MILLI) == 0 { millis(time) } else { millis(time) + 1 }
}

/// More records of one millisecond than a page holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TooMany {
    /// Which millisecond.
    pub at: i64,
}

impl TooMany {
    /// As a failure of a request for pages of so many records.
    pub(crate) fn of(self, product: Product, what: &str, limit: usize) -> Failure {
        incomplete(product, what, format!("{limit} records of the millisecond {}, and no way to ask for more", self.at))
    }
}

/// A history does not go forward: pages come that hold nothing of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stuck {
    /// From which millisecond on.
    pub at: i64,
}

impl Stuck {
    /// As a failure of a request.
    pub(crate) fn of(self, product: Product, what: &str) -> Failure {
        incomplete(product, what, format!("asked for records from {} ms on, got only older ones", self.at))
    }
}

fn incomplete(product: Product, what: &str, why: String) -> Failure {
    Failure::Malformed(Malformed::new(format!("{what} of {product}"), why, b""))
}
