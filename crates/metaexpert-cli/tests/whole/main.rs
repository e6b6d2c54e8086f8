//! The command as a new user meets it: projects that it makes are built, tested, backtested and run, by the commands that the
//! documentation names.
//!
//! What is built stands in one target folder below the workspace's own, so that the framework is compiled once for all of them.
#![cfg(unix)]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test ends with a panic, and the lint's own exception does not reach a test's helpers"
)]
mod sandbox; // <- read first: a user's home, and commands in it

mod all_layers;
mod guides;
mod new_projects;
mod tutorial;
mod two_experts;
