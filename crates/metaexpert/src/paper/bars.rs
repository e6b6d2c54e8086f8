//! Where the bars of a paper run come from: made up as they are due, or recorded.

use std::vec;

use metaexpert_core::{Bar, UnixNanos};
use metaexpert_data::{BarSeries, SyntheticBars};

/// The bars of one market, oldest first.
#[derive(Debug)]
pub(crate) enum Bars {
    /// Made up, one after the other, for ever.
    MadeUp(Box<SyntheticBars>),
    /// Recorded; some may be missing.
    Recorded {
        /// What they were read from.
        source: String,
        /// Those that were not told yet, and the first of them.
        left: vec::IntoIter<Bar>,
    },
}

impl Bars {
    /// Recorded ones.
    pub(crate) fn recorded(series: BarSeries) -> Self {
        Self::Recorded { source: series.source, left: series.bars.into_iter() }
    }

    /// Where they come from.
    pub(crate) fn source(&self) -> &str {
        match self {
            Self::MadeUp(bars) => bars.source(),
            Self::Recorded { source, .. } => source,
        }
    }

    /// Whether somebody has traded at their prices.
    pub(crate) const fn are_made_up(&self) -> bool {
        matches!(self, Self::MadeUp(_))
    }

    /// The bar that opens at this time, if there is one.
    pub(crate) fn opening_at(&mut self, open: UnixNanos) -> Option<Bar> {
        match self {
            // Each is asked for in its turn.
            Self::MadeUp(bars) => bars.next(),
            Self::Recorded { left, .. } => {
                let is_due = left.as_slice().first().is_some_and(|bar| bar.time <= open);
                if is_due { left.next() } else { None }
            }
        }
    }
}
