//! What orders have set aside, each for itself.
//!
//! The one decision: a hold remembers what it is for, so that an execution or a cancelled part frees exactly its share, and the last
//! one frees what is left, digits that a division lost included.

use metaexpert_core::Side;
use metaexpert_matching::CurrencyId;
use rust_decimal::Decimal;

use super::fees::to_digits;
use crate::{clearing::Fill, listing::MarketId};

/// What one order has set aside.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Hold {
    /// Of what.
    pub(crate) currency: CurrencyId,
    /// How much of it.
    pub(crate) amount: Decimal,
    /// In which market the order stands.
    pub(crate) market: MarketId,
    /// Which way it goes.
    pub(crate) side: Side,
    /// For how much each part of the quantity stands.
    pub(crate) each: Decimal,
    /// What of the quantity may still be executed.
    pub(crate) left: Decimal,
    /// Whether it stands for a value to be spent, of which executions take what they cost.
    pub(crate) by_value: bool,
    /// What was borrowed for the order. What of that is more than the amount has been spent.
    pub(crate) borrowed: Decimal,
    /// Whether that is paid back when it is not needed.
    pub(crate) gives_back: bool,
}

impl Hold {
    /// Takes out what stands for a part of the quantity; all of it where `None`, or where nothing would be left.
    pub(crate) fn take(&mut self, part: Option<Decimal>) -> Decimal {
        let taken = match part {
            Some(part) if part < self.left => {
                let share = if self.by_value { to_digits(self.amount * part / self.left) } else { self.each * part };
                self.left -= part;
                share.min(self.amount)
            }
            _ => {
                self.left = Decimal::ZERO;
                self.amount
            }
        };
        self.amount -= taken;
        taken
    }

    /// Takes out what an execution frees.
    pub(crate) fn take_for(&mut self, fill: &Fill) -> Decimal {
        if !self.by_value {
            return self.take(Some(fill.quantity));
        }
        self.left = (self.left - fill.quantity).max(Decimal::ZERO);
        let cost = (fill.price * fill.quantity).min(self.amount);
        self.amount -= cost;
        cost
    }

    /// Takes out what of a freed amount was borrowed for the order and is to be paid back.
    pub(crate) fn unneeded(&mut self, freed: Decimal) -> Decimal {
        let unneeded = self.borrowed.min(freed);
        self.borrowed -= unneeded;
        if self.gives_back { unneeded } else { Decimal::ZERO }
    }

    /// Whether nothing is set aside any more.
    pub(crate) fn is_over(&self) -> bool {
        self.amount.is_zero()
    }
}
