//! One expert that hears of markets.

use metaexpert_core::{InstrumentId, UnixNanos, feed::Event};
use metaexpert_observe::measures;
use tokio::time::Instant;

use super::COMPLAINS_EVERY;
use crate::{
    Inlet,
    market::{groups::Groups, letters::Letters},
    queue::Missed,
};

/// One expert that hears of markets.
#[derive(Debug)]
pub(super) struct Hearer {
    pub(super) expert: String,
    inlet: Inlet,
    stage: Stage,
    /// How many bars of each instrument it is told of as history.
    pub(super) history: usize,
    /// When the first bar of its present opens.
    pub(super) start: UnixNanos,
    /// Its bars, and its numbers of their instruments.
    pub(super) series: Vec<(usize, InstrumentId)>,
    pub(super) groups: Groups,
    /// What it has missed, and nobody was told of.
    missed: Missed,
    /// How many times it was told that a book is gone, since it was too slow for it.
    books_gone: u64,
    complained: Option<Instant>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Its history is not there yet.
    Waiting,
    Present,
    Left,
}

impl Hearer {
    pub(super) fn new(expert: String, inlet: Inlet, history: usize, start: UnixNanos) -> Self {
        let (stage, series, groups) = (Stage::Waiting, Vec::new(), Groups::default());
        Self { expert, inlet, stage, history, start, series, groups, missed: Missed::NOTHING, books_gone: 0, complained: None }
    }

    /// Its queue, as long as it is in the present and listens.
    #[inline]
    pub(super) fn inlet(&self) -> Option<&Inlet> {
        (self.stage == Stage::Present).then_some(&self.inlet)
    }

    pub(super) fn is_waiting(&self) -> bool {
        self.stage == Stage::Waiting
    }

    /// Its present begins with these.
    pub(super) fn begin(&mut self, events: Vec<Event>) {
        self.stage = Stage::Present;
        self.inlet.tell_all(events);
    }

    /// Tells of bars whose group is whole. `is_past` says whether a series has been told of up to a time.
    pub(super) fn tell_whole_groups(&mut self, received: Option<UnixNanos>, is_past: impl Fn(usize, UnixNanos) -> bool) {
        while let Some((open, _)) = self.groups.first() {
            if !self.series.iter().all(|(series, _)| is_past(*series, open)) {
                return;
            }
            let bars = self.groups.take_first();
            self.inlet.markets(bars, received);
        }
    }

    /// Tells of the bars of that time, and of those before, although others are missing.
    pub(super) fn tell_groups_until(&mut self, last: UnixNanos) {
        while self.groups.first().is_some_and(|(open, _)| open <= last) {
            let bars = self.groups.take_first();
            self.inlet.tell_all(bars);
        }
    }

    pub(super) fn has_just_left(&self) -> bool {
        self.stage != Stage::Left && self.inlet.is_left()
    }

    pub(super) fn leave(&mut self) {
        self.stage = Stage::Left;
        self.groups = Groups::default();
    }

    /// It was too slow for so many books, and was told that they are gone.
    pub(super) const fn miss_books(&mut self, count: u64) {
        self.books_gone += count;
    }

    /// Says what it was too slow for, seldom.
    pub(super) fn complain_of_overload(&mut self, now: Instant, letters: &Letters) {
        let Missed { quotes, marks, prints } = self.inlet.missed();
        if quotes > 0 {
            measures::superseded(&self.expert, quotes);
        }
        self.missed.quotes += quotes;
        self.missed.marks += marks;
        self.missed.prints += prints;
        let is_due = self.complained.is_none_or(|last| now.duration_since(last) >= COMPLAINS_EVERY);
        if is_due && (self.missed != Missed::NOTHING || self.books_gone > 0) {
            letters.overloaded(&self.expert, std::mem::take(&mut self.missed), std::mem::take(&mut self.books_gone));
            self.complained = Some(now);
        }
    }
}
