//! One user of the exchange: wallets, orders, executions.

use crate::{
    clearing::Clearing,
    listing::MarketId,
    order::{Algo, Execution, Named, Order, OrderList},
    wallet::Wallet,
};

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

/// The wallets of an account.
#[derive(Debug)]
pub struct Wallets {}

/// The orders of an account.
#[derive(Debug)]
pub struct Orders {}

impl Wallets {
    /// A wallet; `None` where the account does not have it (an isolated pair that was not opened).
    pub fn get(&self, wallet: Wallet) -> Option<&dyn Clearing> {
        todo!("{wallet:?}")
    }

    /// A wallet, to change it.
    pub fn get_mut(&mut self, wallet: Wallet) -> Option<&mut dyn Clearing> {
        todo!("{wallet:?}")
    }
}

impl Orders {
    /// An order.
    pub fn get(&self, wallet: Wallet, market: MarketId, name: &Named) -> Option<&Order> {
        todo!("{wallet:?} {market:?} {name:?}")
    }

    /// Orders that are open, oldest first.
    pub fn open(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Order> {
        todo!("{wallet:?} {market:?}")
    }

    /// All orders of a market, oldest first.
    pub fn all(&self, wallet: Wallet, market: MarketId) -> Vec<&Order> {
        todo!("{wallet:?} {market:?}")
    }

    /// Executions, oldest first.
    pub fn executions(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Execution> {
        todo!("{wallet:?} {market:?}")
    }

    /// Conditional orders, oldest first.
    pub fn algos(&self, wallet: Wallet, market: Option<MarketId>) -> Vec<&Algo> {
        todo!("{wallet:?} {market:?}")
    }

    /// A conditional order.
    pub fn algo(&self, wallet: Wallet, name: &Named) -> Option<&Algo> {
        todo!("{wallet:?} {name:?}")
    }

    /// Lists, oldest first.
    pub fn lists(&self, wallet: Wallet) -> Vec<&OrderList> {
        todo!("{wallet:?}")
    }
}
