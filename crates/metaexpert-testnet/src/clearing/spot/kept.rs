//! What is kept of the movements of money: the latest.
//!
//! The one decision: balances of all holders always add up to nothing, so a testnet that runs for months need not keep every
//! movement to prove that nothing came from nowhere; the latest ones tell an audit what each change was for.

use std::collections::VecDeque;

use metaexpert_matching::{Entry, Keep};

/// The latest movements.
#[derive(Debug, Clone, Default)]
pub struct Lately {
    entries: VecDeque<Entry>,
    forgotten: u64,
}

/// How many movements a wallet keeps.
const AT_MOST: usize = 20_000;

/// How many lines of a history a wallet keeps at least; twice as many at most.
pub(crate) const LINES: usize = 50_000;

impl Lately {
    /// The movements that are kept, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// How many older ones there were.
    pub const fn forgotten(&self) -> u64 {
        self.forgotten
    }
}

impl Keep for Lately {
    fn keep(&mut self, entry: impl FnOnce() -> Entry) {
        if self.entries.len() == AT_MOST {
            self.entries.pop_front();
            self.forgotten += 1;
        }
        self.entries.push_back(entry());
    }
}

/// Adds a line to a history that forgets its oldest ones, many at a time, so that it stays one slice.
pub(crate) fn write_down<T>(history: &mut Vec<T>, line: T) {
    if history.len() == 2 * LINES {
        history.drain(..LINES);
    }
    history.push(line);
}
