//! An order meets a market: it takes what it may, rests, or ends.

use metaexpert_core::{
    Cancellation, Effect, InstrumentId, Link, Liquidity, Price, Rejection, SelfTrade, Side, TimeInForce, UnixNanos,
    broker::Answer,
    rounding::{Round, to_step},
};
use rust_decimal::{Decimal, prelude::ToPrimitive};

use super::{Venue, execute::Fill, stand::closed_leg};
use crate::{
    latency::LatencyModel,
    life::{Live, Place, Standing},
    queue::QueueModel,
    sight::{Offer, Sight, is_within},
    store::Handle,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// Looks at the orders of an instrument that have not been looked at, in the order sent.
    pub(super) fn look_at_fresh(&mut self, id: InstrumentId, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        self.each_fresh(
            |venue, handle, since, instrument, answers| {
                let is_seen = instrument == id && since <= sight.time;
                if is_seen && let Some(standing) = venue.take(handle) {
                    venue.look(standing.into_live(), Sight { before: handle, ..sight }, answers);
                }
                is_seen
            },
            answers,
        );
    }

    /// Shows `look` every order that has not been looked at; those that it does not look at stay.
    pub(super) fn each_fresh(
        &mut self,
        mut look: impl FnMut(&mut Self, Handle, UnixNanos, InstrumentId, &mut Vec<Answer>) -> bool,
        answers: &mut Vec<Answer>,
    ) {
        let mut fresh = std::mem::replace(&mut self.fresh, std::mem::take(&mut self.still_fresh));
        for handle in fresh.drain(..) {
            let Some(Standing::Sent(sent)) = self.store.get(handle) else { continue };
            let (since, instrument) = (sent.since, sent.instrument());
            if !look(self, handle, since, instrument, answers) {
                self.fresh.push(handle);
            }
        }
        self.still_fresh = fresh;
    }

    /// The best price that an instrument's market offers.
    pub(super) fn best(&self, id: InstrumentId, sight: Sight<'_>, side: Side) -> Option<Decimal> {
        self.slots.get(id.index())?.best(sight.offer, side)
    }

    /// Looks at an order: market orders and limits that somebody is willing to trade with take, other limits rest.
    pub(super) fn look(&mut self, live: Live, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        let side = live.order.side;
        let limit = live.order.kind.limit_price().map(Price::get);
        let best = self.best(live.order.instrument, sight, side);
        match (best, limit) {
            (Some(best), limit) if limit.is_none_or(|limit| is_within(side, best, limit)) => {
                self.look_to_take(live, best, limit, sight, answers);
            }
            (_, Some(limit)) => self.look_to_rest(live, limit, sight, answers),
            (_, None) => live.rejected(Rejection::NoLiquidity, answers),
        }
    }

    fn look_to_take(&mut self, live: Live, best: Decimal, limit: Option<Decimal>, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        match live.order.time_in_force {
            TimeInForce::PostOnly => return live.rejected(Rejection::WouldTake, answers),
            TimeInForce::FillOrKill if !self.can_take_all(&live, best, limit, sight) => {
                return live.rejected(Rejection::NotAllAtOnce, answers);
            }
            _ => {}
        }
        let left = match sight.offer {
            Offer::At(_) | Offer::Quote { .. } => self.take_at(live, best, limit, sight, answers),
            Offer::Depth(book, tick) => self.take_depth(live, limit, book, tick, sight, answers),
        };
        let Some(live) = left else { return };
        match (limit, live.order.time_in_force) {
            (Some(limit), TimeInForce::GoodTillCancelled | TimeInForce::GoodTillDate(_)) => {
                self.look_to_rest(live, limit, sight, answers);
            }
            _ if live.filled().is_zero() => live.rejected(Rejection::NoLiquidity, answers),
            _ => live.cancelled(Cancellation::Immediate, answers),
        }
    }

    /// Takes all of it at one price: market orders with slippage, limits without.
    fn take_at(
        &mut self,
        live: Live,
        best: Decimal,
        limit: Option<Decimal>,
        sight: Sight<'_>,
        answers: &mut Vec<Answer>,
    ) -> Option<Live> {
        let live = match sight.offer {
            Offer::At(_) => live,
            Offer::Quote { .. } | Offer::Depth(..) => self.prevent_self_trade(live, best, sight, answers)?,
        };
        let Some(price) = self.taken_price(&live, best, limit) else {
            live.rejected(Rejection::NoLiquidity, answers);
            return None;
        };
        let most = self.wanted(&live);
        self.execute(live, Fill { price, most, liquidity: Liquidity::Taker, sight }, answers).live
    }

    /// What a taker pays or gets where `best` is offered.
    pub(super) fn taken_price(&self, live: &Live, best: Decimal, limit: Option<Decimal>) -> Option<Price> {
        match limit {
            Some(_) => Price::new(best),
            None => self.costs.taken(best, live.order.side, self.instruments.get(live.order.instrument)),
        }
    }

    /// How much of it is to be executed: what is left, or of an order that only closes, what there is to close.
    pub(super) fn wanted(&self, live: &Live) -> Decimal {
        match live.order.effect {
            Effect::Open(_) | Effect::Net => live.left(),
            Effect::Close(leg) => live.left().min(self.held(live.order.instrument, leg)),
            Effect::CloseAll(leg) => self.held(live.order.instrument, leg),
        }
    }

    /// Whether all of it can trade at once.
    fn can_take_all(&self, live: &Live, best: Decimal, limit: Option<Decimal>, sight: Sight<'_>) -> bool {
        let wanted = self.wanted(live);
        let worst = match sight.offer {
            Offer::At(_) | Offer::Quote { .. } => Some(best),
            Offer::Depth(book, tick) => self.worst_for_all(live, wanted, limit, book, tick),
        };
        let Some(worst) = worst else { return false };
        let is_stopped = match (sight.offer, live.order.self_trade) {
            (Offer::At(_), _) | (_, SelfTrade::Allow | SelfTrade::ExpireMaker) => false,
            (_, SelfTrade::ExpireTaker | SelfTrade::ExpireBoth) => self.own_offer(live, worst).is_some(),
        };
        let Some(worst) = self.taken_price(live, worst, limit).filter(|_| !is_stopped) else { return false };
        let split = self.split(&live.order, wanted);
        split.close + split.open == wanted && self.can_pay_all(live, worst, split)
    }

    /// A limit that nobody takes rests, unless it is not to.
    fn look_to_rest(&mut self, live: Live, limit: Decimal, sight: Sight<'_>, answers: &mut Vec<Answer>) {
        match live.order.time_in_force {
            TimeInForce::ImmediateOrCancel => return live.cancelled(Cancellation::Immediate, answers),
            TimeInForce::FillOrKill => return live.rejected(Rejection::NotAllAtOnce, answers),
            TimeInForce::GoodTillCancelled | TimeInForce::GoodTillDate(_) | TimeInForce::PostOnly => {}
        }
        if closed_leg(live.order.effect).is_some_and(|leg| self.held(live.order.instrument, leg).is_zero()) {
            return live.rejected(Rejection::NothingToClose, answers);
        }
        let Some(live) = self.prevent_self_trade(live, limit, sight, answers) else { return };
        match self.reserve(&live, limit) {
            Ok(()) => {
                let place = self.place_in_queue(&live, limit, sight);
                self.stand(Standing::Resting(live.rests(limit, place)));
            }
            Err(why) => live.rejected(why, answers),
        }
    }

    /// Where a limit joins the queue of its level, as far as the market shows it.
    fn place_in_queue(&self, live: &Live, limit: Decimal, sight: Sight<'_>) -> Option<Place<Q::Position>> {
        let side = live.order.side;
        let shown = match sight.offer {
            Offer::At(_) => return None,
            Offer::Quote { .. } => self.shown_at_best(live.order.instrument, side, limit)?,
            Offer::Depth(book, tick) => {
                let ticks = ticks_at(limit, tick)?;
                book.quantity_at(side, ticks)
            }
        };
        Some(Place { position: self.queue.joined(shown), shown })
    }

    /// What becomes of an order that would meet one of the same account, which offers `price` or better.
    ///
    /// The mode is that of the order that comes, as at Binance (Spot API, "Self Trade Prevention", read 2026-11). Where all of
    /// the market is at one price, as in a bar, it has met every offer of ours before an order of ours could.
    pub(super) fn prevent_self_trade(
        &mut self,
        mut live: Live,
        price: Decimal,
        sight: Sight<'_>,
        answers: &mut Vec<Answer>,
    ) -> Option<Live> {
        if let Offer::At(_) = sight.offer {
            return Some(live);
        }
        while let Some((handle, theirs)) = self.own_offer(&live, price) {
            if live.order.link.is_some() && live.order.link == self.link_of(handle) {
                // Of linked orders only one trades.
                self.cancel_standing(handle, Cancellation::Linked, answers);
                continue;
            }
            match live.order.self_trade {
                SelfTrade::ExpireMaker => self.cancel_standing(handle, Cancellation::SelfTrade, answers),
                SelfTrade::ExpireTaker => {
                    live.cancelled(Cancellation::SelfTrade, answers);
                    return None;
                }
                SelfTrade::ExpireBoth => {
                    self.cancel_standing(handle, Cancellation::SelfTrade, answers);
                    live.cancelled(Cancellation::SelfTrade, answers);
                    return None;
                }
                SelfTrade::Allow => live = self.trade_with_own(live, handle, theirs, sight, answers)?,
            }
        }
        Some(live)
    }

    fn link_of(&self, handle: Handle) -> Option<Link> {
        self.store.get(handle)?.live().order.link
    }

    /// The best limit of the same account that an order at `price` would meet.
    fn own_offer(&self, live: &Live, price: Decimal) -> Option<(Handle, Decimal)> {
        let slot = self.slots.get(live.order.instrument.index())?;
        let ladder = match live.order.side {
            Side::Buy => &slot.levels.limits.up,
            Side::Sell => &slot.levels.limits.down,
        };
        let Standing::Resting(resting) = self.store.get(ladder.first()?.handle)? else { return None };
        is_within(live.order.side, resting.price, price).then_some((ladder.first()?.handle, resting.price))
    }

    /// Both trade at the price of the one that rests.
    fn trade_with_own(
        &mut self,
        live: Live,
        handle: Handle,
        price: Decimal,
        sight: Sight<'_>,
        answers: &mut Vec<Answer>,
    ) -> Option<Live> {
        let (Some(price), Some(Standing::Resting(resting))) = (Price::new(price), self.take(handle)) else { return Some(live) };
        let place = resting.place;
        let theirs = resting.met();
        let most = self.wanted(&live).min(self.wanted(&theirs));
        let made = self.execute(theirs, Fill { price, most, liquidity: Liquidity::Maker, sight }, answers);
        if let Some(theirs) = made.live {
            self.rest_again(handle, theirs, price.get(), place, answers);
        }
        if made.executed.is_zero() {
            return Some(live);
        }
        self.execute(live, Fill { price, most: made.executed, liquidity: Liquidity::Taker, sight }, answers).live
    }

    /// What is left of a limit that was executed in part rests on.
    pub(super) fn rest_again(
        &mut self,
        before: Handle,
        live: Live,
        price: Decimal,
        place: Option<Place<Q::Position>>,
        answers: &mut Vec<Answer>,
    ) {
        match self.reserve(&live, price) {
            Ok(()) => self.stand_again(before, Standing::Resting(live.rests(price, place))),
            Err(_) => live.cancelled(Cancellation::Funds, answers),
        }
    }
}

/// A price in ticks; `None` where it lies off the tick.
pub(super) fn ticks_at(price: Decimal, tick: Decimal) -> Option<i64> {
    let ticks = price.checked_div(tick)?;
    ticks.is_integer().then(|| ticks.to_i64()).flatten()
}

/// A quantity that the market shows, as far as lots of it can be traded.
pub(super) fn in_lots(quantity: Decimal, lot: Decimal) -> Decimal {
    to_step(quantity, lot, Round::Down)
}
