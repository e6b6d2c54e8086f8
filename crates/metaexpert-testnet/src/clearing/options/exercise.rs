//! The end of an option: it is exercised where that pays, by itself, and it is gone.

use metaexpert_core::{Money, PositionSide, Price, Quantity, UnixNanos};
use metaexpert_matching::settlement::payoff;
use rust_decimal::Decimal;

use super::OptionsWallet;
use crate::{
    clearing::{
        Booked, EntryKind,
        futures::{Delivered, legs::to_eight},
    },
    listing::MarketId,
    prices::Prices,
};

/// A position that the end of its contract has closed (Binance, "User Exercise Record").
#[derive(Debug, Clone, PartialEq)]
pub struct Exercise {
    /// Its number.
    pub id: u64,
    /// When.
    pub time: UnixNanos,
    /// In which option.
    pub market: MarketId,
    /// Whether it was bought or sold.
    pub side: PositionSide,
    /// How much.
    pub quantity: Decimal,
    /// The price of the underlying at which it was settled.
    pub settlement: Decimal,
    /// What one unit paid; zero where it was worth nothing.
    pub payoff: Decimal,
    /// What came in; negative where it went out.
    pub amount: Money,
    /// What it cost.
    pub fee: Decimal,
    /// The average premium of its entries.
    pub entry_price: Decimal,
}

impl OptionsWallet {
    /// The contract ends at this price of the underlying. Orders that stand there are taken back by whoever asks.
    pub fn deliver(&mut self, market: MarketId, underlying: Decimal, time: UnixNanos, prices: &dyn Prices) -> Vec<Delivered> {
        let open: Vec<PositionSide> =
            self.places.get(&market).map(|place| place.legs.open().map(|(side, _)| side).collect()).unwrap_or_default();
        open.into_iter().filter_map(|side| self.deliver_leg(market, side, underlying, time, prices)).collect()
    }

    /// What has become of options that ended, oldest first.
    pub fn exercises(&self) -> &[Exercise] {
        &self.exercises
    }

    fn deliver_leg(
        &mut self,
        market: MarketId,
        side: PositionSide,
        underlying: Decimal,
        time: UnixNanos,
        prices: &dyn Prices,
    ) -> Option<Delivered> {
        let place = self.places.get_mut(&market)?;
        let instrument = place.legs.instrument().clone();
        let (terms, settlement) = (instrument.kind.option()?, Price::new(underlying)?);
        let quantity = Quantity::new(place.legs.held(side))?;
        let entry_price = place.legs.get(side)?.entry_price(&instrument);
        let pays = payoff(&terms, settlement);
        let value = to_eight(instrument.value(pays, quantity.get()));
        let fee = to_eight(self.fees.exercise.of(&instrument, settlement, pays, quantity));
        let (realized, _) = place.legs.decrease(side, quantity.get(), pays, time);

        let (coin, before) = (instrument.settlement.clone(), self.wallet(&instrument.settlement));
        let paid = if side == PositionSide::Long { value } else { -value };
        self.book(EntryKind::Exercise, paid, &coin, Some(market), None, time);
        self.book(EntryKind::Commission, -fee, &coin, Some(market), None, time);
        self.cover(&coin, market, time);
        self.exercises.push(Exercise {
            id: self.numbers.next(),
            time,
            market,
            side,
            quantity: quantity.get(),
            settlement: underlying,
            payoff: pays,
            amount: Money::new(paid, coin.clone()),
            fee,
            entry_price,
        });
        let changed = self.changed(market, self.wallet(&coin) - before, prices);
        let booked = Booked { fee: Money::new(fee, coin), realized, value, leg: side, changed };
        Some(Delivered { side: side.closing_side(), leg: None, quantity: quantity.get(), price: pays, booked })
    }
}
