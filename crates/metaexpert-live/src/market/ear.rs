//! Hears the streams, on the task that reads them.

use std::sync::Arc;

use metaexpert_connect::{
    Report,
    exchange::{Listener, StreamNews},
};
use metaexpert_core::UnixNanos;
use parking_lot::Mutex;

use super::floor::Floor;

/// Takes what comes to the floor, at once: what has to wait for something goes on an errand.
#[derive(Debug)]
pub(super) struct Ear(pub(super) Arc<Mutex<Floor>>);

impl Listener for Ear {
    fn report(&mut self, report: Report<'_>, received: UnixNanos) {
        self.0.lock().report(&report, received);
    }

    fn news(&mut self, news: StreamNews) {
        self.0.lock().news(&news);
    }
}
