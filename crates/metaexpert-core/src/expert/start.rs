//! What `#[on_init]` is given: the configuration, and what an earlier run has saved.

use std::cell::{Cell, RefCell};

use serde::de::DeserializeOwned;

use super::{Saved, saved::Offered};
use crate::{config::Config, error::Error};

/// What `#[on_init]` is given.
#[derive(Debug)]
pub struct Start<'a> {
    pub(super) config: &'a Config,
    offered: Option<Offered>,
    taken: Cell<bool>,
    /// Why what was offered could not be read. A parameter is there or not; this says why it is not.
    misfit: RefCell<Option<Error>>,
}

impl<'a> Start<'a> {
    pub(super) const fn new(config: &'a Config, offered: Option<Offered>) -> Self {
        Self { config, offered, taken: Cell::new(false), misfit: RefCell::new(None) }
    }

    /// What was saved, as a parameter.
    pub(super) fn take_saved<S: DeserializeOwned>(&self) -> Option<Saved<S>> {
        self.taken.set(self.offered.is_some());
        match Saved::read(self.offered.as_ref()) {
            Ok(saved) => Some(saved),
            Err(error) => {
                *self.misfit.borrow_mut() = Some(error);
                None
            }
        }
    }

    /// Whether there was something, and the handler has taken it.
    pub(super) const fn was_taken(&self) -> bool {
        self.taken.get()
    }

    /// Why what was offered could not be read.
    pub(super) fn take_misfit(&self) -> Option<Error> {
        self.misfit.borrow_mut().take()
    }
}
