//! Asks the exchange for what streams do not tell, and brings the answers back; lets time pass on the floor.
//!
//! The one decision: there is one task for all of it, and what it has begun ends with it. Of snapshots of books one is asked for at a time:
//! they are the dearest of all requests for market data; of one book nobody waits for an earlier one than the last. A few requests for bars
//! may be under way at once.

use std::{collections::HashMap, ops::Range, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use metaexpert_connect::{
    Exchange, Failure,
    book_sync::Ask,
    exchange::{Listening, MarketTopic, StreamNews},
    report::DepthReport,
};
use metaexpert_core::{Bar, Timeframe, UnixNanos};
use parking_lot::Mutex;
use tokio::{
    sync::{Semaphore, mpsc::UnboundedReceiver},
    task::{AbortHandle, JoinSet},
    time::{self, MissedTickBehavior},
};

use super::{MarketSettings, ear::Ear, floor::Floor};

/// So many requests for bars are under way at once, at most: enough to hide the way to the exchange, few enough for its limits.
const BARS_AT_ONCE: usize = 4;

/// Before a snapshot is asked for again, where it failed; doubled each time.
const PAUSE: Duration = Duration::from_millis(250);

/// The longest such pause.
const PAUSE_MAX: Duration = Duration::from_secs(10);

/// What is to be done at the exchange.
#[derive(Debug)]
pub(super) enum Errand {
    /// To ask for bars.
    Bars { series: usize, name: String, timeframe: Timeframe, span: Range<UnixNanos>, after: Duration },
    /// To ask for a book.
    Book { place: usize, name: String, ask: Ask },
    /// To listen anew to everything: a stream that tells a whole book at its beginning is to begin again.
    Listen,
}

/// What has come of it.
#[derive(Debug)]
pub(super) enum Answer {
    Bars { series: usize, bars: Result<Vec<Bar>, Failure> },
    Book { place: usize, ask: Ask, book: DepthReport<'static> },
}

/// The task that runs errands.
#[derive(Debug)]
pub(super) struct Errands {
    exchange: Arc<dyn Exchange>,
    topics: Vec<MarketTopic>,
    floor: Arc<Mutex<Floor>>,
    listening: Option<Listening>,
    settings: MarketSettings,
    for_bars: Arc<Semaphore>,
    for_books: Arc<Semaphore>,
    under_way: JoinSet<Answer>,
    /// Of each book, by its place, the question that was asked last.
    books: HashMap<usize, AbortHandle>,
}

impl Errands {
    /// Begins to listen.
    pub(super) fn begin(
        exchange: Arc<dyn Exchange>,
        topics: Vec<MarketTopic>,
        floor: Arc<Mutex<Floor>>,
        settings: MarketSettings,
    ) -> Result<Self, Failure> {
        let mut errands = Self {
            exchange,
            topics,
            floor,
            listening: None,
            settings,
            for_bars: Arc::new(Semaphore::new(BARS_AT_ONCE)),
            for_books: Arc::new(Semaphore::new(1)),
            under_way: JoinSet::new(),
            books: HashMap::new(),
        };
        errands.listen()?;
        Ok(errands)
    }

    /// Runs errands for as long as somebody gives them.
    pub(super) async fn run(mut self, mut wanted: UnboundedReceiver<Errand>) {
        self.floor.lock().begin();
        let shortest = self.settings.patience.min(self.settings.max_data_age) / 4;
        let mut beat = time::interval(shortest.clamp(Duration::from_millis(10), Duration::from_millis(250)));
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                errand = wanted.recv() => match errand {
                    Some(errand) => self.go(errand),
                    None => return,
                },
                // One that was given up, since a later one was asked, brings nothing.
                Some(ended) = self.under_way.join_next(), if !self.under_way.is_empty() => if let Ok(answer) = ended {
                    self.floor.lock().answer(answer);
                },
                _ = beat.tick() => self.floor.lock().pass(),
            }
        }
    }

    fn go(&mut self, errand: Errand) {
        let exchange = Arc::clone(&self.exchange);
        match errand {
            Errand::Bars { series, name, timeframe, span, after } => {
                let turn = Arc::clone(&self.for_bars);
                self.under_way.spawn(async move {
                    time::sleep(after).await;
                    let _turn = turn.acquire().await;
                    // A question whose task panicked is asked again, like every other that was not answered.
                    let asked = AssertUnwindSafe(exchange.bars(&name, timeframe, span)).catch_unwind().await;
                    Answer::Bars { series, bars: asked.unwrap_or_else(|_| Err(panicked("bars"))) }
                });
            }
            Errand::Book { place, name, ask } => {
                let (turn, floor) = (Arc::clone(&self.for_books), Arc::clone(&self.floor));
                let asked = self.under_way.spawn(async move {
                    let book = snapshot(&*exchange, &turn, &floor, &name, ask).await;
                    Answer::Book { place, ask, book }
                });
                // The answer to an earlier one is of no use any more, and it would be asked for until it came.
                if let Some(earlier) = self.books.insert(place, asked) {
                    earlier.abort();
                }
            }
            Errand::Listen => {
                // What comes in between is missed, as where a connection is lost.
                self.listening = None;
                self.floor.lock().news(&StreamNews::Lost(String::from("streams of books begin anew")));
                if let Err(failure) = self.listen() {
                    self.floor.lock().news(&StreamNews::NotConnected(1, failure.to_string()));
                }
            }
        }
    }

    fn listen(&mut self) -> Result<(), Failure> {
        let ear = Box::new(Ear(Arc::clone(&self.floor)));
        self.listening = Some(self.exchange.listen_markets(&self.topics, ear)?);
        Ok(())
    }
}

/// Asks for a book until it is there: the more often in vain, the later.
async fn snapshot(exchange: &dyn Exchange, turn: &Semaphore, floor: &Mutex<Floor>, name: &str, ask: Ask) -> DepthReport<'static> {
    let mut in_vain = ask.in_a_row.saturating_sub(1);
    loop {
        time::sleep(pause(in_vain)).await;
        let failure = {
            let _turn = turn.acquire().await;
            match AssertUnwindSafe(exchange.depth(name)).catch_unwind().await {
                Ok(Ok(book)) => return book,
                Ok(Err(failure)) => failure,
                Err(_) => panicked("depth"),
            }
        };
        floor.lock().book_failed(name, &failure);
        if let Failure::RateLimited { retry_after: Some(wait), .. } = failure {
            time::sleep(wait).await;
        }
        in_vain = in_vain.saturating_add(1);
    }
}

fn panicked(endpoint: &'static str) -> Failure {
    Failure::Unknown { endpoint, why: "the task that asked has panicked".into() }
}

fn pause(in_vain: u32) -> Duration {
    in_vain.checked_sub(1).map_or(Duration::ZERO, |count| PAUSE.saturating_mul(1 << count.min(10)).min(PAUSE_MAX))
}
