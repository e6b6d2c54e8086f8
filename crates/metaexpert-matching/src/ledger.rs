//! The account's money in double entry: whatever one holder gains, another has lost, and every change has a named cause.
//!
//! The one decision: balances are always kept, entries only where somebody wants them. [`Keep`] is chosen statically, so that
//! a backtest pays for two additions an entry and nothing else ([`Nothing`]), and an audit has them all ([`Everything`]).
//! Currencies are looked up once and then indexed. It knows no positions and no prices.

mod entry; // who holds, for what cause, what is kept
#[cfg(test)]
mod tests;

pub use entry::{Cause, Entry, Everything, Holder, Keep, Nothing};
use metaexpert_core::{Currency, Money, UnixNanos};
use rust_decimal::{Decimal, RoundingStrategy};

/// Where a currency stands in a [`Ledger`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CurrencyId(usize);

impl CurrencyId {
    /// Its place, for indexing slices that hold one element a currency.
    pub const fn index(self) -> usize {
        self.0
    }
}

/// Decimals of an amount. Products of prices, quantities and fee rates of every exchange have fewer; what a division leaves
/// behind them is rounded off, half to even. Sums then stay exact up to 7.9 * 10^10 units, which 28 digits hold.
const DECIMALS: u32 = 18;

/// An amount as it is booked, so that what is reckoned with is what is moved.
#[inline]
pub(crate) fn to_ledger(amount: Decimal) -> Decimal {
    if amount.scale() > DECIMALS {
        amount.round_dp_with_strategy(DECIMALS, RoundingStrategy::MidpointNearestEven)
    } else {
        amount
    }
}

/// What everybody holds, in every currency.
#[derive(Debug, Clone, Default)]
pub struct Ledger<K: Keep = Nothing> {
    currencies: Vec<Currency>,
    balances: Vec<[Decimal; Holder::COUNT]>,
    kept: K,
}

impl<K: Keep> Ledger<K> {
    /// An empty ledger that keeps its entries as `kept` does.
    pub fn new(kept: K) -> Self {
        Self { currencies: Vec::new(), balances: Vec::new(), kept }
    }

    /// The place of a currency, which it is given if it has none.
    pub fn open(&mut self, currency: &Currency) -> CurrencyId {
        self.find(currency).unwrap_or_else(|| {
            self.currencies.push(currency.clone());
            self.balances.push([Decimal::ZERO; Holder::COUNT]);
            CurrencyId(self.currencies.len() - 1)
        })
    }

    /// The place of a currency.
    #[inline]
    pub fn find(&self, currency: &Currency) -> Option<CurrencyId> {
        self.currencies.iter().position(|known| known == currency).map(CurrencyId)
    }

    /// The currencies, in the order they were opened.
    pub fn currencies(&self) -> impl Iterator<Item = (CurrencyId, &Currency)> {
        self.currencies.iter().enumerate().map(|(place, currency)| (CurrencyId(place), currency))
    }

    /// The name of a place.
    ///
    /// # Panics
    /// If `id` was given by another ledger that has more currencies.
    #[expect(clippy::indexing_slicing, reason = "a CurrencyId is only made by a ledger that holds it")]
    pub fn currency(&self, id: CurrencyId) -> &Currency {
        &self.currencies[id.0]
    }

    /// Moves an amount from one holder to another; the other way about where it is negative. Nothing is no entry.
    #[inline]
    pub fn book(&mut self, time: UnixNanos, cause: Cause, currency: CurrencyId, from: Holder, to: Holder, amount: Decimal) {
        if amount.is_zero() {
            return;
        }
        let amount = to_ledger(amount);
        if let Some(balances) = self.balances.get_mut(currency.0) {
            *from.of(balances) -= amount;
            *to.of(balances) += amount;
        }
        self.kept.keep(|| {
            let (from, to) = if amount.is_sign_negative() { (to, from) } else { (from, to) };
            Entry { time, cause, currency, from, to, amount: amount.abs() }
        });
    }

    /// What a holder has of a currency. What is not ours may be below zero: what the world has given us.
    #[inline]
    pub fn balance(&self, holder: Holder, currency: CurrencyId) -> Decimal {
        self.balances.get(currency.0).map_or(Decimal::ZERO, |balances| *holder.at(balances))
    }

    /// What can be used of a currency.
    pub fn free(&self, currency: CurrencyId) -> Decimal {
        self.balance(Holder::Free, currency)
    }

    /// What is set aside: for resting orders, and as margin.
    pub fn locked(&self, currency: CurrencyId) -> Decimal {
        self.balance(Holder::Locked, currency) + self.balance(Holder::Margin, currency)
    }

    /// What the account has of a currency: free and locked, borrowed coins included.
    pub fn total(&self, currency: CurrencyId) -> Decimal {
        self.free(currency) + self.locked(currency)
    }

    /// What is owed of a currency.
    pub fn owed(&self, currency: CurrencyId) -> Decimal {
        -self.balance(Holder::Lender, currency)
    }

    /// What the account has of each currency, without what it owes.
    pub fn net(&self) -> impl Iterator<Item = Money> {
        self.currencies().map(|(id, currency)| Money::new(self.total(id) - self.owed(id), currency.clone()))
    }

    /// What was kept of the entries.
    pub const fn kept(&self) -> &K {
        &self.kept
    }
}
