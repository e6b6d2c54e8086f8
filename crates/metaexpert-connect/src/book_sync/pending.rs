//! Changes that wait for a snapshot.
//!
//! The one decision: they wait in the order of their numbers, and a snapshot is only taken with an unbroken chain of changes
//! behind it. What is missing between them may still come; what is too much is dropped at the old end, where a newer snapshot
//! makes it worthless.

use std::collections::VecDeque;

use metaexpert_core::{LevelChange, UnixNanos};

use super::rule::{SequenceRule, Span};

/// Messages that wait at most. Forty seconds of a busy stream (100 messages a second).
const MESSAGES_MAX: usize = 4_096;
/// Levels in them at most: 4 MB.
const LEVELS_MAX: usize = 1 << 17;

/// Changes that wait, the oldest first.
#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    held: VecDeque<Held>,
    levels: usize,
}

/// A message of changes that waits.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub span: Span,
    pub time: Option<UnixNanos>,
    pub levels: Vec<LevelChange>,
}

impl Held {
    /// A message of which nothing is known but how far it reached: a snapshot has to reach as far.
    pub(super) const fn only_reached(last: i64, time: Option<UnixNanos>) -> Self {
        Self { span: Span { from: last, last }, time, levels: Vec::new() }
    }
}

impl Pending {
    /// Takes everything away.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Keeps a message. `false` where it shows that the exchange counts anew: all before it is gone.
    pub(super) fn keep(&mut self, rule: &SequenceRule, held: Held) -> bool {
        let mut is_same_numbering = true;
        let at = match self.held.back() {
            // Within one numbering, what is later has the larger number. This one is a copy of an older numbering.
            Some(tail) if held.span.last > tail.span.last && held.time.zip(tail.time).is_some_and(|(time, than)| time < than) => {
                return true;
            }
            Some(tail) if held.span.last < tail.span.last && !rule.follows(tail.span.last, held.span, false) => {
                if rule.is_newer(held.time, tail.time) {
                    self.clear();
                    is_same_numbering = false;
                }
                self.held.partition_point(|known| known.span.last < held.span.last)
            }
            _ => self.held.len(),
        };
        let is_known = self.held.iter().any(|known| known.span == held.span && known.time == held.time);
        if !is_known {
            self.levels += held.levels.len();
            self.held.insert(at, held);
        }
        while self.held.len() > MESSAGES_MAX || self.levels > LEVELS_MAX {
            let Some(oldest) = self.held.pop_front() else { break };
            self.levels -= oldest.levels.len();
        }
        is_same_numbering
    }

    /// From which on they follow a snapshot that ends with update `have`, without a gap: none of them, where it has all. `None`
    /// where they do not join it.
    pub(super) fn chain(&self, rule: &SequenceRule, have: i64) -> Option<usize> {
        // The last that joins: where the exchange counts anew, an old number can stand before it too.
        let Some(at) = self.held.iter().rposition(|held| rule.follows(have, held.span, true)) else {
            let it_has_all = self.held.iter().all(|held| held.span.last <= have);
            return it_has_all.then_some(self.held.len());
        };
        let (chain, next) = (self.from(at), self.from(at + 1));
        chain.zip(next).all(|(held, next)| rule.follows(held.span.last, next.span, false)).then_some(at)
    }

    /// Those from a place on.
    pub(super) fn from(&self, at: usize) -> impl DoubleEndedIterator<Item = &Held> {
        self.held.iter().skip(at)
    }
}
