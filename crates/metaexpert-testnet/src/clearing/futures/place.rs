//! One market of a wallet: its settings, its position, and the orders that stand there.

use std::collections::BTreeMap;

use metaexpert_core::{Currency, Instrument, PositionSide, Side};
use metaexpert_matching::maintenance;
use rust_decimal::Decimal;

use super::legs::Legs;
use crate::{listing::MarketId, order::OrderId, prices::Prices};

/// What every market begins with (Binance, "Leverage and Margin of USD-M Futures": 20x).
pub(super) const LEVERAGE_AT_FIRST: u32 = 20;

/// One market.
#[derive(Debug)]
pub(super) struct Place {
    pub market: MarketId,
    pub legs: Legs,
    /// In times.
    pub leverage: u32,
    /// Whether its positions vouch for themselves alone.
    pub isolated: bool,
    pub orders: BTreeMap<OrderId, Standing>,
}

/// An order that stands, or is on its way.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub id: OrderId,
    pub side: Side,
    pub leg: Option<PositionSide>,
    pub price: Decimal,
    /// What of it may still be executed.
    pub left: Decimal,
    /// Whether it may only make a position smaller: it holds no margin.
    pub reduces: bool,
}

impl Place {
    pub(super) fn new(market: MarketId, instrument: &Instrument) -> Self {
        let legs = Legs::new(instrument);
        Self { market, legs, leverage: LEVERAGE_AT_FIRST, isolated: false, orders: BTreeMap::new() }
    }

    pub(super) const fn instrument(&self) -> &Instrument {
        self.legs.instrument()
    }

    pub(super) const fn settlement(&self) -> &Currency {
        &self.legs.instrument().settlement
    }

    /// What positions are valued by.
    pub(super) fn mark(&self, prices: &dyn Prices) -> Option<Decimal> {
        prices.mark(self.market).or_else(|| prices.last(self.market))
    }

    /// What a leg has gained.
    pub(super) fn unrealized(&self, side: PositionSide, prices: &dyn Prices) -> Decimal {
        self.mark(prices).map_or(Decimal::ZERO, |mark| self.legs.unrealized(side, mark))
    }

    /// What a leg is worth, in settlement currency; what it was entered at before there is a price.
    pub(super) fn value(&self, side: PositionSide, prices: &dyn Prices) -> Decimal {
        let cost = || self.legs.get(side).map_or(Decimal::ZERO, |leg| leg.cost);
        self.mark(prices).map_or_else(cost, |mark| self.legs.value(side, mark))
    }

    /// What a leg needs in order not to be taken over.
    pub(super) fn maintenance(&self, side: PositionSide, prices: &dyn Prices) -> Decimal {
        maintenance(self.instrument(), self.value(side, prices))
    }

    /// What a leg needs at its leverage.
    pub(super) fn initial(&self, side: PositionSide, prices: &dyn Prices) -> Decimal {
        self.margin_of(self.value(side, prices))
    }

    /// What a value needs at this market's leverage.
    pub(super) fn margin_of(&self, value: Decimal) -> Decimal {
        value / Decimal::from(self.leverage.max(1))
    }

    /// What the orders need beyond what the position does.
    pub(super) fn order_initial(&self, hedged: bool, prices: &dyn Prices) -> Decimal {
        self.margin_of(beyond(&self.exposures(hedged, None, prices)))
    }

    /// The same with one order more, or with an order that stands as it is to be.
    pub(super) fn order_initial_with(&self, hedged: bool, order: &Standing, prices: &dyn Prices) -> Decimal {
        self.margin_of(beyond(&self.exposures(hedged, Some(order), prices)))
    }

    /// The largest value that a position could come to.
    pub(super) fn largest(&self, hedged: bool, prices: &dyn Prices) -> Decimal {
        largest(&self.exposures(hedged, None, prices))
    }

    /// The same with one order more, or with an order that stands as it is to be.
    pub(super) fn largest_with(&self, hedged: bool, order: &Standing, prices: &dyn Prices) -> Decimal {
        largest(&self.exposures(hedged, Some(order), prices))
    }

    /// The largest value that a position of this leverage may have; [`Decimal::MAX`] where the contract has no brackets.
    pub(super) fn cap(&self, leverage: u32) -> Decimal {
        let brackets = &self.instrument().brackets;
        let allowed = brackets.iter().filter(|bracket| bracket.max_leverage >= leverage).map(|bracket| bracket.up_to).max();
        if brackets.is_empty() { Decimal::MAX } else { allowed.unwrap_or_default() }
    }

    /// What orders of one side that open are worth; of one leg, or of the one position.
    pub(super) fn orders_value(&self, side: Side, leg: Option<PositionSide>) -> Decimal {
        self.opening(side, leg, None).map(|order| self.instrument().value(order.price, order.left)).sum()
    }

    /// How much orders of one side that open are for, but for one of them.
    pub(super) fn orders_quantity(&self, side: Side, leg: Option<PositionSide>, except: OrderId) -> Decimal {
        self.opening(side, leg, Some(except)).map(|order| order.left).sum()
    }

    /// What of a leg could still be closed, by an order that stands or is new.
    pub(super) fn reducible(&self, closing: Side, leg: Option<PositionSide>, by: Option<OrderId>) -> Decimal {
        let held = self.legs.held(leg.unwrap_or(closing.opposite().opened_leg()));
        let promised = self.orders.values().filter(|order| order.reduces && order.side == closing && order.leg == leg);
        let promised = promised.filter(|order| by != Some(order.id)).map(|order| order.left);
        (held - promised.sum::<Decimal>()).max(Decimal::ZERO)
    }

    fn opening(&self, side: Side, leg: Option<PositionSide>, except: Option<OrderId>) -> impl Iterator<Item = &Standing> {
        let opens = move |order: &&Standing| !order.reduces && order.side == side && order.leg == leg;
        self.orders.values().filter(opens).filter(move |order| except != Some(order.id))
    }

    /// What could become of the positions: of the one, or of each leg.
    fn exposures(&self, hedged: bool, more: Option<&Standing>, prices: &dyn Prices) -> Vec<Exposure> {
        let orders = |side: Side, leg: Option<PositionSide>| -> Decimal {
            let others = self.opening(side, leg, more.map(|order| order.id));
            let all = others.chain(more.filter(|order| order.side == side && order.leg == leg));
            all.map(|order| self.instrument().value(order.price, order.left)).sum()
        };
        if hedged {
            let of = |leg: PositionSide| Exposure {
                position: self.value(leg, prices),
                with: orders(leg.opening_side(), Some(leg)),
                against: Decimal::ZERO,
            };
            return PositionSide::BOTH.into_iter().map(of).collect();
        }
        vec![Exposure {
            position: self.value(PositionSide::Long, prices) - self.value(PositionSide::Short, prices),
            with: orders(Side::Buy, None),
            against: orders(Side::Sell, None),
        }]
    }
}

fn largest(exposures: &[Exposure]) -> Decimal {
    exposures.iter().map(Exposure::largest).max().unwrap_or_default()
}

fn beyond(exposures: &[Exposure]) -> Decimal {
    exposures.iter().map(|exposure| (exposure.largest() - exposure.position.abs()).max(Decimal::ZERO)).sum()
}

/// The value of a position, short ones negative, and of the orders that would make it longer and shorter.
#[derive(Debug, Clone, Copy)]
struct Exposure {
    position: Decimal,
    with: Decimal,
    against: Decimal,
}

impl Exposure {
    fn largest(&self) -> Decimal {
        (self.position + self.with).abs().max((self.position - self.against).abs())
    }
}
