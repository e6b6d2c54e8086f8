//! Prices that a test names, and orders at them.

use std::sync::Arc;

use metaexpert_core::{Currency, Instrument, InstrumentKind, InstrumentRules, Percent, Side, Symbol, UnixNanos};
use rust_decimal::{Decimal, dec};

use crate::{
    clearing::{Fill, Need},
    listing::{Class, Listing, MarketId, OrderLimits},
    news::Balance,
    order::{Loan, OrderId},
    prices::Prices,
};

pub(in crate::clearing) const BTC_USDT: MarketId = MarketId(0);
pub(in crate::clearing) const ETH_USDT: MarketId = MarketId(1);
pub(in crate::clearing) const BNB_USDT: MarketId = MarketId(2);

/// Three markets against tether.
#[derive(Debug)]
pub(in crate::clearing) struct Fake {
    listings: Vec<Listing>,
    prices: Vec<Decimal>,
}

impl Fake {
    /// Bitcoin at 60,000, ether at 3,000, the exchange's coin at 600.
    pub(in crate::clearing) fn new() -> Self {
        let listings = vec![listing("BTC", dec!(0.00001)), listing("ETH", dec!(0.0001)), listing("BNB", dec!(0.001))];
        Self { listings, prices: vec![dec!(60000), dec!(3000), dec!(600)] }
    }

    pub(in crate::clearing) fn set(&mut self, market: MarketId, price: Decimal) {
        self.prices[market.index()] = price;
    }
}

fn listing(base: &str, lot_size: Decimal) -> Listing {
    let symbol = format!("{base}USDT");
    let rules = InstrumentRules {
        tick_size: dec!(0.01),
        lot_size,
        min_notional: dec!(5),
        contract_size: Decimal::ONE,
        maintenance_margin: Percent::ZERO,
    };
    let instrument = Instrument {
        symbol: Symbol::new(&symbol).unwrap(),
        base: Currency::new(base),
        quote: Currency::new("USDT"),
        settlement: Currency::new("USDT"),
        kind: InstrumentKind::Spot,
        rules,
        brackets: Arc::new([]),
    };
    let limits = OrderLimits { quantity: (lot_size, dec!(9000)), market_quantity: dec!(100), ..OrderLimits::ample() };
    Listing { symbol, class: Class::Spot, instrument, limits, listed: UnixNanos::default() }
}

impl Prices for Fake {
    fn listing(&self, market: MarketId) -> &Listing {
        &self.listings[market.index()]
    }

    fn markets(&self) -> Vec<MarketId> {
        vec![BTC_USDT, ETH_USDT, BNB_USDT]
    }

    fn last(&self, market: MarketId) -> Option<Decimal> {
        self.prices.get(market.index()).copied()
    }

    fn mark(&self, market: MarketId) -> Option<Decimal> {
        self.last(market)
    }

    fn index(&self, market: MarketId) -> Option<Decimal> {
        self.last(market)
    }

    fn best(&self, market: MarketId, _: Side) -> Option<Decimal> {
        self.last(market)
    }

    fn sweep(&self, market: MarketId, _: Side, quantity: Decimal) -> (Decimal, Decimal) {
        (quantity * self.prices[market.index()], quantity)
    }

    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal> {
        let in_usdt = |currency: &Currency| match currency.as_str() {
            "USDT" => Some(Decimal::ONE),
            coin => self
                .listings
                .iter()
                .zip(&self.prices)
                .find(|(it, _)| it.instrument.base.as_str() == coin)
                .map(|(_, price)| *price),
        };
        in_usdt(from)?.checked_div(in_usdt(to)?)
    }
}

/// An order without a word about loans, at the beginning of time.
pub(in crate::clearing) fn need(order: u64, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Need {
    let (order, time) = (OrderId(order), UnixNanos::default());
    Need { order, market, side, quantity, price, budget: None, leg: None, reduce_only: false, loan: Loan::None, time }
}

/// An execution that took, the seventh of its market.
pub(in crate::clearing) fn fill(order: u64, market: MarketId, side: Side, quantity: Decimal, price: Decimal) -> Fill {
    let (order, time, trade_id) = (OrderId(order), UnixNanos::default(), 7);
    let (is_maker, is_liquidation) = (false, false);
    Fill { trade_id, order, market, side, leg: None, price, quantity, is_maker, loan: Loan::None, is_liquidation, time }
}

/// What is free, what is set aside, and how the sum changed.
#[track_caller]
pub(in crate::clearing) fn balance(balances: &[Balance], coin: &str) -> (Decimal, Decimal, Decimal) {
    let found = balances.iter().find(|balance| balance.currency.as_str() == coin).expect("a balance of that coin");
    (found.free, found.locked, found.change)
}
