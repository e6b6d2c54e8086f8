//! What somebody knows who has asked once and listens since; it must be what is there.

use super::*;

/// What somebody knows who has asked once and listens since.
#[derive(Default)]
pub(super) struct Mirror {
    pub(super) coins: BTreeMap<(AccountId, Wallet, String), (Decimal, Decimal, Decimal)>,
    pub(super) positions: BTreeMap<(AccountId, Wallet, MarketId, Option<PositionSide>), Decimal>,
    pub(super) debts: BTreeMap<(AccountId, Wallet, String), (Decimal, Decimal)>,
    pub(super) orders: BTreeMap<(AccountId, u64), (OrderState, Decimal, Decimal)>,
}

impl Floor {
    /// What is there and what was told agree; nothing is below zero; what cannot be did not happen.
    pub(super) fn compare(&mut self) {
        let news = self.world.take_news();
        self.mirror.hear(&news, &self.done);
        let now = Mirror::of(&self.world);
        let last = |done: &[String]| done.iter().rev().take(4).rev().cloned().collect::<Vec<_>>().join("\n  ");
        for (key, there) in &now.coins {
            let (free, locked, _) = *there;
            assert!(free >= Decimal::ZERO && locked >= Decimal::ZERO, "{key:?} {there:?}\n  {}", last(&self.done));
            let told = self.mirror.coins.get(key).copied().unwrap_or_default();
            match key.1 {
                Wallet::Spot | Wallet::Cross | Wallet::Isolated(_) => {
                    assert_eq!((told.0, told.1), (free, locked), "{key:?}: told and there\n  {}", last(&self.done));
                }
                // What is free moves with prices; what the wallet has does not.
                Wallet::Linear | Wallet::Inverse | Wallet::Options => {
                    assert_eq!(told.2, there.2, "{key:?}: told and there\n  {}", last(&self.done));
                }
            }
        }
        assert_eq!(self.mirror.positions, now.positions, "told and there\n  {}", last(&self.done));
        assert_eq!(self.mirror.debts, now.debts, "told and there\n  {}", last(&self.done));
        for (key, there) in &now.orders {
            assert_eq!(self.mirror.orders.get(key), Some(there), "{key:?}: told and there\n  {}", last(&self.done));
        }
        for account in ACCOUNTS {
            let spot = self.world.account(account).wallets.get(Wallet::Spot).unwrap();
            let paid = spot.history().iter().find(|entry| entry.kind == EntryKind::Insurance);
            assert!(paid.is_none(), "somebody has paid for {account:?}: {paid:?}\n  {}", last(&self.done));
        }
    }
}

impl Mirror {
    pub(super) fn ask(&mut self, world: &World) {
        *self = Self::of(world);
    }

    pub(super) fn of(world: &World) -> Self {
        let mut mirror = Self::default();
        for (account, owner) in world.accounts() {
            for wallet in owner.wallets.all() {
                for balance in owner.wallets.get(wallet).unwrap().balances(world.markets()) {
                    let amounts = (balance.free.normalize(), balance.locked.normalize(), balance.wallet.normalize());
                    mirror.coins.insert((account, wallet, balance.currency.to_string()), amounts);
                }
                let debts = match wallet {
                    Wallet::Cross => owner.wallets.cross().debts(),
                    Wallet::Isolated(market) => owner.wallets.isolated(market).unwrap().debts(),
                    _ => Vec::new(),
                };
                for (currency, owed, interest) in debts {
                    mirror
                        .debts
                        .insert((account, wallet, currency.to_string()), ((owed - interest).normalize(), interest.normalize()));
                }
                for (market, _) in world.markets().iter() {
                    for order in owner.orders.all(wallet, market) {
                        let state = (order.state, order.executed.normalize(), order.quantity.normalize());
                        mirror.orders.insert((account, order.id.0), state);
                    }
                }
            }
            for wallet in [Wallet::Linear, Wallet::Inverse] {
                for row in owner.wallets.futures(wallet).positions(world.markets()) {
                    mirror.hold(account, wallet, row.now.market, row.now.leg, row.now.amount);
                }
            }
            for row in owner.wallets.options().positions(world.markets()) {
                mirror.hold(account, Wallet::Options, row.market, None, row.amount);
            }
        }
        mirror
    }

    pub(super) fn hold(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: MarketId,
        leg: Option<PositionSide>,
        amount: Decimal,
    ) {
        let key = (account, wallet, market, leg);
        if amount.is_zero() {
            self.positions.remove(&key);
        } else {
            self.positions.insert(key, amount.normalize());
        }
    }

    pub(super) fn hear(&mut self, news: &[News], done: &[String]) {
        for news in news {
            let News::Account(account, news) = news else { continue };
            match news.as_ref() {
                AccountNews::Order { order, change } => {
                    let state = (order.state, order.executed.normalize(), order.quantity.normalize());
                    let before = self.orders.insert((*account, order.id.0), state);
                    let is_over = before.is_some_and(|(state, ..)| !state.is_open());
                    assert!(!is_over, "told after its end: {order:?} {change:?} {:?}", done.last());
                    assert!(order.executed + order.prevented <= order.quantity, "{order:?} {:?}", done.last());
                    assert!(order.origin != Origin::Client || order.request.client_id.contains("order-"), "{order:?}");
                }
                AccountNews::Wallet { wallet, balances, positions, .. } => {
                    for balance in balances {
                        let amounts = (balance.free.normalize(), balance.locked.normalize(), balance.wallet.normalize());
                        self.coins.insert((*account, *wallet, balance.currency.to_string()), amounts);
                    }
                    for position in positions {
                        self.hold(*account, *wallet, position.market, position.leg, position.amount);
                    }
                }
                AccountNews::Debt { wallet, currency, borrowed, interest, .. } => {
                    let key = (*account, *wallet, currency.to_string());
                    if (*borrowed + *interest).is_zero() {
                        self.debts.remove(&key);
                    } else {
                        self.debts.insert(key, (borrowed.normalize(), interest.normalize()));
                    }
                }
                AccountNews::Algo(_) | AccountNews::List(_) | AccountNews::Leverage { .. } | AccountNews::MarginCall { .. } => {}
            }
        }
    }
}
