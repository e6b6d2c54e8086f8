//! The order book of one instrument, as its exchange tells it: changes in, levels out.
//!
//! The one decision: levels are kept by integer ticks, best last, so that a change near the best price, which most are, moves
//! next to nothing. Quantities are `f64` (15 significant digits); the book is the market's, never an account's.

use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    order::Side,
    rounding::{decimal_of, float_of},
    time::UnixNanos,
};

/// One price level of a book.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Level {
    /// Its price.
    pub price: f64,
    /// What rests there.
    pub quantity: f64,
}

/// One level of a book has changed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LevelChange {
    /// When the exchange changed it.
    pub time: UnixNanos,
    /// Bids are of buyers, asks of sellers.
    pub side: Side,
    /// Its price, in ticks.
    pub ticks: i64,
    /// What rests there now; zero where the level is gone.
    pub quantity: f64,
    /// Whether the book was empty before: a snapshot begins.
    pub clears: bool,
    /// Whether it is the last change of its message: the book can be looked at.
    pub ends: bool,
}

/// A maintained order book.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    time: UnixNanos,
    tick: f64,
    bids: Vec<(i64, f64)>,
    asks: Vec<(i64, f64)>,
}

impl Book {
    /// An empty book of an instrument with this tick size.
    pub fn new(tick_size: Decimal) -> Self {
        Self { time: UnixNanos::MIN, tick: float_of(tick_size), bids: Vec::new(), asks: Vec::new() }
    }

    /// Lets one level change.
    #[inline]
    pub fn apply(&mut self, change: &LevelChange) {
        self.time = change.time;
        if change.clears {
            self.bids.clear();
            self.asks.clear();
        }
        let (levels, sign) = match change.side {
            Side::Buy => (&mut self.bids, 1),
            Side::Sell => (&mut self.asks, -1),
        };
        // Best last: from the end, the first level that is not better than the changed one.
        let key = change.ticks * sign;
        let place = levels.iter().rposition(|(ticks, _)| ticks * sign <= key).map_or(0, |place| place + 1);
        match place.checked_sub(1).and_then(|at| levels.get_mut(at)).filter(|(ticks, _)| *ticks == change.ticks) {
            Some(_) if change.quantity <= 0.0 => {
                levels.remove(place - 1);
            }
            Some(level) => level.1 = change.quantity,
            None if change.quantity > 0.0 => levels.insert(place, (change.ticks, change.quantity)),
            None => {}
        }
    }

    /// When the exchange last changed it.
    pub const fn time(&self) -> UnixNanos {
        self.time
    }

    /// Buyers, highest price first.
    pub fn bids(&self) -> impl ExactSizeIterator<Item = Level> + '_ {
        self.bids.iter().rev().map(|level| self.level(level))
    }

    /// Sellers, lowest price first.
    pub fn asks(&self) -> impl ExactSizeIterator<Item = Level> + '_ {
        self.asks.iter().rev().map(|level| self.level(level))
    }

    /// The best buyer.
    pub fn best_bid(&self) -> Option<Level> {
        self.bids.last().map(|level| self.level(level))
    }

    /// The best seller.
    pub fn best_ask(&self) -> Option<Level> {
        self.asks.last().map(|level| self.level(level))
    }

    /// The levels that an order of `side` would trade with, best first, in ticks.
    pub fn opposite(&self, side: Side) -> impl ExactSizeIterator<Item = (i64, f64)> + '_ {
        match side {
            Side::Buy => self.asks.iter().rev().copied(),
            Side::Sell => self.bids.iter().rev().copied(),
        }
    }

    /// What rests on one side at a price, in ticks.
    pub fn quantity_at(&self, side: Side, ticks: i64) -> f64 {
        let levels = match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        };
        levels.iter().rev().find(|(at, _)| *at == ticks).map_or(0.0, |(_, quantity)| *quantity)
    }

    /// A price in ticks as the nearest float to its decimal.
    #[expect(clippy::cast_precision_loss, reason = "ticks of any price have far fewer than 53 bits")]
    fn level(&self, (ticks, quantity): &(i64, f64)) -> Level {
        Level { price: *ticks as f64 * self.tick, quantity: *quantity }
    }
}

/// A price in ticks; `None` where it lies off the tick or is no number.
///
/// ```
/// use metaexpert_core::book::ticks_of;
/// use rust_decimal::dec;
/// assert_eq!(ticks_of(61234.5, dec!(0.1)), Some(612_345));
/// assert_eq!(ticks_of(61234.55, dec!(0.1)), None);
/// ```
pub fn ticks_of(price: f64, tick_size: Decimal) -> Option<i64> {
    let ticks = decimal_of(price)?.checked_div(tick_size)?;
    ticks.is_integer().then(|| ticks.to_i64()).flatten()
}

#[cfg(test)]
mod tests {
    use rust_decimal::dec;

    use super::*;

    fn change(side: Side, ticks: i64, quantity: f64) -> LevelChange {
        LevelChange { time: UnixNanos::MIN, side, ticks, quantity, clears: false, ends: true }
    }

    #[test]
    fn levels_are_kept_best_first_and_go_when_nothing_rests_there() {
        let mut book = Book::new(dec!(0.5));
        for (side, ticks, quantity) in
            [(Side::Buy, 10, 1.0), (Side::Buy, 12, 2.0), (Side::Buy, 11, 3.0), (Side::Sell, 14, 4.0), (Side::Sell, 13, 5.0)]
        {
            book.apply(&change(side, ticks, quantity));
        }
        assert_eq!(book.bids().map(|level| level.price).collect::<Vec<_>>(), [6.0, 5.5, 5.0]);
        assert_eq!(book.best_ask(), Some(Level { price: 6.5, quantity: 5.0 }));
        book.apply(&change(Side::Buy, 12, 0.0));
        book.apply(&change(Side::Buy, 99, 0.0));
        assert_eq!(book.best_bid(), Some(Level { price: 5.5, quantity: 3.0 }));
        book.apply(&LevelChange { clears: true, ..change(Side::Sell, 20, 1.0) });
        assert_eq!((book.best_bid(), book.asks().len()), (None, 1));
    }
}
