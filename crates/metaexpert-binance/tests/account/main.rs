//! Accounts from the outside: replies, requests, signatures, error codes and histories, as the documents have them.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test that cannot go on ends here, and says what it has counted"
)]

mod captures; // what others have recorded
mod error_codes; // every documented code
mod fixtures; // one payload of each kind
mod history; // what does not fit into one answer
mod operations; // what is sent
mod replies; // what is made of them   <- read first
mod requests; // how calls are written
mod signing; // published vectors
mod strange; // payloads that are cut or lack a field
