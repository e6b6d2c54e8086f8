//! One paper run of one expert: the engine, the risk gate and the simulated venue of a backtest, on a feed that keeps time.
//!
//! The one decision: nothing between feed and account is a paper run's own. Over the same bars, with the history as its warm-up, a
//! backtest sends the same orders at the same simulated times; a test holds it to that.

use metaexpert_core::{
    Error, InstrumentId, Instruments,
    clock::SimulatedClock,
    config::{Config, MarketType},
    context::Setup,
    engine::{Engine, Stopped},
    expert::{DeinitReason, Program},
    journal::Journal,
    log::ExpertLog,
    portfolio::Portfolio,
};
use metaexpert_data::SyntheticBars;
use metaexpert_matching::{Costs, VenueSetup};

use super::{
    clock::MarketClock,
    feed::{PacedFeed, Span},
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
        let mut venue = PaperVenue::new(self.venue());
        let setup = Setup {
            taker_fee: self.fees.taker.fraction(),
            config: self.config,
            instruments: self.instruments,
            main: self.main,
            run: 1,
            log: self.log,
        };
        let Span { timeframe, .. } = self.span;
        let feed = PacedFeed::new(self.markets, self.span, &program.wants().timers, clock);
        let mut engine = Engine::new(program, setup, timeframe, feed, &mut venue, SimulatedClock::default(), journal)?;
        let ended = engine.run();
        let journal = engine.into_ended().journal;
        Ok(Ran { ended, journal, account: venue.account(), closes: venue.closes().saturating_sub(self.span.history()) })
    }

    fn venue(&self) -> VenueSetup {
        VenueSetup {
            instruments: self.instruments.clone(),
            initial_capital: self.config.initial_capital,
            costs: Costs {
                taker: self.fees.taker.fraction(),
                maker: self.fees.maker.fraction(),
                slippage: self.config.slippage_pct.fraction(),
            },
            fill_model: self.config.fill_model,
            limit_fill: self.config.limit_fill,
            on_margin: self.config.market_type != MarketType::Spot,
            timeframe: self.span.timeframe,
        }
    }
}
