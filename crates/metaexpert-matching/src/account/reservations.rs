//! What resting orders set aside, so that nothing is promised twice.
//!
//! An order that opens a contract sets aside its margin and taker fee; one that buys coins their price and the fee, one that sells
//! them the coins. What only closes a contract needs nothing (Binance, "Order Cost").

use std::collections::HashMap;

use metaexpert_core::{ClientOrderId, NewOrder, Price, Rejection, Side, UnixNanos, sizing::needed_times};
use rust_decimal::Decimal;

use super::Account;
use crate::ledger::{Cause, CurrencyId, Holder, Keep, to_ledger};

/// What each resting order has set aside.
#[derive(Debug, Default)]
pub(super) struct Reservations(HashMap<ClientOrderId, Reserved>);

/// What is set aside for what is left of an order.
#[derive(Debug, Clone, Copy)]
struct Reserved {
    currency: CurrencyId,
    amount: Decimal,
    quantity: Decimal,
}

impl<K: Keep> Account<K> {
    /// Sets aside what an order may need that rests at `price`.
    ///
    /// # Errors
    /// [`Rejection::Funds`] where less is free, [`Rejection::DuplicateId`] where the order has set something aside already.
    pub fn reserve(&mut self, order: &NewOrder, quantity: Decimal, price: Price) -> Result<(), Rejection> {
        if self.reservations.0.contains_key(&order.id) {
            return Err(Rejection::DuplicateId);
        }
        let Some((currency, amount)) = self.needed_for(order, quantity, price)? else { return Ok(()) };
        self.ledger.book(order.time, Cause::Reserve, currency, Holder::Free, Holder::Locked, amount);
        self.reservations.0.insert(order.id, Reserved { currency, amount, quantity });
        Ok(())
    }

    /// Frees what an order had set aside for a part of its quantity: before that part is executed, or when it is cancelled. All of
    /// it goes with the rest of the quantity. An order that has set nothing aside frees nothing.
    pub fn release(&mut self, order: ClientOrderId, part: Decimal, time: UnixNanos) {
        let Some(reserved) = self.reservations.0.get_mut(&order) else { return };
        let Reserved { currency, amount, quantity } = *reserved;
        let freed = if part >= quantity { amount } else { to_ledger(amount * part / quantity) };
        if part >= quantity {
            self.reservations.0.remove(&order);
        } else {
            *reserved = Reserved { currency, amount: amount - freed, quantity: quantity - part };
        }
        self.ledger.book(time, Cause::Release, currency, Holder::Locked, Holder::Free, freed);
    }

    /// What an order has set aside.
    pub fn reserved(&self, order: ClientOrderId) -> Decimal {
        self.reservations.0.get(&order).map_or(Decimal::ZERO, |reserved| reserved.amount)
    }

    /// Of which currency, and how much; `None` where it needs nothing.
    fn needed_for(&self, order: &NewOrder, quantity: Decimal, price: Price) -> Result<Option<(CurrencyId, Decimal)>, Rejection> {
        let (instrument, id) = (self.instruments.get(order.instrument), order.instrument);
        let Some(place) = self.place(id) else { return Ok(None) };
        if place.exchanges_coins && self.loans.is_none() && order.side == Side::Sell {
            let coins = to_ledger(quantity * instrument.rules.contract_size);
            return if coins <= self.ledger.free(place.base) { Ok(Some((place.base, coins))) } else { Err(Rejection::Funds) };
        }
        let open = self.split(id, order.side, order.effect, quantity).open;
        if open.is_zero() {
            return Ok(None);
        }
        let times = needed_times(instrument.value(price.get(), open), order.leverage, self.fees.rates().taker);
        if times > self.free_times_in(id, order.leverage) {
            return Err(Rejection::Funds);
        }
        Ok(Some((place.settlement, to_ledger(times / Decimal::from(order.leverage)))))
    }
}
