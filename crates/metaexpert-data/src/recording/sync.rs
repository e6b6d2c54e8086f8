//! Snapshot and changes, joined by their numbers: a book that is right or absent, never stale.
//!
//! The rules are Binance's, "How to manage a local order book correctly" (spot: "WebSocket Streams"; futures: "Websocket Market
//! Streams"), read 2026-07. Spot: each message's `U` is the `u` before it plus one. Futures: each message's `pu` is the `u` before
//! it. A snapshot joins the message whose changes hold its `lastUpdateId`.

use std::collections::VecDeque;

use super::{DepthSnapshot, DepthUpdate};

/// Messages that are kept for a snapshot that comes late. At ten a second it is a quarter of an hour.
const KEPT_MAX: usize = 10_000;

/// A place in a recording where changes of the book were lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BookGap {
    /// The line of the message that does not follow.
    pub line: u64,
    /// Number of the last change before it.
    pub last: u64,
    /// Number that says what it follows (`pu` of futures), or that it begins with (`U` of spot).
    pub found: u64,
}

impl std::fmt::Display for BookGap {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { line, last, found } = self;
        write!(f, "line {line}: changes of the order book were lost between {last} and {found}")
    }
}

/// What a message has made of the book.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// It begins: the snapshot, and the messages that came before the snapshot but belong behind it.
    Begins(DepthSnapshot, Vec<DepthUpdate>),
    /// It goes on.
    Goes(DepthUpdate),
    /// It is lost until the next snapshot.
    Lost(BookGap),
    /// It is not there yet, or was right without this message.
    Nothing,
}

/// Where the book of one stream stands.
#[derive(Debug)]
pub(super) enum BookSync {
    /// There is no book; messages are kept for the snapshot to come.
    Absent(VecDeque<DepthUpdate>),
    /// The snapshot is there, but no message that holds its number yet.
    Joining { snapshot: u64 },
    /// The book is right up to this number.
    Live { last: u64 },
}

impl BookSync {
    pub(super) const fn new() -> Self {
        Self::Absent(VecDeque::new())
    }

    /// A message with changes, of this line.
    pub(super) fn update(&mut self, line: u64, update: DepthUpdate) -> Step {
        let gap = |last| BookGap { line, last, found: update.previous.unwrap_or(update.first) };
        match self {
            Self::Absent(kept) => {
                // What was lost among them a snapshot from before the loss could not join.
                if kept.back().is_some_and(|before| !follows(before.last, &update)) {
                    kept.clear();
                }
                if kept.len() == KEPT_MAX {
                    kept.pop_front();
                }
                kept.push_back(update);
                Step::Nothing
            }
            Self::Joining { snapshot } if is_older(*snapshot, &update) => Step::Nothing,
            Self::Joining { snapshot } if joins(*snapshot, &update) => {
                *self = Self::Live { last: update.last };
                Step::Goes(update)
            }
            Self::Live { last } if follows(*last, &update) => {
                *last = update.last;
                Step::Goes(update)
            }
            Self::Joining { snapshot: last } | Self::Live { last } => {
                let gap = gap(*last);
                *self = Self::Absent(VecDeque::from([update]));
                Step::Lost(gap)
            }
        }
    }

    /// A snapshot. A book that is right already has no need of it.
    pub(super) fn snapshot(&mut self, snapshot: DepthSnapshot) -> Step {
        let Self::Absent(kept) = self else { return Step::Nothing };
        let behind: Vec<DepthUpdate> = kept.drain(..).skip_while(|update| is_older(snapshot.last, update)).collect();
        match behind.as_slice() {
            [] => *self = Self::Joining { snapshot: snapshot.last },
            [first, ..] if !joins(snapshot.last, first) => {
                // Too old a snapshot: the messages wait for the next.
                kept.extend(behind);
                return Step::Nothing;
            }
            [.., last] => *self = Self::Live { last: last.last },
        }
        Step::Begins(snapshot, behind)
    }
}

/// Whether a message goes on where the one before it has ended.
fn follows(last: u64, update: &DepthUpdate) -> bool {
    update.previous.map_or_else(|| last.checked_add(1) == Some(update.first), |previous| previous == last)
}

/// Whether all changes of a message are in the snapshot already.
const fn is_older(snapshot: u64, update: &DepthUpdate) -> bool {
    if update.previous.is_some() { update.last < snapshot } else { update.last <= snapshot }
}

/// Whether a message is the first behind a snapshot.
fn joins(snapshot: u64, update: &DepthUpdate) -> bool {
    follows(snapshot, update) || (update.first <= snapshot && snapshot <= update.last)
}

#[cfg(test)]
mod tests {
    use metaexpert_core::UnixNanos;

    use super::*;

    fn update(previous: Option<u64>, first: u64, last: u64) -> DepthUpdate {
        DepthUpdate { time: UnixNanos::default(), first, last, previous, bids: vec![], asks: vec![] }
    }

    fn snapshot(last: u64) -> DepthSnapshot {
        DepthSnapshot { time: None, last, bids: vec![], asks: vec![] }
    }

    /// The numbers of the messages behind the snapshot.
    fn begun(step: Step) -> Vec<u64> {
        let Step::Begins(_, behind) = step else { panic!("{step:?}") };
        behind.iter().map(|update| update.last).collect()
    }

    #[test]
    fn a_snapshot_joins_the_message_that_holds_its_number() {
        let mut sync = BookSync::new();
        for (previous, first, last) in [(1, 2, 5), (5, 7, 9), (9, 10, 14)] {
            assert_eq!(sync.update(1, update(Some(previous), first, last)), Step::Nothing);
        }
        assert_eq!(begun(sync.snapshot(snapshot(8))), [9, 14]);
        assert_eq!(sync.update(2, update(Some(14), 20, 21)), Step::Goes(update(Some(14), 20, 21)));
        assert_eq!(sync.snapshot(snapshot(21)), Step::Nothing);
    }

    #[test]
    fn on_spot_messages_follow_by_one() {
        let mut sync = BookSync::new();
        sync.update(1, update(None, 2, 5));
        sync.update(1, update(None, 6, 9));
        assert_eq!(begun(sync.snapshot(snapshot(5))), [9]);
        assert_eq!(sync.update(7, update(None, 11, 12)), Step::Lost(BookGap { line: 7, last: 9, found: 11 }));
    }

    #[test]
    fn a_snapshot_that_comes_first_waits_for_its_message() {
        let mut sync = BookSync::new();
        assert_eq!(begun(sync.snapshot(snapshot(8))), [0; 0]);
        assert_eq!(sync.update(1, update(Some(1), 2, 5)), Step::Nothing);
        assert_eq!(sync.update(1, update(Some(5), 7, 9)), Step::Goes(update(Some(5), 7, 9)));
    }

    #[test]
    fn after_a_gap_only_a_newer_snapshot_begins_the_book_again() {
        let mut sync = BookSync::Live { last: 9 };
        assert_eq!(sync.update(3, update(Some(11), 12, 15)), Step::Lost(BookGap { line: 3, last: 9, found: 11 }));
        assert_eq!(sync.snapshot(snapshot(10)), Step::Nothing);
        assert_eq!(sync.update(4, update(Some(15), 16, 18)), Step::Nothing);
        assert_eq!(begun(sync.snapshot(snapshot(13))), [15, 18]);
    }

    #[test]
    fn a_loss_while_the_snapshot_is_awaited_drops_what_came_before_it() {
        let mut sync = BookSync::new();
        sync.update(1, update(Some(1), 2, 5));
        sync.update(2, update(Some(7), 8, 9));
        assert_eq!(sync.snapshot(snapshot(4)), Step::Nothing);
        assert_eq!(begun(sync.snapshot(snapshot(9))), [9]);
    }
}
