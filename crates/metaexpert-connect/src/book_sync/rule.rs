//! How an exchange numbers the messages of a book.
//!
//! The one decision: every message of changes stands for a span of updates, from after one number up to another. A rule says
//! where the span's beginning is written and how strictly spans must meet; all exchanges that are known number by spans.

use metaexpert_core::{Book, UnixNanos};

use crate::report::DepthReport;

/// How the numbers of an exchange join.
#[derive(Debug, Clone, Copy)]
pub struct SequenceRule {
    /// Where a whole book comes from.
    pub whole: Whole,
    /// After which update the changes of a message begin.
    pub since: Since,
    /// Whether a message may begin before the end of what the book has. Quantities are absolute, so that it does no harm.
    pub overlap: Overlap,
    /// Whether a message that follows may have a smaller number than the one before it: the exchange began to count anew.
    pub steps_back: bool,
    /// The number of a message that is a whole book even where it does not say so.
    pub whole_at: Option<u64>,
    /// What a book can be compared by.
    pub checksum: Option<Checksum>,
}

/// Where a whole book comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Whole {
    /// It is asked for. What comes in the meantime waits.
    Asked,
    /// It begins the stream. What comes before it is of no use.
    Streamed,
}

/// After which update the changes of a message begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// Before the first one that it names.
    First,
    /// The previous one that it names.
    Previous,
    /// A message is one update: the number before its own.
    One,
}

/// Whether a message may begin before the end of what the book has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// It may.
    Always,
    /// Only the first one after a snapshot may.
    AfterSnapshot,
    /// Each begins exactly there.
    Never,
}

/// What a book can be compared by.
#[derive(Debug, Clone, Copy)]
pub struct Checksum {
    /// What stands in its place where there is none.
    pub none: Option<u32>,
    /// Makes it.
    pub of: fn(&Book) -> u32,
}

/// The updates of a message: those after `from`, up to `last`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub from: i64,
    pub last: i64,
}

impl SequenceRule {
    /// The span of a message; `None` where it does not say what the rule goes by.
    pub(super) fn span(&self, report: &DepthReport<'_>) -> Option<Span> {
        let last = i64::try_from(report.last).ok()?;
        let from = match self.since {
            Since::First => i64::try_from(report.first?).ok()?.checked_sub(1)?,
            Since::Previous => report.previous?,
            Since::One => last.checked_sub(1)?,
        };
        Some(Span { from, last })
    }

    /// Whether a message goes on where a book ends. `is_first` says that the book is as the snapshot had it.
    pub(super) fn follows(&self, have: i64, span: Span, is_first: bool) -> bool {
        let may_overlap = match self.overlap {
            Overlap::Always => true,
            Overlap::AfterSnapshot => is_first,
            Overlap::Never => false,
        };
        let meets = span.from == have && (span.last >= have || self.steps_back);
        meets || (may_overlap && span.from < have && have < span.last)
    }

    /// Whether something was made after something else. Where a time is missing, what cannot be told is what would do harm.
    pub(super) fn is_newer(&self, time: Option<UnixNanos>, than: Option<UnixNanos>) -> bool {
        match (time, than) {
            (Some(time), Some(than)) => time > than,
            (None, _) | (_, None) => self.steps_back,
        }
    }
}
