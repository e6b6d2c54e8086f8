//! Executions of orders, and what follows from them: the account, the guard of the leg, orders that are linked, orders that
//! have nothing to close any more.

use metaexpert_core::{
    Cancellation, Effect, InstrumentId, Liquidity, PositionSide, Price, Quantity, Reason, Rejection, Trade, TradeId,
    broker::Answer, portfolio::Applied,
};
use rust_decimal::Decimal;

use super::Venue;
use crate::{guard::Guard, latency::LatencyModel, life::Live, queue::QueueModel, sight::Sight, store::Handle};

/// What an order is offered.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fill<'a> {
    pub price: Price,
    /// How much of it at most.
    pub most: Decimal,
    pub liquidity: Liquidity,
    pub sight: Sight<'a>,
}

/// What has become of an order that was offered something.
#[derive(Debug)]
pub(super) struct Executed {
    /// The order, if it goes on.
    pub live: Option<Live>,
    /// How much of it was executed.
    pub executed: Decimal,
}

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// Executes an order as far as it is offered something: first what it closes, then what it opens.
    pub(super) fn execute(&mut self, live: Live, fill: Fill<'_>, answers: &mut Vec<Answer>) -> Executed {
        let offered = fill.most.min(self.wanted(&live));
        let split = self.split(&live.order, offered);
        let opened = Quantity::new(split.open);
        let Some(closed) = Quantity::new(split.close) else {
            return match opened {
                Some(open) => self.execute_open(live, split.leg, open, fill, Decimal::ZERO, answers),
                None => refuse(live, Rejection::NothingToClose, fill.liquidity, answers),
            };
        };
        let remaining = self.remaining_after_close(&live, split.leg.opposite(), split.close);
        let live = self.trade(live, split.leg.opposite(), closed, remaining, fill, answers);
        match (live, opened) {
            (Some(live), Some(open)) => self.execute_open(live, split.leg, open, fill, split.close, answers),
            (live, _) => Executed { live, executed: split.close },
        }
    }

    /// How much is still to be executed of an order after a part of it has closed `closed` of a leg.
    fn remaining_after_close(&self, live: &Live, leg: PositionSide, closed: Decimal) -> Decimal {
        let held = self.held(live.order.instrument, leg) - closed;
        match live.order.effect {
            Effect::Close(_) => (live.left() - closed).min(held),
            Effect::CloseAll(_) => held,
            // Spot has nothing to sell beyond what is held.
            Effect::Net | Effect::Open(_) if self.account.owns_coins(live.order.instrument) => (live.left() - closed).min(held),
            Effect::Net | Effect::Open(_) => live.left() - closed,
        }
    }

    fn execute_open(
        &mut self,
        live: Live,
        leg: PositionSide,
        open: Quantity,
        fill: Fill<'_>,
        executed: Decimal,
        answers: &mut Vec<Answer>,
    ) -> Executed {
        match self.payable(&live, fill.price, open) {
            Ok(quantity) => {
                // What was cut to what can be paid for is done.
                let remaining = if quantity < open { Decimal::ZERO } else { live.left() - quantity.get() };
                let live = self.trade(live, leg, quantity, remaining, fill, answers);
                Executed { live, executed: executed + quantity.get() }
            }
            Err(why) => Executed { executed, ..refuse(live, why, fill.liquidity, answers) },
        }
    }

    /// Executes a part of an order and lets everything follow from it.
    fn trade(
        &mut self,
        live: Live,
        leg: PositionSide,
        quantity: Quantity,
        remaining: Decimal,
        fill: Fill<'_>,
        answers: &mut Vec<Answer>,
    ) -> Option<Live> {
        let id = self.next_trade_id();
        let order = &live.order;
        let (link, leverage) = (order.link, order.leverage);
        let instrument = self.instruments.get(order.instrument);
        let trade = Trade {
            id,
            time: fill.sight.time,
            instrument: order.instrument,
            symbol: instrument.symbol.clone(),
            order: Some(order.id),
            side: order.side,
            position_side: leg,
            price: fill.price,
            quantity,
            fee: self.account.fee(instrument, fill.price, quantity, fill.liquidity),
            liquidity: fill.liquidity,
            reason: order.reason,
        };
        let instrument = order.instrument;
        let closed = self.apply(&trade, leverage);
        self.secure(&live.order, leg, fill.price, quantity, fill.sight.time);
        self.guard(&live, leg, fill.price);
        let live = live.traded(trade, remaining, answers);
        if let Some(link) = link {
            for handle in self.store.traded(link) {
                self.cancel_standing(handle, Cancellation::Linked, answers);
            }
        }
        if closed {
            self.cancel_closers(instrument, leg, fill.sight.before, Cancellation::NothingToClose, answers);
        }
        live
    }

    /// Puts the guard of a leg where the leg is now.
    fn guard(&mut self, live: &Live, side: PositionSide, fill: Price) {
        let order = &live.order;
        let instrument = self.instruments.get(order.instrument);
        let Some(slot) = self.slots.get_mut(order.instrument.index()) else { return };
        match self.account.leg(order.instrument, side) {
            None => slot.lift_guard(side),
            Some(leg) if slot.has_guard(side) => {
                let entry = leg.entry_price(instrument);
                let liquidation = self.account.liquidation(order.instrument, side);
                slot.change_guard(side, |guard| {
                    guard.set_liquidation(liquidation);
                    // Where a part was closed, entry and levels stay.
                    if side == order.side.opened_leg() {
                        guard.moved(entry, fill.get(), order.protection);
                    }
                });
            }
            Some(_) => {
                let liquidation = self.account.liquidation(order.instrument, side);
                let guard = Guard::new(side, fill.get(), order.protection, liquidation, self.limit_fill, instrument);
                slot.set_guard(side, guard);
            }
        }
    }

    /// Ends the orders that only close a leg, which is gone; not those that came later than `before`.
    pub(super) fn cancel_closers(
        &mut self,
        id: InstrumentId,
        leg: PositionSide,
        before: Handle,
        why: Cancellation,
        answers: &mut Vec<Answer>,
    ) {
        let first = |venue: &mut Self| venue.slots.get_mut(id.index())?.levels.closers(leg).first().copied();
        while let Some(handle) = first(self).filter(|handle| *handle < before) {
            self.cancel_standing(handle, why, answers);
        }
    }

    /// What a part of a leg that is left without an order costs and is called.
    pub(super) fn exit_trade(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        at: (metaexpert_core::UnixNanos, Price, Quantity),
        liquidity: Liquidity,
        reason: Reason,
    ) -> Trade {
        let (time, price, quantity) = at;
        let trade_id = self.next_trade_id();
        let instrument = self.instruments.get(id);
        Trade {
            id: trade_id,
            time,
            instrument: id,
            symbol: instrument.symbol.clone(),
            order: None,
            side: side.closing_side(),
            position_side: side,
            price,
            quantity,
            fee: match reason {
                Reason::Liquidation => self.account.liquidation_fee(id, side, price, quantity),
                _ => self.account.fee(instrument, price, quantity, liquidity),
            },
            liquidity,
            reason,
        }
    }

    fn next_trade_id(&mut self) -> TradeId {
        self.executions += 1;
        TradeId::from(self.executions)
    }

    /// Enters a trade in the account; whether its leg is closed now.
    pub(super) fn apply(&mut self, trade: &Trade, leverage: u32) -> bool {
        let applied = self.account.apply(trade, self.instruments.get(trade.instrument), leverage);
        debug_assert!(applied.is_ok(), "a trade never closes more than its leg: {applied:?}");
        if self.follows_marks {
            self.refresh_liquidations();
        }
        applied.is_ok_and(|Applied { closed, .. }| closed)
    }
}

/// An order that cannot be executed: refused when it is looked at, cancelled when it stood in the book.
fn refuse(live: Live, why: Rejection, liquidity: Liquidity, answers: &mut Vec<Answer>) -> Executed {
    match (liquidity, why) {
        (Liquidity::Taker, why) => live.rejected(why, answers),
        (Liquidity::Maker, Rejection::NothingToClose) => live.cancelled(Cancellation::NothingToClose, answers),
        (Liquidity::Maker, _) => live.cancelled(Cancellation::Funds, answers),
    }
    Executed { live: None, executed: Decimal::ZERO }
}
