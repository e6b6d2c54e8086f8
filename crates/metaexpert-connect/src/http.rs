//! HTTP: a request from a row of a table to an answer, the same for every exchange.

mod client; // sends and waits
mod dialect; // what an exchange adds: signing, judging, counting   <- read first

pub use client::Client;
pub use dialect::{PoolLimit, Prepared, RestDialect, Signing};
