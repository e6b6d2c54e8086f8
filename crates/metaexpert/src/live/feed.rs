//! The events of an expert, and who looks on: health. (Events are counted where they come out of the queue.)

use std::sync::Arc;

use metaexpert_core::{
    Instruments, Result,
    feed::{Event, Feed, PauseCause},
};
use metaexpert_observe::{Health, Need, Pulse};

/// A feed that is looked at.
#[derive(Debug)]
pub(super) struct Watched<F> {
    pub(super) feed: F,
    pub(super) expert: String,
    pub(super) instruments: Instruments,
    pub(super) health: Health,
    pub(super) pulse: Arc<Pulse>,
}

impl<F> Watched<F> {
    fn look(&self, event: &Event) {
        match event {
            Event::Present => self.health.met(&self.expert, Need::Market),
            Event::Pause(pause) => {
                let symbol = pause.instrument.map(|id| self.instruments.get(id).symbol.to_string());
                self.health.pause(&self.expert, pause, symbol.as_deref());
                if pause.cause == PauseCause::Reconciling && pause.since.is_none() {
                    self.health.met(&self.expert, Need::Compared);
                }
            }
            _ => {}
        }
    }
}

impl<F: Feed> Feed for Watched<F> {
    fn next(&mut self) -> Result<Option<Event>> {
        self.pulse.rest();
        let event = self.feed.next();
        self.pulse.beat();
        if let Ok(Some(event)) = &event {
            self.look(event);
        }
        event
    }

    fn begins_with_history(&self) -> bool {
        self.feed.begins_with_history()
    }
}
