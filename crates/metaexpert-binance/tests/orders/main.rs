//! Orders: what is sent, as the documentation and another client send it, and what is made of the answers.

#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test may fail loudly")]
#![expect(clippy::print_stderr, reason = "a test that is skipped says so")]

mod captures; // replies that others have recorded or documented
mod ccxt; // requests that another client sends
mod frames; // frames that others send
mod operations; // every call, with what it is to send
mod replies; // replies of our own, field by field
mod requests; // what arrives at a server
mod rules; // what is refused on this side
mod session; // a socket that is a session, up and down
mod shown; // reports as short text
mod socket; // what happens when a socket fails
