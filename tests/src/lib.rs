//! What the end-to-end tests stand on: a second program that computes what a backtest must print.
//!
//! The one decision here is independence: nothing below names a type of the project, so that an
//! error in the engine and the same error in its check would have to be made twice, by two readers.
pub mod reference;
