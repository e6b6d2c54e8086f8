//! Legs that the engine guards: prices, executions and answers go to the guards, and what they want done leaves as orders.
//!
//! The one decision: the expert sees of it what a backtest shows, in which the venue guards legs by itself: trades without an order, and
//! positions that are gone. The orders are in journal and log only. Where the venue does guard legs, nothing of this is ever called.

use std::borrow::Cow;

use rust_decimal::Decimal;

use super::{Engine, Resumed, Stopped};
use crate::{
    Cancellation, ClientOrderId, Error, InstrumentBar, InstrumentId, PositionSide, Rejection, Trade, UnixNanos,
    broker::{Answer, Broker, Guards as Who},
    clock::Clock,
    feed::{Feed, Pause, PauseCause},
    journal::{Journal, Record},
    protection::{Failed, Guards, LegId, News, State, walk},
    rounding::decimal_of,
};

/// Steps that one event may set off for one leg before the rest waits for the next event. An exit takes two orders, each of them a place
/// and a cancel; more is a venue that answers at once and never as it should.
const STEPS_MAX: usize = 16;

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Guards legs from now on, where the venue does not.
    pub(super) fn begin_guarding(&mut self) {
        let desk = &mut self.context.desk;
        if self.broker.guards() == Who::Engine {
            let guards = Guards::new(&desk.instruments, desk.config.market_type, self.broker.offers());
            desk.guards = Some(Box::new(guards));
        }
    }

    /// Whether legs are guarded here.
    #[inline]
    pub(super) const fn is_guarding(&self) -> bool {
        self.context.desk.guards.is_some()
    }

    /// Goes on guarding what an earlier run has left. Until its orders were compared with the venue's nothing is sent: it is not known which
    /// of them stand. The orders that guarded legs are taken out of `resumed`; they are not the expert's.
    #[must_use]
    pub(super) fn resume_guards(&mut self, resumed: Resumed) -> Resumed {
        let desk = &mut self.context.desk;
        let Some(guards) = desk.guards.as_deref_mut() else { return resumed };
        for (instrument, side, leg) in &resumed.legs {
            let of = desk.instruments.get(*instrument);
            if leg.is_dust(of.rules.lot_size) {
                // No order could close it, and what is bought later is another leg.
                continue;
            }
            let kept = resumed.guards.iter().find(|(kept, of_side, _)| (kept, of_side) == (instrument, side));
            let text = kept.map(|(_, _, text)| text.as_str());
            if let Err(error) = guards.resume((*instrument, *side), leg, text, desk.protection, of) {
                desk.log.guard_forgotten(*instrument, *side, &error);
            }
        }
        guards.wait();
        let orders = resumed.orders.into_iter().filter(|standing| !guards.adopt(standing)).collect();
        Resumed { orders, ..resumed }
    }

    /// Something is wrong with exchange or markets, or no longer: what an earlier run has left was compared.
    pub(super) fn guard_paused(&mut self, pause: &Pause) -> Result<(), Stopped> {
        let Some(guards) = self.context.desk.guards.as_deref_mut() else { return Ok(()) };
        if pause.cause == PauseCause::Reconciling {
            guards.comparing(pause.instrument, pause.since.is_some());
        }
        if pause.cause == PauseCause::Unreachable && pause.since.is_none() {
            guards.reachable();
        }
        if pause.since.is_none() { self.guard_all() } else { Ok(()) }
    }

    /// The market has come to a price.
    #[inline]
    pub(super) fn guard_price(&mut self, instrument: InstrumentId, price: f64) -> Result<(), Stopped> {
        if self.is_guarding() { self.guard_at(instrument, price) } else { Ok(()) }
    }

    #[inline(never)]
    fn guard_at(&mut self, instrument: InstrumentId, price: f64) -> Result<(), Stopped> {
        let Some(guards) = self.context.desk.guards.as_deref_mut() else { return Ok(()) };
        guards.see_finer(instrument);
        if guards.is_idle(instrument) || self.is_history {
            return Ok(());
        }
        if let Some(price) = decimal_of(price) {
            self.see(instrument, price, self.context.now);
        }
        self.guard_instrument(instrument)
    }

    /// Bars have closed: where nothing finer moves an instrument, legs see the way that the price is taken to have gone.
    #[inline(never)]
    pub(super) fn guard_bars(&mut self, step: &[InstrumentBar]) -> Result<(), Stopped> {
        if self.is_history {
            return Ok(());
        }
        for InstrumentBar { instrument, bar } in step {
            let is_quiet = |guards: &Guards| guards.has_finer(*instrument) || guards.is_idle(*instrument);
            if self.context.desk.guards.as_deref().is_none_or(is_quiet) {
                continue;
            }
            for price in walk(bar).into_iter().flatten() {
                self.see(*instrument, price, bar.time);
            }
            if let Some(close) = decimal_of(bar.close) {
                self.see(*instrument, close, self.context.now);
            }
            self.guard_instrument(*instrument)?;
        }
        Ok(())
    }

    /// Lets both legs of an instrument see a price of `from` or later.
    fn see(&mut self, instrument: InstrumentId, price: Decimal, from: UnixNanos) {
        let (desk, now) = (&mut self.context.desk, self.context.now);
        let lot = desk.instruments.get(instrument).rules.lot_size;
        let Some(guards) = desk.guards.as_deref_mut() else { return };
        for side in PositionSide::BOTH {
            if let Some(guard) = guards.leg_mut((instrument, side)) {
                guard.see(price, from, now, lot);
            }
        }
    }

    /// Does what the guards of all instruments want done: what is to be tried again, and what history held up.
    pub(super) fn guard_all(&mut self) -> Result<(), Stopped> {
        if self.cancel_called_off() {
            self.send_and_tell()?;
        }
        let Some(guards) = self.context.desk.guards.as_deref() else { return Ok(()) };
        for (instrument, _) in guards.awake(&self.context.desk.instruments) {
            self.guard_instrument(instrument)?;
        }
        Ok(())
    }

    /// Does what the guards of an instrument want done.
    fn guard_instrument(&mut self, instrument: InstrumentId) -> Result<(), Stopped> {
        let (desk, now) = (&mut self.context.desk, self.context.now);
        let Some(guards) = desk.guards.as_deref_mut() else { return Ok(()) };
        // A run that is stopped before the present comes closes legs all the same, and its guards go with them; old prices they never see.
        if guards.is_waiting(instrument) || self.is_history && !desk.stopping || desk.ended {
            return Ok(());
        }
        self.let_go(instrument)?;
        for side in PositionSide::BOTH {
            let leg = (instrument, side);
            if self.context.desk.guards.as_deref().is_some_and(|guards| guards.is_time_to_tell(leg, now)) {
                self.tell_of_guard(leg)?;
            }
            for _ in 0..STEPS_MAX {
                if !self.context.desk.guard_step(instrument, side, now) {
                    break;
                }
                self.tell_of_guard((instrument, side))?;
            }
        }
        self.send_and_tell()
    }

    /// Lets orders of the expert leave that have waited for their coins: before any new stop stands, which would keep them back again.
    fn let_go(&mut self, instrument: InstrumentId) -> Result<(), Stopped> {
        let desk = &mut self.context.desk;
        let needless: Vec<_> = PositionSide::BOTH.into_iter().flat_map(|side| desk.let_go((instrument, side))).collect();
        if needless.is_empty() && !desk.has_output() {
            return Ok(());
        }
        self.answers.extend(needless.into_iter().map(|id| Answer::Cancelled(id, Cancellation::NothingToClose)));
        self.flush()
    }

    /// Makes room for orders of the expert that wait for their coins.
    #[inline]
    pub(super) fn guard_held_back(&mut self) -> Result<(), Stopped> {
        let held_back = self.context.desk.guards.as_deref().and_then(Guards::first_held_back);
        held_back.map_or(Ok(()), |instrument| self.guard_instrument(instrument))
    }

    /// Tells the journal from where a leg's exits follow, where that is news.
    fn tell_of_guard(&mut self, leg: LegId) -> Result<(), Stopped> {
        let Some(guards) = self.context.desk.guards.as_deref_mut() else { return Ok(()) };
        if let Some(news) = guards.news(leg, self.context.now) {
            let text = match &news {
                News::Guarded(text) => Some(text.as_str()),
                News::Gone => None,
            };
            self.note(Record::Guard(leg.0, leg.1, text))?;
        }
        Ok(())
    }

    /// An execution has changed a leg: its guard is where the leg is now, before a handler is told.
    pub(super) fn guard_trade(&mut self, trade: &Trade, remaining: Decimal) -> Result<(), Stopped> {
        if !self.is_guarding() {
            return Ok(());
        }
        let leg = (trade.instrument, trade.position_side);
        let desk = &mut self.context.desk;
        let of = desk.instruments.get(trade.instrument);
        let now = desk.portfolio.leg(trade.instrument, trade.position_side);
        // Of what nobody here has asked for, the configuration says how it is guarded.
        let asked = trade.order.and_then(|id| desk.orders.get(id)).map(|working| working.order.protection);
        let lot = of.rules.lot_size;
        let Some(guards) = desk.guards.as_deref_mut() else { return Ok(()) };
        // Not always this leg's: what others have closed already, an order of the other leg's guard opens here.
        if let Some((id, owner)) = trade.order.and_then(|id| Some((id, guards.owner(id)?)))
            && let Some(guard) = guards.leg_mut(owner)
        {
            guard.executed(id, remaining);
        }
        if let Some(guard) = guards.leg_mut(leg) {
            match now {
                Some(held) if !held.is_dust(lot) && (trade.opens() || guard.levels().is_none()) => {
                    let protection = asked.unwrap_or(desk.protection);
                    let (leg, fill) = ((held.quantity, held.entry_price(of)), (trade.price.get(), self.context.now));
                    guard.increased(leg, fill, protection, of);
                }
                held => guard.decreased(held.map_or(Decimal::ZERO, |held| held.quantity), lot),
            }
        }
        if let Some(id) = trade.order {
            guards.disown(id);
        }
        self.tell_of_guard(leg)
    }

    /// Handlers were told of an execution, and the strategy's state is written down: orders of guards may leave.
    pub(super) fn guard_after(&mut self, trade: &Trade) -> Result<(), Stopped> {
        if self.is_guarding() { self.guard_instrument(trade.instrument) } else { Ok(()) }
    }

    /// An execution as handlers see it: that of a guard belongs to no order of theirs.
    pub(super) fn seen_by_handlers<'a>(&self, trade: &'a Trade) -> Cow<'a, Trade> {
        let is_guard = |id: ClientOrderId| self.context.desk.guards.as_deref().is_some_and(|guards| guards.owner(id).is_some());
        match trade.order {
            Some(id) if is_guard(id) => Cow::Owned(Trade { order: None, ..trade.clone() }),
            _ => Cow::Borrowed(trade),
        }
    }
}

/// What becomes of orders that guard legs.
impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Hears an answer, where it is about an order that guards a leg; whether it was. Executions are heard as all others.
    pub(super) fn hear_of_guard(&mut self, answer: &Answer) -> Result<bool, Stopped> {
        let id = match answer {
            Answer::Accepted(id)
            | Answer::Unknown(id)
            | Answer::Triggered(id)
            | Answer::Rejected(id, _)
            | Answer::Cancelled(id, _)
            | Answer::CancelRejected(id, _) => *id,
            Answer::Amended(..) | Answer::AmendRejected(..) | Answer::Trade { .. } | Answer::Funding(_) | Answer::Charged(_) => {
                return Ok(false);
            }
        };
        let Some(guards) = self.context.desk.guards.as_deref() else { return Ok(false) };
        let Some(leg) = guards.owner(id) else { return Ok(guards.was(id)) };
        match answer {
            Answer::Accepted(_) => {
                self.note(Record::Accepted(id))?;
                self.guard_stands(leg, id, State::Accepted);
            }
            Answer::Unknown(_) => {
                self.note(Record::Unknown(id))?;
                self.guard_stands(leg, id, State::Unknown);
            }
            Answer::Triggered(_) => self.guard_stands(leg, id, State::Triggered),
            Answer::Rejected(_, rejection) => self.guard_rejected(leg, id, *rejection)?,
            Answer::Cancelled(_, why) => self.guard_cancelled(leg, id, *why)?,
            Answer::CancelRejected(_, rejection) => self.guard_not_cancelled(leg, id, *rejection),
            Answer::Amended(..) | Answer::AmendRejected(..) | Answer::Trade { .. } | Answer::Funding(_) | Answer::Charged(_) => {}
        }
        if let Some(guards) = self.context.desk.guards.as_deref_mut() {
            guards.disown(id);
        }
        self.guard_instrument(leg.0)?;
        Ok(true)
    }

    fn guard_stands(&mut self, leg: LegId, id: ClientOrderId, state: State) {
        let desk = &mut self.context.desk;
        let Some(guard) = desk.guards.as_deref_mut().and_then(|guards| guards.leg_mut(leg)) else { return };
        guard.stands(id, state);
        if let Some(protective) = guard.order(id) {
            desk.log.guard_stands(&protective.order, state);
        }
    }

    fn guard_rejected(&mut self, leg: LegId, id: ClientOrderId, rejection: Rejection) -> Result<(), Stopped> {
        self.note(Record::Rejected(id, rejection))?;
        let (desk, now) = (&mut self.context.desk, self.context.now);
        let Some(guard) = desk.guards.as_deref_mut().and_then(|guards| guards.leg_mut(leg)) else { return Ok(()) };
        let Some(order) = guard.order(id).map(|protective| protective.order.clone()) else { return Ok(()) };
        match guard.rejected(id, rejection, now) {
            Failed::Harmless => desk.log.guard_gone(&order, Cancellation::NothingToClose),
            Failed::Reached => desk.log.guard_reached(&order),
            Failed::ForNow => desk.log.guard_waits(&order, rejection),
            Failed::ForGood => {
                desk.log.guard_refused(&order, rejection);
                self.context.focus_on(leg.0);
                self.tell_of_error(&Error::Rejected { order: id, rejection })?;
            }
        }
        Ok(())
    }

    fn guard_cancelled(&mut self, leg: LegId, id: ClientOrderId, why: Cancellation) -> Result<(), Stopped> {
        self.note(Record::Cancelled(id, why))?;
        let (desk, now) = (&mut self.context.desk, self.context.now);
        let Some(guard) = desk.guards.as_deref_mut().and_then(|guards| guards.leg_mut(leg)) else { return Ok(()) };
        let Some(order) = guard.order(id).map(|protective| protective.order.clone()) else { return Ok(()) };
        if guard.cancelled(id, why, now) {
            desk.log.guard_lost(&order, why);
        } else {
            desk.log.guard_gone(&order, why);
        }
        Ok(())
    }

    fn guard_not_cancelled(&mut self, leg: LegId, id: ClientOrderId, rejection: Rejection) {
        let (desk, now) = (&mut self.context.desk, self.context.now);
        let Some(guard) = desk.guards.as_deref_mut().and_then(|guards| guards.leg_mut(leg)) else { return };
        guard.not_cancelled(id, rejection, now);
        if let Some(protective) = guard.order(id) {
            desk.log.guard_stays(&protective.order, rejection);
        }
    }
}
