//! Moved by order books.
//!
//! Market orders and limits that somebody is willing to trade with walk the book's levels, each an execution of its own; what
//! they took stays taken until the market shows the level anew. What a market order leaves when the book has ended is gone. A
//! limit that rests moves in its level's queue as the level changes, fills by prints, and fills whole when the other side has
//! come to its price.

use metaexpert_core::{
    Book, InstrumentId, LevelChange, Liquidity, PositionSide, Quantity, Reason, Side, broker::Answer, rounding::decimal_of,
};
use rust_decimal::Decimal;

use super::{Venue, execute::Fill, look::in_lots};
use crate::{
    latency::LatencyModel,
    life::Live,
    queue::QueueModel,
    sight::{Offer, Sight, is_within},
    slot::{Slot, Source},
    store::Handle,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    #[inline]
    pub(super) fn on_book(&mut self, id: InstrumentId, book: &Book, change: &LevelChange, answers: &mut Vec<Answer>) {
        self.now = change.time;
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        slot.source = Source::Depth;
        slot.shown_anew(change);
        #[expect(clippy::cast_precision_loss, reason = "ticks of any price have far fewer than 53 bits")]
        if slot.may_rest_at(change.side, change.ticks as f64 * slot.tick) {
            let tick = self.instruments.get(id).rules.tick_size;
            self.level_shows(id, change.side, Decimal::from(change.ticks) * tick, change.quantity);
        }
        if change.ends {
            self.look_at_book(id, book, change, answers);
        }
    }

    /// A message of the market is complete: the book can be traded with.
    #[inline]
    fn look_at_book(&mut self, id: InstrumentId, book: &Book, change: &LevelChange, answers: &mut Vec<Answer>) {
        let is_due = self.is_due(change.time);
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        let (Some(bid), Some(ask)) = (book.best_bid(), book.best_ask()) else {
            if is_due {
                self.meet_book(id, book, change, None, answers);
            }
            return;
        };
        if !slot.has_prints {
            let middle = f64::midpoint(bid.price, ask.price);
            slot.last = Some((change.time, middle));
            slot.note_print(middle);
        }
        let unmet = slot.unmet.take();
        if is_due || unmet.is_some() {
            return self.meet_book(id, book, change, unmet, answers);
        }
        if slot.is_crossed(bid.price, ask.price) {
            let tick = self.instruments.get(id).rules.tick_size;
            let sight = Sight { time: change.time, offer: Offer::Depth(book, tick), before: Handle::LAST };
            self.fill_crossed(id, sight, answers);
        }
    }

    /// Everything there is to do with a book: what is due, what was not looked at, what stands.
    fn meet_book(&mut self, id: InstrumentId, book: &Book, change: &LevelChange, price: Option<f64>, answers: &mut Vec<Answer>) {
        self.pass_time(change.time, answers);
        let tick = self.instruments.get(id).rules.tick_size;
        let sight = Sight { time: change.time, offer: Offer::Depth(book, tick), before: Handle::LAST };
        self.look_at_fresh(id, sight, answers);
        let Some(price) = price.and_then(decimal_of) else {
            return self.fill_crossed(id, sight, answers);
        };
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::wake);
        self.meet(id, price, sight, |guard| guard.at_print(price), answers);
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::settle);
    }

    /// Takes level after level, no further than the limit.
    pub(super) fn take_depth(
        &mut self,
        mut live: Live,
        limit: Option<Decimal>,
        book: &Book,
        tick: Decimal,
        sight: Sight<'_>,
        answers: &mut Vec<Answer>,
    ) -> Option<Live> {
        let (id, side) = (live.order.instrument, live.order.side);
        let lot = self.instruments.get(id).rules.lot_size;
        for (ticks, shown) in book.opposite(side) {
            let best = Decimal::from(ticks) * tick;
            if limit.is_some_and(|limit| !is_within(side, best, limit)) {
                break;
            }
            live = self.prevent_self_trade(live, best, sight, answers)?;
            let most = self.left_at(id, side.opposite(), ticks, shown, lot);
            let Some(price) = self.taken_price(&live, best, limit).filter(|_| most > Decimal::ZERO) else { continue };
            let taken = self.execute(live, Fill { price, most, liquidity: Liquidity::Taker, sight }, answers);
            if let Some(slot) = self.slots.get_mut(id.index()) {
                slot.take(side.opposite(), ticks, taken.executed);
            }
            live = taken.live?;
        }
        Some(live)
    }

    /// What can still be had of a level.
    fn left_at(&self, id: InstrumentId, side: Side, ticks: i64, shown: f64, lot: Decimal) -> Decimal {
        self.slots.get(id.index()).map_or(Decimal::ZERO, |slot| in_lots(slot.untaken(side, ticks, shown), lot))
    }

    /// The worst price at which all of an order can be had; `None` where it cannot.
    pub(super) fn worst_for_all(
        &self,
        live: &Live,
        wanted: Decimal,
        limit: Option<Decimal>,
        book: &Book,
        tick: Decimal,
    ) -> Option<Decimal> {
        let (id, side) = (live.order.instrument, live.order.side);
        let lot = self.instruments.get(id).rules.lot_size;
        let mut missing = wanted;
        for (ticks, shown) in book.opposite(side) {
            let price = Decimal::from(ticks) * tick;
            if limit.is_some_and(|limit| !is_within(side, price, limit)) {
                return None;
            }
            missing -= self.left_at(id, side.opposite(), ticks, shown, lot);
            if missing <= Decimal::ZERO {
                return Some(price);
            }
        }
        None
    }

    /// Leaves a leg as a market order would; what the book does not take is left with the next event.
    pub(super) fn leave_through_depth(
        &mut self,
        id: InstrumentId,
        side: PositionSide,
        reason: Reason,
        (book, tick): (&Book, Decimal),
        sight: Sight<'_>,
        answers: &mut Vec<Answer>,
    ) {
        let closing = side.closing_side();
        let lot = self.instruments.get(id).rules.lot_size;
        for (ticks, shown) in book.opposite(closing) {
            let most = self.left_at(id, closing.opposite(), ticks, shown, lot).min(self.held(id, side));
            let price = self.costs.taken(Decimal::from(ticks) * tick, closing, self.instruments.get(id));
            let (Some(quantity), Some(price)) = (Quantity::new(most), price) else { continue };
            self.leave_part(id, side, (sight.time, price, quantity), Liquidity::Taker, reason, answers);
            if let Some(slot) = self.slots.get_mut(id.index()) {
                slot.take(closing.opposite(), ticks, most);
            }
        }
    }
}
