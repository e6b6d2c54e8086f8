//! What is held of one market: both legs, and what has become of them since they were opened.
//!
//! The one decision: positions follow from trades in the same [`Portfolio`] as everywhere in this project; what an exchange shows
//! beyond that (margin of its own, what was realised and paid since) is kept beside it.

use metaexpert_core::{
    Effect, Instrument, InstrumentId, Instruments, Liquidity, Money, PositionSide, Price, Quantity, Reason, Side, Trade, TradeId,
    UnixNanos,
    portfolio::{Leg, Portfolio, Split},
};
use rust_decimal::{Decimal, RoundingStrategy};

/// Both legs of one market.
#[derive(Debug)]
pub(in crate::clearing) struct Legs {
    instrument: Instrument,
    id: InstrumentId,
    portfolio: Portfolio,
    long: Tally,
    short: Tally,
}

/// What has become of a leg since it was opened, in settlement currency. It is kept when the leg is closed, until it is opened anew.
#[derive(Debug, Clone, Copy, Default)]
pub(in crate::clearing) struct Tally {
    /// Margin of its own.
    pub isolated: Decimal,
    /// What it realised, fees not counted.
    pub realized: Decimal,
    /// What it cost in fees.
    pub fees: Decimal,
    /// When it last changed.
    pub updated: Option<UnixNanos>,
}

impl Legs {
    /// Nothing held.
    pub(in crate::clearing) fn new(instrument: &Instrument) -> Self {
        // Each market has an account of its own, so that it is the first and only one there.
        let id = Instruments::default().add(instrument.clone());
        let portfolio = Portfolio::new(Decimal::ZERO, 1);
        Self { instrument: instrument.clone(), id, portfolio, long: Tally::default(), short: Tally::default() }
    }

    pub(in crate::clearing) const fn instrument(&self) -> &Instrument {
        &self.instrument
    }

    pub(in crate::clearing) fn get(&self, side: PositionSide) -> Option<&Leg> {
        self.portfolio.leg(self.id, side)
    }

    pub(in crate::clearing) fn held(&self, side: PositionSide) -> Decimal {
        self.get(side).map_or(Decimal::ZERO, |leg| leg.quantity)
    }

    /// What is held, less what is owed.
    pub(in crate::clearing) fn net(&self) -> Decimal {
        self.held(PositionSide::Long) - self.held(PositionSide::Short)
    }

    pub(in crate::clearing) fn is_open(&self) -> bool {
        self.open().next().is_some()
    }

    /// The legs that are open.
    pub(in crate::clearing) fn open(&self) -> impl Iterator<Item = (PositionSide, &Leg)> {
        PositionSide::BOTH.into_iter().filter_map(|side| Some((side, self.get(side)?)))
    }

    pub(in crate::clearing) const fn tally(&self, side: PositionSide) -> &Tally {
        match side {
            PositionSide::Long => &self.long,
            PositionSide::Short => &self.short,
        }
    }

    pub(in crate::clearing) const fn tally_mut(&mut self, side: PositionSide) -> &mut Tally {
        match side {
            PositionSide::Long => &mut self.long,
            PositionSide::Short => &mut self.short,
        }
    }

    /// What an order of this side does to which leg; `leg` is `None` where there is one position a market.
    pub(in crate::clearing) fn split(&self, side: Side, leg: Option<PositionSide>, quantity: Decimal) -> Split {
        let effect = match leg {
            None => Effect::Net,
            Some(leg) if leg.opening_side() == side => Effect::Open(leg),
            Some(leg) => Effect::Close(leg),
        };
        self.portfolio.split(self.id, side, effect, quantity)
    }

    /// What a leg has gained at a price.
    pub(in crate::clearing) fn unrealized(&self, side: PositionSide, price: Decimal) -> Decimal {
        self.get(side).map_or(Decimal::ZERO, |leg| to_eight(leg.unrealized(side, price, &self.instrument)))
    }

    /// What a leg is worth at a price, in settlement currency.
    pub(in crate::clearing) fn value(&self, side: PositionSide, price: Decimal) -> Decimal {
        self.instrument.value(price, self.held(side))
    }

    /// Increases a leg.
    pub(in crate::clearing) fn increase(&mut self, leg: PositionSide, quantity: Decimal, price: Decimal, time: UnixNanos) {
        if self.get(leg).is_none() {
            *self.tally_mut(leg) = Tally::default();
        }
        self.trade(leg, leg.opening_side(), quantity, price, time);
        self.tally_mut(leg).updated = Some(time);
    }

    /// Decreases a leg: what that realised, and what of its own margin is free for it.
    pub(in crate::clearing) fn decrease(
        &mut self,
        leg: PositionSide,
        quantity: Decimal,
        price: Decimal,
        time: UnixNanos,
    ) -> (Decimal, Decimal) {
        let held = self.held(leg);
        let realized = self.trade(leg, leg.closing_side(), quantity, price, time);
        let closed = self.get(leg).is_none();
        let tally = self.tally_mut(leg);
        let all = tally.isolated;
        let freed = if closed { all } else { to_eight((all * quantity).checked_div(held).unwrap_or_default()) };
        tally.isolated -= freed;
        tally.realized += realized;
        tally.updated = Some(time);
        (realized, freed)
    }

    fn trade(&mut self, leg: PositionSide, side: Side, quantity: Decimal, price: Decimal, time: UnixNanos) -> Decimal {
        let Some(quantity) = Quantity::new(quantity) else { return Decimal::ZERO };
        let trade = Trade {
            id: TradeId::from(0),
            time,
            instrument: self.id,
            symbol: self.instrument.symbol.clone(),
            order: None,
            side,
            position_side: leg,
            // An option may be closed at nothing.
            price: Price::new(price).unwrap_or(Price::ZERO),
            quantity,
            fee: Money::new(Decimal::ZERO, self.instrument.settlement.clone()),
            liquidity: Liquidity::Taker,
            reason: Reason::Expiry,
        };
        // Refused where more is closed than is held, which callers have split off before.
        let applied = self.portfolio.apply(&trade, &self.instrument, 1);
        applied.map_or(Decimal::ZERO, |applied| to_eight(applied.realized))
    }
}

/// Amounts of money have eight digits, as the exchange writes them.
pub(in crate::clearing) fn to_eight(amount: Decimal) -> Decimal {
    amount.round_dp_with_strategy(8, RoundingStrategy::MidpointAwayFromZero)
}
