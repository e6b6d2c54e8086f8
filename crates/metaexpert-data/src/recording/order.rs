//! Rows of several streams, put into the order of their times at the exchange.
//!
//! Streams overtake each other on their way, by milliseconds. Rows are held back for a few seconds of the exchange's time, so that
//! memory is bound by how much happens in those, and the order is exact within them.

use std::{cmp::Reverse, collections::BinaryHeap};

use metaexpert_core::UnixNanos;

use crate::market::MarketRow;

/// How far a stream may lag behind another, in nanoseconds.
pub(super) const HOLD_NANOS: i64 = 5_000_000_000;

/// Rows that are held back.
#[derive(Debug)]
pub(super) struct TimeOrder {
    held: BinaryHeap<Reverse<Held>>,
    added: u64,
    newest: UnixNanos,
    given: UnixNanos,
}

#[derive(Debug)]
struct Held {
    /// Rows of one time keep the order they came in.
    key: (UnixNanos, u64),
    row: MarketRow,
}

impl PartialEq for Held {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl Eq for Held {}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

impl TimeOrder {
    pub(super) const fn new() -> Self {
        Self { held: BinaryHeap::new(), added: 0, newest: UnixNanos::MIN, given: UnixNanos::MIN }
    }

    /// Adds a row; `Err` with the time that was given out already, if that is later.
    pub(super) fn push(&mut self, row: MarketRow) -> Result<(), UnixNanos> {
        if row.time < self.given {
            return Err(self.given);
        }
        self.newest = self.newest.max(row.time);
        self.held.push(Reverse(Held { key: (row.time, self.added), row }));
        self.added += 1;
        Ok(())
    }

    /// The next row that nothing can come before any more.
    pub(super) fn due(&mut self) -> Option<MarketRow> {
        let due = self.newest.saturating_add_nanos(-HOLD_NANOS);
        self.held.peek().filter(|Reverse(held)| held.row.time < due)?;
        self.next()
    }

    /// The next row, at the end of the recording.
    pub(super) fn next(&mut self) -> Option<MarketRow> {
        let Reverse(held) = self.held.pop()?;
        self.given = held.row.time;
        Some(held.row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::RowKind;

    fn row(seconds: i64, price: i64) -> MarketRow {
        let time = UnixNanos::from_seconds(seconds).unwrap();
        MarketRow { time, local_time: time, kind: RowKind::Bought, price, quantity: 1, clears: false, ends: true }
    }

    #[test]
    fn rows_come_out_by_time_and_at_the_same_time_as_they_came_in() {
        let mut order = TimeOrder::new();
        let mut out = Vec::new();
        for (seconds, price) in [(10, 1), (8, 2), (10, 3), (9, 4), (16, 5), (12, 6)] {
            order.push(row(seconds, price)).unwrap();
            out.extend(std::iter::from_fn(|| order.due()));
        }
        assert_eq!(out.len(), 4, "what is five seconds old is out");
        out.extend(std::iter::from_fn(|| order.next()));
        assert_eq!(out.iter().map(|row| row.price).collect::<Vec<_>>(), [2, 4, 1, 3, 6, 5]);
        assert_eq!(order.push(row(15, 7)), Err(row(16, 0).time));
    }
}
