//! The journal of a run that goes by the clock: where it lies, and what stands between it and the engine.
//!
//! The one decision: the engine writes to one journal, and everything that has to know what happens (the counts of the summary, the
//! file of the risk limits, measurements, notices) hears of it there, in the order in which it is written. What a backtest records is
//! not here.

mod followed; // between engine and journal
mod place; // where it lies
mod points; // where tests let it crash

#[cfg(feature = "live")]
pub(crate) use followed::Follower;
pub(crate) use followed::{Followed, Told};
pub(crate) use place::{Begun, Place};
