//! Bad days: what `metaexpert-binance` makes of everything that the local testnet can do to it, judged by the testnet's audit.
//!
//! The one decision: both run in this process with time by hand, which passes for the adapter's pauses and for the exchange alike,
//! so that a ban of two minutes is over at once and every run is the same run. What an answer says is the adapter's word; what was
//! really asked and accepted is the audit's, and the two are held against each other.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets something unexpected has failed"
)]

mod account; // late and double events, partial fills, stale keys, clocks
mod answers; // of requests over HTTP: late, lost, refused
mod messages; // of market streams: missing, double, out of order, cut short
mod outages; // maintenance, and the exchange started anew
mod play; // a testnet, an adapter, and time   <- read first
mod sockets; // cut, silent, and in the middle of an order
