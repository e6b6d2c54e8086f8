//! What a recording does to the markets that it drives: its book is theirs, its prints are on their tapes.
//!
//! The one decision: where a recording has quotes or prints only, the makers stand at them, so that there is a book in any case.

use metaexpert_core::{LevelChange, Side, UnixNanos, rounding::float_of};
use metaexpert_data::{MarketRow, RowKind};
use rust_decimal::Decimal;

use super::{
    Market,
    live::{Drive, Happened},
    path::Path,
    recorded::Recording,
};

/// Lets the next message of a recording happen in the markets that it drives.
pub(super) fn play(recording: &mut Recording, time: UnixNanos, markets: &mut [Market], paths: &mut [Path], out: &mut Happened) {
    let rows = recording.next();
    for lead in recording.leads.clone() {
        let Some(market) = markets.get_mut(lead) else { continue };
        if !market.is_trading {
            continue;
        }
        let levels: Vec<LevelChange> = rows
            .iter()
            .filter(|row| row.kind.is_level())
            .map(|row| LevelChange {
                time,
                side: if row.kind == RowKind::Bid { Side::Buy } else { Side::Sell },
                ticks: market.grid.ticks_of(recording.price(row)),
                quantity: float_of(recording.quantity(row)),
                clears: row.clears,
                ends: row.ends,
            })
            .collect();
        if !levels.is_empty() {
            market.record_levels(levels, time, out);
        }
        let ticks = |kind: RowKind| {
            let row = rows.iter().rev().find(|row| row.kind == kind && row.quantity > 0)?;
            Some(market.grid.ticks_of(recording.price(row)))
        };
        let (bid, ask) = market.makers.touch();
        // A recording tells the side of a quote that changed.
        let quote = match (ticks(RowKind::BestBid), ticks(RowKind::BestAsk)) {
            _ if recording.has_levels() => None,
            (Some(bid), Some(ask)) => Some((bid, ask)),
            (Some(bid), None) => Some((bid, ask.unwrap_or(bid + 1).max(bid + 1))),
            (None, Some(ask)) => Some((bid.unwrap_or(ask - 1).min(ask - 1), ask)),
            (None, None) => None,
        };
        if let Some((bid, ask)) = quote {
            market.record_quote(bid, ask, time, out);
        }
        let is_print = |row: &&MarketRow| row.kind.is_print();
        for row in rows.iter().filter(is_print) {
            let side = if row.kind == RowKind::Bought { Side::Buy } else { Side::Sell };
            market.record_print(recording.price(row), recording.quantity(row), side, time, out);
        }
        if let (Some(bid), Some(ask), Some(path)) =
            (market.makers.touch().0, market.makers.touch().1, paths.get_mut(recording.path))
        {
            path.shows(f64::midpoint(market.grid.price_float(bid), market.grid.price_float(ask)));
        }
    }
}

impl Market {
    /// A recording prints.
    fn record_print(&mut self, price: Decimal, quantity: Decimal, side: Side, time: UnixNanos, out: &mut Happened) {
        self.now = time;
        let (ticks, lots) = (self.grid.ticks_of(price), self.grid.lots_of(quantity).max(1));
        if !matches!(self.drive, Drive::Recording { levels: true, .. }) {
            let spread = self.spread();
            let (bid, ask) = self.makers.touch();
            let is_between = bid.is_some_and(|bid| bid <= ticks) && ask.is_some_and(|ask| ticks <= ask);
            if !is_between {
                let to = if side == Side::Buy { (ticks - spread, ticks) } else { (ticks, ticks + spread) };
                self.record_quote(to.0, to.1, time, out);
            }
        }
        self.print_at(ticks, lots, side, time, out);
    }

    /// A recording shows a best bid and ask, and the makers stand there.
    fn record_quote(&mut self, bid: i64, ask: i64, time: UnixNanos, out: &mut Happened) {
        self.now = time;
        let ask = ask.max(bid + 1);
        let changes = self.makers.go((Some(bid).filter(|bid| *bid > 0), Some(ask)), &self.grid, &mut self.random, time);
        self.tell(changes, time, out);
    }

    /// A recording changes its book.
    fn record_levels(&mut self, changes: Vec<LevelChange>, time: UnixNanos, out: &mut Happened) {
        self.now = time;
        if changes.iter().any(|change| change.clears) {
            self.all_changed();
        }
        self.makers.show(&changes);
        self.tell(changes, time, out);
    }
}
