//! How safe a wallet with loans is: what it holds as a share of what it owes.
//!
//! The one decision: coins count with all they are worth (Binance: a collateral ratio of 1 for each), so that the margin level and the
//! collateral margin level are the same.

use metaexpert_core::Currency;
use metaexpert_matching::CurrencyId;
use rust_decimal::Decimal;

use super::{Margin, Scope, Tier, debts::Debt};
use crate::{
    clearing::spot::{to_digits, worth},
    prices::Prices,
};

/// What a level allows (Binance, "Query Isolated Margin Account Info", `marginLevelStatus`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LevelStatus {
    /// Everything, taking coins out included.
    Excessive,
    /// Nothing may be taken out.
    Normal,
    /// The owner is called to bring in more.
    Call,
    /// Everything is taken over.
    Liquidation,
}

impl<S: Scope> Margin<S> {
    /// What is held and what is owed, interest included, in one currency.
    pub fn totals(&self, unit: &Currency, prices: &dyn Prices) -> (Decimal, Decimal) {
        let owed = |(id, debt): (CurrencyId, Debt)| worth(self.coins.ledger.currency(id), debt.total(), unit, prices);
        (self.coins.worth(unit, prices), self.debts.iter().map(owed).sum())
    }

    /// What is held as a share of what is owed; `None` where nothing is.
    pub fn level(&self, prices: &dyn Prices) -> Option<Decimal> {
        let (assets, debts) = self.totals(&self.lending.unit, prices);
        assets.checked_div(debts)
    }

    /// What the level allows.
    pub fn status(&self, prices: &dyn Prices) -> LevelStatus {
        let tier = self.tier(prices);
        match self.level(prices) {
            Some(level) if level <= tier.liquidation => LevelStatus::Liquidation,
            Some(level) if level <= tier.call => LevelStatus::Call,
            Some(level) if level <= self.lending.leave_at => LevelStatus::Normal,
            Some(_) | None => LevelStatus::Excessive,
        }
    }

    /// The tier that holds for what is owed: of several coins, the highest.
    pub fn tier(&self, prices: &dyn Prices) -> Tier {
        let largest = self.debts.iter().map(|(id, debt)| self.in_unit(id, debt.principal, prices)).max().unwrap_or_default();
        self.tiers.iter().find(|tier| largest <= tier.limit).copied().unwrap_or(self.highest_tier)
    }

    /// The most that can be borrowed of a coin: what keeps the level that a loan must leave, and the tier's limit.
    ///
    /// With assets `A` and debts `D`, `x` more leave the level `(A + x) / (D + x)`; so `x = (A - level * D) / (level - 1)`.
    pub fn max_borrowable(&self, currency: &Currency, prices: &dyn Prices) -> Decimal {
        if !self.scope.holds(currency) {
            return Decimal::ZERO;
        }
        let Some(rate) = prices.rate(currency, &self.lending.unit).filter(|rate| !rate.is_zero()) else { return Decimal::ZERO };
        let (assets, debts) = self.totals(&self.lending.unit, prices);
        let id = self.coins.ledger.find(currency);
        let owed = id.map_or(Decimal::ZERO, |id| self.in_unit(id, self.debts.of(id).principal, prices));
        let others = self.debts.iter().filter(|(other, _)| Some(*other) != id);
        let largest = others.map(|(other, debt)| self.in_unit(other, debt.principal, prices)).max().unwrap_or_default();
        let most = self.tiers.iter().filter(|tier| largest <= tier.limit).map(|tier| {
            let by_level = (assets - tier.initial * debts).checked_div(tier.initial - Decimal::ONE).unwrap_or_default();
            by_level.min(tier.limit - owed)
        });
        to_digits(most.max().unwrap_or_default().max(Decimal::ZERO) / rate)
    }

    /// The most that may be owed of a coin, however much is held.
    pub fn borrow_limit(&self, currency: &Currency, prices: &dyn Prices) -> Decimal {
        self.limit_in(&self.highest_tier, currency, prices)
    }

    /// What may be owed of a coin in a tier.
    pub fn limit_in(&self, tier: &Tier, currency: &Currency, prices: &dyn Prices) -> Decimal {
        prices.rate(currency, &self.lending.unit).and_then(|rate| tier.limit.checked_div(rate)).map_or(Decimal::ZERO, to_digits)
    }

    /// The most that can be taken out of a coin: what is free, and what keeps the level that must be left.
    pub fn max_transferable(&self, currency: &Currency, prices: &dyn Prices) -> Decimal {
        let free = self.coins.free(currency);
        let (assets, debts) = self.totals(&self.lending.unit, prices);
        let rate = prices.rate(currency, &self.lending.unit).filter(|rate| !rate.is_zero());
        match rate {
            Some(rate) if !debts.is_zero() => {
                to_digits((assets - self.lending.leave_at * debts).max(Decimal::ZERO) / rate).min(free)
            }
            _ => free,
        }
    }

    fn in_unit(&self, id: CurrencyId, amount: Decimal, prices: &dyn Prices) -> Decimal {
        worth(self.coins.ledger.currency(id), amount, &self.lending.unit, prices)
    }
}
