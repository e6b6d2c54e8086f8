//! A context without an engine, for tests that drive a [`Program`](super::Program) themselves.

use crate::context::{Context, Setup};

impl Context {
    /// A context that belongs to no engine: it knows no bars, and nobody sends its orders.
    #[doc(hidden)]
    pub fn detached(setup: Setup) -> crate::Result<Self> {
        Self::new(setup, Vec::new())
    }
}
