//! `metaexpert-binance` from end to end against the testnet: every call that the adapter has, on every product, and every stream.
//!
//! The one decision: a result is never looked at alone. What an order answered, what the stream told, what the account shows and
//! what the testnet's audit wrote down are the same, or the test fails. Adapter and testnet are two readings of one documentation
//! that share no type, so what they agree on was read twice.
//!
//! Each file lists the calls that its tests make, and its tests check that list against the audit; `coverage` holds the lists
//! together against the adapter's tables.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends with a panic, and the lint's own exception does not reach a test's helpers"
)]

mod draft; // orders as tests write them
mod heard; // sessions, and what they hear
mod stage; // a testnet and clients of it   <- read first

mod market_streams;
mod markets;

mod algo_orders;
mod futures_orders;
mod margin_orders;
mod option_orders;
mod spot_lists;
mod spot_orders;

mod futures_accounts;
mod margin_accounts;
mod option_accounts;
mod spot_accounts;

mod keys;
mod socket_orders;
mod user_streams;

mod exchange; // the adapter as whoever trades sees it

mod coverage; // every call was made by some test
