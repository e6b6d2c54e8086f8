//! The life of an order, as types: accepted, it is sent, waits or rests; looked at, it is in somebody's hand; it ends once.
//!
//! The one decision: each transition is a method that takes the order and gives it back in its next state, or does not. What
//! the expert is told comes from these methods and from nowhere else, so that an order's answers are in a legal order:
//! accepted, perhaps triggered, trades, one end.

use metaexpert_core::{
    Amendment, Cancellation, Distance, Fitting, InstrumentId, NewOrder, OrderKind, Price, Quantity, Rejection, Side, TimeInForce,
    Trade, Trigger, TriggerBy, UnixNanos,
    broker::Answer,
    rounding::{Round, is_above_zero, to_step},
};
use rust_decimal::Decimal;

use crate::ladder::Coming;

/// An accepted order that has not ended and that is being looked at.
#[derive(Debug)]
#[must_use = "an order ends or stands"]
pub(crate) struct Live {
    /// Boxed, since an order goes from hand to hand several times in its life and is large.
    pub order: Box<NewOrder>,
    filled: Decimal,
    /// Quote currency that it has spent, where there is only so much of it.
    spent: Decimal,
}

/// An order that stands.
#[derive(Debug)]
pub(crate) enum Standing<P> {
    /// Accepted; it is looked at with the next price.
    Sent(Sent),
    /// It waits for a price.
    Waiting(Waiting),
    /// A limit in the market's book.
    Resting(Resting<P>),
}

/// An order that has not been looked at.
#[derive(Debug)]
pub(crate) struct Sent {
    live: Live,
    /// When it came; no earlier price concerns it.
    pub since: UnixNanos,
}

/// A conditional order.
#[derive(Debug)]
pub(crate) struct Waiting {
    live: Live,
    pub condition: Condition,
}

/// A limit that rests.
#[derive(Debug)]
pub(crate) struct Resting<P> {
    live: Live,
    /// The worst price.
    pub price: Decimal,
    /// Its place in the queue, once its level was seen.
    pub place: Option<Place<P>>,
}

/// A place in a queue.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<P> {
    pub position: P,
    /// What the market showed at the level when it was last looked at.
    pub shown: f64,
}

/// What a conditional order waits for: a level, or a level that follows the price.
///
/// A venue watches the conditions of its own orders. Whoever keeps conditional orders outside of one watches them with this, so that
/// the rules are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Condition {
    /// Where. A trailing stop that does not follow yet has none.
    pub level: Option<Decimal>,
    /// Which way the price comes to it.
    pub coming: Coming,
    /// Which price it waits for.
    pub by: TriggerBy,
    trail: Option<Trail>,
}

/// A level that follows the best price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Trail {
    distance: Distance,
    tick: Decimal,
    /// Where it begins to follow.
    activation: Option<Decimal>,
    /// The best price since it follows.
    best: Option<Decimal>,
}

impl Live {
    /// The venue has the order.
    pub(crate) fn accepted(order: NewOrder, answers: &mut Vec<Answer>) -> Self {
        answers.push(Answer::Accepted(order.id));
        Self { order: Box::new(order), filled: Decimal::ZERO, spent: Decimal::ZERO }
    }

    /// One that an earlier venue had accepted; of it so much was executed there.
    pub(crate) fn resumed(order: NewOrder, filled: Decimal) -> Self {
        Self { order: Box::new(order), filled, spent: Decimal::ZERO }
    }

    /// How much may still be executed.
    pub(crate) fn left(&self) -> Decimal {
        // Most orders are executed at once, and this is asked several times for each.
        if self.filled.is_zero() { self.order.quantity.get() } else { self.order.quantity.get() - self.filled }
    }

    pub(crate) const fn filled(&self) -> Decimal {
        self.filled
    }

    /// What it has spent, in quote currency; counted where there is only so much of it.
    pub(crate) const fn spent(&self) -> Decimal {
        self.spent
    }

    /// It is looked at with the next price.
    pub(crate) const fn sent(self, since: UnixNanos) -> Sent {
        Sent { live: self, since }
    }

    /// It waits.
    pub(crate) const fn waits(self, condition: Condition) -> Waiting {
        Waiting { live: self, condition }
    }

    /// It rests, and the account holds something back for it.
    pub(crate) const fn rests<P>(self, price: Decimal, place: Option<Place<P>>) -> Resting<P> {
        Resting { live: self, price, place }
    }

    /// A part of it was executed: it goes on, unless nothing remains of it.
    pub(crate) fn traded(mut self, trade: Trade, remaining: Decimal, answers: &mut Vec<Answer>) -> Option<Self> {
        self.filled += trade.quantity.get();
        if let Fitting::Spend(_) = self.order.fitting {
            self.spent += trade.quantity.get() * trade.price.get();
        }
        answers.push(Answer::Trade { trade, remaining });
        is_above_zero(remaining).then_some(self)
    }

    /// It ends because the venue cannot do what it asks for.
    pub(crate) fn rejected(self, why: Rejection, answers: &mut Vec<Answer>) {
        answers.push(Answer::Rejected(self.order.id, why));
    }

    /// It ends before all of it was executed.
    pub(crate) fn cancelled(self, why: Cancellation, answers: &mut Vec<Answer>) {
        answers.push(Answer::Cancelled(self.order.id, why));
    }

    /// It is for another quantity, or at another price.
    pub(crate) fn amended(mut self, quantity: Quantity, kind: OrderKind, answers: &mut Vec<Answer>) -> Self {
        self.order.quantity = quantity;
        self.order.kind = kind;
        answers.push(Answer::Amended(self.order.id, quantity));
        self
    }
}

impl<P> Standing<P> {
    pub(crate) const fn live(&self) -> &Live {
        match self {
            Self::Sent(sent) => &sent.live,
            Self::Waiting(waiting) => &waiting.live,
            Self::Resting(resting) => &resting.live,
        }
    }

    /// Takes it into the hand, to be looked at or to end.
    pub(crate) fn into_live(self) -> Live {
        match self {
            Self::Sent(sent) => sent.live,
            Self::Waiting(waiting) => waiting.live,
            Self::Resting(resting) => resting.live,
        }
    }
}

impl Sent {
    pub(crate) const fn instrument(&self) -> InstrumentId {
        self.live.order.instrument
    }

    /// Less of it was sent.
    pub(crate) fn amended(self, quantity: Quantity, answers: &mut Vec<Answer>) -> Self {
        let kind = self.live.order.kind;
        Self { live: self.live.amended(quantity, kind, answers), ..self }
    }
}

impl Waiting {
    /// Less of it waits.
    pub(crate) fn amended(self, quantity: Quantity, answers: &mut Vec<Answer>) -> Self {
        let kind = self.live.order.kind;
        Self { live: self.live.amended(quantity, kind, answers), ..self }
    }

    /// What it waited for has happened: it is a market order or a limit now.
    pub(crate) fn triggered(self, answers: &mut Vec<Answer>) -> Live {
        let mut live = self.live;
        answers.push(Answer::Triggered(live.order.id));
        live.order.kind = live.order.kind.limit_price().map_or(OrderKind::Market, |price| OrderKind::Limit { price });
        live
    }
}

impl<P> Resting<P> {
    pub(crate) const fn live(&self) -> &Live {
        &self.live
    }

    /// The market has come to it.
    pub(crate) fn met(self) -> Live {
        self.live
    }

    /// Less of it rests, in the same place.
    pub(crate) fn shortened(self, quantity: Quantity, answers: &mut Vec<Answer>) -> Self {
        let kind = self.live.order.kind;
        Self { live: self.live.amended(quantity, kind, answers), ..self }
    }
}

impl Condition {
    /// What an order of this kind waits for; `None` if it waits for nothing. `price` is the present one, where it is known.
    pub fn of(kind: OrderKind, side: Side, price: Option<Decimal>, tick: Decimal) -> Option<Self> {
        let (adverse, favourable) = match side {
            Side::Buy => (Coming::Up, Coming::Down),
            Side::Sell => (Coming::Down, Coming::Up),
        };
        let fixed =
            |trigger: Trigger, coming| Some(Self { level: Some(trigger.price.get()), coming, by: trigger.by, trail: None });
        match kind {
            OrderKind::Market | OrderKind::Limit { .. } => None,
            OrderKind::StopMarket { trigger } | OrderKind::StopLimit { trigger, .. } => fixed(trigger, adverse),
            OrderKind::TakeProfitMarket { trigger } | OrderKind::TakeProfitLimit { trigger, .. } => fixed(trigger, favourable),
            OrderKind::TrailingStop { distance, activation, by } => {
                let trail = Trail { distance, tick, activation: activation.map(Price::get), best: None };
                let waits = Self { level: None, coming: adverse, by, trail: Some(trail) };
                // Without an activation it follows from the present price, or from the first that comes.
                Some(match (price, activation) {
                    (Some(price), None) => waits.visited(price).unwrap_or(waits),
                    _ => waits,
                })
            }
        }
    }

    /// Whether it has happened already at a price: the level is reached, or where a trailing stop was to begin.
    pub fn is_met(&self, price: Decimal) -> bool {
        let begun = self.trail.filter(|trail| trail.best.is_none()).and_then(|trail| trail.activation);
        let begun = begun.is_some_and(|activation| self.is_better_or_at(price, activation));
        begun || self.level.is_some_and(|level| self.coming.has_reached(price, level))
    }

    /// Whether it follows the price.
    pub const fn trails(&self) -> bool {
        self.trail.is_some()
    }

    /// The price that makes a trailing stop move or begin when it is passed: `None` where any will do.
    pub(crate) fn moves_at(&self) -> Option<Decimal> {
        let trail = self.trail?;
        trail.best.or(trail.activation)
    }

    /// A trailing stop after the price has come to `price`; `None` if that changes nothing.
    #[must_use = "the condition as it is now"]
    pub fn visited(self, price: Decimal) -> Option<Self> {
        let trail = self.trail?;
        let moves = match trail.best {
            Some(best) => price != best && self.is_better_or_at(price, best),
            None => trail.activation.is_none_or(|activation| self.is_better_or_at(price, activation)),
        };
        moves.then(|| {
            let level = Some(self.behind(price, trail));
            Self { level, trail: Some(Trail { best: Some(price), ..trail }), ..self }
        })
    }

    /// Whether a price is as good for who trails as another, or better: a stop that waits for a fall likes a rise.
    fn is_better_or_at(&self, price: Decimal, other: Decimal) -> bool {
        match self.coming {
            Coming::Down => price >= other,
            Coming::Up => price <= other,
        }
    }

    /// The stop for a best price, on the tick, rounded towards the price.
    fn behind(&self, best: Decimal, trail: Trail) -> Decimal {
        let distance = match trail.distance {
            Distance::Percent(percent) => best * percent.fraction(),
            Distance::Absolute(distance) => distance.get(),
        };
        match self.coming {
            Coming::Down => to_step(best - distance, trail.tick, Round::Up).max(Decimal::ZERO),
            Coming::Up => to_step(best + distance, trail.tick, Round::Down),
        }
    }
}

/// What an amendment makes of an order's kind; the rule it breaks, where it asks for what the kind does not have.
pub(crate) fn amended_kind(kind: OrderKind, amendment: &Amendment) -> Result<OrderKind, Rejection> {
    let no_price = amendment.price.is_none();
    let no_trigger = amendment.trigger.is_none();
    let moved = |mut trigger: Trigger| {
        trigger.price = amendment.trigger.unwrap_or(trigger.price);
        trigger
    };
    match kind {
        OrderKind::Limit { price } if no_trigger => Ok(OrderKind::Limit { price: amendment.price.unwrap_or(price) }),
        OrderKind::StopLimit { trigger, price } => {
            Ok(OrderKind::StopLimit { trigger: moved(trigger), price: amendment.price.unwrap_or(price) })
        }
        OrderKind::TakeProfitLimit { trigger, price } => {
            Ok(OrderKind::TakeProfitLimit { trigger: moved(trigger), price: amendment.price.unwrap_or(price) })
        }
        OrderKind::StopMarket { trigger } if no_price => Ok(OrderKind::StopMarket { trigger: moved(trigger) }),
        OrderKind::TakeProfitMarket { trigger } if no_price => Ok(OrderKind::TakeProfitMarket { trigger: moved(trigger) }),
        OrderKind::Market | OrderKind::TrailingStop { .. } if no_price && no_trigger => Ok(kind),
        OrderKind::Limit { .. }
        | OrderKind::StopMarket { .. }
        | OrderKind::TakeProfitMarket { .. }
        | OrderKind::Market
        | OrderKind::TrailingStop { .. } => Err(Rejection::BadAmendment),
    }
}

/// When an order is over by itself.
pub(crate) const fn expires_at(order: &NewOrder) -> Option<UnixNanos> {
    match order.time_in_force {
        TimeInForce::GoodTillDate(time) => Some(time),
        TimeInForce::GoodTillCancelled | TimeInForce::ImmediateOrCancel | TimeInForce::FillOrKill | TimeInForce::PostOnly => None,
    }
}

#[cfg(test)]
mod tests {
    use metaexpert_core::Percent;
    use rust_decimal::dec;

    use super::*;

    /// The levels of a trailing stop as the price visits one after the other; `None` as long as it does not follow.
    fn levels(kind: OrderKind, side: Side, price: Option<Decimal>, visits: &[Decimal]) -> Vec<Option<Decimal>> {
        let mut condition = Condition::of(kind, side, price, dec!(0.1)).unwrap();
        let mut levels = vec![condition.level];
        for visit in visits {
            condition = condition.visited(*visit).unwrap_or(condition);
            levels.push(condition.level);
        }
        levels
    }

    #[test]
    fn a_trailing_stop_moves_with_better_prices_only_and_rounds_towards_the_price() {
        let percent = Distance::Percent(Percent::new(dec!(1)));
        let kind = OrderKind::TrailingStop { distance: percent, activation: None, by: TriggerBy::Last };
        let sells = levels(kind, Side::Sell, Some(dec!(100)), &[dec!(99.5), dec!(103.7), dec!(103)]);
        assert_eq!(sells, [Some(dec!(99)), Some(dec!(99)), Some(dec!(102.7)), Some(dec!(102.7))]);
        let buys = levels(kind, Side::Buy, None, &[dec!(100), dec!(96.3), dec!(97)]);
        assert_eq!(buys, [None, Some(dec!(101)), Some(dec!(97.2)), Some(dec!(97.2))]);
    }

    #[test]
    fn a_trailing_stop_with_an_activation_follows_from_the_first_price_that_reaches_it() {
        let distance = Distance::Absolute(Price::new(dec!(2)).unwrap());
        let kind = OrderKind::TrailingStop { distance, activation: Price::new(dec!(105)), by: TriggerBy::Last };
        let sells = levels(kind, Side::Sell, Some(dec!(100)), &[dec!(104.9), dec!(105.5), dec!(104)]);
        assert_eq!(sells, [None, None, Some(dec!(103.5)), Some(dec!(103.5))]);
        assert!(Condition::of(kind, Side::Sell, Some(dec!(105)), dec!(0.1)).unwrap().is_met(dec!(105)));
    }
}
