//! Moved by bars: the open, then the walk (design, section 10).
//!
//! At the open the orders that have not been looked at come first, in the order sent (only a liquidation comes before them);
//! then legs and standing orders meet the open; then the walk meets every level in turn. At the same price the legs' own
//! stops and limits come first, then orders: those that a jump has passed in the order in which the way would have met them,
//! those at one level in the order of their arrival.

use metaexpert_core::{Bar, InstrumentBar, InstrumentId, PositionSide, Price, UnixNanos, broker::Answer, rounding::decimal_of};
use rust_decimal::Decimal;

use super::{Venue, execute::Fill};
use crate::{
    guard::{Exit, Guard},
    ladder::Rung,
    latency::LatencyModel,
    life::Standing,
    queue::QueueModel,
    sight::{Offer, Sight, is_within},
    slot::{Slot, Source},
    store::Handle,
    walk::Walk,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    #[inline]
    pub(super) fn on_bars(&mut self, bars: &[InstrumentBar], answers: &mut Vec<Answer>) {
        let Some(first) = bars.first() else { return };
        let opened = first.bar.time;
        self.settle_funding(opened, answers);
        if self.follows_marks {
            for next in bars {
                self.note_price(next.instrument, opened, next.bar.open);
            }
        }
        if self.is_due(opened) {
            self.pass_time(opened, answers);
            if !self.fresh.is_empty() {
                self.liquidate_at_open(bars, answers);
                self.look_at_open(bars, answers);
            }
        }
        self.now = opened.saturating_add_nanos(self.timeframe.nanos());
        for InstrumentBar { instrument, bar } in bars {
            let Some(slot) = self.slots.get_mut(instrument.index()).filter(|slot| slot.source == Source::Bars) else { continue };
            slot.last = Some((self.now, bar.close));
            if !slot.lets_pass(bar, self.fill_model) {
                self.walk(*instrument, bar, answers);
            }
        }
        self.settle_funding(self.now.saturating_add_nanos(-1), answers);
        if self.follows_marks {
            for next in bars {
                self.account.set_mark(next.instrument, next.bar.close);
            }
        }
    }

    fn is_moved_by_bars(&self, id: InstrumentId) -> bool {
        self.slots.get(id.index()).is_some_and(|slot| slot.source == Source::Bars)
    }

    /// A jump beyond its level takes a leg away before any order can reach the exchange, so that it does not
    /// cost more than the margin.
    fn liquidate_at_open(&mut self, bars: &[InstrumentBar], answers: &mut Vec<Answer>) {
        for InstrumentBar { instrument, bar } in bars {
            if let Some(open) = decimal_of(bar.open).filter(|_| self.is_moved_by_bars(*instrument)) {
                self.leave_by(*instrument, bar.time, open, |guard| guard.liquidated_by(open), answers);
            }
        }
    }

    /// Looks at the open at what was sent before it; the rest waits on.
    fn look_at_open(&mut self, bars: &[InstrumentBar], answers: &mut Vec<Answer>) {
        let look = |venue: &mut Self, handle: Handle, since: UnixNanos, id: InstrumentId, answers: &mut Vec<Answer>| {
            let next = bars.iter().find(|next| next.instrument == id && since <= next.bar.time);
            let Some(next) = next.filter(|_| venue.is_moved_by_bars(id)) else { return false };
            let Some(open) = decimal_of(next.bar.open) else { return false };
            let sight = Sight { time: next.bar.time, offer: Offer::At(open), before: handle };
            if let Some(standing) = venue.take(handle) {
                venue.look(standing.into_live(), sight, answers);
            }
            true
        };
        self.each_fresh(look, answers);
    }

    /// Lets legs and orders of an instrument meet a bar, or the bars beneath it.
    fn walk(&mut self, id: InstrumentId, bar: &Bar, answers: &mut Vec<Answer>) {
        // Its bars are shared: this only counts who has them.
        let detail = self.slots.get(id.index()).and_then(|slot| slot.detail.clone());
        match detail.as_ref().and_then(|detail| detail.beneath(bar, self.timeframe)) {
            Some(beneath) => beneath.iter().for_each(|bar| self.walk_over(id, bar, answers)),
            None => self.walk_over(id, bar, answers),
        }
    }

    /// Lets legs and orders of an instrument meet a bar's open and its walk.
    fn walk_over(&mut self, id: InstrumentId, bar: &Bar, answers: &mut Vec<Answer>) {
        let Some(walk) = Walk::of(bar, self.fill_model) else { return };
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::wake);
        let sight = Sight { time: bar.time, offer: Offer::At(walk.open), before: Handle::LAST };
        self.meet(id, walk.open, sight, |guard| guard.at_jump(walk.open), answers);
        for (from, to) in walk.stretches() {
            self.stretch(id, bar.time, from, to, answers);
        }
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::settle);
    }

    /// Lets legs and orders meet a price that the market has jumped to, until nothing more comes of it.
    pub(super) fn meet(
        &mut self,
        id: InstrumentId,
        price: Decimal,
        sight: Sight<'_>,
        exit_of: impl Fn(&Guard) -> Option<Exit>,
        answers: &mut Vec<Answer>,
    ) {
        loop {
            for _ in PositionSide::BOTH {
                let Some((side, exit)) = self.slots.get(id.index()).and_then(|slot| slot.first_exit(price, &exit_of)) else {
                    break;
                };
                self.exit(id, side, exit, sight, answers);
            }
            let Some(rung) = self.reached(id, price, sight) else { break };
            self.meet_order(rung, true, sight, answers);
        }
        self.visit(id, price);
    }

    /// The first order that a price, or whoever is there to trade with, has reached.
    fn reached(&self, id: InstrumentId, price: Decimal, sight: Sight<'_>) -> Option<Rung> {
        use metaexpert_core::Side::{Buy, Sell};
        let slot = self.slots.get(id.index())?;
        let (bid, ask) = (slot.best(sight.offer, Sell), slot.best(sight.offer, Buy));
        slot.levels.reached(slot.series(), price, bid.unwrap_or(Decimal::ZERO), ask.unwrap_or(Decimal::MAX))
    }

    /// Lets legs and orders meet the way from one point of the walk to the next.
    fn stretch(&mut self, id: InstrumentId, time: UnixNanos, from: Decimal, to: Decimal, answers: &mut Vec<Answer>) {
        let (mut at, is_up) = (from, to >= from);
        loop {
            let Some(slot) = self.slots.get(id.index()) else { return };
            let exit = slot.first_exit(at, |guard| guard.between(at, to));
            let order = slot.levels.next_until(slot.series(), to, is_up);
            let distance = |price: Decimal| (price - at).abs();
            match (exit, order) {
                (None, None) => return self.visit(id, to),
                (Some((side, exit)), order) if order.is_none_or(|order| distance(exit.at) <= distance(order.price)) => {
                    at = exit.at;
                    self.visit(id, at);
                    self.exit(id, side, exit, point(time, at), answers);
                }
                (_, Some(order)) => {
                    // A trailing stop's level may have been rounded to the tick beyond where the price is.
                    at = if is_up { order.price.max(at) } else { order.price.min(at) };
                    self.visit(id, at);
                    self.meet_order(order, false, point(time, at), answers);
                }
                (Some(_), None) => return,
            }
        }
    }

    /// An order whose level the market has come to: what waits is looked at, what rests is filled, at its own price or, after a
    /// jump of the walk, at a better one.
    pub(super) fn meet_order(&mut self, rung: Rung, jumped: bool, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        match self.take(rung.handle) {
            Some(Standing::Waiting(waiting)) => {
                let live = waiting.triggered(answers);
                self.look(live, sight, answers);
            }
            Some(Standing::Resting(resting)) => {
                let (limit, side) = (resting.price, resting.live().order.side);
                let price = match sight.offer {
                    Offer::At(price) if jumped && is_within(side, price, limit) => price,
                    Offer::At(_) | Offer::Quote { .. } | Offer::Depth(..) => limit,
                };
                let place = resting.place;
                let live = resting.met();
                let Some(price) = Price::new(price) else { return };
                let most = live.left().max(self.wanted(&live));
                let fill = Fill { price, most, liquidity: metaexpert_core::Liquidity::Maker, sight };
                if let Some(live) = self.execute(live, fill, answers).live {
                    self.rest_again(rung.handle, live, limit, place, answers);
                }
            }
            Some(Standing::Sent(_)) | None => {}
        }
    }

    /// Legs and trailing stops have seen a price.
    pub(super) fn visit(&mut self, id: InstrumentId, price: Decimal) {
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        slot.visit(price);
        let series = slot.series();
        self.move_trailing(id, series, price);
    }
}

const fn point(time: UnixNanos, price: Decimal) -> Sight<'static> {
    Sight { time, offer: Offer::At(price), before: Handle::LAST }
}
