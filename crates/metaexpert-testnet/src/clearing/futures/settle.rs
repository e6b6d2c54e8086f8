//! What happens to positions without an order: funding, and the end of a contract.
//!
//! The one decision: funding moves the wallet, and an isolated position's own margin with it (Binance, "Event: Balance and Position
//! Update": for an isolated position the update of a funding fee tells of that position, for one with cross margin of the balance
//! alone).

use metaexpert_core::{InstrumentKind, Money, PositionSide, Side, UnixNanos};
use metaexpert_matching::funding_of;
use rust_decimal::Decimal;

use super::{Futures, legs::to_eight};
use crate::{
    clearing::{Booked, Changed, EntryKind, Happened},
    listing::MarketId,
    news::Cause,
    prices::Prices,
};

/// A leg that the end of its contract has closed.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivered {
    /// The side that closed it.
    pub side: Side,
    /// The leg; `None` where there is one position a market.
    pub leg: Option<PositionSide>,
    /// How much.
    pub quantity: Decimal,
    /// At which price: of an option, what it pays.
    pub price: Decimal,
    /// What that did.
    pub booked: Booked,
}

impl Futures {
    /// Settles funding of a market: longs pay where the rate is positive. `None` where nothing is held.
    pub fn fund(
        &mut self,
        market: MarketId,
        rate: Decimal,
        mark: Decimal,
        time: UnixNanos,
        prices: &dyn Prices,
    ) -> Option<Happened> {
        let place = self.places.get(&market)?;
        let InstrumentKind::Perpetual(_) = place.instrument().kind else { return None };
        let (coin, isolated) = (place.settlement().clone(), place.isolated);
        let paid = |side| to_eight(funding_of(place.instrument(), side, place.legs.held(side), mark, rate));
        let amounts: Vec<(PositionSide, Decimal)> = place.legs.open().map(|(side, _)| (side, paid(side))).collect();
        if amounts.is_empty() {
            return None;
        }
        let before = self.wallet(&coin);
        let mut positions = Vec::new();
        for (side, amount) in amounts {
            self.book(EntryKind::Funding, amount, &coin, Some(market), None, time);
            if let Some(place) = self.places.get_mut(&market).filter(|_| isolated) {
                let tally = place.legs.tally_mut(side);
                tally.isolated += amount;
                tally.updated = Some(time);
                positions.extend(self.position_now(market, self.hedged.then_some(side), prices));
            }
        }
        let balances = vec![self.balance(&coin, self.wallet(&coin) - before, prices)];
        Some(Happened { time, cause: Cause::Funding, changed: Changed { balances, positions, ..Changed::default() } })
    }

    /// The contract ends: its legs are closed at the settlement price. Orders that stand there are taken back by whoever asks.
    pub fn deliver(&mut self, market: MarketId, price: Decimal, time: UnixNanos, prices: &dyn Prices) -> Vec<Delivered> {
        let sides = self.open_sides(market);
        sides.into_iter().filter_map(|side| self.deliver_leg(market, side, price, time, prices)).collect()
    }

    fn deliver_leg(
        &mut self,
        market: MarketId,
        side: PositionSide,
        price: Decimal,
        time: UnixNanos,
        prices: &dyn Prices,
    ) -> Option<Delivered> {
        let place = self.places.get_mut(&market)?;
        let (coin, quantity) = (place.settlement().clone(), place.legs.held(side));
        let value = to_eight(place.instrument().value(price, quantity));
        let (realized, _) = place.legs.decrease(side, quantity, price, time);
        let before = self.wallet(&coin);
        let fee = to_eight(value * self.fees.delivery);
        self.book(EntryKind::Delivery, realized, &coin, Some(market), None, time);
        self.book(EntryKind::Commission, -fee, &coin, Some(market), None, time);
        self.cover(market, &coin, time, prices);
        let leg = self.hedged.then_some(side);
        let positions = self.position_now(market, leg, prices).into_iter().collect();
        let balances = vec![self.balance(&coin, self.wallet(&coin) - before, prices)];
        let changed = Changed { balances, positions, ..Changed::default() };
        let booked = Booked { fee: Money::new(fee, coin), realized, value, leg: side, changed };
        Some(Delivered { side: side.closing_side(), leg, quantity, price, booked })
    }
}
