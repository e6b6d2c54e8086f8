//! Both legs of one instrument and its last price, exactly and, for looking before computing, as floats.

use rust_decimal::Decimal;

use super::{Applied, Leg};
use crate::{Instrument, PositionSide, Trade, config::MarginMode, rounding::decimal_of, rounding::float_of};

/// Both legs of one instrument, and its last price.
#[derive(Debug, Clone, Default)]
pub(super) struct Holding {
    pub long: Option<Leg>,
    pub short: Option<Leg>,
    pub mark: f64,
    /// Which balance it is settled in: 0 is the main currency's.
    pub purse: usize,
    contract_size: Decimal,
    /// Less than that is dust.
    lot: Decimal,
    inverse: bool,
    /// What is held, sold legs negative, in base currency (of inverse contracts in quote currency), as a float.
    size: f64,
    /// What the legs were worth when they were entered, sold ones negative, as a float.
    paid: f64,
}

impl Holding {
    /// Nothing held of an instrument.
    pub(super) fn of(instrument: &Instrument, purse: usize) -> Self {
        let rules = &instrument.rules;
        let inverse = instrument.kind.is_inverse();
        Self { purse, contract_size: rules.contract_size, lot: rules.lot_size, inverse, ..Self::default() }
    }

    pub(super) const fn leg(&self, side: PositionSide) -> Option<&Leg> {
        match side {
            PositionSide::Long => self.long.as_ref(),
            PositionSide::Short => self.short.as_ref(),
        }
    }

    pub(super) const fn leg_mut(&mut self, side: PositionSide) -> &mut Option<Leg> {
        match side {
            PositionSide::Long => &mut self.long,
            PositionSide::Short => &mut self.short,
        }
    }

    /// The open legs, long before short.
    pub(super) fn legs(&self) -> impl Iterator<Item = (PositionSide, &Leg)> {
        PositionSide::BOTH.into_iter().filter_map(|side| Some((side, self.leg(side)?)))
    }

    /// As [`legs`](Self::legs), without dust.
    pub(super) fn open_legs(&self) -> impl Iterator<Item = (PositionSide, &Leg)> {
        self.legs().filter(move |(_, leg)| !leg.is_dust(self.lot))
    }

    pub(super) fn is_open(&self, side: PositionSide) -> bool {
        self.leg(side).is_some_and(|leg| !leg.is_dust(self.lot))
    }

    /// What a leg's margin is a share of: the value it was entered at, or that of today where the whole account vouches for it.
    #[inline]
    pub(super) fn margined(&self, leg: &Leg, mode: MarginMode) -> Decimal {
        match mode {
            MarginMode::Isolated => leg.cost,
            MarginMode::Cross => self.value_at_mark(leg).unwrap_or(leg.cost),
        }
    }

    /// Gain of the legs at the last price, in settlement currency; nothing before the first price.
    pub(super) fn unrealized(&self) -> Decimal {
        let gain = |(side, leg): (PositionSide, &Leg)| {
            let value = self.value_at_mark(leg)?;
            Some(if (side == PositionSide::Long) == self.inverse { leg.cost - value } else { value - leg.cost })
        };
        self.legs().filter_map(gain).sum()
    }

    fn value_at_mark(&self, leg: &Leg) -> Option<Decimal> {
        let mark = decimal_of(self.mark).filter(|mark| !mark.is_zero())?;
        let size = leg.quantity * self.contract_size;
        Some(if self.inverse { size / mark } else { size * mark })
    }

    /// Takes over what floats can say of the legs.
    #[inline]
    pub(super) fn approximate(&mut self, instrument: &Instrument) {
        (self.contract_size, self.lot) = (instrument.rules.contract_size, instrument.rules.lot_size);
        self.inverse = instrument.kind.is_inverse();
        let size = |leg: &Leg| float_of(instrument.rules.size(leg.quantity));
        let cost = |leg: &Leg| float_of(leg.cost);
        self.size = self.long.as_ref().map_or(0.0, size) - self.short.as_ref().map_or(0.0, size);
        self.paid = self.long.as_ref().map_or(0.0, cost) - self.short.as_ref().map_or(0.0, cost);
    }

    /// Gain of the legs at the last price, as a float.
    #[inline]
    pub(super) fn approximate_gain(&self) -> f64 {
        if self.mark <= 0.0 {
            0.0
        } else if self.inverse {
            self.paid - self.size / self.mark
        } else {
            self.mark * self.size - self.paid
        }
    }

    /// Lets a trade of this `value` happen to its leg; what the leg holds too little of, if the trade closes more.
    #[inline]
    pub(super) fn apply(
        &mut self,
        trade: &Trade,
        value: Decimal,
        instrument: &Instrument,
        leverage: u32,
    ) -> Result<Applied, Decimal> {
        let (quantity, lot) = (trade.quantity.get(), self.lot);
        let slot = self.leg_mut(trade.position_side);
        let applied = if trade.opens() {
            match slot {
                Some(leg) => {
                    if leg.is_dust(lot) {
                        (leg.leverage, leg.opened, leg.entries) = (leverage, trade.time, 0);
                    }
                    leg.quantity += quantity;
                    leg.cost += value;
                    leg.entries += 1;
                }
                None => *slot = Some(Leg { quantity, cost: value, leverage, opened: trade.time, entries: 1 }),
            }
            Applied { realized: Decimal::ZERO, closed: false }
        } else {
            let Some(leg) = slot else { return Err(Decimal::ZERO) };
            if quantity > leg.quantity {
                return Err(leg.quantity);
            }
            let closed = quantity == leg.quantity;
            // Taking a share of the cost may round; what is left is the difference, so that nothing is lost in total.
            let cost = if closed { leg.cost } else { share(leg.cost, quantity, leg.quantity) };
            let realized = instrument.gain(trade.position_side, cost, value);
            if closed {
                *slot = None;
            } else {
                leg.quantity -= quantity;
                leg.cost -= cost;
            }
            Applied { realized, closed }
        };
        self.approximate(instrument);
        Ok(applied)
    }
}

/// `whole * part / parts`; divided first only where the product would not fit a decimal.
fn share(whole: Decimal, part: Decimal, parts: Decimal) -> Decimal {
    whole.checked_mul(part).map_or_else(|| whole * (part / parts), |product| product / parts)
}
