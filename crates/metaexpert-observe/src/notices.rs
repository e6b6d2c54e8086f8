//! Messages to people: what has happened, in a sentence, to wherever they look.
//!
//! The one decision: whoever has something to tell never waits and never fails. Each channel has a queue of its own, with an end: where
//! it is full, the oldest message goes, and the next one that arrives says how many did. What comes in bursts comes as one message.

pub(crate) mod channel; // what a channel makes of a message and of an answer
mod delivery; // sent, tried again, given up
mod queue; // what waits to be sent
mod tally; // what a day came to
mod telegram;
mod watcher; // from what the journal is told to what people are   <- read first
mod webhook;
pub(crate) mod wire; // one message out, one answer in

use std::{fmt, sync::Arc, time::Duration};

use metaexpert_core::{
    UnixNanos,
    config::{NoticeKind, ProxyUrl},
};
use tokio::{runtime::Handle, task::JoinHandle};

pub use self::{
    channel::{BadChannel, Channel, Judgement, Post},
    telegram::Telegram,
    watcher::Watcher,
    webhook::Webhook,
};
use self::{
    delivery::Delivery,
    queue::Queue,
    wire::{Http, Wire},
};

/// How long an answer may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);

/// Something to tell people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Of which kind it is.
    pub kind: NoticeKind,
    /// The expert that it is about.
    pub expert: String,
    /// What has happened.
    pub text: String,
    /// When.
    pub time: UnixNanos,
}

/// Whoever tells people. It never blocks.
pub trait Notifier: Send + Sync {
    /// Tells of something, some time soon.
    fn notify(&self, notice: Notice);
}

/// All channels of a program. Clones are the same ones.
#[derive(Clone)]
pub struct Notices {
    queues: Arc<[Arc<Queue>]>,
    tasks: Arc<parking_lot::Mutex<Vec<JoinHandle<()>>>>,
}

impl Notices {
    /// Begins to send what channels are given, on a runtime, through the proxy where there is one. What cannot be delivered is told to
    /// `log`.
    ///
    /// # Errors
    /// Where no connection can be prepared: the system has no certificates that are trusted.
    pub fn begin(
        channels: Vec<Box<dyn Channel>>,
        proxy: Option<&ProxyUrl>,
        runtime: &Handle,
        log: &slog::Logger,
    ) -> Result<Self, BadChannel> {
        let mut queues = Vec::new();
        let mut tasks = Vec::new();
        for channel in channels {
            let queue = Arc::new(Queue::default());
            let wire: Box<dyn Wire> = Box::new(Http::new(proxy, ANSWER_WITHIN)?);
            let delivery = Delivery { channel, queue: Arc::clone(&queue), wire, log: log.clone() };
            tasks.push(runtime.spawn(delivery.run()));
            queues.push(queue);
        }
        Ok(Self { queues: queues.into(), tasks: Arc::new(parking_lot::Mutex::new(tasks)) })
    }

    /// Whether anybody is told anything.
    pub fn is_empty(&self) -> bool {
        self.queues.is_empty()
    }

    /// Ends it when all was sent, or after this long; what was not sent then is lost, and was logged when it happened.
    pub async fn close(&self, within: Duration) {
        self.queues.iter().for_each(|queue| queue.close());
        let tasks = std::mem::take(&mut *self.tasks.lock());
        let ends = async {
            for task in tasks {
                let abort = AbortOnDrop(task.abort_handle());
                // A task that panicked has ended, too.
                let _ = task.await;
                drop(abort);
            }
        };
        // Whoever is not done by then is aborted by being dropped.
        let _ = tokio::time::timeout(within, ends).await;
    }
}

struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

impl Notifier for Notices {
    fn notify(&self, notice: Notice) {
        for queue in self.queues.iter() {
            queue.put(notice.clone());
        }
    }
}

impl fmt::Debug for Notices {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Notices").field("channels", &self.queues.len()).finish_non_exhaustive()
    }
}
