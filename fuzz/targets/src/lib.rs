//! What is fuzzed: functions that take any bytes and panic where something does not hold that must.
//!
//! The one decision: they are ordinary functions. libFuzzer drives them with coverage where there is a nightly compiler; the driver
//! of this crate (`main.rs`) drives the same functions by a seed on any other, so that continuous integration runs them too.

pub mod account_stream; // frames of account data
pub mod book_sync; // events of a book
pub mod market_stream; // frames of market data
pub mod numbers; // digits
pub mod rest; // replies
pub mod symbols; // names

mod payload; // what the first line of an input says   <- read first

/// A target.
pub type Target = fn(&[u8]);

/// All of them, by name.
pub const TARGETS: [(&str, Target); 6] = [
    ("account_stream", account_stream::run),
    ("book_sync", book_sync::run),
    ("market_stream", market_stream::run),
    ("numbers", numbers::run),
    ("rest", rest::run),
    ("symbols", symbols::run),
];
