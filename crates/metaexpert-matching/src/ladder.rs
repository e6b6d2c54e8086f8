//! Standing orders by the price at which something becomes of them.
//!
//! The one decision: a ladder is for one direction in which the price comes, so that its first rung is the next one, and of
//! equal prices the first to arrive. Finding it, adding and taking one away cost the logarithm of how many there are.

use std::collections::BTreeSet;

use metaexpert_core::{PositionSide, Side, TriggerBy, rounding::float_of};
use rust_decimal::Decimal;

use crate::{guard::Quiet, store::Handle};

/// Which way the price comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coming {
    /// From below.
    Up,
    /// From above.
    Down,
}

impl Coming {
    pub(crate) const fn opposite(self) -> Self {
        match self {
            Self::Up => Self::Down,
            Self::Down => Self::Up,
        }
    }

    /// Whether a price that comes this way has reached a level.
    pub fn has_reached(self, price: Decimal, level: Decimal) -> bool {
        match self {
            Self::Up => price >= level,
            Self::Down => price <= level,
        }
    }
}

/// A standing order and where the price meets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rung {
    pub price: Decimal,
    pub handle: Handle,
}

/// Orders that a price meets on one way.
#[derive(Debug)]
pub(crate) struct Ladder {
    coming: Coming,
    /// Prices with the sign that puts the nearest first.
    rungs: BTreeSet<(Decimal, Handle)>,
}

impl Ladder {
    const fn new(coming: Coming) -> Self {
        Self { coming, rungs: BTreeSet::new() }
    }

    fn signed(&self, price: Decimal) -> Decimal {
        match self.coming {
            Coming::Up => price,
            Coming::Down => -price,
        }
    }

    pub(crate) fn add(&mut self, Rung { price, handle }: Rung) {
        self.rungs.insert((self.signed(price), handle));
    }

    pub(crate) fn remove(&mut self, Rung { price, handle }: Rung) {
        self.rungs.remove(&(self.signed(price), handle));
    }

    /// The next one.
    pub(crate) fn first(&self) -> Option<Rung> {
        let &(price, handle) = self.rungs.first()?;
        Some(Rung { price: price.abs(), handle })
    }

    /// The next one, if a price has reached it.
    pub(crate) fn reached(&self, price: Decimal) -> Option<Rung> {
        self.first().filter(|rung| self.coming.has_reached(price, rung.price))
    }

    /// All that a price has reached, the nearest first.
    fn all_reached(&self, price: Decimal) -> impl Iterator<Item = Handle> {
        self.rungs.iter().take_while(move |(level, _)| self.coming.has_reached(price, level.abs())).map(|(_, handle)| *handle)
    }

    /// Those at a price, the first to arrive first.
    pub(crate) fn at(&self, price: Decimal) -> impl Iterator<Item = Handle> {
        let price = self.signed(price);
        self.rungs.range((price, Handle::FIRST)..=(price, Handle::LAST)).map(|(_, handle)| *handle)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.rungs.is_empty()
    }

    /// The next price as a float; beyond every price where there is none.
    fn nearest(&self) -> f64 {
        match (self.first(), self.coming) {
            (Some(rung), _) => float_of(rung.price),
            (None, Coming::Up) => f64::INFINITY,
            (None, Coming::Down) => f64::NEG_INFINITY,
        }
    }
}

/// The ladders of both directions.
#[derive(Debug)]
pub(crate) struct Ladders {
    pub up: Ladder,
    pub down: Ladder,
}

impl Ladders {
    const fn new() -> Self {
        Self { up: Ladder::new(Coming::Up), down: Ladder::new(Coming::Down) }
    }

    pub(crate) const fn of(&mut self, coming: Coming) -> &mut Ladder {
        match coming {
            Coming::Up => &mut self.up,
            Coming::Down => &mut self.down,
        }
    }

    fn quiet(&self) -> Quiet {
        Quiet::between(self.down.nearest(), self.up.nearest())
    }
}

/// All standing orders of one instrument by their levels.
#[derive(Debug)]
pub(crate) struct Levels {
    /// Limits that rest: offers to sell are met from below, to buy from above.
    pub limits: Ladders,
    /// What waits for the last price, the mark price and the index price.
    triggers: [Ladders; 3],
    /// Where trailing stops begin to follow or move on, by the same three.
    anchors: [Ladders; 3],
    /// Orders that only close, by leg, the first to arrive first.
    closers: [BTreeSet<Handle>; 2],
}

impl Levels {
    pub(crate) const fn new() -> Self {
        Self {
            limits: Ladders::new(),
            triggers: [Ladders::new(), Ladders::new(), Ladders::new()],
            anchors: [Ladders::new(), Ladders::new(), Ladders::new()],
            closers: [BTreeSet::new(), BTreeSet::new()],
        }
    }

    pub(crate) const fn triggers(&mut self, by: TriggerBy) -> &mut Ladders {
        of_series(&mut self.triggers, by)
    }

    pub(crate) const fn anchors(&mut self, by: TriggerBy) -> &mut Ladders {
        of_series(&mut self.anchors, by)
    }

    /// Trailing stops that begin to follow or move on at a price of one of these series; of those that a price has just
    /// moved to, it says so again.
    pub(crate) fn moved_by(&self, series: Series, price: Decimal, moved: &mut Vec<Handle>) {
        let anchors = self.anchors.iter().zip(series.0).filter_map(|(ladders, seen)| seen.then_some(ladders));
        for ladders in anchors {
            moved.extend(ladders.up.all_reached(price));
            moved.extend(ladders.down.all_reached(price));
        }
    }

    /// What waits for any of these price series.
    fn waiting(&self, series: Series) -> impl Iterator<Item = &Ladders> {
        self.triggers.iter().zip(series.0).filter_map(|(ladders, seen)| seen.then_some(ladders))
    }

    /// The first that waits for one of these series and that a price has reached.
    pub(crate) fn triggered(&self, series: Series, price: Decimal) -> Option<Rung> {
        first_passed(self.reached_triggers(series, price))
    }

    /// The first that a price triggers, or that a seller at `ask` or a buyer at `bid` reaches.
    pub(crate) fn reached(&self, series: Series, price: Decimal, bid: Decimal, ask: Decimal) -> Option<Rung> {
        first_passed(self.reached_triggers(series, price).chain(self.crossed_limits(bid, ask)))
    }

    /// The first limit that a seller at `ask` or a buyer at `bid` reaches.
    pub(crate) fn crossed(&self, bid: Decimal, ask: Decimal) -> Option<Rung> {
        first_passed(self.crossed_limits(bid, ask))
    }

    fn crossed_limits(&self, bid: Decimal, ask: Decimal) -> impl Iterator<Item = (Rung, Decimal)> {
        let offers = [(&self.limits.up, bid), (&self.limits.down, ask)];
        offers.into_iter().filter_map(|(ladder, taker)| Some((ladder.reached(taker)?, taker)))
    }

    fn reached_triggers(&self, series: Series, price: Decimal) -> impl Iterator<Item = (Rung, Decimal)> {
        let reached = self.waiting(series).flat_map(move |ladders| [ladders.up.reached(price), ladders.down.reached(price)]);
        reached.flatten().map(move |rung| (rung, price))
    }

    /// The next order on the way up or down to a price, limits and what waits for one of these series alike. Whether it is the
    /// way up cannot be seen from where the market is: it may have come to the end, where the next order stands too.
    pub(crate) fn next_until(&self, series: Series, to: Decimal, is_up: bool) -> Option<Rung> {
        let all = std::iter::once(&self.limits).chain(self.waiting(series));
        if is_up {
            all.filter_map(|ladders| ladders.up.reached(to)).min_by_key(|rung| (rung.price, rung.handle))
        } else {
            all.filter_map(|ladders| ladders.down.reached(to)).min_by_key(|rung| (-rung.price, rung.handle))
        }
    }

    /// Whether limits rest on a side.
    #[inline]
    pub(crate) fn has_limits(&self, side: Side) -> bool {
        match side {
            Side::Buy => !self.limits.down.is_empty(),
            Side::Sell => !self.limits.up.is_empty(),
        }
    }

    pub(crate) const fn closers(&mut self, leg: PositionSide) -> &mut BTreeSet<Handle> {
        let [long, short] = &mut self.closers;
        match leg {
            PositionSide::Long => long,
            PositionSide::Short => short,
        }
    }

    /// Between which prices no limit is met.
    pub(crate) fn limits_quiet(&self) -> Quiet {
        self.limits.quiet()
    }

    /// Between which prices nothing is triggered that waits for one of these series.
    pub(crate) fn triggers_quiet(&self, series: Series) -> Quiet {
        let anchors = self.anchors.iter().zip(series.0).filter_map(|(ladders, seen)| seen.then_some(ladders));
        self.waiting(series).chain(anchors).map(Ladders::quiet).fold(Quiet::EVERYWHERE, Quiet::both)
    }
}

/// The one that lies farthest behind the price that has reached it, which the way there would have met first; of those at one
/// level, the first to arrive. Whether there are others changes nothing between two of them.
fn first_passed(reached: impl Iterator<Item = (Rung, Decimal)>) -> Option<Rung> {
    let first = reached.min_by_key(|(rung, price)| (-(rung.price - price).abs(), rung.handle));
    first.map(|(rung, _)| rung)
}

const fn of_series(of: &mut [Ladders; 3], by: TriggerBy) -> &mut Ladders {
    let [last, mark, index] = of;
    match by {
        TriggerBy::Last => last,
        TriggerBy::Mark => mark,
        TriggerBy::Index => index,
    }
}

/// Which price series are looked at: last, mark, index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Series(pub [bool; 3]);

impl Series {
    pub(crate) const MARK: Self = Self([false, true, false]);
    pub(crate) const INDEX: Self = Self([false, false, true]);

    /// The last price, and what falls back on it.
    pub(crate) const fn last(has_mark: bool, has_index: bool) -> Self {
        Self([true, !has_mark, !has_index])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_first_rung_is_the_nearest_and_of_equal_ones_the_first_to_arrive(
            prices in prop::collection::vec(1_i64..50, 1..40), gone in prop::collection::vec(any::<bool>(), 40), up: bool,
        ) {
            let mut ladder = Ladder::new(if up { Coming::Up } else { Coming::Down });
            let rungs: Vec<Rung> = (1..).zip(&prices).map(|(arrival, price)| Rung {
                price: Decimal::new(*price, 1),
                handle: Handle::of(arrival),
            }).collect();
            for rung in &rungs {
                ladder.add(*rung);
            }
            for (rung, _) in rungs.iter().zip(&gone).filter(|(_, gone)| **gone) {
                ladder.remove(*rung);
            }
            let mut left: Vec<Rung> = rungs.iter().zip(&gone).filter(|(_, gone)| !**gone).map(|(rung, _)| *rung).collect();
            left.sort_by_key(|rung| (if up { rung.price } else { -rung.price }, rung.handle));
            prop_assert_eq!(ladder.first(), left.first().copied());
            for ticks in 0..51 {
                let price = Decimal::new(ticks, 1);
                let at: Vec<Handle> = left.iter().filter(|rung| rung.price == price).map(|rung| rung.handle).collect();
                prop_assert_eq!(ladder.at(price).collect::<Vec<_>>(), at);
                let reached = left.first().filter(|rung| if up { rung.price <= price } else { rung.price >= price });
                prop_assert_eq!(ladder.reached(price), reached.copied());
            }
        }
    }
}
