//! Requests: an order is taken or refused, changed, cancelled.
//!
//! What is refused here is refused for what it is, whatever the market does next; what the market has to say is said when the
//! order is looked at.

use metaexpert_core::{
    Amendment, Cancellation, ClientOrderId, Effect, Instrument, NewOrder, OrderKind, Price, Quantity, Rejection, Request,
    TimeInForce, UnixNanos, broker::Answer,
};
use rust_decimal::Decimal;

use super::Venue;
use crate::{
    latency::LatencyModel,
    life::{Condition, Live, Standing, amended_kind},
    queue::QueueModel,
    store::Handle,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// A request has arrived.
    pub(super) fn receive(&mut self, request: Request, time: UnixNanos, answers: &mut Vec<Answer>) {
        match request {
            Request::Place(order) => self.place(order, time, answers),
            Request::Amend(amendment) => {
                if let Err(why) = self.change(&amendment, time, answers) {
                    answers.push(Answer::AmendRejected(amendment, why));
                }
            }
            Request::Cancel(id) => self.withdraw_one(id, answers),
        }
    }

    fn place(&mut self, order: NewOrder, time: UnixNanos, answers: &mut Vec<Answer>) {
        let condition = match self.admissible(&order, time) {
            Ok(condition) => condition,
            Err(why) => return answers.push(Answer::Rejected(order.id, why)),
        };
        let live = Live::accepted(order, answers);
        self.stand(match condition {
            Some(condition) => Standing::Waiting(live.waits(condition)),
            None => Standing::Sent(live.sent(time)),
        });
    }

    /// What the order waits for, if it may come in.
    fn admissible(&self, order: &NewOrder, time: UnixNanos) -> Result<Option<Condition>, Rejection> {
        let instrument = self.instruments.get(order.instrument);
        if self.store.find(order.id).is_some() {
            return Err(Rejection::DuplicateId);
        }
        if order.link.is_some_and(|link| self.store.has_traded(link)) {
            return Err(Rejection::LinkedTraded);
        }
        if instrument.kind.expiry().is_some_and(|expiry| expiry <= time) {
            return Err(Rejection::Expired);
        }
        if let TimeInForce::GoodTillDate(until) = order.time_in_force
            && until <= time
        {
            return Err(Rejection::AlreadyExpired);
        }
        check_leg(order)?;
        check_prices(order.kind, instrument)?;
        check_size(order, order.kind, order.quantity, instrument)?;
        self.condition(order, order.kind)
    }

    /// What an order of a kind waits for; refused if it has happened already.
    fn condition(&self, order: &NewOrder, kind: OrderKind) -> Result<Option<Condition>, Rejection> {
        let Some(by) = kind.trigger().map(|trigger| trigger.by).or(match kind {
            OrderKind::TrailingStop { by, .. } => Some(by),
            _ => None,
        }) else {
            return Ok(None);
        };
        let price = self.slots.get(order.instrument.index()).and_then(|slot| slot.price(by));
        let tick = self.instruments.get(order.instrument).rules.tick_size;
        let condition = Condition::of(kind, order.side, price, tick);
        let met = condition.zip(price).is_some_and(|(condition, price)| condition.is_met(price));
        if met { Err(Rejection::WouldTrigger) } else { Ok(condition) }
    }

    fn withdraw_one(&mut self, id: ClientOrderId, answers: &mut Vec<Answer>) {
        match self.store.find(id) {
            Some(handle) => self.cancel_standing(handle, Cancellation::Requested, answers),
            None => answers.push(Answer::CancelRejected(id, Rejection::UnknownOrder)),
        }
    }

    /// Changes an order that stands. Less of it at the same price keeps its place; with any other change it comes anew.
    fn change(&mut self, amendment: &Amendment, time: UnixNanos, answers: &mut Vec<Answer>) -> Result<(), Rejection> {
        let handle = self.store.find(amendment.id).ok_or(Rejection::UnknownOrder)?;
        let standing = self.store.get(handle).ok_or(Rejection::UnknownOrder)?;
        let live = standing.live();
        let order = &live.order;
        let instrument = self.instruments.get(order.instrument);
        let quantity = amendment.quantity.unwrap_or(order.quantity);
        let kind = amended_kind(order.kind, amendment)?;
        if quantity.get() <= live.filled() {
            return Err(Rejection::BadAmendment);
        }
        check_prices(kind, instrument)?;
        check_size(order, kind, quantity, instrument)?;
        let keeps_place = kind == order.kind && quantity <= order.quantity;
        let condition = match standing {
            // A trailing stop goes on from the best price it has seen.
            Standing::Waiting(waiting) if kind == order.kind => Some(waiting.condition),
            Standing::Waiting(_) => self.condition(order, kind)?,
            Standing::Sent(_) | Standing::Resting(_) => None,
        };
        match (keeps_place, condition) {
            (true, _) => self.shorten(handle, quantity, answers),
            (false, condition) => self.come_anew(handle, quantity, kind, condition, time, answers),
        }
        Ok(())
    }

    /// Less of the order stands, in the same place.
    fn shorten(&mut self, handle: Handle, quantity: Quantity, answers: &mut Vec<Answer>) {
        let Some(live) = self.store.get(handle).map(Standing::live) else { return };
        let (id, less) = (live.order.id, live.order.quantity.get() - quantity.get());
        self.account.release(id, less, self.now);
        self.change_standing(handle, |standing| match standing {
            Standing::Resting(resting) => Standing::Resting(resting.shortened(quantity, answers)),
            Standing::Sent(sent) => Standing::Sent(sent.amended(quantity, answers)),
            Standing::Waiting(waiting) => Standing::Waiting(waiting.amended(quantity, answers)),
        });
    }

    /// The order goes behind all others; what waits for nothing is looked at anew.
    fn come_anew(
        &mut self,
        handle: Handle,
        quantity: Quantity,
        kind: OrderKind,
        condition: Option<Condition>,
        time: UnixNanos,
        answers: &mut Vec<Answer>,
    ) {
        let Some(standing) = self.take(handle) else { return };
        let live = standing.into_live().amended(quantity, kind, answers);
        self.stand(match condition {
            Some(condition) => Standing::Waiting(live.waits(condition)),
            None => Standing::Sent(live.sent(time)),
        });
    }
}

/// An order that says which leg it opens or closes goes the way that does it.
fn check_leg(order: &NewOrder) -> Result<(), Rejection> {
    let fits = match order.effect {
        Effect::Open(leg) => order.side == leg.opening_side(),
        Effect::Close(leg) | Effect::CloseAll(leg) => order.side == leg.closing_side(),
        Effect::Net => true,
    };
    if fits { Ok(()) } else { Err(Rejection::PositionMode) }
}

/// Limits and triggers lie on the tick.
fn check_prices(kind: OrderKind, instrument: &Instrument) -> Result<(), Rejection> {
    let tick = instrument.rules.tick_size;
    let on_tick = |price: Price| tick <= Decimal::ZERO || (price.get() % tick).is_zero();
    let activation = match kind {
        OrderKind::TrailingStop { activation, .. } => activation,
        _ => None,
    };
    let prices = [kind.limit_price(), kind.trigger().map(|trigger| trigger.price), activation];
    if prices.into_iter().flatten().all(on_tick) { Ok(()) } else { Err(Rejection::PriceFilter) }
}

/// What opens is on the lot, and a limit of it is worth enough. What closes is as large as the leg lets it be.
fn check_size(order: &NewOrder, kind: OrderKind, quantity: Quantity, instrument: &Instrument) -> Result<(), Rejection> {
    if matches!(order.effect, Effect::Close(_) | Effect::CloseAll(_)) {
        return Ok(());
    }
    let lot = instrument.rules.lot_size;
    if lot > Decimal::ZERO && !(quantity.get() % lot).is_zero() {
        return Err(Rejection::LotFilter);
    }
    let too_small =
        |price| matches!(order.effect, Effect::Open(_)) && instrument.notional(price, quantity) < instrument.rules.min_notional;
    if kind.limit_price().is_some_and(too_small) { Err(Rejection::MinNotional) } else { Ok(()) }
}
