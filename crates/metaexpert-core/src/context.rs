//! What a handler sees of the world, and how it acts on it.

/// The handler's view of market, account and time, and its way to send orders.
#[derive(Debug, Default)]
pub struct Context {
    _private: (),
}

impl Context {
    /// A context that belongs to no engine.
    #[doc(hidden)]
    pub fn detached() -> Self {
        Self::default()
    }
}
