//! The book as everybody sees it: the makers', with what users have resting there.
//!
//! The one decision: no second book is kept. What is shown at a level is reckoned when it is asked for, and only the levels that changed
//! since the last message are noted. A book is never shown crossed: where a user's order stands beyond the makers' touch, for the
//! moment until it is executed, what it has overtaken is not shown.

use std::collections::BTreeMap;

use metaexpert_core::{Book, Side, UnixNanos, rounding::float_of};
use rust_decimal::Decimal;

use super::grid::Grid;
use crate::{news::LevelChanges, order::AccountId};

/// What users have resting, and what has changed since it was last told.
#[derive(Debug, Default)]
pub(super) struct Shown {
    bids: Levels,
    asks: Levels,
    changed_bids: Vec<i64>,
    changed_asks: Vec<i64>,
    update_id: u64,
    told: u64,
}

/// By ticks: whose, and how much.
type Levels = BTreeMap<i64, Vec<(AccountId, Decimal)>>;

impl Shown {
    pub(super) const fn update_id(&self) -> u64 {
        self.update_id
    }

    /// A level has changed.
    pub(super) fn changed(&mut self, side: Side, ticks: i64) {
        self.update_id += 1;
        match side {
            Side::Buy => self.changed_bids.push(ticks),
            Side::Sell => self.changed_asks.push(ticks),
        }
    }

    /// An account holds this much at a level now.
    pub(super) fn rests(&mut self, makers: &Book, account: AccountId, side: Side, ticks: i64, quantity: Decimal) {
        let before = self.best(side);
        let levels = if side == Side::Buy { &mut self.bids } else { &mut self.asks };
        let level = levels.entry(ticks).or_default();
        level.retain(|(other, _)| *other != account);
        if quantity > Decimal::ZERO {
            level.push((account, quantity));
        }
        if level.is_empty() {
            levels.remove(&ticks);
        }
        self.changed(side, ticks);
        self.overtaken(makers, side, [before, self.best(side)]);
    }

    /// The makers' levels, and users', that are hidden by a best price before or after it changed may be shown now, or not any more.
    fn overtaken(&mut self, makers: &Book, side: Side, bests: [Option<i64>; 2]) {
        if bests.first() == bests.last() {
            return;
        }
        let Some(reach) = bests.into_iter().flatten().max_by_key(|ticks| rank(side, *ticks)) else { return };
        let is_reached = |ticks: &i64| rank(side, *ticks) <= rank(side, reach);
        let other = side.opposite();
        let mut hidden: Vec<i64> = makers.opposite(side).map(|(ticks, _)| ticks).take_while(is_reached).collect();
        hidden.extend(self.users(other).keys().filter(|ticks| is_reached(ticks)));
        for ticks in hidden {
            self.changed(other, ticks);
        }
    }

    /// What is shown at a level.
    fn quantity(&self, makers: &Book, grid: &Grid, side: Side, ticks: i64) -> Decimal {
        if self.is_overtaken(side, ticks) {
            return Decimal::ZERO;
        }
        let resting = makers.quantity_at(side, ticks);
        self.of_users(side, ticks) + if resting > 0.0 { grid.quantity(grid.lots(resting)) } else { Decimal::ZERO }
    }

    fn of_users(&self, side: Side, ticks: i64) -> Decimal {
        self.users(side).get(&ticks).map_or(Decimal::ZERO, |level| level.iter().map(|(_, quantity)| *quantity).sum())
    }

    const fn users(&self, side: Side) -> &Levels {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn best(&self, side: Side) -> Option<i64> {
        match side {
            Side::Buy => self.bids.keys().next_back().copied(),
            Side::Sell => self.asks.keys().next().copied(),
        }
    }

    /// Whether a level is at or beyond a user's order of the other side. Of two users' orders that have passed each other the bid is
    /// shown.
    fn is_overtaken(&self, side: Side, ticks: i64) -> bool {
        match side {
            Side::Sell => self.best(Side::Buy).is_some_and(|bid| ticks <= bid),
            Side::Buy => self.best(Side::Sell).is_some_and(|ask| ticks >= ask && !self.bids.contains_key(&ticks)),
        }
    }

    /// Levels in ticks with what is shown there, best first.
    pub(super) fn levels<'a>(
        &'a self,
        makers: &'a Book,
        grid: &'a Grid,
        side: Side,
    ) -> impl Iterator<Item = (i64, Decimal)> + 'a {
        let mut theirs = makers.opposite(side.opposite()).map(|(ticks, _)| ticks).peekable();
        let users = self.users(side).keys().copied();
        let mut users: Box<dyn Iterator<Item = i64> + 'a> =
            if side == Side::Buy { Box::new(users.rev()) } else { Box::new(users) };
        let mut user = users.next();
        let merged = std::iter::from_fn(move || {
            let worse = |ticks: i64| -rank(side, ticks);
            match (theirs.peek().copied(), user) {
                (None, None) => None,
                (Some(maker), Some(ticks)) if maker == ticks => {
                    user = users.next();
                    theirs.next()
                }
                (Some(maker), Some(ticks)) if worse(maker) < worse(ticks) => theirs.next(),
                (_, Some(ticks)) => {
                    user = users.next();
                    Some(ticks)
                }
                (Some(_), None) => theirs.next(),
            }
        });
        merged
            .map(move |ticks| (ticks, self.quantity(makers, grid, side, ticks)))
            .filter(|(_, quantity)| *quantity > Decimal::ZERO)
    }

    /// What has changed since this was last asked, as one message; `None` where nothing has.
    pub(super) fn flush(&mut self, makers: &Book, grid: &Grid, time: UnixNanos) -> Option<LevelChanges> {
        if self.told == self.update_id {
            return None;
        }
        let mut told = |side: Side| {
            let mut ticks = std::mem::take(if side == Side::Buy { &mut self.changed_bids } else { &mut self.changed_asks });
            ticks.sort_by_key(|ticks| -rank(side, *ticks));
            ticks.dedup();
            ticks.retain(|ticks| *ticks > 0);
            let shown = ticks.iter().map(|ticks| (grid.price(*ticks), self.quantity(makers, grid, side, *ticks)));
            shown.collect::<Vec<_>>()
        };
        let (bids, asks) = (told(Side::Buy), told(Side::Sell));
        let previous = std::mem::replace(&mut self.told, self.update_id);
        Some(LevelChanges { time, ids: (previous + 1, self.update_id), previous, bids, asks })
    }

    /// Everything up to now counts as told: the book begins.
    pub(super) fn begin(&mut self) {
        self.changed_bids.clear();
        self.changed_asks.clear();
        self.told = self.update_id;
    }

    /// Whether other accounts than this one have something resting.
    pub(super) fn has_others(&self, account: AccountId) -> bool {
        self.bids.values().chain(self.asks.values()).flatten().any(|(other, _)| *other != account)
    }

    /// What other accounts have resting: side, ticks, quantity.
    pub(super) fn others(&self, account: AccountId) -> impl Iterator<Item = (Side, i64, f64)> {
        let sides = [(Side::Buy, &self.bids), (Side::Sell, &self.asks)];
        sides.into_iter().flat_map(move |(side, levels)| {
            levels.iter().filter_map(move |(ticks, level)| {
                let others: Decimal = level.iter().filter(|(other, _)| *other != account).map(|(_, quantity)| *quantity).sum();
                (others > Decimal::ZERO).then(|| (side, *ticks, float_of(others)))
            })
        })
    }
}

/// How eager a price of a side is: bids higher, asks lower; for what a bid (an ask) overtakes, the smaller the nearer.
const fn rank(side: Side, ticks: i64) -> i64 {
    match side {
        Side::Buy => ticks,
        Side::Sell => -ticks,
    }
}
