//! One backtest: recorded bars, the simulated venue, a simulated clock, and a record in memory.

use std::sync::Arc;

use metaexpert_core::{
    Bar, Funding, Instrument, InstrumentId, Instruments, Percent, Symbol, Timeframe,
    clock::SimulatedClock,
    config::Config,
    context::Setup,
    engine::{Ended, Engine, Stopped},
    expert::Program,
    log::ExpertLog,
};
use metaexpert_data::BarSeries;
use metaexpert_matching::{
    AccountSetup, Detail, FundingRates, Venue, VenueSetup,
    latency::{Latency, LatencyModel, NoLatency},
    queue::{Queue, QueueModel, RiskAverse},
};

use crate::{Charged, Run, Settled, bar_feed::BarFeed, recorder::Recorder, summary_of};

/// What a backtest is made from.
#[derive(Debug)]
pub struct Backtest {
    /// The expert's name.
    pub expert: String,
    /// The configuration in force.
    pub config: Config,
    /// The same as text, key by key, for the report.
    pub shown_config: Vec<(String, String)>,
    /// The author's inputs as text, for the report.
    pub shown_inputs: Vec<(String, String)>,
    /// Each instrument with its bars, the expert's main one first. All bars have the same length.
    pub series: Vec<(Instrument, Arc<BarSeries>)>,
    /// Rates of funding, of each symbol that has some.
    pub funding: Vec<(Symbol, FundingRates)>,
    /// Shorter bars beneath those of `series`, of each symbol that has some.
    pub detail: Vec<(Symbol, Arc<[Bar]>)>,
    /// How a queue moves, and how long anything is on its way: a replay of ticks and books has both, bars have neither.
    pub models: Models,
    /// Fee of a fill that took.
    pub taker_fee: Percent,
    /// Fee of a fill that rested.
    pub maker_fee: Percent,
    /// What the report should say besides the numbers.
    pub notes: Vec<String>,
    /// Where the expert's and the engine's records go.
    pub log: ExpertLog,
}

/// What a replay of ticks or order books models besides the market itself.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Models {
    /// How an order moves through the queue at its price.
    pub queue: Queue,
    /// How long data, requests and answers are on their way.
    pub latency: Latency,
}

/// Why there is no result.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    /// There is nothing to run on.
    #[error("a backtest needs at least one series of bars")]
    NoData,
    /// Two series have bars of different lengths.
    #[error(
        "data: {first} has `{first_length}` bars and {other} has `{other_length}` bars; all series must have the same length"
    )]
    MixedTimeframes {
        /// A symbol.
        first: String,
        /// Its bars' length.
        first_length: Timeframe,
        /// The other symbol.
        other: String,
        /// Its bars' length.
        other_length: Timeframe,
    },
    /// The expert could not be set up.
    #[error(transparent)]
    Setup(#[from] metaexpert_core::Error),
    /// The run ended before its data did.
    #[error(transparent)]
    Stopped(#[from] Stopped),
}

impl Backtest {
    /// Runs `program` over all the bars, and asks it for its own criterion. `progress` is told now and then how many bars are
    /// done.
    ///
    /// # Errors
    /// When the data does not fit the expert, when a handler panics, and when the expert cannot go on.
    pub fn run(self, program: Box<dyn Program>, progress: &mut dyn FnMut(u64)) -> Result<Run, BacktestError> {
        let timeframe = common_timeframe(&self.series)?;
        let mut instruments = Instruments::default();
        let series: Vec<(InstrumentId, Arc<BarSeries>)> =
            self.series.iter().map(|(instrument, bars)| (instruments.add(instrument.clone()), Arc::clone(bars))).collect();
        let Some(&(main, _)) = series.first() else { return Err(BacktestError::NoData) };

        let venue = self.venue(&instruments, main, timeframe, RiskAverse, NoLatency)?;
        let setup = self.setup(&instruments, main);
        let feed = BarFeed::new(series.iter().map(|(id, series)| (*id, series.bars.as_slice())), progress);
        let mut engine = Engine::new(program, setup, timeframe, feed, venue, SimulatedClock::default(), Recorder::default())?;
        engine.before_backtest()?;
        engine.run()?;
        self.judged(engine.into_ended(), timeframe, instruments, series, main)
    }

    /// The record of a run that has ended, with what the expert itself says of it.
    pub(crate) fn judged(
        self,
        mut ended: Ended<Recorder>,
        timeframe: Timeframe,
        instruments: Instruments,
        series: Vec<(InstrumentId, Arc<BarSeries>)>,
        main: InstrumentId,
    ) -> Result<Run, BacktestError> {
        let mut run = self.record(std::mem::take(&mut ended.journal), timeframe, instruments, series, main);
        if ended.has_criterion() {
            let summary = summary_of(&run);
            run.criterion = ended.criterion(&summary)?;
        }
        ended.after_backtest()?;
        Ok(run)
    }

    /// What the engine is told.
    pub(crate) fn setup(&self, instruments: &Instruments, main: InstrumentId) -> Setup {
        Setup {
            config: self.config.clone(),
            instruments: instruments.clone(),
            main,
            taker_fee: self.taker_fee.fraction(),
            run: 1,
            log: self.log.clone(),
        }
    }

    pub(crate) fn venue<Q: QueueModel, L: LatencyModel>(
        &self,
        instruments: &Instruments,
        main: InstrumentId,
        timeframe: Timeframe,
        queue: Q,
        latency: L,
    ) -> Result<Venue<Q, L>, BacktestError> {
        let (maker, taker) = (self.maker_fee.fraction(), self.taker_fee.fraction());
        let setup = VenueSetup {
            account: AccountSetup::of(&self.config, instruments, main, maker, taker),
            slippage: self.config.slippage_pct.fraction(),
            fill_model: self.config.fill_model,
            limit_fill: self.config.limit_fill,
            timeframe,
        };
        let venue = Venue::with_models(setup, queue, latency)
            .map_err(|unvalued| metaexpert_core::Error::MarketData(unvalued.to_string()))?;
        let id = |symbol: &Symbol| instruments.find(symbol);
        let funded = self.funding.iter().filter_map(|(symbol, rates)| Some((id(symbol)?, rates.clone())));
        let venue = funded.fold(venue, |venue, (instrument, rates)| venue.with_funding(instrument, rates));
        let detailed = self.detail.iter().filter_map(|(symbol, bars)| Some((id(symbol)?, Detail::new(Arc::clone(bars)))));
        Ok(detailed.fold(venue, |venue, (instrument, detail)| venue.with_detail(instrument, detail)))
    }

    fn record(
        self,
        recorder: Recorder,
        timeframe: Timeframe,
        instruments: Instruments,
        series: Vec<(InstrumentId, Arc<BarSeries>)>,
        main: InstrumentId,
    ) -> Run {
        let (symbol, currency) = {
            let main = instruments.get(main);
            (main.symbol.clone(), main.settlement.clone())
        };
        // The venue knows funding by its symbol only where there is such an instrument.
        let settled =
            |(after, funding): (usize, Funding)| Some(Settled { after, instrument: instruments.find(&funding.symbol)?, funding });
        let fundings = recorder.fundings.into_iter().filter_map(settled).collect();
        // What is booked in another currency changes no balance of this one.
        let charges = recorder.charges.into_iter().filter(|(_, charge)| charge.amount.currency == currency);
        let charges = charges.map(|(after, charge)| Charged { after, charge }).collect();
        let mut notes = self.notes;
        if let Some(error) = recorder.first_error {
            notes.push(format!("handlers returned errors ({}); the first was: {error}", recorder.errors));
        }
        Run {
            expert: self.expert,
            timeframe,
            symbol,
            instruments,
            series,
            config: self.shown_config,
            inputs: self.shown_inputs,
            initial_capital: self.config.initial_capital,
            currency,
            trades: recorder.trades,
            fundings,
            charges,
            orders: recorder.orders,
            rejected: recorder.rejected,
            errors: recorder.errors,
            criterion: None,
            notes,
        }
    }
}

fn common_timeframe(series: &[(Instrument, Arc<BarSeries>)]) -> Result<Timeframe, BacktestError> {
    let Some((first, first_bars)) = series.first() else { return Err(BacktestError::NoData) };
    match series.iter().find(|(_, bars)| bars.timeframe != first_bars.timeframe) {
        None => Ok(first_bars.timeframe),
        Some((other, bars)) => Err(BacktestError::MixedTimeframes {
            first: first.symbol.to_string(),
            first_length: first_bars.timeframe,
            other: other.symbol.to_string(),
            other_length: bars.timeframe,
        }),
    }
}
