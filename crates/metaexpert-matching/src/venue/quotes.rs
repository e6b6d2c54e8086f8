//! Moved by quotes and prints.
//!
//! Market orders and limits that somebody is willing to trade with fill at the opposite quote, whatever their size. A limit that
//! rests fills at its price when the opposite quote crosses it or a print goes through it; a print at its price fills what the
//! queue model lets it. An instrument with an order book takes nothing but prints from here. Conditional orders and the legs' guards follow the prints; where the data has none, the middle of the
//! quote.

use metaexpert_core::{
    InstrumentId, Liquidity, Price, PublicTrade, Side, Tick, UnixNanos, broker::Answer, config::LimitFill, rounding::decimal_of,
};
use rust_decimal::Decimal;

use super::{Venue, execute::Fill, look::in_lots, stand::coming_to};
use crate::{
    ladder::Rung,
    latency::LatencyModel,
    life::{Place, Standing},
    queue::QueueModel,
    sight::{Offer, Sight, is_within},
    slot::{Quote, Slot, Source},
    store::Handle,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    #[inline]
    pub(super) fn on_tick(&mut self, id: InstrumentId, tick: &Tick, answers: &mut Vec<Answer>) {
        let is_due = self.is_due(tick.time);
        self.now = tick.time;
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        let Tick { time, bid, bid_quantity, ask, ask_quantity, last } = *tick;
        slot.has_prints |= last.is_some();
        let price = last.unwrap_or_else(|| f64::midpoint(bid, ask));
        let is_new = slot.last.is_none_or(|(_, before)| before.to_bits() != price.to_bits());
        slot.last = Some((time, price));
        if self.follows_marks {
            self.note_price(id, time, price);
        }
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        if slot.source == Source::Depth {
            // The book says better what there is to trade with.
            return slot.note_print(price);
        }
        slot.source = Source::Quotes;
        slot.quote = Some(Quote { bid, bid_quantity, ask, ask_quantity });
        let price_passes = !is_new || slot.lets_price_pass(price);
        if is_due || !price_passes {
            return self.meet_print(id, time, price, answers);
        }
        if !slot.lets_quote_pass(bid, ask) {
            self.meet_quote(id, time, answers);
        }
    }

    #[inline]
    pub(super) fn on_print(&mut self, id: InstrumentId, print: &PublicTrade, answers: &mut Vec<Answer>) {
        let is_due = self.is_due(print.time);
        self.now = print.time;
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        slot.has_prints = true;
        slot.last = Some((print.time, print.price));
        if self.follows_marks {
            self.note_price(id, print.time, print.price);
        }
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        if slot.source == Source::Bars {
            slot.source = Source::Quotes;
        }
        let is_depth = slot.source == Source::Depth;
        let price_passes = if is_depth {
            slot.note_print(print.price);
            true
        } else {
            slot.lets_price_pass(print.price)
        };
        if !slot.lets_quote_pass(print.price, print.price) {
            self.meet_print_at(id, print, answers);
        }
        if !is_depth && (is_due || !price_passes) {
            self.meet_print(id, print.time, print.price, answers);
        }
    }

    /// The quote has come to limits of ours, or stands at their prices.
    fn meet_quote(&mut self, id: InstrumentId, time: UnixNanos, answers: &mut Vec<Answer>) {
        let Some(offer) = self.present(id) else { return };
        let sight = Sight { time, offer, before: Handle::LAST };
        self.fill_crossed(id, sight, answers);
        self.follow_queue_at_best(id);
    }

    /// Everything there is to do at a last price: what is due, what was not looked at, what stands.
    fn meet_print(&mut self, id: InstrumentId, time: UnixNanos, price: f64, answers: &mut Vec<Answer>) {
        self.pass_time(time, answers);
        let Some(price) = decimal_of(price) else { return };
        let Some(offer) = self.present(id) else { return };
        let sight = Sight { time, offer, before: Handle::LAST };
        self.look_at_fresh(id, sight, answers);
        self.follow_queue_at_best(id);
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::wake);
        self.meet(id, price, sight, |guard| guard.at_print(price), answers);
        self.slots.get_mut(id.index()).into_iter().for_each(Slot::settle);
    }

    /// Fills the limits that the opposite quote has crossed.
    pub(super) fn fill_crossed(&mut self, id: InstrumentId, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        let (bid, ask) = (self.best(id, sight, Side::Sell), self.best(id, sight, Side::Buy));
        let crossed =
            |venue: &Self| venue.slots.get(id.index())?.levels.crossed(bid.unwrap_or(Decimal::ZERO), ask.unwrap_or(Decimal::MAX));
        while let Some(rung) = crossed(self) {
            self.meet_order(rung, true, sight, answers);
        }
    }

    /// What the market shows at a limit's price; `None` where it shows nothing that deep.
    pub(super) fn shown_at_best(&self, id: InstrumentId, side: Side, limit: Decimal) -> Option<f64> {
        let quote = self.slots.get(id.index())?.quote?;
        let (price, shown) = match side {
            Side::Buy => (quote.bid, quote.bid_quantity),
            Side::Sell => (quote.ask, quote.ask_quantity),
        };
        match decimal_of(price)? {
            best if best == limit => Some(shown),
            // Ours is the best: nobody is ahead.
            best if !is_within(side, limit, best) => Some(0.0),
            _ => None,
        }
    }

    /// Our limits at the best prices move in their queues with what the quote shows there.
    fn follow_queue_at_best(&mut self, id: InstrumentId) {
        let Some(slot) = self.slots.get(id.index()) else { return };
        let Some(quote) = slot.quote else { return };
        let rests = [Side::Buy, Side::Sell].map(|side| slot.levels.has_limits(side));
        for (side, price, shown) in [(Side::Buy, quote.bid, quote.bid_quantity), (Side::Sell, quote.ask, quote.ask_quantity)]
            .into_iter()
            .zip(rests)
            .filter_map(|(level, rests)| rests.then_some(level))
        {
            if let Some(price) = decimal_of(price) {
                self.level_shows(id, side, price, shown);
            }
        }
    }

    /// The market shows so much at a price: what moves in the queues of our limits there.
    pub(super) fn level_shows(&mut self, id: InstrumentId, side: Side, price: Decimal, shown: f64) {
        let reach = self.reach(id, side, price);
        let Some(slot) = self.slots.get_mut(id.index()) else { return };
        for handle in slot.levels.limits.of(coming_to(side)).at(reach) {
            let Some(Standing::Resting(resting)) = self.store.get_mut(handle) else { continue };
            match &mut resting.place {
                Some(place) => {
                    self.queue.changed(&mut place.position, place.shown, shown);
                    place.shown = shown;
                }
                // Seen for the first time: all of it may have been there before us.
                None => resting.place = Some(Place { position: self.queue.joined(shown), shown }),
            }
        }
    }

    /// A print meets the limits that rest on its maker's side: whole beyond its price, by the queue at its price.
    pub(super) fn meet_print_at(&mut self, id: InstrumentId, print: &PublicTrade, answers: &mut Vec<Answer>) {
        let side = if print.buyer_is_taker { Side::Sell } else { Side::Buy };
        let Some(price) = decimal_of(print.price) else { return };
        let sight = Sight { time: print.time, offer: Offer::At(price), before: Handle::LAST };
        while let Some(rung) = self.first_limit(id, side).filter(|rung| self.is_beyond(id, side, rung, price)) {
            self.meet_order(rung, false, sight, answers);
        }
        if self.limit_fill == LimitFill::Touch {
            self.trade_in_queue(id, side, price, print.quantity, sight, answers);
        }
    }

    fn first_limit(&mut self, id: InstrumentId, side: Side) -> Option<Rung> {
        self.slots.get_mut(id.index())?.levels.limits.of(coming_to(side)).first()
    }

    /// Whether a print went through a limit, so that all of the limit must have traded.
    fn is_beyond(&self, id: InstrumentId, side: Side, rung: &Rung, price: Decimal) -> bool {
        let reach = self.reach(id, side, price);
        match (self.limit_fill, side) {
            (LimitFill::Touch, Side::Buy) => rung.price > price,
            (LimitFill::Touch, Side::Sell) => rung.price < price,
            (LimitFill::Through, Side::Buy) => rung.price >= reach && rung.price >= price,
            (LimitFill::Through, Side::Sell) => rung.price <= reach && rung.price <= price,
        }
    }

    /// So much has traded at a price: what of it our limits there get, the first to arrive first, together no more than that.
    fn trade_in_queue(
        &mut self,
        id: InstrumentId,
        side: Side,
        price: Decimal,
        printed: f64,
        sight: Sight<'_>,
        answers: &mut Vec<Answer>,
    ) {
        let lot = self.instruments.get(id).rules.lot_size;
        let Some(mut left) = decimal_of(printed) else { return };
        let mut at_price = std::mem::take(&mut self.concerned);
        if let Some(slot) = self.slots.get_mut(id.index()) {
            at_price.extend(slot.levels.limits.of(coming_to(side)).at(price));
        }
        for handle in at_price.drain(..) {
            let Some(Standing::Resting(resting)) = self.store.get_mut(handle) else { continue };
            let shown = resting.place.map_or(0.0, |place| place.shown);
            let place = resting.place.get_or_insert_with(|| Place { position: self.queue.joined(shown), shown });
            self.queue.traded(&mut place.position, printed);
            let executable = decimal_of(self.queue.executable(&mut place.position)).unwrap_or_default();
            let most = in_lots(executable.min(left).min(resting.live().left()), lot);
            if most > Decimal::ZERO {
                left -= most;
                self.fill_resting(handle, most, sight, answers);
            }
        }
        self.concerned = at_price;
    }

    /// Fills a part of a limit at its price; what is left keeps its place.
    fn fill_resting(&mut self, handle: Handle, most: Decimal, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        let Some(Standing::Resting(resting)) = self.store.get(handle) else { return };
        let (limit, place) = (resting.price, resting.place);
        let Some(price) = Price::new(limit) else { return };
        let Some(standing) = self.take(handle) else { return };
        let fill = Fill { price, most, liquidity: Liquidity::Maker, sight };
        if let Some(live) = self.execute(standing.into_live(), fill, answers).live {
            self.rest_again(handle, live, limit, place, answers);
        }
    }
}
