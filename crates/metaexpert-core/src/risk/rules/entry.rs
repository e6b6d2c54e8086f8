//! The order at hand, as the rules look at it: what it opens, and what that is worth.

use rust_decimal::Decimal;

use crate::{
    Fitting, NewOrder, PositionSide, Quantity, Symbol,
    portfolio::Leg,
    risk::{Refusal, View},
    sizing::{affordable, needed_times},
};

/// An order that opens something, and the world that it is sent into.
pub(in crate::risk) struct Entry<'a> {
    pub order: &'a NewOrder,
    pub view: &'a View<'a>,
    /// How much it opens: of an order that takes less, what can be paid for.
    pub open: Decimal,
    /// What of it passes, what it closes included, on the lot.
    pub quantity: Option<Quantity>,
    taker_fee: Decimal,
}

impl<'a> Entry<'a> {
    pub(in crate::risk) fn new(order: &'a NewOrder, opening: Decimal, view: &'a View<'a>, taker_fee: Decimal) -> Self {
        let mut entry = Self { order, view, open: opening, quantity: None, taker_fee };
        if order.fitting == Fitting::CutToFunds {
            entry.open = opening.min(entry.affordable());
        }
        entry.quantity = view.instrument.quantity_on_lot(view.closing + entry.open);
        entry
    }

    pub(super) fn symbol(&self) -> Symbol {
        self.view.instrument.symbol.clone()
    }

    /// The leg that it opens or increases.
    pub(super) fn side(&self) -> PositionSide {
        self.order.side.opened_leg()
    }

    /// That leg, as it will be when the orders before this one are done.
    pub(super) fn leg(&self) -> Option<&Leg> {
        self.view.expected.leg(self.order.instrument, self.side())
    }

    /// How much that leg holds.
    pub(super) fn held(&self) -> Decimal {
        self.leg().map_or(Decimal::ZERO, |leg| leg.quantity)
    }

    /// The value of a quantity at the expected price, in quote currency; an inverse contract's size is that already.
    pub(super) fn notional(&self, quantity: Decimal) -> Decimal {
        let (price, size) = (self.view.price.get(), self.view.instrument.rules.size(quantity));
        if self.view.instrument.kind.is_inverse() { size } else { price * size }
    }

    /// Margin and fee of a quantity, and what is free; both times the same number, so that nothing is divided. An inverse contract
    /// is worth its size divided by the price.
    fn needed_and_free(&self, quantity: Decimal) -> (Decimal, Decimal) {
        let needed = needed_times(self.notional(quantity), self.order.leverage, self.taker_fee);
        let free = self.free_times();
        (needed, if self.view.instrument.kind.is_inverse() { free * self.per_coin() } else { free })
    }

    /// What is free in what the instrument is settled in, times the leverage.
    fn free_times(&self) -> Decimal {
        self.view.expected.free_times_in(self.order.instrument, self.order.leverage)
    }

    fn per_coin(&self) -> Decimal {
        if self.view.instrument.kind.is_inverse() { self.view.price.get() } else { Decimal::ONE }
    }

    /// The largest quantity on the lot whose margin and fee can be paid.
    fn affordable(&self) -> Decimal {
        affordable(self.free_times(), self.view.price, self.order.leverage, self.taker_fee, self.view.instrument)
    }

    /// Refuses a quantity that cannot be paid for.
    pub(super) fn check_margin(&self, quantity: Decimal) -> Result<(), Refusal> {
        let (needed, free) = self.needed_and_free(quantity);
        if needed <= free {
            return Ok(());
        }
        let times = Decimal::from(self.order.leverage) * self.per_coin();
        let of = |amount: Decimal| amount.checked_div(times).unwrap_or_default().normalize();
        Err(Refusal::Margin { symbol: self.symbol(), needed: of(needed), free: of(free) })
    }

    pub(in crate::risk) fn lot_refusal(&self) -> Refusal {
        let quantity = (self.view.closing + self.open).normalize();
        Refusal::LotSize { symbol: self.symbol(), quantity, lot: self.view.instrument.rules.lot_size }
    }
}
