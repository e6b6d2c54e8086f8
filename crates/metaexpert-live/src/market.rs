//! What experts hear of markets: one set of connections for all experts of a program that trade on the same exchange and product.
//!
//! The one decision: a bar is told of when the exchange says that it has closed, once, and in its place: what is missing between two
//! bars is fetched before the later one is told of.
//!
//! What is known of markets stands in one place (`floor`), behind a lock that whoever reads the streams takes for as long as one report
//! needs (`ear`). It sends nothing: what is to be asked of the exchange is handed to one task (`errands`), which brings the answers
//! back, and lets time pass. So a report reaches its experts on the task that has read it, in the order of the frames.

mod bars; // one series: each closed bar once, in order
mod book; // one order book, and who is behind with it
mod ear; // hears the streams
mod errands; // asks the exchange
mod floor; // what is known, and who hears of it   <- read first
mod groups; // bars that close at the same time
mod history; // what an expert is told before the present
mod letters; // log records
mod time; // the market's time
mod topics; // which streams are needed

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures_util::FutureExt;
use metaexpert_connect::{
    Exchange, Failure,
    exchange::{Listed, StreamNews},
};
use metaexpert_core::{InstrumentId, Timeframe};
use parking_lot::Mutex;
use slog::Logger;
use tokio::{sync::mpsc, task::JoinHandle};

use self::{errands::Errands, floor::Floor};
use crate::Inlet;

/// What one expert wants to hear.
#[derive(Debug)]
pub struct Watcher {
    /// Its name, for logs.
    pub expert: String,
    /// Where it hears it.
    pub inlet: Inlet,
    /// Of which instruments what.
    pub wanted: Vec<Wanted>,
    /// The length of the bars; `None` where it wants none.
    pub timeframe: Option<Timeframe>,
    /// How many closed bars of each instrument come first, as history.
    pub history: usize,
}

/// What an expert wants to hear of an instrument. Only what some handler, rule or guard needs.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a stream of its own, wanted or not")]
pub struct Wanted {
    /// The expert's number of it.
    pub instrument: InstrumentId,
    /// What it is.
    pub listed: Listed,
    /// Bars of the watcher's timeframe.
    pub bars: bool,
    /// Best bid and ask.
    pub quotes: bool,
    /// Prints.
    pub public_trades: bool,
    /// The order book.
    pub book: bool,
    /// Mark and index price.
    pub marks: bool,
}

/// Times and bounds.
#[derive(Debug, Clone, Copy)]
pub struct MarketSettings {
    /// How long nothing may be heard of an instrument before entries are refused; where its quotes are wanted, no quote.
    pub max_data_age: Duration,
    /// How long bars that close at the same time wait for one another.
    pub patience: Duration,
}

/// Listens to markets on behalf of experts, until it is dropped.
#[derive(Debug)]
pub struct MarketDesk(JoinHandle<()>);

impl MarketDesk {
    /// Begins to listen, on the runtime at hand: to each expert its history first, then
    /// [`Event::Present`](metaexpert_core::feed::Event::Present), then what happens.
    ///
    /// # Errors
    /// Where the exchange lacks what is wanted.
    #[expect(clippy::needless_pass_by_value, reason = "whoever starts a desk gives it a log of its own")]
    pub fn start(
        exchange: Arc<dyn Exchange>,
        watchers: Vec<Watcher>,
        settings: MarketSettings,
        log: Logger,
    ) -> Result<Self, Failure> {
        let topics = topics::of(&watchers);
        // As many errands wait as there are series and books, each of which has one at most.
        let (errands, wanted) = mpsc::unbounded_channel();
        let floor = Arc::new(Mutex::new(Floor::new(&*exchange, watchers, settings, errands, &log)));
        let errands = Errands::begin(exchange, topics, Arc::clone(&floor), settings)?;
        Ok(Self(tokio::spawn(async move {
            if AssertUnwindSafe(errands.run(wanted)).catch_unwind().await.is_err() {
                // Nobody listens any more, and nobody would notice that nothing is heard.
                floor.lock().news(&StreamNews::Lost(String::from("whoever listens to markets has panicked")));
            }
        })))
    }
}

impl Drop for MarketDesk {
    fn drop(&mut self) {
        self.0.abort();
    }
}

#[cfg(any(test, feature = "testing"))]
#[expect(clippy::unwrap_used, reason = "for tests and benchmarks, which should stop where they go wrong")]
#[doc(hidden)]
pub mod testing;
#[cfg(test)]
mod tests;
