//! The journal: what an expert has sent, what became of it, and what it has to know when it begins anew. One SQLite database for
//! each expert, account and mode. Nothing is ever deleted from it.
//!
//! The one decision: one thread writes, in the order in which it was told, and what belongs together is committed together
//! ([`Journal::settle`](metaexpert_core::journal::Journal::settle)). Only an order that is about to leave waits for its commit.

mod backup; // copies before it is changed for good
mod claim; // what one process at a time does
mod error; // why it cannot be used
pub mod history; // what it says of the past, for audit and tax
mod identity; // whose journal it is
mod journal; // the engine's way to it
mod kept; // what an earlier run has left   <- read first
mod lock; // who has it open
mod opening; // held, whole, of today's version, and its owner's
mod schema; // the tables
mod store; // opened, written, closed
mod told; // what the writing thread is told
mod trouble; // what stands between it and its disk
mod writer; // the thread that writes

pub use claim::Claim;
pub use error::StoreError;
pub use history::History;
pub use identity::Identity;
pub use journal::StoreJournal;
pub use kept::Kept;
pub use store::{Durability, Store};
