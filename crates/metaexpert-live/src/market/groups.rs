//! Bars of one expert that closed at the same time, until all are there or patience is at its end.

use std::{collections::BTreeMap, time::Duration};

use metaexpert_core::{InstrumentBar, InstrumentId, UnixNanos, feed::Event};
use tokio::time::Instant;

/// Bars that wait for others of their time.
#[derive(Debug, Default)]
pub(super) struct Groups(BTreeMap<UnixNanos, Group>);

#[derive(Debug)]
struct Group {
    since: Instant,
    bars: Vec<InstrumentBar>,
}

impl Groups {
    pub(super) fn add(&mut self, bar: InstrumentBar, now: Instant) {
        let group = self.0.entry(bar.bar.time).or_insert_with(|| Group { since: now, bars: Vec::new() });
        group.bars.push(bar);
    }

    /// When the bars of the earliest group opened, and since when they wait.
    pub(super) fn first(&self) -> Option<(UnixNanos, Instant)> {
        self.0.first_key_value().map(|(open, group)| (*open, group.since))
    }

    /// Whether a bar of this instrument waits that opened before a time.
    pub(super) fn hold(&self, instrument: InstrumentId, before: UnixNanos) -> bool {
        self.0.range(..before).any(|(_, group)| group.bars.iter().any(|bar| bar.instrument == instrument))
    }

    /// The bars of the earliest group as one event after the other.
    pub(super) fn take_first(&mut self) -> Vec<Event> {
        self.0.pop_first().map(|(_, group)| events_of(group.bars)).unwrap_or_default()
    }

    /// The times of those groups that have waited for longer than this.
    pub(super) fn overdue(&self, now: Instant, patience: Duration) -> impl Iterator<Item = UnixNanos> {
        self.0.iter().filter(move |(_, group)| now.duration_since(group.since) >= patience).map(|(open, _)| *open)
    }
}

/// Bars as events, those of one time together, each time in the order of the instruments.
pub(super) fn events_of(mut bars: Vec<InstrumentBar>) -> Vec<Event> {
    bars.sort_by_key(|bar| (bar.bar.time, bar.instrument.index()));
    let next_times = bars.iter().skip(1).map(|bar| Some(bar.bar.time)).chain([None]).collect::<Vec<_>>();
    bars.into_iter().zip(next_times).map(|(bar, next)| Event::Bar { more: next == Some(bar.bar.time), bar }).collect()
}
