//! One side of a book.
//!
//! The one decision: the levels near the best price, where nearly all changes are, stand in an array with a place for each tick,
//! empty or not, so that a change costs the same wherever it is; the few beyond it are a sorted list. A bitmap of the places that
//! are taken finds the next best level. `benches/book.rs` of `metaexpert-data` holds it against sorted arrays and a B-tree.
//!
//! It knows keys, not prices: the larger a key, the better. Bids are keyed by their ticks, asks by their ticks negated.

use std::fmt;

/// Ticks that have a place in the array. On recorded BTCUSDT perpetuals (tick 0.1) 92 of 100 changes are within half of it;
/// both sides of a book take 270 kB.
const WINDOW: usize = 1 << 14;
/// Where in the array the best level stands after a move: deeper levels are more than better ones to come.
const BEST_AT: i64 = (WINDOW / 4 * 3).cast_signed() as i64;
/// When the best level has sunk below this place, the array moves after it.
const LOW: usize = WINDOW / 4;
const BITS: usize = u64::BITS as usize;

/// Levels of one side, by key.
#[derive(Clone, Default)]
pub(super) struct Ladder {
    /// The key of the array's first place.
    base: i64,
    /// Quantity by place, zero where nothing rests. Empty until the first level comes: a book that nobody feeds costs nothing.
    places: Vec<f64>,
    /// Which places are taken, a bit each.
    taken: Vec<u64>,
    /// How many places are taken. None are only where there is no level at all.
    near: usize,
    /// The best place that is taken.
    best: usize,
    /// The levels below the array, best last.
    far: Vec<(i64, f64)>,
    /// All levels while the array moves; the buffer is used again.
    moving: Vec<(i64, f64)>,
}

impl Ladder {
    /// Lets this much rest at a key; nothing where the quantity is not above zero.
    #[inline]
    pub(super) fn set(&mut self, key: i64, quantity: f64) {
        let place = self.place_of(key);
        let Some(rests) = self.places.get_mut(place) else { return self.set_elsewhere(key, quantity) };
        let was_taken = *rests > 0.0;
        if quantity > 0.0 {
            *rests = quantity;
            if !was_taken {
                self.take(place);
            }
        } else if was_taken {
            *rests = 0.0;
            self.free(place);
        }
    }

    /// What rests at a key.
    #[inline]
    pub(super) fn quantity(&self, key: i64) -> f64 {
        match self.places.get(self.place_of(key)) {
            Some(quantity) => *quantity,
            None => self.far_at(key).ok().and_then(|at| self.far.get(at)).map_or(0.0, |(_, quantity)| *quantity),
        }
    }

    /// The best level.
    #[inline]
    pub(super) fn best(&self) -> Option<(i64, f64)> {
        let quantity = *self.places.get(self.best).filter(|_| self.near > 0)?;
        Some((self.key_of(self.best), quantity))
    }

    /// All levels, best first.
    pub(super) fn levels(&self) -> Levels<'_> {
        let words = if self.near == 0 { &[][..] } else { self.taken.get(..=self.best / BITS).unwrap_or_default() };
        Levels { ladder: self, words, bits: 0, far: self.far.iter().rev(), left: self.near + self.far.len() }
    }

    /// Takes every level away.
    pub(super) fn clear(&mut self) {
        self.places.fill(0.0);
        self.taken.fill(0);
        self.far.clear();
        self.near = 0;
    }

    /// The place of a key; beyond the array where it has none.
    #[inline]
    fn place_of(&self, key: i64) -> usize {
        key.checked_sub(self.base).and_then(|place| usize::try_from(place).ok()).unwrap_or(usize::MAX)
    }

    #[inline]
    fn key_of(&self, place: usize) -> i64 {
        self.base.wrapping_add(place.cast_signed() as i64)
    }

    #[inline]
    fn take(&mut self, place: usize) {
        if let Some(word) = self.taken.get_mut(place / BITS) {
            *word |= 1 << (place % BITS);
        }
        self.best = if self.near == 0 { place } else { self.best.max(place) };
        self.near += 1;
    }

    #[inline]
    fn free(&mut self, place: usize) {
        if let Some(word) = self.taken.get_mut(place / BITS) {
            *word &= !(1 << (place % BITS));
        }
        self.near -= 1;
        if place == self.best {
            self.best_has_gone();
        }
    }

    /// Looks for the next best level, and lets the array move after it where it is far down.
    fn best_has_gone(&mut self) {
        let words = self.taken.get(..=self.best / BITS).unwrap_or_default();
        if let Some((word, bits)) = words.iter().enumerate().rev().find(|(_, bits)| **bits != 0) {
            self.best = word * BITS + bits.ilog2() as usize;
        }
        let next = if self.near > 0 { Some(self.key_of(self.best)) } else { self.far.last().map(|(key, _)| *key) };
        if let Some(next) = next.filter(|_| !self.far.is_empty() && (self.near == 0 || self.best < LOW)) {
            self.move_to(next);
        }
    }

    /// A level that has no place in the array: one of the far ones, or a better one than the array has room for.
    #[cold]
    fn set_elsewhere(&mut self, key: i64, quantity: f64) {
        let is_first = self.near == 0;
        if is_first || key > self.base {
            if quantity > 0.0 {
                self.move_to(key);
                self.set(key, quantity);
            }
            return;
        }
        match self.far_at(key) {
            Ok(at) if quantity > 0.0 => self.far.get_mut(at).into_iter().for_each(|level| level.1 = quantity),
            Ok(at) => {
                self.far.remove(at);
            }
            Err(at) if quantity > 0.0 => self.far.insert(at, (key, quantity)),
            Err(_) => {}
        }
    }

    fn far_at(&self, key: i64) -> Result<usize, usize> {
        self.far.binary_search_by_key(&key, |(key, _)| *key)
    }

    /// Lays the array anew around the best key: what falls below it becomes far, and the far ones that have a place now take it.
    fn move_to(&mut self, best: i64) {
        self.places.resize(WINDOW, 0.0);
        self.taken.resize(WINDOW / BITS, 0);
        let mut levels = std::mem::take(&mut self.moving);
        levels.extend(self.levels());
        self.clear();
        self.base = best.saturating_sub(BEST_AT);
        let near = levels.partition_point(|(key, _)| *key >= self.base);
        for (key, quantity) in levels.iter().take(near) {
            self.set(*key, *quantity);
        }
        self.far.extend(levels.drain(near..).rev());
        levels.clear();
        self.moving = levels;
    }
}

impl PartialEq for Ladder {
    fn eq(&self, other: &Self) -> bool {
        self.levels().eq(other.levels())
    }
}

impl fmt::Debug for Ladder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.levels()).finish()
    }
}

/// The levels of one side, best first.
#[derive(Clone)]
pub(super) struct Levels<'a> {
    ladder: &'a Ladder,
    /// The bitmap's words that were not looked at yet; the last is the next.
    words: &'a [u64],
    /// What is left of the word at hand, which stands behind `words`.
    bits: u64,
    far: std::iter::Rev<std::slice::Iter<'a, (i64, f64)>>,
    left: usize,
}

impl Iterator for Levels<'_> {
    type Item = (i64, f64);

    #[inline]
    fn next(&mut self) -> Option<(i64, f64)> {
        while self.bits == 0 {
            let Some((last, rest)) = self.words.split_last() else {
                let level = self.far.next().copied();
                self.left -= usize::from(level.is_some());
                return level;
            };
            (self.bits, self.words) = (*last, rest);
        }
        let bit = self.bits.ilog2() as usize;
        self.bits &= !(1 << bit);
        self.left -= 1;
        let place = self.words.len() * BITS + bit;
        Some((self.ladder.key_of(place), self.ladder.places.get(place).copied().unwrap_or_default()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Levels<'_> {}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    /// What a ladder should be: a sorted map, which is slow and plain.
    fn check(changes: impl IntoIterator<Item = (i64, f64)>) -> Result<(), TestCaseError> {
        let (mut ladder, mut map) = (Ladder::default(), BTreeMap::new());
        for (key, quantity) in changes {
            ladder.set(key, quantity);
            if quantity > 0.0 {
                map.insert(key, quantity)
            } else {
                map.remove(&key)
            };
            prop_assert_eq!(ladder.best(), map.last_key_value().map(|(key, quantity)| (*key, *quantity)));
            prop_assert_eq!(ladder.quantity(key).to_bits(), map.get(&key).copied().unwrap_or(0.0).to_bits());
            prop_assert_eq!(ladder.levels().len(), map.len());
        }
        prop_assert!(ladder.levels().eq(map.iter().rev().map(|(key, quantity)| (*key, *quantity))), "{:?} {:?}", ladder, map);
        prop_assert!(ladder.levels().all(|(_, quantity)| quantity > 0.0));
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig::default())]
        #[test]
        fn a_ladder_is_a_sorted_map_whatever_comes(changes in prop::collection::vec((-40_000_i64..40_000, 0_u8..3), 1..200)) {
            check(changes.into_iter().map(|(key, quantity)| (key, f64::from(quantity))))?;
        }

        #[test]
        fn a_ladder_is_a_sorted_map_while_the_price_wanders(steps in prop::collection::vec((-9_000_i64..9_000, 0_i64..20, 0_u8..2), 1..300)) {
            let mut best = 0;
            check(steps.into_iter().map(|(step, below, quantity)| {
                best += step;
                (best - below, f64::from(quantity))
            }))?;
        }
    }

    #[test]
    fn the_ends_of_the_number_line_are_keys_like_others() {
        check([(i64::MAX, 1.0), (i64::MIN, 2.0), (0, 3.0), (i64::MAX, 0.0), (-1, 4.0), (0, 0.0), (-1, 0.0)]).unwrap();
    }
}
