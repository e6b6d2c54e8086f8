//! HTTP: a request from a row of a table to an answer, the same for every exchange.
//!
//! A call goes this way: a question waits until few enough others are out, its [`Budget`] lets it go, the circuit breaker does not
//! hold it back, the [`RestDialect`] puts it together and signs it with the time of the [`Clock`], it is sent once, the dialect judges
//! the answer, and the rules of retry say whether that was all.
//!
//! The one decision: what may have been carried out is never sent a second time. Everything else (waiting, retrying, failing
//! fast) bends to that.

mod breaker; // a host that does not answer is left alone
mod budget; // how many requests an exchange allows, spent before sending
mod client; // sends and waits   <- read first
mod clock; // the exchange's time
mod dialect; // what an exchange adds: signing, judging, counting   <- read second
mod host; // sends once and judges the answer
mod retry; // what is sent again, and when
mod setup; // what a client is made of
#[cfg(feature = "testing")]
pub mod testing; // a server that records what it is asked
mod tls; // certificates that are trusted
mod wire; // one request out, one answer in

#[cfg(test)]
mod tests;

pub use breaker::BreakerState;
pub use budget::{Budget, Count, Permit, Short, Spent};
pub use client::Client;
pub use clock::{Clock, Moment};
pub use dialect::{PoolLimit, Prepared, RestDialect, Signing};
pub use setup::{ClientSetup, Lanes, Patience, RECV_WINDOW, RECV_WINDOW_MAX, SetupError};
pub use tls::{NoCertificates, tls_config};
