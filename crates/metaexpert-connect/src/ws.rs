//! WebSocket sessions: one connection's life, and a stream of frames that outlives it.

mod dialect; // what an exchange adds: addresses, subscriptions, what a frame is   <- read first

pub use dialect::{Class, Limits, Mark, StreamDialect};
