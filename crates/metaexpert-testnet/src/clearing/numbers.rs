//! Numbers of what is written down: lines of histories, loans, transfers.
//!
//! The one decision: all wallets of a testnet count with one counter, so that a number names one thing, and a later thing has the
//! larger number. It is handed to each wallet when that is made.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// A counter that its clones share.
#[derive(Debug, Clone, Default)]
pub struct Numbers(Arc<AtomicU64>);

impl Numbers {
    /// The next number; the first is 1.
    pub fn next(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed) + 1
    }
}
