//! What a wallet owes, coin by coin.
//!
//! The one decision: interest is simple. It is reckoned on what was borrowed and stands beside it, and what is paid back pays
//! interest first (Binance, "Best Practice", "Borrowing Funds").

use std::collections::BTreeMap;

use metaexpert_core::{Timeframe, UnixNanos};
use metaexpert_matching::CurrencyId;
use rust_decimal::Decimal;

/// What is owed of one coin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Debt {
    pub(crate) principal: Decimal,
    pub(crate) interest: Decimal,
}

impl Debt {
    pub(crate) fn total(self) -> Decimal {
        self.principal + self.interest
    }
}

/// What is owed, and until which hour interest was charged.
#[derive(Debug, Default)]
pub(crate) struct Debts {
    owed: BTreeMap<CurrencyId, Debt>,
    hour: Option<i64>,
    /// What has changed since that was last asked.
    changed: Vec<CurrencyId>,
}

impl Debts {
    pub(crate) fn of(&self, currency: CurrencyId) -> Debt {
        self.owed.get(&currency).copied().unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (CurrencyId, Debt)> {
        self.owed.iter().map(|(id, debt)| (*id, *debt))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.owed.is_empty()
    }

    pub(crate) fn borrow(&mut self, currency: CurrencyId, amount: Decimal) {
        self.owed.entry(currency).or_default().principal += amount;
        self.note(currency);
    }

    pub(crate) fn charge(&mut self, currency: CurrencyId, interest: Decimal) {
        self.owed.entry(currency).or_default().interest += interest;
        self.note(currency);
    }

    /// Pays back, interest first, and never more than is owed. Returns what of it was principal and what was interest.
    pub(crate) fn repay(&mut self, currency: CurrencyId, amount: Decimal) -> Debt {
        let Some(debt) = self.owed.get_mut(&currency) else { return Debt::default() };
        let interest = amount.min(debt.interest);
        let principal = (amount - interest).min(debt.principal);
        debt.interest -= interest;
        debt.principal -= principal;
        if debt.total().is_zero() {
            self.owed.remove(&currency);
        }
        self.note(currency);
        Debt { principal, interest }
    }

    fn note(&mut self, currency: CurrencyId) {
        if !self.changed.contains(&currency) {
            self.changed.push(currency);
        }
    }

    pub(crate) fn take_changed(&mut self) -> Vec<CurrencyId> {
        std::mem::take(&mut self.changed)
    }

    /// The full hours that have begun since this was last asked, each by the time at which it began.
    pub(crate) fn hours_until(&mut self, now: UnixNanos) -> impl Iterator<Item = UnixNanos> + use<> {
        let hour = now.as_nanos().div_euclid(Timeframe::H1.nanos());
        let last = self.hour.map_or(hour, |last| last.min(hour));
        self.hour = self.hour.max(Some(hour));
        (last + 1..=hour).map(|hour| UnixNanos::from_nanos(hour * Timeframe::H1.nanos()))
    }
}
