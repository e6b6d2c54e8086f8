//! What waits for a price: conditional orders and algos of all accounts.
//!
//! The one decision: each price series of each market has two ladders, for what waits above and for what waits below, so that a
//! price asks the nearest of each and no more. What follows the price (trailing stops) is few, and looked at each time.

use std::collections::{BTreeMap, BTreeSet};

use metaexpert_core::TriggerBy;
use metaexpert_matching::{Coming, Condition};
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::{
    listing::MarketId,
    order::{AccountId, AlgoId, OrderId},
};

/// Who waits. The first to come has the smaller number, and is the first of those at one level.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Waiter {
    /// A conditional order.
    Order(AccountId, OrderId),
    /// A conditional order that is not an order yet.
    Algo(AccountId, AlgoId),
}

/// Everything that waits.
#[derive(Debug, Default)]
pub(super) struct Conditions {
    series: BTreeMap<(MarketId, u8), Series>,
    waiting: FxHashMap<Waiter, (MarketId, Condition, u64)>,
    arrivals: u64,
}

/// What a price has done to those who wait for it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Reached {
    /// Their price has come, the nearest first. They do not wait any more.
    pub met: Vec<Waiter>,
    /// Their level has moved to this.
    pub moved: Vec<(Waiter, Decimal)>,
}

#[derive(Debug, Default)]
struct Series {
    /// What waits for a rise, by level.
    up: BTreeSet<(Decimal, u64, Waiter)>,
    /// What waits for a fall, by level below zero, so that the nearest is first.
    down: BTreeSet<(Decimal, u64, Waiter)>,
    trailing: BTreeSet<(u64, Waiter)>,
}

impl Conditions {
    /// Lets somebody wait.
    pub(super) fn add(&mut self, waiter: Waiter, market: MarketId, condition: Condition) {
        self.arrivals += 1;
        let arrival = self.arrivals;
        self.waiting.insert(waiter, (market, condition, arrival));
        self.series.entry((market, place(condition.by))).or_default().add(waiter, &condition, arrival);
    }

    /// Somebody does not wait any more.
    pub(super) fn remove(&mut self, waiter: Waiter) {
        if let Some((market, condition, arrival)) = self.waiting.remove(&waiter)
            && let Some(series) = self.series.get_mut(&(market, place(condition.by)))
        {
            series.remove(waiter, &condition, arrival);
        }
    }

    /// A price has come.
    pub(super) fn visit(&mut self, market: MarketId, by: TriggerBy, price: Decimal) -> Reached {
        let mut reached = Reached::default();
        let Some(series) = self.series.get_mut(&(market, place(by))) else { return reached };
        while let Some((arrival, waiter)) = series.next(price) {
            let Some((_, condition, _)) = self.waiting.remove(&waiter) else { break };
            series.remove(waiter, &condition, arrival);
            reached.met.push(waiter);
        }
        let trailing: Vec<_> = series.trailing.iter().copied().collect();
        for (arrival, waiter) in trailing {
            let Some((_, condition, _)) = self.waiting.get_mut(&waiter) else { continue };
            let Some(moved) = condition.visited(price) else { continue };
            series.remove(waiter, condition, arrival);
            *condition = moved;
            series.add(waiter, condition, arrival);
            reached.moved.extend(moved.level.map(|level| (waiter, level)));
        }
        reached
    }
}

impl Series {
    fn add(&mut self, waiter: Waiter, condition: &Condition, arrival: u64) {
        match (condition.level, condition.coming) {
            (Some(level), Coming::Up) => _ = self.up.insert((level, arrival, waiter)),
            (Some(level), Coming::Down) => _ = self.down.insert((-level, arrival, waiter)),
            (None, _) => {}
        }
        if condition.trails() {
            self.trailing.insert((arrival, waiter));
        }
    }

    fn remove(&mut self, waiter: Waiter, condition: &Condition, arrival: u64) {
        match (condition.level, condition.coming) {
            (Some(level), Coming::Up) => _ = self.up.remove(&(level, arrival, waiter)),
            (Some(level), Coming::Down) => _ = self.down.remove(&(-level, arrival, waiter)),
            (None, _) => {}
        }
        self.trailing.remove(&(arrival, waiter));
    }

    /// The nearest that a price has reached.
    fn next(&self, price: Decimal) -> Option<(u64, Waiter)> {
        let up = self.up.first().filter(|(level, ..)| *level <= price);
        let down = self.down.first().filter(|(level, ..)| -*level >= price);
        up.or(down).map(|(_, arrival, waiter)| (*arrival, *waiter))
    }
}

const fn place(by: TriggerBy) -> u8 {
    match by {
        TriggerBy::Last => 0,
        TriggerBy::Mark => 1,
        TriggerBy::Index => 2,
    }
}
