//! What the account can pay for, and what resting orders hold back of it.
//!
//! The one decision: nothing else asks the account for money. What closes needs none.

use metaexpert_core::{
    Fitting, InstrumentId, Liquidity, NewOrder, PositionSide, Price, Quantity, Rejection, Side, UnixNanos,
    portfolio::Split,
    rounding::quotient_to_lot,
    sizing::{affordable, needed_times},
};
use rust_decimal::Decimal;

use super::Venue;
use crate::{latency::LatencyModel, life::Live, options::MarginRates, queue::QueueModel};

impl<Q: QueueModel, L: LatencyModel> Venue<Q, L> {
    /// What so much of an order closes and opens.
    pub(super) fn split(&self, order: &NewOrder, quantity: Decimal) -> Split {
        let mut split = self.account.split(order.instrument, order.side, order.effect, quantity);
        split.close = split.close.min(quantity);
        split
    }

    /// What a leg holds.
    pub(super) fn held(&self, id: InstrumentId, side: PositionSide) -> Decimal {
        self.account.leg(id, side).map_or(Decimal::ZERO, |leg| leg.quantity)
    }

    /// What is free for an order, times its leverage.
    fn free_times(&self, order: &NewOrder) -> Decimal {
        self.account.free_times_in(order.instrument, order.leverage)
    }

    /// Whether a bracket allows what an order would make of its leg.
    fn check_bracket(&self, order: &NewOrder, price: Price, quantity: Quantity) -> Result<(), Rejection> {
        let instrument = self.instruments.get(order.instrument);
        if instrument.brackets.is_empty() {
            return Ok(());
        }
        let whole = self.held(order.instrument, order.side.opened_leg()) + quantity.get();
        self.account.allows(order.instrument, instrument.value(price.get(), whole), order.leverage)
    }

    /// How much of what an order opens can be paid for at the real price.
    pub(super) fn payable(&self, live: &Live, price: Price, quantity: Quantity) -> Result<Quantity, Rejection> {
        let order = &live.order;
        let instrument = self.instruments.get(order.instrument);
        let quantity = match order.fitting {
            Fitting::Exact | Fitting::CutToFunds => quantity,
            Fitting::Spend(budget) => {
                let each = price.get() * instrument.rules.contract_size;
                let bought = quotient_to_lot(budget - live.spent(), each, instrument.rules.lot_size);
                Quantity::new(bought.min(quantity.get())).ok_or(Rejection::MinNotional)?
            }
        };
        self.check_bracket(order, price, quantity)?;
        let free = self.free_times(order) - self.seller_margin(order, price, quantity) * Decimal::from(order.leverage);
        if needed_times(instrument.value(price.get(), quantity.get()), order.leverage, self.account.taker_fee()) <= free {
            return Ok(quantity);
        }
        match order.fitting {
            Fitting::Exact => Err(Rejection::Funds),
            Fitting::CutToFunds | Fitting::Spend(_) => {
                let affordable = affordable(free, price, order.leverage, self.account.taker_fee(), instrument);
                let cut = Quantity::new(affordable).ok_or(Rejection::Funds)?;
                let large_enough = instrument.notional(price, cut) >= instrument.rules.min_notional;
                if large_enough { Ok(cut) } else { Err(Rejection::MinNotional) }
            }
        }
    }

    /// What the seller of an option has to set aside beside the price of his leg, which the account holds back as it holds back the price
    /// of a bought one: the exchange's margin, less the premium that comes in and the premium that is held back. Where the data has
    /// no index, the strike stands for it.
    pub(super) fn seller_margin(&self, order: &NewOrder, price: Price, quantity: Quantity) -> Decimal {
        let instrument = self.instruments.get(order.instrument);
        let Some(terms) = instrument.kind.option().filter(|_| order.side == Side::Sell) else { return Decimal::ZERO };
        let index = self.slots.get(order.instrument.index()).and_then(|slot| Price::new(slot.index()?));
        let margin = MarginRates::BINANCE.seller(instrument, &terms, index.unwrap_or(terms.strike), price.get(), quantity);
        let premium = instrument.value(price.get(), quantity.get());
        (margin.initial - premium - premium).max(Decimal::ZERO)
    }

    /// Sets that aside for what has just been sold.
    pub(super) fn secure(&mut self, order: &NewOrder, leg: PositionSide, price: Price, quantity: Quantity, time: UnixNanos) {
        if leg != order.side.opened_leg() {
            return;
        }
        let added = self.seller_margin(order, price, quantity);
        if added > Decimal::ZERO {
            let margin = self.account.margin_of(order.instrument, leg) + added;
            let secured = self.account.set_margin(time, order.instrument, leg, margin);
            debug_assert!(secured.is_ok(), "it was asked for before the sale: {secured:?}");
        }
    }

    /// Whether all that an order opens can be paid for once what it closes is closed.
    pub(super) fn can_pay_all(&self, live: &Live, price: Price, split: Split) -> bool {
        let Some(open) = Quantity::new(split.open) else { return true };
        let instrument = self.instruments.get(live.order.instrument);
        let times = Decimal::from(live.order.leverage);
        let mut free = self.free_times(&live.order);
        if let Some(closed) = Quantity::new(split.close)
            && let Some(leg) = self.account.leg(live.order.instrument, split.leg.opposite())
        {
            let fee = self.account.fee(instrument, price, closed, Liquidity::Taker).amount;
            let share = split.close / leg.quantity;
            let gain = leg.unrealized(split.leg.opposite(), price.get(), instrument) * share;
            free += (gain - fee + leg.cost * share / Decimal::from(leg.leverage)) * times;
        }
        needed_times(instrument.value(price.get(), open.get()), live.order.leverage, self.account.taker_fee()) <= free
    }

    /// Has the account hold back what is left of an order that is to rest at a price may need; of one that takes less, as much as
    /// there is.
    pub(super) fn reserve(&mut self, live: &Live, price: Decimal) -> Result<(), Rejection> {
        let order = &live.order;
        let Some(price) = Price::new(price) else { return Ok(()) };
        let quantity = match order.fitting {
            Fitting::Exact => live.left(),
            Fitting::CutToFunds | Fitting::Spend(_) => {
                let split = self.split(order, live.left());
                split.close + split.open.min(self.account.affordable(order.instrument, price, order.leverage))
            }
        };
        self.account.reserve(order, quantity, price)
    }
}
