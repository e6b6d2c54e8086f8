//! The server: what a clock, sockets and faults make of a world and its protocol.
//!
//! The one decision: everything that happens goes through one [`Exchange`], behind one lock, in the order in which it came: so
//! an answer is never older than the news before it, and what the audit says is what happened. Around it are tasks that wait,
//! for sockets, for time, and for nothing else.

mod addressing; // which of the exchange's hosts a path is for
mod admin; // what `/testnet/` answers
mod connection; // HTTP, one connection
mod course; // how far time has come
mod driver; // time that passes by itself
mod exchange; // a world, a protocol, time, faults and the audit: all of it without a socket   <- read first
mod lines; // sockets as queues
mod listener; // ports
mod socket; // WebSockets, one connection
mod tls; // a certificate of its own

pub use addressing::Addressing;
pub(crate) use course::speed_rule;
#[cfg(test)]
pub(crate) use exchange::tests as tests_of_exchange;
pub use exchange::{Answer, Exchange, Made, Maker, Passage};
pub use lines::{Fate, Line};
pub(crate) use listener::{Door, Served, serve};
pub(crate) use tls::Tls;

/// A request over HTTP may be so long; orders in batches are a few kilobytes.
const LONGEST_BODY: usize = 1 << 20;

/// A text that a client sends over a socket may be so long (nobody has a reason for more, and exchanges refuse it).
const LONGEST_FRAME: usize = 16 << 10;
