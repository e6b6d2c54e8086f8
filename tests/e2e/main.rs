//! The real binary of `examples/binance-ema`, run as a user runs it.
//!
//! `against_reference` holds it against the second program of this package, `adds_up` holds its files against
//! each other, `market` runs `examples/book-pressure` over ticks and books, `determinism` against another run of itself, `detail` against a
//! run on the shorter bars, `funding` against a computation by hand, `bad_input` against what a user may get wrong, `logs` against
//! what it says that it logs, `paper` against the clock, and `wrong_layers` against mistakes in each place that configures it.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a test ends with a panic, and the lint's own exception does not reach a test's helpers"
)]
mod expert; // <- read first: one run of the binary, and what it left behind
mod random_run; // a data set and flags, from a seed

mod adds_up;
mod against_reference;
mod bad_input;
mod detail;
mod determinism;
mod funding;
mod logs;
mod market;
#[cfg(unix)] // which has the signals
mod paper;
mod wrong_layers;
