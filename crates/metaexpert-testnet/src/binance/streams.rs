//! Streams: who listens to what, and what is sent.

/// Sockets, their subscriptions, and listen keys.
#[derive(Debug)]
pub struct Streams {}
