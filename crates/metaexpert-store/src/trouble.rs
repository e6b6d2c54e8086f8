//! What stands between the journal and its disk, for whoever asks from another thread.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

/// What went wrong last, and whether it is over with the journal.
#[derive(Debug, Default)]
pub(crate) struct Trouble {
    said: Mutex<Option<String>>,
    is_end: AtomicBool,
}

impl Trouble {
    /// What the disk said, as long as it does not take what was told.
    pub(crate) fn said(&self) -> Option<String> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The disk does not take it now; it may later.
    pub(crate) fn meet(&self, said: String) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = Some(said);
    }

    /// The disk has taken all.
    pub(crate) fn over(&self) {
        *self.said.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Nothing will be written any more, for this reason.
    pub(crate) fn end_with(&self, said: String) {
        self.meet(said);
        self.is_end.store(true, Ordering::Release);
    }

    /// Why nothing will be written any more, if that is so.
    pub(crate) fn end(&self) -> Option<String> {
        self.is_end.load(Ordering::Acquire).then(|| self.said().unwrap_or_default())
    }

    /// Why nobody writes any more.
    pub(crate) fn why_ended(&self) -> String {
        self.end().unwrap_or_else(|| "it is closed".into())
    }
}
