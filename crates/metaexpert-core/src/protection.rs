//! What guards open legs: the stops and take-profits that entries carry.
//!
//! The one decision: where exits stand is worked out in one place, [`ExitLevels`], whoever leaves the leg then. A simulated venue does by
//! itself; for an exchange the engine sends orders of its own that rest there, and watches prices for whatever does not rest (yet).
//! Nothing here sends an order: a `LegGuard` says what is to be done next, and the engine does it.

mod guards; // those of all legs, and the orders that they hold back
mod kept; // what the next run is told of a leg
mod leg; // one leg: what is to be done next     <- read first
mod levels; // where exits stand
mod protective; // an order of ours that closes a leg
mod retry; // when to try again
mod walk; // the way inside a bar

pub(crate) use guards::{Guards, LegId, News};
pub(crate) use leg::{Failed, Market, Step, Wanted};
pub use levels::{ExitLevels, is_ahead_or_at};
pub(crate) use protective::{Exit, State};
pub(crate) use retry::Retry;
pub use walk::walk;
