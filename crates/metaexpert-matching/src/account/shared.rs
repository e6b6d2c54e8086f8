//! Cross margin: the whole balance of a currency vouches for every position that is settled in it.
//!
//! Equity, margins and levels at last prices. Binance, "Margin Ratio" of USD-M futures: maintenance margin divided by margin
//! balance; the account is liquidated when it comes to 1.

use metaexpert_core::{Instrument, InstrumentId, PositionSide, portfolio::Leg};
use rust_decimal::Decimal;

use super::{
    Account, Levels,
    levels::{Stake, maintenance},
};
use crate::ledger::{CurrencyId, Keep};

/// What all positions of one settlement currency amount to, at last prices, in that currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Standing {
    /// Balance plus the gain of open positions.
    pub equity: Decimal,
    /// What the positions need at their leverage.
    pub initial: Decimal,
    /// What they need in order not to be liquidated.
    pub maintenance: Decimal,
}

impl Standing {
    /// The maintenance margin as a share of the equity; `None` where nothing is left to be a share of.
    pub fn margin_ratio(self) -> Option<Decimal> {
        if self.equity > Decimal::ZERO { self.maintenance.checked_div(self.equity) } else { None }
    }

    /// What a new position could use.
    pub fn free(self) -> Decimal {
        self.equity - self.initial
    }

    /// Whether the exchange takes over.
    pub fn is_liquidatable(self) -> bool {
        self.initial > Decimal::ZERO && self.equity <= self.maintenance
    }
}

impl<K: Keep> Account<K> {
    /// How the account stands in the settlement currency of an instrument.
    pub fn standing(&self, id: InstrumentId) -> Standing {
        let Some(currency) = self.place(id).map(|place| place.settlement) else { return Standing::default() };
        let balance = self.portfolio.balance_in(self.ledger.currency(currency));
        self.legs_in(currency).fold(Standing { equity: balance, ..Standing::default() }, |sum, (leg_id, side, leg)| {
            let (gain, maintenance) = self.gain_and_maintenance(leg_id, side, leg);
            Standing {
                equity: sum.equity + gain,
                initial: sum.initial + self.initial_margin(leg_id, side, leg),
                maintenance: sum.maintenance + maintenance,
            }
        })
    }

    /// Maintenance margin as a share of the equity, in the settlement currency of an instrument; `None` where no equity is left.
    pub fn margin_ratio(&self, id: InstrumentId) -> Option<Decimal> {
        self.standing(id).margin_ratio()
    }

    /// Whether the positions that are settled in the same currency as an instrument are taken over, at last prices.
    pub fn is_liquidatable(&self, id: InstrumentId) -> bool {
        if self.loans.is_some() && self.place(id).is_some_and(|place| place.exchanges_coins) {
            return self.is_called();
        }
        self.standing(id).is_liquidatable()
    }

    /// Levels of an instrument's legs if only its own price moves, and the leg that loses towards them.
    pub(super) fn shared_levels(&self, id: InstrumentId) -> Option<(PositionSide, Levels)> {
        let currency = self.place(id)?.settlement;
        let balance = self.portfolio.balance_in(self.ledger.currency(currency));
        let others = self.legs_in(currency).filter(|(other, ..)| *other != id);
        let (gains, needed) = others.fold((Decimal::ZERO, Decimal::ZERO), |(gains, needed), (other, side, leg)| {
            let (gain, maintenance) = self.gain_and_maintenance(other, side, leg);
            (gains + gain, needed + maintenance)
        });
        let at_risk = balance + gains;
        let (long, short) = (self.leg(id, PositionSide::Long), self.leg(id, PositionSide::Short));
        Stake { instrument: self.instruments.get(id), long, short, times: Decimal::ONE, behind: at_risk - needed, at_risk }
            .levels()
    }

    /// What would be left of the account if an instrument were at `price` and all others where they are.
    pub(super) fn left_at(&self, id: InstrumentId, price: Decimal) -> Decimal {
        let now = self.standing(id).equity;
        let instrument = self.instruments.get(id);
        let change = PositionSide::BOTH.into_iter().filter_map(|side| {
            let leg = self.leg(id, side)?;
            Some(leg.unrealized(side, price, instrument) - self.gain_and_maintenance(id, side, leg).0)
        });
        now + change.sum::<Decimal>()
    }

    /// The open legs that are settled in a currency.
    pub(super) fn legs_in(&self, currency: CurrencyId) -> impl Iterator<Item = (InstrumentId, PositionSide, &Leg)> {
        let settled = self.instruments.iter().zip(&self.places).filter(move |(_, place)| place.settlement == currency);
        settled.flat_map(move |((id, _), _)| {
            PositionSide::BOTH.into_iter().filter_map(move |side| Some((id, side, self.leg(id, side)?)))
        })
    }

    fn gain_and_maintenance(&self, id: InstrumentId, side: PositionSide, leg: &Leg) -> (Decimal, Decimal) {
        let instrument = self.instruments.get(id);
        let Some(mark) = self.portfolio.exact_mark(id) else {
            return (Decimal::ZERO, self.needed(instrument, id, side, leg.cost));
        };
        (leg.unrealized(side, mark, instrument), self.needed(instrument, id, side, instrument.value(mark, leg.quantity)))
    }

    /// Maintenance margin of a leg of this value. What an option's seller needs is what was set aside for it.
    fn needed(&self, instrument: &Instrument, id: InstrumentId, side: PositionSide, value: Decimal) -> Decimal {
        match (instrument.kind.option(), side) {
            (None, _) => maintenance(instrument, value),
            (Some(_), PositionSide::Long) => Decimal::ZERO,
            (Some(_), PositionSide::Short) => self.held(id, side).margin,
        }
    }

    fn initial_margin(&self, id: InstrumentId, side: PositionSide, leg: &Leg) -> Decimal {
        let instrument = self.instruments.get(id);
        let value = self.portfolio.exact_mark(id).map_or(leg.cost, |mark| instrument.value(mark, leg.quantity));
        value / Decimal::from(leg.leverage) + self.held(id, side).added
    }
}
