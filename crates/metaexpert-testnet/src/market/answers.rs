//! What is asked of markets: what they list, show and remember, and prices for whoever keeps accounts.
//!
//! The one decision: asking changes nothing, and what is answered is what was published.

use std::collections::VecDeque;

use metaexpert_core::{Currency, Side, UnixNanos};
use rust_decimal::Decimal;
use rustc_hash::FxHashSet;

use super::{
    AggregateTrade, Kline, Market, Markets, Series, Statistics, contract::Contract, follows::is_dollar, interval::Interval,
};
use crate::{
    listing::{Class, Listing, MarketId},
    news::{Marks, Print, Quote},
    prices::Prices,
};

impl Market {
    /// What it trades.
    pub const fn listing(&self) -> &Listing {
        &self.listing
    }

    /// Levels of one side, best first, at most so many, users' orders included.
    pub fn levels(&self, side: Side, at_most: usize) -> Vec<(Decimal, Decimal)> {
        let levels = self.shown.levels(self.makers.book(), &self.grid, side).take(at_most);
        levels.map(|(ticks, quantity)| (self.grid.price(ticks), quantity)).collect()
    }

    /// The number of the last change of the book.
    pub const fn update_id(&self) -> u64 {
        self.shown.update_id()
    }

    /// The best bid and ask; `None` while one of them is missing.
    pub const fn quote(&self) -> Option<Quote> {
        self.quote
    }

    /// The last trade.
    pub fn last(&self) -> Option<Print> {
        self.tape.last()
    }

    /// Trades, oldest first: from this number on, or the latest where it is `None`.
    pub fn prints(&self, from: Option<u64>, at_most: usize) -> Vec<Print> {
        self.tape.prints(from, at_most)
    }

    /// Aggregated trades, oldest first: from this number on, or within these times, or the latest.
    pub fn aggregate_trades(
        &self,
        from: Option<u64>,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
    ) -> Vec<AggregateTrade> {
        self.tape.aggregates(from, since, until, at_most)
    }

    /// Bars that begin within these times, oldest first; the latest where neither is given. `interval` is as exchanges write it:
    /// `1s`, `1m`, `1h`, `1d`, `1w`, `1M`; `None` for one that is not known, and for seconds of what is not traded.
    pub fn klines(
        &self,
        series: Series,
        interval: &str,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
    ) -> Option<Vec<Kline>> {
        let interval = Interval::parse(interval)?;
        if series == Series::Last {
            return Some(self.candles.klines(&self.grid, interval, since, until, at_most, self.now));
        }
        if interval.at_most() < super::path::MINUTE {
            return None;
        }
        let samples = self.contract.as_ref().and_then(|contract| contract.samples(series));
        Some(samples.map(|samples| samples.klines(interval, since, until, at_most, self.now)).unwrap_or_default())
    }

    /// The bar that goes on. A bar that has ended is the last but one of [`klines`](Self::klines), and closed.
    pub fn kline(&self, series: Series, interval: &str) -> Option<Kline> {
        self.klines(series, interval, None, None, 1)?.pop()
    }

    /// What the last `nanos` were like (24 hours for the day's ticker), in whole minutes.
    pub fn statistics(&self, nanos: i64) -> Option<Statistics> {
        let statistics = self.candles.statistics(&self.grid, nanos, self.now)?;
        Some(Statistics { last: self.last(), ..statistics })
    }

    /// What a contract is valued by; `None` for coins.
    pub fn marks(&self) -> Option<Marks> {
        self.contract.as_ref().and_then(Contract::marks)
    }

    /// Funding that was settled: time, rate, mark; oldest first.
    pub fn funding(&self) -> &[(UnixNanos, Decimal, Decimal)] {
        self.contract.as_ref().map_or(&[], Contract::funding)
    }

    /// Contracts that are open.
    pub fn open_interest(&self) -> Decimal {
        let lot = self.listing.instrument.rules.lot_size;
        self.contract.as_ref().map_or(Decimal::ZERO, |contract| contract.open_interest(self.grid.contract_float(), lot))
    }

    /// An option's implied volatility, as its makers see it.
    pub fn volatility(&self) -> Option<f64> {
        self.contract.as_ref().and_then(Contract::volatility)
    }

    /// Whether it still trades.
    pub const fn is_trading(&self) -> bool {
        self.is_trading
    }

    fn price_of_last(&self) -> Option<Decimal> {
        self.last().map(|print| print.price)
    }

    /// What taking so much would come to in quote currency, and how much of it is there.
    fn sweep(&self, side: Side, quantity: Decimal) -> (Decimal, Decimal) {
        let rules = &self.listing.instrument.rules;
        let (mut value, mut taken) = (Decimal::ZERO, Decimal::ZERO);
        for (ticks, shown) in self.shown.levels(self.makers.book(), &self.grid, side.opposite()) {
            let part = shown.min(quantity - taken);
            if part <= Decimal::ZERO {
                break;
            }
            let price = if self.grid.is_inverse() { Decimal::ONE } else { self.grid.price(ticks) };
            value += price * rules.size(part);
            taken += part;
        }
        (value, taken)
    }
}

impl Prices for Markets {
    fn listing(&self, market: MarketId) -> &Listing {
        self.get(market).listing()
    }

    fn markets(&self) -> Vec<MarketId> {
        self.iter().map(|(id, _)| id).collect()
    }

    fn last(&self, market: MarketId) -> Option<Decimal> {
        self.get(market).price_of_last()
    }

    fn mark(&self, market: MarketId) -> Option<Decimal> {
        let market = self.get(market);
        market.marks().map_or_else(|| market.price_of_last(), |marks| Some(marks.mark))
    }

    fn index(&self, market: MarketId) -> Option<Decimal> {
        let market = self.get(market);
        market.marks().map_or_else(|| market.price_of_last(), |marks| Some(marks.index))
    }

    fn best(&self, market: MarketId, side: Side) -> Option<Decimal> {
        self.get(market).levels(side.opposite(), 1).first().map(|(price, _)| *price)
    }

    fn sweep(&self, market: MarketId, side: Side, quantity: Decimal) -> (Decimal, Decimal) {
        self.get(market).sweep(side, quantity)
    }

    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal> {
        rate(self, from, to)
    }
}

/// What one unit of a currency is worth in another, over as few spot markets as lead there. A dollar is a dollar, whatever it is called,
/// where no market says otherwise.
fn rate(markets: &Markets, from: &Currency, to: &Currency) -> Option<Decimal> {
    let is_there = |currency: &str| currency == to.as_str() || (is_dollar(currency) && is_dollar(to.as_str()));
    let mut ways = VecDeque::from([(from.as_str(), Decimal::ONE)]);
    let mut seen: FxHashSet<&str> = FxHashSet::default();
    while let Some((currency, worth)) = ways.pop_front() {
        if is_there(currency) {
            return Some(worth);
        }
        if !seen.insert(currency) {
            continue;
        }
        for (_, market) in markets.iter().filter(|(_, market)| market.listing.class == Class::Spot) {
            let (base, quote) = (market.listing.instrument.base.as_str(), market.listing.instrument.quote.as_str());
            // A pair that has not traded yet has makers.
            let Some(price) = market.price_of_last().or(market.quote.map(|quote| quote.bid.0)) else { continue };
            if base == currency {
                ways.push_back((quote, worth * price));
            } else if quote == currency || (is_dollar(quote) && is_dollar(currency)) {
                ways.extend(worth.checked_div(price).map(|worth| (base, worth)));
            }
        }
    }
    None
}
