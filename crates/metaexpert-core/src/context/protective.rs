//! Orders of the engine's own that guard legs, on their way out.
//!
//! The one decision: they are no orders of the expert. They stand in none of its lists, and it cannot cancel or change them.

use rust_decimal::Decimal;

use super::{
    desk::{Command, Desk},
    open_orders::Working,
};
use crate::{
    ClientOrderId, Effect, Fitting, InstrumentId, NewOrder, OrderKind, PositionSide, Price, Protection, Quantity, SelfTrade,
    TimeInForce, Trigger, UnixNanos,
    protection::{Exit, Guards, LegId, Market, Step, Wanted},
    risk::{RiskApproved, RiskGate},
};

impl Desk {
    /// Puts an order that guards a leg into the outbox. `None` where it cannot be one.
    fn place_exit(&mut self, instrument: InstrumentId, leg: PositionSide, wanted: Wanted, now: UnixNanos) -> Option<NewOrder> {
        let trigger = || wanted.level.and_then(Price::new).map(Trigger::at);
        let kind = match wanted.exit {
            Exit::Stop => OrderKind::StopMarket { trigger: trigger()? },
            Exit::Take => OrderKind::TakeProfitMarket { trigger: trigger()? },
            Exit::Close => OrderKind::Market,
        };
        let quantity = Quantity::new(wanted.quantity)?;
        let order = NewOrder {
            id: self.next_id(),
            instrument,
            side: leg.closing_side(),
            kind,
            time_in_force: TimeInForce::GoodTillCancelled,
            effect: Effect::Close(leg),
            quantity,
            fitting: Fitting::Exact,
            leverage: self.config.leverage,
            protection: Protection::default(),
            self_trade: SelfTrade::ExpireMaker,
            link: None,
            time: now,
            reason: wanted.reason,
        };
        let approved = RiskGate::check_exit(order.clone())?;
        if wanted.exit == Exit::Close {
            self.log.guard_closes(&order);
        }
        self.outbox.push(Command::Place(approved));
        Some(order)
    }

    /// How much of which legs is to have a stop at the venue and has none.
    pub(crate) fn bare_legs(&self) -> impl Iterator<Item = (LegId, Decimal)> {
        let guards = self.guards.as_deref();
        let awake = guards.map(|guards| guards.awake(&self.instruments)).unwrap_or_default();
        let bare = move |leg| Some((leg, guards?.leg(leg)?.bare(self.market_of(guards?, leg))));
        awake.into_iter().filter_map(bare).filter(|(_, bare)| !bare.is_zero())
    }

    /// What the guard of a leg has to know of the venue.
    fn market_of(&self, guards: &Guards, leg: LegId) -> Market {
        let (resting, on_their_way) = self.own_exits(leg);
        guards.market(leg, self.instruments.get(leg.0), resting, on_their_way)
    }

    /// Does the next step for a leg, if there is one; whether there was.
    pub(crate) fn guard_step(&mut self, instrument: InstrumentId, leg: PositionSide, now: UnixNanos) -> bool {
        let Some(guards) = self.guards.as_deref() else { return false };
        let market = self.market_of(guards, (instrument, leg));
        let Some(guards) = self.guards.as_deref_mut() else { return false };
        let Some(step) = guards.leg((instrument, leg)).and_then(|guard| guard.next_step(market, now)) else { return false };
        match step {
            Step::Place(wanted) => {
                let Some(order) = self.place_exit(instrument, leg, wanted, now) else { return false };
                let Some(guards) = self.guards.as_deref_mut() else { return false };
                guards.own(order.id, (instrument, leg));
                if let Some(guard) = guards.leg_mut((instrument, leg)) {
                    guard.sent(order, wanted.exit, now);
                }
                true
            }
            Step::Cancel(id) => {
                if let Some(guard) = guards.leg_mut((instrument, leg)) {
                    guard.cancelling(id);
                }
                self.outbox.push(Command::Cancel(id));
                true
            }
            Step::CancelOwn => self.cancel_exits((instrument, leg)),
        }
    }

    /// Puts the expert's orders that have waited for a leg's coins into the outbox, once those are free. Others, or the stop that they waited
    /// for, may have closed some of it meanwhile: they leave for no more than is left, as orders that wait do in a backtest, and those for
    /// which nothing is left are returned.
    pub(crate) fn let_go(&mut self, leg: LegId) -> Vec<ClientOrderId> {
        let is_free = self.guards.as_deref().is_some_and(|guards| guards.may_let_go(leg));
        if !is_free || self.is_given_back(leg) {
            return Vec::new();
        }
        let waiting = self.guards.as_deref_mut().map(|guards| guards.let_go(leg)).unwrap_or_default();
        for order in &waiting {
            self.orders.without(order.get().id);
        }
        let mut left = self.left_beside(leg, &waiting);
        let (mut needless, mut before) = (Vec::new(), None);
        for order in waiting {
            let (id, link) = (order.get().id, order.get().link);
            // Of two that are linked only one can trade: they are for the same coins.
            let shared = before.filter(|(of, _)| link.is_some() && *of == link).map_or(Decimal::ZERO, |(_, quantity)| quantity);
            match self.cut(order, left + shared) {
                Some(order) => {
                    let quantity = order.get().quantity;
                    left = left + shared - quantity.get().max(shared);
                    before = Some((link, quantity.get()));
                    self.orders.update(id, &self.instruments, |working| working.order.quantity = quantity);
                    self.outbox.push(Command::Place(order));
                }
                None => needless.push(id),
            }
        }
        needless
    }

    /// Whether orders of the expert are being cancelled that keep coins of a leg until they are.
    fn is_given_back(&self, leg: LegId) -> bool {
        self.own_orders(leg).any(|order| order.rests() && order.leaving)
    }

    /// How much of a leg neither a guard nor the expert's other orders are closing.
    fn left_beside(&self, (instrument, leg): LegId, waiting: &[RiskApproved<NewOrder>]) -> Decimal {
        let held = self.portfolio.leg(instrument, leg).map_or(Decimal::ZERO, |held| held.quantity);
        let waits = |order: &Working| waiting.iter().any(|waiting| waiting.get().id == order.order.id);
        let others = self.own_orders((instrument, leg)).filter(|order| !order.rests() && !waits(order));
        let resting = self.orders.resting_closes(instrument, leg.closing_side()).quantity;
        let closing = self.guards.as_deref().map_or(Decimal::ZERO, |guards| guards.closing(instrument, leg));
        held - resting - closing - others.map(Working::remaining).sum::<Decimal>()
    }

    /// An order for what is left, where it only closes; `None` where that is nothing.
    fn cut(&self, order: RiskApproved<NewOrder>, left: Decimal) -> Option<RiskApproved<NewOrder>> {
        let asked = order.get();
        if self.opens(asked) || asked.quantity.get() <= left {
            return Some(order);
        }
        let quantity = self.instruments.get(asked.instrument).quantity_on_lot(left)?;
        Some(order.cut_to(quantity))
    }

    /// The expert's own orders that leave a leg, as far as anything of it is held.
    fn own_orders(&self, (instrument, leg): LegId) -> impl Iterator<Item = &Working> {
        let leaves = move |order: &NewOrder| order.instrument == instrument && order.side == leg.closing_side();
        self.orders.iter().filter(move |working| leaves(&working.order))
    }

    /// How much of a leg's coins the expert's own orders keep: those that rest, and those on their way.
    fn own_exits(&self, leg: LegId) -> (Decimal, Decimal) {
        if !self.guards.as_deref().is_some_and(Guards::locks) {
            return (Decimal::ZERO, Decimal::ZERO);
        }
        let sum = |rests: bool| self.own_orders(leg).filter(|order| order.rests() == rests).map(Working::remaining).sum();
        (sum(true), sum(false))
    }

    /// Cancels the expert's orders that rest and leave a leg; whether any was left to cancel.
    fn cancel_exits(&mut self, leg: LegId) -> bool {
        let stand = self.own_orders(leg).filter(|order| order.rests() && !order.leaving);
        let ids: Vec<ClientOrderId> = stand.map(|order| order.order.id).collect();
        ids.into_iter().filter(|id| self.cancel(*id).is_ok()).count() > 0
    }
}
