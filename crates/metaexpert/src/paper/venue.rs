//! The venue of a paper run: the simulated one of a backtest, with an end of its own.
//!
//! The one decision: at the end of a run nothing is sold. The data has not ended, only this run over it; what is open stays so
//! and is told of, and what waited for the next open is withdrawn.

use metaexpert_core::{
    Amendment, ClientOrderId, InstrumentBar, NewOrder, Result,
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
}

impl PaperVenue {
    pub(crate) fn new(setup: VenueSetup) -> Self {
        let last = setup.instruments.iter().map(|_| None).collect();
        Self { venue: Venue::new(setup), last, closes: 0 }
    }

    /// How often bars have closed, those of several markets at one time counted once.
    pub(crate) const fn closes(&self) -> u64 {
        self.closes
    }

    /// The account at the last prices.
    pub(crate) fn account(&self) -> Portfolio {
        let mut account = self.venue.account().clone();
        for InstrumentBar { instrument, bar } in self.last.iter().flatten() {
            account.set_mark(*instrument, bar.close);
        }
        account
    }
}

/// Borrowed, so that the account outlives the engine.
impl Broker for &mut PaperVenue {
    fn submit(&mut self, order: Journaled<NewOrder>, answers: &mut Vec<Answer>) -> Result<()> {
        self.venue.submit(order, answers)
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
