//! Orders that are taken back.
//!
//! The one decision: taking back one of a list takes the whole list back, as Binance does (Spot API, "Cancel order").

use metaexpert_core::UnixNanos;

use super::{Seat, Timer, World};
use crate::{
    listing::MarketId,
    news::OrderChange,
    order::{AccountId, Named, Order, OrderId, OrderState, Refusal},
    wallet::Wallet,
};

impl World {
    /// Takes an order back; `request` is the client's name for this request.
    ///
    /// # Errors
    /// [`Refusal::UnknownOrder`] where none of that name stands.
    pub fn cancel(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: MarketId,
        order: &Named,
        request: Option<String>,
    ) -> Result<Order, Refusal> {
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownOrder)?;
        let found = owner.orders.get(wallet, market, order).filter(|order| order.state.is_open());
        let id = found.ok_or(Refusal::UnknownOrder)?.id;
        let cancelled = self.cancel_one(account, id, request);
        self.finish();
        cancelled.ok_or(Refusal::UnknownOrder)
    }

    /// Takes back everything that stands in a market, lists included.
    pub fn cancel_all(&mut self, account: AccountId, wallet: Wallet, market: MarketId) -> Vec<Order> {
        let cancelled = self.cancel_everything(account, wallet, Some(market));
        self.finish();
        cancelled
    }

    /// Takes everything back in a market at a time, unless it is told anew before (Binance: `countdownCancelAll`). `None` calls it off.
    pub fn cancel_all_at(&mut self, account: AccountId, wallet: Wallet, market: MarketId, at: Option<UnixNanos>) {
        let seat = Seat { market, account, wallet };
        match at {
            Some(at) => {
                self.countdowns.insert(seat, at);
                self.set_timer(at, Timer::Countdown(seat));
            }
            None => _ = self.countdowns.remove(&seat),
        }
    }

    /// When everything is taken back in a market, if it is to be.
    pub fn countdown(&self, account: AccountId, wallet: Wallet, market: MarketId) -> Option<UnixNanos> {
        self.countdowns.get(&Seat { market, account, wallet }).copied()
    }

    /// Takes an order back, with its list.
    pub(super) fn cancel_one(&mut self, account: AccountId, id: OrderId, request: Option<String>) -> Option<Order> {
        self.end(account, id, OrderState::Cancelled, OrderChange::Cancelled(request), None)
    }

    /// Takes back what stands in a wallet, or in one market of it.
    pub(super) fn cancel_everything(&mut self, account: AccountId, wallet: Wallet, market: Option<MarketId>) -> Vec<Order> {
        let Some(owner) = self.accounts.get(usize::from(account.0)) else { return Vec::new() };
        let ids: Vec<_> = owner.orders.open(wallet, market).into_iter().map(|order| order.id).collect();
        for id in &ids {
            // One that is gone with its list by now is not there any more.
            self.cancel_one(account, *id, None);
        }
        ids.into_iter().filter_map(|id| self.order(account, id).cloned()).collect()
    }
}
