//! What users ask for: which exchange, whose accounts, which prices, which ports; and what they are told when it stands.
//!
//! The one decision: this is the only room that knows which exchanges there are, and makes one of its parts. What a file or a flag
//! says wrongly is told with the place, the value and the rule, before anything is opened.

mod accounts; // who is there, with what
mod assembly; // world and protocol, made
mod error; // what can be wrong
mod exchanges; // which exchanges there are
mod keys; // keys, given or made
mod ready; // what is said when it stands

pub use accounts::{AccountSpec, Fees, KeySpec};
pub(crate) use accounts::{money, named};
pub use assembly::Blueprint;
pub(crate) use assembly::{deposit, open_account};

pub use error::SetupError;
pub use exchanges::{ExchangeName, Place};
pub use keys::IssuedKey;
pub use ready::{Ready, ReadyPlace};
