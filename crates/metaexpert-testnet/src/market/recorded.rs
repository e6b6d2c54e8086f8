//! A recording of ticks or books as it goes on: which rows are next, and when.
//!
//! The one decision: it is shifted in time so that its first row is at the start, and at its end it begins again, a second later. A
//! recording begins with a snapshot, so the book that follows is right.

use metaexpert_core::UnixNanos;
use metaexpert_data::{KeptRows, MarketRow, MarketRows, RowKind};
use rust_decimal::{Decimal, prelude::ToPrimitive};

/// A recording that plays.
#[derive(Debug)]
pub(super) struct Recording {
    rows: KeptRows,
    next: usize,
    /// What is added to its times.
    shift: i64,
    /// Which path it is, and which markets it drives.
    pub(super) path: usize,
    pub(super) leads: Vec<usize>,
}

/// Between the last row and the first of the next round.
const PAUSE: i64 = 1_000_000_000;

impl Recording {
    pub(super) fn new(rows: KeptRows, start: UnixNanos, path: usize, leads: Vec<usize>) -> Self {
        let shift = rows.rows().first().map_or(0, |row| start.nanos_since(row.time));
        Self { rows, next: 0, shift, path, leads }
    }

    /// When its next message is.
    pub(super) fn due(&self) -> UnixNanos {
        self.rows.rows().get(self.next).map_or(UnixNanos::MAX, |row| row.time.saturating_add_nanos(self.shift))
    }

    /// The rows of its next message.
    pub(super) fn next(&mut self) -> Vec<MarketRow> {
        let rest = self.rows.rows().get(self.next..).unwrap_or_default();
        let end = rest.iter().position(|row| row.ends).map_or(rest.len(), |last| last + 1);
        let message = rest.get(..end).unwrap_or_default().to_vec();
        self.next += end;
        let rows = self.rows.rows();
        if self.next >= rows.len()
            && let (Some(first), Some(last)) = (rows.first(), rows.last())
        {
            self.next = 0;
            self.shift += last.time.nanos_since(first.time) + PAUSE;
        }
        message
    }

    pub(super) fn price(&self, row: &MarketRow) -> Decimal {
        Decimal::new(row.price, self.rows.info().price_scale)
    }

    pub(super) fn quantity(&self, row: &MarketRow) -> Decimal {
        Decimal::new(row.quantity, self.rows.info().quantity_scale)
    }

    pub(super) fn has_levels(&self) -> bool {
        self.rows.info().levels > 0
    }
}

/// The first price that a recording shows: the middle of its first bid and ask, or a trade.
pub(super) fn first_price(rows: &KeptRows) -> f64 {
    let scale = rows.info().price_scale;
    let price = |row: &MarketRow| Decimal::new(row.price, scale).to_f64();
    let best = |kinds: [RowKind; 2], better: fn(f64, f64) -> f64| {
        let message = rows.rows().iter().take(4_096).filter(|row| kinds.contains(&row.kind) && row.quantity > 0);
        message.filter_map(price).reduce(better)
    };
    let first =
        |kinds: [RowKind; 2]| rows.rows().iter().find(|row| kinds.contains(&row.kind) && row.quantity > 0).and_then(price);
    let quote = first([RowKind::BestBid; 2]).zip(first([RowKind::BestAsk; 2]));
    let book = || first([RowKind::Bid; 2]).zip(best([RowKind::Ask; 2], f64::min));
    let middle = quote.or_else(book).map(|(bid, ask)| f64::midpoint(bid, ask));
    first([RowKind::Bought, RowKind::Sold]).or(middle).filter(|price| *price > 0.0).unwrap_or(1.0)
}
