//! What an execution does: profit, fee, margin of its own, and where a position was taken over, the insurance's part.
//!
//! The one decision: an execution is taken apart into what it closes and what it opens, and each part is booked by itself, so that
//! one that turns a position around is a close and an open.

use metaexpert_core::{Currency, Money, PositionSide, UnixNanos, portfolio::Split};
use rust_decimal::Decimal;

use super::{Futures, legs::to_eight};
use crate::{
    clearing::{Booked, Changed, EntryKind, Fill},
    listing::MarketId,
    prices::Prices,
};

impl Futures {
    pub(super) fn book_fill(&mut self, fill: &Fill, prices: &dyn Prices) -> Booked {
        self.free(fill.order, Some(fill.quantity));
        let Some(place) = self.places.get(&fill.market) else { return nothing(fill) };
        let (instrument, split) = (place.instrument().clone(), place.legs.split(fill.side, fill.leg, fill.quantity));
        let coin = instrument.settlement.clone();
        let before = self.wallet(&coin);
        // To the last digit: an order's average price is reckoned from it, and coins of an inverse contract have no end.
        let exact = instrument.value(fill.price, fill.quantity);
        let value = to_eight(exact);

        let (realized, freed) = self.close(fill, split);
        self.book(EntryKind::Realized, realized, &coin, Some(fill.market), Some(fill.trade_id), fill.time);
        self.open(fill, split);
        let fee =
            if fill.is_liquidation { Money::new(Decimal::ZERO, coin.clone()) } else { self.charge(fill, split, value, prices) };
        if fill.is_liquidation {
            self.clear(fill, value, freed + realized, prices);
        }
        self.cover(fill.market, &coin, fill.time, prices);

        let mut balances = vec![self.balance(&coin, self.wallet(&coin) - before, prices)];
        if fee.currency != coin {
            balances.push(self.balance(&fee.currency, -fee.amount, prices));
        }
        let positions = self.position_now(fill.market, fill.leg, prices).into_iter().collect();
        let leg = if split.open > Decimal::ZERO { split.leg } else { split.leg.opposite() };
        Booked { fee, realized, value: exact, leg, changed: Changed { balances, positions, ..Changed::default() } }
    }

    /// What a fill closes: what that realised, and what margin of its own it set free.
    fn close(&mut self, fill: &Fill, split: Split) -> (Decimal, Decimal) {
        match self.places.get_mut(&fill.market) {
            Some(place) if split.close > Decimal::ZERO => {
                place.legs.decrease(split.leg.opposite(), split.close, fill.price, fill.time)
            }
            _ => (Decimal::ZERO, Decimal::ZERO),
        }
    }

    /// What a fill opens. An isolated position takes the margin for that with it.
    fn open(&mut self, fill: &Fill, split: Split) {
        let Some(place) = self.places.get_mut(&fill.market).filter(|_| split.open > Decimal::ZERO) else { return };
        place.legs.increase(split.leg, split.open, fill.price, fill.time);
        if place.isolated {
            let margin = to_eight(place.margin_of(place.instrument().value(fill.price, split.open)));
            place.legs.tally_mut(split.leg).isolated += margin;
        }
    }

    /// The fee of a fill, in the exchange's own coin where that is wanted and suffices.
    fn charge(&mut self, fill: &Fill, split: Split, value: Decimal, prices: &dyn Prices) -> Money {
        let fee = to_eight(value * self.fees.rate(fill.is_maker));
        let Some(place) = self.places.get_mut(&fill.market) else { return Money::new(fee, Currency::new("")) };
        let coin = place.settlement().clone();
        // What closed a leg is gone with it; of what turned a position around, the part that opened counts for the new leg.
        let leg = if split.open > Decimal::ZERO { split.leg } else { split.leg.opposite() };
        if place.legs.get(leg).is_some() {
            let opened = if split.open > Decimal::ZERO { split.open } else { fill.quantity };
            place.legs.tally_mut(leg).fees += (fee * opened).checked_div(fill.quantity).unwrap_or_default();
        }
        let paid = self.burnt(fee, &coin, prices).unwrap_or(Money::new(fee, coin));
        self.book(EntryKind::Commission, -paid.amount, &paid.currency, Some(fill.market), Some(fill.trade_id), fill.time);
        paid
    }

    fn burnt(&self, fee: Decimal, coin: &Currency, prices: &dyn Prices) -> Option<Money> {
        let (currency, discount) = self.fees.burn.as_ref().filter(|_| self.burns && fee > Decimal::ZERO)?;
        let amount = to_eight(fee * (Decimal::ONE - discount) * prices.rate(coin, currency)?);
        (amount <= self.wallet(currency)).then(|| Money::new(amount, currency.clone()))
    }

    /// What a liquidation leaves: a part of it is the exchange's; where it leaves less than nothing, the insurance pays.
    fn clear(&mut self, fill: &Fill, value: Decimal, left_of_isolated: Decimal, prices: &dyn Prices) {
        let Some(place) = self.places.get(&fill.market) else { return };
        let (coin, isolated) = (place.settlement().clone(), place.isolated);
        let left = if isolated { left_of_isolated } else { self.cross_margin(&coin, &self.needs(&coin, prices)) };
        let taken = to_eight(value * self.fees.liquidation).min(left);
        // With cross margin other positions may still bring a balance back: it is covered when all are gone.
        let taken = if isolated { taken } else { taken.max(Decimal::ZERO) };
        self.book(EntryKind::Insurance, -taken, &coin, Some(fill.market), None, fill.time);
    }

    /// No wallet is left in debt: where no position can bring it back, the insurance pays. In multi-assets mode other coins may stand
    /// behind a debt, and only what they do not cover is paid.
    pub(super) fn cover(&mut self, market: MarketId, coin: &Currency, time: UnixNanos, prices: &dyn Prices) {
        if self.has_cross(coin) {
            return;
        }
        let mut lacking = self.isolated_in(coin) - self.wallet(coin);
        if self.multi_assets {
            lacking = lacking.min(-self.left(coin, prices));
        }
        if lacking > Decimal::ZERO {
            self.book(EntryKind::Insurance, to_eight(lacking), coin, Some(market), None, time);
        }
    }

    /// Margin that isolated positions hold of a coin.
    fn isolated_in(&self, coin: &Currency) -> Decimal {
        let places = self.places.values().filter(|place| place.isolated && place.settlement() == coin);
        places.flat_map(|place| place.legs.open().map(|(side, _)| place.legs.tally(side).isolated)).sum()
    }
}

fn nothing(fill: &Fill) -> Booked {
    Booked {
        fee: Money::new(Decimal::ZERO, Currency::new("")),
        realized: Decimal::ZERO,
        value: Decimal::ZERO,
        leg: fill.leg.unwrap_or(PositionSide::Long),
        changed: Changed::default(),
    }
}
