//! Orders of one account that would trade with each other, where both are to lose what they would have traded.
//!
//! The one decision: the matching knows who is to end, not how two orders shrink (Binance spot, "Self Trade Prevention",
//! `DECREMENT`). So before an order goes to its desk it is seen how far the market reaches before the account's own offers, and
//! what would have met them is taken off both.

use rust_decimal::Decimal;

use super::{
    World,
    meet::Source,
    needs::{is_beyond, left, levels},
};
use crate::{
    news::OrderChange,
    order::{AccountId, Order, OrderId, OrderState, Refusal, SelfTradePrevention},
};
use metaexpert_core::{Quantity, TimeInForce};

impl World {
    /// Takes off an order that comes, and off those of its account that it would meet, what they would have traded; what was taken
    /// off the coming one.
    pub(super) fn decrement(&mut self, account: AccountId, order: &mut Order) -> Decimal {
        let takes = order.request.time_in_force != TimeInForce::PostOnly;
        if order.request.self_trade != SelfTradePrevention::Decrement || !takes {
            return Decimal::ZERO;
        }
        let mut prevented = Decimal::ZERO;
        while let Some((own, price)) = self.own_offer(account, order) {
            let better = self.better_than(account, order, price);
            let meets = (left(order) - better).min(self.at_desk.get(&own).copied().unwrap_or_default());
            if meets <= Decimal::ZERO {
                break;
            }
            order.prevented += meets;
            prevented += meets;
            self.shrink(account, own, meets);
        }
        prevented
    }

    /// Tells what was taken off an order; one of which nothing is left is over.
    pub(super) fn tell_prevented(&mut self, account: AccountId, id: OrderId, prevented: Decimal) {
        if prevented <= Decimal::ZERO {
            return;
        }
        if let Some(order) = self.order(account, id).cloned() {
            let is_over = left(&order).is_zero();
            if !is_over {
                self.tell_order(account, order, OrderChange::Prevented(prevented));
            }
        }
    }

    /// The best offer of the same account that an order would come to.
    fn own_offer(&self, account: AccountId, order: &Order) -> Option<(OrderId, Decimal)> {
        let request = &order.request;
        let limit = request.kind.limit_price();
        let open = self.accounts.get(usize::from(account.0))?.orders.open(request.wallet, Some(request.market));
        let offers = open.into_iter().filter(|other| other.id != order.id && other.request.side != request.side);
        let standing = offers.filter(|other| self.at_desk.contains_key(&other.id));
        let priced = standing.filter_map(|other| Some((other.id, other.request.kind.limit_price()?.get())));
        let met = priced.filter(|(_, price)| limit.is_none_or(|limit| !is_beyond(request.side, *price, limit.get())));
        met.min_by_key(|(id, price)| match request.side {
            metaexpert_core::Side::Buy => (*price, *id),
            metaexpert_core::Side::Sell => (-*price, *id),
        })
    }

    /// How much an order finds before a price.
    fn better_than(&self, account: AccountId, order: &Order, price: Decimal) -> Decimal {
        let request = &order.request;
        let listing = self.markets.get(request.market).listing();
        let book = self.book(request.market, account);
        let better = levels(&book, listing, request.side).take_while(|(at, _)| is_beyond(request.side, price, *at));
        better.map(|(_, there)| there).sum()
    }

    /// Less of an order stands, in its place.
    fn shrink(&mut self, account: AccountId, id: OrderId, by: Decimal) {
        let Some(at_desk) = self.at_desk.get(&id).copied() else { return };
        let Some(order) = self.change_order(account, id, |order| order.prevented += by) else { return };
        if left(&order).is_zero() || at_desk <= by {
            let (state, change) = (OrderState::ExpiredInMatch, OrderChange::Prevented(by));
            self.end(account, id, state, change, Some(Refusal::SelfTrade));
            return;
        }
        let seat = Self::seat_of(account, &order);
        let changes = self.book_changes(seat.market);
        let book = self.markets.book_for(seat.market, account);
        let whole = Quantity::new(order.executed + at_desk - by);
        let mut heard = Vec::new();
        if let (Some(desk), Some(whole)) = (self.desks.get_mut(&seat), whole) {
            (heard, _) = desk.amend(id, whole, None, &book, changes, self.now);
            self.at_desk.insert(id, at_desk - by);
        }
        if let Some(clearing) = self.clearing(account, seat.wallet) {
            let changed = clearing.release(id, Some(by));
            self.changed(account, seat.wallet, crate::news::Cause::Order, changed);
        }
        self.show(account, id);
        self.tell_order(account, order, OrderChange::Prevented(by));
        // What the book had done to orders here before it was looked at.
        self.listen(account, heard, Source::Book);
    }
}
