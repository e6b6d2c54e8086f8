//! A testnet within a program: for tests, and for the command.
//!
//! The one decision: whoever starts it holds it. With time by hand nothing passes but what [`Running::advance`] lets pass, and
//! dropping it ends it. What needs no sockets needs no server either: [`Builder::exchange`] is the same exchange, called directly.
//!
//! ```no_run
//! use metaexpert_testnet::{setup::AccountSpec, testnet::Testnet};
//!
//! # async fn rehearse() -> Result<(), metaexpert_testnet::setup::SetupError> {
//! let testnet = Testnet::builder().account(AccountSpec::rich("alice")).start().await?;
//! let base = testnet.host_url("api.binance.com"); // in the place of https://api.binance.com
//! // .. a client trades ..
//! assert_eq!(testnet.handle().with(|exchange| exchange.audit().accepted("my-order")), 1);
//! testnet.stop().await;
//! # Ok(()) }
//! ```

mod builder; // what is asked for
mod running; // what stands

pub use builder::{Builder, Ports};
pub use running::{Handle, Running};

/// A testnet.
#[derive(Debug, Clone, Copy)]
pub struct Testnet;

impl Testnet {
    /// One that is not started yet: Binance, a rich account `trader`, made-up prices, time by the wall, any free port.
    pub fn builder() -> Builder {
        Builder::default()
    }
}

#[cfg(test)]
mod tests;
