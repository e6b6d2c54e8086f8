//! Who wants what, by places: each instrument, each series of bars and each book once, however many experts want it.

use metaexpert_connect::{EngineEvents, SequenceRule};
use metaexpert_core::{InstrumentId, Instruments, UnixNanos};

use super::{Heard, Hearer, Market};
use crate::market::{Wanted, Watcher, bars::Series, book::LiveBook};

/// Everything in its place.
pub(super) struct Placed {
    pub(super) events: EngineEvents,
    pub(super) markets: Vec<Market>,
    pub(super) series: Vec<Heard>,
    pub(super) hearers: Vec<Hearer>,
}

/// Puts everything in its place. `now` is when the present begins.
pub(super) fn placed(watchers: Vec<Watcher>, rule: &'static SequenceRule, now: UnixNanos) -> Placed {
    // Places are the numbers of a collection of our own: names are looked up in the same table as quotes are.
    let mut instruments = Instruments::default();
    let all = watchers.iter().flat_map(|watcher| &watcher.wanted);
    let places: Vec<(String, InstrumentId)> =
        all.map(|wanted| (wanted.listed.name.clone(), instruments.add(wanted.listed.instrument.clone()))).collect();
    let events = EngineEvents::new(places.iter().map(|(name, place)| (name.as_str(), *place)));
    let mut markets: Vec<Market> = Vec::new();
    for (name, place) in &places {
        if markets.len() == place.index() {
            markets.push(Market::new(name));
        }
    }
    let mut placed = Placed { events, markets, series: Vec::new(), hearers: Vec::new() };
    for (number, watcher) in watchers.into_iter().enumerate() {
        placed.add(number, watcher, rule, now);
    }
    placed
}

impl Placed {
    fn add(&mut self, number: usize, watcher: Watcher, rule: &'static SequenceRule, now: UnixNanos) {
        let Watcher { expert, inlet, wanted, timeframe, history } = watcher;
        let start = timeframe.map_or(now, |timeframe| timeframe.open_of(now));
        let mut hearer = Hearer::new(expert, inlet, history, start);
        for wanted in wanted {
            let Some(place) = self.events.instrument(&wanted.listed.name).map(InstrumentId::index) else { continue };
            let Some(market) = self.markets.get_mut(place) else { continue };
            let Wanted { instrument, listed, bars, quotes, public_trades, book, marks } = wanted;
            let one = (number, instrument);
            market.everybody.push(one);
            for (wants, hearing) in
                [(quotes, &mut market.quotes), (public_trades, &mut market.prints), (marks, &mut market.marks)]
            {
                if wants {
                    hearing.push(one);
                }
            }
            if book {
                let tick_size = listed.instrument.rules.tick_size;
                market.book.get_or_insert_with(|| LiveBook::new(rule, tick_size)).add_reader(number, instrument);
            }
            if let Some(timeframe) = timeframe.filter(|_| bars) {
                let series = market.series_of(Some(timeframe)).unwrap_or_else(|| {
                    self.series.push(Heard { bars: Series::new(timeframe, 0, now), place, hearers: Vec::new() });
                    market.series.push((timeframe, self.series.len() - 1));
                    self.series.len() - 1
                });
                hearer.series.push((series, instrument));
                if let Some(heard) = self.series.get_mut(series) {
                    heard.hearers.push(one);
                    heard.bars.needs(history);
                }
            }
        }
        self.hearers.push(hearer);
    }
}
