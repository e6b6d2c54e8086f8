//! The venue of a paper run: the simulated one of a backtest, with an end of its own.
//!
//! The one decision: at the end of a run nothing is sold. The data has not ended, only this run over it; what is open stays so
//! and is told of, and what waited for the next open is withdrawn. Whoever wants everything closed does not wait for the next open
//! either: at an exchange that takes a moment, and here it takes the last price there was, with slippage and fee.

use std::{cell::Cell, rc::Rc};

use metaexpert_core::{
    Amendment, Bar, ClientOrderId, Error, InstrumentBar, InstrumentId, NewOrder, Reason, Result, UnixNanos,
    broker::{Answer, Broker, Market},
    journal::Journaled,
    portfolio::Portfolio,
};
use metaexpert_matching::{Venue, VenueSetup};

/// A simulated venue, and what it saw of the market.
#[derive(Debug)]
pub(crate) struct PaperVenue {
    venue: Venue,
    /// The newest bar of each instrument.
    last: Vec<Option<InstrumentBar>>,
    /// How often bars have closed.
    closes: u64,
    at_once: AtOnce,
}

/// Whether somebody wants everything closed without waiting for the next bar. The feed hears of it, and the venue acts on it.
pub(crate) type AtOnce = Rc<Cell<bool>>;

impl PaperVenue {
    pub(crate) fn new(setup: VenueSetup) -> Result<Self> {
        let last = setup.account.instruments.iter().map(|_| None).collect();
        let venue = Venue::new(setup).map_err(|unvalued| Error::MarketData(unvalued.to_string()))?;
        Ok(Self { venue, last, closes: 0, at_once: AtOnce::default() })
    }

    /// To be set by whoever hears that everything is to be closed now.
    pub(crate) fn at_once(&self) -> AtOnce {
        Rc::clone(&self.at_once)
    }

    /// Lets what waits meet the last price of an instrument once more.
    fn show_last_price(&mut self, instrument: InstrumentId, time: UnixNanos, answers: &mut Vec<Answer>) {
        if let Some(last) = self.last.get(instrument.index()).copied().flatten() {
            let price = last.bar.close;
            let bar = Bar { time, open: price, high: price, low: price, close: price, volume: 0.0 };
            self.venue.observe(Market::Bars(&[InstrumentBar { instrument, bar }]), answers);
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
        self.venue.submit(order, answers)?;
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

    fn observe(&mut self, market: Market<'_>, answers: &mut Vec<Answer>) {
        if let Market::Bars(bars) = market {
            self.closes += 1;
            self.at_once.set(false);
            for bar in bars {
                if let Some(last) = self.last.get_mut(bar.instrument.index()) {
                    *last = Some(*bar);
                }
            }
        }
        self.venue.observe(market, answers);
    }

    fn end(&mut self, answers: &mut Vec<Answer>) {
        self.venue.withdraw(answers);
    }
}
