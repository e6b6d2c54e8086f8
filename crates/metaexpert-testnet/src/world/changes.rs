//! What changed in wallets while something was done, told once, after what was done.
//!
//! The one decision: exchanges tell of orders one by one and of money as it is in the end (Binance, `outboundAccountPosition` and
//! `ACCOUNT_UPDATE`). So changes are gathered by wallet and cause, the later over the earlier, and told together.

use std::collections::BTreeMap;

use metaexpert_core::{Currency, PositionSide, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    clearing::Changed,
    listing::MarketId,
    news::{AccountNews, Balance, Cause, PositionNow},
    order::AccountId,
    wallet::Wallet,
};

/// Changes that were not told yet.
#[derive(Debug, Default)]
pub(super) struct Changes {
    by_wallet: BTreeMap<(AccountId, Wallet), Vec<(Cause, Changed)>>,
}

/// What wallets hold that prices and time work on: positions and debts.
#[derive(Debug, Default)]
pub(super) struct Exposures {
    positions: BTreeMap<(AccountId, Wallet, MarketId, Option<PositionSide>), Decimal>,
    debts: BTreeMap<(AccountId, Wallet), BTreeMap<Currency, Decimal>>,
}

impl Changes {
    /// Notes a change.
    pub(super) fn add(&mut self, account: AccountId, wallet: Wallet, cause: Cause, changed: Changed) {
        if changed.balances.is_empty() && changed.positions.is_empty() && changed.debts.is_empty() {
            return;
        }
        let all = self.by_wallet.entry((account, wallet)).or_default();
        match all.last_mut() {
            Some((last, before)) if *last == cause => merge(before, changed),
            _ => all.push((cause, changed)),
        }
    }

    /// What is to be told, by account; nothing is kept.
    pub(super) fn take(&mut self, time: UnixNanos) -> Vec<(AccountId, AccountNews)> {
        let mut told = Vec::new();
        for ((account, wallet), changes) in std::mem::take(&mut self.by_wallet) {
            for (cause, Changed { balances, positions, debts }) in changes {
                if !balances.is_empty() || !positions.is_empty() {
                    told.push((account, AccountNews::Wallet { time, wallet, cause, balances, positions }));
                }
                told.extend(debts.into_iter().map(|(currency, owed, interest)| {
                    (account, AccountNews::Debt { time, wallet, currency, borrowed: owed - interest, interest })
                }));
            }
        }
        told
    }
}

impl Exposures {
    /// Notes what is held after a change.
    pub(super) fn note(&mut self, account: AccountId, wallet: Wallet, changed: &Changed) {
        for position in &changed.positions {
            let key = (account, wallet, position.market, position.leg);
            if position.amount.is_zero() {
                self.positions.remove(&key);
            } else {
                self.positions.insert(key, position.amount);
            }
        }
        for (currency, owed, _) in &changed.debts {
            let debts = self.debts.entry((account, wallet)).or_default();
            if owed.is_zero() {
                debts.remove(currency);
            } else {
                debts.insert(currency.clone(), *owed);
            }
            if debts.is_empty() {
                self.debts.remove(&(account, wallet));
            }
        }
    }

    /// The wallets that hold a position in a market.
    pub(super) fn in_market(&self, market: MarketId) -> Vec<(AccountId, Wallet)> {
        let held = self.positions.keys().filter(|(_, _, of, _)| *of == market);
        let mut wallets: Vec<_> = held.map(|(account, wallet, ..)| (*account, *wallet)).collect();
        wallets.dedup();
        wallets
    }

    /// The wallets that owe something.
    pub(super) fn in_debt(&self) -> Vec<(AccountId, Wallet)> {
        self.debts.keys().copied().collect()
    }

    /// How much a leg holds; negative when short.
    pub(super) fn held(&self, account: AccountId, wallet: Wallet, market: MarketId, leg: Option<PositionSide>) -> Decimal {
        self.positions.get(&(account, wallet, market, leg)).copied().unwrap_or_default()
    }
}

fn merge(before: &mut Changed, after: Changed) {
    for balance in after.balances {
        match before.balances.iter_mut().find(|known| known.currency == balance.currency) {
            Some(known) => *known = Balance { change: known.change + balance.change, ..balance },
            None => before.balances.push(balance),
        }
    }
    for position in after.positions {
        let is_same = |known: &&mut PositionNow| known.market == position.market && known.leg == position.leg;
        match before.positions.iter_mut().find(is_same) {
            Some(known) => *known = position,
            None => before.positions.push(position),
        }
    }
    for debt in after.debts {
        match before.debts.iter_mut().find(|known| known.0 == debt.0) {
            Some(known) => *known = debt,
            None => before.debts.push(debt),
        }
    }
}
