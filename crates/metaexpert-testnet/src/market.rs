//! Markets: prices that move, a book of market makers around them, and everything that is published of it.
//!
//! The one decision: a market moves by itself along a path that its source and seed fix; users' orders meet its book, are shown
//! in it and print on its tape, but never bend the path. So the same requests at the same times meet the same market.

mod error;
mod script; // a price that somebody wrote down
mod source; // what users write, and how lively markets are   <- read first

mod follows;
mod path; // a price as its source has it
mod recorded; // ticks and books that were recorded // which market follows which price

mod basis; // how far a contract is from its underlying
mod by_hand; // prices that somebody moves
mod contract; // marks, funding, delivery, options
mod live; // one market as time passes   <- then read this
mod makers; // where its makers stand
mod opening;
mod playing; // what a recording does to the markets that it drives
mod shown; // the book as everybody sees it
mod walk; // when it trades, and how much // the past, and the first book

mod candles; // bars of trades
mod interval; // how long bars may be
mod samples; // bars of marks
mod tape; // trades and their numbers

mod answers; // what is asked of a market
mod grid; // ticks and lots
mod random; // chance that can be repeated

#[cfg(test)]
mod test_listings;
#[cfg(test)]
mod tests;

use std::{borrow::Cow, cmp::Reverse, collections::BinaryHeap};

use metaexpert_core::{Book, LevelChange, PublicTrade, Side, UnixNanos};
use rust_decimal::Decimal;

pub use self::{
    error::MarketError,
    live::Market,
    script::Script,
    source::{Pace, PriceSource, PriceSources},
};
use self::{live::Happened, path::Path, recorded::Recording};
use crate::{
    listing::{Class, Listing, MarketId},
    news::{MarketNews, Marks, Print},
    order::AccountId,
};

/// All markets of a testnet.
#[derive(Debug)]
pub struct Markets {
    all: Vec<Market>,
    paths: Vec<Path>,
    recordings: Vec<Recording>,
    /// What happens when: markets by their place, recordings by theirs after the last market's.
    due: BinaryHeap<Reverse<(UnixNanos, usize)>>,
    out: Happened,
}

/// What moves, in time order: what accounts' orders meet. What is published of it is [`MarketNews`].
#[derive(Debug, Clone, PartialEq)]
pub enum Move {
    /// Levels of the makers' book changed, as one message of the market.
    Levels(Vec<LevelChange>),
    /// The makers traded with each other.
    Print {
        /// What they have traded.
        trade: PublicTrade,
        /// Its number on the tape. What the moves before it make accounts trade is on the tape by the time that this one is met.
        id: u64,
    },
    /// Mark and index moved.
    Marks(Marks),
    /// Funding is due.
    Funding {
        /// The rate, a fraction.
        rate: Decimal,
        /// What positions are valued by.
        mark: Decimal,
    },
    /// The contract ends: the price of the underlying that it is settled at, of an option too.
    Ends(Decimal),
}

/// Of which prices a bar is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Series {
    /// Trades.
    Last,
    /// The mark price.
    Mark,
    /// The index.
    Index,
    /// The premium of the market over the index, a fraction.
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
    /// The markets of these listings, at their start: with a past, with books, and nothing told yet.
    ///
    /// # Errors
    /// A source that cannot be read or fits no market, a name that is listed twice, a setting out of its range.
    pub fn new(listings: Vec<Listing>, sources: &PriceSources, start: UnixNanos, seed: u64) -> Result<Self, MarketError> {
        opening::open(listings, sources, start, seed)
    }

    fn of(markets: Vec<Market>, paths: Vec<Path>, recordings: Vec<Recording>) -> Self {
        let mut all = Self { all: markets, paths, recordings, due: BinaryHeap::new(), out: Happened::default() };
        all.schedule();
        all
    }

    /// Notes anew when everything is due.
    fn schedule(&mut self) {
        let markets = self.all.iter().map(Market::due);
        let recordings = self.recordings.iter().map(Recording::due);
        self.due = markets.chain(recordings).zip(0..).map(Reverse).collect();
    }

    /// The market of that name.
    pub fn find(&self, class: Class, symbol: &str) -> Option<MarketId> {
        self.iter().find(|(_, market)| market.listing.class == class && market.listing.symbol == symbol).map(|(id, _)| id)
    }

    /// A market.
    ///
    /// # Panics
    /// If `id` was given by other markets, which are more than these.
    #[expect(clippy::indexing_slicing, reason = "a MarketId is given out by the markets that have it")]
    pub fn get(&self, id: MarketId) -> &Market {
        &self.all[id.index()]
    }

    /// Every market, with its place.
    pub fn iter(&self) -> impl Iterator<Item = (MarketId, &Market)> {
        self.all.iter().map(|market| (market.id, market))
    }

    /// What moves next, no later than `until`. Called until there is nothing more; then time is `until`.
    pub fn step(&mut self, until: UnixNanos) -> Option<(MarketId, UnixNanos, Move)> {
        loop {
            if let Some((_, time, _)) = self.out.moves.front() {
                return if *time <= until { self.out.moves.pop_front() } else { None };
            }
            let Reverse((time, which)) = self.due.peek().copied()?;
            if time > until {
                return None;
            }
            self.due.pop();
            if let Some(market) = self.all.get_mut(which) {
                market.happen(&mut self.paths, &mut self.out);
                self.due.push(Reverse((market.due(), which)));
            } else if let Some(recording) = self.recordings.get_mut(which - self.all.len()) {
                playing::play(recording, time, &mut self.all, &mut self.paths, &mut self.out);
                self.due.push(Reverse((recording.due(), which)));
            } else {
                return None;
            }
        }
    }

    /// The book as an account's orders meet it: the makers', and what other accounts have resting there.
    pub fn book_for(&self, market: MarketId, account: AccountId) -> Cow<'_, Book> {
        let market = self.get(market);
        let makers = market.makers.book();
        if !market.shown.has_others(account) {
            return Cow::Borrowed(makers);
        }
        let mut book = makers.clone();
        for (side, ticks, resting) in market.shown.others(account) {
            let quantity = makers.quantity_at(side, ticks) + resting;
            book.apply(&LevelChange { time: makers.time(), side, ticks, quantity, clears: false, ends: true });
        }
        Cow::Owned(book)
    }

    /// An account's resting orders now hold this much at a level: it is published as part of the book.
    pub fn rests(&mut self, market: MarketId, account: AccountId, side: Side, price: Decimal, quantity: Decimal, now: UnixNanos) {
        let Some(market) = self.all.get_mut(market.index()) else { return };
        let ticks = market.grid.ticks_of(price);
        market.shown.rests(market.makers.book(), account, side, ticks, quantity);
        market.tell_best(now, &mut self.out);
    }

    /// An account's order was executed: it goes on the tape. Returns its number there.
    pub fn print(&mut self, market: MarketId, price: Decimal, quantity: Decimal, taker: Side, now: UnixNanos) -> u64 {
        let Some(market) = self.all.get_mut(market.index()) else { return 0 };
        let print = market.tape_print(price, quantity, taker, now);
        self.out.news.push((market.id, MarketNews::Print(print)));
        print.id
    }

    /// Tells, as one message a market, which levels have changed since this was last called.
    pub fn flush_levels(&mut self, now: UnixNanos) {
        for market in &mut self.all {
            let changes = market.shown.flush(market.makers.book(), &market.grid, now);
            self.out.news.extend(changes.map(|changes| (market.id, MarketNews::Levels(changes))));
        }
    }

    /// What has been published since this was last asked, in order.
    pub fn take_news(&mut self) -> Vec<(MarketId, MarketNews)> {
        std::mem::take(&mut self.out.news)
    }
}
