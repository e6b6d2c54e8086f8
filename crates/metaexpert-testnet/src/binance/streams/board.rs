//! What streams read of the world: prices, books, bars, statistics.
//!
//! The one decision: streams ask through a trait, so that what they say of a market can be tested at numbers that a test names, as
//! accounts do with [`Prices`].

use metaexpert_core::{Currency, Side, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    listing::{Class, Listing, MarketId},
    market::{AggregateTrade, Kline, Series, Statistics},
    news::{Marks, Quote},
    order::{AccountId, Named, Order, OrderId},
    prices::Prices,
    wallet::Wallet,
    world::World,
};

/// What streams read.
pub(super) trait Board {
    /// The market of that name.
    fn find(&self, class: Class, symbol: &str) -> Option<MarketId>;

    /// Every market.
    fn markets(&self) -> Vec<MarketId>;

    /// What a market trades.
    fn listing(&self, market: MarketId) -> &Listing;

    /// Levels of one side, best first.
    fn levels(&self, market: MarketId, side: Side, at_most: usize) -> Vec<(Decimal, Decimal)>;

    /// The number of the last change of the book.
    fn update_id(&self, market: MarketId) -> u64;

    /// The best bid and ask.
    fn quote(&self, market: MarketId) -> Option<Quote>;

    /// Aggregated trades from this number on, or the latest.
    fn aggregates(&self, market: MarketId, from: Option<u64>, at_most: usize) -> Vec<AggregateTrade>;

    /// The bar that goes on.
    fn bar(&self, market: MarketId, series: Series, interval: &str) -> Option<Kline>;

    /// Bars that begin within these times, oldest first.
    fn bars(&self, market: MarketId, series: Series, interval: &str, within: (UnixNanos, UnixNanos)) -> Vec<Kline>;

    /// What the last stretch of time was like.
    fn statistics(&self, market: MarketId, nanos: i64) -> Option<Statistics>;

    /// What a contract is valued by.
    fn marks(&self, market: MarketId) -> Option<Marks>;

    /// Contracts that are open.
    fn open_interest(&self, market: MarketId) -> Decimal;

    /// An option's implied volatility.
    fn volatility(&self, market: MarketId) -> Option<f64>;

    /// What one unit of a currency is worth in another.
    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal>;

    /// An order of an account.
    fn order(&self, account: AccountId, wallet: Wallet, market: MarketId, order: OrderId) -> Option<&Order>;

    /// What the wallet that a market is traded from holds of its settlement currency, without what isolated positions hold.
    fn cross_balance(&self, account: AccountId, listing: &Listing) -> Option<Decimal>;

    /// What an account's cross margin wallet holds, in USDT.
    fn margin_assets(&self, account: AccountId) -> Decimal;
}

/// What loans, and the levels they need, are reckoned in here.
pub(super) fn dollars() -> Currency {
    Currency::new("USDT")
}

/// Bars asked for at once: more have not passed between two steps of the exchange at any speed that is of use.
const BARS_AT_MOST: usize = 1_000;

impl Board for World {
    fn find(&self, class: Class, symbol: &str) -> Option<MarketId> {
        self.markets().find(class, symbol)
    }

    fn markets(&self) -> Vec<MarketId> {
        self.markets().iter().map(|(id, _)| id).collect()
    }

    fn listing(&self, market: MarketId) -> &Listing {
        self.markets().get(market).listing()
    }

    fn levels(&self, market: MarketId, side: Side, at_most: usize) -> Vec<(Decimal, Decimal)> {
        self.markets().get(market).levels(side, at_most)
    }

    fn update_id(&self, market: MarketId) -> u64 {
        self.markets().get(market).update_id()
    }

    fn quote(&self, market: MarketId) -> Option<Quote> {
        self.markets().get(market).quote()
    }

    fn aggregates(&self, market: MarketId, from: Option<u64>, at_most: usize) -> Vec<AggregateTrade> {
        self.markets().get(market).aggregate_trades(from, None, None, at_most)
    }

    fn bar(&self, market: MarketId, series: Series, interval: &str) -> Option<Kline> {
        self.markets().get(market).kline(series, interval)
    }

    fn bars(&self, market: MarketId, series: Series, interval: &str, (since, until): (UnixNanos, UnixNanos)) -> Vec<Kline> {
        self.markets().get(market).klines(series, interval, Some(since), Some(until), BARS_AT_MOST).unwrap_or_default()
    }

    fn statistics(&self, market: MarketId, nanos: i64) -> Option<Statistics> {
        self.markets().get(market).statistics(nanos)
    }

    fn marks(&self, market: MarketId) -> Option<Marks> {
        self.markets().get(market).marks()
    }

    fn open_interest(&self, market: MarketId) -> Decimal {
        self.markets().get(market).open_interest()
    }

    fn volatility(&self, market: MarketId) -> Option<f64> {
        self.markets().get(market).volatility()
    }

    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal> {
        if from == to { Some(Decimal::ONE) } else { Prices::rate(self.markets(), from, to) }
    }

    fn order(&self, account: AccountId, wallet: Wallet, market: MarketId, order: OrderId) -> Option<&Order> {
        self.account(account).orders.get(wallet, market, &Named::Id(order.0))
    }

    fn cross_balance(&self, account: AccountId, listing: &Listing) -> Option<Decimal> {
        let wallet = match listing.class {
            Class::Spot => return None,
            Class::Linear => Wallet::Linear,
            Class::Inverse => Wallet::Inverse,
            Class::Options => Wallet::Options,
        };
        let balances = self.account(account).wallets.get(wallet)?.balances(self.markets());
        balances.into_iter().find(|balance| balance.currency == listing.instrument.settlement).map(|balance| balance.cross)
    }

    fn margin_assets(&self, account: AccountId) -> Decimal {
        let Some(wallet) = self.account(account).wallets.get(Wallet::Cross) else { return Decimal::ZERO };
        let worth = |currency: &Currency| Board::rate(self, currency, &dollars()).unwrap_or_default();
        wallet.balances(self.markets()).iter().map(|balance| (balance.free + balance.locked) * worth(&balance.currency)).sum()
    }
}
