//! One backtest over recorded ticks or order books.
//!
//! The one decision: a report is made of minutes, whatever the run was over. Executions carry their own times; equity is marked at each
//! minute's last price, so that the report of a day of ticks is as long as that of a day of one-minute bars.

use std::sync::Arc;

use metaexpert_core::{
    Error, Instrument, InstrumentId, Instruments, clock::SimulatedClock, config::FillModel, engine::Engine, expert::Program,
};
use metaexpert_data::{BarSeries, MarketInfo, MarketRows};
use metaexpert_matching::{
    latency::{LatencyModel, NoLatency},
    queue::{QueueModel, RiskAverse},
};

use crate::{
    Backtest, BacktestError, Models, Run,
    market_feed::{MarketFeed, Replay, Stretch},
    minutes::{LINE, Sampled},
    recorder::Recorder,
};

impl Backtest {
    /// Runs `program` over recorded ticks, or over order books where `fill_model` is `book`; `series` is not looked at. Each
    /// instrument comes with its rows, the expert's main one first. `progress` is told now and then how many rows are done.
    ///
    /// # Errors
    /// As [`run`](Self::run); and where a row breaks a rule, or has a price that is off its instrument's tick.
    pub fn replay(
        self,
        markets: Vec<(Instrument, Box<dyn MarketRows>)>,
        program: Box<dyn Program>,
        progress: &mut dyn FnMut(u64),
    ) -> Result<Run, BacktestError> {
        // What nobody asked for costs nothing: an engine of its own has not even the branch.
        if self.models == Models::default() {
            return self.replay_with(markets, program, progress, RiskAverse, NoLatency);
        }
        let Models { queue, latency } = self.models.clone();
        self.replay_with(markets, program, progress, queue, latency)
    }

    fn replay_with<Q: QueueModel, L: LatencyModel>(
        self,
        markets: Vec<(Instrument, Box<dyn MarketRows>)>,
        program: Box<dyn Program>,
        progress: &mut dyn FnMut(u64),
        queue: Q,
        latency: L,
    ) -> Result<Run, BacktestError> {
        let replay = if self.config.fill_model == FillModel::Book { Replay::Books } else { Replay::Ticks };
        let mut instruments = Instruments::default();
        let (mut sources, mut infos) = (Vec::new(), Vec::new());
        for (instrument, rows) in markets {
            let id = instruments.add(instrument);
            infos.push((id, rows.info().clone()));
            sources.push((id, rows));
        }
        let Some(&(main, _)) = infos.first() else { return Err(BacktestError::NoData) };

        let mut venue = Sampled::new(self.venue(&instruments, main, LINE, queue, latency)?, replay, instruments.len());
        let stretch = Stretch { start: self.config.backtest_start, end: self.config.backtest_end };
        let markets = sources.into_iter().map(|(id, rows)| (id, instruments.get(id), rows));
        let feed = MarketFeed::new(markets, replay, stretch, progress)?;
        let setup = self.setup(&instruments, main);
        let mut engine = Engine::new(program, setup, None, feed, &mut venue, SimulatedClock::default(), Recorder::default())?;
        engine.before_backtest()?;
        engine.run()?;
        let ended = engine.into_ended();
        let series = minutes(&mut venue, &infos)?;
        self.judged(ended, LINE, instruments, series, main)
    }
}

/// The minutes of every market, for the report.
fn minutes<B>(
    venue: &mut Sampled<B>,
    infos: &[(InstrumentId, MarketInfo)],
) -> Result<Vec<(InstrumentId, Arc<BarSeries>)>, Error> {
    let series = |(id, info): &(InstrumentId, MarketInfo)| {
        let series = venue.series(*id, info).map_err(|error| Error::MarketData(error.to_string()))?;
        Ok((*id, Arc::new(series)))
    };
    infos.iter().map(series).collect()
}
