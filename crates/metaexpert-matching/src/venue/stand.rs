//! Orders that stand: put in and taken out in one place each, with their levels.

use metaexpert_core::{Cancellation, Effect, InstrumentId, PositionSide, Side, broker::Answer, config::LimitFill};
use rust_decimal::Decimal;

use super::Venue;
use crate::{
    ladder::{Coming, Rung, Series},
    latency::LatencyModel,
    life::{Condition, Standing},
    queue::QueueModel,
    slot::Slot,
    store::Handle,
};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// Lets an order stand.
    pub(super) fn stand(&mut self, standing: Standing<Q::Position>) {
        let handle = self.store.add(standing);
        self.index(handle);
    }

    /// Lets what is left of an order stand where it stood among the others.
    pub(super) fn stand_again(&mut self, before: Handle, standing: Standing<Q::Position>) {
        let handle = self.store.add_again(before, standing);
        self.index(handle);
    }

    /// Enters an order that stands in the levels of its instrument.
    fn index(&mut self, handle: Handle) {
        let Some(standing) = self.store.get(handle) else { return };
        let order = &standing.live().order;
        if let Standing::Sent(_) = standing {
            self.fresh.push(handle);
            return;
        }
        let level = self.reach_of(standing);
        let Some(slot) = self.slots.get_mut(order.instrument.index()) else { return };
        if let Some(leg) = closed_leg(order.effect) {
            slot.levels.closers(leg).insert(handle);
        }
        match standing {
            Standing::Resting(_) => slot.levels.limits.of(coming_to(order.side)).add(Rung { price: level, handle }),
            Standing::Waiting(waiting) => add_condition(slot, handle, &waiting.condition),
            Standing::Sent(_) => {}
        }
        slot.refresh();
    }

    /// Takes an order out; `None` if it is gone.
    pub(super) fn take(&mut self, handle: Handle) -> Option<Standing<Q::Position>> {
        let standing = self.store.take(handle)?;
        if let Standing::Sent(_) = standing {
            // What is to be looked at is found to be gone then.
            return Some(standing);
        }
        if let Standing::Resting(_) = &standing {
            self.account.release(standing.live().order.id, Decimal::MAX, self.now);
        }
        let level = self.reach_of(&standing);
        let order = &standing.live().order;
        let slot = self.slots.get_mut(order.instrument.index())?;
        if let Some(leg) = closed_leg(order.effect) {
            slot.levels.closers(leg).remove(&handle);
        }
        match &standing {
            Standing::Resting(_) => slot.levels.limits.of(coming_to(order.side)).remove(Rung { price: level, handle }),
            Standing::Waiting(waiting) => remove_condition(slot, handle, &waiting.condition),
            Standing::Sent(_) => {}
        }
        slot.refresh();
        Some(standing)
    }

    /// Ends an order that stands.
    pub(super) fn cancel_standing(&mut self, handle: Handle, why: Cancellation, answers: &mut Vec<Answer>) {
        if let Some(standing) = self.take(handle) {
            standing.into_live().cancelled(why, answers);
        }
    }

    /// Where the price has to come for a limit to be filled.
    pub(super) fn reach(&self, id: InstrumentId, side: Side, limit: Decimal) -> Decimal {
        let tick = self.instruments.get(id).rules.tick_size;
        match (self.limit_fill, side) {
            (LimitFill::Touch, _) => limit,
            (LimitFill::Through, Side::Buy) => limit - tick,
            (LimitFill::Through, Side::Sell) => limit + tick,
        }
    }

    fn reach_of(&self, standing: &Standing<Q::Position>) -> Decimal {
        let order = &standing.live().order;
        match standing {
            Standing::Resting(resting) => self.reach(order.instrument, order.side, resting.price),
            Standing::Sent(_) | Standing::Waiting(_) => Decimal::ZERO,
        }
    }

    /// Changes an order where it stands. Its levels stay.
    pub(super) fn change_standing(
        &mut self,
        handle: Handle,
        change: impl FnOnce(Standing<Q::Position>) -> Standing<Q::Position>,
    ) {
        self.store.change(handle, change);
    }

    /// Lets trailing stops follow a price, or begin to.
    pub(super) fn move_trailing(&mut self, id: InstrumentId, series: Series, price: Decimal) {
        let mut moved = std::mem::take(&mut self.concerned);
        if let Some(slot) = self.slots.get_mut(id.index()) {
            slot.levels.moved_by(series, price, &mut moved);
            for handle in &moved {
                let Some(Standing::Waiting(waiting)) = self.store.get_mut(*handle) else { continue };
                let Some(condition) = waiting.condition.visited(price) else { continue };
                remove_condition(slot, *handle, &waiting.condition);
                waiting.condition = condition;
                add_condition(slot, *handle, &waiting.condition);
            }
            if !moved.is_empty() {
                slot.refresh();
            }
        }
        moved.clear();
        self.concerned = moved;
    }
}

/// The way on which the price comes to a limit of this side.
pub(super) const fn coming_to(side: Side) -> Coming {
    match side {
        Side::Buy => Coming::Down,
        Side::Sell => Coming::Up,
    }
}

/// The leg of an order that only closes.
pub(super) const fn closed_leg(effect: Effect) -> Option<PositionSide> {
    match effect {
        Effect::Close(leg) | Effect::CloseAll(leg) => Some(leg),
        Effect::Open(_) | Effect::Net => None,
    }
}

fn add_condition(slot: &mut Slot, handle: Handle, condition: &Condition) {
    if let Some(price) = condition.level {
        slot.levels.triggers(condition.by).of(condition.coming).add(Rung { price, handle });
    }
    if let Some(price) = anchor(condition) {
        slot.levels.anchors(condition.by).of(condition.coming.opposite()).add(Rung { price, handle });
    }
}

fn remove_condition(slot: &mut Slot, handle: Handle, condition: &Condition) {
    if let Some(price) = condition.level {
        slot.levels.triggers(condition.by).of(condition.coming).remove(Rung { price, handle });
    }
    if let Some(price) = anchor(condition) {
        slot.levels.anchors(condition.by).of(condition.coming.opposite()).remove(Rung { price, handle });
    }
}

/// Where a trailing stop begins or moves on; with nothing to begin at, at any price there is.
fn anchor(condition: &Condition) -> Option<Decimal> {
    let any = match condition.coming.opposite() {
        Coming::Up => Decimal::ZERO,
        Coming::Down => Decimal::MAX,
    };
    condition.trails().then(|| condition.moves_at().unwrap_or(any))
}
