//! Transfers, and whatever is done with wallets that is no order.
//!
//! The one decision: who does something with a wallet need not say what it changed: the wallets are looked at before and after, and
//! what differs is told. It is asked for seldom, and nothing is forgotten so.

use metaexpert_core::{Currency, Money, UnixNanos};
use rust_decimal::Decimal;

use super::World;
use crate::{
    account::Wallets,
    clearing::Changed,
    listing::MarketId,
    market::Markets,
    news::{AccountNews, Balance, Cause, PositionNow},
    order::{AccountId, Refusal},
    wallet::Wallet,
};

/// What a wallet says of itself.
#[derive(Debug)]
struct Look {
    wallet: Wallet,
    balances: Vec<Balance>,
    positions: Vec<PositionNow>,
    debts: Vec<(Currency, Decimal, Decimal)>,
    leverages: Vec<(MarketId, u32)>,
}

impl World {
    /// Moves money between wallets of an account, or from (`None`) and to outside. Returns the transfer's number.
    ///
    /// # Errors
    /// [`Refusal::Funds`] where less can be taken out, where it is less than nothing, or where the other wallet cannot hold it: nothing has
    /// left the one then.
    pub fn transfer(
        &mut self,
        account: AccountId,
        from: Option<Wallet>,
        to: Option<Wallet>,
        money: &Money,
    ) -> Result<u64, Refusal> {
        let (now, markets) = (self.now, &self.markets);
        let owner = self.accounts.get_mut(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        if money.amount < Decimal::ZERO {
            return Err(Refusal::Funds);
        }
        if let Some(to) = to
            && !owner.wallets.get(to).ok_or(Refusal::UnknownMarket)?.holds(&money.currency)
        {
            return Err(Refusal::Funds);
        }
        let inside = from.is_some() && to.is_some();
        let mut told = Vec::new();
        if let Some(from) = from {
            let out = Money::new(-money.amount, money.currency.clone());
            let cause = if inside { Cause::Transfer } else { Cause::Withdrawal };
            let clearing = owner.wallets.get_mut(from).ok_or(Refusal::UnknownMarket)?;
            told.push((from, cause, clearing.transfer(&out, now, cause, markets)?));
        }
        if let Some(to) = to {
            let cause = if inside { Cause::Transfer } else { Cause::Deposit };
            let clearing = owner.wallets.get_mut(to).ok_or(Refusal::UnknownMarket)?;
            told.push((to, cause, clearing.transfer(money, now, cause, markets)?));
        }
        let id = owner.wallets.transferred(now, from, to, money.clone());
        for (wallet, cause, changed) in told {
            self.changed(account, wallet, cause, changed);
        }
        self.finish();
        Ok(id)
    }

    /// Money comes in from outside before anybody listens.
    pub(super) fn deposit(&mut self, account: AccountId, wallet: Wallet, money: &Money) -> Result<Changed, Refusal> {
        let owner = self.accounts.get_mut(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        if let Wallet::Isolated(market) = wallet {
            owner.wallets.open_isolated(market, &self.markets);
        }
        let clearing = owner.wallets.get_mut(wallet).ok_or(Refusal::UnknownMarket)?;
        clearing.transfer(money, self.now, Cause::Deposit, &self.markets)
    }

    /// Lets something be done with an account's wallets that is not an order: a leverage, a mode, a loan. What it changed is told as
    /// news.
    ///
    /// # Errors
    /// Whatever the wallet says.
    pub fn settle<T>(
        &mut self,
        account: AccountId,
        act: impl FnOnce(&mut Wallets, &Markets, UnixNanos) -> Result<T, Refusal>,
    ) -> Result<T, Refusal> {
        let (now, markets) = (self.now, &self.markets);
        let owner = self.accounts.get_mut(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        let before = looks(&owner.wallets, markets);
        let done = act(&mut owner.wallets, markets, now);
        let after = looks(&owner.wallets, markets);
        for look in after {
            let known = before.iter().find(|known| known.wallet == look.wallet);
            self.tell_difference(account, known, look);
        }
        self.finish();
        done
    }

    fn tell_difference(&mut self, account: AccountId, before: Option<&Look>, after: Look) {
        let time = self.now;
        for (market, leverage) in after.leverages {
            let known = before.and_then(|before| before.leverages.iter().find(|(of, _)| *of == market));
            if known.is_some_and(|(_, known)| *known != leverage) {
                self.tell(account, AccountNews::Leverage { time, market, leverage });
            }
        }
        let known = before.map(|before| before.balances.as_slice()).unwrap_or_default();
        let balances: Vec<_> = after.balances.into_iter().filter_map(|balance| changed_balance(known, balance)).collect();
        let known = before.map(|before| before.positions.as_slice()).unwrap_or_default();
        let positions: Vec<_> = after.positions.into_iter().filter(|position| is_changed(known, position)).collect();
        let known = before.map(|before| before.debts.as_slice()).unwrap_or_default();
        let debts = changed_debts(known, after.debts);
        let cause = match (debts.is_empty(), positions.is_empty()) {
            (false, _) => Cause::Loan,
            (true, false) => Cause::Margin,
            (true, true) => Cause::Transfer,
        };
        self.changed(account, after.wallet, cause, Changed { balances, positions, debts });
    }
}

fn looks(wallets: &Wallets, markets: &Markets) -> Vec<Look> {
    wallets.all().into_iter().filter_map(|wallet| look(wallets, wallet, markets)).collect()
}

fn look(wallets: &Wallets, wallet: Wallet, markets: &Markets) -> Option<Look> {
    let balances = wallets.get(wallet)?.balances(markets);
    let (mut positions, mut debts, mut leverages) = (Vec::new(), Vec::new(), Vec::new());
    match wallet {
        Wallet::Cross => debts = wallets.cross().debts(),
        Wallet::Isolated(market) => debts = wallets.isolated(market)?.debts(),
        Wallet::Linear | Wallet::Inverse => {
            let futures = wallets.futures(wallet);
            positions = futures.positions(markets).into_iter().map(|row| row.now).collect();
            leverages = futures.settings().into_iter().map(|settings| (settings.market, settings.leverage)).collect();
        }
        Wallet::Spot | Wallet::Options => {}
    }
    Some(Look { wallet, balances, positions, debts, leverages })
}

fn changed_balance(known: &[Balance], now: Balance) -> Option<Balance> {
    let before = known.iter().find(|known| known.currency == now.currency);
    let held = |balance: &Balance| (balance.free, balance.locked, balance.wallet, balance.cross);
    if before.map(held) == Some(held(&now)) {
        return None;
    }
    let sum = |balance: &Balance| if balance.wallet.is_zero() { balance.free + balance.locked } else { balance.wallet };
    let change = sum(&now) - before.map(sum).unwrap_or_default();
    (before.is_some() || !change.is_zero()).then_some(Balance { change, ..now })
}

fn is_changed(known: &[PositionNow], now: &PositionNow) -> bool {
    let before = known.iter().find(|known| known.market == now.market && known.leg == now.leg);
    before.is_none_or(|before| {
        (before.isolated_wallet, before.is_isolated, before.amount) != (now.isolated_wallet, now.is_isolated, now.amount)
    })
}

fn changed_debts(
    known: &[(Currency, Decimal, Decimal)],
    now: Vec<(Currency, Decimal, Decimal)>,
) -> Vec<(Currency, Decimal, Decimal)> {
    let gone = known.iter().filter(|(of, ..)| !now.iter().any(|(currency, ..)| currency == of));
    let mut changed: Vec<_> = gone.map(|(currency, ..)| (currency.clone(), Decimal::ZERO, Decimal::ZERO)).collect();
    changed.extend(now.into_iter().filter(|debt| !known.contains(debt)));
    changed
}
