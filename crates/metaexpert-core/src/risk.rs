//! The risk gate: every order of every mode passes it, and what it passed is a type that only it can make.

mod approved; // the pass
mod closes; // the last closes and protective stops
mod exits; // orders that guard a leg
mod gate; // who asks the rules   <- read first
mod keeper; // what the next run has to know
mod monitor; // drawdown and daily loss
mod pace; // orders a minute
mod refusal; // why an order was refused
mod rules; // the rules, in their order
mod watch; // what is kept of the markets: volatility, trend, spread, sudden moves

pub use approved::RiskApproved;
pub use gate::{Halt, RiskGate, View};
pub(crate) use keeper::Keeper;
pub use keeper::{RiskState, WrittenRisk};
pub use monitor::{Breach, Monitor};
pub use refusal::{Between, Refusal};
pub use rules::{RULES, Rule};
pub use watch::bars_needed;
