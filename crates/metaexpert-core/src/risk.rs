//! The risk gate: every order of every mode passes it, and what it passed is a type that only it can make.

mod approved; // the pass
mod gate; // the rules, in their order   <- read first
mod monitor; // drawdown and daily loss
mod refusal; // why an order was refused

pub use approved::RiskApproved;
pub use gate::{RiskGate, View};
pub use monitor::{Breach, Monitor};
pub use refusal::Refusal;
