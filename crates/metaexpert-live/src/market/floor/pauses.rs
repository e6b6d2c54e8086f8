//! When entries are to wait: streams that are lost, instruments of which nothing is heard.
//!
//! The one decision: that something was heard costs a report one flag. Time is looked at when time passes, so that an age is known to a
//! quarter of a second, and what is told is never too early.

use std::time::Duration;

use metaexpert_core::{
    InstrumentId, UnixNanos,
    feed::{Event, Pause, PauseCause},
};
use metaexpert_observe::measures;
use tokio::time::Instant;

use super::{Floor, Hearer};

/// How the streams are.
#[derive(Debug)]
pub(super) struct Line {
    is_connected: bool,
    was_connected: bool,
    /// When it came about.
    since: UnixNanos,
}

impl Line {
    pub(super) const fn new() -> Self {
        Self { is_connected: false, was_connected: false, since: UnixNanos::MIN }
    }
}

impl Floor {
    /// Something else than a quote was heard of an instrument. Where its quotes are wanted only they count: other streams may come over
    /// another connection, and while they go on, entries would be made at a price that stands still.
    #[inline]
    pub(super) fn hear_of(&mut self, place: usize) {
        if self.markets.get(place).is_some_and(|market| market.quotes.is_empty()) {
            self.hear_price_of(place);
        }
    }

    /// What entries in an instrument go by was heard.
    #[inline]
    pub(super) fn hear_price_of(&mut self, place: usize) {
        let Some(market) = self.markets.get_mut(place) else { return };
        market.is_heard = true;
        if market.is_stale {
            self.end_silence(place);
        }
    }

    #[cold]
    fn end_silence(&mut self, place: usize) {
        if let Some(market) = self.markets.get_mut(place) {
            market.is_stale = false;
            market.heard_at = Instant::now();
            self.letters.heard_again(&market.name);
        }
        self.tell_pause(place, PauseCause::Stale, None);
    }

    /// Says of which instruments nothing was heard for too long. Where there is no stream, that is known already.
    pub(super) fn look_for_silence(&mut self, now: Instant) {
        let longest = self.settings.max_data_age;
        let mut silent = Vec::new();
        for (place, market) in self.markets.iter_mut().enumerate() {
            if std::mem::take(&mut market.is_heard) || !self.line.is_connected {
                market.heard_at = now;
            }
            let age = now.duration_since(market.heard_at);
            if age > longest && !market.is_stale && !market.everybody.is_empty() {
                market.is_stale = true;
                self.letters.stale(&market.name, age);
                silent.push((place, age));
            }
        }
        for (place, age) in silent {
            let since = self.time.now().saturating_add_nanos(-nanos(age));
            self.tell_pause(place, PauseCause::Stale, Some(since));
        }
    }

    pub(super) fn on_connected(&mut self) {
        if self.line.was_connected {
            measures::reconnected(self.exchange, "market");
        }
        (self.line.is_connected, self.line.was_connected) = (true, true);
        self.letters.connected();
        let (now, at) = (Instant::now(), self.time.now());
        self.line.since = at;
        self.markets.iter_mut().for_each(|market| market.heard_at = now);
        for series in 0..self.series.len() {
            if let Some(heard) = self.series.get_mut(series) {
                heard.bars.catch_up(at);
            }
            self.ask_for_bars(series);
        }
        self.look_whether_caught_up();
    }

    pub(super) fn on_lost(&mut self, why: &str) {
        self.letters.lost(why);
        self.line.is_connected = false;
        let now = self.time.now();
        for place in 0..self.markets.len() {
            self.cut_book(place, now);
        }
        self.lose_all(now);
    }

    /// Lets entries go on in those instruments of which nothing is missing that the exchange has, once streams are there.
    pub(super) fn look_whether_caught_up(&mut self) {
        if !self.line.is_connected {
            return;
        }
        let mut is_over = false;
        for place in 0..self.markets.len() {
            if self.is_lost(place) && !self.is_behind(place) {
                is_over = true;
                if let Some(market) = self.markets.get_mut(place) {
                    market.lost = None;
                }
                self.tell_pause(place, PauseCause::Unreachable, None);
            }
        }
        if is_over && self.markets.iter().all(|market| market.lost.is_none()) {
            self.letters.caught_up();
        }
    }

    /// Whether something of what an expert hears may have been missed, and is not there yet.
    pub(super) fn waits_for_lost(&self, hearer: &Hearer) -> bool {
        let mut series = hearer.series.iter().filter_map(|(series, _)| self.series.get(*series));
        series.any(|heard| self.is_lost(heard.place))
    }

    fn is_lost(&self, place: usize) -> bool {
        self.markets.get(place).is_some_and(|market| market.lost.is_some())
    }

    /// Whether bars of an instrument are missing, or some that closed while there was no stream wait for others to be told with.
    fn is_behind(&self, place: usize) -> bool {
        let numbers = self.markets.get(place).into_iter().flat_map(|market| &market.series);
        let mut series = numbers.filter_map(|(_, series)| self.series.get(*series)).filter(|heard| !heard.hearers.is_empty());
        let waits = |(hearer, instrument): &(usize, InstrumentId)| {
            self.hearers.get(*hearer).is_some_and(|hearer| hearer.groups.hold(*instrument, self.line.since))
        };
        series.any(|heard| heard.bars.is_behind() || heard.hearers.iter().any(waits))
    }

    /// Entries wait everywhere, where they do not yet.
    fn lose_all(&mut self, now: UnixNanos) {
        for place in 0..self.markets.len() {
            if let Some(market) = self.markets.get_mut(place).filter(|market| market.lost.is_none()) {
                market.lost = Some(now);
                self.tell_pause(place, PauseCause::Unreachable, Some(now));
            }
        }
    }

    /// What an expert whose present begins is to know.
    pub(super) fn pauses_of(&mut self, hearer: usize) -> Vec<Event> {
        if !self.line.is_connected {
            // Nothing was connected yet, or nothing is any more, which is known then.
            self.lose_all(self.time.now());
        }
        let mut pauses = Vec::new();
        for market in &self.markets {
            for (_, instrument) in market.everybody.iter().filter(|(of, _)| *of == hearer) {
                if market.lost.is_some() {
                    pauses.push(event(*instrument, PauseCause::Unreachable, market.lost));
                }
                if market.is_stale {
                    let since = self.time.at(market.heard_at);
                    pauses.push(event(*instrument, PauseCause::Stale, Some(since)));
                }
            }
        }
        pauses
    }

    fn cut_book(&mut self, place: usize, now: UnixNanos) {
        let Self { markets, hearers, .. } = self;
        if let Some(book) = markets.get_mut(place).and_then(|market| market.book.as_mut()) {
            book.cut(now);
            book.tell(None, |hearer| hearers.get(hearer).and_then(Hearer::inlet));
        }
    }

    fn tell_pause(&self, place: usize, cause: PauseCause, since: Option<UnixNanos>) {
        for (inlet, instrument) in self.hearing(place) {
            inlet.tell(event(instrument, cause, since));
        }
    }
}

const fn event(instrument: InstrumentId, cause: PauseCause, since: Option<UnixNanos>) -> Event {
    Event::Pause(Pause { instrument: Some(instrument), cause, since })
}

fn nanos(duration: Duration) -> i64 {
    i64::try_from(duration.as_nanos()).unwrap_or(i64::MAX)
}
