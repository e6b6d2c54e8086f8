//! The journal from outside: what is written is found again, whatever ends the one that writes it, and what cannot be trusted is refused.
#![expect(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stdout, reason = "tests")]

mod damage; // bytes that are not what they were
mod disk; // no room, no permission
mod history; // what is read of the past
mod holding; // whose it is, and who has it
mod killed; // processes that end at any moment
mod many; // a million executions
mod reopening; // what was written is found again
mod scene; // what is written
mod units; // what belongs together
