//! Where a test lets the program die, to see that nothing is lost and nothing doubled.
//!
//! The one decision: a point is a name, and costs nothing unless the feature `failpoints` is on.

/// An order has passed the gate and is in no journal.
pub(crate) const BEFORE_APPEND: &str = "journal::before-append";
/// An order is in the journal and has not left.
pub(crate) const AFTER_APPEND: &str = "journal::after-append";
/// An execution was heard of and is in no journal.
pub(crate) const BEFORE_TRADE: &str = "journal::before-trade";
/// An execution was told to the journal, and handlers do not know of it.
pub(crate) const AFTER_TRADE: &str = "journal::after-trade";
/// What handlers made of an execution is about to be kept.
pub(crate) const BEFORE_SETTLE: &str = "journal::before-settle";
/// What handlers made of an execution was told to the journal.
pub(crate) const AFTER_SETTLE: &str = "journal::after-settle";

/// Dies here, where a test wants it.
#[cfg(feature = "failpoints")]
pub(crate) fn hit(point: &'static str) {
    metaexpert_live::points::hit(point);
}

/// Nothing.
#[cfg(not(feature = "failpoints"))]
pub(crate) const fn hit(_point: &'static str) {}
