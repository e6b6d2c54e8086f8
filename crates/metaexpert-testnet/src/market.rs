//! Markets: prices that move, a book of market makers around them, and everything that is published of it.
//!
//! The one decision: a market moves by itself along a path that its source and seed fix; users' orders meet its book, are shown
//! in it and print on its tape, but never bend the path. So the same requests at the same times meet the same market.

use metaexpert_core::{Book, Currency, LevelChange, PublicTrade, Side, UnixNanos};
use rust_decimal::Decimal;

use crate::{
    listing::{Class, Listing, MarketId},
    news::{MarketNews, Marks, Print, Quote},
    order::AccountId,
    prices::Prices,
};

/// All markets of a testnet.
#[derive(Debug)]
pub struct Markets {}

/// What moves, in time order: what accounts' orders meet. What is published of it is [`MarketNews`].
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Levels of the makers' book changed, as one message of the market.
    Levels(Vec<LevelChange>),
    /// The makers traded with each other.
    Print(PublicTrade),
    /// Mark and index moved.
    Marks(Marks),
    /// Funding is due.
    Funding {
        /// The rate, a fraction.
        rate: Decimal,
        /// What positions are valued by.
        mark: Decimal,
    },
    /// The contract ends at this price.
    Ends(Decimal),
}

/// One market.
#[derive(Debug)]
pub struct Market {}

/// Of which prices a bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Series {
    /// Trades.
    Last,
    /// The mark price.
    Mark,
    /// The index.
    Index,
    /// The premium of the mark over the index, a fraction.
    Premium,
}

/// A bar as it is published.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Kline {
    /// When it began.
    pub open_time: UnixNanos,
    /// The last nanosecond that it counts, so that it ends where the next begins.
    pub close_time: UnixNanos,
    /// Open, high, low, close.
    pub prices: [Decimal; 4],
    /// In the unit of orders.
    pub volume: Decimal,
    /// In quote currency (inverse contracts: coins).
    pub quote_volume: Decimal,
    /// How many trades.
    pub trades: u64,
    /// Of the volume, what buyers took.
    pub taker_volume: Decimal,
    /// The same in quote currency.
    pub taker_quote_volume: Decimal,
    /// Numbers of its first and last trade; `None` without a trade.
    pub ids: Option<(u64, u64)>,
    /// Whether it is over.
    pub is_closed: bool,
}

/// What a day, or any stretch of time up to now, was like.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    /// Since when.
    pub since: UnixNanos,
    /// Open, high, low, last.
    pub prices: [Decimal; 4],
    /// The close before.
    pub previous_close: Decimal,
    /// In the unit of orders.
    pub volume: Decimal,
    /// In quote currency (inverse contracts: coins).
    pub quote_volume: Decimal,
    /// Numbers of its first and last trade.
    pub ids: Option<(u64, u64)>,
    /// How many trades.
    pub trades: u64,
    /// The last trade.
    pub last: Option<Print>,
}

/// Trades of one taker at one price at one time, as one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AggregateTrade {
    /// Its number.
    pub id: u64,
    /// Numbers of its first and last trade.
    pub ids: (u64, u64),
    /// When.
    pub time: UnixNanos,
    /// At which price.
    pub price: Decimal,
    /// How much.
    pub quantity: Decimal,
    /// Whether the seller took.
    pub buyer_is_maker: bool,
}

impl Markets {
    /// The market of that name.
    pub fn find(&self, class: Class, symbol: &str) -> Option<MarketId> {
        todo!("{class:?} {symbol}")
    }

    /// A market.
    pub fn get(&self, id: MarketId) -> &Market {
        todo!("{id:?}")
    }

    /// Every market, with its place.
    pub fn iter(&self) -> impl Iterator<Item = (MarketId, &Market)> {
        std::iter::empty()
    }

    /// What moves next, no later than `until`. Called until there is nothing more; then time is `until`.
    pub fn step(&mut self, until: UnixNanos) -> Option<(MarketId, UnixNanos, Move)> {
        todo!("{until:?}")
    }

    /// The book as an account's orders meet it: the makers', and what other accounts have resting there.
    pub fn book_for(&self, market: MarketId, account: AccountId) -> std::borrow::Cow<'_, Book> {
        todo!("{market:?} {account:?}")
    }

    /// An account's resting orders now hold this much at a level: it is published as part of the book.
    pub fn rests(&mut self, market: MarketId, account: AccountId, side: Side, price: Decimal, quantity: Decimal, now: UnixNanos) {
        todo!("{market:?} {account:?} {side:?} {price} {quantity} {now:?}")
    }

    /// An account's order was executed: it goes on the tape. Returns its number there.
    pub fn print(&mut self, market: MarketId, price: Decimal, quantity: Decimal, taker: Side, now: UnixNanos) -> u64 {
        todo!("{market:?} {price} {quantity} {taker:?} {now:?}")
    }

    /// What has been published since this was last asked, in order.
    pub fn take_news(&mut self) -> Vec<(MarketId, MarketNews)> {
        todo!()
    }
}

impl Market {
    /// What it trades.
    pub fn listing(&self) -> &Listing {
        todo!()
    }

    /// Levels of one side, best first, at most so many, users' orders included.
    pub fn levels(&self, side: Side, at_most: usize) -> Vec<(Decimal, Decimal)> {
        todo!("{side:?} {at_most}")
    }

    /// The number of the last change of the book.
    pub fn update_id(&self) -> u64 {
        todo!()
    }

    /// The best bid and ask; `None` while one of them is missing.
    pub fn quote(&self) -> Option<Quote> {
        todo!()
    }

    /// The last trade.
    pub fn last(&self) -> Option<Print> {
        todo!()
    }

    /// Trades, oldest first: from this number on, or the latest where it is `None`.
    pub fn prints(&self, from: Option<u64>, at_most: usize) -> Vec<Print> {
        todo!("{from:?} {at_most}")
    }

    /// Aggregated trades, oldest first: from this number on, or within these times, or the latest.
    pub fn aggregate_trades(
        &self,
        from: Option<u64>,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
    ) -> Vec<AggregateTrade> {
        todo!("{from:?} {since:?} {until:?} {at_most}")
    }

    /// Bars that begin within these times, oldest first; the latest where neither is given. `interval` is as exchanges write it:
    /// `1s`, `1m`, `1h`, `1d`, `1w`, `1M`; `None` for one that is not known.
    pub fn klines(
        &self,
        series: Series,
        interval: &str,
        since: Option<UnixNanos>,
        until: Option<UnixNanos>,
        at_most: usize,
    ) -> Option<Vec<Kline>> {
        todo!("{series:?} {interval} {since:?} {until:?} {at_most}")
    }

    /// The bar that goes on, and the one before if it has just ended: what a kline stream sends.
    pub fn kline(&self, series: Series, interval: &str) -> Option<Kline> {
        todo!("{series:?} {interval}")
    }

    /// What the last `nanos` were like (24 hours for the day's ticker).
    pub fn statistics(&self, nanos: i64) -> Option<Statistics> {
        todo!("{nanos}")
    }

    /// What a contract is valued by; `None` for coins.
    pub fn marks(&self) -> Option<Marks> {
        todo!()
    }

    /// Funding that was settled: time, rate, mark; oldest first.
    pub fn funding(&self) -> &[(UnixNanos, Decimal, Decimal)] {
        todo!()
    }

    /// Contracts that are open.
    pub fn open_interest(&self) -> Decimal {
        todo!()
    }

    /// An option's implied volatility, as its makers see it.
    pub fn volatility(&self) -> Option<f64> {
        todo!()
    }

    /// Whether it still trades.
    pub fn is_trading(&self) -> bool {
        todo!()
    }
}

impl Prices for Markets {
    fn listing(&self, market: MarketId) -> &Listing {
        self.get(market).listing()
    }

    fn markets(&self) -> Vec<MarketId> {
        todo!()
    }

    fn last(&self, market: MarketId) -> Option<Decimal> {
        todo!("{market:?}")
    }

    fn mark(&self, market: MarketId) -> Option<Decimal> {
        todo!("{market:?}")
    }

    fn index(&self, market: MarketId) -> Option<Decimal> {
        todo!("{market:?}")
    }

    fn best(&self, market: MarketId, side: Side) -> Option<Decimal> {
        todo!("{market:?} {side:?}")
    }

    fn sweep(&self, market: MarketId, side: Side, quantity: Decimal) -> (Decimal, Decimal) {
        todo!("{market:?} {side:?} {quantity}")
    }

    fn rate(&self, from: &Currency, to: &Currency) -> Option<Decimal> {
        todo!("{from} {to}")
    }
}
