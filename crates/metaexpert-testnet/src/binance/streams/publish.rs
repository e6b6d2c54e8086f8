//! News of markets, made into messages: at once, or when their time has come.
//!
//! The one decision: what is sent as it happens follows from the news alone; what is sent by the clock is read from the market at that
//! step. Nothing is made that nobody listens to.

use std::collections::{BTreeMap, BTreeSet};

use metaexpert_core::UnixNanos;

use super::{
    bars::{self, Which},
    board::Board,
    book::{self, Pending},
    marks,
    name::{self, Channel, Pace, Scope, Universe},
    of::Of,
    options,
    registry::{Registry, Stream, StreamId},
    tickers, trades, wire,
};
use crate::{
    listing::{Class, MarketId},
    news::{MarketNews, Print, Quote},
    order::{Execution, Order},
    protocol::Outbox,
};

/// What has changed since streams that tell only that were last sent.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// Markets whose last aggregated trades are not sent yet.
    printed: BTreeSet<MarketId>,
    /// Markets whose day has changed.
    traded: BTreeSet<MarketId>,
    /// Markets whose best bid or ask has changed, for `!bookTicker`.
    quoted: BTreeMap<MarketId, Quote>,
    /// The last liquidation of each market in this second.
    liquidated: BTreeMap<MarketId, (Order, Execution)>,
}

/// `!bookTicker` is sent each 5 seconds ("All Book Tickers Stream").
const STEPS_OF_ALL_QUOTES: u64 = 50;

/// Open interest of options is sent each minute.
const STEPS_OF_INTEREST: u64 = 600;

/// What messages are made with.
pub(super) struct Press<'a> {
    /// Where they read.
    pub board: &'a dyn Board,
    /// When.
    pub now: UnixNanos,
    /// Who gets them.
    pub registry: &'a mut Registry,
    /// What has changed.
    pub changed: &'a mut Changed,
}

impl Press<'_> {
    /// Something has happened in a market.
    pub(super) fn news(&mut self, market: MarketId, news: &MarketNews, out: &mut Outbox) {
        match news {
            MarketNews::Print(print) => self.print(market, print, out),
            MarketNews::Best(quote) => self.best(market, quote, out),
            MarketNews::Levels(_) | MarketNews::BarClosed => self.each(market, news, out),
            MarketNews::Liquidation(order, execution) => {
                self.changed.liquidated.insert(market, ((**order).clone(), execution.clone()));
            }
            MarketNews::Ended(..) => self.ended(market, out),
            MarketNews::Marks(_) | MarketNews::Funding { .. } => {}
        }
    }

    /// What came together has been told: aggregated trades of spot, which wait for all trades of a taker, go out.
    pub(super) fn all_told(&mut self, out: &mut Outbox) {
        let printed = std::mem::take(&mut self.changed.printed);
        for market in printed {
            if self.board.listing(market).class == Class::Spot {
                self.aggregates(market, out);
            } else {
                self.changed.printed.insert(market);
            }
        }
    }

    /// The `number`th 100 ms are over.
    pub(super) fn step(&mut self, number: u64, out: &mut Outbox) {
        for market in std::mem::take(&mut self.changed.printed) {
            self.aggregates(market, out);
        }
        for id in self.registry.all() {
            let Some(stream) = self.registry.stream(id) else { continue };
            let texts = paced(stream, number, self.board, self.now, self.changed);
            for text in texts {
                self.registry.publish(id, text, out);
            }
        }
        if number.is_multiple_of(10) {
            self.changed.traded.clear();
            self.changed.liquidated.clear();
        }
        if number.is_multiple_of(STEPS_OF_ALL_QUOTES) {
            self.changed.quoted.clear();
        }
    }

    /// A stream has got its first listener.
    pub(super) fn begin(&mut self) {
        for id in self.registry.all() {
            let Some(stream) = self.registry.stream(id) else { continue };
            if let (Channel::Aggregate, Scope::Market(market), None) = (stream.channel, &stream.scope, stream.state.aggregate) {
                trades::begin(*market, &mut stream.state, self.board);
            }
        }
    }

    fn print(&mut self, market: MarketId, print: &Print, out: &mut Outbox) {
        self.changed.printed.insert(market);
        self.changed.traded.insert(market);
        let family = self.family(market, Channel::OptionTrade);
        for id in self.registry.of_market(market).into_iter().chain(family) {
            let is_trade = |stream: &&mut Stream| matches!(stream.channel, Channel::Trade | Channel::OptionTrade);
            let Some(unit) = self.registry.stream(id).filter(is_trade).map(|stream| stream.unit) else { continue };
            let of = Of { listing: self.board.listing(market), unit, now: self.now };
            self.registry.publish(id, trades::trade(&of, print), out);
        }
    }

    fn best(&mut self, market: MarketId, quote: &Quote, out: &mut Outbox) {
        self.changed.quoted.insert(market, *quote);
        for id in self.registry.of_market(market) {
            let is_best = |stream: &&mut Stream| stream.channel == Channel::Best;
            let Some(unit) = self.registry.stream(id).filter(is_best).map(|stream| stream.unit) else { continue };
            let of = Of { listing: self.board.listing(market), unit, now: self.now };
            self.registry.publish(id, book::best(&of, quote), out);
        }
    }

    /// Lets each stream of a market follow what has changed there, and sends what must not wait.
    fn each(&mut self, market: MarketId, news: &MarketNews, out: &mut Outbox) {
        for id in self.registry.of_market(market) {
            let Some(stream) = self.registry.stream(id) else { continue };
            let of = Of { listing: self.board.listing(market), unit: stream.unit, now: self.now };
            let texts: Vec<String> = match (stream.channel, news) {
                (Channel::Depth(pace), MarketNews::Levels(changes)) => {
                    stream.state.pending = Some(Pending::merge(stream.state.pending.take(), changes));
                    let at_once = pace == Pace::Each;
                    at_once.then(|| book::changes(&of, &mut stream.state)).flatten().into_iter().collect()
                }
                (Channel::Bars(kind, interval, is_shifted), MarketNews::BarClosed) => {
                    let which = Which { of: kind, interval, is_shifted };
                    bars::follow(&of, market, which, false, &mut stream.state, self.board)
                }
                _ => Vec::new(),
            };
            for text in texts {
                self.registry.publish(id, text, out);
            }
        }
    }

    fn aggregates(&mut self, market: MarketId, out: &mut Outbox) {
        for id in self.registry.of_market(market) {
            let is_aggregate = |stream: &&mut Stream| stream.channel == Channel::Aggregate;
            let Some(stream) = self.registry.stream(id).filter(is_aggregate) else { continue };
            let of = Of { listing: self.board.listing(market), unit: stream.unit, now: self.now };
            for text in trades::aggregates(&of, market, &mut stream.state, self.board) {
                self.registry.publish(id, text, out);
            }
        }
    }

    fn ended(&mut self, market: MarketId, out: &mut Outbox) {
        for id in self.registry.wide() {
            let is_contract = |stream: &&mut Stream| stream.channel == Channel::Contract;
            let Some(unit) = self.registry.stream(id).filter(is_contract).map(|stream| stream.unit) else { continue };
            let of = Of { listing: self.board.listing(market), unit, now: self.now };
            if Universe::Futures.has(of.listing.class) {
                self.registry.publish(id, marks::ended(&of, market, self.board), out);
            }
        }
    }

    /// Streams of a whole family that a market belongs to.
    fn family(&mut self, market: MarketId, channel: Channel) -> Vec<StreamId> {
        let board = self.board;
        let is_theirs = |stream: &&mut Stream| stream.channel == channel && members(&stream.scope, board).contains(&market);
        let wide = self.registry.wide();
        wide.into_iter().filter(|id| self.registry.stream(*id).as_ref().is_some_and(is_theirs)).collect()
    }
}

/// The markets that a stream is of.
fn members(scope: &Scope, board: &dyn Board) -> Vec<MarketId> {
    if let Scope::Market(market) = scope {
        return vec![*market];
    }
    let is_member = |market: &MarketId| {
        let listing = board.listing(*market);
        match scope {
            Scope::Market(_) | Scope::Asset(_) => false,
            Scope::All(universe) => universe.has(listing.class),
            Scope::Family(class, pair, date) => {
                listing.class == *class
                    && name::pair(listing) == *pair
                    && date.as_deref().is_none_or(|date| name::expiry(listing) == Some(date))
            }
        }
    };
    board.markets().into_iter().filter(is_member).collect()
}

/// What a stream sends at a step.
fn paced(stream: &mut Stream, step: u64, board: &dyn Board, now: UnixNanos, changed: &Changed) -> Vec<String> {
    let is_second = step.is_multiple_of(10);
    let unit = stream.unit;
    let Stream { scope, channel, state, .. } = stream;
    let of = |market: MarketId| Of { listing: board.listing(market), unit, now };
    if let (Scope::Market(market), Channel::Bars(kind, interval, is_shifted)) = (&*scope, *channel) {
        let which = Which { of: kind, interval, is_shifted };
        let is_due = which.is_due(board.listing(*market).class, step);
        return bars::follow(&of(*market), *market, which, is_due, state, board);
    }
    if !is_due(*channel, step, is_second) {
        return Vec::new();
    }
    // A market's own best prices have gone out as they changed: only `!bookTicker` waits for its five seconds.
    if matches!((&*scope, *channel), (Scope::Market(_), Channel::Best)) {
        return Vec::new();
    }
    if let (Scope::Market(market), Channel::Depth(_)) = (&*scope, *channel) {
        return book::changes(&of(*market), state).into_iter().collect();
    }
    if let (Scope::Market(market), Channel::Partial(levels, _)) = (&*scope, *channel) {
        return book::first_levels(&of(*market), *market, levels, state, board).into_iter().collect();
    }
    if let Scope::Asset(asset) = scope {
        return marks::asset_index(asset.as_deref(), unit, now, board).into_iter().collect();
    }
    let lines = |is_in: &dyn Fn(&MarketId) -> bool| -> Vec<String> {
        let markets = members(scope, board).into_iter().filter(is_in);
        markets.filter_map(|market| line(*channel, &of(market), market, board, changed)).collect()
    };
    match (&*scope, *channel) {
        (Scope::Market(_), _) => lines(&|_| true),
        // "Only symbols whose ticker info changed will be sent" ("24-hour TICKER" of options).
        (Scope::Family(..), Channel::OptionTicker) => lines(&|market| changed.traded.contains(market)),
        // "Note that only tickers that have changed will be present in the array."
        (Scope::All(_), Channel::MiniTicker | Channel::Ticker | Channel::Window(_)) => {
            listed(&lines(&|market| changed.traded.contains(market)))
        }
        (Scope::All(_), Channel::Best | Channel::Liquidations) => lines(&|_| true),
        (_, Channel::OptionIndex) => {
            let mut pairs = BTreeSet::new();
            let firsts: Vec<MarketId> =
                members(scope, board).into_iter().filter(|market| pairs.insert(name::pair(board.listing(*market)))).collect();
            listed(&lines(&|market| firsts.contains(market)))
        }
        (Scope::Family(..), Channel::Index(_)) => lines(&|_| true).into_iter().take(1).collect(),
        _ => listed(&lines(&|_| true)),
    }
}

fn listed(lines: &[String]) -> Vec<String> {
    if lines.is_empty() { Vec::new() } else { vec![wire::list(lines)] }
}

const fn is_due(channel: Channel, step: u64, is_second: bool) -> bool {
    match channel {
        Channel::Depth(pace) | Channel::Partial(_, pace) | Channel::Mark(pace) | Channel::Index(pace) => pace.is_due(step),
        Channel::MiniTicker
        | Channel::Ticker
        | Channel::Window(_)
        | Channel::Average
        | Channel::Reference
        | Channel::Liquidations
        | Channel::AssetIndex
        | Channel::OptionTicker
        | Channel::OptionMark
        | Channel::OptionIndex => is_second,
        Channel::Best => step.is_multiple_of(STEPS_OF_ALL_QUOTES),
        Channel::OptionInterest => step.is_multiple_of(STEPS_OF_INTEREST),
        Channel::Trade | Channel::Aggregate | Channel::Bars(..) | Channel::Contract | Channel::OptionTrade => false,
    }
}

/// What a stream says of one market.
fn line(channel: Channel, of: &Of<'_>, market: MarketId, board: &dyn Board, changed: &Changed) -> Option<String> {
    match channel {
        Channel::MiniTicker => tickers::mini(of, market, board),
        Channel::Ticker => tickers::day(of, market, board),
        Channel::Window(length) => tickers::window(of, market, length, board),
        Channel::Average => tickers::average_price(of, market, board),
        Channel::Reference => Some(tickers::reference(of)),
        Channel::Mark(_) => marks::mark(of, market, board),
        Channel::Index(_) => marks::index(of, market, board),
        Channel::Liquidations => {
            changed.liquidated.get(&market).map(|(order, execution)| marks::liquidation(of, order, execution))
        }
        Channel::OptionTicker => options::ticker(of, market, board),
        Channel::OptionMark => options::mark(of, market, board),
        Channel::OptionInterest => options::interest(of, market, board),
        Channel::OptionIndex => options::index(of, market, board),
        Channel::Best => changed.quoted.get(&market).map(|quote| book::best(of, quote)),
        Channel::Trade
        | Channel::Aggregate
        | Channel::Bars(..)
        | Channel::Depth(_)
        | Channel::Partial(..)
        | Channel::Contract
        | Channel::AssetIndex
        | Channel::OptionTrade => None,
    }
}
