//! Double entry: what is there follows from what was paid in and what was executed.

use super::*;

impl Floor {
    /// In double entry: what is there is what was paid in, and what executions, fees, loans and interest did.
    pub(super) fn add_up(&mut self) {
        for account in ACCOUNTS {
            let owner = self.world.account(account);
            for wallet in owner.wallets.all() {
                let mut sums: BTreeMap<String, Decimal> = BTreeMap::new();
                let mut add = |money: &Currency, amount: Decimal| *sums.entry(money.to_string()).or_default() += amount;
                let clearing = owner.wallets.get(wallet).unwrap();
                let is_coins = wallet.class() == Class::Spot;
                for execution in owner.orders.executions(wallet, None).into_iter().filter(|_| is_coins) {
                    let instrument = &self.world.markets().get(execution.market).listing().instrument;
                    let sign = if execution.side == Side::Buy { Decimal::ONE } else { -Decimal::ONE };
                    assert_eq!(execution.value, execution.price * execution.quantity);
                    add(&instrument.base, sign * execution.quantity);
                    add(&instrument.quote, -sign * execution.value);
                    add(&execution.fee.currency, -execution.fee.amount);
                }
                for entry in clearing.history() {
                    match entry.kind {
                        EntryKind::Commission | EntryKind::Interest if is_coins => {}
                        _ => add(&entry.amount.currency, entry.amount.amount),
                    }
                }
                let interest = match wallet {
                    Wallet::Cross => owner.wallets.cross().interest(),
                    Wallet::Isolated(market) => owner.wallets.isolated(market).unwrap().interest(),
                    _ => &[],
                };
                for paid in interest.iter().filter(|paid| paid.currency != paid.owed) {
                    add(&paid.currency, -paid.interest);
                }
                let written_off = |coin: &str| -> Decimal {
                    // What a lender is paid in a liquidation's place never was the account's.
                    let margin = matches!(wallet, Wallet::Cross | Wallet::Isolated(_));
                    let lines = clearing.history().iter().filter(|entry| margin && entry.kind == EntryKind::Insurance);
                    lines
                        .filter(|entry| entry.trade_id.is_none() && entry.amount.currency.as_str() == coin)
                        .map(|entry| entry.amount.amount)
                        .sum()
                };
                for balance in clearing.balances(self.world.markets()) {
                    let coin = balance.currency.to_string();
                    let should = sums.get(&coin).copied().unwrap_or_default() - written_off(&coin);
                    assert_eq!(balance.wallet.normalize(), should.normalize(), "{account:?} {wallet:?} {coin}");
                }
            }
            self.add_up_positions(account);
        }
    }

    /// Positions are the sum of their executions; profit is what was paid less what was got.
    pub(super) fn add_up_positions(&self, account: AccountId) {
        let owner = self.world.account(account);
        for wallet in [Wallet::Linear, Wallet::Inverse] {
            let futures = owner.wallets.futures(wallet);
            let mut held: BTreeMap<MarketId, Decimal> = BTreeMap::new();
            let (mut realized, mut fees) = (Decimal::ZERO, BTreeMap::<String, Decimal>::new());
            for execution in owner.orders.executions(wallet, None) {
                let sign = if execution.side == Side::Buy { Decimal::ONE } else { -Decimal::ONE };
                *held.entry(execution.market).or_default() += sign * execution.quantity;
                realized += execution.realized;
                *fees.entry(execution.fee.currency.to_string()).or_default() += execution.fee.amount;
            }
            for (market, amount) in held {
                let legs = [None, Some(PositionSide::Long), Some(PositionSide::Short)];
                let there: Decimal = legs[usize::from(futures.is_hedged())..]
                    .iter()
                    .take(if futures.is_hedged() { 2 } else { 1 })
                    .map(|leg| futures.amount(market, *leg))
                    .sum();
                assert_eq!(there, amount, "{account:?} {wallet:?} {market:?}");
            }
            let clearing = owner.wallets.get(wallet).unwrap();
            let sum = |kinds: &[EntryKind]| -> Decimal {
                clearing.history().iter().filter(|entry| kinds.contains(&entry.kind)).map(|entry| entry.amount.amount).sum()
            };
            assert_eq!(
                sum(&[EntryKind::Realized, EntryKind::Delivery]).normalize(),
                realized.normalize(),
                "{account:?} {wallet:?}"
            );
            assert_eq!(-sum(&[EntryKind::Commission]).normalize(), fees.values().sum::<Decimal>().normalize());
        }
    }

    /// Takes everything back: nothing is set aside any more.
    pub(super) fn leave(&mut self) {
        for account in ACCOUNTS {
            let markets: Vec<_> = self.world.markets().iter().map(|(id, market)| (id, market.listing().class)).collect();
            for wallet in self.world.account(account).wallets.all() {
                for (market, class) in &markets {
                    if *class == wallet.class() {
                        self.world.cancel_all(account, wallet, *market);
                        self.world.cancel_algos(account, wallet, *market);
                    }
                }
            }
            let owner = self.world.account(account);
            for wallet in owner.wallets.all() {
                assert!(owner.orders.open(wallet, None).is_empty());
                let balances = owner.wallets.get(wallet).unwrap().balances(self.world.markets());
                if wallet.class() == Class::Spot {
                    assert!(balances.iter().all(|balance| balance.locked.is_zero()), "{account:?} {wallet:?} {balances:?}");
                }
                if matches!(wallet, Wallet::Linear | Wallet::Inverse) {
                    let assets = owner.wallets.futures(wallet).assets(self.world.markets());
                    assert!(assets.iter().all(|asset| asset.order_initial.is_zero()), "{account:?} {assets:?}");
                }
            }
        }
    }
}

/// What an account has of each coin in all wallets, less what it owes.
pub(super) fn totals(world: &World, account: AccountId) -> BTreeMap<String, Decimal> {
    let wallets = &world.account(account).wallets;
    let mut totals: BTreeMap<String, Decimal> = BTreeMap::new();
    for wallet in wallets.all() {
        for balance in wallets.get(wallet).unwrap().balances(world.markets()) {
            *totals.entry(balance.currency.to_string()).or_default() += balance.wallet;
        }
    }
    totals
}
