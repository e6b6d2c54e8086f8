//! Events that wait, in order; a superseded price leaves its place empty.
//!
//! The one decision: an event's number is its place. To take a price out of the middle is to empty its place, which costs the same
//! however many wait; when more places are empty than taken, all move together.

use std::collections::VecDeque;

use metaexpert_core::{InstrumentId, UnixNanos, feed::Event};

use super::Missed;

type Entry = (Event, Option<UnixNanos>);

/// What an instrument has one of at a time, so that a later one supersedes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Price {
    Quote,
    Mark,
    Index,
}

/// Where the newest price of each kind waits.
type Newest = [Option<u64>; 3];

/// Events that wait.
#[derive(Debug)]
pub(super) struct Waiting {
    room: usize,
    /// So many events wait before prints are dropped.
    most: usize,
    places: VecDeque<Option<Entry>>,
    /// The number of the first place.
    first: u64,
    /// How many places are taken.
    taken: usize,
    /// Of each instrument.
    newest: Vec<Newest>,
    /// What was dropped since somebody asked.
    pub(super) missed: Missed,
    /// Nothing more will come.
    pub(super) has_ended: bool,
    /// The consumer is to be woken.
    pub(super) sleeps: bool,
}

impl Waiting {
    pub(super) const fn new(room: usize, most: usize) -> Self {
        Self {
            room,
            most,
            places: VecDeque::new(),
            first: 0,
            taken: 0,
            newest: Vec::new(),
            missed: Missed::NOTHING,
            has_ended: false,
            sleeps: false,
        }
    }

    #[inline]
    pub(super) fn push(&mut self, event: Event, received: Option<UnixNanos>) {
        if let Some((instrument, price)) = price_of(&event) {
            self.make_way_for(instrument, price);
        } else if self.taken >= self.most && matches!(event, Event::PublicTrade(..)) {
            self.missed.prints += 1;
            return;
        }
        self.places.push_back(Some((event, received)));
        self.taken += 1;
    }

    #[inline]
    pub(super) fn pop(&mut self) -> Option<Entry> {
        loop {
            let entry = self.places.pop_front()?;
            let number = self.first;
            self.first += 1;
            let Some(entry) = entry else { continue };
            self.taken -= 1;
            if let Some((instrument, price)) = price_of(&entry.0)
                && let Some(newest) = self.newest_of(instrument, price).filter(|newest| **newest == Some(number))
            {
                *newest = None;
            }
            return Some(entry);
        }
    }

    pub(super) const fn len(&self) -> usize {
        self.taken
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.taken == 0
    }

    pub(super) const fn is_full(&self) -> bool {
        self.taken >= self.room
    }

    pub(super) const fn has_room(&self) -> bool {
        self.taken <= self.room / 2
    }

    /// A price is about to be put at the end: where there is no room, the one that waits goes.
    #[inline]
    fn make_way_for(&mut self, instrument: InstrumentId, price: Price) {
        if self.newest.len() <= instrument.index() {
            self.newest.resize(instrument.index() + 1, Newest::default());
        }
        let end = self.first + self.places.len() as u64;
        let older = self.newest_of(instrument, price).and_then(|newest| newest.replace(end));
        if let Some(older) = older.filter(|_| self.is_full()) {
            self.supersede(older, price);
        }
    }

    #[inline]
    fn newest_of(&mut self, instrument: InstrumentId, price: Price) -> Option<&mut Option<u64>> {
        self.newest.get_mut(instrument.index())?.get_mut(price as usize)
    }

    #[cold]
    fn supersede(&mut self, older: u64, price: Price) {
        let place = usize::try_from(older - self.first).ok().and_then(|place| self.places.get_mut(place));
        if place.and_then(Option::take).is_some() {
            self.taken -= 1;
            match price {
                Price::Quote => self.missed.quotes += 1,
                Price::Mark | Price::Index => self.missed.marks += 1,
            }
        }
        if self.places.len() > 2 * self.room.max(self.taken) + 1 {
            self.move_together();
        }
    }

    /// Leaves no place empty. What is put next has its number already: it stays the one behind the last place.
    fn move_together(&mut self) {
        let end = self.first + self.places.len() as u64;
        self.places.retain(Option::is_some);
        self.first = end - self.places.len() as u64;
        let Self { places, newest, .. } = self;
        for (number, entry) in (self.first..).zip(places.iter().flatten()) {
            if let Some((instrument, price)) = price_of(&entry.0)
                && let Some(newest) = newest.get_mut(instrument.index()).and_then(|newest| newest.get_mut(price as usize))
                && newest.is_some_and(|at| at < end)
            {
                // Of several that wait, the last is the one to be superseded next.
                *newest = Some(number);
            }
        }
    }

    /// How many places there are, empty ones too.
    #[cfg(test)]
    pub(super) fn places(&self) -> usize {
        self.places.len()
    }
}

/// Which price of which instrument an event is, if it is one.
#[inline]
const fn price_of(event: &Event) -> Option<(InstrumentId, Price)> {
    match event {
        Event::Tick(instrument, _) => Some((*instrument, Price::Quote)),
        Event::Mark(instrument, ..) => Some((*instrument, Price::Mark)),
        Event::Index(instrument, ..) => Some((*instrument, Price::Index)),
        _ => None,
    }
}
