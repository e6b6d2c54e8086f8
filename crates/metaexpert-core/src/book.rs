//! The order book of one instrument, as its exchange tells it: changes in, levels out.
//!
//! The one decision: levels are kept by integer ticks, which compare exactly and find their place without a search
//! (`book/ladder.rs`); a price is made of them only when it is asked for. Quantities are `f64` (15 significant digits); the
//! book is the market's, never an account's.

mod grid; // ticks as prices
mod ladder; // the levels of one side

use rust_decimal::{Decimal, prelude::ToPrimitive};

use self::{grid::Grid, ladder::Ladder};
use crate::{order::Side, rounding::decimal_of, time::UnixNanos};

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
    /// Whether the book was empty before: a snapshot begins. A snapshot of an empty book is one such change of quantity zero.
    pub clears: bool,
    /// Whether it is the last change of its message: the book can be looked at.
    pub ends: bool,
}

/// A maintained order book. Both sides are sorted, and no level is empty.
#[derive(Debug, Clone, PartialEq)]
pub struct Book {
    time: UnixNanos,
    grid: Grid,
    bids: Ladder,
    /// By negated ticks: the best has the largest key.
    asks: Ladder,
}

impl Book {
    /// An empty book of an instrument with this tick size.
    pub fn new(tick_size: Decimal) -> Self {
        Self { time: UnixNanos::MIN, grid: Grid::new(tick_size), bids: Ladder::default(), asks: Ladder::default() }
    }

    /// Lets one level change.
    #[inline]
    pub fn apply(&mut self, change: &LevelChange) {
        self.time = change.time;
        if change.clears {
            self.bids.clear();
            self.asks.clear();
        }
        match change.side {
            Side::Buy => self.bids.set(change.ticks, change.quantity),
            Side::Sell => self.asks.set(negated(change.ticks), change.quantity),
        }
    }

    /// When the exchange last changed it.
    pub const fn time(&self) -> UnixNanos {
        self.time
    }

    /// Buyers, highest price first.
    pub fn bids(&self) -> impl ExactSizeIterator<Item = Level> + '_ {
        self.bids.levels().map(|(key, quantity)| self.level(key, quantity))
    }

    /// Sellers, lowest price first.
    pub fn asks(&self) -> impl ExactSizeIterator<Item = Level> + '_ {
        self.asks.levels().map(|(key, quantity)| self.level(negated(key), quantity))
    }

    /// The best buyer.
    #[inline]
    pub fn best_bid(&self) -> Option<Level> {
        self.bids.best().map(|(key, quantity)| self.level(key, quantity))
    }

    /// The best seller.
    #[inline]
    pub fn best_ask(&self) -> Option<Level> {
        self.asks.best().map(|(key, quantity)| self.level(negated(key), quantity))
    }

    /// The best level of one side, in ticks: buyers for [`Side::Buy`].
    #[inline]
    pub fn best(&self, side: Side) -> Option<(i64, f64)> {
        match side {
            Side::Buy => self.bids.best(),
            Side::Sell => self.asks.best().map(|(key, quantity)| (negated(key), quantity)),
        }
    }

    /// The price between the best buyer and the best seller; `None` where one of them is missing.
    #[inline]
    pub fn mid(&self) -> Option<f64> {
        Some(f64::midpoint(self.best_bid()?.price, self.best_ask()?.price))
    }

    /// Whether a buyer pays what a seller asks, or more. On an exchange they would have traded: a book that stays so has lost a
    /// change.
    pub fn is_crossed(&self) -> bool {
        matches!((self.best(Side::Buy), self.best(Side::Sell)), (Some((bid, _)), Some((ask, _))) if bid >= ask)
    }

    /// The levels that an order of `side` would trade with, best first, in ticks.
    pub fn opposite(&self, side: Side) -> impl ExactSizeIterator<Item = (i64, f64)> + '_ {
        let (ladder, sign) = match side {
            Side::Buy => (&self.asks, -1),
            Side::Sell => (&self.bids, 1),
        };
        ladder.levels().map(move |(key, quantity)| (key.wrapping_mul(sign), quantity))
    }

    /// What rests on one side at a price, in ticks.
    #[inline]
    pub fn quantity_at(&self, side: Side, ticks: i64) -> f64 {
        match side {
            Side::Buy => self.bids.quantity(ticks),
            Side::Sell => self.asks.quantity(negated(ticks)),
        }
    }

    /// A price in ticks as the float nearest to its decimal.
    #[inline]
    pub fn price_of(&self, ticks: i64) -> f64 {
        self.grid.price(ticks)
    }

    fn level(&self, ticks: i64, quantity: f64) -> Level {
        Level { price: self.grid.price(ticks), quantity }
    }
}

/// Ticks of an ask as its key, and back.
const fn negated(ticks: i64) -> i64 {
    ticks.wrapping_neg()
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
        book.apply(&LevelChange { clears: true, ..change(Side::Buy, 0, 0.0) });
        assert_eq!((book.bids().len(), book.asks().len()), (0, 0));
    }

    #[test]
    fn a_book_is_crossed_when_a_buyer_pays_what_a_seller_asks() {
        let mut book = Book::new(dec!(0.1));
        book.apply(&change(Side::Buy, 10, 1.0));
        assert!(!book.is_crossed());
        book.apply(&change(Side::Sell, 11, 1.0));
        assert!(!book.is_crossed());
        assert_eq!(book.mid(), Some(1.05));
        book.apply(&change(Side::Sell, 10, 1.0));
        assert!(book.is_crossed());
    }
}
