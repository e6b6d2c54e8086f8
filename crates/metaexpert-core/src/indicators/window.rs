//! The last n values folded into one (their mean, their variance, their highest and lowest), in constant time
//! per value on average.
//!
//! The usual way, adding what comes and subtracting what goes, lets rounding errors pile up (a sum that never returns to
//! zero, a variance below zero) and does not work for a maximum at all. Here nothing is ever taken out. The window is cut
//! where the ring buffer begins its lap: what is newer is folded as it comes; what is older was folded backwards, once,
//! when its lap ended, so that each slot holds the fold of itself and all slots behind it. A window is one of each.

use serde::{Deserialize, Serialize};

use super::length::Length;

/// What can be folded: `join` is associative, and `EMPTY` changes nothing.
pub(super) trait Fold: Copy {
    const EMPTY: Self;

    /// The fold of these values and the newer ones.
    fn join(self, newer: Self) -> Self;
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Window<F> {
    /// Before `next`: this lap's values. From `next` on: folds of last lap's values, each up to that lap's end.
    slots: Box<[F]>,
    next: usize,
    /// The fold of this lap's values.
    lap: F,
}

impl<F: Fold> Window<F> {
    pub(super) fn new(length: Length) -> Self {
        Self { slots: vec![F::EMPTY; length.bars].into_boxed_slice(), next: 0, lap: F::EMPTY }
    }

    /// Takes the newest value in, lets the oldest go, and returns the fold of all n (of all there are, before the n-th).
    pub(super) fn push(&mut self, value: F) -> F {
        self.lap = self.lap.join(value);
        if let Some(slot) = self.slots.get_mut(self.next) {
            *slot = value;
        }
        self.next += 1;
        match self.slots.get(self.next) {
            Some(&older) => older.join(self.lap),
            None => self.end_lap(),
        }
    }

    /// Once every n values, so n steps here are one step per value.
    fn end_lap(&mut self) -> F {
        let mut behind = F::EMPTY;
        for slot in self.slots.iter_mut().rev() {
            behind = slot.join(behind);
            *slot = behind;
        }
        self.next = 0;
        std::mem::replace(&mut self.lap, F::EMPTY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The values themselves, in order: what a window must hold whatever is folded over it.
    #[derive(Debug, Clone, Copy, PartialEq)]
    struct Digits(u64);

    impl Fold for Digits {
        const EMPTY: Self = Self(0);

        fn join(self, newer: Self) -> Self {
            Self(self.0 * 10_u64.pow(newer.0.checked_ilog10().map_or(0, |tens| tens + 1)) + newer.0)
        }
    }

    #[test]
    fn a_window_folds_the_last_n_values_oldest_first() {
        let mut window = Window::new(Length::new("length", 3).unwrap());
        let seen: Vec<u64> = (1..=8).map(|digit| window.push(Digits(digit)).0).collect();
        assert_eq!(seen, [1, 12, 123, 234, 345, 456, 567, 678]);
    }

    #[test]
    fn a_window_of_one_holds_the_newest_value() {
        let mut window = Window::new(Length::new("length", 1).unwrap());
        let seen: Vec<u64> = (1..=3).map(|digit| window.push(Digits(digit)).0).collect();
        assert_eq!(seen, [1, 2, 3]);
    }
}
