//! Everything is closed, since a limit, a person or the end of the run wants it.
//!
//! The one decision: what was refused is sent again after a pause, leg by leg. Prices come faster than orders may: one with each of them
//! would use up what the exchange takes from an account, so that not even stops could be moved.

use std::collections::BTreeMap;

use super::{Engine, Stopped};
use crate::{
    ClientOrderId, PositionSide, Reason, Trade, UnixNanos,
    broker::Broker,
    clock::Clock,
    feed::Feed,
    journal::Journal,
    protection::{LegId, Retry},
};

/// Legs of which the last order that was to close them has failed.
#[derive(Debug, Default)]
pub(super) struct Closing(BTreeMap<LegId, Retry>);

impl Closing {
    /// Whether an order may be sent for a leg.
    fn is_over(&self, leg: LegId, now: UnixNanos) -> bool {
        self.0.get(&leg).is_none_or(|retry| retry.is_over(now))
    }
}

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Closes every leg, as far as that can be done now.
    pub(super) fn close_everything(&mut self) -> Result<(), Stopped> {
        let now = self.context.now();
        let desk = &mut self.context.desk;
        if desk.portfolio.open_legs().next().is_none() {
            return Ok(());
        }
        let legs = desk.instruments.iter().flat_map(|(id, _)| PositionSide::BOTH.map(|side| (id, side)));
        let legs: Vec<LegId> = legs.filter(|leg| self.closing.is_over(*leg, now)).collect();
        for (instrument, side) in legs {
            match desk.close(instrument, side, now, Reason::RiskHalt) {
                Err(error) if error.is_fatal() => return Err(error.into()),
                // Such as that there is no price yet: the next event may bring it, and other legs have one.
                Ok(_) | Err(_) => {}
            }
        }
        Ok(())
    }

    /// Takes note of an order that is gone, where it was to close everything: the next one waits.
    pub(super) fn note_unclosed(&mut self, id: ClientOrderId) {
        let now = self.context.now();
        let order = self.context.desk.working(id).map(|working| &working.order);
        if let Some(order) = order.filter(|order| order.reason == Reason::RiskHalt) {
            let leg = (order.instrument, order.side.opened_leg().opposite());
            self.closing.0.entry(leg).or_insert(Retry::NONE).close_failed(now);
        }
    }

    /// Takes note of an execution, where it has closed what was to be closed.
    #[inline]
    pub(super) fn note_closed(&mut self, trade: &Trade) {
        if trade.reason == Reason::RiskHalt {
            self.closing.0.remove(&(trade.instrument, trade.position_side));
        }
    }
}
