//! What is on its way, until it arrives.
//!
//! The one decision: one `Delayed` is one connection, so what was sent first arrives first. A thing whose own length would
//! let it overtake waits for the one before it (an exchange's order entry is first in, first out). Arrivals are therefore in
//! the order of sending, and a ring is all that is needed: nothing is sorted, and nothing is allocated once the ring has grown
//! to the most that was ever on its way.

use std::collections::VecDeque;

use metaexpert_core::UnixNanos;

/// Things on one way, each with the time at which it arrives.
///
/// Two ways are two of these; which arrives next is a comparison of [`next_due`](Self::next_due), and of equal times it is for
/// the caller to say which goes first.
///
/// ```
/// use metaexpert_core::UnixNanos;
/// use metaexpert_matching::latency::Delayed;
/// let at = UnixNanos::from_nanos;
/// let mut way = Delayed::default();
/// assert_eq!(way.push(at(30), "place"), at(30));
/// assert_eq!(way.push(at(20), "cancel"), at(30)); // does not overtake what it cancels
/// assert_eq!(way.pop(at(29)), None);
/// assert_eq!(way.pop(at(30)), Some((at(30), "place")));
/// assert_eq!(way.pop(at(30)), Some((at(30), "cancel")));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delayed<T> {
    waiting: VecDeque<(UnixNanos, T)>,
    last_due: UnixNanos,
}

impl<T> Default for Delayed<T> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), last_due: UnixNanos::MIN }
    }
}

impl<T> Delayed<T> {
    /// Sends something that would arrive at `due`. Returns when it does arrive: then, or with the one sent before it.
    pub fn push(&mut self, due: UnixNanos, item: T) -> UnixNanos {
        self.last_due = self.last_due.max(due);
        self.waiting.push_back((self.last_due, item));
        self.last_due
    }

    /// The next thing that has arrived by `now`, and when it did. To be called until it is `None`.
    #[inline]
    pub fn pop(&mut self, now: UnixNanos) -> Option<(UnixNanos, T)> {
        self.waiting.pop_front_if(|(due, _)| *due <= now)
    }

    /// When the next thing arrives.
    #[inline]
    pub fn next_due(&self) -> Option<UnixNanos> {
        self.waiting.front().map(|(due, _)| *due)
    }

    /// What is on its way, the next to arrive first.
    pub fn iter(&self) -> impl Iterator<Item = (UnixNanos, &T)> {
        self.waiting.iter().map(|(due, item)| (*due, item))
    }

    /// How much is on its way.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether nothing is on its way.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_is_in_use_allocates_nothing_more() {
        let at = UnixNanos::from_nanos;
        let mut way = Delayed::default();
        for time in 0..16 {
            way.push(at(time), time);
        }
        let room = way.waiting.capacity();
        for time in 16..10_000 {
            assert_eq!(way.pop(at(time)), Some((at(time - 16), time - 16)));
            way.push(at(time), time);
        }
        assert_eq!((way.waiting.capacity(), way.len()), (room, 16));
    }
}
