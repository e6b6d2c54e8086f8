//! One expert, on its thread: the engine between the queue and whatever fills orders.

use std::sync::Arc;

use metaexpert_core::{
    Error, InstrumentId, Result, UnixNanos, broker::Broker, clock::SimulatedClock, context::Setup, engine::Engine,
    expert::Program,
};
use metaexpert_live::{LiveBroker, LiveFeed};
use metaexpert_log::error;
use metaexpert_matching::{AccountSetup, VenueSetup};
use metaexpert_observe::{Pulse, Watcher};

use super::{expert::Ready, feed::Watched, summary::LiveSummary, watched::Observed};
use crate::{journal::Followed, paper::PaperVenue};

/// What an expert is wired to.
#[derive(Debug)]
pub(super) struct Wired {
    pub(super) feed: Watched<LiveFeed>,
    /// The way to the account; `None` where a simulated venue fills.
    pub(super) broker: Option<LiveBroker>,
    pub(super) observed: Observed,
    /// Who tells people of it.
    pub(super) watcher: Option<Arc<Watcher>>,
    /// Its thread's; `feed` has it too.
    pub(super) pulse: Arc<Pulse>,
    /// Its own instrument.
    pub(super) main: InstrumentId,
    /// When it begins.
    pub(super) start: UnixNanos,
}

impl Ready<'_> {
    /// Runs the expert to its end.
    ///
    /// # Errors
    /// Where it could not begin, or the journal is not whole in the end.
    pub(super) fn run(self, wired: Wired) -> Result<LiveSummary> {
        let Wired { feed, broker, observed, watcher, pulse, main, start } = wired;
        let ran = self.run_on(feed, broker, observed, main, start);
        if let Some(watcher) = &watcher {
            match &ran {
                Ok(summary) => summary.tell(watcher),
                Err(error) => watcher.failed(&error.to_string()),
            }
        }
        // One that has failed has left a thread that is gone.
        if ran.as_ref().is_ok_and(LiveSummary::is_good)
            && let Some(pulse) = Arc::into_inner(pulse)
        {
            pulse.ended();
        }
        ran
    }

    fn run_on(
        self,
        feed: Watched<LiveFeed>,
        broker: Option<LiveBroker>,
        observed: Observed,
        main: InstrumentId,
        start: UnixNanos,
    ) -> Result<LiveSummary> {
        // Made on the thread that it runs on: its state need not be able to change threads.
        let program = self.chosen.start.entry.instantiate(self.chosen.start.inputs.clone())?;
        let summary = LiveSummary::of(&self, main);
        if let Some(broker) = broker {
            return self.run_with(program, feed, broker, observed, main, summary);
        }
        let mut venue = PaperVenue::new(venue(&self, main), self.config.on_stop)?;
        venue.resume(start, self.kept.run, &self.left, &self.config);
        self.run_with(program, feed, &mut venue, observed, main, summary)
    }

    fn run_with(
        self,
        program: Box<dyn Program>,
        feed: Watched<LiveFeed>,
        broker: impl Broker + Journalled,
        observed: Observed,
        main: InstrumentId,
        summary: LiveSummary,
    ) -> Result<LiveSummary> {
        let Self { chosen, config, instruments, taker, timeframe, store, kept, left, risk: (file, earlier), .. } = self;
        let log = chosen.log;
        let halt = earlier.as_ref().and_then(|earlier| earlier.halt.clone());
        let written = store.journal(&instruments).with_comment(broker.comment().as_deref());
        let mut journal = Followed::new(written, Some(file), halt).writing_guards(broker.kept_guards());
        journal.told.legs.clone_from(&left.legs);
        journal.told.balances.clone_from(&left.balances);
        journal.followers.push(Box::new(observed));
        let setup = Setup { config, instruments, main, taker_fee: taker.fraction(), run: kept.run, log: chosen.engine_log };
        let mut engine = Engine::new(program, setup, timeframe, feed, broker, SimulatedClock::default(), journal)?;
        engine.resume(left);
        engine.carry_risk(earlier);
        let ended = engine.run();
        let left = engine.into_ended();
        let equity = left.equity();
        let (_, told) = left.journal.at_its_end()?;
        // What the disk did not take in the end is known here and nowhere else.
        let closed = store.close().map_err(|error| Error::Storage(error.to_string()));
        closed.inspect_err(|error| error!(log, "the journal is not whole"; "msgid" => "journal.unwritten", "error" => #error))?;
        Ok(summary.with(ended, told, equity))
    }
}

/// What a journal has to know of a broker.
trait Journalled {
    /// Guards to be written down for it.
    fn kept_guards(&self) -> crate::paper::Guards;

    /// What stands behind the names of its orders.
    fn comment(&self) -> Option<String>;
}

/// The engine guards, and writes that down itself.
impl Journalled for LiveBroker {
    fn kept_guards(&self) -> crate::paper::Guards {
        crate::paper::Guards::default()
    }

    fn comment(&self) -> Option<String> {
        Self::comment(self).map(str::to_owned)
    }
}

impl Journalled for &mut PaperVenue {
    fn kept_guards(&self) -> crate::paper::Guards {
        self.guards_to_keep()
    }

    fn comment(&self) -> Option<String> {
        None
    }
}

fn venue(ready: &Ready<'_>, main: InstrumentId) -> VenueSetup {
    let (maker, taker) = (ready.maker.fraction(), ready.taker.fraction());
    VenueSetup {
        account: AccountSetup::of(&ready.config, &ready.instruments, main, maker, taker),
        slippage: ready.config.slippage_pct.fraction(),
        fill_model: ready.config.fill_model,
        limit_fill: ready.config.limit_fill,
        timeframe: ready.timeframe,
    }
}
