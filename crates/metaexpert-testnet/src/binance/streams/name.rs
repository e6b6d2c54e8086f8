//! Names of streams, read: `btcusdt@depth5@100ms` is a market and what is sent of it.
//!
//! The one decision: a name is read once, when somebody subscribes; from then on it is a [`Scope`] and a [`Channel`]. A name that
//! nothing answers to is not an error: the exchange takes the subscription and stays silent, and so does this.

use metaexpert_core::{InstrumentKind, UnixNanos};

use super::board::Board;
use crate::listing::{Class, Listing, MarketId};

/// Of what something is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// Of one market.
    Market(MarketId),
    /// Of all markets of a kind. Futures of both kinds are one since 2026-06-30 ("CM-UM integration").
    All(Universe),
    /// Of all futures of a pair (`btcusd@markPrice`), or of all options on an underlying (`btcusdt@optionTrade`), of one expiry
    /// (`261225`) where it is named.
    Family(Class, String, Option<String>),
    /// Of a coin, as margin is valued by.
    Asset(Option<String>),
}

/// Which markets `!...` streams are of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Universe {
    /// Pairs of coins.
    Spot,
    /// Linear and inverse futures.
    Futures,
    /// Options.
    Options,
}

impl Universe {
    /// Whether markets of a class belong to it.
    pub(super) const fn has(self, class: Class) -> bool {
        match self {
            Self::Spot => matches!(class, Class::Spot),
            Self::Futures => matches!(class, Class::Linear | Class::Inverse),
            Self::Options => matches!(class, Class::Options),
        }
    }
}

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Channel {
    /// Every trade.
    Trade,
    /// Trades of one taker at one price as one.
    Aggregate,
    /// Bars: of which prices, how long, whether days begin at UTC+8.
    Bars(Bars, &'static str, bool),
    /// The day in short.
    MiniTicker,
    /// The day.
    Ticker,
    /// The last hour, four hours, day.
    Window(&'static str),
    /// The best bid and ask.
    Best,
    /// The average price of five minutes.
    Average,
    /// What limits of orders are judged by.
    Reference,
    /// What changes in the book.
    Depth(Pace),
    /// So many levels of the book.
    Partial(u8, Pace),
    /// Mark price and funding.
    Mark(Pace),
    /// The index.
    Index(Pace),
    /// Positions that are taken over.
    Liquidations,
    /// Contracts that are listed or end.
    Contract,
    /// What coins are worth as margin.
    AssetIndex,
    /// The day of options.
    OptionTicker,
    /// Trades of options.
    OptionTrade,
    /// Mark prices, volatilities and greeks of options.
    OptionMark,
    /// Open interest of options.
    OptionInterest,
    /// Indices of options' underlyings.
    OptionIndex,
}

/// Of which prices bars are, and in which shape they are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Bars {
    /// Trades.
    Last,
    /// Trades of whichever contract of a pair is the perpetual, the current quarter, ..
    Continuous,
    /// Mark prices.
    Mark,
    /// The index.
    Index,
}

/// How often something is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Pace {
    /// As it happens.
    Each,
    /// Each 100 ms.
    Ms100,
    /// Each 250 ms.
    Ms250,
    /// Each 500 ms.
    Ms500,
    /// Each second.
    Second,
    /// Each 3 seconds.
    Seconds3,
}

impl Pace {
    /// Whether the `step`th 100 ms are when it is due. 250 ms are two and three steps in turn.
    pub(super) const fn is_due(self, step: u64) -> bool {
        match self {
            Self::Each => false,
            Self::Ms100 => true,
            Self::Ms250 => matches!(step % 5, 0 | 3),
            Self::Ms500 => step.is_multiple_of(5),
            Self::Second => step.is_multiple_of(10),
            Self::Seconds3 => step.is_multiple_of(30),
        }
    }
}

/// Lengths of bars ("Kline/Candlestick Streams").
const INTERVALS: [&str; 16] = ["1s", "1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w", "1M"];

/// Windows of `ticker_` streams.
const WINDOWS: [&str; 3] = ["1h", "4h", "1d"];

/// Reads a name as streams of a class have it; `None` where nothing answers to it.
pub(super) fn read(class: Class, name: &str, board: &dyn Board) -> Option<(Scope, Channel)> {
    if let Some(all) = name.strip_prefix('!') {
        return everything(class, all);
    }
    let (subject, rest) = name.split_once('@')?;
    // Names are lower case ("All symbols for streams are lowercase"); others are silent.
    if subject.chars().any(|letter| letter.is_ascii_uppercase()) {
        return None;
    }
    let subject = subject.to_uppercase();
    if rest == "assetIndex" && class == Class::Linear {
        return Some((Scope::Asset(Some(subject)), Channel::AssetIndex));
    }
    if let Some(interval) = rest.strip_prefix("continuousKline_") {
        return Some((Scope::Market(continuous(class, &subject, board)?), bars(Bars::Continuous, interval, class)?));
    }
    if let Some(family) = family(class, &subject, rest, board) {
        return Some(family);
    }
    Some((Scope::Market(board.find(class, &subject)?), of_market(class, rest)?))
}

/// The pair that a future is of, and the underlying of an option: `BTCUSDT` of `BTCUSDT_261225`, `BTCUSD` of `BTCUSD_PERP`.
pub(super) fn pair(listing: &Listing) -> String {
    format!("{}{}", listing.instrument.base, listing.instrument.quote)
}

/// The expiry in an option's symbol: `261225` of `BTC-261225-90000-C`.
pub(super) fn expiry(listing: &Listing) -> Option<&str> {
    listing.symbol.split('-').nth(1)
}

/// What kind of contract a future is, as `contractType` says it. Dated ones go by which comes first.
pub(super) fn contract_type(market: MarketId, board: &dyn Board) -> &'static str {
    let listing = board.listing(market);
    let InstrumentKind::Dated { delivery, .. } = listing.instrument.kind else { return "PERPETUAL" };
    let is_earlier = |other: &Listing| {
        let theirs: Option<UnixNanos> = other.instrument.kind.expiry();
        other.class == listing.class && pair(other) == pair(listing) && theirs.is_some_and(|theirs| theirs < delivery)
    };
    let is_second = board.markets().into_iter().any(|other| is_earlier(board.listing(other)));
    if is_second { "NEXT_QUARTER" } else { "CURRENT_QUARTER" }
}

fn everything(class: Class, name: &str) -> Option<(Scope, Channel)> {
    let all = |universe| Some(Scope::All(universe));
    let (scope, channel) = match (class, name) {
        // `!ticker@arr` of spot was retired 2026-03-26.
        (Class::Spot, "miniTicker@arr") => (all(Universe::Spot), Channel::MiniTicker),
        (Class::Spot, "ticker_1h@arr") => (all(Universe::Spot), Channel::Window("1h")),
        (Class::Spot, "ticker_4h@arr") => (all(Universe::Spot), Channel::Window("4h")),
        (Class::Spot, "ticker_1d@arr") => (all(Universe::Spot), Channel::Window("1d")),
        (Class::Linear | Class::Inverse, "miniTicker@arr") => (all(Universe::Futures), Channel::MiniTicker),
        (Class::Linear | Class::Inverse, "ticker@arr") => (all(Universe::Futures), Channel::Ticker),
        (Class::Linear | Class::Inverse, "bookTicker") => (all(Universe::Futures), Channel::Best),
        (Class::Linear | Class::Inverse, "markPrice@arr") => (all(Universe::Futures), Channel::Mark(Pace::Seconds3)),
        (Class::Linear | Class::Inverse, "markPrice@arr@1s") => (all(Universe::Futures), Channel::Mark(Pace::Second)),
        (Class::Linear | Class::Inverse, "forceOrder@arr") => (all(Universe::Futures), Channel::Liquidations),
        (Class::Linear | Class::Inverse, "contractInfo") => (all(Universe::Futures), Channel::Contract),
        (Class::Linear, "assetIndex@arr") => (Some(Scope::Asset(None)), Channel::AssetIndex),
        (Class::Options, "index@arr") => (all(Universe::Options), Channel::OptionIndex),
        _ => return None,
    };
    Some((scope?, channel))
}

fn family(class: Class, subject: &str, rest: &str, board: &dyn Board) -> Option<(Scope, Channel)> {
    let (channel, date) = match (class, rest) {
        (Class::Inverse, "markPrice") => (Channel::Mark(Pace::Seconds3), None),
        (Class::Inverse, "markPrice@1s") => (Channel::Mark(Pace::Second), None),
        (Class::Inverse, "indexPrice") => (Channel::Index(Pace::Seconds3), None),
        (Class::Inverse, "indexPrice@1s") => (Channel::Index(Pace::Second), None),
        (Class::Inverse, _) if rest.starts_with("indexPriceKline_") => {
            // The index of a pair is every contract's: any of them can tell it.
            let of_pair = |market: &MarketId| board.listing(*market).class == class && pair(board.listing(*market)) == subject;
            let any = board.markets().into_iter().find(of_pair)?;
            return Some((Scope::Market(any), bars(Bars::Index, rest.strip_prefix("indexPriceKline_")?, class)?));
        }
        (Class::Options, "optionTrade") => (Channel::OptionTrade, None),
        (Class::Options, "optionMarkPrice") => (Channel::OptionMark, None),
        (Class::Options, _) => match rest.split_once('@')? {
            ("optionTicker", date) => (Channel::OptionTicker, Some(date.to_owned())),
            ("optionOpenInterest", date) => (Channel::OptionInterest, Some(date.to_owned())),
            _ => return None,
        },
        _ => return None,
    };
    // A market of that very name (`btcusd_perp@markPrice`) is not a family.
    let is_family = board.markets().into_iter().map(|market| board.listing(market)).any(|listing| {
        listing.class == class && pair(listing) == subject && date.as_deref().is_none_or(|date| expiry(listing) == Some(date))
    });
    is_family.then(|| (Scope::Family(class, subject.to_owned(), date), channel))
}

fn of_market(class: Class, rest: &str) -> Option<Channel> {
    let is_future = matches!(class, Class::Linear | Class::Inverse);
    Some(match (class, rest) {
        (Class::Spot | Class::Linear | Class::Inverse, "trade") => Channel::Trade,
        (Class::Spot | Class::Linear | Class::Inverse, "aggTrade") => Channel::Aggregate,
        (Class::Spot | Class::Linear | Class::Inverse, "miniTicker") => Channel::MiniTicker,
        (Class::Spot | Class::Linear | Class::Inverse, "ticker") => Channel::Ticker,
        (_, "bookTicker") => Channel::Best,
        (Class::Spot, "avgPrice") => Channel::Average,
        (Class::Spot, "referencePrice") => Channel::Reference,
        (Class::Linear | Class::Inverse, "markPrice") => Channel::Mark(Pace::Seconds3),
        (Class::Linear | Class::Inverse, "markPrice@1s") => Channel::Mark(Pace::Second),
        (Class::Linear | Class::Inverse, "forceOrder") => Channel::Liquidations,
        // There are no orders here that only retail would meet, so both books are one.
        (Class::Linear, "rpiDepth@500ms") => Channel::Depth(Pace::Ms500),
        (Class::Options, "optionTicker") => Channel::OptionTicker,
        (Class::Options, "optionTrade") => Channel::OptionTrade,
        _ => {
            if let Some(window) = rest.strip_prefix("ticker_").filter(|_| class == Class::Spot) {
                return WINDOWS.into_iter().find(|known| *known == window).map(Channel::Window);
            }
            if let Some(interval) = rest.strip_prefix("kline_") {
                return bars(Bars::Last, interval, class);
            }
            if let Some(interval) = rest.strip_prefix("markPriceKline_").filter(|_| is_future) {
                return bars(Bars::Mark, interval, class);
            }
            return depth(class, rest.strip_prefix("depth")?);
        }
    })
}

fn depth(class: Class, rest: &str) -> Option<Channel> {
    let (levels, pace) = rest.split_once('@').unwrap_or((rest, ""));
    let pace = match (class, pace) {
        (Class::Spot, "") => Pace::Second,
        (Class::Linear | Class::Inverse, "" | "250ms") => Pace::Ms250,
        (_, "100ms") => Pace::Ms100,
        (Class::Linear | Class::Inverse | Class::Options, "500ms") => Pace::Ms500,
        (Class::Linear, "0ms") => Pace::Each,
        _ => return None,
    };
    match levels {
        "" => Some(Channel::Depth(pace)),
        "5" => Some(Channel::Partial(5, pace)),
        "10" => Some(Channel::Partial(10, pace)),
        "20" => Some(Channel::Partial(20, pace)),
        _ => None,
    }
}

fn bars(of: Bars, interval: &str, class: Class) -> Option<Channel> {
    let (interval, is_shifted) = match interval.strip_suffix("@+08:00") {
        Some(interval) if class == Class::Spot => (interval, true),
        Some(_) => return None,
        None => (interval, false),
    };
    let interval = INTERVALS.into_iter().find(|known| *known == interval)?;
    Some(Channel::Bars(of, interval, is_shifted))
}

fn continuous(class: Class, subject: &str, board: &dyn Board) -> Option<MarketId> {
    let (of, kind) = subject.split_once('_')?;
    board.markets().into_iter().find(|market| {
        let listing = board.listing(*market);
        listing.class == class && pair(listing) == of && contract_type(*market, board) == kind
    })
}
