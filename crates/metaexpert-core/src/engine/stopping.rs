//! The end that a person wants: entries are refused, `on_deinit` is called, and then orders stay, are cancelled, or everything is closed.
//!
//! The one decision: what was asked for is waited for, what the venue knows by then is heard, and no position that wants a stop is left
//! without one. Until all that is so, or the feed ends, handlers are told what became of their orders, so that the journal and what the
//! strategy knows agree; nothing that handlers send leaves any more.

use super::{Engine, Stopped};
use crate::{
    InstrumentBar, Result,
    broker::{Broker, Guards, Market},
    clock::Clock,
    config::OnStop,
    expert::DeinitReason,
    feed::{Event, Feed},
    journal::Journal,
};

/// Whether the venue has told all that it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LastWord {
    Unasked,
    Asked,
    Told,
}

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// Somebody wants the run to end. An expert that has stopped by itself has a reason already.
    pub(super) fn stop(&mut self) {
        self.context.stop.get_or_insert(DeinitReason::UserStop);
        self.begin_to_stop();
    }

    /// Whether orders of the expert are seen to after `on_deinit`. A venue that is simulated sees to them itself where the expert stops.
    pub(super) fn stops_orderly(&mut self) -> bool {
        if self.context.stop.is_some() && self.broker.guards() == Guards::Engine {
            self.begin_to_stop();
        }
        self.stopping
    }

    fn begin_to_stop(&mut self) {
        if !std::mem::replace(&mut self.stopping, true) {
            self.context.desk.gate.switch(Some("the run is being stopped".to_owned()));
        }
    }

    /// After `on_deinit`: does what `on_stop` says, and hears what comes of it.
    pub(super) fn wind_down(&mut self) -> Result<(), Stopped> {
        let on_stop = self.context.desk.config.on_stop;
        self.context.desk.stopping = true;
        self.context.desk.is_history = false;
        if on_stop != OnStop::Keep {
            self.context.desk.cancel_all();
        }
        self.close_what_is_open(on_stop)?;
        self.send_and_tell()?;
        self.journal.settle_written()?;
        let mut last_word = LastWord::Unasked;
        while self.goes_on(on_stop, &mut last_word) {
            let Some(event) = self.feed.next()? else { break };
            if event == Event::LastWord {
                last_word = LastWord::Told;
                continue;
            }
            self.hear_out(event)?;
            self.guard_all()?;
            self.close_what_is_open(on_stop)?;
            self.send_and_tell()?;
            self.journal.settle_written()?;
        }
        self.tell_of_what_is_left();
        Ok(())
    }

    /// Whether anything is still to be heard. The venue is asked for its last word when nothing else is owed: it may know of an execution,
    /// and what that has opened is to be guarded.
    fn goes_on(&mut self, on_stop: OnStop, last_word: &mut LastWord) -> bool {
        if self.is_owed(on_stop) {
            *last_word = LastWord::Unasked;
            return true;
        }
        if *last_word == LastWord::Unasked && self.broker.ask_last_word() {
            *last_word = LastWord::Asked;
        }
        *last_word == LastWord::Asked
    }

    /// Says what somebody has to look after himself until the next run.
    fn tell_of_what_is_left(&self) {
        let desk = &self.context.desk;
        for ((instrument, side), quantity) in desk.bare_legs() {
            desk.log.left_bare(instrument, side, quantity);
        }
        let entries = desk.orders.iter().filter(|order| order.is_entry()).count();
        if entries > 0 && desk.guards.is_some() {
            desk.log.entries_left(entries);
        }
    }

    fn close_what_is_open(&mut self, on_stop: OnStop) -> Result<(), Stopped> {
        if on_stop == OnStop::Flatten { self.close_everything() } else { Ok(()) }
    }

    /// Whether something was asked of the venue that it has not answered, or is still to be asked of it.
    fn is_owed(&self, on_stop: OnStop) -> bool {
        let desk = &self.context.desk;
        if on_stop == OnStop::Flatten && desk.portfolio.open_legs().next().is_some() {
            return true;
        }
        // A simulated venue has answered all that it ever will before the market moves again.
        desk.guards.as_ref().is_some_and(|guards| guards.is_owed())
            || desk.bare_legs().next().is_some()
            || self.broker.guards() == Guards::Engine && desk.orders.has_unanswered()
    }

    /// Lets an event concern the venue and the guards of legs, and not the expert.
    fn hear_out(&mut self, event: Event) -> Result<(), Stopped> {
        let mut moved = None;
        match event {
            Event::Answer(answer) => self.answers.push(answer),
            Event::Bar { bar, more } => {
                self.step.push(bar);
                if !more {
                    let step = self.see_bars();
                    self.hear_answers()?;
                    return if self.is_guarding() { self.guard_bars(&step) } else { Ok(()) };
                }
            }
            Event::Tick(instrument, ref tick) => {
                self.broker.observe(Market::Tick(instrument, tick), &mut self.answers);
                let price = tick.last.unwrap_or(f64::midpoint(tick.bid, tick.ask));
                moved = Some((instrument, tick.time, price));
            }
            Event::PublicTrade(instrument, ref trade) => {
                self.broker.observe(Market::PublicTrade(instrument, trade), &mut self.answers);
                moved = Some((instrument, trade.time, trade.price));
            }
            Event::Book(instrument, ref change) => {
                let Some(book) = self.books.get_mut(instrument.index()) else { return Ok(()) };
                book.apply(change);
                self.broker.observe(Market::Book(instrument, book, change), &mut self.answers);
                let mid = book.mid().filter(|_| change.ends);
                let price = mid.unwrap_or_else(|| self.context.desk.portfolio.mark(instrument));
                moved = change.ends.then_some((instrument, change.time, price));
            }
            Event::Mark(instrument, time, price) => {
                self.broker.observe(Market::Mark(instrument, time, price), &mut self.answers);
            }
            Event::Index(instrument, time, price) => {
                self.broker.observe(Market::Index(instrument, time, price), &mut self.answers);
            }
            Event::Time(time) => {
                self.context.set_now(self.clock.at(time));
                self.broker.observe(Market::Time(time), &mut self.answers);
            }
            Event::Pause(pause) => {
                let guarded = self.guard_paused(&pause);
                self.on_pause(&pause);
                guarded?;
            }
            // From here on prices are those of now. Handlers, timers and limits have nothing to begin any more.
            Event::Present => self.is_history = false,
            Event::KillSwitch(_) | Event::Flatten(_) | Event::Stop | Event::LastWord => {}
        }
        if let Some((instrument, time, price)) = moved {
            self.see_price(instrument, time, price);
            self.hear_answers()?;
            return self.guard_price(instrument, price);
        }
        self.hear_answers()
    }

    fn see_bars(&mut self) -> Vec<InstrumentBar> {
        let step = std::mem::take(&mut self.step);
        let Some(open) = step.first().map(|first| first.bar.time) else { return step };
        self.broker.observe(Market::Bars(&step), &mut self.answers);
        for InstrumentBar { instrument, bar } in &step {
            self.see_price(*instrument, open.saturating_add_nanos(self.timeframe.nanos()), bar.close);
        }
        step
    }

    fn see_price(&mut self, instrument: crate::InstrumentId, time: crate::UnixNanos, price: f64) {
        self.context.set_now(self.clock.at(time));
        self.context.desk.portfolio.set_mark(instrument, price);
    }
}
