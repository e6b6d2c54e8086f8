//! `ctx.amend(id).price(..).send()`: a change of an order that stands.

use super::{Context, changing::Change, number::Number};
use crate::{ClientOrderId, Result};

/// A change in the making. Nothing happens until [`send`](Self::send).
///
/// A smaller quantity at the same price keeps the order's place in the queue; any other change sends it to the end.
#[derive(Debug)]
#[must_use = "an order is not changed until `.send()`"]
pub struct AmendBuilder<'a> {
    context: &'a mut Context,
    id: ClientOrderId,
    change: Change,
}

impl<'a> AmendBuilder<'a> {
    pub(super) fn new(context: &'a mut Context, id: ClientOrderId) -> Self {
        Self { context, id, change: Change::default() }
    }

    /// To another limit price; a buy's is rounded down to the tick, a sell's up.
    pub fn price(mut self, price: impl Into<Number>) -> Self {
        self.change.price = self.number("price", price.into());
        self
    }

    /// To another whole quantity, what was executed included; rounded down to the lot.
    pub fn quantity(mut self, quantity: impl Into<Number>) -> Self {
        self.change.quantity = self.number("quantity", quantity.into());
        self
    }

    /// To another trigger price; rounded as [`price`](Self::price).
    pub fn trigger(mut self, price: impl Into<Number>) -> Self {
        self.change.trigger = self.number("trigger", price.into());
        self
    }

    /// Has the risk gate judge the change, and sends it when the handler has returned. Its fate arrives as `#[on_transaction]` and
    /// `#[on_order]`; until then the order stands as it was.
    ///
    /// # Errors
    /// [`Error::OrderNotFound`](crate::Error::OrderNotFound) when no such order stands; [`Error::Risk`](crate::Error::Risk) when the
    /// order that the change makes does not pass the gate (one that only takes less passes always);
    /// [`Error::InvalidOrder`](crate::Error::InvalidOrder) when the order has nothing of that kind to change.
    pub fn send(self) -> Result<()> {
        let Context { desk, now, .. } = self.context;
        desk.amend(self.id, self.change, *now)
    }

    fn number(&mut self, field: &'static str, number: Number) -> Option<rust_decimal::Decimal> {
        let positive = number.positive();
        if positive.is_none() {
            self.change.broken.get_or_insert_with(|| (field, "is not a number above zero".to_owned()));
        }
        positive
    }
}
