//! What is asked of the exchange: each request begins at the desk, and goes on as a task of its own that the desk owns.
//!
//! The one decision: a request ends in a [`Done`] that says when it was asked, so that its answer is held against what was known then.

use std::{panic::AssertUnwindSafe, sync::Arc};

use futures_util::FutureExt;
use metaexpert_connect::{
    Exchange, Failure, Report,
    exchange::{Listed, Sent, Written},
    report::{FillReport, OrderReport},
};
use metaexpert_core::{Amendment, ClientOrderId, NewOrder, UnixNanos};
use metaexpert_observe::{measures, traces};
use tokio::{task::JoinSet, time::Instant};

use super::compare::{self, Facts, Plan};
use crate::points;

/// What the exchange answered to a request that changes something.
type Answer = Result<Vec<Report<'static>>, Failure>;

/// A request that has its answer, or never will.
#[derive(Debug)]
pub(super) enum Done {
    Placed {
        id: ClientOrderId,
        answer: Answer,
    },
    Cancelled {
        id: ClientOrderId,
        answer: Answer,
    },
    Amended {
        id: ClientOrderId,
        answer: Answer,
    },
    Found {
        id: ClientOrderId,
        asked: Instant,
        answer: Result<Option<Box<OrderReport>>, Failure>,
    },
    Fetched {
        id: ClientOrderId,
        answer: Result<Vec<FillReport>, Failure>,
    },
    /// An order that no expert here knows was cancelled, or not.
    Swept {
        answer: Answer,
    },
    Compared(Result<Box<Facts>, Failure>),
}

/// The requests that are out.
#[derive(Debug)]
pub(super) struct Requests {
    exchange: Arc<dyn Exchange>,
    label: &'static str,
    out: JoinSet<Done>,
}

impl Requests {
    pub(super) fn new(exchange: Arc<dyn Exchange>) -> Self {
        let label = exchange.profile().exchange;
        Self { exchange, label, out: JoinSet::new() }
    }

    /// The next that is done; never, while none is out.
    pub(super) async fn next(&mut self) -> Option<Done> {
        match self.out.join_next().await {
            Some(Ok(done)) => Some(done),
            // Aborted, with the desk itself.
            Some(Err(_)) => None,
            None => std::future::pending().await,
        }
    }

    /// Takes a request as far as it goes at once, so that requests leave in the order in which they were asked for and none waits for a
    /// task to be woken; the rest is a task of its own. One that panics has its answer too: nobody knows.
    fn spawn(&mut self, lost: Done, request: impl Future<Output = Done> + Send + 'static) {
        let mut request = Box::pin(AssertUnwindSafe(request).catch_unwind().map(|done| done.unwrap_or(lost)));
        // A task that is new is polled, and that time with a waker.
        match (&mut request).now_or_never() {
            Some(done) => self.out.spawn(std::future::ready(done)),
            None => self.out.spawn(request),
        };
    }

    /// `decided` is when the engine handed the order over; `None` where it leaves for the second time.
    pub(super) fn place(&mut self, listed: Listed, order: NewOrder, sent: Sent, decided: Option<Instant>) {
        let (exchange, label) = (Arc::clone(&self.exchange), self.label);
        self.spawn(Done::Placed { id: order.id, answer: Err(panicked("place_order")) }, async move {
            points::hit(points::BEFORE_SEND);
            let asked = Instant::now();
            // Of an order that leaves for the second time the wait before it is no measure of this side's haste.
            let id = order.id;
            let written: Written = Arc::new(move || {
                traces::sent(id);
                if let Some(decided) = decided {
                    measures::sent(label, decided.elapsed());
                }
            });
            let request = exchange.place_noting(&listed, &order, &sent, written);
            let answer = passing_by(request).await;
            measures::answered(label, "place", asked.elapsed());
            points::hit(points::ANSWERED);
            Done::Placed { id: order.id, answer }
        });
    }

    pub(super) fn cancel(&mut self, sent: Sent) {
        let (exchange, label) = (Arc::clone(&self.exchange), self.label);
        self.spawn(Done::Cancelled { id: sent.id, answer: Err(panicked("cancel_order")) }, async move {
            points::hit(points::BEFORE_CANCEL);
            let asked = Instant::now();
            let answer = exchange.cancel(&sent).await;
            measures::answered(label, "cancel", asked.elapsed());
            points::hit(points::CANCELLED);
            Done::Cancelled { id: sent.id, answer }
        });
    }

    pub(super) fn amend(&mut self, listed: Listed, order: NewOrder, sent: Sent, change: Amendment) {
        let (exchange, label) = (Arc::clone(&self.exchange), self.label);
        self.spawn(Done::Amended { id: order.id, answer: Err(panicked("amend_order")) }, async move {
            let asked = Instant::now();
            let answer = exchange.amend(&listed, &order, &sent, &change).await;
            measures::answered(label, "amend", asked.elapsed());
            Done::Amended { id: order.id, answer }
        });
    }

    pub(super) fn find(&mut self, sent: Sent) {
        let exchange = Arc::clone(&self.exchange);
        let lost = Done::Found { id: sent.id, asked: Instant::now(), answer: Err(panicked("query_order")) };
        self.spawn(lost, async move {
            let asked = Instant::now();
            let answer = exchange.find_order(&sent).await.map(|found| found.map(Box::new));
            Done::Found { id: sent.id, asked, answer }
        });
    }

    pub(super) fn fetch(&mut self, sent: Sent, since: UnixNanos) {
        let exchange = Arc::clone(&self.exchange);
        self.spawn(Done::Fetched { id: sent.id, answer: Err(panicked("fills")) }, async move {
            let answer = exchange.fills(&sent.name, since).await;
            Done::Fetched { id: sent.id, answer }
        });
    }

    pub(super) fn sweep(&mut self, sent: Sent) {
        let exchange = Arc::clone(&self.exchange);
        self.spawn(Done::Swept { answer: Err(panicked("cancel_order")) }, async move {
            let answer = exchange.cancel(&sent).await;
            Done::Swept { answer }
        });
    }

    pub(super) fn compare(&mut self, plan: Plan) {
        let exchange = Arc::clone(&self.exchange);
        self.spawn(Done::Compared(Err(panicked("compare"))), async move {
            Done::Compared(compare::gather(&*exchange, plan).await.map(Box::new))
        });
    }
}

/// What is known of a request whose task has panicked.
fn panicked(endpoint: &'static str) -> Failure {
    Failure::Unknown { endpoint, why: "the task that asked has panicked".into() }
}

/// Polls a request once, so that it is under way, and passes the place where it is.
async fn passing_by<T>(mut request: metaexpert_connect::exchange::Asked<'_, T>) -> Result<T, Failure> {
    let first = std::future::poll_fn(|context| std::task::Poll::Ready(request.as_mut().poll(context))).await;
    points::hit(points::AFTER_SEND);
    match first {
        std::task::Poll::Ready(answer) => answer,
        std::task::Poll::Pending => request.await,
    }
}
