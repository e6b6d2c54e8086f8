//! What accounts have resting, as the public book shows it.
//!
//! The one decision: a level of the book is told how much an account has there in all, whichever of its wallets it is; so the sum is
//! kept here, and told only when it has changed.

use metaexpert_core::Side;
use rust_decimal::Decimal;
use rustc_hash::FxHashMap;

use crate::{
    listing::MarketId,
    order::{AccountId, OrderId},
};

/// A level where an account rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Spot {
    pub market: MarketId,
    pub account: AccountId,
    pub side: Side,
    pub price: Decimal,
}

/// What rests where.
#[derive(Debug, Default)]
pub(super) struct Shown {
    orders: FxHashMap<OrderId, (Spot, Decimal)>,
    levels: FxHashMap<Spot, Decimal>,
}

impl Shown {
    /// An order shows this much at a level now, or nothing anywhere; the levels that changed, with what the account has there.
    pub(super) fn set(&mut self, order: OrderId, now: Option<(Spot, Decimal)>) -> Vec<(Spot, Decimal)> {
        let now = now.filter(|(_, quantity)| *quantity > Decimal::ZERO);
        let before = match now {
            Some(now) => self.orders.insert(order, now),
            None => self.orders.remove(&order),
        };
        if before == now {
            return Vec::new();
        }
        let mut changed = Vec::new();
        if let Some((spot, quantity)) = before
            && now.is_none_or(|(other, _)| other != spot)
        {
            changed.push((spot, self.change(spot, -quantity)));
        }
        if let Some((spot, quantity)) = now {
            let was = before.filter(|(other, _)| *other == spot).map_or(Decimal::ZERO, |(_, was)| was);
            changed.push((spot, self.change(spot, quantity - was)));
        }
        changed
    }

    /// Whether an account rests at a level.
    pub(super) fn rests_at(&self, spot: Spot) -> bool {
        self.levels.contains_key(&spot)
    }

    fn change(&mut self, spot: Spot, by: Decimal) -> Decimal {
        let level = self.levels.entry(spot).or_default();
        *level += by;
        let now = *level;
        if now <= Decimal::ZERO {
            self.levels.remove(&spot);
        }
        now.max(Decimal::ZERO)
    }
}
