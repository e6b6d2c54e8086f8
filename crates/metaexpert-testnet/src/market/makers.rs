//! The market makers: where they stand around the price, and how much they show.
//!
//! The one decision: beyond the touch their levels lie on a fixed grid of prices, so that a price that moves by a tick changes a few
//! levels and not the whole book. What users take of them they show again at once: users do not bend the market.

use metaexpert_core::{Book, LevelChange, Side, UnixNanos};

use super::{grid::Grid, random::Random};

/// How a market's makers stand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shape {
    /// Levels a side.
    pub(super) levels: i64,
    /// Ticks from one level to the next, beyond the touch.
    pub(super) step: i64,
    /// Lots at the touch, about.
    pub(super) lots: f64,
}

/// How much more the tenth level shows than the touch: as much again; and so on, evenly.
const GROWTH: f64 = 0.1;
/// How many levels of each side change their size when the book changes.
const STIRRED: usize = 2;

/// The makers of a market, and the book of what they show.
#[derive(Debug)]
pub(super) struct Makers {
    book: Book,
    shape: Shape,
    /// Best first in both: the larger a key the better. Bids by their ticks, asks by theirs negated.
    bids: Stand,
    asks: Stand,
    is_shown: bool,
}

/// Where one side stands.
#[derive(Debug, Clone, Copy, Default)]
struct Stand {
    touch: Option<i64>,
    /// The places on the grid that are taken, in steps: the first, and the one after the last.
    places: (i64, i64),
}

impl Makers {
    pub(super) fn new(tick: rust_decimal::Decimal, shape: Shape) -> Self {
        Self { book: Book::new(tick), shape, bids: Stand::default(), asks: Stand::default(), is_shown: false }
    }

    pub(super) const fn book(&self) -> &Book {
        &self.book
    }

    /// Best bid and ask in ticks.
    pub(super) const fn touch(&self) -> (Option<i64>, Option<i64>) {
        let ask = match self.asks.touch {
            Some(key) => Some(-key),
            None => None,
        };
        (self.bids.touch, ask)
    }

    /// Goes to where this is the best bid and ask; `None` for a side without any. What changes is one message.
    pub(super) fn go(
        &mut self,
        (bid, ask): (Option<i64>, Option<i64>),
        grid: &Grid,
        random: &mut Random,
        time: UnixNanos,
    ) -> Vec<LevelChange> {
        let mut changes = Changes { made: Vec::new(), time, clears: !self.is_shown };
        for (side, key) in [(Side::Buy, bid), (Side::Sell, ask.map(|ask| -ask))] {
            if self.stand(side).touch != key {
                self.move_side(side, key, grid, random, &mut changes);
            }
        }
        self.finish(changes)
    }

    /// Changes what is shown at a few levels.
    pub(super) fn stir(&mut self, grid: &Grid, random: &mut Random, time: UnixNanos) -> Vec<LevelChange> {
        let mut changes = Changes { made: Vec::new(), time, clears: false };
        for side in [Side::Buy, Side::Sell] {
            let Stand { touch, places: (first, end) } = *self.stand(side);
            let Some(touch) = touch else { continue };
            for _ in 0..STIRRED {
                let depth = random.low(end - first + 1);
                let key = if depth == 0 { touch } else { (end - depth) * self.shape.step };
                changes.push(side, key, self.lots(depth, random), grid);
            }
        }
        self.finish(changes)
    }

    /// Takes everything away.
    pub(super) fn leave(&mut self, time: UnixNanos) -> Vec<LevelChange> {
        let change = LevelChange { time, side: Side::Buy, ticks: 0, quantity: 0.0, clears: true, ends: true };
        (self.bids, self.asks) = (Stand::default(), Stand::default());
        self.book.apply(&change);
        vec![change]
    }

    /// Shows what a recording has: its changes are the book's.
    pub(super) fn show(&mut self, changes: &[LevelChange]) {
        for change in changes {
            self.book.apply(change);
        }
        self.bids.touch = self.book.best(Side::Buy).map(|(ticks, _)| ticks);
        self.asks.touch = self.book.best(Side::Sell).map(|(ticks, _)| -ticks);
        self.is_shown = true;
    }

    /// All that is shown, as the first message of a book.
    pub(super) fn snapshot(&self, time: UnixNanos) -> Vec<LevelChange> {
        let side = |side: Side| {
            let levels = self.book.opposite(side.opposite());
            levels.map(move |(ticks, quantity)| LevelChange { time, side, ticks, quantity, clears: false, ends: false })
        };
        let mut changes: Vec<LevelChange> = side(Side::Buy).chain(side(Side::Sell)).collect();
        if let Some(first) = changes.first_mut() {
            first.clears = true;
        }
        if let Some(last) = changes.last_mut() {
            last.ends = true;
        }
        changes
    }

    const fn stand(&self, side: Side) -> &Stand {
        match side {
            Side::Buy => &self.bids,
            Side::Sell => &self.asks,
        }
    }

    fn finish(&mut self, mut changes: Changes) -> Vec<LevelChange> {
        // A level that changed twice is told once, as it is.
        changes.made.sort_by_key(|change| (change.side == Side::Sell, change.ticks));
        changes.made.reverse();
        changes.made.dedup_by_key(|change| (change.side, change.ticks));
        if let Some(first) = changes.made.first_mut() {
            first.clears = changes.clears;
            self.is_shown = true;
        }
        if let Some(last) = changes.made.last_mut() {
            last.ends = true;
        }
        for change in &changes.made {
            self.book.apply(change);
        }
        changes.made
    }

    fn move_side(&mut self, side: Side, key: Option<i64>, grid: &Grid, random: &mut Random, changes: &mut Changes) {
        let step = self.shape.step;
        let old = *self.stand(side);
        let places = key.map_or((0, 0), |key| {
            let end = (key - 1).div_euclid(step) + 1;
            let first = end - (self.shape.levels - 1);
            // Bids have prices above zero.
            if side == Side::Buy { (first.max(1), end.max(1)) } else { (first, end) }
        });
        let is_taken = |place: i64, (first, end): (i64, i64)| (first..end).contains(&place);
        for place in old.places.0..old.places.1 {
            if !is_taken(place, places) {
                changes.push(side, place * step, 0, grid);
            }
        }
        if let Some(touch) = old.touch
            && !(touch.rem_euclid(step) == 0 && is_taken(touch.div_euclid(step), places))
        {
            changes.push(side, touch, 0, grid);
        }
        for place in places.0..places.1 {
            if !is_taken(place, old.places) {
                changes.push(side, place * step, self.lots(places.1 - place, random), grid);
            }
        }
        if let Some(key) = key {
            changes.push(side, key, self.lots(0, random), grid);
        }
        let stand = if side == Side::Buy { &mut self.bids } else { &mut self.asks };
        *stand = Stand { touch: key, places };
    }

    /// What is shown so many levels from the touch: more the farther, and unevenly.
    fn lots(&self, depth: i64, random: &mut Random) -> i64 {
        let grown = self.shape.lots * (1.0 + GROWTH * super::grid::float(depth));
        super::grid::whole(grown * libm::exp(0.6 * random.normal())).max(1)
    }
}

/// Changes of one message. Where a level comes twice the later one counts.
struct Changes {
    made: Vec<LevelChange>,
    time: UnixNanos,
    clears: bool,
}

impl Changes {
    fn push(&mut self, side: Side, key: i64, lots: i64, grid: &Grid) {
        let ticks = if side == Side::Buy { key } else { -key };
        let quantity = grid.quantity_float(lots);
        self.made.push(LevelChange { time: self.time, side, ticks, quantity, clears: false, ends: false });
    }
}

#[cfg(test)]
mod tests {
    use super::{super::test_listings, *};

    fn makers(step: i64) -> (Makers, Grid, Random) {
        let listing = test_listings::spot("BTC", "USDT", "0.01", "0.00001");
        let shape = Shape { levels: 20, step, lots: 100_000.0 };
        (Makers::new(listing.instrument.rules.tick_size, shape), Grid::new(&listing.instrument), Random::new(1, "makers"))
    }

    #[test]
    fn wherever_the_makers_go_their_book_is_as_deep_as_before_and_not_crossed() {
        for step in [1, 7, 90] {
            let (mut makers, grid, mut random) = makers(step);
            let mut where_to = Random::new(2, "where");
            let (mut bid, time) = (1_000_000_i64, UnixNanos::from_nanos(1));
            let mut replay = Book::new(rust_decimal::dec!(0.01));
            for round in 0..2_000 {
                let reach = if round % 100 == 0 { 1_000_000 } else { 300 };
                bid = (bid + where_to.low(reach) - where_to.low(reach)).max(100_000);
                let changes = makers.go((Some(bid), Some(bid + 1)), &grid, &mut random, time);
                assert_eq!(changes.first().is_some_and(|change| change.clears), round == 0);
                for change in changes.iter().chain(&makers.stir(&grid, &mut random, time)) {
                    replay.apply(change);
                }
                assert_eq!(replay.best(Side::Buy).map(|(ticks, _)| ticks), Some(bid));
                assert_eq!(replay.best(Side::Sell).map(|(ticks, _)| ticks), Some(bid + 1));
                assert_eq!((replay.bids().len(), replay.asks().len()), (20, 20), "step {step}, round {round}");
            }
            assert!(replay.bids().eq(makers.book().bids()) && replay.asks().eq(makers.book().asks()));
        }
    }

    #[test]
    fn a_small_move_changes_few_levels() {
        let (mut makers, grid, mut random) = makers(90);
        let time = UnixNanos::from_nanos(1);
        assert_eq!(makers.go((Some(900_000), Some(900_001)), &grid, &mut random, time).len(), 40);
        assert!(makers.go((Some(900_003), Some(900_004)), &grid, &mut random, time).len() <= 8);
    }

    #[test]
    fn bids_near_zero_end_at_the_last_price_above_it() {
        let (mut makers, grid, mut random) = makers(1);
        makers.go((Some(5), Some(6)), &grid, &mut random, UnixNanos::from_nanos(1));
        assert_eq!((makers.book().bids().len(), makers.book().asks().len()), (5, 20));
        let gone = makers.leave(UnixNanos::from_nanos(2));
        assert!(gone[0].clears && makers.book().best_ask().is_none());
    }
}
