//! Streams that always send the best levels of a book, all of them.
//!
//! The one decision: a message is compared with the one before it, and only what differs is told. Clearing a book and filling it
//! again for each message would cost more than all the rest.

use std::cmp::Ordering;

use metaexpert_core::{LevelChange, Side, UnixNanos};
use rust_decimal::Decimal;

use super::{Break, OLDER_MAX, TickGrid};
use crate::report::{DepthReport, LevelReport};

/// The best levels of one instrument, from messages that are each complete.
///
/// ```
/// use metaexpert_connect::{PartialBook, report::{DepthReport, LevelReport}};
/// use metaexpert_core::UnixNanos;
/// use rust_decimal::dec;
/// let best = |last, quantity| DepthReport {
///     symbol: None, time: None, is_snapshot: true, first: None, last, previous: None,
///     bids: vec![LevelReport { price: dec!(99.5), quantity }], asks: vec![LevelReport { price: dec!(100), quantity: 3.0 }],
/// };
/// let (mut top, mut out) = (PartialBook::new(dec!(0.5)), Vec::new());
/// assert_eq!(top.take(&best(1, 1.0), UnixNanos::from_nanos(1), &mut out), Ok(true));
/// assert_eq!(out.len(), 2);
/// out.clear();
/// assert_eq!(top.take(&best(2, 4.0), UnixNanos::from_nanos(2), &mut out), Ok(true));
/// assert_eq!(out.iter().map(|change| (change.ticks, change.quantity, change.ends)).collect::<Vec<_>>(), [(199, 4.0, true)]);
/// ```
#[derive(Debug, Clone)]
pub struct PartialBook {
    grid: TickGrid,
    bids: Levels,
    asks: Levels,
    /// Number and time of the last message.
    last: Option<(u64, Option<UnixNanos>)>,
    /// Messages in a row that were older.
    older: u32,
    told: UnixNanos,
}

/// One side, as it was and as it is, in the order of ticks.
#[derive(Debug, Clone, Default)]
struct Levels {
    was: Vec<(i64, f64)>,
    is: Vec<(i64, f64)>,
}

impl PartialBook {
    /// Knows nothing yet.
    pub fn new(tick_size: Decimal) -> Self {
        let (bids, asks) = (Levels::default(), Levels::default());
        Self { grid: TickGrid::new(tick_size), bids, asks, last: None, older: 0, told: UnixNanos::MIN }
    }

    /// Takes a message and adds what it changes to `out`. `false` where it is older than the last one, and nothing is made of it.
    ///
    /// # Errors
    /// When a level is none. The book is then as it was.
    pub fn take(&mut self, report: &DepthReport<'_>, received: UnixNanos, out: &mut Vec<LevelChange>) -> Result<bool, Break> {
        let is_older = |(last, time): (u64, Option<UnixNanos>)| report.last < last && report.time <= time;
        // Where no time tells copies from a new numbering, their number does.
        if self.last.is_some_and(is_older) && self.older < OLDER_MAX {
            self.older += 1;
            return Ok(false);
        }
        self.bids.read(&self.grid, &report.bids)?;
        self.asks.read(&self.grid, &report.asks)?;
        self.older = 0;
        let begins = out.len();
        let at = report.time.unwrap_or(received).max(self.told);
        let is_first = self.last.replace((report.last, report.time)).is_none();
        let mut tell = |side, (ticks, quantity)| {
            out.push(LevelChange { time: at, side, ticks, quantity, clears: false, ends: false });
        };
        self.bids.differences(|level| tell(Side::Buy, level));
        self.asks.differences(|level| tell(Side::Sell, level));
        if is_first && out.len() == begins {
            out.push(LevelChange { time: at, side: Side::Buy, ticks: 0, quantity: 0.0, clears: true, ends: true });
        }
        self.told = at;
        if let Some(told) = out.get_mut(begins..) {
            if let Some(first) = told.first_mut() {
                first.clears = is_first;
            }
            if let Some(last) = told.last_mut() {
                last.ends = true;
            }
        }
        Ok(true)
    }

    /// The connection was cut: what was told is not known to be so any more, and a change that empties the book is added to `out`,
    /// if there was one. The next message begins anew, whatever its number.
    pub fn cut(&mut self, received: UnixNanos, out: &mut Vec<LevelChange>) {
        (self.bids, self.asks, self.older) = (Levels::default(), Levels::default(), 0);
        if let Some((_, heard)) = self.last.take() {
            self.told = heard.unwrap_or(received).max(self.told);
            out.push(LevelChange { time: self.told, side: Side::Buy, ticks: 0, quantity: 0.0, clears: true, ends: true });
        }
    }
}

impl Levels {
    fn read(&mut self, grid: &TickGrid, levels: &[LevelReport]) -> Result<(), Break> {
        self.is.clear();
        for level in levels {
            let ticks = grid.checked(level)?;
            if level.quantity > 0.0 {
                self.is.push((ticks, level.quantity));
            }
        }
        self.is.sort_unstable_by_key(|(ticks, _)| *ticks);
        self.is.dedup_by_key(|(ticks, _)| *ticks);
        Ok(())
    }

    /// Tells what is other than it was, and lets it be so.
    fn differences(&mut self, mut tell: impl FnMut((i64, f64))) {
        let (mut was, mut is) = (self.was.iter().peekable(), self.is.iter().peekable());
        loop {
            let order = match (was.peek(), is.peek()) {
                (Some((old, _)), Some((new, _))) => old.cmp(new),
                (Some(_), None) => Ordering::Less,
                (None, Some(_)) => Ordering::Greater,
                (None, None) => break,
            };
            let old = if order.is_le() { was.next() } else { None };
            let new = if order.is_ge() { is.next() } else { None };
            match (old, new) {
                (Some((ticks, _)), None) => tell((*ticks, 0.0)),
                (Some((_, old)), Some((_, new))) if old.to_bits() == new.to_bits() => {}
                (_, Some(level)) => tell(*level),
                (None, None) => break,
            }
        }
        std::mem::swap(&mut self.was, &mut self.is);
    }
}
