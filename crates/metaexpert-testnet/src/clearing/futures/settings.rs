//! What a user can set: leverage, margin type, position mode, multi-assets mode, and the margin of an isolated position.
//!
//! The one decision: each is refused for the reason that Binance documents, and for nothing else; a refusal changes nothing.

use metaexpert_core::{Currency, PositionSide, UnixNanos};
use rust_decimal::Decimal;

use super::{Futures, legs::to_eight, place::Place};
use crate::{clearing::Changed, listing::MarketId, order::Refusal, prices::Prices};

/// The largest leverage of any contract, in times (Binance, "Change Initial Leverage": `leverage`, 1 to 125).
pub const LARGEST_LEVERAGE: u32 = 125;

/// Margin that a user moved to an isolated position, or from it where it is negative (Binance, "Get Position Margin Change History").
#[derive(Debug, Clone, PartialEq)]
pub struct MarginMove {
    /// When.
    pub time: UnixNanos,
    /// Where.
    pub market: MarketId,
    /// Which leg; `None` where there is one position a market.
    pub leg: Option<PositionSide>,
    /// How much.
    pub amount: Decimal,
    /// Of what.
    pub asset: Currency,
}

impl Futures {
    /// Sets a market's leverage. Returns the largest value that a position may have at it; [`Decimal::MAX`] where there is no limit.
    ///
    /// # Errors
    /// [`Refusal::LeverageRange`] where the contract has no such leverage (-4028), [`Refusal::IsolatedLeverage`] where an isolated
    /// position's would fall (-4161), [`Refusal::Leverage`] where position and orders are worth more than is allowed at it (-2027),
    /// [`Refusal::Margin`] where there is too little margin for a lower one (-2028).
    pub fn set_leverage(&mut self, market: MarketId, leverage: u32, prices: &dyn Prices) -> Result<Decimal, Refusal> {
        let place = self.places.get(&market).ok_or(Refusal::UnknownMarket)?;
        let cap = place.cap(leverage);
        if !(1..=LARGEST_LEVERAGE).contains(&leverage) || cap.is_zero() {
            return Err(Refusal::LeverageRange);
        }
        if place.isolated && place.legs.is_open() && leverage < place.leverage {
            return Err(Refusal::IsolatedLeverage);
        }
        if place.largest(self.hedged, prices) > cap {
            return Err(Refusal::Leverage);
        }
        let (before, coin) = (place.leverage, place.settlement().clone());
        self.set(market, |place| place.leverage = leverage);
        if leverage < before && self.left(&coin, prices) < Decimal::ZERO {
            self.set(market, |place| place.leverage = before);
            return Err(Refusal::Margin);
        }
        Ok(cap)
    }

    /// Lets positions of a market vouch for themselves alone, or all together.
    ///
    /// # Errors
    /// [`Refusal::NothingToChange`] (-4046), [`Refusal::OpenOrders`] (-4047), [`Refusal::OpenPosition`] (-4048),
    /// [`Refusal::MultiAssets`] where isolated margin is asked for while all coins vouch together (-4168).
    pub fn set_margin_type(&mut self, market: MarketId, isolated: bool) -> Result<(), Refusal> {
        let place = self.places.get(&market).ok_or(Refusal::UnknownMarket)?;
        if place.isolated == isolated {
            return Err(Refusal::NothingToChange);
        }
        if isolated && self.multi_assets {
            return Err(Refusal::MultiAssets);
        }
        idle([place])?;
        self.set(market, |place| place.isolated = isolated);
        Ok(())
    }

    /// Whether the position mode could be changed: where two wallets share it, both are asked before either is told.
    ///
    /// # Errors
    /// [`Refusal::NothingToChange`] (-4059), [`Refusal::OpenOrders`] (-4067), [`Refusal::OpenPosition`] (-4068).
    pub fn check_position_mode(&self, hedged: bool) -> Result<(), Refusal> {
        if self.hedged == hedged {
            return Err(Refusal::NothingToChange);
        }
        idle(self.places.values())
    }

    /// Lets long and short legs be held beside each other, or not.
    ///
    /// # Errors
    /// As [`check_position_mode`](Self::check_position_mode).
    pub fn set_position_mode(&mut self, hedged: bool) -> Result<(), Refusal> {
        self.check_position_mode(hedged)?;
        self.hedged = hedged;
        Ok(())
    }

    /// Lets all coins vouch together, or each for its own positions.
    ///
    /// # Errors
    /// [`Refusal::NothingToChange`] (-4171), [`Refusal::OpenOrders`] (-4170), [`Refusal::IsolatedMargin`] where a market has isolated
    /// margin (-4167), [`Refusal::Margin`] where the coins of the open positions do not suffice by themselves (-4169), [`Refusal::Funds`] where a coin is owed (-4172).
    pub fn set_multi_assets(&mut self, on: bool, prices: &dyn Prices) -> Result<(), Refusal> {
        if self.multi_assets == on {
            return Err(Refusal::NothingToChange);
        }
        if self.places.values().any(|place| !place.orders.is_empty()) {
            return Err(Refusal::OpenOrders);
        }
        if on && self.places.values().any(|place| place.isolated) {
            return Err(Refusal::IsolatedMargin);
        }
        if !on && self.coins.values().any(|coin| coin.wallet < Decimal::ZERO) {
            return Err(Refusal::Funds);
        }
        self.multi_assets = on;
        let coins: Vec<Currency> = self.coins.keys().filter(|coin| self.has_cross(coin)).cloned().collect();
        if coins.iter().any(|coin| self.left(coin, prices) < Decimal::ZERO) {
            self.multi_assets = !on;
            return Err(Refusal::Margin);
        }
        Ok(())
    }

    /// Lets fees be paid in the exchange's own coin where that suffices, or not.
    ///
    /// # Errors
    /// [`Refusal::NothingToChange`] where that is so, or where the exchange has no such coin.
    pub fn set_fee_burn(&mut self, on: bool) -> Result<(), Refusal> {
        if self.burns == on || self.fees.burn.is_none() {
            return Err(Refusal::NothingToChange);
        }
        self.burns = on;
        Ok(())
    }

    /// Moves margin to an isolated position, or from it where the amount is negative.
    ///
    /// # Errors
    /// [`Refusal::NotIsolated`] (-4049), [`Refusal::PositionMode`] where the leg does not fit the mode, [`Refusal::NoPosition`] (-4054),
    /// [`Refusal::NothingToChange`] for nothing (-4055), [`Refusal::Funds`] where less is free (-4050), [`Refusal::Margin`] where the
    /// position would keep less than it needs at its leverage (-4051).
    pub fn move_margin(
        &mut self,
        market: MarketId,
        leg: Option<PositionSide>,
        amount: Decimal,
        now: UnixNanos,
        prices: &dyn Prices,
    ) -> Result<Changed, Refusal> {
        let amount = to_eight(amount);
        let place = self.places.get(&market).ok_or(Refusal::UnknownMarket)?;
        if leg.is_some() != self.hedged {
            return Err(Refusal::PositionMode);
        }
        if !place.isolated {
            return Err(Refusal::NotIsolated);
        }
        let side = leg.or_else(|| place.legs.open().map(|(side, _)| side).next());
        let side = side.filter(|side| place.legs.get(*side).is_some()).ok_or(Refusal::NoPosition)?;
        if amount.is_zero() {
            return Err(Refusal::NothingToChange);
        }
        let asset = place.settlement().clone();
        if amount > Decimal::ZERO && amount > self.left(&asset, prices) {
            return Err(Refusal::Funds);
        }
        if amount < Decimal::ZERO && !backs(place, side, amount, prices) {
            return Err(Refusal::Margin);
        }
        self.set(market, |place| {
            let tally = place.legs.tally_mut(side);
            tally.isolated += amount;
            tally.updated = Some(now);
        });
        self.moves.push(MarginMove { time: now, market, leg, amount, asset: asset.clone() });
        let positions = self.position_now(market, leg, prices).into_iter().collect();
        Ok(Changed { balances: vec![self.balance(&asset, Decimal::ZERO, prices)], positions, ..Changed::default() })
    }

    /// Margin that was moved to and from isolated positions, oldest first.
    pub fn margin_moves(&self) -> &[MarginMove] {
        &self.moves
    }

    /// The largest value of a position in a market at a leverage; [`Decimal::MAX`] where there is no limit.
    pub fn max_notional(&self, market: MarketId, leverage: u32) -> Decimal {
        self.places.get(&market).map_or(Decimal::ZERO, |place| place.cap(leverage))
    }

    fn set(&mut self, market: MarketId, change: impl FnOnce(&mut Place)) {
        if let Some(place) = self.places.get_mut(&market) {
            change(place);
        }
    }
}

/// Whether nothing stands and nothing is held.
fn idle<'a>(places: impl IntoIterator<Item = &'a Place>) -> Result<(), Refusal> {
    let (mut orders, mut positions) = (false, false);
    for place in places {
        orders |= !place.orders.is_empty();
        positions |= place.legs.is_open();
    }
    match (orders, positions) {
        (true, _) => Err(Refusal::OpenOrders),
        (false, true) => Err(Refusal::OpenPosition),
        (false, false) => Ok(()),
    }
}

/// Whether a leg keeps what it needs at its leverage and today's price, losses taken off.
fn backs(place: &Place, side: PositionSide, change: Decimal, prices: &dyn Prices) -> bool {
    let loss = place.unrealized(side, prices).min(Decimal::ZERO);
    place.legs.tally(side).isolated + change + loss >= place.initial(side, prices)
}
