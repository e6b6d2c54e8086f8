//! Live trading, from the command line to the exchange: experts as processes of their own, a testnet, and what three parties wrote down.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test that cannot go on says where, and stops"
)]

mod books; // executions as the expert keeps them
mod judge; // whether all books agree
mod kill; // killed at every step of an order's life
mod lost; // a journal that is lost
mod night; // a testnet and an expert
mod papers; // what a run of the witness has written
mod parity; // one day live, on paper and in a backtest
mod soak; // all faults at once
mod stopping; // the end that a person wants
mod trouble; // disk, journal, network, clock
