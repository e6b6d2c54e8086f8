//! What is sent of books: the best bid and ask, changes, the first levels.
//!
//! The one decision: changes wait, merged, until their stream's time has come, and carry the numbers of all changes that they are made
//! of; so that each stream, at whatever pace, is a chain without gaps.

use std::collections::BTreeMap;

use metaexpert_core::{Side, UnixNanos};
use rust_decimal::Decimal;

use super::{board::Board, of::Of, registry::State};
use crate::{
    listing::{Class, MarketId},
    news::{LevelChanges, Quote},
};

/// Changes of a book that wait.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Pending {
    ids: (u64, u64),
    previous: u64,
    time: UnixNanos,
    bids: BTreeMap<Decimal, Decimal>,
    asks: BTreeMap<Decimal, Decimal>,
}

impl Pending {
    /// Changes, with those that already wait.
    pub(super) fn merge(waiting: Option<Self>, changes: &LevelChanges) -> Self {
        let mut all = waiting.unwrap_or_else(|| Self {
            ids: changes.ids,
            previous: changes.previous,
            time: changes.time,
            bids: BTreeMap::new(),
            asks: BTreeMap::new(),
        });
        all.ids.1 = changes.ids.1;
        all.time = changes.time;
        all.bids.extend(changes.bids.iter().copied());
        all.asks.extend(changes.asks.iter().copied());
        all
    }

    fn levels(&self) -> [Vec<(Decimal, Decimal)>; 2] {
        let bids = self.bids.iter().rev().map(|(price, quantity)| (*price, *quantity)).collect();
        let asks = self.asks.iter().map(|(price, quantity)| (*price, *quantity)).collect();
        [bids, asks]
    }
}

/// `bookTicker`.
pub(super) fn best(of: &Of<'_>, quote: &Quote) -> String {
    let digits = of.digits();
    let prices = |object: super::wire::Object| {
        object
            .fixed("b", quote.bid.0, digits.price)
            .fixed("B", quote.bid.1, digits.quantity)
            .fixed("a", quote.ask.0, digits.price)
            .fixed("A", quote.ask.1, digits.quantity)
    };
    match of.listing.class {
        Class::Spot => prices(of.object().number("u", quote.update_id).text("s", of.symbol())).end(),
        Class::Linear | Class::Inverse | Class::Options => {
            let head = of.object().text("e", "bookTicker").number("u", quote.update_id).text("s", of.symbol());
            of.tail(prices(head).time("T", quote.time).time("E", of.now)).end()
        }
    }
}

/// `depthUpdate` of what has waited; `None` where nothing has.
pub(super) fn changes(of: &Of<'_>, state: &mut State) -> Option<String> {
    let pending = state.pending.take()?;
    let digits = of.digits();
    let [bids, asks] = pending.levels();
    let previous = state.update_id.replace(pending.ids.1).unwrap_or(pending.previous);
    let head = match of.listing.class {
        Class::Spot => of.event("depthUpdate").text("s", of.symbol()),
        Class::Linear | Class::Inverse | Class::Options => {
            of.tail(of.event("depthUpdate").time("T", pending.time).text("s", of.symbol()))
        }
    };
    let numbered = head.number("U", pending.ids.0).number("u", pending.ids.1);
    let chained = if of.listing.class == Class::Spot { numbered } else { numbered.number("pu", previous) };
    Some(chained.levels("b", &bids, digits).levels("a", &asks, digits).end())
}

/// The first levels of a book; `None` where they have been sent as they are.
pub(super) fn first_levels(of: &Of<'_>, market: MarketId, at_most: u8, state: &mut State, board: &dyn Board) -> Option<String> {
    let update_id = board.update_id(market);
    if state.update_id == Some(update_id) {
        return None;
    }
    let previous = state.update_id.replace(update_id);
    let digits = of.digits();
    let bids = board.levels(market, Side::Buy, usize::from(at_most));
    let asks = board.levels(market, Side::Sell, usize::from(at_most));
    if of.listing.class == Class::Spot {
        let head = of.object().number("lastUpdateId", update_id);
        return Some(head.levels("bids", &bids, digits).levels("asks", &asks, digits).end());
    }
    let previous = previous.unwrap_or_else(|| update_id.saturating_sub(1));
    let time = board.quote(market).map_or(of.now, |quote| quote.time);
    let head = of.tail(of.event("depthUpdate").time("T", time).text("s", of.symbol()));
    let numbered = head.number("U", previous + 1).number("u", update_id).number("pu", previous);
    Some(numbered.levels("b", &bids, digits).levels("a", &asks, digits).end())
}
