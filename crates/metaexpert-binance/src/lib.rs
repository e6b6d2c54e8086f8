//! Binance for MetaExpert: spot, cross and isolated margin, USD-M and COIN-M futures, European options.
//!
//! The one decision: this crate holds tables and wire types. How a request is sent and a connection kept is in
//! `metaexpert-connect`; what an order may be is in `metaexpert-core`; nothing here decides when to do anything. [`exchange`] puts all of it
//! together behind [`Exchange`](metaexpert_connect::Exchange), for whoever trades without knowing where.

pub mod account; // REST: balances, positions, modes, loans, what was paid
pub mod book_rules; // how the numbers of order books join
pub mod decode; // a raw payload to reports, for the debugging tool and the contract tests
pub mod dialect; // how requests are written, and answers judged and counted
pub mod errors; // what each of Binance's error codes means
pub mod exchange; // an account and its markets, as whoever trades wants them
pub mod filters; // what an order must meet, checked before it is sent
pub mod market; // REST: what trades, and what the market did
pub mod orders; // REST and WebSocket API: orders, asked for and answered
mod paging; // what histories share that come page by page
pub mod pools; // what requests are counted in
mod product; // what Binance trades, and where
mod response; // which reply is read by what
pub mod stream; // market streams
pub mod symbols; // how Binance spells what is traded
pub mod user; // what Binance says of our own orders and account
mod words; // what words mean that several parts read

pub use product::{Environment, Hosts, Product};
pub use response::Response;
