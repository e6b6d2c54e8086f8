//! What Binance can be asked for later and the world has no word for: how orders were amended.
//!
//! The one decision: it is kept beside the door, since calls only look at the door; it is bounded, oldest forgotten first.

use std::{cell::RefCell, collections::VecDeque};

use metaexpert_core::UnixNanos;
use rust_decimal::Decimal;

use crate::order::{AccountId, OrderId};

/// How many amendments are remembered.
const REMEMBERED: usize = 10_000;

/// An order was amended in its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Amendment {
    /// Its number, over all amendments.
    pub id: u64,
    /// Whose order.
    pub account: AccountId,
    /// Which.
    pub order: OrderId,
    /// The client's names for it, before and after.
    pub client_ids: (String, String),
    /// How much it was for, before and after.
    pub quantities: (Decimal, Decimal),
    /// Its limit, before and after.
    pub prices: (Decimal, Decimal),
    /// When.
    pub time: UnixNanos,
}

/// What is remembered.
#[derive(Debug, Default)]
pub struct Memory {
    amendments: RefCell<VecDeque<Amendment>>,
}

impl Memory {
    /// Remembers an amendment under a number, which is returned.
    pub fn keep(&self, mut amendment: Amendment) -> u64 {
        let mut amendments = self.amendments.borrow_mut();
        let id = amendments.back().map_or(1, |last| last.id + 1);
        amendment.id = id;
        amendments.push_back(amendment);
        if amendments.len() > REMEMBERED {
            amendments.pop_front();
        }
        id
    }

    /// The amendments of an order, oldest first.
    pub fn of(&self, account: AccountId, order: OrderId) -> Vec<Amendment> {
        let amendments = self.amendments.borrow();
        amendments.iter().filter(|amendment| amendment.account == account && amendment.order == order).cloned().collect()
    }
}
