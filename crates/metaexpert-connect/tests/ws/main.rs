//! Sessions against an exchange that plays scripts.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a failed step fails the test"
)]

mod calls; // questions over the socket
mod credential; // sessions with a credential that ends
mod dial; // real sockets: proxies and TLS
mod frames; // what comes over the wire, whatever it is
mod life; // connecting, losing, keeping alive
mod play; // what the tests share: a session and its exchange
mod pool; // topics over several sessions
mod pressure; // slow receivers
mod rotation; // one connection replaces another
mod seeds; // whatever happens when, nothing is missing or comes twice unsaid
mod tls; // sockets with TLS
mod topics; // subscriptions
