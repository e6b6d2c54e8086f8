//! One paper run of one expert: the engine, the risk gate and the simulated venue of a backtest, on a feed that keeps time.
//!
//! The one decision: nothing between feed and account is a paper run's own. Over the same bars, with the history as its warm-up, a
//! backtest sends the same orders at the same simulated times; a test holds it to that.

use metaexpert_core::{
    Error, InstrumentId, Instruments,
    clock::SimulatedClock,
    config::Config,
    context::Setup,
    engine::{Engine, Resumed, Stopped},
    expert::{DeinitReason, Program},
    journal::Journal,
    log::ExpertLog,
    portfolio::Portfolio,
    risk::RiskState,
};
use metaexpert_matching::{AccountSetup, VenueSetup};
use rust_decimal::Decimal;

use super::{
    bars::Bars,
    clock::MarketClock,
    feed::{PacedFeed, Span},
    risk_file::RiskFile,
    venue::PaperVenue,
};
use crate::{
    journal::{Followed, Told},
    venues::Fees,
};

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
    pub(crate) markets: Vec<(InstrumentId, Bars)>,
    pub(crate) fees: Fees,
    pub(crate) span: Span,
    /// What a reader of the summary must know, in sentences.
    pub(crate) notes: Vec<String>,
    pub(crate) log: ExpertLog,
    /// What an earlier run has left, and the number of this one; `None` where there was none.
    pub(crate) left: Option<(Resumed, u32)>,
    /// Where the next run finds what it has to know of this one, and what this one has found there.
    pub(crate) risk: Option<(RiskFile, Option<RiskState>)>,
}

/// What a run has left behind.
#[derive(Debug)]
pub(crate) struct Ran<J> {
    pub(crate) ended: Result<DeinitReason, Stopped>,
    #[cfg_attr(not(test), expect(dead_code, reason = "what was written is asked for by tests only"))]
    pub(crate) journal: J,
    pub(crate) told: Told,
    /// The account at the last prices, positions that are still open included.
    pub(crate) account: Portfolio,
    /// How often bars have closed since the start.
    pub(crate) closes: u64,
}

impl<J> Ran<J> {
    /// The same without its journal.
    pub(crate) fn without_journal(self) -> Ran<()> {
        let Self { ended, told, account, closes, .. } = self;
        Ran { ended, journal: (), told, account, closes }
    }
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
        let mut venue = PaperVenue::new(self.venue(), self.config.on_stop)?;
        let goes_on = self.left.as_ref().is_some_and(|(left, _)| *left != Resumed::default());
        let run = self.left.as_ref().map_or(1, |(_, run)| *run);
        if let Some((left, run)) = &self.left {
            venue.resume(self.span.start, *run, left, &self.config);
        }
        let setup = Setup {
            taker_fee: self.fees.taker.fraction(),
            config: self.config,
            instruments: self.instruments,
            main: self.main,
            run,
            log: self.log,
        };
        let Span { timeframe, .. } = self.span;
        let feed = PacedFeed::new(self.markets, self.span, &program.wants().timers, clock).telling(&venue).going_on(goes_on);
        let (file, earlier) = self.risk.unzip();
        let earlier = earlier.flatten();
        let halt = earlier.as_ref().and_then(|earlier| earlier.halt.clone());
        let journal = Followed::new(journal, file, halt).writing_guards(venue.guards_to_keep());
        let mut engine = Engine::new(program, setup, timeframe, feed, &mut venue, SimulatedClock::default(), journal)?;
        if let Some((left, _)) = self.left {
            engine.resume(left);
        }
        engine.carry_risk(earlier);
        let ended = engine.run();
        let (journal, told) = engine.into_ended().journal.at_its_end()?;
        // Where the run goes on from an earlier one, the venue has not seen the history.
        let closes = if goes_on { venue.closes() } else { venue.closes().saturating_sub(self.span.history()) };
        Ok(Ran { ended, journal, told, account: venue.account(), closes })
    }

    /// What the account has at the start, all realised and nothing of what is open.
    pub(crate) fn capital(&self) -> Decimal {
        let settlement = &self.instruments.get(self.main).settlement;
        let kept = self.left.iter().flat_map(|(left, _)| &left.balances).find(|money| money.currency == *settlement);
        kept.map_or(self.config.initial_capital, |money| money.amount)
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
