//! An indicator's last value, and when it starts to be what the formula says.

use serde::{Deserialize, Serialize};

/// Counts the inputs that are still missing, and keeps the last value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Output<V> {
    missing: usize,
    last: Option<V>,
}

impl<V: Copy> Output<V> {
    /// Ready once `inputs` values have been put.
    pub(super) fn ready_after(inputs: usize) -> Self {
        Self { missing: inputs, last: None }
    }

    /// Keeps the value of one more input, and hands it on.
    pub(super) fn put(&mut self, value: V) -> V {
        self.missing = self.missing.saturating_sub(1);
        self.last = Some(value);
        value
    }

    /// The last value, ready or not; `None` before the first input.
    pub(super) fn last(&self) -> Option<V> {
        self.last
    }

    pub(super) fn is_ready(&self) -> bool {
        self.missing == 0
    }

    /// The last value, once it is ready.
    pub(super) fn value(&self) -> Option<V> {
        if self.is_ready() { self.last } else { None }
    }
}
