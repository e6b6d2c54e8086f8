//! Orders that are not wanted any more: what is linked to an order that was executed, and what only reduces a leg of which nothing is left.
//!
//! The one decision: a simulated venue cancels them itself, an exchange does not, and the expert is to see the same of both. So where legs
//! are guarded here, they are cancelled here, and their end is told with its reason. Both of a pair may still be executed within the time
//! that a cancel takes to arrive.

use super::Engine;
use crate::{
    Cancellation, ClientOrderId, Effect, Trade, broker::Broker, clock::Clock, context::Working, feed::Feed, journal::Journal,
};

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// An execution is booked, and its order is still known.
    pub(super) fn call_off(&mut self, trade: &Trade) {
        let desk = &mut self.context.desk;
        if desk.guards.as_deref().is_none_or(|guards| guards.offers().calls_off) {
            return;
        }
        let link = trade.order.and_then(|id| desk.orders.get(id)).and_then(|working| working.order.link);
        let lot = desk.instruments.get(trade.instrument).rules.lot_size;
        let held = desk.portfolio.leg(trade.instrument, trade.position_side);
        let is_closed = !trade.opens() && held.is_none_or(|held| held.is_dust(lot));
        if link.is_none() && !is_closed {
            return;
        }
        let why = |working: &Working| {
            let order = &working.order;
            let reduces = matches!(order.effect, Effect::Close(leg) | Effect::CloseAll(leg) if leg == trade.position_side);
            let is_linked = link.is_some() && order.link == link;
            let is_left = is_closed && reduces && order.instrument == trade.instrument;
            match (Some(order.id) != trade.order && !working.leaving, is_linked, is_left) {
                (true, true, _) => Some((order.id, Cancellation::Linked)),
                (true, false, true) => Some((order.id, Cancellation::NothingToClose)),
                _ => None,
            }
        };
        let unwanted: Vec<(ClientOrderId, Cancellation)> = desk.orders.iter().filter_map(why).collect();
        if let Some(guards) = desk.guards.as_deref_mut() {
            for (id, why) in unwanted {
                guards.call_off(id, why);
            }
        }
        self.cancel_called_off();
    }

    /// Puts cancels of what was called off into the outbox; of what was in history, when that is over. Whether there were any.
    pub(super) fn cancel_called_off(&mut self) -> bool {
        let desk = &mut self.context.desk;
        let Some(guards) = desk.guards.as_deref().filter(|_| !desk.is_history) else { return false };
        let stands = |id| desk.orders.get(id).is_some_and(|working| !working.leaving);
        let ids = guards.those_called_off(stands);
        // Each was there a moment ago.
        ids.iter().filter(|id| desk.cancel(**id).is_ok()).count() > 0
    }

    /// Why an order is gone: what was asked for here was not asked for by the expert.
    pub(super) fn why_gone(&mut self, id: ClientOrderId, why: Cancellation) -> Cancellation {
        let guards = self.context.desk.guards.as_deref_mut();
        let called_off = guards.and_then(|guards| guards.was_called_off(id));
        called_off.filter(|_| why == Cancellation::Requested).unwrap_or(why)
    }
}
