//! What sold options and orders need, and when sold options are taken over.
//!
//! The one decision: an order to buy holds its premium and its fee, one to sell what its margin exceeds its premium by and its fee; what
//! closes a position holds no margin, and what buys back a sold option may use the margin that it sets free.

use metaexpert_core::{Currency, OptionTerms, PositionSide, Price, Quantity, Side, UnixNanos};
use metaexpert_matching::options::{MarginRates, SellerMargin};
use rust_decimal::{Decimal, dec};

use super::{OptionsFees, OptionsWallet, Place, Standing};
use crate::{
    clearing::{Changed, Happened, TakeOver, futures::legs::to_eight},
    news::{Balance, Cause},
    prices::Prices,
};

/// The share of the wallet that sold options need at which an account is told (Binance, options user data stream, "Event: Risk level
/// change", tells without a number).
const CALL: Decimal = dec!(0.8);

const NOTHING: SellerMargin = SellerMargin { initial: Decimal::ZERO, maintenance: Decimal::ZERO };

impl Place {
    pub(super) fn terms(&self) -> Option<OptionTerms> {
        self.legs.instrument().kind.option()
    }

    /// What the option is valued by.
    pub(super) fn mark(&self, prices: &dyn Prices) -> Decimal {
        prices.mark(self.market).or_else(|| prices.last(self.market)).unwrap_or_default()
    }

    /// The price of the underlying; the strike before there is one.
    pub(super) fn index(&self, prices: &dyn Prices) -> Option<Price> {
        prices.index(self.market).and_then(Price::new).or_else(|| self.terms().map(|terms| terms.strike))
    }

    /// What selling so much holds.
    pub(super) fn seller(&self, quantity: Decimal, prices: &dyn Prices) -> SellerMargin {
        let asked = || {
            let (terms, index) = (self.terms()?, self.index(prices)?);
            let quantity = Quantity::new(quantity)?;
            Some(MarginRates::BINANCE.seller(self.legs.instrument(), &terms, index, self.mark(prices), quantity))
        };
        asked().unwrap_or(NOTHING)
    }

    /// What the sold position holds.
    pub(super) fn sold(&self, prices: &dyn Prices) -> SellerMargin {
        self.seller(self.legs.held(PositionSide::Short), prices)
    }

    /// What an execution costs in fees.
    pub(super) fn fee(&self, price: Decimal, quantity: Decimal, fees: OptionsFees, prices: &dyn Prices) -> Decimal {
        let fee = self.index(prices).zip(Quantity::new(quantity));
        fee.map_or(Decimal::ZERO, |(index, quantity)| to_eight(fees.trade.of(self.legs.instrument(), index, price, quantity)))
    }

    /// What the orders here may need; with one order more, or as it is to be, where one is given.
    pub(super) fn needed_with(&self, more: Option<&Standing>, fees: OptionsFees, prices: &dyn Prices) -> Decimal {
        let others = || self.orders.values().filter(|order| more.is_none_or(|more| more.id != order.id));
        let orders = || others().chain(more);
        if orders().next().is_none() {
            return Decimal::ZERO;
        }
        let fee = |order: &Standing| self.fee(order.price, order.left, fees, prices);
        let value = |price, quantity| self.legs.instrument().value(price, quantity);

        let (mut bought_back, mut buys) = (self.legs.held(PositionSide::Short), Decimal::ZERO);
        for order in orders().filter(|order| order.side == Side::Buy) {
            let closes = order.left.min(bought_back);
            bought_back -= closes;
            let free = self.seller(closes, prices).initial;
            buys += (value(order.price, order.left) + fee(order) - free).max(Decimal::ZERO);
        }
        let (mut held, mut sells) = (self.legs.held(PositionSide::Long), Decimal::ZERO);
        for order in orders().filter(|order| order.side == Side::Sell && !order.reduces) {
            let opens = order.left - order.left.min(held);
            held -= order.left - opens;
            let beyond = self.seller(opens, prices).initial - value(order.price, opens);
            if opens > Decimal::ZERO {
                sells += beyond.max(Decimal::ZERO) + fee(order);
            }
        }
        buys + sells
    }
}

impl OptionsWallet {
    /// What is free of a coin; below zero where prices have moved against what was sold.
    pub(super) fn left(&self, currency: &Currency, prices: &dyn Prices) -> Decimal {
        let here = self.places.values().filter(|place| place.settlement() == currency);
        let needed = here.map(|place| place.sold(prices).initial + place.needed_with(None, self.fees, prices));
        self.wallet(currency) - needed.sum::<Decimal>()
    }

    pub(super) fn balance(&self, currency: &Currency, change: Decimal, prices: &dyn Prices) -> Balance {
        let (wallet, left) = (self.wallet(currency), self.left(currency, prices));
        let free = left.max(Decimal::ZERO);
        Balance { currency: currency.clone(), free, locked: (wallet - free).max(Decimal::ZERO), change, wallet, cross: wallet }
    }

    /// Who is to be told, and which sold options are taken over: all of a coin, where they need as much as the wallet has.
    pub(super) fn judge(&mut self, now: UnixNanos, prices: &dyn Prices) -> (Vec<Happened>, Vec<TakeOver>) {
        let (mut told, mut taken, mut called) = (Vec::new(), Vec::new(), Vec::new());
        for (currency, wallet) in &self.coins {
            let sold = || {
                let here = self.places.values().filter(|place| place.settlement() == currency);
                here.filter(|place| place.legs.get(PositionSide::Short).is_some())
            };
            let needed: Decimal = sold().map(|place| place.sold(prices).maintenance).sum();
            if needed.is_zero() {
                continue;
            }
            if needed >= *wallet {
                taken.extend(sold().map(|place| TakeOver {
                    market: place.market,
                    side: Side::Buy,
                    leg: None,
                    quantity: place.legs.held(PositionSide::Short),
                }));
            } else if needed >= wallet * CALL {
                if !self.called.contains(currency) {
                    let positions = sold().map(|place| place.now(prices)).collect();
                    let changed = Changed { positions, ..Changed::default() };
                    told.push(Happened { time: now, cause: Cause::MarginCall, changed });
                }
                called.push(currency.clone());
            }
        }
        self.called = called;
        (told, taken)
    }
}
