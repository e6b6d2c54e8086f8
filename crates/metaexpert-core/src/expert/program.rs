//! An expert as the engine drives it: one object, every kind of event in one `match`, the author's types out of sight.
//!
//! One decision: every call of an author's function goes through one `run`, which is the only place that catches panics
//! and that names the event in a failure. What it does not do: decide what a failure means; that is the engine's.

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
};

use super::{
    DeinitReason, Expert,
    event::{
        Event, OnAccount, OnBacktest, OnBacktestDeinit, OnBacktestInit, OnBacktestPass, OnBar, OnBook, OnDeinit, OnError,
        OnFunding, OnOrder, OnPosition, OnPublicTrade, OnTick, OnTimer, OnTrade, OnTransaction,
    },
    handlers::{Handler, Handlers},
    inputs::InputSet,
    param::Call,
    saved::{self, Offered, Snapshot},
    start::Start,
    wants::Wants,
};
use crate::{
    book::Book,
    config::{Config, OnInit},
    context::Context,
    error::Error,
    market::{Bar, Funding, PublicTrade, Tick},
    order::{Account, Order, Outcome, Position, Request, Trade},
    summary::{Pass, Summary},
};

/// One expert with its inputs and its state, ready to be driven.
pub trait Program {
    /// What it subscribes to.
    fn wants(&self) -> &Wants;

    /// Gives it an event. An event that it has no handler for is nothing.
    ///
    /// # Errors
    /// [`Failure::Error`] if the handler returns one, if `handler` is no place of its list, or if the expert has no state
    /// yet because `Init` was not given. [`Failure::Panic`] if the handler panics; the state is then as the handler left it.
    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure>;

    /// Offers it what an earlier run has saved, before `Init`.
    fn offer(&mut self, _saved: Offered) {}

    /// Whether its `#[on_init]` has taken what was offered.
    fn took_offer(&self) -> bool {
        false
    }

    /// Its state as JSON; `None` where there is none, or of a type that cannot be saved.
    fn snapshot(&self) -> Snapshot {
        None
    }

    /// What its `#[on_backtest]` says a run was worth; `None` if it has none.
    ///
    /// # Errors
    /// As for [`call`](Self::call).
    fn criterion(&mut self, summary: &Summary, context: &mut Context) -> Result<Option<f64>, Failure>;
}

/// What an expert is given. `handler` is a place in the list of [`Wants`] for that kind.
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "the fields are what the variants say")]
pub enum HandlerEvent<'a> {
    /// Make the state; comes before everything but the three that stand around runs.
    Init(&'a Config),
    /// The last.
    Deinit(DeinitReason),
    /// A bar closed.
    Bar { handler: usize, bar: &'a Bar },
    /// The best bid or ask or the last price changed.
    Tick { handler: usize, tick: &'a Tick },
    /// The order book changed.
    Book { handler: usize, book: &'a Book },
    /// Somebody traded.
    PublicTrade { handler: usize, trade: &'a PublicTrade },
    /// An interval has passed.
    Timer { handler: usize },
    /// The status of one of our orders changed.
    Order(&'a Order),
    /// One of our orders was executed.
    Trade(&'a Trade),
    /// A request has its answer.
    Transaction(&'a Request, &'a Outcome),
    /// A position changed.
    Position(&'a Position),
    /// The account changed.
    Account(&'a Account),
    /// Funding was paid or received.
    Funding(&'a Funding),
    /// Something failed.
    Error(&'a Error),
    /// Before the first run of a backtest or optimisation; needs no state.
    BacktestInit,
    /// After the last run of a backtest or optimisation; needs no state.
    BacktestDeinit,
    /// A pass of an optimisation has ended; needs no state.
    BacktestPass(&'a Pass),
}

/// How a handler failed.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It returned an error.
    #[error("{event}: {error}")]
    Error {
        /// The attribute's name, `on_bar`.
        event: &'static str,
        /// What it returned.
        error: Error,
    },
    /// It panicked.
    #[error("{event} panicked: {message}")]
    Panic {
        /// The attribute's name, `on_bar`.
        event: &'static str,
        /// What the panic said.
        message: String,
    },
}

/// The one implementation of [`Program`].
pub(super) struct Typed<E: Expert> {
    pub(super) handlers: Handlers<E>,
    pub(super) inputs: InputSet,
    /// What `#[on_init]` returned, with the state in it.
    pub(super) made: Option<E::Made>,
    /// What an earlier run has saved, until `#[on_init]` was called.
    pub(super) offered: Option<Offered>,
    pub(super) took_offer: bool,
}

impl<E: Expert> Program for Typed<E> {
    fn wants(&self) -> &Wants {
        &self.handlers.wants
    }

    fn call(&mut self, event: HandlerEvent<'_>, context: &mut Context) -> Result<(), Failure> {
        let Self { handlers, inputs, made, .. } = self;
        let live = Live { made, inputs, context };
        match event {
            HandlerEvent::Bar { handler, bar } => live.run::<OnBar>(nth(&handlers.bars, handler)?, bar),
            HandlerEvent::Tick { handler, tick } => live.run::<OnTick>(nth(&handlers.ticks, handler)?, tick),
            HandlerEvent::Book { handler, book } => live.run::<OnBook>(nth(&handlers.books, handler)?, book),
            HandlerEvent::PublicTrade { handler, trade } => {
                live.run::<OnPublicTrade>(nth(&handlers.public_trades, handler)?, trade)
            }
            HandlerEvent::Timer { handler } => live.run::<OnTimer>(nth(&handlers.timers, handler)?, ()),
            HandlerEvent::Order(order) => live.run_any::<OnOrder>(handlers.order, order),
            HandlerEvent::Trade(trade) => live.run_any::<OnTrade>(handlers.trade, trade),
            HandlerEvent::Transaction(request, outcome) => {
                live.run_any::<OnTransaction>(handlers.transaction, (request, outcome))
            }
            HandlerEvent::Position(position) => live.run_any::<OnPosition>(handlers.position, position),
            HandlerEvent::Account(account) => live.run_any::<OnAccount>(handlers.account, account),
            HandlerEvent::Funding(funding) => live.run_any::<OnFunding>(handlers.funding, funding),
            HandlerEvent::Error(error) => live.run_any::<OnError>(handlers.error, error),
            HandlerEvent::Deinit(reason) => live.run_any::<OnDeinit>(handlers.deinit, &reason),
            HandlerEvent::Init(config) => {
                let start = Start::new(config, self.offered.take());
                let ended = live.make(handlers.init, &start);
                self.took_offer = start.was_taken();
                ended
            }
            HandlerEvent::BacktestInit => live.run_stateless::<OnBacktestInit>(handlers.backtest_init, ()),
            HandlerEvent::BacktestDeinit => live.run_stateless::<OnBacktestDeinit>(handlers.backtest_deinit, ()),
            HandlerEvent::BacktestPass(pass) => live.run_stateless::<OnBacktestPass>(handlers.backtest_pass, pass),
        }
    }

    fn offer(&mut self, saved: Offered) {
        self.offered = Some(saved);
    }

    fn took_offer(&self) -> bool {
        self.took_offer
    }

    fn snapshot(&self) -> Snapshot {
        saved::snapshot::<E>(self.made.as_ref())
    }

    fn criterion(&mut self, summary: &Summary, context: &mut Context) -> Result<Option<f64>, Failure> {
        let Self { handlers, inputs, made, .. } = self;
        let Some(handler) = handlers.backtest else { return Ok(None) };
        Live { made, inputs, context }.run::<OnBacktest>(handler, summary).map(Some)
    }
}

/// What a call is made of, besides its event.
struct Live<'a, E: Expert> {
    made: &'a mut Option<E::Made>,
    inputs: &'a InputSet,
    context: &'a mut Context,
}

impl<'a, E: Expert> Live<'a, E> {
    /// Calls a handler that has the state.
    fn run<Ev: Event>(self, handler: Handler<E, Ev>, event: Ev::Given<'a>) -> Result<Ev::Output<E>, Failure> {
        let Some(made) = self.made else { return Err(no_state(Ev::NAME)) };
        run(handler, Call { event, made: Some(made), context: Some(self.context), inputs: self.inputs })
    }

    /// Calls the handler that has the state, if there is one.
    fn run_any<Ev: Event<Output<E> = ()>>(self, handler: Option<Handler<E, Ev>>, event: Ev::Given<'a>) -> Result<(), Failure> {
        handler.map_or(Ok(()), |handler| self.run::<Ev>(handler, event))
    }

    /// Calls the handler that stands around the runs, if there is one.
    fn run_stateless<Ev>(self, handler: Option<Handler<E, Ev>>, event: Ev::Given<'a>) -> Result<(), Failure>
    where
        Ev: Event<Output<E> = ()>,
    {
        let call = Call { event, made: None, context: Some(self.context), inputs: self.inputs };
        handler.map_or(Ok(()), |handler| run(handler, call))
    }

    /// Calls `#[on_init]`, and keeps what it returns.
    fn make(self, handler: Option<Handler<E, OnInit>>, start: &'a Start<'a>) -> Result<(), Failure> {
        let call = Call { event: start, made: None, context: Some(self.context), inputs: self.inputs };
        let made = handler.map(|handler| run(handler, call)).transpose();
        if let Some(error) = start.take_misfit() {
            return Err(Failure::Error { event: OnInit::NAME, error });
        }
        *self.made = made?;
        Ok(())
    }
}

/// The one place where an author's code is entered.
fn run<E: Expert, Ev: Event>(handler: Handler<E, Ev>, call: Call<'_, E, Ev>) -> Result<Ev::Output<E>, Failure> {
    // Unwind safe in that nobody is kept from looking: the failure says that the state may be half changed.
    match catch_unwind(AssertUnwindSafe(|| handler(call))) {
        Ok(Ok(output)) => Ok(output),
        Ok(Err(error)) => Err(Failure::Error { event: Ev::NAME, error }),
        Err(payload) => Err(Failure::Panic { event: Ev::NAME, message: panic_message(&*payload) }),
    }
}

/// The handler at a place of its list.
fn nth<E: Expert, Ev: Event>(handlers: &[Handler<E, Ev>], place: usize) -> Result<Handler<E, Ev>, Failure> {
    handlers.get(place).copied().ok_or_else(|| no_such_handler(Ev::NAME, place, handlers.len()))
}

#[cold]
fn no_state(event: &'static str) -> Failure {
    Failure::Error { event, error: Error::from("the expert has no state yet; `on_init` comes first") }
}

#[cold]
fn no_such_handler(event: &'static str, place: usize, count: usize) -> Failure {
    Failure::Error { event, error: Error::from(format!("there is no handler number {place}; the expert has {count}")) }
}

/// What a panic said.
pub(super) fn panic_message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&'static str>().map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "(no message)".to_owned())
}
