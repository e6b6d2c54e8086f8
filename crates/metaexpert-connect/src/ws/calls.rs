//! Questions over the socket that wait for their answers.
//!
//! The one decision: whether a question left this machine is remembered, for that decides what its silence means. It is never
//! asked again.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use rustc_hash::FxHashMap;
use tokio::{sync::oneshot, time::Instant};

use crate::Failure;

/// The number of a call, as it stands in its text and in the answer.
pub type CallId = String;

/// Is called once when a question was handed to the socket, on the task that did it: it must not block.
pub type Written = Arc<dyn Fn() + Send + Sync>;

/// A question.
pub(crate) struct Call {
    /// Its name in failures.
    pub(crate) endpoint: &'static str,
    pub(crate) id: CallId,
    pub(crate) text: String,
    pub(crate) answer: oneshot::Sender<Result<Bytes, Failure>>,
    /// Who wants to know when it was written.
    pub(crate) noting: Option<Written>,
}

struct Waiting {
    endpoint: &'static str,
    link: u64,
    written: bool,
    until: Instant,
    answer: oneshot::Sender<Result<Bytes, Failure>>,
    noting: Option<Written>,
}

/// The questions that have no answer yet.
#[derive(Default)]
pub(crate) struct Calls {
    waiting: FxHashMap<CallId, Waiting>,
}

/// Says that a call was not sent. Nobody may listen any more, which is no failure.
pub(crate) fn not_sent(call: Call, why: &str) {
    drop(call.answer.send(Err(Failure::NotSent { endpoint: call.endpoint, why: why.to_owned() })));
}

impl Waiting {
    fn fail(self, why: String) {
        let endpoint = self.endpoint;
        let failure = if self.written { Failure::Unknown { endpoint, why } } else { Failure::NotSent { endpoint, why } };
        drop(self.answer.send(Err(failure)));
    }
}

impl Calls {
    /// Whether a call of this number waits already.
    pub(crate) fn contains(&self, id: &str) -> bool {
        self.waiting.contains_key(id)
    }

    /// Remembers a call that goes over a link; gives its number and text, to be sent.
    pub(crate) fn begin(&mut self, call: Call, link: u64, until: Instant) -> (CallId, String) {
        let Call { endpoint, id, text, answer, noting } = call;
        self.waiting.insert(id.clone(), Waiting { endpoint, link, written: false, until, answer, noting });
        (id, text)
    }

    /// It was given to the socket: from now on nobody can say that it was not sent.
    pub(crate) fn written(&mut self, id: &str) {
        if let Some(waiting) = self.waiting.get_mut(id) {
            waiting.written = true;
            if let Some(noting) = waiting.noting.take() {
                noting();
            }
        }
    }

    /// An answer. `false` if nobody waits for it (any longer).
    pub(crate) fn answered(&mut self, id: &str, bytes: &Bytes) -> bool {
        match self.waiting.remove(id) {
            Some(waiting) => waiting.answer.send(Ok(bytes.clone())).is_ok(),
            None => false,
        }
    }

    /// A link is gone: so are the answers that were to come over it.
    pub(crate) fn link_gone(&mut self, link: u64, why: &str) {
        for (_, waiting) in self.waiting.extract_if(|_, waiting| waiting.link == link) {
            waiting.fail(format!("the connection was lost: {why}"));
        }
    }

    /// Ends those whose time is over; gives link and number of the ones that are not written yet, and now must never be.
    pub(crate) fn expire(&mut self, now: Instant, within: Duration) -> Vec<(u64, CallId)> {
        let mut withdrawn = Vec::new();
        for (id, waiting) in self.waiting.extract_if(|_, waiting| waiting.until <= now) {
            if !waiting.written {
                withdrawn.push((waiting.link, id));
            }
            waiting.fail(format!("no answer within {within:?}"));
        }
        withdrawn
    }

    /// Whether answers are to come over a link.
    pub(crate) fn waits_for(&self, link: u64) -> bool {
        self.waiting.values().any(|waiting| waiting.link == link)
    }

    /// When the next one's time is over.
    pub(crate) fn wake(&self) -> Option<Instant> {
        self.waiting.values().map(|waiting| waiting.until).min()
    }
}
