//! Legs that the engine guards by orders of its own, held against the same legs guarded by the venue: the same exits, whatever the
//! prices do; and whatever becomes of the orders, no leg is closed twice and none is left alone.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that goes wrong should stop there")]

mod stage; // an expert, an exchange and a walk of prices   <- read first

mod faults; // orders that are refused, lost, late, cut short
mod parity; // the same exits as a venue's own guards
mod restart; // the program ends at any step
mod spot; // coins that a resting sell keeps
