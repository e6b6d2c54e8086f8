//! The exits of open legs by their guards: stops, take-profits, liquidation, the end of the data.

use metaexpert_core::{
    Cancellation, InstrumentId, Liquidity, PositionSide, Price, Quantity, Reason, UnixNanos, broker::Answer, rounding::Round,
};
use rust_decimal::Decimal;

use super::Venue;
use crate::{
    account::Levels,
    guard::{Exit, ExitOrder, Guard},
    latency::LatencyModel,
    queue::QueueModel,
    sight::{Offer, Sight},
    store::Handle,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// Leaves the legs that `exit_of` says are left, the nearest to `from` first.
    pub(super) fn leave_by(
        &mut self,
        id: InstrumentId,
        time: UnixNanos,
        from: Decimal,
        exit_of: impl Fn(&Guard) -> Option<Exit>,
        answers: &mut Vec<Answer>,
    ) {
        let sight = Sight { time, offer: Offer::At(from), before: Handle::LAST };
        // A leg each; one that cannot be left now is not tried again.
        for _ in PositionSide::BOTH {
            let Some((side, exit)) = self.slots.get(id.index()).and_then(|slot| slot.first_exit(from, &exit_of)) else { return };
            self.exit(id, side, exit, sight, answers);
        }
    }

    /// Leaves a leg as its guard says, at the prices that the market offers.
    pub(super) fn exit(&mut self, id: InstrumentId, side: PositionSide, exit: Exit, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        let instrument = self.instruments.get(id);
        let closing = side.closing_side();
        let (price, liquidity) = match (exit.order, sight.offer) {
            (ExitOrder::Stop(_), Offer::Depth(book, tick)) => {
                return self.leave_through_depth(id, side, exit.reason, (book, tick), sight, answers);
            }
            (ExitOrder::Stop(price), Offer::At(_)) => (self.costs.taken(price, closing, instrument), Liquidity::Taker),
            (ExitOrder::Stop(price), Offer::Quote { .. }) => {
                let best = self.best(id, sight, closing).unwrap_or(price);
                (self.costs.taken(best, closing, instrument), Liquidity::Taker)
            }
            (ExitOrder::Limit(price), _) => (Price::new(price), Liquidity::Maker),
            (ExitOrder::Liquidation(bankruptcy), _) => {
                let levels = Levels { level: exit.at, bankruptcy };
                let price = levels.price(exit.at, side, self.account.liquidation_leaves_rest());
                // Towards the entry, as the bankruptcy price is.
                let towards_entry = match side {
                    PositionSide::Long => Round::Up,
                    PositionSide::Short => Round::Down,
                };
                (instrument.price_on_tick(price, towards_entry), Liquidity::Taker)
            }
        };
        let Some(price) = price else { return };
        self.leave(id, side, sight.time, price, liquidity, exit.reason, answers);
    }

    /// Closes a whole leg.
    #[expect(clippy::too_many_arguments, reason = "these are the fields of a trade; naming them twice would not help")]
    pub(super) fn leave(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        time: UnixNanos,
        price: Price,
        liquidity: Liquidity,
        reason: Reason,
        answers: &mut Vec<Answer>,
    ) {
        if let Some(quantity) = Quantity::new(self.held(id, side)) {
            self.leave_part(id, side, (time, price, quantity), liquidity, reason, answers);
        }
    }

    /// Closes a part of a leg.
    pub(super) fn leave_part(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        at: (UnixNanos, Price, Quantity),
        liquidity: Liquidity,
        reason: Reason,
        answers: &mut Vec<Answer>,
    ) {
        let leverage = self.account.leg(id, side).map_or(1, |leg| leg.leverage);
        let trade = self.exit_trade(id, side, at, liquidity, reason);
        let closed = self.apply(&trade, leverage);
        answers.push(Answer::Trade { trade, remaining: Decimal::ZERO });
        if !closed {
            return;
        }
        if let Some(slot) = self.slots.get_mut(id.index()) {
            slot.lift_guard(side);
        }
        let why = if reason == Reason::Liquidation { Cancellation::Liquidation } else { Cancellation::NothingToClose };
        self.cancel_closers(id, side, Handle::LAST, why, answers);
    }
}
