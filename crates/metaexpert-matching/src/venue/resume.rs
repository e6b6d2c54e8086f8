//! A venue that goes on from what an earlier one had: balances, legs with what guards them, and the orders that stood.
//!
//! The one decision: what cannot be known after the fact is taken at its most ordinary. A limit that stood rests, behind all others at
//! its price; an order that waits for a price waits for it anew, and a trailing stop follows from the next price on.

use metaexpert_core::{
    InstrumentId, Money, OrderStatus, PositionSide, Protection, UnixNanos,
    engine::{self, Resumed},
    portfolio::Leg,
};
use rust_decimal::Decimal;

use super::Venue;
use crate::{
    guard::Guard,
    latency::LatencyModel,
    life::{Condition, Live, Standing},
    queue::QueueModel,
};

/// What guards an open leg, as far as the leg itself does not say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Guarded {
    /// What its entries asked for.
    pub protection: Protection,
    /// The best price since the entry, as far as it is known.
    pub best: Option<Decimal>,
}

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// Goes on from what an earlier venue has left at `time`, before the first event. `run` is the number of this run: executions are
    /// called by numbers that no other run has given. `guarded` says what guards a leg.
    pub fn resume(
        &mut self,
        time: UnixNanos,
        run: u32,
        left: &Resumed,
        guarded: impl Fn(InstrumentId, PositionSide, &Leg) -> Guarded,
    ) {
        self.executions = u64::from(run.saturating_sub(1)) << u32::BITS;
        self.account.resume(time, &left.balances, &left.legs);
        for (id, side, leg) in &left.legs {
            self.guard_again(*id, *side, leg, guarded(*id, *side, leg));
        }
        for standing in &left.orders {
            self.stand_from_before(standing, time);
        }
    }

    /// What guards each open leg.
    pub fn guarded(&self) -> impl Iterator<Item = (InstrumentId, PositionSide, Guarded)> {
        let of = |(id, _)| {
            let slot = self.slots.get(InstrumentId::index(id));
            PositionSide::BOTH.into_iter().filter_map(move |side| Some((id, side, slot?.guarded(side)?)))
        };
        self.instruments.iter().flat_map(of)
    }

    fn guard_again(&mut self, id: InstrumentId, side: PositionSide, leg: &Leg, guarded: Guarded) {
        let instrument = self.instruments.get(id);
        let liquidation = self.account.liquidation(id, side);
        let entry = leg.entry_price(instrument);
        let mut guard = Guard::new(side, entry, guarded.protection, liquidation, self.limit_fill, instrument);
        if let Some(best) = guarded.best {
            guard.wake();
            guard.visit(best);
            guard.settle();
        }
        if let Some(slot) = self.slots.get_mut(id.index()) {
            slot.set_guard(side, guard);
        }
    }

    fn stand_from_before(&mut self, standing: &engine::Standing, time: UnixNanos) {
        let order = &standing.order;
        let live = Live::resumed(order.clone(), standing.filled);
        let tick = self.instruments.get(order.instrument).rules.tick_size;
        let waits_for = Condition::of(order.kind, order.side, None, tick);
        let condition = waits_for.filter(|_| !matches!(standing.status, OrderStatus::Triggered | OrderStatus::PartiallyFilled));
        let limit = order.kind.limit_price().filter(|_| standing.status != OrderStatus::Submitted);
        let standing = match (condition, limit) {
            (Some(condition), _) => Standing::Waiting(live.waits(condition)),
            // What it had set aside is set aside again; where too little is left for it, it is looked at anew, and refused then.
            (None, Some(limit)) if self.reserve(&live, limit.get()).is_ok() => Standing::Resting(live.rests(limit.get(), None)),
            (None, _) => Standing::Sent(live.sent(time)),
        };
        self.stand(standing);
    }

    /// What the account has of each currency that it has ever had anything of, as a run writes it down.
    pub fn balances(&self) -> Vec<Money> {
        let portfolio = self.account.portfolio();
        let currencies = self.account.ledger().currencies();
        currencies.map(|(_, currency)| Money::new(portfolio.balance_in(currency), currency.clone())).collect()
    }
}
