//! What was and what is: an earlier run that this one goes on from, history before the present, and times in which what is known is not
//! good enough to trade by.

use super::{Engine, Resumed, Stopped};
use crate::{
    Result,
    broker::Broker,
    clock::Clock,
    feed::{Feed, Pause, PauseCause},
    journal::Journal,
};

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Goes on from what an earlier run has left: positions, balances and orders are there in `on_init`, and the strategy's state is
    /// offered to it. Comes before [`carry_risk`](Self::carry_risk) and [`run`](Self::run); drawdown and the day's loss begin with what
    /// the account has, unless they are carried.
    pub fn resume(&mut self, resumed: Resumed) {
        let resumed = self.resume_guards(resumed);
        let Resumed { balances, legs, orders, state, .. } = resumed;
        self.context.desk.log.resumed(legs.len(), orders.len(), state.is_some());
        self.context.desk.resume(&balances, &legs, orders);
        let desk = &self.context.desk;
        self.monitor.begin_with(desk.portfolio.equity(&desk.instruments));
        self.saving.offered = state;
    }

    /// What is told from here on is history, where the feed has one: no order leaves, no timer is due and no limit is looked at.
    pub(super) fn begin_history(&mut self) {
        if !self.feed.begins_with_history() {
            return;
        }
        self.is_history = true;
        self.context.desk.is_history = true;
        self.timers.hold();
        self.watches_presently = std::mem::take(&mut self.watches_equity);
    }

    /// History is over.
    pub(super) fn come_to_the_present(&mut self) -> Result<(), Stopped> {
        if !std::mem::take(&mut self.is_history) {
            return Ok(());
        }
        self.context.desk.come_to_the_present();
        self.timers.begin();
        self.watches_equity |= self.watches_presently;
        self.save_state()
    }

    /// Entries are refused from now on, or no longer.
    pub(super) fn on_pause(&mut self, pause: &Pause) {
        let is_compared = pause.cause == PauseCause::Reconciling && pause.since.is_none();
        let instrument = pause.instrument;
        self.pause(pause);
        // What was disputed has been compared with the venue.
        for instrument in if is_compared { self.context.desk.gate.disputed(instrument) } else { Vec::new() } {
            self.pause(&Pause { instrument, cause: PauseCause::Disputed, since: None });
        }
    }

    pub(super) fn pause(&mut self, pause: &Pause) {
        let now = self.context.now();
        let desk = &mut self.context.desk;
        let held = desk.gate.pause(pause.clone());
        desk.log.paused(pause, held.as_ref(), now);
    }
}
