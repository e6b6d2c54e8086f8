//! One user of the exchange: wallets, orders, executions.
//!
//! The one decision: an account is read by everybody and changed by the world alone, so that whatever changes is told as news.

mod orders; // what was ordered, and what became of it   <- read first
mod wallets; // where its money lies

pub use orders::Orders;
pub use wallets::{Tariff, Transfer, Wallets};

/// An account.
#[derive(Debug)]
pub struct Account {
    /// What its owner calls it.
    pub name: String,
    /// Its money.
    pub wallets: Wallets,
    /// Its orders, those that are over included.
    pub orders: Orders,
}
