//! Whether an order may come in: position mode, what only reduces, brackets, margin.
//!
//! The one decision: what an order costs is what the need of its market grows by (Binance, "How to Calculate Cost Required to Open a
//! Position in Perpetual Futures Contracts", support/faq 87fa7ee33b574f7084d42bd2ce2e463b):
//!
//! `cost = initial margin + open loss`
//!
//! where the margin of a short is reckoned at no less than the mark price and 0.15 % above the last one, and the open loss is what
//! the position would have lost already at the mark price. The page names no fee; here the taker's is asked for too, so that an
//! execution never leaves less than nothing.

use metaexpert_core::Side;
use rust_decimal::{Decimal, dec};

use super::{
    Futures,
    place::{Place, Standing},
};
use crate::{
    clearing::Need,
    order::{OrderId, Refusal},
    prices::Prices,
};

/// How far above the last price a short is taken to be entered (the page above: "Last Price * (1 + 0.15%)").
const SHORT_ABOVE_LAST: Decimal = dec!(1.0015);

impl Futures {
    /// Whether an order may come in, or one that stands may become this.
    pub(super) fn may_come_in(&self, need: &Need, prices: &dyn Prices) -> Result<(), Refusal> {
        let place = self.places.get(&need.market).ok_or(Refusal::UnknownMarket)?;
        if self.hedged != need.leg.is_some() {
            return Err(Refusal::PositionMode);
        }
        let standing = standing_of(need);
        if standing.reduces {
            return may_reduce(place, need);
        }
        let largest = place.largest_with(self.hedged, &standing, prices);
        if largest > place.cap(place.leverage) && largest > place.largest(self.hedged, prices) {
            return Err(Refusal::Leverage);
        }
        let cost = self.cost(place, &standing, prices);
        if cost > Decimal::ZERO && cost > self.left(place.settlement(), prices) {
            return Err(Refusal::Margin);
        }
        Ok(())
    }

    /// Counts an order among those that stand, in its own place where it does already.
    pub(super) fn set_aside(&mut self, need: &Need) {
        if let Some(place) = self.places.get_mut(&need.market) {
            place.orders.insert(need.order, standing_of(need));
            self.standing.insert(need.order, need.market);
        }
    }

    /// Takes so much off an order that stands; all of it where `None`.
    pub(super) fn free(&mut self, order: OrderId, part: Option<Decimal>) {
        let Some(place) = self.standing.get(&order).and_then(|market| self.places.get_mut(market)) else { return };
        let Some(standing) = place.orders.get_mut(&order) else { return };
        standing.left = part.map_or(Decimal::ZERO, |part| standing.left - part);
        if standing.left <= Decimal::ZERO {
            place.orders.remove(&order);
            self.standing.remove(&order);
        }
    }

    /// What must be free for an order.
    fn cost(&self, place: &Place, order: &Standing, prices: &dyn Prices) -> Decimal {
        let grown = place.order_initial_with(self.hedged, order, prices) - place.order_initial(self.hedged, prices);
        if grown <= Decimal::ZERO {
            return Decimal::ZERO;
        }
        let (opened, instrument) = (opened_by(place, order), place.instrument());
        let value = instrument.value(order.price, opened);
        let assumed = instrument.value(assumed_price(place, order, prices), opened);
        let at_mark = place.mark(prices).map_or(value, |mark| instrument.value(mark, opened));
        let loss = -instrument.gain(order.side.opened_leg(), value, at_mark).min(Decimal::ZERO);
        grown + place.margin_of((assumed - value).max(Decimal::ZERO)) + loss + value * self.fees.taker
    }
}

fn standing_of(need: &Need) -> Standing {
    let closes = need.leg.is_some_and(|leg| leg.closing_side() == need.side);
    Standing {
        id: need.order,
        side: need.side,
        leg: need.leg,
        price: need.price,
        left: need.quantity,
        reduces: need.reduce_only || closes,
    }
}

/// Of one position, an order that only reduces is cut to what there is when it trades; of a leg, it is refused where it is for
/// more (Binance, error -2022).
fn may_reduce(place: &Place, need: &Need) -> Result<(), Refusal> {
    let there = place.reducible(need.side, need.leg, Some(need.order));
    let enough = if need.leg.is_some() { need.quantity <= there } else { there > Decimal::ZERO };
    if enough { Ok(()) } else { Err(Refusal::ReduceOnly) }
}

/// How much of an order would open, after the position and the orders that stand on the same side.
fn opened_by(place: &Place, order: &Standing) -> Decimal {
    if order.leg.is_some() {
        return order.left;
    }
    let net = match order.side {
        Side::Buy => place.legs.net(),
        Side::Sell => -place.legs.net(),
    };
    let before = net + place.orders_quantity(order.side, None, order.id);
    (before + order.left).max(Decimal::ZERO) - before.max(Decimal::ZERO)
}

/// The price at which margin is reckoned. An inverse contract needs less of the coin the higher it is sold, so that its own price is
/// the careful one there.
fn assumed_price(place: &Place, order: &Standing, prices: &dyn Prices) -> Decimal {
    if order.side == Side::Buy || place.instrument().kind.is_inverse() {
        return order.price;
    }
    let above_last = prices.last(place.market).map_or(Decimal::ZERO, |last| last * SHORT_ABOVE_LAST);
    order.price.max(above_last).max(place.mark(prices).unwrap_or_default())
}
