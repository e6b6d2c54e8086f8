//! Prices come to what waits for them.
//!
//! The one decision: a conditional order of coins keeps its number when its price has come, and what it needs is asked for anew
//! then, at the price that it will have: a stop that was paid for at its trigger may find a dearer market.

use metaexpert_core::TriggerBy;
use rust_decimal::Decimal;

use super::{Task, World, conditions::Waiter};
use crate::{
    listing::MarketId,
    news::OrderChange,
    order::{AccountId, OrderId, OrderState},
};

impl World {
    /// A price has come; who waited for it is brought to life with the next tasks.
    pub(super) fn visit(&mut self, market: MarketId, by: TriggerBy, price: Decimal) {
        let reached = self.conditions.visit(market, by, price);
        for (waiter, level) in reached.moved {
            self.trailed(waiter, level);
        }
        self.agenda.extend(reached.met.into_iter().map(Task::Trigger));
    }

    /// A stop that follows the price has moved. It is not news, but who asks sees it.
    fn trailed(&mut self, waiter: Waiter, level: Decimal) {
        match waiter {
            Waiter::Order(account, id) => {
                let Some(mut order) = self.order(account, id).cloned() else { return };
                order.level = Some(level);
                self.put(account, order);
            }
            Waiter::Algo(account, id) => {
                let found = self.accounts.get(usize::from(account.0)).and_then(|owner| owner.orders.algo_by_id(id));
                let Some(mut algo) = found.cloned() else { return };
                algo.level = Some(level);
                self.put_algo(account, algo);
            }
        }
    }

    /// An order's price has come: it goes into the market, if what it needs is there still.
    pub(super) fn trigger(&mut self, account: AccountId, id: OrderId) {
        let Some(order) = self.order(account, id).filter(|order| order.state == OrderState::Waiting).cloned() else { return };
        self.secure(account, &order);
        let now = self.now;
        let triggered = self.change_order(account, id, |order| {
            order.state = OrderState::Working;
            order.working_since = Some(now);
        });
        let Some(order) = triggered else { return };
        // It may use what it has set aside, and what was borrowed for it is not borrowed again.
        if let Err(why) = self.admit(account, &order) {
            self.end(account, id, OrderState::Expired, OrderChange::Expired, Some(why));
            return;
        }
        self.tell_order(account, order.clone(), OrderChange::Triggered);
        self.member_traded(account, &order);
        self.go_to_work(account, id);
    }
}
