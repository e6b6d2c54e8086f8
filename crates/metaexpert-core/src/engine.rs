//! The engine: one way for every event, in every mode.
//!
//! feed -> clock -> market (the broker sees it move) -> account marks -> limits -> bar builders -> dispatcher -> handler,
//! and back: handler -> desk (sizing, risk gate) -> journal -> broker -> answers -> handlers.
//!
//! The one decision: the engine asks for no mode. Feed, broker, clock and journal make the difference.

mod answers; // what is sent, and what the venue answers
mod bar_builder; // longer timeframes from shorter ones
mod calling_off; // what is not wanted any more after an execution
mod closing; // everything closed, as far as the venue lets it be
mod ended; // what is left of a run
mod guarding; // legs that the engine guards
mod halting; // entries refused, everything closed, because people want it
mod moves; // ticks, prints, books and reference prices
mod presence; // what an earlier run has left, history, and pauses
mod resumed; // what an earlier run has left
mod routes; // which handler gets which bar
mod saving; // the strategy's own state
mod stopped; // what ends a run before its data does
mod stopping; // the end that a person wants
mod timers; // on_timer
mod writing; // what is written to the journal, and settled

use std::fmt;

use crate::{
    Bar, Book, Context, Error, InstrumentBar, Result, Timeframe, UnixNanos,
    broker::{Answer, Broker, Market},
    clock::Clock,
    config::OnBreach,
    context::Setup,
    expert::{DeinitReason, Failure, HandlerEvent, Program},
    feed::{Event, Feed, Then},
    journal::{Journal, Record},
    log::About,
    risk::{Keeper, Monitor},
};
pub(crate) use bar_builder::BarBuilder;
use closing::Closing;
pub use ended::Ended;
pub use resumed::{Resumed, Standing};
use routes::Routes;
use saving::Saving;
pub use stopped::Stopped;
use timers::Timers;
use writing::Writing;

/// Drives one expert. Generic over where events come from, where orders go, what time it is, and what is kept.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked at its own step of an event, and none of them depends on another"
)]
pub struct Engine<F, B, C, J> {
    feed: F,
    broker: B,
    clock: C,
    journal: Writing<J>,
    program: Box<dyn Program>,
    context: Context,
    routes: Routes,
    timers: Timers,
    monitor: Monitor,
    /// The order book of each instrument.
    books: Vec<Book>,
    /// Where the next run is to be told of drawdown, losses and halts.
    keeper: Option<Keeper>,
    /// Equity is looked at after each price: for a limit, for the next run, or to close what is still opened.
    watches_equity: bool,
    /// Somebody wanted everything closed.
    flattening: Option<Then>,
    /// Where the venue has refused to close everything.
    closing: Closing,
    /// The timeframe of the feed's bars; the expert's own where the feed has none.
    timeframe: Timeframe,
    /// Bars are built from prints: the feed has none.
    builds_from_prints: bool,
    /// What is told is history: no order leaves, and no limit is looked at.
    is_history: bool,
    /// Equity is looked at when history is over.
    watches_presently: bool,
    /// The strategy's own state.
    saving: Saving,
    /// Somebody wants the run to end, and orders to be seen to after `on_deinit`.
    stopping: bool,
    /// Bars that closed at the same time, until the last of them is there.
    step: Vec<InstrumentBar>,
    answers: Vec<Answer>,
    spare: Vec<Answer>,
    /// What the venue told that cannot be, until the expert is told of it.
    disputed: Vec<Error>,
    in_on_error: bool,
    /// Answers are being heard: what handlers send meanwhile is answered in the next round, not within this one.
    hearing: bool,
}

impl<F, B, C, J> fmt::Debug for Engine<F, B, C, J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").field("context", &self.context).finish_non_exhaustive()
    }
}

impl<F: Feed, B: Broker, C: Clock, J: Journal> Engine<F, B, C, J> {
    /// An engine for one expert. `timeframe` is the length of the feed's bars; `None` for a feed of ticks or books, whose bars are
    /// built from public trades: one for each time in which somebody traded.
    ///
    /// # Errors
    /// When a handler asks for a symbol that the setup does not have, or for bars that cannot be built from the feed's.
    pub fn new(
        program: Box<dyn Program>,
        setup: Setup,
        timeframe: impl Into<Option<Timeframe>>,
        feed: F,
        broker: B,
        clock: C,
        journal: J,
    ) -> Result<Self> {
        let timeframe = timeframe.into();
        let monitor = Monitor::new(&setup.config);
        let (routes, series) = Routes::new(program.wants(), &setup, timeframe)?;
        let timers = Timers::new(&program.wants().timers);
        let books = setup.instruments.iter().map(|(_, instrument)| Book::new(instrument.rules.tick_size)).collect();
        let builds_from_prints = timeframe.is_none();
        let timeframe = timeframe.unwrap_or(setup.config.timeframe);
        let mut context = Context::new(setup, series)?;
        context.desk.gate.watch(timeframe, context.desk.instruments.len())?;
        let mut engine = Self {
            feed,
            broker,
            clock,
            journal: Writing::new(journal),
            program,
            context,
            routes,
            timers,
            watches_equity: monitor.is_watching(),
            monitor,
            books,
            keeper: None,
            flattening: None,
            closing: Closing::default(),
            timeframe,
            builds_from_prints,
            is_history: false,
            watches_presently: false,
            saving: Saving::default(),
            stopping: false,
            step: Vec::new(),
            answers: Vec::new(),
            spare: Vec::new(),
            disputed: Vec::new(),
            in_on_error: false,
            hearing: false,
        };
        engine.begin_guarding();
        Ok(engine)
    }

    /// Runs the expert from `on_init` to `on_deinit`, over all that the feed has. Returns why it ended.
    ///
    /// # Errors
    /// A panic of a handler, or an error that the expert cannot go on after. `on_deinit` runs after an error, not after a panic.
    pub fn run(&mut self) -> Result<DeinitReason, Stopped> {
        self.context.desk.log.started(self.timeframe, &self.context.desk.instruments);
        if let Some(halt) = self.context.desk.gate.halted(self.context.now()) {
            self.context.desk.log.still_halted(halt);
        }
        let ended = self.run_expert();
        self.context.desk.log.ended(ended.as_ref().map_or_else(Stopped::reason, |reason| *reason));
        ended
    }

    fn run_expert(&mut self) -> Result<DeinitReason, Stopped> {
        let begun = self.init();
        self.context.noted(begun)?;
        let ended = self.run_events();
        let sees_to_orders = ended.is_ok() && self.stops_orderly();
        let ended = if sees_to_orders { ended } else { ended.and_then(|reason| self.finish().map(|()| reason)) };
        let ended = self.context.noted(ended);
        if matches!(ended, Err(Stopped::Panicked { .. })) {
            return ended;
        }
        let reason = ended.as_ref().map_or_else(Stopped::reason, |reason| *reason);
        self.context.turn_to(About::NOTHING);
        self.context.focus_main();
        let told = self.call(HandlerEvent::Deinit(reason)).and_then(|()| Ok(self.journal.settle_written()?));
        let told = self.context.noted(told);
        if sees_to_orders && !matches!(told, Err(Stopped::Panicked { .. })) {
            let seen_to = self.wind_down().and_then(|()| self.finish());
            let seen_to = self.context.noted(seen_to);
            return ended.and_then(|reason| told.and(seen_to).map(|()| reason));
        }
        // What ended the run counts, not what came of it in `on_deinit`.
        ended.and_then(|reason| told.map(|()| reason))
    }

    /// Without its state an expert cannot do anything: whatever `on_init` fails with ends the run.
    fn init(&mut self) -> Result<(), Stopped> {
        let config = self.context.desk.config.clone();
        self.begin_history();
        self.offer_state()?;
        self.program.call(HandlerEvent::Init(&config), &mut self.context)?;
        self.begin_saving()?;
        self.flush()?;
        Ok(self.journal.settle_written()?)
    }

    fn run_events(&mut self) -> Result<DeinitReason, Stopped> {
        loop {
            // Not taken apart more often than needed: moving an event would cost more than most of what comes of it.
            match self.feed.next() {
                Ok(Some(event)) => {
                    self.step(event)?;
                    self.journal.settle_written()?;
                }
                Ok(None) => return Ok(DeinitReason::EndOfData),
                Err(error) => return Err(error.into()),
            }
            if self.watches_equity {
                self.stop_when_flat();
            }
            if let Some(reason) = self.context.stop {
                return Ok(reason);
            }
        }
    }

    /// Nothing comes any more: the venue ends, and what the next run has to know is written down.
    fn finish(&mut self) -> Result<(), Stopped> {
        self.broker.end(&mut self.answers);
        self.context.desk.ended = true;
        self.hear_answers()?;
        self.tell_of_last_risk()?;
        Ok(self.journal.settle_written()?)
    }

    /// Lets one event have all its consequences.
    #[inline]
    fn step(&mut self, event: Event) -> Result<(), Stopped> {
        match event {
            Event::Bar { bar, more } => {
                self.step.push(bar);
                if more { Ok(()) } else { self.on_bars() }
            }
            Event::Tick(instrument, ref tick) => self.on_tick(instrument, tick),
            Event::PublicTrade(instrument, ref trade) => self.on_public_trade(instrument, trade),
            Event::Book(instrument, ref change) => self.on_book(instrument, change),
            Event::Mark(instrument, time, price) => self.on_reference(time, Market::Mark(instrument, time, price)),
            Event::Index(instrument, time, price) => self.on_reference(time, Market::Index(instrument, time, price)),
            Event::Answer(answer) => {
                self.answers.push(answer);
                self.hear_answers()
            }
            Event::Time(time) => self.on_time(time),
            Event::Present => {
                self.come_to_the_present()?;
                self.guard_all()
            }
            Event::Pause(pause) => {
                let guarded = self.guard_paused(&pause);
                self.on_pause(&pause);
                guarded
            }
            Event::KillSwitch(kill_switch) => {
                self.switch_entries(kill_switch);
                Ok(())
            }
            Event::Flatten(then) => self.flatten(then),
            Event::Stop => {
                self.stop();
                Ok(())
            }
            // It is asked for only when the run is over.
            Event::LastWord => Ok(()),
        }
    }

    /// All bars that closed at one time: the market moves, then the expert sees them.
    fn on_bars(&mut self) -> Result<(), Stopped> {
        let step = std::mem::take(&mut self.step);
        let Some(open) = step.first().map(|first| first.bar.time) else { return Ok(()) };
        let close = open.saturating_add_nanos(self.timeframe.nanos());
        if self.context.desk.gate.is_watching() {
            self.context.desk.gate.markets().end_bars_by(open);
        }
        if self.routes.builds_bars() {
            self.tell_of_bars_ended_by(open)?;
        }
        self.fire_timers(open)?;
        if self.watches_equity {
            self.monitor.begin(close, &self.context.desk.portfolio, &self.context.desk.instruments);
        }
        if !self.is_history {
            self.broker.observe(Market::Bars(&step), &mut self.answers);
        }
        if !self.answers.is_empty() {
            self.hear_answers()?;
        }
        // A timer within the bar must not see its close; one at the close sees it.
        self.fire_timers(close.saturating_add_nanos(-1))?;
        self.context.set_now(self.clock.at(close));
        for InstrumentBar { instrument, bar } in &step {
            self.context.desk.see(*instrument, bar.close, bar.volume);
        }
        if self.context.desk.gate.is_watching() {
            for InstrumentBar { instrument, bar } in &step {
                self.context.desk.gate.markets().see_bar(*instrument, bar, close);
            }
        }
        if self.is_guarding() {
            self.guard_bars(&step)?;
        }
        if self.watches_equity {
            self.check_limits()?;
        }
        for bar in &step {
            self.tell_of_bar(bar)?;
        }
        self.fire_timers(close)?;
        // The buffer is used again.
        self.step = step;
        self.step.clear();
        Ok(())
    }

    /// A bar of the feed's own timeframe, and the longer ones that it completes, shortest first.
    #[inline]
    fn tell_of_bar(&mut self, InstrumentBar { instrument, bar }: &InstrumentBar) -> Result<(), Stopped> {
        if let Some(series) = self.routes.series_of_feed(*instrument) {
            self.dispatch_bar(series, bar)?;
        }
        for place in self.routes.built_from(*instrument) {
            if let Some(built) = self.routes.build(place, bar) {
                self.dispatch_bar(self.routes.series_of_built(place), &built)?;
            }
        }
        Ok(())
    }

    /// Longer bars whose last shorter ones never came: they ended in a gap that is over at `time`.
    fn tell_of_bars_ended_by(&mut self, time: UnixNanos) -> Result<(), Stopped> {
        while let Some((series, bar, end)) = self.routes.ended_by(time) {
            self.fire_timers(end)?;
            self.context.set_now(self.clock.at(end));
            if self.builds_from_prints {
                self.note_volume(series, bar.volume);
            }
            self.dispatch_bar(series, &bar)?;
        }
        Ok(())
    }

    /// Takes note of the volume of a bar of the expert's own timeframe, where bars are built from prints.
    fn note_volume(&mut self, series: usize, volume: f64) {
        let own = self.routes.subject_of(series).filter(|(_, timeframe)| *timeframe == self.timeframe);
        if let Some(last) = own.and_then(|(instrument, _)| self.context.desk.volumes.get_mut(instrument.index())) {
            *last = volume;
        }
    }

    /// Adds a bar to its history and calls its handlers.
    #[inline]
    fn dispatch_bar(&mut self, series: usize, bar: &Bar) -> Result<(), Stopped> {
        let Some(instrument) = self.context.push_bar(series, bar) else { return Ok(()) };
        // What the state has already is only looked back on.
        if self.saving.is_on && self.saving.has_told(series, self.routes.end_of(series, bar)) {
            return Ok(());
        }
        let mut place = 0;
        while let Some(&handler) = self.routes.handlers_of(series).get(place) {
            place += 1;
            self.context.focus(instrument, series);
            self.call(HandlerEvent::Bar { handler, bar })?;
        }
        Ok(())
    }

    fn on_time(&mut self, time: UnixNanos) -> Result<(), Stopped> {
        if self.is_history {
            return Ok(());
        }
        self.broker.observe(Market::Time(time), &mut self.answers);
        self.hear_answers()?;
        self.fire_timers(time)?;
        // Also where nothing is due: what is tried again after a while must not wait for a price.
        self.context.set_now(self.clock.at(time));
        self.guard_all()
    }

    /// Calls every timer that is due by `time`, each at its own moment.
    #[inline]
    fn fire_timers(&mut self, time: UnixNanos) -> Result<(), Stopped> {
        while let Some((handler, due)) = self.timers.due_by(time) {
            self.fire(handler, due)?;
        }
        Ok(())
    }

    // Not inlined, so that its caller is: each bar asks three times for timers that most experts have none of.
    #[inline(never)]
    fn fire(&mut self, handler: usize, due: UnixNanos) -> Result<(), Stopped> {
        self.context.set_now(self.clock.at(due));
        self.context.focus_main();
        self.call(HandlerEvent::Timer { handler })
    }

    /// `max_drawdown_pct` and `daily_loss_limit`: halts, cancels entries that wait, and closes what is open if so configured, also
    /// what an entry that was on its way has opened since.
    fn check_limits(&mut self) -> Result<(), Stopped> {
        let now = self.context.now();
        let desk = &mut self.context.desk;
        if let Some(breach) = self.monitor.observe(&desk.portfolio, &desk.instruments)
            && let Some(breach) = desk.gate.halt(breach, now)
        {
            desk.log.halted(breach);
        }
        if self.flattening.is_some() || desk.gate.is_halted(now) {
            desk.cancel_entries();
            let closes = self.flattening.is_some() || desk.config.on_breach == OnBreach::Close;
            if closes {
                self.close_everything()?;
            }
            self.send_and_tell()?;
        }
        self.tell_of_risk()
    }

    /// Calls a handler, and sends and tells what it left.
    #[inline]
    fn call(&mut self, event: HandlerEvent<'_>) -> Result<(), Stopped> {
        if let Err(failure) = self.program.call(event, &mut self.context) {
            self.handler_failed(failure)?;
        }
        if self.saving.is_on {
            self.save_after(&event)?;
        }
        self.send_and_tell()
    }

    /// As [`call`](Self::call), for an event that is about an order or an execution. What the handler left is about others.
    fn call_about(&mut self, about: About, event: HandlerEvent<'_>) -> Result<(), Stopped> {
        self.context.turn_to(about);
        if let Err(failure) = self.program.call(event, &mut self.context) {
            self.handler_failed(failure)?;
        }
        self.context.turn_to(About::NOTHING);
        if self.saving.is_on {
            self.save_after(&event)?;
        }
        self.send_and_tell()
    }

    #[inline]
    fn send_and_tell(&mut self) -> Result<(), Stopped> {
        if self.context.desk.has_output() { self.flush() } else { Ok(()) }
    }

    fn handler_failed(&mut self, failure: Failure) -> Result<(), Stopped> {
        match failure {
            Failure::Panic { event, message } => Err(Stopped::Panicked { event, message }),
            Failure::Error { error, .. } if error.is_fatal() => Err(Stopped::HandlerFailed(error)),
            // The gate tells of its refusals itself.
            Failure::Error { error: Error::Risk(_), .. } => Ok(()),
            Failure::Error { event, error } => {
                self.context.desk.log.handler_failed(self.context.instrument, event, &error);
                self.tell_of_error(&error)
            }
        }
    }

    /// Journals an error and hands it to `on_error`. An error of `on_error` itself is journalled only.
    fn tell_of_error(&mut self, error: &Error) -> Result<(), Stopped> {
        self.journal.note(self.context.now(), Record::Error(error))?;
        if self.in_on_error || !self.program.wants().errors {
            return Ok(());
        }
        self.in_on_error = true;
        let told = self.call(HandlerEvent::Error(error));
        self.in_on_error = false;
        told
    }

    /// Calls `#[on_backtest_init]`, before the run.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub fn before_backtest(&mut self) -> Result<(), Stopped> {
        let told = self.call(HandlerEvent::BacktestInit);
        self.context.noted(told)
    }

    /// Lets go of feed and broker.
    pub fn into_ended(self) -> Ended<J> {
        Ended { program: self.program, context: self.context, journal: self.journal.into_inner() }
    }
}
