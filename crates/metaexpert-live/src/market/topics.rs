//! Which streams are needed: each once, however many experts want it.

use std::collections::HashSet;

use metaexpert_connect::exchange::MarketTopic;

use super::{Wanted, Watcher};

/// The topics of all watchers, in the order in which they were first wanted.
pub(super) fn of(watchers: &[Watcher]) -> Vec<MarketTopic> {
    let mut seen = HashSet::new();
    let all = watchers.iter().flat_map(|watcher| watcher.wanted.iter().flat_map(|wanted| of_one(watcher, wanted)));
    all.filter(|topic| seen.insert(topic.clone())).collect()
}

fn of_one(watcher: &Watcher, wanted: &Wanted) -> impl Iterator<Item = MarketTopic> {
    let name = || wanted.listed.name.clone();
    [
        wanted.quotes.then(|| MarketTopic::Quotes(name())),
        wanted.public_trades.then(|| MarketTopic::PublicTrades(name())),
        wanted.book.then(|| MarketTopic::Book(name())),
        watcher.timeframe.filter(|_| wanted.bars).map(|timeframe| MarketTopic::Bars(name(), timeframe)),
        wanted.marks.then(|| MarketTopic::Marks(name())),
    ]
    .into_iter()
    .flatten()
}
