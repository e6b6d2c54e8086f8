//! What a strategy can decide. How it is carried out stands in `main.rs`.

/// What a strategy wants to hold from now on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(dead_code, reason = "a strategy need not make use of every decision")]
pub enum Decision {
    /// A long position: it gains when the price rises.
    Long,
    /// A short position: it gains when the price falls. Where shorts are off, nothing.
    Short,
    /// No position.
    Flat,
}
