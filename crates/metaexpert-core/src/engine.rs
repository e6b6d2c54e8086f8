//! The engine: one way for every event, in every mode.
//!
//! feed -> clock -> market (the broker sees it move) -> account marks -> limits -> bar builders -> dispatcher -> handler,
//! and back: handler -> desk (sizing, risk gate) -> journal -> broker -> answers -> handlers.
//!
//! The one decision: the engine asks for no mode. Feed, broker, clock and journal make the difference.

mod answers; // what is sent, and what the venue answers
mod bar_builder; // longer timeframes from shorter ones
mod ended; // what is left of a run
mod halting; // entries refused, everything closed, because people want it
mod moves; // ticks, prints, books and reference prices
mod routes; // which handler gets which bar
mod stopped; // what ends a run before its data does
mod timers; // on_timer

use std::fmt;

use crate::{
    Bar, Book, Context, Error, InstrumentBar, Reason, Result, Timeframe, UnixNanos,
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
pub use ended::Ended;
use routes::Routes;
pub use stopped::Stopped;
use timers::Timers;

/// Drives one expert. Generic over where events come from, where orders go, what time it is, and what is kept.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is asked at its own step of an event, and none of them depends on another"
)]
pub struct Engine<F, B, C, J> {
    feed: F,
    broker: B,
    clock: C,
    journal: J,
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
    /// The timeframe of the feed's bars; the expert's own where the feed has none.
    timeframe: Timeframe,
    /// Bars are built from prints: the feed has none.
    builds_from_prints: bool,
    /// Bars that closed at the same time, until the last of them is there.
    step: Vec<InstrumentBar>,
    answers: Vec<Answer>,
    spare: Vec<Answer>,
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
        Ok(Self {
            feed,
            broker,
            clock,
            journal,
            program,
            context,
            routes,
            timers,
            watches_equity: monitor.is_watching(),
            monitor,
            books,
            keeper: None,
            flattening: None,
            timeframe,
            builds_from_prints,
            step: Vec::new(),
            answers: Vec::new(),
            spare: Vec::new(),
            in_on_error: false,
            hearing: false,
        })
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
        let ended = self.context.noted(ended);
        if matches!(ended, Err(Stopped::Panicked { .. })) {
            return ended;
        }
        let reason = ended.as_ref().map_or_else(Stopped::reason, |reason| *reason);
        self.context.turn_to(About::NOTHING);
        self.context.focus_main();
        let told = self.call(HandlerEvent::Deinit(reason));
        let told = self.context.noted(told);
        // What ended the run counts, not what came of it in `on_deinit`.
        ended.and_then(|reason| told.map(|()| reason))
    }

    /// Without its state an expert cannot do anything: whatever `on_init` fails with ends the run.
    fn init(&mut self) -> Result<(), Stopped> {
        let config = self.context.desk.config.clone();
        self.program.call(HandlerEvent::Init(&config), &mut self.context)?;
        self.flush()
    }

    fn run_events(&mut self) -> Result<DeinitReason, Stopped> {
        let reason = loop {
            // Not taken apart more often than needed: moving an event would cost more than most of what comes of it.
            match self.feed.next() {
                Ok(Some(event)) => self.step(event)?,
                Ok(None) => break DeinitReason::EndOfData,
                Err(error) => return Err(error.into()),
            }
            if self.watches_equity {
                self.stop_when_flat();
            }
            if let Some(reason) = self.context.stop {
                break reason;
            }
        };
        self.broker.end(&mut self.answers);
        self.context.desk.ended = true;
        self.hear_answers()?;
        self.tell_of_last_risk()?;
        Ok(reason)
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
            Event::KillSwitch(kill_switch) => {
                self.switch_entries(kill_switch);
                Ok(())
            }
            Event::Flatten(then) => self.flatten(then),
            Event::Stop => {
                // An expert that has stopped by itself has a reason already.
                self.context.stop.get_or_insert(DeinitReason::UserStop);
                Ok(())
            }
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
        self.broker.observe(Market::Bars(&step), &mut self.answers);
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
        let mut place = 0;
        while let Some(&handler) = self.routes.handlers_of(series).get(place) {
            place += 1;
            self.context.focus(instrument, series);
            self.call(HandlerEvent::Bar { handler, bar })?;
        }
        Ok(())
    }

    fn on_time(&mut self, time: UnixNanos) -> Result<(), Stopped> {
        self.broker.observe(Market::Time(time), &mut self.answers);
        self.hear_answers()?;
        self.fire_timers(time)
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
            if closes && desk.portfolio.legs().next().is_some() {
                desk.close_everything(now, Reason::RiskHalt)?;
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
        self.send_and_tell()
    }

    /// As [`call`](Self::call), for an event that is about an order or an execution. What the handler left is about others.
    fn call_about(&mut self, about: About, event: HandlerEvent<'_>) -> Result<(), Stopped> {
        self.context.turn_to(about);
        if let Err(failure) = self.program.call(event, &mut self.context) {
            self.handler_failed(failure)?;
        }
        self.context.turn_to(About::NOTHING);
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
        self.journal.record(Record::Error(error))?;
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
        Ended { program: self.program, context: self.context, journal: self.journal }
    }
}
