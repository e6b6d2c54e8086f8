//! What became of the lines of a file, by level.

use crate::Level;

/// A number for each level.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct PerLevel([u64; Level::ALL.len()]);

impl PerLevel {
    /// The number of a level.
    pub(crate) fn of(&self, level: Level) -> u64 {
        self.0.get(level as usize).copied().unwrap_or_default()
    }

    /// All of them.
    pub(crate) fn total(&self) -> u64 {
        self.0.iter().sum()
    }

    /// Those of [`Level::Trade`] and above.
    pub(crate) fn important(&self) -> u64 {
        self.0.iter().skip(Level::Trade as usize).sum()
    }

    /// Counts lines of a level.
    pub(crate) fn add(&mut self, level: Level, lines: u64) {
        if let Some(number) = self.0.get_mut(level as usize) {
            *number += lines;
        }
    }
}

/// What became of the lines of a file: each one that was taken over is written, missed, or waits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Account {
    /// Taken over.
    pub taken: PerLevel,
    /// In the file, or in one of its backups.
    pub written: PerLevel,
    /// Neither, and never will be.
    pub missed: PerLevel,
}
