//! What people want of a run that goes on: no new entries, or everything closed; and what the next run is told of this one.
//!
//! A wish comes as an event, like everything else: no file is looked at and no signal heard here.

use super::{Engine, Stopped};
use crate::{
    broker::Broker,
    clock::Clock,
    expert::DeinitReason,
    feed::{Feed, Then},
    journal::{Journal, Record},
    risk::{Breach, Keeper, RiskState},
};

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Lets the run go on from where an earlier one was, if there was one, and the journal know of what the next one has to be
    /// told: of drawdown, the day's loss and halts, each time that they have changed by a hundredth of their limits, and at the
    /// end. Drawdown and loss are measured though no limit is set.
    pub fn carry_risk(&mut self, earlier: Option<RiskState>) {
        let desk = &mut self.context.desk;
        let equity = desk.portfolio.equity(&desk.instruments);
        if let Some(state) = &earlier {
            self.monitor.resume(state);
            desk.gate.resume(state.halt.clone());
        }
        let (peak, day_start, day_end) = self.monitor.measured_from();
        let begun_with = earlier.unwrap_or(RiskState { equity, peak, day_start, day_end, halt: None });
        self.keeper = Some(Keeper::new(&desk.config, begun_with));
        self.watches_equity = true;
    }

    /// Refuses entries from now on, or allows them again.
    pub(super) fn switch_entries(&mut self, kill_switch: Option<String>) {
        let desk = &mut self.context.desk;
        desk.log.switched(kill_switch.as_deref());
        // What is about to end opens nothing any more, whoever would allow it.
        if self.flattening < Some(Then::Stop) {
            desk.gate.switch(kill_switch);
        }
    }

    /// Closes everything, and whatever an entry that was on its way still opens.
    pub(super) fn flatten(&mut self, then: Then) -> Result<(), Stopped> {
        let now = self.context.now();
        let desk = &mut self.context.desk;
        self.watches_equity = !self.is_history;
        self.watches_presently = true;
        if self.flattening < Some(then) {
            self.flattening = Some(then);
            desk.log.flattening(then);
        }
        match then {
            Then::Halt => {
                if let Some(breach) = desk.gate.halt(Breach::Flattened, now) {
                    desk.log.halted(breach);
                }
            }
            // Not a halt: the next run may trade.
            Then::Stop => desk.gate.switch(Some("the run ends as soon as nothing is open".to_owned())),
        }
        // In history nothing leaves; the first price of the present closes what is open.
        if self.is_history {
            return Ok(());
        }
        // Exits that rest would only stand in the way of that of everything; entries go with the limits.
        self.context.desk.cancel_all();
        self.send_and_tell()?;
        self.check_limits()
    }

    /// Ends the run of which somebody has wanted that, once nothing is open. What still waits is withdrawn with its end.
    pub(super) fn stop_when_flat(&mut self) {
        if self.flattening == Some(Then::Stop) && self.context.desk.portfolio.open_legs().next().is_none() {
            self.context.stop.get_or_insert(DeinitReason::UserStop);
        }
    }

    /// Tells the journal of the limits where that is worth it.
    pub(super) fn tell_of_risk(&mut self) -> Result<(), Stopped> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let (desk, now) = (&self.context.desk, self.context.now());
        if let Some(state) = keeper.news(&self.monitor, desk, now) {
            self.journal.note(now, Record::Risk(state))?;
        }
        Ok(())
    }

    /// Tells the journal of where the limits stand at the end.
    pub(super) fn tell_of_last_risk(&mut self) -> Result<(), Stopped> {
        let Some(keeper) = &mut self.keeper else { return Ok(()) };
        let (desk, now) = (&self.context.desk, self.context.now());
        if let Some(state) = keeper.last_news(&self.monitor, desk, now) {
            self.journal.note(now, Record::Risk(state))?;
        }
        Ok(())
    }
}
