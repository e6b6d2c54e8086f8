//! The steps of an order's life: it changes, it is told, it ends once.
//!
//! The one decision: an order ends in one place, which takes it away from wherever it stands, frees what it had set aside and
//! tells it; what follows for its list and for the conditional order it came of, follows from there.

use metaexpert_core::UnixNanos;

use super::{Seat, Timer, World, conditions::Waiter, desk::Desk, needs::left, shown::Spot};
use crate::{
    clearing::{Changed, Clearing},
    listing::MarketId,
    news::{AccountNews, Cause, OrderChange},
    order::{AccountId, Algo, AlgoId, ListId, Order, OrderId, OrderList, OrderState, Origin, Refusal},
    wallet::Wallet,
};

impl World {
    pub(super) fn order(&self, account: AccountId, id: OrderId) -> Option<&Order> {
        self.accounts.get(usize::from(account.0))?.orders.by_id(id)
    }

    pub(super) fn next_order(&mut self) -> OrderId {
        self.last_order += 1;
        OrderId(self.last_order)
    }

    pub(super) fn next_algo(&mut self) -> AlgoId {
        self.last_algo += 1;
        AlgoId(self.last_algo)
    }

    pub(super) fn next_list(&mut self) -> ListId {
        self.last_list += 1;
        ListId(self.last_list)
    }

    pub(super) const fn seat_of(account: AccountId, order: &Order) -> Seat {
        Seat { market: order.request.market, account, wallet: order.request.wallet }
    }

    /// Puts an order where it is now.
    pub(super) fn put(&mut self, account: AccountId, order: Order) {
        if let Some(account) = self.accounts.get_mut(usize::from(account.0)) {
            account.orders.put(order);
        }
    }

    pub(super) fn put_algo(&mut self, account: AccountId, algo: Algo) {
        if let Some(account) = self.accounts.get_mut(usize::from(account.0)) {
            account.orders.put_algo(algo);
        }
    }

    pub(super) fn put_list(&mut self, account: AccountId, list: OrderList) {
        if let Some(account) = self.accounts.get_mut(usize::from(account.0)) {
            account.orders.put_list(list);
        }
    }

    /// Changes an order that is open; as it is then.
    pub(super) fn change_order(&mut self, account: AccountId, id: OrderId, change: impl FnOnce(&mut Order)) -> Option<Order> {
        let mut order = self.order(account, id).filter(|order| order.state.is_open())?.clone();
        change(&mut order);
        order.updated = self.now;
        self.put(account, order.clone());
        Some(order)
    }

    /// Tells what happened to an order.
    pub(super) fn tell_order(&mut self, account: AccountId, order: Order, change: OrderChange) {
        self.tell(account, AccountNews::Order { order, change });
    }

    /// Ends an order, wherever it stands.
    pub(super) fn end(
        &mut self,
        account: AccountId,
        id: OrderId,
        state: OrderState,
        change: OrderChange,
        why: Option<Refusal>,
    ) -> Option<Order> {
        self.take_away(account, id);
        let order = self.change_order(account, id, |order| {
            order.state = state;
            order.ended_by = why;
        })?;
        self.tell_order(account, order.clone(), change);
        self.free(account, &order);
        self.ended(account, &order);
        Some(order)
    }

    /// What follows from an order being over, in whichever way.
    pub(super) fn ended(&mut self, account: AccountId, order: &Order) {
        if let Origin::Algo(algo) = order.origin {
            self.finish_algo(account, algo);
        }
        self.member_ended(account, order);
    }

    /// Frees what an order had set aside.
    pub(super) fn free(&mut self, account: AccountId, order: &Order) {
        let wallet = order.request.wallet;
        let Some(changed) = self.clearing(account, wallet).map(|clearing| clearing.release(order.id, None)) else { return };
        self.changed(account, wallet, Cause::Order, changed);
    }

    /// Takes an order away from where it stands; nothing is told.
    pub(super) fn take_away(&mut self, account: AccountId, id: OrderId) {
        self.conditions.remove(Waiter::Order(account, id));
        let Some(order) = self.order(account, id) else { return };
        let seat = Self::seat_of(account, order);
        if self.at_desk.remove(&id).is_some() {
            if let Some(desk) = self.desks.get_mut(&seat) {
                // What is heard is that it is gone, which is why this is done.
                let _ = desk.cancel(id, self.now);
            }
            self.note_busy(seat);
        }
        self.show(account, id);
    }

    /// Shows the public book what of an order rests.
    pub(super) fn show(&mut self, account: AccountId, id: OrderId) {
        let Some(order) = self.order(account, id) else { return };
        let request = &order.request;
        let market = request.market;
        let rests = self.at_desk.get(&id).zip(request.kind.limit_price()).map(|(at_desk, price)| {
            let shown = request.iceberg.map_or(*at_desk, |part| part.min(*at_desk)).min(left(order));
            (Spot { market, account, side: request.side, price: price.get() }, shown)
        });
        for (spot, quantity) in self.shown.set(id, rests) {
            self.markets.rests(spot.market, spot.account, spot.side, spot.price, quantity, self.now);
            self.agenda.push_back(super::Task::Level { spot });
        }
    }

    pub(super) fn clearing(&mut self, account: AccountId, wallet: Wallet) -> Option<&mut dyn Clearing> {
        self.accounts.get_mut(usize::from(account.0))?.wallets.get_mut(wallet)
    }

    /// Notes what changed in a wallet.
    pub(super) fn changed(&mut self, account: AccountId, wallet: Wallet, cause: Cause, changed: Changed) {
        self.exposures.note(account, wallet, &changed);
        for position in &changed.positions {
            self.agenda.push_back(super::Task::Trim(Seat { market: position.market, account, wallet }));
        }
        self.changes.add(account, wallet, cause, changed);
    }

    /// The desk of a seat, which is opened where there is none.
    pub(super) fn open_desk(&mut self, seat: Seat) -> Option<()> {
        if !self.desks.contains_key(&seat) {
            let desk = Desk::new(seat.account, self.markets.get(seat.market).listing())?;
            self.desks.insert(seat, desk);
        }
        Some(())
    }

    /// Notes whether prices concern a desk.
    pub(super) fn note_busy(&mut self, seat: Seat) {
        let is_idle = self.desks.get(&seat).is_none_or(Desk::is_idle);
        let seats = self.busy.entry(seat.market).or_default();
        if is_idle {
            seats.remove(&(seat.account, seat.wallet));
        } else {
            seats.insert((seat.account, seat.wallet));
        }
    }

    /// The desks of a market where something stands, but those of one account.
    pub(super) fn busy_seats(&self, market: MarketId, except: Option<AccountId>) -> Vec<Seat> {
        let seats = self.busy.get(&market).into_iter().flatten();
        seats
            .filter(|(account, _)| Some(*account) != except)
            .map(|(account, wallet)| Seat { market, account: *account, wallet: *wallet })
            .collect()
    }

    pub(super) fn book_changes(&self, market: MarketId) -> u64 {
        self.book_changes.get(market.index()).copied().unwrap_or_default()
    }

    pub(super) fn set_timer(&mut self, at: UnixNanos, timer: Timer) {
        self.timers_set += 1;
        self.timers.insert((at, self.timers_set), timer);
    }
}
