//! Positions that vouch for themselves: their levels, and margin that is added or taken away.

use metaexpert_core::{
    InstrumentId, Money, PositionSide, Price, Quantity, Rejection, UnixNanos, config::MarginMode, portfolio::Leg,
};
use rust_decimal::Decimal;

use super::{
    Account, Levels,
    levels::{Stake, plain},
    wallets::Held,
};
use crate::ledger::{Keep, to_ledger};

impl<K: Keep> Account<K> {
    /// Where a leg is lost: with isolated margin by its own margin, with cross margin by all there is, other prices staying as
    /// they are. `None` for coins that are one's own, for options, and where no price takes it all.
    pub fn liquidation(&self, id: InstrumentId, side: PositionSide) -> Option<Levels> {
        let leg = self.leg(id, side)?;
        let instrument = self.instruments.get(id);
        if instrument.kind.option().is_some() {
            return None;
        }
        match (self.portfolio.margin_mode(), self.place(id)?.exchanges_coins) {
            (MarginMode::Isolated, true) => {
                self.loans.as_ref()?.isolated_levels(instrument, side, leg, self.held(id, side).added)
            }
            (MarginMode::Cross, true) => {
                self.shared_loan_levels(id).filter(|(losing, _)| *losing == side).map(|(_, levels)| levels)
            }
            (MarginMode::Cross, false) => self.shared_levels(id).filter(|(losing, _)| *losing == side).map(|(_, levels)| levels),
            (MarginMode::Isolated, false) => {
                let added = self.held(id, side).added;
                if instrument.brackets.is_empty() && !instrument.kind.is_inverse() && added.is_zero() {
                    return plain(instrument, side, leg);
                }
                let times = Decimal::from(leg.leverage);
                let margin = leg.cost + added * times;
                let (long, short) = match side {
                    PositionSide::Long => (Some(leg), None),
                    PositionSide::Short => (None, Some(leg)),
                };
                Stake { instrument, long, short, times, behind: margin, at_risk: margin }.levels().map(|(_, levels)| levels)
            }
        }
    }

    /// The margin that a leg vouches with, in settlement currency: nothing with cross margin but what was set aside for it.
    pub fn margin_of(&self, id: InstrumentId, side: PositionSide) -> Decimal {
        self.held(id, side).margin
    }

    /// What a liquidation at `price` costs: never more than what it leaves. Nothing where the venue takes the whole margin.
    pub fn liquidation_fee(&self, id: InstrumentId, side: PositionSide, price: Price, quantity: Quantity) -> Money {
        let instrument = self.instruments.get(id);
        let fee = self.fees.schedule().liquidation.zip(self.leg(id, side)).map(|(rate, leg)| {
            let value = instrument.value(price.get(), quantity.get());
            let left = match self.portfolio.margin_mode() {
                MarginMode::Isolated => {
                    (self.held(id, side).margin + leg.unrealized(side, price.get(), instrument)) * quantity.get() / leg.quantity
                }
                MarginMode::Cross => self.left_at(id, price.get()),
            };
            (value * rate).min(left).max(Decimal::ZERO)
        });
        Money::new(fee.unwrap_or_default(), instrument.settlement.clone())
    }

    /// Whether a liquidation leaves what the fee does not take, rather than losing the whole margin.
    pub const fn liquidation_leaves_rest(&self) -> bool {
        self.fees.schedule().liquidation.is_some()
    }

    /// Adds margin to an isolated leg, or takes some away where `amount` is negative.
    ///
    /// # Errors
    /// [`Rejection::Funds`] where there is less free than is to be added, where the margin would fall below what the position
    /// needs at its leverage and the last price (Binance, "Modify Isolated Position Margin", error -4051), and with cross margin.
    pub fn move_margin(
        &mut self,
        time: UnixNanos,
        id: InstrumentId,
        side: PositionSide,
        amount: Decimal,
    ) -> Result<(), Rejection> {
        let amount = to_ledger(amount);
        let held = self.held(id, side);
        let leg = self.leg(id, side).filter(|_| self.portfolio.margin_mode() == MarginMode::Isolated).ok_or(Rejection::Funds)?;
        let enough = if amount.is_sign_negative() {
            self.backs(id, side, leg, held.margin + amount)
        } else {
            amount <= self.free_times_in(id, 1)
        };
        if !enough {
            return Err(Rejection::Funds);
        }
        self.add_margin(time, id, side, amount);
        Ok(())
    }

    /// Sets the margin of a leg whose rules say more than value and leverage do, such as that of an option's seller, with either
    /// margin mode.
    ///
    /// # Errors
    /// [`Rejection::Funds`] where less than the difference is free. The margin is as it was.
    pub fn set_margin(
        &mut self,
        time: UnixNanos,
        id: InstrumentId,
        side: PositionSide,
        margin: Decimal,
    ) -> Result<(), Rejection> {
        let change = to_ledger(margin) - self.held(id, side).margin;
        if self.leg(id, side).is_none() || change > self.free_times_in(id, 1) {
            return Err(Rejection::Funds);
        }
        self.add_margin(time, id, side, change);
        Ok(())
    }

    pub(super) fn add_margin(&mut self, time: UnixNanos, id: InstrumentId, side: PositionSide, amount: Decimal) {
        let (Some(place), held) = (self.place(id), self.held(id, side)) else { return };
        self.count_added(place.settlement, amount);
        self.settle_leg(time, id, side, Held { added: held.added + amount, ..held }, &place);
    }

    /// Whether a margin is what a leg needs at the last price, losses taken off.
    fn backs(&self, id: InstrumentId, side: PositionSide, leg: &Leg, margin: Decimal) -> bool {
        let instrument = self.instruments.get(id);
        let Some(mark) = self.portfolio.exact_mark(id) else { return false };
        let loss = leg.unrealized(side, mark, instrument).min(Decimal::ZERO);
        let value = instrument.value(mark, leg.quantity);
        (margin + loss) * Decimal::from(leg.leverage) >= value
    }
}
