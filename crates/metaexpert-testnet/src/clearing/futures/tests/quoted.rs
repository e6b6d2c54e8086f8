//! Prices that a test names.

use std::collections::BTreeMap;

use metaexpert_core::{
    Bracket, Currency, Instrument, InstrumentKind, InstrumentRules, OptionTerms, Payoff, Percent, Price, Right, Side, Symbol,
    UnixNanos,
};
use rust_decimal::{Decimal, dec};

use crate::{
    listing::{Class, Listing, MarketId, OrderLimits},
    prices::Prices,
};

/// Listings and what they are quoted at.
#[derive(Debug)]
pub(in crate::clearing) struct Quoted {
    listings: Vec<Listing>,
    last: BTreeMap<MarketId, Decimal>,
    mark: BTreeMap<MarketId, Decimal>,
    index: BTreeMap<MarketId, Decimal>,
    rates: BTreeMap<(String, String), Decimal>,
}

impl Quoted {
    /// `BTCUSDT`, `ETHUSDT`, `BTCUSD_PERP` of 100 USD, and a quarterly `BTCUSDT`.
    pub(in crate::clearing) fn futures() -> Self {
        let linear = InstrumentKind::LINEAR_PERPETUAL;
        let dated = InstrumentKind::Dated { payoff: Payoff::Linear, delivery: UnixNanos::from_nanos(1000) };
        let brackets = [bracket(dec!(50000), 125, dec!(0.5), dec!(0)), bracket(dec!(600000), 50, dec!(1), dec!(250))];
        let coins = [bracket(dec!(5), 125, dec!(0.5), dec!(0)), bracket(dec!(50), 20, dec!(1), dec!(0.025))];
        let mut quoted = Self::of(vec![
            listing("BTCUSDT", Class::Linear, linear, "BTC", "USDT", dec!(1), &brackets),
            listing("ETHUSDT", Class::Linear, linear, "ETH", "USDT", dec!(1), &brackets),
            listing("BTCUSD_PERP", Class::Inverse, InstrumentKind::Perpetual(Payoff::Inverse), "BTC", "USD", dec!(100), &coins),
            listing("BTCUSDT_261225", Class::Linear, dated, "BTC", "USDT", dec!(1), &brackets),
        ]);
        quoted.set(MarketId(0), dec!(60000));
        quoted.set(MarketId(1), dec!(3000));
        quoted.set(MarketId(2), dec!(50000));
        quoted.set(MarketId(3), dec!(60000));
        quoted
    }

    /// A call and a put on BTC, struck at 60,000 and quoted at 1,000, with the index at 60,000.
    pub(in crate::clearing) fn options() -> Self {
        let terms = |right| OptionTerms { right, strike: Price::new(dec!(60000)).unwrap(), expiry: UnixNanos::from_nanos(1000) };
        let of =
            |symbol, right| listing(symbol, Class::Options, InstrumentKind::Option(terms(right)), "BTC", "USDT", dec!(1), &[]);
        let mut quoted = Self::of(vec![of("BTC-261225-60000-C", Right::Call), of("BTC-261225-60000-P", Right::Put)]);
        for market in [MarketId(0), MarketId(1)] {
            quoted.set(market, dec!(1000));
            quoted.index.insert(market, dec!(60000));
        }
        quoted
    }

    fn of(listings: Vec<Listing>) -> Self {
        Self { listings, last: BTreeMap::new(), mark: BTreeMap::new(), index: BTreeMap::new(), rates: BTreeMap::new() }
    }

    /// Last and mark price of a market.
    pub(in crate::clearing) fn set(&mut self, market: MarketId, price: Decimal) {
        self.last.insert(market, price);
        self.mark.insert(market, price);
    }

    pub(in crate::clearing) fn set_last(&mut self, market: MarketId, price: Decimal) {
        self.last.insert(market, price);
    }

    pub(in crate::clearing) fn set_index(&mut self, market: MarketId, price: Decimal) {
        self.index.insert(market, price);
    }

    /// What one of a coin is worth in another.
    pub(in crate::clearing) fn set_rate(&mut self, from: &str, to: &str, rate: Decimal) {
        self.rates.insert((from.into(), to.into()), rate);
    }
}

impl Prices for Quoted {
    fn listing(&self, market: MarketId) -> &Listing {
        &self.listings[market.index()]
    }

    fn markets(&self) -> Vec<MarketId> {
        (0..u16::try_from(self.listings.len()).unwrap()).map(MarketId).collect()
    }

    fn last(&self, market: MarketId) -> Option<Decimal> {
        self.last.get(&market).copied()
    }

    fn mark(&self, market: MarketId) -> Option<Decimal> {
        self.mark.get(&market).copied()
    }

    fn index(&self, market: MarketId) -> Option<Decimal> {
        self.index.get(&market).copied()
    }

    fn best(&self, market: MarketId, _side: Side) -> Option<Decimal> {
        self.last(market)
    }

    fn sweep(&self, market: MarketId, _side: Side, quantity: Decimal) -> (Decimal, Decimal) {
        (self.last(market).unwrap_or_default() * quantity, quantity)
    }

    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal> {
        if from == to {
            return Some(Decimal::ONE);
        }
        self.rates.get(&(from.as_str().into(), to.as_str().into())).copied()
    }
}

fn bracket(up_to: Decimal, max_leverage: u32, maintenance: Decimal, deduction: Decimal) -> Bracket {
    Bracket { up_to, max_leverage, maintenance_margin: Percent::new(maintenance), deduction }
}

fn listing(
    symbol: &str,
    class: Class,
    kind: InstrumentKind,
    base: &str,
    quote: &str,
    contract_size: Decimal,
    brackets: &[Bracket],
) -> Listing {
    let settlement = if kind.is_inverse() { base } else { quote };
    let rules = InstrumentRules {
        tick_size: dec!(0.1),
        lot_size: if kind.is_inverse() { dec!(1) } else { dec!(0.001) },
        min_notional: dec!(5),
        contract_size,
        maintenance_margin: Percent::new(dec!(0.5)),
    };
    let instrument = Instrument {
        symbol: Symbol::new(symbol).unwrap(),
        base: Currency::new(base),
        quote: Currency::new(quote),
        settlement: Currency::new(settlement),
        kind,
        rules,
        brackets: brackets.into(),
    };
    let limits = OrderLimits {
        price: (dec!(0.1), dec!(1000000)),
        quantity: (dec!(0.001), dec!(1000)),
        market_quantity: dec!(100),
        notional: (dec!(5), dec!(100000000)),
        conditional_orders: 200,
        amends: 10000,
        ..OrderLimits::ample()
    };
    Listing { symbol: symbol.into(), class, instrument, limits, listed: UnixNanos::from_nanos(0) }
}
