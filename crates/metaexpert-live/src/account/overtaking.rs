//! Executions that are heard before the ones that opened what they close.
//!
//! The one decision: an order of ours that closes more than is held here closes what another order of ours has opened without our knowing,
//! far more likely than what is somebody else's: that one's answer was lost, or its execution. So such an execution waits. It is told
//! after the other one; or by a comparison that was begun when it had been heard already, and only if it is known by then of every order that
//! opens this leg what was executed of it.

use std::{collections::HashMap, time::Duration};

use metaexpert_connect::report::FillReport;
use metaexpert_core::{Effect, PositionSide, Side};
use tokio::time::Instant;

use super::{booking::Known, desk::Desk, orders::Ticket};

/// When it is looked for again, where a comparison has not found what was overtaken.
const AGAIN: Duration = Duration::from_secs(1);

/// One that is not heard again for so long is forgotten: it was told long ago, or is older than what is asked for.
const FORGOTTEN: Duration = Duration::from_mins(10);

/// Instrument, execution and side.
type Name = (String, String, Side);

/// Executions that wait.
#[derive(Debug, Default)]
pub(super) struct Overtaking {
    /// When each was heard first.
    waiting: HashMap<Name, Instant>,
}

impl Overtaking {
    /// Forgets what will not come again.
    pub(super) fn tidy(&mut self, now: Instant) {
        self.waiting.retain(|_, since| now < *since + FORGOTTEN);
    }
}

impl Desk {
    /// Whether an execution waits for another one. A comparison is wanted then.
    pub(super) fn has_to_wait(&mut self, fill: &FillReport, now: Instant) -> bool {
        let name = (fill.symbol.clone(), fill.trade_id.clone(), fill.side);
        let Some((ticket, leg)) = self.ahead(fill) else {
            self.overtaking.waiting.remove(&name);
            return false;
        };
        let since = *self.overtaking.waiting.entry(name.clone()).or_insert(now);
        let compared = self.comparison.healing();
        if compared.is_some_and(|begun| begun >= since) && !self.may_have_opened(ticket, leg) {
            self.overtaking.waiting.remove(&name);
            return false;
        }
        self.comparison.want("execution", if compared.is_some() { now + AGAIN } else { now });
        true
    }

    /// The order of an execution that closes more of a leg than is held, and the leg.
    fn ahead(&self, fill: &FillReport) -> Option<(Ticket, PositionSide)> {
        let ticket = self.orders.of_fill(fill).and_then(|id| self.orders.ticket(id))?;
        let leg = ticket.closed_leg()?;
        let seat = self.seats.get(ticket.member)?;
        let is_new = matches!(seat.knows(fill, Some(ticket.booked)), Known::Nothing);
        (is_new && seat.held(ticket.instrument, leg) < fill.quantity).then_some((ticket, leg))
    }

    /// Whether an order of the same expert may have opened more of a leg than is known here.
    fn may_have_opened(&self, ticket: Ticket, leg: PositionSide) -> bool {
        let opens = |effect: Effect, side: Side| match effect {
            Effect::Open(opened) => opened == leg,
            Effect::Net => side.opened_leg() == leg,
            Effect::Close(_) | Effect::CloseAll(_) => false,
        };
        self.orders.iter().any(|held| {
            let order = &held.life.order;
            let is_of = held.member == ticket.member && order.instrument == ticket.instrument;
            is_of && opens(order.effect, order.side) && !held.life.is_at_rest()
        })
    }
}
