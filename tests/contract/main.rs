//! Every captured and documented payload of an exchange, read by its adapter.
//!
//! The captures are found by `METAEXPERT_CAPTURES`, else beside the checkout in `../shared/captures`; where they are absent the
//! tests say that they were skipped. A payload is either read, or stands in a list with the reason why not: nothing is left out
//! in silence.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test ends with a panic, and the lint's own exception does not reach a test's helpers"
)]

mod captures; // files with payloads, and what they say of each

mod binance; // what Binance's are, and what must come of them
