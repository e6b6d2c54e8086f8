//! Orders that stand, changed or cancelled.
//!
//! The one decision: a change is judged by the gate as the order that it makes, unless it only takes less. A cancel passes always.

use rust_decimal::Decimal;

use super::{
    desk::{Command, Desk},
    open_orders::Working,
    wish::{Broken, Wish, check_side, on_tick},
};
use crate::{
    Amendment, ClientOrderId, Effect, Error, Fitting, Instrument, NewOrder, OrderKind, Price, Quantity, Rejection, Result,
    UnixNanos, risk::View,
};

/// What an expert wants changed, in the numbers that it gave. What is `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Change {
    pub price: Option<Decimal>,
    pub quantity: Option<Decimal>,
    pub trigger: Option<Decimal>,
    /// The first argument that cannot be.
    pub broken: Option<Broken>,
}

impl Desk {
    /// Asks the venue to cancel an order, unless it has been asked already.
    pub(crate) fn cancel(&mut self, id: ClientOrderId) -> Result<()> {
        if let Some(working) = self.orders.get(id).filter(|_| self.is_history) {
            let refusal = self.held_back(working.order.instrument);
            return refusal.map_or(Ok(()), |refusal| Err(Error::Risk(refusal)));
        }
        let asked = self.orders.update(id, &self.instruments, |working| std::mem::replace(&mut working.leaving, true));
        match asked {
            None => Err(Error::OrderNotFound(id)),
            Some(true) => Ok(()),
            Some(false) => {
                self.outbox.push(Command::Cancel(id));
                Ok(())
            }
        }
    }

    /// Cancels every order that stands, in all symbols; the number of orders that are being cancelled by it.
    pub(crate) fn cancel_all(&mut self) -> usize {
        let ids: Vec<_> =
            self.orders.iter().filter(|order| order.rests() && !order.leaving).map(|order| order.order.id).collect();
        ids.iter().filter(|id| self.cancel(**id).is_ok()).count()
    }

    /// Cancels every order that may still open something, and every other that rests where those keep what is to be closed.
    pub(crate) fn cancel_entries(&mut self) {
        let locks = self.locks();
        if !(self.orders.has_entries() || locks && self.orders.rest()) {
            return;
        }
        let leaves = |order: &&Working| (order.is_entry() || locks && order.rests()) && !order.leaving;
        let ids: Vec<_> = self.orders.iter().filter(leaves).map(|order| order.order.id).collect();
        for id in ids {
            // Every one of them was there a moment ago.
            let _ = self.cancel(id);
        }
    }

    /// Has the gate judge a change of an order, and puts it into the outbox.
    pub(super) fn amend(&mut self, id: ClientOrderId, change: Change, now: UnixNanos) -> Result<()> {
        let working = self.orders.get(id).ok_or(Error::OrderNotFound(id))?;
        let (order, filled) = (working.order.clone(), working.filled);
        if let Some(refusal) = self.held_back(order.instrument) {
            return Err(self.refuse(order.instrument, Some(&order), refusal));
        }
        let of = self.instruments.get(order.instrument);
        let amendment = amendment(&order, filled, change, of).map_err(|broken| Wish::invalid(&of.symbol, broken))?;
        let kind = amended(order.kind, &amendment);
        let last = self.last_price(order.instrument)?;
        if amendment.trigger.is_some() {
            check_side("trigger", order.side, kind, last).map_err(|broken| Wish::invalid(&of.symbol, broken))?;
        }
        let expected = self.expected_price(order.instrument, order.side, kind)?;
        let left = |quantity: Quantity| Quantity::new(quantity.get() - filled);
        let whole = amendment.quantity.unwrap_or(order.quantity);
        let (Some(standing), Some(quantity)) = (left(order.quantity), left(whole)) else { return Err(Error::OrderNotFound(id)) };
        let standing = NewOrder { quantity: standing, ..order };
        let made = NewOrder { kind, quantity, fitting: Fitting::Exact, time: now, ..standing.clone() };
        self.orders.without(id);
        let judged = self.judge_change(amendment, &standing, &made, expected);
        self.orders.with(id, self.instruments.get(made.instrument));
        judged
    }

    fn judge_change(&mut self, amendment: Amendment, standing: &NewOrder, made: &NewOrder, expected: Price) -> Result<()> {
        let account = self.account_after_orders();
        let split = self.split(made, &account);
        let account = self.account_to_judge(made, expected, split, account);
        let view = View {
            now: made.time,
            instrument: self.instruments.get(made.instrument),
            expected: &account,
            closing: split.close,
            price: expected,
            volume: self.volumes.get(made.instrument.index()).copied().unwrap_or_default(),
            warmup: self.warmup,
        };
        match self.gate.check_amendment(amendment, standing, made, &view) {
            Ok(approved) => {
                self.orders.update(made.id, &self.instruments, |working| working.changes.push(amendment));
                self.outbox.push(Command::Amend(approved));
                Ok(())
            }
            Err(refusal) => Err(self.refuse(made.instrument, Some(made), refusal)),
        }
    }

    /// The venue has changed an order, which is for so much now. Returns what it was asked for.
    pub(crate) fn amended(&mut self, id: ClientOrderId, quantity: Quantity) -> Option<Amendment> {
        let working = self.orders.get(id)?;
        let amendment = working.changes.first().copied();
        let (order, before) = (&working.order, working.expected);
        let kind = amendment.map_or(order.kind, |amendment| amended(order.kind, &amendment));
        let expected = self.expected_price(order.instrument, order.side, kind).unwrap_or(before);
        self.orders.update(id, &self.instruments, |working| {
            working.changes.drain(..usize::from(amendment.is_some()));
            working.order.kind = kind;
            working.order.quantity = quantity;
            working.expected = expected;
        });
        amendment
    }

    /// The venue has not changed an order.
    pub(crate) fn not_amended(&mut self, amendment: &Amendment) {
        self.orders.update(amendment.id, &self.instruments, |working| {
            if let Some(place) = working.changes.iter().position(|change| change == amendment) {
                working.changes.remove(place);
            }
        });
    }

    /// The venue has not cancelled an order. One that it does not know is gone, or will be told of as gone.
    pub(crate) fn not_cancelled(&mut self, id: ClientOrderId, rejection: Rejection) {
        if rejection != Rejection::UnknownOrder {
            self.orders.update(id, &self.instruments, |working| working.leaving = false);
        }
    }
}

/// A change that the order can have.
fn amendment(order: &NewOrder, filled: Decimal, change: Change, of: &Instrument) -> Result<Amendment, Broken> {
    let Change { price, quantity, trigger, broken } = change;
    if let Some(broken) = broken {
        return Err(broken);
    }
    let kind = order.kind;
    if price.is_some() && kind.limit_price().is_none() {
        return Err(("price", format!("a `{kind}` order has no limit to change")));
    }
    if trigger.is_some() && kind.trigger().is_none() {
        return Err(("trigger", format!("a `{kind}` order has no trigger to change")));
    }
    if quantity.is_some() && (kind == OrderKind::Market || matches!(order.effect, Effect::CloseAll(_))) {
        let why = if kind == OrderKind::Market { "trades at once" } else { "closes all there is" };
        return Err(("quantity", format!("an order that {why} keeps its quantity")));
    }
    let quantity = quantity.map(|quantity| on_lot(quantity, filled, of)).transpose()?;
    let price = price.map(|price| on_tick(order.side, "price", price, of)).transpose()?;
    let trigger = trigger.map(|price| on_tick(order.side, "trigger", price, of)).transpose()?;
    if quantity.is_none() && price.is_none() && trigger.is_none() {
        return Err(("amend", "changes nothing: name a `price`, a `quantity` or a `trigger`".to_owned()));
    }
    Ok(Amendment { id: order.id, quantity, price, trigger })
}

/// A quantity, rounded down to the lot, that leaves something to trade.
fn on_lot(quantity: Decimal, filled: Decimal, of: &Instrument) -> Result<Quantity, Broken> {
    let on_lot = of.quantity_on_lot(quantity).filter(|quantity| quantity.get() > filled);
    let (quantity, filled) = (quantity.normalize(), filled.normalize());
    on_lot.ok_or_else(|| {
        ("quantity", format!("`{quantity}` is not above what was executed of the order, {filled}; cancel it instead"))
    })
}

/// The kind that an order has after a change.
pub(crate) fn amended(kind: OrderKind, amendment: &Amendment) -> OrderKind {
    let limit = |price| amendment.price.unwrap_or(price);
    let at = |trigger: crate::Trigger| crate::Trigger { price: amendment.trigger.unwrap_or(trigger.price), ..trigger };
    match kind {
        OrderKind::Market | OrderKind::TrailingStop { .. } => kind,
        OrderKind::Limit { price } => OrderKind::Limit { price: limit(price) },
        OrderKind::StopMarket { trigger } => OrderKind::StopMarket { trigger: at(trigger) },
        OrderKind::StopLimit { trigger, price } => OrderKind::StopLimit { trigger: at(trigger), price: limit(price) },
        OrderKind::TakeProfitMarket { trigger } => OrderKind::TakeProfitMarket { trigger: at(trigger) },
        OrderKind::TakeProfitLimit { trigger, price } => OrderKind::TakeProfitLimit { trigger: at(trigger), price: limit(price) },
    }
}
