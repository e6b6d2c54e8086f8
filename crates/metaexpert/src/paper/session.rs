//! One paper run of one expert: the engine, the risk gate and the simulated venue of a backtest, on a feed that keeps time.
//!
//! The one decision: nothing between feed and account is a paper run's own. Over the same bars, with the history as its warm-up, a
//! backtest sends the same orders at the same simulated times; a test holds it to that.

use metaexpert_core::{
    Error, InstrumentId, Instruments,
    clock::SimulatedClock,
    config::Config,
    context::Setup,
    engine::{Engine, Stopped},
    expert::{DeinitReason, Program},
    journal::Journal,
    log::ExpertLog,
    portfolio::Portfolio,
    risk::{Halt, RiskState},
};
use metaexpert_data::SyntheticBars;
use metaexpert_matching::{AccountSetup, VenueSetup};

use super::{
    clock::MarketClock,
    feed::{PacedFeed, Span},
    risk_file::{Carrying, RiskFile},
    venue::PaperVenue,
};
use crate::venues::Fees;

/// A paper run that is ready to go.
#[derive(Debug)]
pub(crate) struct Session {
    /// The expert's name.
    pub(crate) expert: String,
    /// The configuration in force; its warm-up is the whole history.
    pub(crate) config: Config,
    pub(crate) instruments: Instruments,
    /// The expert's own instrument.
    pub(crate) main: InstrumentId,
    pub(crate) markets: Vec<(InstrumentId, SyntheticBars)>,
    pub(crate) fees: Fees,
    pub(crate) span: Span,
    /// What a reader of the summary must know, in sentences.
    pub(crate) notes: Vec<String>,
    pub(crate) log: ExpertLog,
    /// Where the next run finds what it has to know of this one, and what this one has found there.
    pub(crate) risk: Option<(RiskFile, Option<RiskState>)>,
}

/// What a run has left behind.
#[derive(Debug)]
pub(crate) struct Ran<J> {
    pub(crate) ended: Result<DeinitReason, Stopped>,
    pub(crate) journal: J,
    /// The account at the last prices, positions that are still open included.
    pub(crate) account: Portfolio,
    /// How often bars have closed since the start.
    pub(crate) closes: u64,
    /// Why the next run will not open anything either.
    pub(crate) halt: Option<Halt>,
}

impl Session {
    /// Runs the expert until its market ends, or the wait for a bar does.
    ///
    /// # Errors
    /// Where the expert asks for what its markets do not have.
    pub(crate) fn run<J: Journal>(
        self,
        program: Box<dyn Program>,
        clock: &mut (dyn MarketClock + '_),
        journal: J,
    ) -> Result<Ran<J>, Error> {
        let mut venue = PaperVenue::new(self.venue())?;
        let setup = Setup {
            taker_fee: self.fees.taker.fraction(),
            config: self.config,
            instruments: self.instruments,
            main: self.main,
            run: 1,
            log: self.log,
        };
        let Span { timeframe, .. } = self.span;
        let feed = PacedFeed::new(self.markets, self.span, &program.wants().timers, clock).telling(&venue);
        let (file, earlier) = self.risk.unzip();
        let earlier = earlier.flatten();
        let halt = earlier.as_ref().and_then(|earlier| earlier.halt.clone());
        let journal = Carrying { journal, file, halt };
        let mut engine = Engine::new(program, setup, timeframe, feed, &mut venue, SimulatedClock::default(), journal)?;
        engine.carry_risk(earlier);
        let ended = engine.run();
        let Carrying { journal, halt, .. } = engine.into_ended().journal;
        let closes = venue.closes().saturating_sub(self.span.history());
        Ok(Ran { ended, journal, account: venue.account(), closes, halt })
    }

    fn venue(&self) -> VenueSetup {
        let (maker, taker) = (self.fees.maker.fraction(), self.fees.taker.fraction());
        VenueSetup {
            account: AccountSetup::of(&self.config, &self.instruments, self.main, maker, taker),
            slippage: self.config.slippage_pct.fraction(),
            fill_model: self.config.fill_model,
            limit_fill: self.config.limit_fill,
            timeframe: self.span.timeframe,
        }
    }
}
