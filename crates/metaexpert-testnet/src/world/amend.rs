//! Orders that change.
//!
//! The one decision: an order whose price or size grows goes behind all others and may trade at once, as if it had just come; one
//! that only gets smaller keeps its place. Which of both is asked for is the protocol's matter; whether it can be, is said here.

use metaexpert_core::{OrderKind, Price, Quantity};
use rust_decimal::Decimal;

use super::{
    Change, Placed, World,
    desk::Heard,
    meet::Source,
    needs::{closes, left},
    rules,
};
use crate::{
    listing::MarketId,
    news::OrderChange,
    order::{AccountId, BrokenRule, Named, Order, Refusal, Size},
    wallet::Wallet,
};

impl World {
    /// Changes an order that stands. One that has already executed as much as it is to be for now ends with that.
    ///
    /// # Errors
    /// Why not; the order is as it was.
    pub fn amend(
        &mut self,
        account: AccountId,
        wallet: Wallet,
        market: MarketId,
        order: &Named,
        change: &Change,
    ) -> Result<Placed, Refusal> {
        self.recent.clear();
        let owner = self.accounts.get(usize::from(account.0)).ok_or(Refusal::UnknownOrder)?;
        let found = owner.orders.get(wallet, market, order).filter(|order| order.state.is_open());
        let before = found.ok_or(Refusal::UnknownOrder)?.clone();
        let after = self.amended(account, &before, change)?;
        let done = self.carry_out(account, &before, after);
        self.finish();
        done?;
        self.placed(account, before.id)
    }

    /// The order as it is asked to be, if it may be so.
    fn amended(&self, account: AccountId, before: &Order, change: &Change) -> Result<Order, Refusal> {
        let old = before.request.kind.limit_price().ok_or(Refusal::NothingToChange)?;
        if !self.at_desk.contains_key(&before.id) {
            return Err(Refusal::NothingToChange);
        }
        let quantity = change.quantity.map_or(before.quantity, Quantity::get);
        let price = change.price.unwrap_or(old);
        let is_smaller = quantity < before.quantity && price == old;
        if (quantity == before.quantity && price == old) || (change.keeps_place && !is_smaller) {
            return Err(Refusal::NothingToChange);
        }
        let listing = self.tradable(before.request.market)?;
        if change.keeps_place && before.amends >= listing.limits.amends {
            return Err(Refusal::Rule(BrokenRule::Amends));
        }
        let mut after = before.clone();
        after.quantity = quantity;
        after.request.size = Size::Quantity(quantity);
        after.request.kind = at_limit(before.request.kind, price);
        after.amends += u32::from(change.keeps_place);
        if let Some(name) = change.client_id.as_ref().filter(|name| **name != before.request.client_id) {
            let owner = self.account(account);
            if owner.orders.has_open(before.request.wallet, before.request.market, name) {
                return Err(Refusal::DuplicateClientId);
            }
            after.request.client_id.clone_from(name);
        }
        rules::check(&after.request, Some(quantity), listing, &self.markets)?;
        Ok(after)
    }

    fn carry_out(&mut self, account: AccountId, before: &Order, after: Order) -> Result<(), Refusal> {
        if left(&after) <= Decimal::ZERO {
            // Nothing of it is left to trade (USD-M, "Modify Order").
            self.cancel_one(account, before.id, None);
            return Ok(());
        }
        // What it needs as it is to be, in place of what it needs as it is; where that is refused, all is as before.
        self.admit(account, &after)?;
        let (heard, is_taken) = self.amend_at_desk(account, before, &after).ok_or(Refusal::NothingToChange)?;
        if !is_taken {
            // It was executed a moment before, which is heard now.
            self.admit(account, before)?;
            self.listen(account, heard, Source::Request);
            return Err(Refusal::NothingToChange);
        }
        let id = after.id;
        let (request, quantity, amends) = (after.request, after.quantity, after.amends);
        let changed = self.change_order(account, id, |order| {
            order.request = request;
            order.quantity = quantity;
            order.amends = amends;
        });
        if let Some(order) = changed {
            self.tell_order(account, order, OrderChange::Amended);
        }
        self.listen(account, heard, Source::Request);
        self.show(account, id);
        Ok(())
    }

    /// What is heard of it at the desk, and whether the change was taken there; `None` where it does not stand there.
    fn amend_at_desk(&mut self, account: AccountId, before: &Order, after: &Order) -> Option<(Vec<Heard>, bool)> {
        let seat = Self::seat_of(account, before);
        let at_desk = self.at_desk.get(&before.id).copied()?;
        // What the desk has is for less, where something was prevented, or where there is less to close.
        let at_desk = if closes(&after.request) {
            self.wanted(seat, after)
        } else {
            (at_desk + after.quantity - before.quantity).min(left(after))
        };
        let whole = Quantity::new(before.executed + at_desk)?;
        let price: Option<Price> = after.request.kind.limit_price();
        let changes = self.book_changes(seat.market);
        let book = self.markets.book_for(seat.market, account);
        let (heard, is_taken) = self.desks.get_mut(&seat)?.amend(before.id, whole, price, &book, changes, self.now);
        if is_taken {
            self.at_desk.insert(before.id, at_desk);
        }
        self.note_busy(seat);
        Some((heard, is_taken))
    }
}

/// The same kind of order at another limit. What it waited for has happened.
const fn at_limit(kind: OrderKind, price: Price) -> OrderKind {
    match kind {
        OrderKind::StopLimit { trigger, .. } => OrderKind::StopLimit { trigger, price },
        OrderKind::TakeProfitLimit { trigger, .. } => OrderKind::TakeProfitLimit { trigger, price },
        OrderKind::Limit { .. }
        | OrderKind::Market
        | OrderKind::StopMarket { .. }
        | OrderKind::TakeProfitMarket { .. }
        | OrderKind::TrailingStop { .. } => OrderKind::Limit { price },
    }
}
