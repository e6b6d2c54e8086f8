//! An expert that notes when it was called with each quote.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use metaexpert_core::{
    Context, Summary, Timeframe,
    clock::SimulatedClock,
    config::Config,
    context::Setup,
    engine::Engine,
    expert::{Failure, HandlerEvent, Program, TickWant, Wants},
    log::ExpertLog,
};
use metaexpert_live::{
    LiveFeed,
    market::testing::{Nowhere, ids, instruments},
};
use rust_decimal::Decimal;

use crate::nanos;

struct Watch {
    wants: Wants,
    sent: Arc<Vec<AtomicU64>>,
    waited: Rc<RefCell<Vec<u64>>>,
}

impl Program for Watch {
    fn wants(&self) -> &Wants {
        &self.wants
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a quantity that is a number of frames")]
    fn call(&mut self, event: HandlerEvent<'_>, _: &mut Context) -> Result<(), Failure> {
        if let HandlerEvent::Tick { tick, .. } = event {
            let called = nanos();
            let sent = self.sent.get(tick.bid_quantity as usize).unwrap().load(Ordering::Relaxed);
            self.waited.borrow_mut().push(called - sent);
        }
        Ok(())
    }

    fn criterion(&mut self, _: &Summary, _: &mut Context) -> Result<Option<f64>, Failure> {
        Ok(None)
    }
}

/// Runs it until the queue ends; how long each quote took, in nanoseconds.
pub(crate) fn run(feed: LiveFeed, sent: Arc<Vec<AtomicU64>>) -> Vec<u64> {
    let waited = Rc::new(RefCell::new(Vec::with_capacity(sent.len())));
    let wants = Wants { ticks: vec![TickWant { symbol: None }], ..Wants::default() };
    let program = Watch { wants, sent, waited: Rc::clone(&waited) };
    let [main, _] = ids();
    let setup = Setup {
        config: Config::default(),
        instruments: instruments(),
        main,
        taker_fee: Decimal::ZERO,
        run: 1,
        log: ExpertLog::silent(),
    };
    let clock = SimulatedClock::default();
    Engine::new(Box::new(program), setup, Some(Timeframe::H1), feed, Nowhere, clock, Nowhere).unwrap().run().unwrap();
    waited.take()
}
