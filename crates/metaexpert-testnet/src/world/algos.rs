//! Conditional orders that are no orders yet: they wait, and when their price has come an order is sent for them.
//!
//! The one decision: nothing is set aside while they wait, so what comes of them is known only then (Binance futures, "Algo
//! Service"). The order that is sent has a number of its own and the conditional order's name.

use metaexpert_core::TimeInForce;

use super::{Seat, Timer, World, conditions::Waiter, rules};
use crate::{
    listing::MarketId,
    news::AccountNews,
    order::{AccountId, Algo, AlgoId, AlgoState, BrokenRule, Named, OrderRequest, Origin, Refusal, Size},
    wallet::Wallet,
};

impl World {
    /// Takes a conditional order that becomes an order when its price has come.
    ///
    /// # Errors
    /// Why not. Margin is not looked at before it comes to life.
    pub fn place_algo(&mut self, account: AccountId, request: OrderRequest) -> Result<Algo, Refusal> {
        self.check_algo(account, &request)?;
        let condition = self.condition_of(&request)?;
        let algo = Algo {
            id: self.next_algo(),
            state: AlgoState::Waiting,
            order: None,
            created: self.now,
            updated: self.now,
            triggered: None,
            level: condition.level.filter(|_| condition.trails()),
            refused: None,
            request,
        };
        if let TimeInForce::GoodTillDate(until) = algo.request.time_in_force {
            self.set_timer(until, Timer::AlgoOver(account, algo.id));
        }
        self.conditions.add(Waiter::Algo(account, algo.id), algo.request.market, condition);
        self.put_algo(account, algo.clone());
        self.tell(account, AccountNews::Algo(algo.clone()));
        self.finish();
        Ok(algo)
    }

    /// Takes a conditional order back.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`] where none of that name waits.
    pub fn cancel_algo(&mut self, account: AccountId, wallet: Wallet, algo: &Named) -> Result<Algo, Refusal> {
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownOrder)?;
        let found = owner.orders.algo(wallet, algo).filter(|algo| algo.state == AlgoState::Waiting);
        let id = found.ok_or(Refusal::UnknownOrder)?.id;
        let cancelled = self.end_algo(account, id, AlgoState::Cancelled, None);
        self.finish();
        cancelled.ok_or(Refusal::UnknownOrder)
    }

    /// Takes back every conditional order that waits in a market.
    pub fn cancel_algos(&mut self, account: AccountId, wallet: Wallet, market: MarketId) -> Vec<Algo> {
        let cancelled = self.end_algos(account, wallet, Some(market), AlgoState::Cancelled, None);
        self.finish();
        cancelled
    }

    fn check_algo(&self, account: AccountId, request: &OrderRequest) -> Result<(), Refusal> {
        let listing = self.tradable(request.market)?;
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownMarket)?;
        if listing.class != request.wallet.class() || !request.kind.is_conditional() {
            return Err(Refusal::UnknownMarket);
        }
        let named = Named::Client(request.client_id.clone());
        if owner.orders.algo(request.wallet, &named).is_some_and(|algo| algo.state == AlgoState::Waiting) {
            return Err(Refusal::DuplicateClientId);
        }
        // 200 in all (USD-M change log, 2025-11-06), which is what listings say of a market.
        let waiting = owner.orders.waiting_algos(request.wallet, None).len();
        if waiting >= listing.limits.conditional_orders as usize {
            return Err(Refusal::Rule(BrokenRule::ConditionalOrders));
        }
        let quantity = match request.size {
            Size::Quantity(quantity) => Some(quantity),
            Size::Quote(_) | Size::WholePosition => None,
        };
        rules::check(request, quantity, listing, &self.markets)
    }

    /// Its price has come: an order is sent for it.
    pub(super) fn trigger_algo(&mut self, account: AccountId, id: AlgoId) {
        let Some(algo) = self.waiting_algo(account, id) else { return };
        let now = self.now;
        let begun = self.change_algo(account, id, |algo| {
            algo.state = AlgoState::Triggering;
            algo.triggered = Some(now);
        });
        if begun.is_none() {
            return;
        }
        let is_whole = algo.request_is_whole();
        // It keeps the kind it was asked for, which protocols show as what it was originally.
        let request = algo.request;
        let checked = self.check_new(account, &request);
        match checked.and_then(|()| self.take(account, request, Origin::Algo(id))) {
            Ok(order) => {
                let is_over = self.order(account, order).is_none_or(|order| !order.state.is_open());
                self.change_algo(account, id, |algo| {
                    algo.order = Some(order);
                    algo.state = AlgoState::Triggered;
                });
                if is_over {
                    self.finish_algo(account, id);
                }
            }
            // There is nothing to close: it is over without an order.
            Err(Refusal::ReduceOnly) if is_whole => {
                self.change_algo(account, id, |algo| {
                    algo.state = AlgoState::Expired;
                    algo.refused = Some(Refusal::ReduceOnly);
                });
            }
            Err(why) => {
                self.change_algo(account, id, |algo| {
                    algo.state = AlgoState::Rejected;
                    algo.refused = Some(why);
                });
            }
        }
    }

    /// The order that came of it is over.
    pub(super) fn finish_algo(&mut self, account: AccountId, id: AlgoId) {
        let is_triggered = |algo: &Algo| algo.state == AlgoState::Triggered;
        if self.accounts.get(usize::from(account.0)).and_then(|owner| owner.orders.algo_by_id(id)).is_some_and(is_triggered) {
            self.change_algo(account, id, |algo| algo.state = AlgoState::Finished);
        }
    }

    /// Ends what waits in a wallet, or in one market of it.
    pub(super) fn end_algos(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: Option<MarketId>,
        state: AlgoState,
        why: Option<&Refusal>,
    ) -> Vec<Algo> {
        let Some(owner) = self.accounts.get(usize::from(account.0)) else { return Vec::new() };
        let ids: Vec<_> = owner.orders.waiting_algos(wallet, market).into_iter().map(|algo| algo.id).collect();
        ids.into_iter().filter_map(|id| self.end_algo(account, id, state, why.cloned())).collect()
    }

    /// Ends one that waits.
    pub(super) fn end_algo(&mut self, account: AccountId, id: AlgoId, state: AlgoState, why: Option<Refusal>) -> Option<Algo> {
        self.waiting_algo(account, id)?;
        self.conditions.remove(Waiter::Algo(account, id));
        self.change_algo(account, id, |algo| {
            algo.state = state;
            algo.refused = why;
        })
    }

    /// What was to close a whole position ends with it.
    pub(super) fn trim_algos(&mut self, seat: Seat) {
        let Some(owner) = self.accounts.get(usize::from(seat.account.0)) else { return };
        let waiting = owner.orders.waiting_algos(seat.wallet, Some(seat.market));
        let needless: Vec<_> = waiting
            .into_iter()
            .filter(|algo| algo.request_is_whole() && self.reducible(seat, &algo.request).is_zero())
            .map(|algo| algo.id)
            .collect();
        for id in needless {
            self.end_algo(seat.account, id, AlgoState::Expired, Some(Refusal::ReduceOnly));
        }
    }

    fn waiting_algo(&self, account: AccountId, id: AlgoId) -> Option<Algo> {
        let algo = self.accounts.get(usize::from(account.0))?.orders.algo_by_id(id)?;
        (algo.state == AlgoState::Waiting).then(|| algo.clone())
    }

    pub(super) fn change_algo(&mut self, account: AccountId, id: AlgoId, change: impl FnOnce(&mut Algo)) -> Option<Algo> {
        let mut algo = self.accounts.get(usize::from(account.0))?.orders.algo_by_id(id)?.clone();
        change(&mut algo);
        algo.updated = self.now;
        self.put_algo(account, algo.clone());
        self.tell(account, AccountNews::Algo(algo.clone()));
        Some(algo)
    }
}

impl Algo {
    /// Whether it closes all that the position holds.
    fn request_is_whole(&self) -> bool {
        self.request.size == Size::WholePosition
    }
}
