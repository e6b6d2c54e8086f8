//! No fill twice, whatever way it comes: `TRADE_LITE` and `ORDER_TRADE_UPDATE` in either order, a reconnection that repeats, a list
//! of trades over REST that overlaps.
//!
//! The one decision: a fill is known by its symbol, its side and its number, and what is remembered is bounded. Binance numbers the trades of
//! a symbol upwards, so that of each symbol the last [`REMEMBERED`] fills of this account are kept, and a mark below which all are
//! taken for known. A fill that was missed while a connection was down can only be lost by it if more than so many of the same
//! symbol came before the list of trades was asked for.
//!
//! Markets of different products use the same symbols: a filter is for one product. Lists of trades go in from the oldest on.

use std::collections::BTreeMap;

use metaexpert_connect::report::FillReport;
use metaexpert_core::Side;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

/// How many fills of a symbol are remembered: a hundred orders that are filled in ten parts each.
pub const REMEMBERED: usize = 1_024;

/// A fill, seen for the first time in what it says.
#[derive(Debug, Clone, PartialEq)]
pub enum Fill {
    /// It is new, and its fee is still to come: the quantity counts now.
    Early(FillReport),
    /// It is new and complete: quantity and fee count.
    Full(FillReport),
    /// It completes an early one: fee, leg and profit count now, the quantity has been counted.
    Completes(FillReport),
}

impl Fill {
    /// What is reported.
    pub const fn report(&self) -> &FillReport {
        match self {
            Self::Early(fill) | Self::Full(fill) | Self::Completes(fill) => fill,
        }
    }

    /// How much is executed that was not counted before: nothing where it completes an early one.
    pub const fn quantity(&self) -> Decimal {
        match self {
            Self::Early(fill) | Self::Full(fill) => fill.quantity,
            Self::Completes(_) => Decimal::ZERO,
        }
    }

    /// The fee that was not counted before, where it is told.
    pub const fn fee(&self) -> Option<Decimal> {
        match self {
            Self::Early(_) => None,
            Self::Full(fill) | Self::Completes(fill) => fill.fee,
        }
    }
}

/// Lets each fill through once.
#[derive(Debug, Default)]
pub struct FillFilter {
    // Allocations are numbered apart from trades: `allocation:17` is not `17`. And where two orders of one account meet, both
    // sides bear the number of the one trade.
    symbols: FxHashMap<String, [Known; 4]>,
}

/// What is known of a symbol.
#[derive(Debug, Default)]
struct Known {
    /// Everything up to here is known; `None` while nothing had to be forgotten.
    mark: Option<u64>,
    /// Above it: what has been seen, and whether it is complete.
    seen: BTreeMap<u64, bool>,
}

impl FillFilter {
    /// One that knows nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// What a report adds; `None` where it adds nothing.
    ///
    /// A number that is none cannot be compared: such a fill is let through. Binance has no such numbers.
    pub fn take(&mut self, fill: FillReport) -> Option<Fill> {
        let (kind, number) = match fill.trade_id.strip_prefix("allocation:") {
            Some(number) => (2, number),
            None => (0, fill.trade_id.as_str()),
        };
        let series = kind + usize::from(fill.side == Side::Sell);
        let Ok(number) = number.parse::<u64>() else { return Some(novelty(fill)) };
        if !self.symbols.contains_key(&fill.symbol) {
            self.symbols.insert(fill.symbol.clone(), Default::default());
        }
        let known = self.symbols.get_mut(&fill.symbol)?.get_mut(series)?;
        known.take(number, fill)
    }

    /// Fills that were told early and are not complete: symbol and number. What stays here for long has lost its full report, and
    /// its fee has to be asked for.
    pub fn incomplete(&self) -> impl Iterator<Item = (&str, u64)> {
        self.symbols.iter().flat_map(|(symbol, known)| {
            let early = known.iter().flat_map(|known| known.seen.iter()).filter(|(_, is_full)| !**is_full);
            early.map(|(number, _)| (symbol.as_str(), *number))
        })
    }
}

impl Known {
    fn take(&mut self, number: u64, fill: FillReport) -> Option<Fill> {
        if self.mark.is_some_and(|mark| number <= mark) {
            return None;
        }
        let is_full = !fill.is_early;
        match self.seen.get_mut(&number) {
            Some(was_full) if !*was_full && is_full => {
                *was_full = true;
                Some(Fill::Completes(fill))
            }
            Some(_) => None,
            None => {
                self.seen.insert(number, is_full);
                if self.seen.len() > REMEMBERED {
                    self.mark = self.seen.pop_first().map(|(oldest, _)| oldest);
                }
                Some(novelty(fill))
            }
        }
    }
}

fn novelty(fill: FillReport) -> Fill {
    if fill.is_early { Fill::Early(fill) } else { Fill::Full(fill) }
}
