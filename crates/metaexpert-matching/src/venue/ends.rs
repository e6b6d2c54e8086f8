//! What prices and time do to an account without an order: levels that follow prices, interest, contracts that end.

use metaexpert_core::{Cancellation, InstrumentId, Instruments, PositionSide, Price, TriggerBy, UnixNanos, broker::Answer};
use rust_decimal::Decimal;

use super::Venue;
use crate::{latency::LatencyModel, queue::QueueModel, settlement::payoff};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// The price that an instrument's positions are judged by has changed.
    #[inline]
    pub(super) fn note_price(&mut self, id: InstrumentId, time: UnixNanos, price: f64) {
        if self.follows_marks {
            self.account.set_mark(id, price);
            self.account.accrue(time);
            if self.account.levels_follow_marks() {
                self.refresh_liquidations();
            }
        }
    }

    /// Puts the levels of liquidation where the account has them now.
    pub(super) fn refresh_liquidations(&mut self) {
        for (id, _) in self.instruments.iter() {
            for side in PositionSide::BOTH {
                let Some(slot) = self.slots.get_mut(id.index()).filter(|slot| slot.has_guard(side)) else { continue };
                let liquidation = self.account.liquidation(id, side);
                slot.change_guard(side, |guard| guard.set_liquidation(liquidation));
            }
        }
    }

    /// Settles the contracts that have ended by `time`: their orders are cancelled, their legs closed at the settlement price. That is
    /// the index price, else the mark price, else the last one; an option pays what it is worth at that price of its underlying, and
    /// where the data has no index, its own last price, which is all that is known.
    pub(super) fn settle_ended(&mut self, time: UnixNanos, answers: &mut Vec<Answer>) {
        let has_ended = |end: UnixNanos| self.ends <= end && end <= time;
        let ended: Vec<_> = self
            .instruments
            .iter()
            .filter_map(|(id, instrument)| Some((id, instrument.kind.expiry().filter(|end| has_ended(*end))?)))
            .collect();
        for (id, end) in ended {
            self.cancel_all_of(id, answers);
            let Some(price) = self.settlement_price(id) else { continue };
            let executions = &mut self.executions;
            let next_id = || {
                *executions += 1;
                (*executions).into()
            };
            let mut trades = Vec::new();
            self.account.deliver(id, price, end, next_id, &mut trades);
            answers.extend(trades.into_iter().map(|trade| Answer::Trade { trade, remaining: Decimal::ZERO }));
            if let Some(slot) = self.slots.get_mut(id.index()) {
                for side in PositionSide::BOTH {
                    slot.lift_guard(side);
                }
            }
        }
        self.ends = next_end(&self.instruments, time);
    }

    fn settlement_price(&self, id: InstrumentId) -> Option<Price> {
        let slot = self.slots.get(id.index())?;
        let last = || slot.price(TriggerBy::Mark);
        match (self.instruments.get(id).kind.option(), slot.index()) {
            (Some(terms), Some(index)) => {
                let worth = payoff(&terms, Price::new(index)?);
                Some(Price::new(worth).unwrap_or(Price::ZERO))
            }
            (Some(_), None) => Some(last().and_then(Price::new).unwrap_or(Price::ZERO)),
            (None, index) => index.or_else(last).and_then(Price::new),
        }
    }

    fn cancel_all_of(&mut self, id: InstrumentId, answers: &mut Vec<Answer>) {
        for handle in self.store.handles() {
            let is_of = self.store.get(handle).is_some_and(|standing| standing.live().order.instrument == id);
            if is_of {
                self.cancel_standing(handle, Cancellation::Delivery, answers);
            }
        }
    }
}

/// When the next contract ends after `time`; never, where none does.
pub(super) fn next_end(instruments: &Instruments, time: UnixNanos) -> UnixNanos {
    let ends = instruments.iter().filter_map(|(_, instrument)| instrument.kind.expiry());
    ends.filter(|end| *end > time).min().unwrap_or(UnixNanos::MAX)
}
