//! To an OpenTelemetry collector: OTLP over HTTP, in JSON (opentelemetry.io/docs/specs/otlp, "OTLP/HTTP", read 2026-07).
//!
//! The one decision: traces are worth nothing to the trade, so they cost it nothing: steps go through a queue with an end, a life leaves
//! when it is over, and what a collector does not take is dropped and counted. The protocol is written here and not by its SDK, whose
//! forty crates would serve this one request.

use std::{collections::HashMap, time::Duration};

use metaexpert_core::{ClientOrderId, UnixNanos};
use metaexpert_log::{masked, warning};
use parking_lot::Mutex;
use tokio::{
    runtime::Handle,
    sync::mpsc::{Receiver, Sender, channel},
    task::JoinHandle,
    time::{interval, timeout},
};

use super::{
    Step, Trace,
    span::{Span, request},
};
use crate::notices::{
    Post,
    channel::address,
    wire::{Http, Wire},
};

pub use crate::notices::BadChannel as BadCollector;

/// Steps that wait. An order has some six of them.
const STEPS_MAX: usize = 4_096;
/// Orders that live at a time; more are not followed.
const LIVES_MAX: usize = 10_000;
/// Lives that leave at once.
const BATCH_MAX: usize = 256;
/// How often they leave.
const EVERY: Duration = Duration::from_secs(5);
/// How long the collector may take.
const ANSWER_WITHIN: Duration = Duration::from_secs(10);
/// The path of traces behind the collector's address ("OTLP/HTTP Request").
const PATH: &str = "/v1/traces";

/// What the task is told; nothing where it is to end.
type Note = Option<(ClientOrderId, Step, UnixNanos)>;

/// Follows orders for a collector.
#[derive(Debug)]
pub struct Collector {
    notes: Sender<Note>,
    task: Mutex<Option<JoinHandle<()>>>,
}

impl Collector {
    /// Sends to the collector at this address, such as `http://127.0.0.1:4318`, as this service, on a runtime.
    ///
    /// # Errors
    /// Where the address is none.
    pub fn begin(base: &str, service: &str, runtime: &Handle, log: &slog::Logger) -> Result<Self, BadCollector> {
        let base = address("the collector", base)?;
        let url = format!("{}{PATH}", base.as_str().trim_end_matches('/'));
        let wire = Box::new(Http::new(None, ANSWER_WITHIN)?);
        let (notes, heard) = channel(STEPS_MAX);
        let sending = Sending {
            url,
            service: service.to_owned(),
            wire,
            log: log.clone(),
            living: HashMap::new(),
            over: Vec::new(),
            was_lost: false,
        };
        Ok(Self { notes, task: Mutex::new(Some(runtime.spawn(sending.run(heard)))) })
    }

    /// Sends what is over, and ends: whoever notes something after it notes nothing. A collector that does not answer is waited for
    /// no longer than this.
    pub async fn close(&self, within: Duration) {
        let task = self.task.lock().take();
        let Some(mut task) = task else { return };
        let ends = async {
            // A task that panicked has ended, too.
            let _ = self.notes.send(None).await;
            let _ = (&mut task).await;
        };
        if timeout(within, ends).await.is_err() {
            task.abort();
        }
    }
}

impl Trace for Collector {
    fn note(&self, order: ClientOrderId, step: Step, at: UnixNanos) {
        // Where the queue is full the collector is away, and this step is not told.
        let _ = self.notes.try_send(Some((order, step, at)));
    }
}

struct Sending {
    url: String,
    service: String,
    wire: Box<dyn Wire>,
    log: slog::Logger,
    living: HashMap<ClientOrderId, Span>,
    over: Vec<Span>,
    /// It was said once that the collector does not take them, and not yet that it does again.
    was_lost: bool,
}

impl Sending {
    async fn run(mut self, mut notes: Receiver<Note>) {
        let mut ticks = interval(EVERY);
        loop {
            tokio::select! {
                note = notes.recv() => match note {
                    Some(Some((order, step, at))) => self.hear(order, step, at),
                    Some(None) | None => return self.send_all().await,
                },
                _ = ticks.tick() => self.send_all().await,
            }
        }
    }

    async fn send_all(&mut self) {
        while !self.over.is_empty() {
            self.send().await;
        }
    }

    fn hear(&mut self, order: ClientOrderId, step: Step, at: UnixNanos) {
        if self.living.len() >= LIVES_MAX && !self.living.contains_key(&order) {
            return;
        }
        let span = self.living.entry(order).or_insert_with(|| Span::new(order, at));
        if span.step(step, at) {
            self.over.extend(self.living.remove(&order));
        }
    }

    async fn send(&mut self) {
        let batch: Vec<_> = self.over.drain(..self.over.len().min(BATCH_MAX)).collect();
        let count = batch.len();
        let post = Post { url: self.url.clone(), json: request(&self.service, batch) };
        let why = match self.wire.send(post).await {
            Ok(answer) if (200..300).contains(&answer.status) => {
                self.was_lost = false;
                return;
            }
            Ok(answer) => format!("status {}", answer.status),
            Err(why) => why,
        };
        if !std::mem::replace(&mut self.was_lost, true) {
            warning!(self.log, "traces of {count} orders were lost, and further ones will be: {}", masked(&why); "msgid" => "trace.lost");
        }
    }
}
