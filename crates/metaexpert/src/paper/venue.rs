//! The venue of a paper run: the simulated one of a backtest, with a beginning and an end of its own.
//!
//! The one decision: at the end of a run nothing is sold, and the next one goes on from there. The data has not ended, only this run over it; what is open stays so
//! and is told of; what waited for the next open is withdrawn, unless orders are to be kept. Whoever wants everything closed does not wait for the next open
//! either: at an exchange that takes a moment, and here it takes the last price there was, with slippage and fee.

use std::{cell::Cell, rc::Rc};

use metaexpert_core::{
    Amendment, Bar, ClientOrderId, Error, InstrumentBar, InstrumentId, NewOrder, Protection, Reason, Request, Result, Timeframe,
    UnixNanos,
    broker::{Answer, Broker, Guards as GuardedBy, Market},
    config::{Config, FillModel, OnStop},
    engine::Resumed,
    journal::Journaled,
    portfolio::Portfolio,
};
use metaexpert_matching::{Venue, VenueSetup};

use super::guards::{Guards, guarded_before};

/// A simulated venue, and what it saw of the market.
#[derive(Debug)]
pub(crate) struct PaperVenue {
    venue: Venue,
    moved_by: MovedBy,
    /// Orders that still stand at the end are those of the next run.
    keeps_orders: bool,
    /// The newest bar of each instrument.
    last: Vec<Option<InstrumentBar>>,
    /// How often bars have closed.
    closes: u64,
    at_once: AtOnce,
    guards: Guards,
    /// The length of bars, and until when they are history: nothing becomes of what an earlier run has left in them.
    bars: (Timeframe, UnixNanos),
}

/// What an account on paper is moved by, and who guards its legs then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum MovedBy {
    /// The venue does, on the way of each bar.
    Bars,
    /// The engine does, as at an exchange: with every quote and print it is there in time. Bars say nothing new.
    Quotes,
}

/// Whether somebody wants everything closed without waiting for the next bar. The feed hears of it, and the venue acts on it.
pub(crate) type AtOnce = Rc<Cell<bool>>;

impl PaperVenue {
    pub(crate) fn new(setup: VenueSetup, on_stop: OnStop) -> Result<Self> {
        let last = setup.account.instruments.iter().map(|_| None).collect();
        let moved_by = match setup.fill_model {
            FillModel::Ohlc | FillModel::Open => MovedBy::Bars,
            FillModel::Ticks | FillModel::Book => MovedBy::Quotes,
        };
        let bars = (setup.timeframe, UnixNanos::MIN);
        let venue = Venue::new(setup).map_err(|unvalued| Error::MarketData(unvalued.to_string()))?;
        Ok(Self {
            venue,
            moved_by,
            // What protects open positions at an exchange outlives the run, whatever becomes of other orders.
            keeps_orders: on_stop == OnStop::Keep || moved_by == MovedBy::Quotes,
            last,
            closes: 0,
            at_once: AtOnce::default(),
            guards: Guards::default(),
            bars,
        })
    }

    /// Goes on from what the last run has left; this one has the number `run`.
    pub(crate) fn resume(&mut self, time: UnixNanos, run: u32, left: &Resumed, config: &Config) {
        if *left != Resumed::default() {
            self.bars.1 = time;
        }
        let (moved_by, unguarded) = (self.moved_by, Protection::default());
        self.venue.resume(time, run, left, |id, side, leg| {
            let guarded = guarded_before(config, left, id, side, leg);
            match moved_by {
                MovedBy::Bars => guarded,
                MovedBy::Quotes => metaexpert_matching::Guarded { protection: unguarded, ..guarded },
            }
        });
        self.show_guards();
    }

    /// To be set by whoever hears that everything is to be closed now.
    pub(crate) fn at_once(&self) -> AtOnce {
        Rc::clone(&self.at_once)
    }

    /// What guards its legs, to be written down.
    pub(crate) fn guards_to_keep(&self) -> Guards {
        self.guards.clone()
    }

    /// Where the engine guards, it writes that down itself.
    fn show_guards(&self) {
        if self.moved_by == MovedBy::Bars {
            self.guards.show(self.venue.guarded());
        }
    }

    /// Lets what waits meet the last price of an instrument once more.
    fn show_last_price(&mut self, instrument: InstrumentId, time: UnixNanos, answers: &mut Vec<Answer>) {
        if let Some(last) = self.last.get(instrument.index()).copied().flatten() {
            let price = last.bar.close;
            let bar = Bar { time, open: price, high: price, low: price, close: price, volume: 0.0 };
            self.venue.observe(Market::Bars(&[InstrumentBar { instrument, bar }]), answers);
            self.show_guards();
        }
    }

    /// How often bars have closed, those of several markets at one time counted once.
    pub(crate) const fn closes(&self) -> u64 {
        self.closes
    }

    /// The account at the last prices.
    pub(crate) fn account(&self) -> Portfolio {
        let mut account = self.venue.account().portfolio().clone();
        for InstrumentBar { instrument, bar } in self.last.iter().flatten() {
            account.set_mark(*instrument, bar.close);
        }
        account
    }
}

/// Borrowed, so that the account outlives the engine.
impl Broker for &mut PaperVenue {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        let NewOrder { instrument, time, reason, .. } = *order.get();
        match self.moved_by {
            MovedBy::Bars => self.venue.submit(order, answers)?,
            MovedBy::Quotes => {
                let order = NewOrder { protection: Protection::default(), ..order.into_inner() };
                self.venue.request(Request::Place(order), time, answers);
            }
        }
        if reason == Reason::RiskHalt && self.at_once.get() {
            self.show_last_price(instrument, time, answers);
        }
        Ok(())
    }

    fn amend(&mut self, amendment: Journaled<Amendment>, answers: &mut Vec<Answer>) -> Result<()> {
        self.venue.amend(amendment, answers)
    }

    fn cancel(&mut self, order: ClientOrderId, answers: &mut Vec<Answer>) -> Result<()> {
        self.venue.cancel(order, answers)
    }

    fn guards(&self) -> GuardedBy {
        match self.moved_by {
            MovedBy::Bars => GuardedBy::Venue,
            MovedBy::Quotes => GuardedBy::Engine,
        }
    }

    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        if let Market::Bars(bars) = market {
            self.closes += 1;
            self.at_once.set(false);
            for bar in bars {
                if let Some(last) = self.last.get_mut(bar.instrument.index()) {
                    *last = Some(*bar);
                }
            }
            let (length, present) = self.bars;
            let is_history = |bar: &InstrumentBar| bar.bar.time.saturating_add_nanos(length.nanos()) <= present;
            if self.moved_by == MovedBy::Quotes || bars.iter().all(is_history) {
                return;
            }
        }
        self.venue.observe(market, answers);
        self.show_guards();
    }

    fn end(&mut self, answers: &mut Vec<Answer>) {
        if !self.keeps_orders {
            self.venue.withdraw(answers);
        }
    }
}
