//! The guard of one leg that the engine guards: what is known of its exits, and what is to be done next.
//!
//! The one decision: whatever of the leg no order at the venue is leaving at a price that has reached an exit, is closed by a market
//! order. An order that stands at the exit counts as leaving it; one that was not accepted, stands elsewhere or is for less does not.
//! So there is no moment without a guard, whatever becomes of orders, and nothing is closed twice: what may be executed is counted until
//! the venue says that it will not be.
//!
//! Quantities, not the venue's "close all": the position at an exchange is that of all experts and of a person.

use rust_decimal::Decimal;

use super::{
    levels::{ExitLevels, is_ahead_or_at},
    protective::{Exit, Protective, State},
    retry::{Retry, SECOND},
};
use crate::{
    Cancellation, ClientOrderId, Instrument, NewOrder, PositionSide, Protection, Reason, Rejection, UnixNanos,
    broker::Offers,
    rounding::{Round, to_step},
};

/// A stop that follows the price is moved no more often than this. Binance takes 300 orders in 10 seconds from all experts of an account
/// together (USD-M "Exchange Information", `rateLimits`); meanwhile the engine watches the tighter level.
const MOVE_EVERY: i64 = SECOND;
/// How long an order that the venue has not cancelled is left alone.
const CANCEL_AGAIN: i64 = SECOND;

/// What the venue has, and what else wants the leg's coins.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Market {
    pub offers: Offers,
    /// Orders that rest keep coins, as on spot and margin: a second one cannot stand for the same.
    pub locks: bool,
    /// Orders of the expert wait for the leg's coins: nothing new stands before they have left.
    pub waits: bool,
    /// How much of the leg the expert's own orders keep, where that counts: those that rest, and those on their way.
    pub resting: Decimal,
    pub on_their_way: Decimal,
    /// The lot that quantities are multiples of.
    pub lot: Decimal,
}

/// What is to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Step {
    /// Send an order.
    Place(Wanted),
    /// Take an order back.
    Cancel(ClientOrderId),
    /// Take back what the expert has resting: it keeps the coins that are to be sold.
    CancelOwn,
}

/// An order that is to be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub exit: Exit,
    /// What triggers it; `None` for a market order.
    pub level: Option<Decimal>,
    pub quantity: Decimal,
    pub reason: Reason,
}

/// What a rejection means for the leg.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failed {
    /// Nothing: the order was not needed any more.
    Harmless,
    /// The price is there already: the leg is closed by market.
    Reached,
    /// It is tried again soon.
    ForNow,
    /// It is tried again, and somebody should know.
    ForGood,
}

/// The guard of one leg.
#[derive(Debug)]
pub(crate) struct LegGuard {
    side: PositionSide,
    /// `None` where nothing is held.
    levels: Option<ExitLevels>,
    held: Decimal,
    orders: Vec<Protective>,
    /// The leg is to be left by market.
    leave: Option<Reason>,
    /// The newest price since the leg was opened or increased.
    price: Option<Decimal>,
    /// The exit that it has come to.
    reached: Option<Reason>,
    /// When the leg was opened or increased last: prices before that say nothing of it.
    since: UnixNanos,
    /// When a stop was placed last.
    placed: Option<UnixNanos>,
    retries: [Retry; 3],
}

impl LegGuard {
    pub(crate) const fn new(side: PositionSide) -> Self {
        Self {
            side,
            levels: None,
            held: Decimal::ZERO,
            orders: Vec::new(),
            leave: None,
            price: None,
            reached: None,
            since: UnixNanos::MIN,
            placed: None,
            retries: [Retry::NONE; 3],
        }
    }

    /// Whether there is nothing to do, whatever happens to prices.
    pub(crate) const fn is_idle(&self) -> bool {
        self.levels.is_none() && self.orders.is_empty()
    }

    pub(crate) const fn levels(&self) -> Option<&ExitLevels> {
        self.levels.as_ref()
    }

    /// The leg was opened or increased at `fill`, and holds so much at an average `entry` now.
    pub(crate) fn increased(
        &mut self,
        (held, entry): (Decimal, Decimal),
        (fill, since): (Decimal, UnixNanos),
        protection: Protection,
        of: &Instrument,
    ) {
        (self.held, self.since, self.price, self.reached) = (held, since, None, None);
        // Not the price has moved the exits, and they are not to wait for where they were.
        self.placed = None;
        if let Some(levels) = &mut self.levels {
            levels.moved(entry, fill, protection);
        } else {
            self.levels = Some(ExitLevels::new(self.side, fill, protection, of));
            (self.leave, self.placed, self.retries) = (None, None, [Retry::NONE; 3]);
        }
    }

    /// The leg holds less now; nothing where it is closed. Less than a lot is no leg to guard: nothing of it can be closed, and what is
    /// bought later is another leg.
    pub(crate) fn decreased(&mut self, held: Decimal, lot: Decimal) {
        self.held = if held < lot { Decimal::ZERO } else { held };
        self.placed = None;
        if self.held.is_zero() {
            (self.levels, self.leave, self.reached) = (None, None, None);
        }
    }

    /// The leg was open when an earlier run stopped.
    pub(crate) fn resume(&mut self, held: Decimal, levels: ExitLevels) {
        (self.held, self.levels) = (held, Some(levels));
    }

    /// Of the leg's levels nothing is known but where an order of an earlier run stood.
    pub(crate) fn learn_from(&mut self, order: &NewOrder) {
        if let (Some(levels), Some(trigger)) = (&mut self.levels, order.kind.trigger()) {
            levels.stood(trigger.price.get(), order.reason);
        }
    }

    /// An order of an earlier run may still stand.
    pub(crate) fn adopt(&mut self, order: NewOrder, exit: Exit, filled: Decimal, state: State) {
        if exit == Exit::Close {
            self.leave = Some(order.reason);
        }
        self.orders.push(Protective::new(order, exit, filled, state));
    }

    /// The market has come to a price, at `from` or later: what it reaches, and what follows it. A price that may be older than the leg,
    /// or than an order, has not met it.
    pub(crate) fn see(&mut self, price: Decimal, from: UnixNanos, now: UnixNanos, lot: Decimal) {
        if from < self.since {
            return;
        }
        self.meet(price, from, now);
        let Some(levels) = &mut self.levels else { return };
        let stop = levels.stop().filter(|(level, _)| is_ahead_or_at(self.side, *level, price)).map(|(_, reason)| reason);
        let take = levels.take_profit().filter(|level| is_ahead_or_at(self.side, price, *level)).map(|_| Reason::TakeProfit);
        levels.visit(price);
        self.reached = stop.or(take);
        self.leave = self.to_leave(lot, now);
    }

    /// Lets orders that were there by then meet a price.
    fn meet(&mut self, price: Decimal, from: UnixNanos, now: UnixNanos) {
        for order in self.orders.iter_mut().filter(|order| order.order.time <= from) {
            order.see(self.side, price, now);
        }
        self.price = Some(price);
    }

    /// Why the leg is to be left by market, if it is: also where the price stands still at an exit and an order there is gone.
    fn to_leave(&self, lot: Decimal, now: UnixNanos) -> Option<Reason> {
        self.leave.or_else(|| self.reached.filter(|_| !in_lots(self.uncovered(now), lot).is_zero()))
    }

    /// How much of the leg is being closed by orders that need no price any more: what nobody else can close.
    pub(crate) fn closing(&self) -> Decimal {
        self.orders.iter().filter(|order| order.is_certain()).map(Protective::remaining).sum()
    }

    /// How much of the leg no order leaves.
    fn uncovered(&self, now: UnixNanos) -> Decimal {
        let leaving: Decimal = self.orders.iter().filter(|order| order.leaves(now)).map(Protective::remaining).sum();
        (self.held - leaving).max(Decimal::ZERO)
    }

    /// Whether the venue owes an answer, or is still to be asked to cancel what guards nothing any more.
    pub(crate) fn is_owed(&self) -> bool {
        let is_left = self.held.is_zero() && !self.orders.is_empty();
        let is_owed = |order: &Protective| {
            order.leaving || order.exit == Exit::Close || matches!(order.state, State::Sent | State::Unknown)
        };
        is_left || self.orders.iter().any(is_owed)
    }

    /// How much of the leg is to have a stop at the venue and has none: in nobody's sight, once no engine watches it.
    pub(crate) fn bare(&self, market: Market) -> Decimal {
        if self.target(Exit::Stop, market.offers).is_none() {
            return Decimal::ZERO;
        }
        let stands = |order: &&Protective| order.exit == Exit::Stop && matches!(order.state, State::Accepted | State::Triggered);
        let covered: Decimal = self.orders.iter().filter(stands).map(Protective::remaining).sum();
        (self.to_guard(market) - covered).max(Decimal::ZERO)
    }

    /// How much of the leg an exit is to stand for: what the expert's own orders keep cannot be sold twice.
    fn to_guard(&self, market: Market) -> Decimal {
        let own = if market.locks { market.resting + market.on_their_way } else { Decimal::ZERO };
        in_lots((self.held - own).max(Decimal::ZERO), market.lot)
    }

    /// Whether an order of this guard keeps coins.
    pub(crate) fn rests(&self) -> bool {
        self.orders.iter().any(|order| order.exit != Exit::Close)
    }

    /// What is to be done next, once the step before it was. Doing it changes what this says.
    pub(crate) fn next_step(&self, market: Market, now: UnixNanos) -> Option<Step> {
        if self.held.is_zero() {
            return self.first_to_cancel(now, |order| order.exit != Exit::Close);
        }
        match self.to_leave(market.lot, now) {
            Some(reason) => self.step_out(reason, market, now),
            None => self.step_to(Exit::Stop, market, now).or_else(|| self.step_to(Exit::Take, market, now)),
        }
    }

    /// Towards closing by market what nothing else closes.
    fn step_out(&self, reason: Reason, market: Market, now: UnixNanos) -> Option<Step> {
        let uncovered = self.uncovered(now);
        if in_lots(uncovered, market.lot).is_zero() {
            return None;
        }
        if market.locks {
            // One that leaves the leg keeps its own coins only.
            let keeps = |order: &Protective| order.exit != Exit::Close && !order.leaves(now);
            if self.orders.iter().any(keeps) {
                return self.first_to_cancel(now, keeps);
            }
            if !market.resting.is_zero() {
                return Some(Step::CancelOwn);
            }
        }
        let own = if market.locks { market.on_their_way } else { Decimal::ZERO };
        let quantity = in_lots((uncovered - own).max(Decimal::ZERO), market.lot);
        let may = !quantity.is_zero() && self.retry(Exit::Close).is_over(now);
        may.then_some(Step::Place(Wanted { exit: Exit::Close, level: None, quantity, reason }))
    }

    /// Where an exit is to stand at the venue; `None` where it is watched only.
    fn target(&self, exit: Exit, offers: Offers) -> Option<(Decimal, Reason)> {
        let levels = self.levels.as_ref().filter(|_| offers.stops)?;
        let protection = levels.protection();
        let has_stop = protection.stop_loss.is_some() || protection.trailing_stop.is_some() || protection.breakeven.is_some();
        match exit {
            Exit::Stop => levels.stop(),
            Exit::Take => {
                levels.take_profit().filter(|_| offers.both_exits || !has_stop).map(|level| (level, Reason::TakeProfit))
            }
            Exit::Close => None,
        }
    }

    /// Towards an exit that stands where it should.
    fn step_to(&self, exit: Exit, market: Market, now: UnixNanos) -> Option<Step> {
        let quantity = self.to_guard(market);
        let target = self.target(exit, market.offers).filter(|_| !quantity.is_zero() && !market.waits);
        let of_exit = |order: &Protective| order.exit == exit;
        if self.orders.iter().any(|order| of_exit(order) && order.is_coming(now)) {
            // Whether there is anything left to guard is about to be told.
            return None;
        }
        let Some((level, reason)) = target else { return self.first_to_cancel(now, of_exit) };
        let mut fitting = self.orders.iter().filter(|order| of_exit(order) && order.fits((level, reason), quantity)).peekable();
        if fitting.peek().is_some() {
            let accepted = fitting.find(|order| order.state == State::Accepted)?;
            return self.first_to_cancel(now, |order| of_exit(order) && order.order.id != accepted.order.id);
        }
        if market.locks && self.orders.iter().any(of_exit) {
            // Its coins are needed for the new one. The engine watches until that is accepted.
            let moves_only = self.moves_only(exit, quantity);
            return if moves_only && !self.may_move(exit, level, now) { None } else { self.first_to_cancel(now, of_exit) };
        }
        let waits = self.orders.iter().any(|order| of_exit(order) && order.state == State::Sent && !order.leaving)
            || !self.retry(exit).is_over(now)
            || (self.moves_only(exit, quantity) && !self.may_move(exit, level, now))
            || self.is_reached(exit, level);
        (!waits).then_some(Step::Place(Wanted { exit, level: Some(level), quantity, reason }))
    }

    /// Whether an order stands for as much as is held, and only its level is another one.
    fn moves_only(&self, exit: Exit, quantity: Decimal) -> bool {
        self.orders.iter().any(|order| order.exit == exit && !order.leaving && order.remaining() == quantity)
    }

    fn may_move(&self, exit: Exit, level: Decimal, now: UnixNanos) -> bool {
        // A take-profit follows no price: an entry has moved it, and where it stood it would leave too soon.
        let is_time = exit != Exit::Stop || self.placed.is_none_or(|placed| now.nanos_since(placed) >= MOVE_EVERY);
        is_time && !self.is_reached(exit, level)
    }

    /// Whether the newest price is at an exit already, so that an order there would trade at once.
    fn is_reached(&self, exit: Exit, level: Decimal) -> bool {
        self.price.is_some_and(|price| match exit {
            Exit::Take => is_ahead_or_at(self.side, price, level),
            Exit::Stop | Exit::Close => is_ahead_or_at(self.side, level, price),
        })
    }

    fn first_to_cancel(&self, now: UnixNanos, which: impl Fn(&Protective) -> bool) -> Option<Step> {
        let leaves = |order: &&Protective| which(order) && order.may_be_cancelled(now);
        self.orders.iter().find(leaves).map(|order| Step::Cancel(order.order.id))
    }

    const fn retry(&self, exit: Exit) -> &Retry {
        let [stop, take, close] = &self.retries;
        match exit {
            Exit::Stop => stop,
            Exit::Take => take,
            Exit::Close => close,
        }
    }

    const fn retry_mut(&mut self, exit: Exit) -> &mut Retry {
        let [stop, take, close] = &mut self.retries;
        match exit {
            Exit::Stop => stop,
            Exit::Take => take,
            Exit::Close => close,
        }
    }
}

/// What becomes of its orders.
impl LegGuard {
    pub(crate) fn order(&self, id: ClientOrderId) -> Option<&Protective> {
        self.orders.iter().find(|order| order.order.id == id)
    }

    fn order_mut(&mut self, id: ClientOrderId) -> Option<&mut Protective> {
        self.orders.iter_mut().find(|order| order.order.id == id)
    }

    /// An order has left.
    pub(crate) fn sent(&mut self, order: NewOrder, exit: Exit, now: UnixNanos) {
        match exit {
            Exit::Stop => self.placed = Some(now),
            Exit::Take => {}
            Exit::Close => self.leave = self.leave.or(Some(order.reason)),
        }
        self.orders.push(Protective::new(order, exit, Decimal::ZERO, State::Sent));
    }

    /// An order was asked to be cancelled.
    pub(crate) fn cancelling(&mut self, id: ClientOrderId) {
        if let Some(order) = self.order_mut(id) {
            order.leaving = true;
        }
    }

    /// Where an order stands.
    pub(crate) fn stands(&mut self, id: ClientOrderId, state: State) {
        let Some(order) = self.order_mut(id) else { return };
        order.state = state;
        let exit = order.exit;
        if state == State::Accepted {
            self.retry_mut(exit).worked();
        }
    }

    /// A part of an order was executed; `remaining` of it may still be.
    pub(crate) fn executed(&mut self, id: ClientOrderId, remaining: Decimal) {
        if let Some(order) = self.order_mut(id) {
            order.filled = order.order.quantity.get() - remaining;
            order.state = State::Triggered;
        }
        if remaining.is_zero() {
            self.forget(id);
        }
    }

    /// The venue will not execute an order, or what is left of it.
    pub(crate) fn rejected(&mut self, id: ClientOrderId, rejection: Rejection, now: UnixNanos) -> Failed {
        let Some(order) = self.forget(id) else { return Failed::Harmless };
        if self.held.is_zero() || order.leaving {
            return Failed::Harmless;
        }
        self.leave_after(&order);
        match rejection {
            Rejection::WouldTrigger => {
                self.leave.get_or_insert(order.order.reason);
                // Orders that stand there leave the leg too.
                if let Some(level) = order.level() {
                    self.meet(level, now, now);
                }
                Failed::Reached
            }
            // Of what is closed elsewhere, word may be on its way.
            Rejection::NotSent | Rejection::NothingToClose => {
                self.failed(order.exit, now);
                Failed::ForNow
            }
            _ if order.exit == Exit::Close => {
                self.failed(order.exit, now);
                Failed::ForGood
            }
            _ => {
                self.retry_mut(order.exit).refused(now);
                Failed::ForGood
            }
        }
    }

    /// An order is gone. Whether nobody here has asked for that.
    pub(crate) fn cancelled(&mut self, id: ClientOrderId, why: Cancellation, now: UnixNanos) -> bool {
        let Some(order) = self.forget(id) else { return false };
        let is_strange = !order.leaving && !self.held.is_zero() && why != Cancellation::NothingToClose;
        if !self.held.is_zero() {
            self.leave_after(&order);
        }
        if !order.leaving {
            // Whoever cancels it may do so again: not in a race with him.
            self.failed(order.exit, now);
        }
        is_strange
    }

    /// The venue can be reached again: what did not get through is tried at once.
    pub(crate) fn reachable(&mut self) {
        self.retries.iter_mut().for_each(Retry::passed);
    }

    fn failed(&mut self, exit: Exit, now: UnixNanos) {
        match exit {
            Exit::Stop | Exit::Take => self.retry_mut(exit).failed(now),
            Exit::Close => self.retry_mut(exit).close_failed(now),
        }
    }

    /// An order that was being executed is gone before all of it was: its exit was reached.
    fn leave_after(&mut self, order: &Protective) {
        if order.state == State::Triggered {
            self.leave.get_or_insert(order.order.reason);
        }
    }

    /// An order was not cancelled. One that the venue does not know is gone, or will be told of as gone.
    pub(crate) fn not_cancelled(&mut self, id: ClientOrderId, rejection: Rejection, now: UnixNanos) {
        if rejection != Rejection::UnknownOrder
            && let Some(order) = self.order_mut(id)
        {
            order.stays(now.saturating_add_nanos(CANCEL_AGAIN));
        }
    }

    fn forget(&mut self, id: ClientOrderId) -> Option<Protective> {
        let place = self.orders.iter().position(|order| order.order.id == id)?;
        Some(self.orders.remove(place))
    }
}

fn in_lots(quantity: Decimal, lot: Decimal) -> Decimal {
    to_step(quantity, lot, Round::Down)
}

#[cfg(test)]
pub(crate) mod tests;
